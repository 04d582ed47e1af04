package option

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// managed are the options the server itself answers with; a rule that set one
// of them would break the protocol.
var managed = map[int]bool{
	0: true, 50: true, 51: true, 52: true, 53: true, 54: true, 55: true, 56: true, 57: true,
	58: true, 59: true, 61: true, 80: true, 82: true, 90: true, 118: true, 145: true, 255: true,
}

// addressLists are the options whose plain text value is one address.
var addressLists = map[int]bool{3: true, 4: true, 5: true, 6: true, 7: true, 42: true, 44: true, 69: true, 70: true, 150: true}

var placeholder = regexp.MustCompile(`\{[A-Z][A-Z_]*\}`)

func (p *parser) set(n *yaml.Node) []action {
	var out []action
	for _, kv := range p.pairs(n) {
		a := action{}
		switch kv.key {
		case "next-server":
			a.code = codeNextServer
		case "filename":
			a.code = codeFilename
		default:
			c, err := strconv.ParseUint(kv.key, 10, 8)
			if err != nil || managed[int(c)] {
				p.bad(kv.keyN, "cannot set %q: expected an option number that rules may set, next-server or filename", kv.key)
				continue
			}
			a.code = int(c)
		}
		a.value = p.value(kv.valN, a.code)
		if a.value != nil {
			out = append(out, a)
		}
	}
	return out
}

// value reads the right-hand side for an option; code is 0 inside sub-options.
func (p *parser) value(n *yaml.Node, code int) value {
	if p.depth++; p.depth > maxDepth {
		p.bad(n, "nested too deeply")
		p.depth--
		return nil
	}
	defer func() { p.depth-- }()
	switch n.Kind {
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!null":
			if p.custom && code != 0 && code < codeNextServer {
				return withheld{}
			}
		case "!!bool":
			if p.flag(n) {
				return fixed{[]byte{1}, asFlag}
			}
			return fixed{[]byte{0}, asFlag}
		case "!!int", "!!float":
			p.bad(n, "a number needs a size, like {u8: %s}", n.Value)
			return nil
		}
		t := p.template(n)
		if addressLists[code] {
			return addresses{t}
		}
		return t
	case yaml.MappingNode:
		return p.typed(n, code)
	}
	p.bad(n, "expected a text, true, false or a mapping")
	return nil
}

func (p *parser) template(n *yaml.Node) template {
	s := p.text(n)
	for _, name := range placeholder.FindAllString(s, -1) {
		if name != "{URI}" && name != "{TFTPHOST}" && name != "{TFTPIP}" {
			p.bad(n, "unknown value %s; there are {URI}, {TFTPHOST} and {TFTPIP}", name)
		}
	}
	if len(s) > 255 {
		p.bad(n, "a text of %d bytes, at most 255 fit", len(s))
	}
	return template(s)
}

func (p *parser) typed(n *yaml.Node, code int) value {
	pairs := p.pairs(n)
	if len(pairs) == 1 {
		kv := pairs[0]
		switch kv.key {
		case "ip":
			return p.addresses(kv.valN)
		case "hex":
			b, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(p.text(kv.valN)))
			if err != nil || len(b) > 255 {
				p.bad(kv.valN, "expected up to 255 bytes in hexadecimal")
			}
			return fixed{b, asHex}
		case "u8":
			return fixed{[]byte{byte(p.number(kv.valN, 1<<8-1))}, asNumber}
		case "u16":
			return fixed{binary.BigEndian.AppendUint16(nil, uint16(p.number(kv.valN, 1<<16-1))), asNumber}
		case "u32":
			return fixed{binary.BigEndian.AppendUint32(nil, uint32(p.number(kv.valN, 1<<32-1))), asNumber}
		}
	}
	var ent *enterprise
	var subs subOptions
	for _, kv := range pairs {
		if kv.key == "enterprise" && code == 125 {
			ent = &enterprise{number: uint32(p.number(kv.valN, 1<<32-1))}
			continue
		}
		c, err := strconv.ParseUint(kv.key, 10, 8)
		if err != nil || c == 0 || c == 255 {
			p.bad(kv.keyN, "%q is no sub-option number from 1 to 254, nor ip, hex, u8, u16 or u32", kv.key)
			continue
		}
		if v := p.value(kv.valN, 0); v != nil {
			subs = append(subs, sub{byte(c), v})
		}
	}
	if len(pairs) == 0 {
		p.bad(n, "empty value")
	}
	if code == 125 && ent == nil {
		p.bad(n, "option 125 needs the vendor's enterprise number")
	}
	if ent != nil {
		ent.subs = subs
		return *ent
	}
	return subs
}

func (p *parser) addresses(n *yaml.Node) value {
	elems := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		elems = n.Content
	}
	var out addresses
	for _, e := range elems {
		t := p.template(e)
		if ip, err := netip.ParseAddr(string(t)); (err != nil || !ip.Is4()) && !strings.Contains(string(t), "{") {
			p.bad(e, "%q is no IPv4 address", string(t))
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		p.bad(n, "empty list of addresses")
	}
	return out
}

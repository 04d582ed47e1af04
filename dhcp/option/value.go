package option

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
)

// Pseudo codes of the BOOTP header fields, out of the range of options.
const (
	codeNextServer = 1000
	codeFilename   = 1001
)

// action sets one option or header field.
type action struct {
	code  int
	value value
}

// value is a compiled right-hand side. encode reports false when something it
// needs is not known.
type value interface {
	encode(Values) ([]byte, bool)
}

type (
	fixed struct {
		data []byte
		as   form
	}
	// template is text with {URI}, {TFTPHOST} and {TFTPIP} to fill in.
	template string
	// addresses are texts that are addresses once they are filled in.
	addresses []template
	// subOptions are encoded one after the other as code, length, value.
	subOptions []sub
	sub        struct {
		code  byte
		value value
	}
	// enterprise is RFC 3925: a number, a length and sub-options.
	enterprise struct {
		number uint32
		subs   subOptions
	}
	// withheld keeps the rules below from setting the option.
	withheld struct{}
)

func (withheld) encode(Values) ([]byte, bool) { return nil, true }

// form is how a fixed value was written, for List.
type form int

const (
	asHex form = iota
	asFlag
	asNumber // of len(data) bytes
)

func (f fixed) encode(Values) ([]byte, bool) { return f.data, true }

func (t template) encode(v Values) ([]byte, bool) {
	s := string(t)
	for _, p := range []struct{ name, with string }{
		{"{URI}", strings.TrimSuffix(v.URI, "/")},
		{"{TFTPHOST}", v.TFTPHost},
		{"{TFTPIP}", ipText(v.TFTPIP)},
	} {
		if strings.Contains(s, p.name) {
			if p.with == "" {
				return nil, false
			}
			s = strings.ReplaceAll(s, p.name, p.with)
		}
	}
	return []byte(s), true
}

func ipText(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	return ip.String()
}

func (a addresses) encode(v Values) ([]byte, bool) {
	var out []byte
	for _, t := range a {
		b, ok := t.encode(v)
		if !ok {
			return nil, false
		}
		ip, err := netip.ParseAddr(string(b))
		if err != nil || !ip.Is4() {
			return nil, false
		}
		out = append(out, ip.AsSlice()...)
	}
	return out, true
}

func (s subOptions) encode(v Values) ([]byte, bool) {
	var out bytes.Buffer
	for _, o := range s {
		b, ok := o.value.encode(v)
		if !ok || len(b) > 255 {
			return nil, false
		}
		out.Write([]byte{o.code, byte(len(b))})
		out.Write(b)
	}
	return out.Bytes(), true
}

func (e enterprise) encode(v Values) ([]byte, bool) {
	b, ok := e.subs.encode(v)
	if !ok || len(b) > 255 {
		return nil, false
	}
	out := binary.BigEndian.AppendUint32(nil, e.number)
	return append(append(out, byte(len(b))), b...), true
}

// apply sets the option unless an earlier rule has.
func (a action) apply(r *Result, v Values) {
	b, ok := a.value.encode(v)
	if !ok {
		return
	}
	switch a.code {
	case codeNextServer:
		if r.NextServer.IsValid() {
			return
		}
		ip, err := netip.ParseAddr(string(b))
		if err != nil || !ip.Is4() {
			// The field holds an address; a host name cannot go there.
			ip = v.TFTPIP
		}
		r.NextServer = ip
	case codeFilename:
		if r.Filename == "" {
			r.Filename = string(b)
		}
	default:
		_, none := a.value.(withheld)
		if (none || len(b) > 0) && !slices.ContainsFunc(r.Options, func(o Option) bool { return int(o.Code) == a.code }) {
			r.Options = append(r.Options, Option{Code: byte(a.code), Data: b})
		}
	}
}

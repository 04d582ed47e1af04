package rest

import (
	"net/netip"
	"strconv"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
)

// maxOptions bounds the options of one report; a DHCP message has no more.
const maxOptions = 255

// dhcpInfo takes what an outside DHCP server reports through dxtora
// (spec/rest.md section 13). It answers at once; the phone is identified later.
func (c *call) dhcpInfo() error {
	body, _ := c.body.(*document.Object)
	if !body.Has("dhcp_info") {
		return provd.Errorf(provd.Invalid, "'dhcp_info'")
	}
	info := body.Object("dhcp_info")
	if info == nil {
		return provd.Errorf(provd.Invalid, "'dhcp_info' must be an object")
	}
	op, err := member(info, "op")
	if err != nil {
		return err
	}
	switch op {
	case "commit":
	case "expiry", "release":
		// Accepted and of no effect, as ever; but a bad address is said.
		if _, err := leaseIP(info); err != nil {
			return err
		}
		return c.noContent()
	default:
		return provd.Errorf(provd.Invalid, "invalid operation value")
	}
	req := provd.Request{Kind: provd.DHCP, Phone: true}
	if req.IP, err = leaseIP(info); err != nil {
		return err
	}
	mac, err := member(info, "mac")
	if err != nil {
		return err
	}
	if req.MAC, err = normMAC(mac); err != nil {
		return err
	}
	if req.Options, err = leaseOptions(info); err != nil {
		return err
	}
	c.cfg.Observer.Observe(req)
	return c.noContent()
}

func member(info *document.Object, name string) (string, error) {
	v, ok := info.Get(name)
	if !ok {
		return "", provd.Errorf(provd.Invalid, "'%s'", name)
	}
	s, ok := v.(string)
	if !ok {
		return "", provd.Errorf(provd.Invalid, "'%s' must be a string", name)
	}
	return s, nil
}

// leaseIP reads the address by the rules of inet_aton: one to four parts,
// decimal, octal or hexadecimal, the last one filling what is left.
func leaseIP(info *document.Object) (string, error) {
	text, err := member(info, "ip")
	if err != nil {
		return "", err
	}
	bad := provd.Errorf(provd.Invalid, "'%.40s' is not a valid dotted quad IPv4 address", text)
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return "", bad
	}
	var n uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		v, err := strconv.ParseUint(part, 0, 32)
		if err != nil || strings.ContainsAny(part, "_oObB") && !hexadecimal(part) || v >= 1<<bits {
			return "", bad
		}
		n = n<<bits | v
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String(), nil
}

// hexadecimal reports whether a number has the one prefix that inet_aton knows; Go
// knows others.
func hexadecimal(s string) bool {
	return len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") && !strings.Contains(s, "_")
}

// normMAC accepts six bytes with colons or dashes, not necessarily padded: ISC
// dhcpd writes them so.
func normMAC(text string) (string, error) {
	bad := provd.Errorf(provd.Invalid, "invalid MAC string")
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '-' })
	if len(parts) == 1 && len(text) == 12 {
		parts = []string{text[:2], text[2:4], text[4:6], text[6:8], text[8:10], text[10:]}
	}
	if len(parts) != 6 {
		return "", bad
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 16, 8)
		if err != nil || len(part) > 2 {
			return "", bad
		}
		parts[i] = string("0123456789abcdef"[v>>4]) + string("0123456789abcdef"[v&15])
	}
	return strings.Join(parts, ":"), nil
}

// leaseOptions reads items of three digits for the code, then bytes in
// hexadecimal with dots between them: "06059.65.61" is option 60, "Yea".
func leaseOptions(info *document.Object) (map[byte][]byte, error) {
	v, ok := info.Get("options")
	if !ok {
		return nil, provd.Errorf(provd.Invalid, "'options'")
	}
	items, ok := v.([]any)
	if !ok || len(items) > maxOptions {
		return nil, provd.Errorf(provd.Invalid, "'options' must be a list of at most %d strings", maxOptions)
	}
	options := make(map[byte][]byte)
	for _, item := range items {
		s, _ := item.(string)
		if len(s) < 3 {
			return nil, provd.Errorf(provd.Invalid, "invalid option %.40q: want three digits and hexadecimal bytes", s)
		}
		code, err := strconv.ParseUint(s[:3], 10, 8)
		if err != nil {
			return nil, provd.Errorf(provd.Invalid, "invalid option code: %q", s[:3])
		}
		var value []byte
		for b := range strings.SplitSeq(s[3:], ".") {
			if s[3:] == "" {
				break
			}
			n, err := strconv.ParseUint(b, 16, 8)
			if err != nil {
				return nil, provd.Errorf(provd.Invalid, "invalid literal for int() with base 16: '%.10s'", b)
			}
			value = append(value, byte(n))
		}
		options[byte(code)] = value
	}
	return options, nil
}

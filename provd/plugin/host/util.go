package host

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"provbox/provd/python"
)

// utilModule is wazo_provd.util: MAC, IP and UUID forms.
func utilModule() module {
	return module{
		"decode_bytes": function("decode_bytes", recode("value", "decode")),
		"encode_bytes": function("encode_bytes", recode("value", "encode")),
		"format_mac":   function("format_mac", formatMAC),
		"from_ip":      function("from_ip", fromIP),
		"from_mac":     function("from_mac", fromMAC),
		"is_normed_ip": function("is_normed_ip", text("is_normed_ip", "ip_string", func(s string) (python.Value, error) {
			return python.Bool(isNormedIP(s)), nil
		})),
		"is_normed_mac": function("is_normed_mac", text("is_normed_mac", "mac_string", func(s string) (python.Value, error) {
			return python.Bool(normedMAC.MatchString(strings.TrimSuffix(s, "\n"))), nil
		})),
		"is_normed_uuid": function("is_normed_uuid", text("is_normed_uuid", "uuid_string", func(s string) (python.Value, error) {
			return python.Bool(normedUUID.MatchString(strings.TrimSuffix(s, "\n"))), nil
		})),
		"norm_ip": function("norm_ip", text("norm_ip", "ip_string", func(s string) (python.Value, error) {
			ip, err := parseIP(s)
			return python.Str(dotted(ip)), err
		})),
		"norm_mac": function("norm_mac", text("norm_mac", "mac_string", func(s string) (python.Value, error) {
			mac, err := parseMAC(s)
			return python.Str(joinMAC(mac, ":", false)), err
		})),
		"norm_uuid": function("norm_uuid", text("norm_uuid", "uuid_string", func(s string) (python.Value, error) {
			lower := strings.ToLower(s)
			if !normedUUID.MatchString(strings.TrimSuffix(lower, "\n")) {
				return nil, python.ValueErrorf("invalid uuid: %s", s)
			}
			return python.Str(lower), nil
		})),
		"to_ip": function("to_ip", text("to_ip", "ip_string", func(s string) (python.Value, error) {
			ip, err := parseIP(s)
			return python.Bytes(ip[:]), err
		})),
		"to_mac": function("to_mac", text("to_mac", "mac_string", func(s string) (python.Value, error) {
			mac, err := parseMAC(s)
			if err != nil {
				return nil, err
			}
			var b []byte
			for _, x := range mac {
				b = python.AppendRune(b, rune(x))
			}
			return python.Str(b), nil
		})),
	}
}

// The forms that wazo-provd keeps MAC addresses and UUIDs in. Its patterns let a
// newline follow; the callers here take it off first.
var (
	normedMAC  = regexp.MustCompile(`^([\da-f]{2}:){5}[\da-f]{2}$`)
	normedUUID = regexp.MustCompile(`^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$`)
)

// text makes a function of one string argument. What is not a string fails as a
// regular expression match on it does.
func text(name, arg string, fn func(string) (python.Value, error)) python.BuiltinFunc {
	return func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		if err := python.Unpack(name, args, kwargs, arg, &v); err != nil {
			return nil, err
		}
		s, err := str(v)
		if err != nil {
			return nil, err
		}
		out, err := fn(s)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

func str(v python.Value) (string, error) {
	switch v := python.Native(v).(type) {
	case python.Str:
		return string(v), nil
	case python.Bytes:
		return "", python.TypeErrorf("cannot use a string pattern on a bytes-like object")
	}
	return "", python.TypeErrorf("expected string or bytes-like object, got '%s'", python.TypeName(v))
}

// parseMAC reads a MAC address with colons, dashes or nothing between its
// digits. With a separator, leading zeros may be missing and a newline may
// follow.
func parseMAC(s string) (mac [6]byte, err error) {
	bad := func() ([6]byte, error) { return [6]byte{}, python.ValueErrorf("invalid MAC string") }
	sep, least := byte(0), 2
	switch {
	case strings.IndexByte(s, '-') >= 0:
		sep, least = '-', 1
	case strings.IndexByte(s, ':') >= 0:
		sep, least = ':', 1
	}
	if sep != 0 {
		s = strings.TrimSuffix(s, "\n")
	}
	for i := range mac {
		if i > 0 && sep != 0 {
			if s == "" || s[0] != sep {
				return bad()
			}
			s = s[1:]
		}
		n := 0
		for n < 2 && n < len(s) {
			digit, ok := hexDigit(s[n])
			if !ok {
				break
			}
			mac[i] = mac[i]<<4 | digit
			n++
		}
		if n < least {
			return bad()
		}
		s = s[n:]
	}
	if s != "" {
		return bad()
	}
	return mac, nil
}

const hexDigits = "0123456789abcdef"

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func joinMAC(mac [6]byte, sep string, upper bool) string {
	digits := hexDigits
	if upper {
		digits = "0123456789ABCDEF"
	}
	b := make([]byte, 0, 12+5*len(sep))
	for i, x := range mac {
		if i > 0 {
			b = append(b, sep...)
		}
		b = append(b, digits[x>>4], digits[x&15])
	}
	return string(b)
}

func formatMAC(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	sep, upper := ":", python.Value(python.False)
	if err := python.Unpack("format_mac", args, kwargs, "mac_string", &v, "separator?", &sep, "uppercase?", &upper); err != nil {
		return nil, err
	}
	s, err := str(v)
	if err != nil {
		return nil, err
	}
	mac, err := parseMAC(s)
	if err != nil {
		return nil, err
	}
	up, err := python.Truth(t, upper)
	if err != nil {
		return nil, err
	}
	return python.Str(joinMAC(mac, sep, up)), nil
}

func fromMAC(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var packed string
	sep, upper := ":", python.Value(python.False)
	if err := python.Unpack("from_mac", args, kwargs, "packed_mac", &packed, "separator?", &sep, "uppercase?", &upper); err != nil {
		return nil, err
	}
	runes := []rune(packed)
	var mac [6]byte
	if len(runes) != len(mac) {
		return nil, python.ValueErrorf("invalid packed MAC")
	}
	for i, r := range runes {
		mac[i] = byte(r)
	}
	up, err := python.Truth(t, upper)
	if err != nil {
		return nil, err
	}
	return python.Str(joinMAC(mac, sep, up)), nil
}

// parseIP reads what the C library's inet_aton reads: one to four numbers,
// decimal, octal or hexadecimal, the last one filling what is left.
func parseIP(s string) (ip [4]byte, err error) {
	bad := python.ValueErrorf("'%%s' is not a valid dotted quad IPv4 address")
	head, _, _ := strings.Cut(s, " ")
	parts := strings.Split(head, ".")
	if len(parts) > 4 {
		return ip, bad
	}
	var value uint64
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 0, 32)
		if err != nil || strings.ContainsAny(p, "_oObB") && !strings.HasPrefix(strings.ToLower(p), "0x") {
			return ip, bad
		}
		if i < len(parts)-1 {
			if n > 255 {
				return ip, bad
			}
			value |= n << (24 - 8*i)
			continue
		}
		if n >= 1<<(8*(4-i)) {
			return ip, bad
		}
		value |= n
	}
	for i := range ip {
		ip[i] = byte(value >> (24 - 8*i))
	}
	return ip, nil
}

func dotted(ip [4]byte) string { return fmt.Sprintf("%d.%d.%d.%d", ip[0], ip[1], ip[2], ip[3]) }

func fromIP(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var packed python.Bytes
	if err := python.Unpack("from_ip", args, kwargs, "packed_ip", &packed); err != nil {
		return nil, err
	}
	if len(packed) != 4 {
		return nil, python.ValueErrorf("'%%s' is not a valid packed IPv4 address")
	}
	return python.Str(dotted([4]byte([]byte(packed)))), nil
}

func isNormedIP(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return false
	}
	for _, p := range parts {
		if n, err := strconv.Atoi(strings.TrimSpace(p)); err != nil || n < 0 || n > 255 {
			return false
		}
	}
	return true
}

// recode makes decode_bytes and encode_bytes: the other type passes through.
func recode(arg, method string) python.BuiltinFunc {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		encoding := "utf-8"
		if err := python.Unpack(method+"_bytes", args, kwargs, arg, &v, "encoding?", &encoding); err != nil {
			return nil, err
		}
		_, isBytes := v.(python.Bytes)
		_, isStr := v.(python.Str)
		if method == "decode" && isBytes || method == "encode" && isStr {
			return python.CallMethod(t, v, method, python.Str(encoding))
		}
		return v, nil
	}
}

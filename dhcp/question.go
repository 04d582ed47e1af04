package dhcp

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"provbox/dhcp/lease"
)

// Texts describes a client as people type it. All fields may be empty. In the
// texts \0 is a NUL byte, which the vendor classes of some phones end with, \xHH
// any byte, and \\ a backslash.
type Texts struct {
	// MAC is the hardware address, in any usual form.
	MAC string
	// VendorClass, UserClass and ClientID are the texts of options 60, 77 and 61.
	VendorClass, UserClass, ClientID string
	// CircuitID and RemoteID are sub-options 1 and 2 of a relay's option 82.
	CircuitID, RemoteID string
	// Parameters are the numbers of the options it asks for, like 1,3,66.
	Parameters string
	// Subnet is like 192.168.77.0/24.
	Subnet string
}

// Question reads the texts. The error joins every problem, each beginning with
// what it is about.
func (t Texts) Question() (Question, error) {
	q := Question{MAC: strings.TrimSpace(t.MAC)}
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	for _, f := range []struct {
		name, text string
		into       *[]byte
		sub        byte
	}{
		{"vendor class", t.VendorClass, &q.VendorClass, 0},
		{"user class", t.UserClass, &q.UserClass, 0},
		{"client id", t.ClientID, &q.ClientID, 0},
		{"circuit id", t.CircuitID, &q.RelayInfo, 1},
		{"remote id", t.RemoteID, &q.RelayInfo, 2},
	} {
		b, err := unescape(f.text)
		switch {
		case err != nil:
			bad("%s %q: %w", f.name, shorten(f.text), err)
		case len(b) > 255:
			bad("%s %q: %d bytes, at most 255 fit an option", f.name, shorten(f.text), len(b))
		case f.sub != 0 && len(b) > 0:
			*f.into = append(append(*f.into, f.sub, byte(len(b))), b...)
		case len(b) > 0:
			*f.into = b
		}
	}
	if len(q.RelayInfo) > 255 {
		bad("circuit id and remote id: %d bytes together, at most 255 fit option 82", len(q.RelayInfo))
	}
	if _, err := lease.ParseMAC(q.MAC); q.MAC != "" && err != nil {
		bad("MAC address %q: expected one like 00:15:65:aa:bb:cc", shorten(q.MAC))
	}
	for _, n := range strings.FieldsFunc(t.Parameters, func(r rune) bool { return r == ',' || r == ' ' }) {
		code, err := strconv.ParseUint(n, 10, 8)
		if err != nil || len(q.Parameters) == 255 {
			bad("parameters: %q is not one of at most 255 option numbers", shorten(n))
			break
		}
		q.Parameters = append(q.Parameters, byte(code))
	}
	if s := strings.TrimSpace(t.Subnet); s != "" {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			bad("subnet %q: expected one like 192.168.77.0/24", shorten(s))
		}
		q.Subnet = p
	}
	return q, errors.Join(errs...)
}

// shorten cuts what a stranger typed down to what fits a message.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// unescape reads \0, \xHH and \\ in a text.
func unescape(s string) ([]byte, error) {
	var out []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			out = append(out, s[i])
		case strings.HasPrefix(s[i:], `\\`):
			out = append(out, '\\')
			i++
		case strings.HasPrefix(s[i:], `\x`) && i+4 <= len(s):
			n, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
			if err != nil {
				return nil, errors.New(`\x needs two hexadecimal digits`)
			}
			out = append(out, byte(n))
			i += 3
		case strings.HasPrefix(s[i:], `\0`):
			out = append(out, 0)
			i++
		default:
			return nil, errors.New(`only \0, \xHH and \\ may follow a backslash`)
		}
	}
	return out, nil
}

package option

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is how the value of an option is read.
type kind int

const (
	kindOther kind = iota // a text if it looks like one, else bytes
	kindText
	kindAddrs
	kindNumber
	kindFlag
	kindSubs
	kindVendor // RFC 3925
)

type known struct {
	name string
	kind kind
}

// knownOptions are the options that phones are sent, by the names of RFC 2132
// and the IANA registry.
var knownOptions = map[byte]known{
	1: {"subnet-mask", kindAddrs}, 2: {"time-offset", kindNumber}, 3: {"routers", kindAddrs}, 4: {"time-servers", kindAddrs},
	6: {"domain-name-servers", kindAddrs}, 7: {"log-servers", kindAddrs}, 12: {"host-name", kindText}, 15: {"domain-name", kindText},
	19: {"ip-forwarding", kindFlag}, 26: {"interface-mtu", kindNumber}, 28: {"broadcast-address", kindAddrs}, 42: {"ntp-servers", kindAddrs},
	43: {"vendor-encapsulated-options", kindSubs}, 44: {"netbios-name-servers", kindAddrs}, 50: {"requested-address", kindAddrs},
	51: {"lease-time", kindNumber}, 54: {"server-identifier", kindAddrs}, 58: {"renewal-time", kindNumber}, 59: {"rebinding-time", kindNumber},
	60: {"vendor-class-identifier", kindText}, 61: {"client-identifier", kindOther}, 66: {"tftp-server-name", kindText},
	67: {"boot-file-name", kindText}, 69: {"smtp-server", kindAddrs}, 70: {"pop-server", kindAddrs}, 77: {"user-class", kindText},
	82: {"relay-agent-information", kindSubs}, 100: {"tz-posix", kindText}, 101: {"tz-name", kindText}, 114: {"url", kindText},
	119: {"domain-search", kindOther}, 120: {"sip-servers", kindOther}, 121: {"classless-routes", kindOther}, 124: {"vi-vendor-class", kindOther},
	125: {"vi-vendor-info", kindVendor}, 128: {"tftp-server-128", kindOther}, 132: {"vlan-id", kindOther}, 133: {"vlan-priority", kindOther},
	150: {"tftp-server-address", kindAddrs},
}

// Name shows an option to people: its number, and its name where it has one.
func Name(code byte) string {
	if k := knownOptions[code]; k.name != "" {
		return strconv.Itoa(int(code)) + " " + k.name
	}
	return strconv.Itoa(int(code))
}

// Format shows the value of an option to people: addresses, numbers, texts in
// quotes, sub-options, and bytes for what is none of these.
func Format(o Option) string {
	d := o.Data
	switch knownOptions[o.Code].kind {
	case kindText:
		return strconv.Quote(string(d))
	case kindAddrs:
		if s, ok := formatAddrs(d); ok {
			return s
		}
	case kindNumber:
		switch len(d) {
		case 2:
			return strconv.Itoa(int(binary.BigEndian.Uint16(d)))
		case 4:
			return strconv.FormatUint(uint64(binary.BigEndian.Uint32(d)), 10)
		}
	case kindFlag:
		if len(d) == 1 {
			return strconv.FormatBool(d[0] != 0)
		}
	case kindSubs:
		if s, ok := formatSubs(d); ok {
			return s
		}
	case kindVendor:
		if len(d) > 5 && int(d[4]) == len(d)-5 {
			if s, ok := formatSubs(d[5:]); ok {
				return fmt.Sprintf("enterprise %d %s", binary.BigEndian.Uint32(d), s)
			}
		}
	}
	return formatBytes(d)
}

func formatAddrs(d []byte) (string, bool) {
	if len(d) == 0 || len(d)%4 != 0 {
		return "", false
	}
	var out []string
	for ; len(d) > 0; d = d[4:] {
		out = append(out, netip.AddrFrom4([4]byte(d)).String())
	}
	return strings.Join(out, ", "), true
}

// formatSubs shows sub-options. A text is not taken for some: its first
// letters would be the code and length of one.
func formatSubs(d []byte) (string, bool) {
	var out []string
	for len(d) > 0 {
		if len(d) < 2 || len(d) < 2+int(d[1]) {
			return "", false
		}
		out = append(out, fmt.Sprintf("%d: %s", d[0], formatBytes(d[2:2+d[1]])))
		d = d[2+d[1]:]
	}
	return "{" + strings.Join(out, ", ") + "}", len(out) > 0
}

func formatBytes(d []byte) string {
	if len(d) > 0 && utf8.Valid(d) && !strings.ContainsFunc(string(d), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return strconv.Quote(string(d))
	}
	return "0x" + hex.EncodeToString(d)
}

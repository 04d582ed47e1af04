// Package message reads and writes DHCPv4 messages (RFC 2131, 2132, 3396).
//
// It exists beside the packet library that the tests use as an independent
// check because a server has to do what a library for both sides does not:
// overload file and sname (option 52), split long options over all three
// fields, keep a message within the client's maximum size, put option 82 last,
// and read what real phones send without ever growing memory by more than the
// packet's own size.
package message

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Type is the value of option 53.
type Type byte

// The message types of RFC 2132 9.6. None is a BOOTP message.
const (
	None     Type = 0
	Discover Type = 1
	Offer    Type = 2
	Request  Type = 3
	Decline  Type = 4
	Ack      Type = 5
	Nak      Type = 6
	Release  Type = 7
	Inform   Type = 8
	// ForceRenew is RFC 3203.
	ForceRenew Type = 9
)

func (t Type) String() string {
	names := [...]string{"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM", "FORCERENEW"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("TYPE%d", byte(t))
}

// The options the server itself reads or writes (RFC 2132 unless noted).
const (
	OptPad          = 0
	OptSubnetMask   = 1
	OptRouter       = 3
	OptDNS          = 6
	OptHostname     = 12
	OptDomain       = 15
	OptBroadcast    = 28
	OptNTP          = 42
	OptVendorInfo   = 43
	OptRequestedIP  = 50
	OptLeaseTime    = 51
	OptOverload     = 52
	OptType         = 53
	OptServerID     = 54
	OptParameters   = 55
	OptMessage      = 56
	OptMaxSize      = 57
	OptT1           = 58
	OptT2           = 59
	OptVendorClass  = 60
	OptClientID     = 61
	OptTFTPName     = 66
	OptBootfile     = 67
	OptUserClass    = 77
	OptRapidCommit  = 80  // RFC 4039
	OptRelayInfo    = 82  // RFC 3046
	OptAuth         = 90  // RFC 3118
	OptSubnetSelect = 118 // RFC 3011
	OptNonceCapable = 145 // RFC 6704
	OptTFTPAddress  = 150 // RFC 5859
	OptEnd          = 255
)

// Option is one option; Data is the whole value, long options joined.
type Option struct {
	Code byte
	Data []byte
}

// Message is a message a client or relay sent.
type Message struct {
	HType, HLen, Hops byte
	XID               uint32
	Secs, Flags       uint16
	CIAddr, GIAddr    netip.Addr
	// YIAddr is set in replies.
	YIAddr netip.Addr
	// CHAddr holds HLen bytes.
	CHAddr []byte
	// Type is None for BOOTP.
	Type Type
	// Size is how many bytes the message had.
	Size int
	// Options in the order of their first appearance, no code twice.
	Options []Option
}

// FlagBroadcast is the one defined bit of Flags (RFC 2131 figure 2).
const FlagBroadcast = 0x8000

const (
	headerLen = 236
	optsAt    = headerLen + 4
	// MaxLen is the longest message that is read: what an Ethernet frame holds.
	MaxLen = 1500
)

var cookie = [4]byte{99, 130, 83, 99}

// Errors of Parse; a server counts and drops such packets.
var (
	ErrShort   = errors.New("shorter than a BOOTP message")
	ErrNotOurs = errors.New("not a BOOTREQUEST, or not a BOOTREPLY where one is read")
	ErrCookie  = errors.New("no DHCP magic cookie")
	ErrOption  = errors.New("an option runs past its field")
	ErrField   = errors.New("a field has an impossible value")
)

// Parse reads a BOOTREQUEST. The result refers to b, which must not be changed
// afterwards. An END option may be missing, as some phones leave it out.
func Parse(b []byte) (*Message, error) { return parse(b, 1) }

// ParseReply is Parse for a BOOTREPLY: what another server says.
func ParseReply(b []byte) (*Message, error) {
	m, err := parse(b, 2)
	if err == nil {
		m.YIAddr = netip.AddrFrom4([4]byte(b[16:]))
	}
	return m, err
}

func parse(b []byte, op byte) (*Message, error) {
	if len(b) < headerLen {
		return nil, ErrShort
	}
	if b[0] != op {
		return nil, ErrNotOurs
	}
	if len(b) < optsAt || [4]byte(b[headerLen:optsAt]) != cookie {
		return nil, ErrCookie
	}
	if len(b) > MaxLen || b[2] > 16 {
		return nil, ErrField
	}
	m := &Message{
		HType: b[1], HLen: b[2], Hops: b[3],
		XID:    binary.BigEndian.Uint32(b[4:]),
		Secs:   binary.BigEndian.Uint16(b[8:]),
		Flags:  binary.BigEndian.Uint16(b[10:]),
		CIAddr: netip.AddrFrom4([4]byte(b[12:])),
		GIAddr: netip.AddrFrom4([4]byte(b[24:])),
		CHAddr: b[28 : 28+int(b[2])],
		Size:   len(b),
	}
	m.Options = make([]Option, 0, 16)
	if !m.scan(b[optsAt:]) {
		return nil, ErrOption
	}
	// RFC 2131 4.1: file first, then sname.
	if v, ok := m.Option(OptOverload); ok && len(v) == 1 {
		if v[0]&1 != 0 && !m.scan(b[108:236]) || v[0]&2 != 0 && !m.scan(b[44:108]) {
			return nil, ErrOption
		}
	}
	if v, ok := m.Option(OptType); ok {
		if len(v) != 1 || v[0] == 0 {
			return nil, ErrField
		}
		m.Type = Type(v[0])
	}
	return m, nil
}

// scan reads one field of options. Options that appear again are joined
// (RFC 3396 7).
func (m *Message) scan(b []byte) bool {
	for i := 0; i < len(b); {
		code := b[i]
		switch {
		case code == OptPad:
			i++
			continue
		case code == OptEnd:
			return true
		case i+1 >= len(b) || i+2+int(b[i+1]) > len(b):
			return false
		}
		end := i + 2 + int(b[i+1])
		m.add(code, b[i+2:end:end])
		i = end
	}
	return true
}

func (m *Message) add(code byte, data []byte) {
	for i := range m.Options {
		if m.Options[i].Code == code {
			m.Options[i].Data = append(m.Options[i].Data, data...)
			return
		}
	}
	m.Options = append(m.Options, Option{code, data})
}

// Option returns the value of an option and whether it is there.
func (m *Message) Option(code byte) ([]byte, bool) {
	for i := range m.Options {
		if m.Options[i].Code == code {
			return m.Options[i].Data, true
		}
	}
	return nil, false
}

// Addr returns the value of an option that is one address, invalid if it is
// missing or has another length.
func (m *Message) Addr(code byte) netip.Addr {
	if v, ok := m.Option(code); ok && len(v) == 4 {
		return netip.AddrFrom4([4]byte(v))
	}
	return netip.Addr{}
}

// Uint32 returns the value of an option that is one 32-bit number.
func (m *Message) Uint32(code byte) (uint32, bool) {
	if v, ok := m.Option(code); ok && len(v) == 4 {
		return binary.BigEndian.Uint32(v), true
	}
	return 0, false
}

// Relay returns a sub-option of option 82 (RFC 3046 2.0).
func (m *Message) Relay(sub byte) ([]byte, bool) {
	v, _ := m.Option(OptRelayInfo)
	for len(v) >= 2 && len(v) >= 2+int(v[1]) {
		if v[0] == sub {
			return v[2 : 2+v[1]], true
		}
		v = v[2+v[1]:]
	}
	return nil, false
}

// Broadcast reports the broadcast flag.
func (m *Message) Broadcast() bool { return m.Flags&FlagBroadcast != 0 }

// MaxSize is the longest DHCP message (without IP and UDP headers) that fits
// both what the client takes and what the link carries. Option 57 counts the
// IP header (RFC 2132 9.10) and is never less than 576.
func (m *Message) MaxSize(mtu int) int {
	size := 576
	if v, ok := m.Option(OptMaxSize); ok && len(v) == 2 {
		size = max(size, int(binary.BigEndian.Uint16(v)))
	}
	if mtu < 576 || mtu > 1500 {
		mtu = 1500
	}
	return min(size, mtu) - 28
}

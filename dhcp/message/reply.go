package message

import (
	"encoding/binary"
	"net/netip"
)

// Reply is a BOOTREPLY to be written.
type Reply struct {
	HType, HLen, Hops      byte
	XID                    uint32
	Flags                  uint16
	CIAddr, YIAddr, SIAddr netip.Addr
	GIAddr                 netip.Addr
	CHAddr                 []byte
	// File is the BOOTP file field, at most 127 bytes.
	File string
	// Type is None for a BOOTP reply.
	Type Type
	// Required options are in every message, in this order, after option 53.
	Required []Option
	// Optional ones follow, the most wanted first. What does not fit into the
	// options field goes to file and sname (RFC 2131 4.1), what does not fit
	// there is left out.
	Optional []Option
	// RelayInfo is option 82, written last in the options field (RFC 3046
	// 2.2); nil for none.
	RelayInfo []byte
	// MaxSize is the longest message to write, see Message.MaxSize; it counts as
	// what every client takes if it is less, which for BOOTP is 300 bytes.
	MaxSize int
}

// minLen is the size of a BOOTP message (RFC 951 3); some clients and relays
// drop shorter ones.
const minLen = 300

// minMax is the DHCP message that every client takes: an IP packet of 576
// bytes (RFC 2131 2).
const minMax = 576 - 28

// field is one place options go to.
type field struct {
	buf []byte
	cap int // without the END option
}

// room is how many value bytes fit as one option.
func (f *field) room() int { return f.cap - len(f.buf) - 2 }

func (f *field) put(code byte, data []byte) {
	f.buf = append(append(f.buf, code, byte(len(data))), data...)
}

// Append writes the message to b and returns it, with the codes of the
// options that had to be left out.
func (r *Reply) Append(b []byte) (out []byte, dropped []byte) {
	var tail field
	tail.cap = 1 << 16
	if r.RelayInfo != nil {
		split(&tail, OptRelayInfo, r.RelayInfo)
	}
	size := max(r.MaxSize, minMax)
	if r.Type == None {
		size = max(r.MaxSize, minLen)
	}
	if r.GIAddr.Is4() && !r.GIAddr.IsUnspecified() {
		// The relay takes option 82 out again, so it is not the client's burden.
		size = min(size+len(tail.buf), max(size, MaxLen-28))
	}
	main := field{cap: size - optsAt - 1 - len(tail.buf)}
	fields := []*field{&main}
	dropped = r.place(fields)
	var file, sname field
	overload := byte(0)
	if len(dropped) > 0 && r.Type != None { // overload is DHCP's
		main = field{cap: size - optsAt - 1 - len(tail.buf) - 3}
		if r.File == "" {
			file.cap = 128 - 1
			overload |= 1
			fields = append(fields, &file)
		}
		sname.cap = 64 - 1
		overload |= 2
		fields = append(fields, &sname)
		dropped = r.place(fields)
		if len(file.buf) == 0 {
			overload &^= 1
		}
		if len(sname.buf) == 0 {
			overload &^= 2
		}
		if overload != 0 {
			main.cap += 3
			main.put(OptOverload, []byte{overload})
		}
	}
	start := len(b)
	b = append(b, make([]byte, optsAt)...)
	h := b[start:]
	h[0], h[1], h[2], h[3] = 2, r.HType, r.HLen, r.Hops
	binary.BigEndian.PutUint32(h[4:], r.XID)
	binary.BigEndian.PutUint16(h[10:], r.Flags)
	put4(h[12:], r.CIAddr)
	put4(h[16:], r.YIAddr)
	put4(h[20:], r.SIAddr)
	put4(h[24:], r.GIAddr)
	copy(h[28:44], r.CHAddr)
	copy(h[108:235], r.File)
	if overload&1 != 0 {
		copy(h[108:236], append(file.buf, OptEnd))
	}
	if overload&2 != 0 {
		copy(h[44:108], append(sname.buf, OptEnd))
	}
	copy(h[headerLen:], cookie[:])
	b = append(b, main.buf...)
	b = append(b, tail.buf...)
	b = append(b, OptEnd)
	for len(b)-start < minLen {
		b = append(b, OptPad)
	}
	return b, dropped
}

func put4(b []byte, ip netip.Addr) {
	if ip.Is4() {
		a := ip.As4()
		copy(b, a[:])
	}
}

// place distributes the options and returns the codes that did not fit.
func (r *Reply) place(fields []*field) (dropped []byte) {
	if r.Type != None {
		fields[0].put(OptType, []byte{byte(r.Type)})
	}
	for _, o := range r.Required {
		split(fields[0], o.Code, o.Data)
	}
next:
	for _, o := range r.Optional {
		if len(o.Data) <= 255 {
			for _, f := range fields {
				if f.room() >= len(o.Data) {
					f.put(o.Code, o.Data)
					continue next
				}
			}
		}
		// RFC 3396 5 and 6: pieces in the order options, file, sname.
		total := 0
		for _, f := range fields {
			total += capacity(f)
		}
		if total < len(o.Data) {
			dropped = append(dropped, o.Code)
			continue
		}
		rest := o.Data
		for _, f := range fields {
			n := min(len(rest), capacity(f))
			if n > 0 {
				split(f, o.Code, rest[:n])
				rest = rest[n:]
			}
		}
	}
	return dropped
}

// capacity is how many value bytes of one option fit in pieces.
func capacity(f *field) int {
	free := f.cap - len(f.buf)
	n := free / 257 * 255
	return max(n+free%257-2, n, 0)
}

// split writes an option in pieces of at most 255 bytes (RFC 3396 5).
func split(f *field, code byte, data []byte) {
	for {
		n := min(len(data), 255)
		f.put(code, data[:n])
		if data = data[n:]; len(data) == 0 {
			return
		}
	}
}

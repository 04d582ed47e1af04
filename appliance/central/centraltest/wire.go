package centraltest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The part of AMQP 0-9-1 that the stand-in broker speaks (the specification's
// section 4.2).

// Frame types.
const (
	frameMethod    = 1
	frameHeader    = 2
	frameBody      = 3
	frameHeartbeat = 8
	frameEnd       = 0xCE
)

const maxFrameSize = 128 << 10

type frame struct {
	kind    byte
	channel uint16
	payload []byte
}

func readFrame(r *bufio.Reader) (frame, error) {
	var head [7]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	size := binary.BigEndian.Uint32(head[3:])
	if size > maxFrameSize {
		return frame{}, fmt.Errorf("frame of %d bytes", size)
	}
	payload := make([]byte, size+1)
	if _, err := io.ReadFull(r, payload); err != nil {
		return frame{}, err
	}
	if payload[size] != frameEnd {
		return frame{}, errors.New("frame without its end")
	}
	return frame{head[0], binary.BigEndian.Uint16(head[1:]), payload[:size]}, nil
}

func (f frame) encode() []byte {
	b := append([]byte{f.kind}, binary.BigEndian.AppendUint16(nil, f.channel)...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.payload)))
	return append(append(b, f.payload...), frameEnd)
}

// fields reads the arguments of a method one after the other; what is missing is
// zero and sets err.
type fields struct {
	b   []byte
	err error
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.b) {
		f.err = io.ErrUnexpectedEOF
		f.b = nil
		return make([]byte, min(max(n, 0), 8))
	}
	var taken []byte
	taken, f.b = f.b[:n], f.b[n:]
	return taken
}

func (f *fields) octet() byte      { return f.take(1)[0] }
func (f *fields) short() uint16    { return binary.BigEndian.Uint16(f.take(2)) }
func (f *fields) long() uint32     { return binary.BigEndian.Uint32(f.take(4)) }
func (f *fields) shortstr() string { return string(f.take(int(f.octet()))) }
func (f *fields) longstr() string  { return string(f.take(int(f.long()))) }

// table reads a field table. Only text and numbers are kept, as text.
func (f *fields) table() map[string]string {
	t := make(map[string]string)
	in := fields{b: f.take(int(f.long()))}
	for len(in.b) > 0 && in.err == nil {
		name := in.shortstr()
		t[name] = in.value()
	}
	f.err = errors.Join(f.err, in.err)
	return t
}

func (f *fields) value() string {
	switch kind := f.octet(); kind {
	case 'S', 'x':
		return f.longstr()
	case 'F':
		return fmt.Sprint(f.table())
	case 'A':
		return f.longstr()
	case 't', 'b', 'B':
		return fmt.Sprint(f.octet())
	case 's', 'u':
		return fmt.Sprint(f.short())
	case 'I', 'i', 'f':
		return fmt.Sprint(f.long())
	case 'l', 'L', 'd', 'T':
		return fmt.Sprint(binary.BigEndian.Uint64(f.take(8)))
	case 'D':
		return string(f.take(5))
	case 'V':
		return ""
	default:
		f.err = fmt.Errorf("field of type %q", kind)
		f.b = nil
		return ""
	}
}

// args builds the arguments of a method.
type args []byte

func (a args) octet(v byte) args   { return append(a, v) }
func (a args) short(v uint16) args { return binary.BigEndian.AppendUint16(a, v) }
func (a args) long(v uint32) args  { return binary.BigEndian.AppendUint32(a, v) }
func (a args) longlong(v uint64) args {
	return binary.BigEndian.AppendUint64(a, v)
}
func (a args) shortstr(s string) args { return append(a.octet(byte(len(s))), s...) }
func (a args) longstr(s string) args  { return append(a.long(uint32(len(s))), s...) }

// table writes a table of texts.
func (a args) table(t map[string]string) args {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	var in args
	for _, name := range names {
		in = in.shortstr(name).octet('S').longstr(t[name])
	}
	return append(a.long(uint32(len(in))), in...)
}

func method(channel, class, id uint16, a args) frame {
	return frame{frameMethod, channel, append(args{}.short(class).short(id), a...)}
}

// Bits of a content header's property flags, in the order of the properties.
const (
	propContentType = 1 << 15
	propEncoding    = 1 << 14
	propHeaders     = 1 << 13
)

// readHeaders returns the headers of a content header frame, and the size of the
// body that follows.
func readHeaders(payload []byte) (headers map[string]string, size uint64, err error) {
	f := fields{b: payload}
	f.take(4) // class and weight
	size = binary.BigEndian.Uint64(f.take(8))
	flags := f.short()
	if flags&propContentType != 0 {
		f.shortstr()
	}
	if flags&propEncoding != 0 {
		f.shortstr()
	}
	if flags&propHeaders != 0 {
		headers = f.table()
	}
	return headers, size, f.err
}

func contentFrames(channel uint16, m message) []frame {
	head := args{}.short(classBasic).short(0).longlong(uint64(len(m.body))).
		short(propContentType | propHeaders).shortstr("application/json").table(m.headers)
	return []frame{{frameHeader, channel, head}, {frameBody, channel, m.body}}
}

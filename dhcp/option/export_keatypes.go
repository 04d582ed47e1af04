package option

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// keaType is how Kea reads the bytes of an option that it defines itself.
// Nobody can define these otherwise, and bytes that do not fit keep the whole
// configuration from being read.
type keaType int

const (
	keaBytes  keaType = iota
	keaText           // not empty; NUL bytes at the end are dropped
	keaFlag           // one byte, 0 or 1
	keaInt8           // of exactly that size
	keaInt16          //
	keaInt32          // also a single address
	keaInt16s         // any number of them
	keaInt32s         // also addresses
	keaNames          // DNS names that are not compressed
	keaOwn            // a form of its own, or Kea's own answer
)

// keaTypes are the options of Kea 2.4 that are not just bytes.
var keaTypes = func() map[byte]keaType {
	out := map[byte]keaType{}
	for kind, codes := range map[keaType][]byte{
		keaText:   {12, 14, 15, 17, 18, 40, 47, 56, 60, 62, 64, 66, 67, 86, 87, 98, 100, 101, 113, 114},
		keaFlag:   {19, 20, 27, 29, 30, 31, 34, 36, 39},
		keaInt8:   {23, 37, 46, 116, 156, 157},
		keaInt16:  {13, 22, 26},
		keaInt32:  {1, 2, 16, 24, 28, 32, 35, 38, 91, 108, 118, 152, 153, 154, 155},
		keaInt16s: {25, 93, 117},
		keaInt32s: {3, 4, 5, 6, 7, 8, 9, 10, 11, 41, 42, 44, 45, 48, 49, 65, 68, 69, 70, 71, 72, 73, 74, 75, 76, 85, 89, 92, 112, 136, 138},
		keaNames:  {88, 119, 137, 141, 213},
		keaOwn:    {21, 33, 78, 79, 81, 94, 97, 143, 146, 151, 159, 162, 212},
	} {
		for _, c := range codes {
			out[c] = kind
		}
	}
	return out
}()

// keaTakes reports whether Kea can be told to send these bytes.
func keaTakes(s sent) bool {
	n := len(s.data)
	switch keaTypes[byte(s.code)] {
	case keaText:
		return s.data[n-1] != 0
	case keaFlag:
		return n == 1 && s.data[0] <= 1
	case keaInt8:
		return n == 1
	case keaInt16:
		return n == 2
	case keaInt32:
		return n == 4
	case keaInt16s:
		return n%2 == 0
	case keaInt32s:
		return n%4 == 0
	case keaNames:
		return areNames(s.data)
	case keaOwn:
		return false
	}
	return s.code != 124 || n > 4 && int(s.data[4]) == n-5
}

// areNames reports whether a value is a list of names as in RFC 1035 section
// 3.1, without compression.
func areNames(b []byte) bool {
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 {
			if b = b[1:]; len(b) == 0 {
				return true
			}
			continue
		}
		if n > 63 || n >= len(b) {
			return false
		}
		b = b[1+n:]
	}
	return false
}

// keaSeen is a text as Kea sees it when a client sends it.
func (x *exporter) keaSeen(w where, text []byte) []byte {
	if w.nested || keaTypes[w.code] != keaText || !bytes.HasSuffix(text, []byte{0}) {
		return text
	}
	x.note("Kea drops NUL bytes at the end of a client's text: rules that look for them do without.")
	return bytes.TrimRight(text, "\x00")
}

// keaVendor writes option 125 (RFC 3925): Kea makes it of the enterprise number
// and options of a space of that number's; false for what is not of that form.
func keaVendor(s sent) ([]keaOption, bool) {
	if len(s.data) < 5 || int(s.data[4]) != len(s.data)-5 {
		return nil, false
	}
	number := strconv.FormatUint(uint64(binary.BigEndian.Uint32(s.data)), 10)
	out := []keaOption{{Code: s.code, CSV: true, Data: number}}
	for b := s.data[5:]; len(b) > 0; {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return nil, false
		}
		out = append(out, keaOption{
			Code: int(b[0]), Space: "vendor-" + number, Data: hex.EncodeToString(b[2 : 2+int(b[1])]), Always: true,
			show: "125, " + strconv.Itoa(int(b[0])) + " = " + formatBytes(b[2:2+int(b[1])]),
		})
		b = b[2+int(b[1]):]
	}
	return out, true
}

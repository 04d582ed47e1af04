package firmware

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Methods that coders of a 7z archive have (Methods.txt of the 7-Zip LZMA SDK).
const (
	copy7z    = "\x00"
	delta7z   = "\x03"
	lzma27z   = "\x21"
	lzma7z    = "\x03\x01\x01"
	bcj7z     = "\x03\x03\x01\x03"
	bcj27z    = "\x03\x03\x01\x1b"
	ppc7z     = "\x03\x03\x02\x05"
	arm7z     = "\x03\x03\x05\x01"
	sparc7z   = "\x03\x03\x08\x05"
	deflate7z = "\x04\x01\x08"
	bzip27z   = "\x04\x02\x02"
	aes7z     = "\x06\xf1\x07\x01"
)

// filter7z tells whether a method is a filter of which the decoder gives neither
// bytes nor an error once the stream below it is at its end, see moving.
func filter7z(method string) bool {
	switch method {
	case delta7z, bcj7z, ppc7z, arm7z, sparc7z:
		return true
	}
	return false
}

// memory returns how much memory the decoder of a coder takes, about. A method
// that needs none worth mentioning takes its buffers. Those that 7-Zip itself has
// not are refused, and so is what the decoder gets wrong.
func (c *coder7z) memory() (uint64, error) {
	const buffers = 64 << 10
	if c.inputs != 1 && (c.method != bcj27z || c.inputs != maxInputs7z) {
		return 0, fmt.Errorf("7z: method %x with %d inputs", c.method, c.inputs)
	}
	switch c.method {
	case copy7z, bcj7z, ppc7z, arm7z, sparc7z, deflate7z:
		return buffers, nil
	case delta7z:
		// The decoder takes a distance of 256 as one of 0 and never ends.
		if len(c.props) != 1 || c.props[0] == 0xff {
			return 0, errors.New("7z: a delta filter that is not supported")
		}
		return buffers, nil
	case bcj27z:
		// When it finds no jumps, the decoder keeps all and doubles its buffer.
		return buffers + 2*c.size, nil
	case bzip27z:
		return 4 << 20, nil
	case lzma7z:
		if len(c.props) != 5 {
			return 0, errors.New("7z: invalid properties of LZMA")
		}
		// The literal coder grows with 2^(lc+lp); lc is below 9, lp and pb below 5.
		if p := int(c.props[0]); p >= 9*5*5 || p%9+p/9%5 > 4 {
			return 0, errors.New("7z: LZMA with lc and lp of more than 4 together")
		}
		// What is further back than all of it is never needed.
		return buffers + min(uint64(binary.LittleEndian.Uint32(c.props[1:])), c.size), nil
	case lzma27z:
		if len(c.props) != 1 || c.props[0] > 40 {
			return 0, errors.New("7z: invalid properties of LZMA2")
		}
		return buffers + uint64(2|c.props[0]&1)<<(c.props[0]/2+11), nil
	case aes7z:
		return 0, errors.New("7z: it is encrypted")
	}
	return 0, fmt.Errorf("7z: method %x is not supported", c.method)
}

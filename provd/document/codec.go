package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// MaxDepth bounds the nesting of a document, so that a hostile one cannot
// exhaust the stack of whoever walks it.
const MaxDepth = 64

// ErrNotObject is returned by Decode for JSON that is not an object.
var ErrNotObject = errors.New("document: not a JSON object")

// Decode parses one JSON object. A member that appears twice keeps its first
// place and its last value, as Python's json does. Errors name the byte offset.
func Decode(data []byte) (*Object, error) {
	v, err := DecodeValue(data)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, ErrNotObject
	}
	return o, nil
}

// DecodeValue parses one JSON value of any kind into the types that Object
// lists.
func DecodeValue(data []byte) (any, error) {
	// The decoder would put other characters in the place of those it cannot read.
	if i := invalidUTF8(data); i >= 0 {
		return nil, fmt.Errorf("document: at byte %d: the text is not UTF-8", i)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := decodeValue(d, 0)
	if err != nil {
		return nil, fmt.Errorf("document: at byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("document: extra data after the value at byte %d", d.InputOffset())
	}
	return v, nil
}

// invalidUTF8 returns where the first byte stands that is no UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", MaxDepth)
	}
	t, err := d.Token()
	if err == io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := &Object{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, ok := k.(string)
			if !ok {
				return nil, fmt.Errorf("member name is %v, want a string", k)
			}
			v, err := decodeValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			o.Set(name, v)
		}
		_, err := d.Token()
		return o, err
	case json.Delim('['):
		l := []any{}
		for d.More() {
			v, err := decodeValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		_, err := d.Token()
		return l, err
	}
	return t, nil
}

// MarshalJSON encodes the object compactly with its members in order.
// Non-ASCII characters are written as \uXXXX, which is what wazo-provd's
// clients have always received (spec/rest.md section 1).
func (o *Object) MarshalJSON() ([]byte, error) {
	return appendValue(nil, o)
}

// UnmarshalJSON replaces the object by the decoded one.
func (o *Object) UnmarshalJSON(data []byte) error {
	n, err := Decode(data)
	if err != nil {
		return err
	}
	*o = *n
	return nil
}

// Encode encodes any document value as MarshalJSON does.
func Encode(v any) ([]byte, error) {
	return appendValue(nil, v)
}

func appendValue(b []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v), nil
	case json.Number:
		return append(b, v...), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendValue(b, e); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case *Object:
		if v == nil {
			return append(b, "null"...), nil
		}
		b = append(b, '{')
		first := true
		for k, e := range v.All() {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(appendString(b, k), ':')
			if b, err = appendValue(b, e); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	}
	return nil, fmt.Errorf("document: cannot encode a %T", v)
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r == '\t':
			b = append(b, '\\', 't')
		case r >= 0x20 && r < 0x7f:
			b = append(b, byte(r))
		case r < 0x10000:
			b = appendEscape(b, r)
		default:
			r -= 0x10000
			b = appendEscape(appendEscape(b, 0xd800+(r>>10)), 0xdc00+(r&0x3ff))
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// maxNumber bounds the digits of a number that is compared by value: an
// exponent of a billion is one short line for a client and gigabytes for us.
const maxNumber = 400

func number(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return big.NewRat(1, 1), true
		}
		return new(big.Rat), true
	case int:
		return new(big.Rat).SetInt64(int64(v)), true
	case json.Number:
		if f, err := v.Float64(); err != nil || len(v) > maxNumber || f > 1e300 || f < -1e300 || (f != 0 && f < 1e-300 && f > -1e-300) {
			return nil, false
		}
		return new(big.Rat).SetString(string(v))
	}
	return nil, false
}

package python

import (
	"encoding/json"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Member is one member of an object made by ToGo.
type Member struct {
	Key   string
	Value any
}

// maxConvertDepth bounds the nesting of converted documents.
const maxConvertDepth = 200

// numberFromText reads a JSON number: an int unless it has a fraction or an
// exponent.
func numberFromText(s string) (Value, error) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return newInt64(i), nil
	}
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, ValueErrorf("%q is not a number", s)
		}
		return Float(f), nil
	}
	if len(s) > maxIntDigits {
		return nil, tooManyDigits()
	}
	b, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, ValueErrorf("%q is not a number", s)
	}
	return NewBigInt(b), nil
}

// ToGo is the reverse of FromGo: None, bool, str, numbers (as json.Number),
// lists and tuples (as []any) and dicts. object makes the Go value of a dict from
// its members, in order; nil leaves them a []Member. Dict keys become strings as
// json.dumps makes them. Other values, and floats that JSON cannot write, are a
// TypeError or ValueError; a value that contains itself is a ValueError.
func ToGo(v Value, object func(members []Member) any) (any, error) {
	if object == nil {
		object = func(members []Member) any { return members }
	}
	return toGo(v, object, maxConvertDepth)
}

func toGo(v Value, object func(members []Member) any, depth int) (any, error) {
	if depth == 0 {
		return nil, ValueErrorf("value is nested too deeply or contains itself")
	}
	switch v := Native(v).(type) {
	case NoneType:
		return nil, nil
	case Bool:
		return bool(v), nil
	case Str:
		return string(v), nil
	case Int:
		return json.Number(strconv.FormatInt(int64(v), 10)), nil
	case *BigInt:
		if v.big.BitLen() > maxIntDigits*3 {
			return nil, tooManyDigits()
		}
		return json.Number(v.big.String()), nil
	case Float:
		if math.IsInf(float64(v), 0) || math.IsNaN(float64(v)) {
			return nil, ValueErrorf("Out of range float values are not JSON compliant")
		}
		return json.Number(floatRepr(float64(v))), nil
	case *List:
		return itemsToGo(v.items, object, depth)
	case Tuple:
		return itemsToGo(v, object, depth)
	case *Dict:
		members := make([]Member, 0, v.live)
		for k, e := range v.All() {
			key, err := keyToGo(k)
			if err != nil {
				return nil, err
			}
			item, err := toGo(e, object, depth-1)
			if err != nil {
				return nil, err
			}
			members = append(members, Member{key, item})
		}
		return object(members), nil
	}
	return nil, TypeErrorf("Object of type %s is not JSON serializable", TypeName(v))
}

func itemsToGo(items []Value, object func(members []Member) any, depth int) (any, error) {
	out := make([]any, len(items))
	for i, e := range items {
		item, err := toGo(e, object, depth-1)
		if err != nil {
			return nil, err
		}
		out[i] = item
	}
	return out, nil
}

// keyToGo turns a dict key into a member name as json.dumps does.
func keyToGo(k Value) (string, error) {
	switch k := Native(k).(type) {
	case Str:
		return string(k), nil
	case Bool:
		return strconv.FormatBool(bool(k)), nil
	case NoneType:
		return "null", nil
	case Int:
		return strconv.FormatInt(int64(k), 10), nil
	case Float:
		return floatRepr(float64(k)), nil
	case *BigInt:
		if k.big.BitLen() <= maxIntDigits*3 {
			return k.big.String(), nil
		}
	}
	return "", TypeErrorf("keys must be str, int, float, bool or None, not %s", TypeName(k))
}

// FromJSON parses a JSON document, keeping the order of members.
func FromJSON(data []byte) (Value, error) {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	v, err := decodeJSON(dec, maxConvertDepth)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, ValueErrorf("Extra data after the JSON document")
	}
	return v, nil
}

func decodeJSON(dec *json.Decoder, depth int) (Value, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, ValueErrorf("bad JSON: %v", err)
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return scalarFromGo(tok)
	}
	if depth == 0 {
		return nil, ValueErrorf("document is nested too deeply")
	}
	if delim == '[' {
		var items []Value
		for dec.More() {
			item, err := decodeJSON(dec, depth-1)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err := dec.Token()
		return NewList(items), jsonError(err)
	}
	d := NewDict(0)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, jsonError(err)
		}
		name, _ := key.(string)
		item, err := decodeJSON(dec, depth-1)
		if err != nil {
			return nil, err
		}
		d.SetStr(name, item)
	}
	_, err = dec.Token()
	return d, jsonError(err)
}

func jsonError(err error) error {
	if err == nil {
		return nil
	}
	return ValueErrorf("bad JSON: %v", err)
}

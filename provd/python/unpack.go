package python

import (
	"math"
	"strings"
)

// param is one parameter of Unpack.
type param struct {
	name     string
	optional bool
	noneOK   bool
	kwOnly   bool
	ptr      any
	set      bool
}

// Unpack assigns the arguments of a call to variables: pairs alternates a
// parameter name and a pointer. A name ending in "?" is optional and leaves the
// variable alone when absent; "name??" also leaves it alone for None; "$" alone
// (without a pointer) makes the following parameters keyword-only. Pointers may
// be to Value, string, Str, Bytes, bool, Bool, int, int64, float64, *List,
// *Dict, Tuple, *Class and Callable.
func Unpack(fname string, args []Value, kwargs []Keyword, pairs ...any) error {
	var buf [8]param
	params := buf[:0]
	kwOnly, maxPos := false, 0
	for i := 0; i < len(pairs); {
		name, _ := pairs[i].(string)
		if name == "$" {
			kwOnly = true
			i++
			continue
		}
		if i+1 >= len(pairs) {
			break
		}
		p := param{name: strings.TrimRight(name, "?"), kwOnly: kwOnly, ptr: pairs[i+1]}
		p.optional = len(p.name) < len(name)
		p.noneOK = len(p.name)+2 == len(name)
		params = append(params, p)
		if !kwOnly {
			maxPos++
		}
		i += 2
	}
	if len(args) > maxPos {
		return tooManyArgs(fname, params[:maxPos], len(params), len(args), len(kwargs))
	}
	for i, v := range args {
		if err := params[i].assign(fname, i+1, v); err != nil {
			return err
		}
	}
	for _, kw := range kwargs {
		if err := assignKeyword(fname, params, kw); err != nil {
			return err
		}
	}
	for i := range params {
		if p := &params[i]; !p.set && !p.optional {
			if p.kwOnly {
				return TypeErrorf("%s() missing required keyword-only argument: '%s'", fname, p.name)
			}
			return TypeErrorf("%s() missing required argument '%s' (pos %d)", fname, p.name, i+1)
		}
	}
	return nil
}

func assignKeyword(fname string, params []param, kw Keyword) error {
	for i := range params {
		p := &params[i]
		if p.name != kw.Name {
			continue
		}
		if p.set {
			return TypeErrorf("argument for %s() given by name ('%s') and position (%d)", fname, p.name, i+1)
		}
		return p.assign(fname, i+1, kw.Value)
	}
	if len(params) == 0 {
		return TypeErrorf("%s() takes no keyword arguments", fname)
	}
	return TypeErrorf("'%s' is an invalid keyword argument for %s()", kw.Name, fname)
}

func tooManyArgs(fname string, params []param, all, given, named int) error {
	most, least := len(params), 0
	for _, p := range params {
		if !p.optional {
			least++
		}
	}
	word := "at most"
	if least == most {
		word = "exactly"
	}
	kind := ""
	if named == 0 && len(params) < all {
		kind = "positional "
	}
	switch {
	case most == 0:
		return TypeErrorf("%s() takes no arguments (%d given)", fname, given)
	case most == 1 && word == "exactly":
		return TypeErrorf("%s() takes exactly one argument (%d given)", fname, given+named)
	}
	return TypeErrorf("%s() takes %s %d %sargument%s (%d given)", fname, word, most, kind, pluralS(most), given+named)
}

func (p *param) assign(fname string, pos int, v Value) error {
	p.set = true
	if p.noneOK && v == Value(None) {
		return nil
	}
	want := ""
	switch ptr := p.ptr.(type) {
	case *Value:
		*ptr = v
		return nil
	case *string:
		if s, ok := Native(v).(Str); ok {
			*ptr = string(s)
			return nil
		}
		want = "str"
	case *Str:
		if s, ok := Native(v).(Str); ok {
			*ptr = s
			return nil
		}
		want = "str"
	case *Bytes:
		if s, ok := Native(v).(Bytes); ok {
			*ptr = s
			return nil
		}
		want = "bytes"
	case *bool:
		return setTruth(v, func(b bool) { *ptr = b })
	case *Bool:
		return setTruth(v, func(b bool) { *ptr = Bool(b) })
	case *int:
		return setInt(v, func(i int64) { *ptr = int(i) })
	case *int64:
		return setInt(v, func(i int64) { *ptr = i })
	case *float64:
		f, ok, err := asFloat(Native(v))
		if err != nil {
			return err
		}
		if !ok {
			return TypeErrorf("must be real number, not %s", TypeName(v))
		}
		*ptr = f
		return nil
	case **List:
		if l, ok := Native(v).(*List); ok {
			*ptr = l
			return nil
		}
		want = "list"
	case **Dict:
		if d, ok := Native(v).(*Dict); ok {
			*ptr = d
			return nil
		}
		want = "dict"
	case *Tuple:
		if u, ok := Native(v).(Tuple); ok {
			*ptr = u
			return nil
		}
		want = "tuple"
	case **Class:
		if c, ok := v.(*Class); ok {
			*ptr = c
			return nil
		}
		want = "type"
	case *Callable:
		if c, ok := v.(Callable); ok {
			*ptr = c
			return nil
		}
		if IsCallable(v) {
			*ptr = &callableValue{v}
			return nil
		}
		want = "callable"
	default:
		want = "a supported parameter"
	}
	return TypeErrorf("%s() argument %s must be %s, not %s", fname, p.place(pos), want, argTypeName(v))
}

// argTypeName is TypeName for the messages about arguments, which call None by
// its own name.
func argTypeName(v Value) string {
	if v == Value(None) {
		return "None"
	}
	return TypeName(v)
}

func (p *param) place(pos int) string {
	if p.kwOnly {
		return "'" + p.name + "'"
	}
	if pos < 10 {
		return string(rune('0' + pos))
	}
	return "'" + p.name + "'"
}

// setTruth takes the truth of plain values only: Unpack has no thread to run a
// __bool__ on.
func setTruth(v Value, set func(bool)) error {
	switch v := Native(v).(type) {
	case Bool:
		set(bool(v))
	case NoneType:
		set(false)
	case Int:
		set(v != 0)
	case Str:
		set(v != "")
	case *List:
		set(len(v.items) > 0)
	case Tuple:
		set(len(v) > 0)
	case *Dict:
		set(v.live > 0)
	default:
		set(true)
	}
	return nil
}

func setInt(v Value, set func(int64)) error {
	switch v := Native(v).(type) {
	case Int:
		set(int64(v))
	case Bool:
		set(int64(boolInt(v)))
	case *BigInt:
		if v.big.Sign() < 0 {
			return OverflowErrorf("Python int too large to convert to C long (%d at least)", int64(math.MinInt64))
		}
		return OverflowErrorf("Python int too large to convert to C long")
	default:
		return TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	}
	return nil
}

// callableValue gives an object with __call__, or a class, the Callable method.
type callableValue struct{ Value }

// Call calls the object.
func (c *callableValue) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	return Call(t, c.Value, args, kwargs)
}

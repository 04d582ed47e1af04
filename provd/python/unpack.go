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
}

// Unpack assigns the arguments of a call to variables: pairs alternates a
// parameter name and a pointer. A name ending in "?" is optional and leaves the
// variable alone when absent; "name??" also leaves it alone for None; "$" alone
// (without a pointer) makes the following parameters keyword-only. Pointers may
// be to Value, string, Str, Bytes, bool, Bool, int, int64, float64, *List,
// *Dict, Tuple, *Class and Callable.
func Unpack(fname string, args []Value, kwargs []Keyword, pairs ...any) error {
	// Nothing here may keep pairs, not even a name in an error, so that what they
	// point to need not be on the heap: most calls of a built-in come through here.
	params := signature{pairs: pairs, positional: len(pairs) / 2}
	params.count = params.positional
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "$" {
			params.positional, params.count = i/2, (len(pairs)-1)/2
			break
		}
	}
	var set [maxParams]bool
	if params.count > maxParams {
		return Raise(SystemError, "%s() has more than %d parameters", fname, maxParams)
	}
	if len(args) > params.positional || len(kwargs) > 0 && len(args)+len(kwargs) > params.count {
		return tooManyArgs(fname, &params, len(args), len(kwargs))
	}
	for i := range args {
		set[i] = true
	}
	var wrong error // CPython tells of missing arguments first
	for _, kw := range kwargs {
		if err := params.match(fname, &set, kw); err != nil && wrong == nil {
			wrong = err
		}
	}
	for i := len(args); i < params.count; i++ {
		if p := params.at(i); !set[i] && !p.optional {
			if p.kwOnly {
				return TypeErrorf("%s() missing required keyword-only argument: '%s'", fname, strings.Clone(p.name))
			}
			return TypeErrorf("%s() missing required argument '%s' (pos %d)", fname, strings.Clone(p.name), i+1)
		}
	}
	if wrong != nil {
		return wrong
	}
	for i, v := range args {
		p := params.at(i)
		if err := p.assign(fname, v); err != nil {
			return err
		}
	}
	for _, kw := range kwargs {
		p := params.at(params.find(kw.Name))
		if err := p.assign(fname, kw.Value); err != nil {
			return err
		}
	}
	return nil
}

// maxParams bounds the parameters of a built-in.
const maxParams = 32

// signature reads the pairs of Unpack.
type signature struct {
	pairs             []any
	positional, count int
}

// at returns parameter i.
func (s *signature) at(i int) param {
	at := 2 * i
	if i >= s.positional {
		at++ // the "$" before it
	}
	p := param{kwOnly: i >= s.positional, ptr: s.pairs[at+1]}
	p.name, _ = s.pairs[at].(string)
	for n := len(p.name) - 1; n >= 0 && p.name[n] == '?'; n-- {
		p.noneOK = p.optional && !p.noneOK
		p.optional = true
		p.name = p.name[:n]
	}
	return p
}

// find returns the parameter of that name, -1 when there is none.
func (s *signature) find(name string) int {
	for i := range s.count {
		if p := s.at(i); p.name == name {
			return i
		}
	}
	return -1
}

// match finds the parameter of a keyword argument and marks it as set.
func (s *signature) match(fname string, set *[maxParams]bool, kw Keyword) error {
	i := s.find(kw.Name)
	switch {
	case i >= 0 && set[i]:
		return TypeErrorf("argument for %s() given by name ('%s') and position (%d)", fname, kw.Name, i+1)
	case i >= 0:
		set[i] = true
		return nil
	case s.count == 0:
		return TypeErrorf("%s() takes no keyword arguments", fname)
	}
	return TypeErrorf("'%s' is an invalid keyword argument for %s()", kw.Name, fname)
}

func tooManyArgs(fname string, params *signature, given, named int) error {
	most, least, all := params.positional, 0, params.count
	for i := range most {
		if !params.at(i).optional {
			least++
		}
	}
	if given <= most || given+named > all {
		most = all // keywords too many: CPython counts them all
	}
	word := "at most"
	if least == most {
		word = "exactly"
	}
	kind := ""
	if most < all {
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

func (p *param) assign(fname string, v Value) error {
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
	return TypeErrorf("%s() argument '%s' must be %s, not %s", fname, strings.Clone(p.name), want, argTypeName(v))
}

// argTypeName is TypeName for the messages about arguments, which call None by
// its own name.
func argTypeName(v Value) string {
	if v == Value(None) {
		return "None"
	}
	return TypeName(v)
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

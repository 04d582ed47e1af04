package python

import "strings"

// Builtins returns a new dict with the names of the builtins module. Names that
// need a host or a frame (open, globals, locals, __import__) are not in it.
func Builtins() *Dict { return builtinNames.clone() }

func builtinFunctions() map[string]BuiltinFunc {
	return map[string]BuiltinFunc{
		"abs":        builtinAbs,
		"all":        anyAll(false),
		"any":        anyAll(true),
		"ascii":      unary("ascii", func(t *Thread, v Value) (Value, error) { return text(ASCII(t, v)) }),
		"bin":        unary("bin", func(t *Thread, v Value) (Value, error) { return inBase(t, v, 2, "0b") }),
		"callable":   unary("callable", func(_ *Thread, v Value) (Value, error) { return Bool(IsCallable(v)), nil }),
		"chr":        unary("chr", builtinChr),
		"delattr":    builtinDelattr,
		"dir":        builtinDir,
		"divmod":     builtinDivmod,
		"format":     builtinFormat,
		"getattr":    builtinGetattr,
		"hasattr":    builtinHasattr,
		"hash":       unary("hash", builtinHash),
		"hex":        unary("hex", func(t *Thread, v Value) (Value, error) { return inBase(t, v, 16, "0x") }),
		"id":         unary("id", func(_ *Thread, v Value) (Value, error) { return newInt64(int64(identity(v))), nil }),
		"isinstance": builtinIsinstance,
		"issubclass": builtinIssubclass,
		"iter":       builtinIter,
		"len": unary("len", func(t *Thread, v Value) (Value, error) {
			n, err := Len(t, v)
			return NewInt(n), err
		}),
		"max":     extreme("max", OpGt),
		"min":     extreme("min", OpLt),
		"next":    builtinNext,
		"oct":     unary("oct", func(t *Thread, v Value) (Value, error) { return inBase(t, v, 8, "0o") }),
		"ord":     unary("ord", builtinOrd),
		"pow":     builtinPow,
		"print":   builtinPrint,
		"repr":    unary("repr", func(t *Thread, v Value) (Value, error) { return text(Repr(t, v)) }),
		"round":   builtinRound,
		"setattr": builtinSetattr,
		"sorted":  builtinSorted,
		"sum":     builtinSum,
		"vars":    builtinVars,
	}
}

func text(s string, err error) (Value, error) { return Str(s), err }

// unary makes a built-in of one positional argument.
func unary(name string, fn func(t *Thread, v Value) (Value, error)) BuiltinFunc {
	return func(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
		if err := positional(name, args, kwargs, 1, 1); err != nil {
			return nil, err
		}
		return fn(t, args[0])
	}
}

func anyAll(stop bool) BuiltinFunc {
	name := "all"
	if stop {
		name = "any"
	}
	return unary(name, func(t *Thread, v Value) (Value, error) {
		it, err := Iter(t, v)
		if err != nil {
			return nil, err
		}
		for {
			item, ok, err := it.Next(t)
			if err != nil {
				return nil, err
			}
			if !ok {
				return Bool(!stop), nil
			}
			if err := t.Step(1); err != nil {
				return nil, err
			}
			b, err := Truth(t, item)
			if err != nil {
				return nil, err
			}
			if b == stop {
				return Bool(stop), nil
			}
		}
	})
}

func builtinChr(t *Thread, v Value) (Value, error) {
	i, ok, err := clampIndex(t, v)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	case i == maxInt || i == -maxInt-1:
		return nil, OverflowErrorf("Python int too large to convert to C int")
	case i < 0 || i > 0x10ffff:
		return nil, ValueErrorf("chr() arg not in range(0x110000)")
	}
	return runeStr(rune(i)), nil
}

func builtinOrd(_ *Thread, v Value) (Value, error) {
	if b, ok := bytesLike(v); ok {
		if len(b) == 1 {
			return newInt64(int64(b[0])), nil
		}
		return nil, TypeErrorf("ord() expected a character, but string of length %d found", len(b))
	}
	if s, ok := Native(v).(Str); ok {
		if s != "" {
			if r, n := DecodeRune(string(s)); n == len(s) {
				return newInt64(int64(r)), nil
			}
		}
		return nil, TypeErrorf("ord() expected a character, but string of length %d found", strLen(string(s)))
	}
	return nil, TypeErrorf("ord() expected string of length 1, but %s found", TypeName(v))
}

func builtinHash(t *Thread, v Value) (Value, error) {
	h, err := Hash(t, v)
	return newInt64(int64(h)), err
}

func nameArg(v Value) (string, error) {
	s, ok := Native(v).(Str)
	if !ok {
		return "", TypeErrorf("attribute name must be string, not '%s'", TypeName(v))
	}
	return string(s), nil
}

func builtinGetattr(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("getattr", args, kwargs, 2, 3); err != nil {
		return nil, err
	}
	name, err := nameArg(args[1])
	if err != nil {
		return nil, err
	}
	if len(args) == 2 {
		return GetAttr(t, args[0], name)
	}
	v, ok, err := LookupAttr(t, args[0], name)
	if err == nil && !ok {
		v = args[2]
	}
	return v, err
}

func builtinHasattr(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("hasattr", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	name, err := nameArg(args[1])
	if err != nil {
		return nil, err
	}
	_, ok, err := LookupAttr(t, args[0], name)
	return Bool(ok), err
}

func builtinSetattr(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("setattr", args, kwargs, 3, 3); err != nil {
		return nil, err
	}
	name, err := nameArg(args[1])
	if err != nil {
		return nil, err
	}
	return None, SetAttr(t, args[0], name, args[2])
}

func builtinDelattr(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("delattr", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	name, err := nameArg(args[1])
	if err != nil {
		return nil, err
	}
	return None, DelAttr(t, args[0], name)
}

func builtinDir(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("dir", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	fn, ok := lookupSpecial(args[0], "__dir__")
	if !ok {
		return dirOf(t, args[0])
	}
	r, err := callFound(t, fn, args[0])
	if err != nil {
		return nil, err
	}
	return sortedList(t, r, nil, false)
}

func builtinVars(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("vars", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	d, ok, err := LookupAttr(t, args[0], "__dict__")
	if err == nil && !ok {
		err = TypeErrorf("vars() argument must have __dict__ attribute")
	}
	return d, err
}

func builtinIsinstance(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("isinstance", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	ok, err := isInstance(t, args[0], args[1])
	return Bool(ok), err
}

func builtinIssubclass(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("issubclass", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	ok, err := isSubclass(t, args[0], args[1])
	return Bool(ok), err
}

func builtinFormat(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("format", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	var spec Str
	if len(args) == 2 {
		var ok bool
		if spec, ok = Native(args[1]).(Str); !ok {
			return nil, TypeErrorf("format() argument 2 must be str, not %s", argTypeName(args[1]))
		}
	}
	return text(Format(t, args[0], string(spec)))
}

func builtinIter(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("iter", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	if len(args) == 1 {
		it, err := Iter(t, args[0])
		if o, ok := it.(*objectIter); ok {
			return o.v, err
		}
		return it, err
	}
	fn, sentinel := args[0], args[1]
	if !IsCallable(fn) {
		return nil, TypeErrorf("iter(v, w): v must be callable")
	}
	return NewIterator(callableIteratorClass, func(t *Thread) (Value, bool, error) {
		v, err := Call(t, fn, nil, nil)
		if err != nil {
			if IsException(err, StopIteration) {
				err = nil
			}
			return nil, false, err
		}
		end, err := Equal(t, v, sentinel)
		return v, err == nil && !end, err
	}), nil
}

func builtinNext(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("next", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	var v Value
	var ok bool
	var err error
	if g, isGenerator := args[0].(*Generator); isGenerator {
		// The result of the generator is the value of StopIteration.
		var done bool
		if v, done, err = g.Send(t, None); done && len(args) == 1 {
			return stopIteration(v)
		}
		ok = !done
	} else if it, isIter := args[0].(Iterator); isIter {
		v, ok, err = it.Next(t)
	} else {
		if fn, found := lookupSpecial(args[0], "__next__"); found {
			// The object's own StopIteration, with its value, has to come through.
			v, err = callFound(t, fn, args[0])
			if len(args) == 2 && IsException(err, StopIteration) {
				return args[1], nil
			}
			return v, err
		}
		return nil, TypeErrorf("'%s' object is not an iterator", TypeName(args[0]))
	}
	switch {
	case err != nil && len(args) == 2 && IsException(err, StopIteration):
		return args[1], nil
	case err != nil || ok:
		return v, err
	case len(args) == 2:
		return args[1], nil
	}
	return nil, NewStopIteration(nil)
}

func builtinSorted(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if len(args) != 1 {
		return nil, TypeErrorf("sorted expected 1 argument, got %d", len(args))
	}
	key, reverse, err := sortArgs(t, "sort", kwargs)
	if err != nil {
		return nil, err
	}
	return sortedList(t, args[0], key, reverse)
}

// sortArgs reads the keywords of sorted and list.sort.
func sortArgs(t *Thread, fname string, kwargs []Keyword) (key Value, reverse bool, err error) {
	for _, kw := range kwargs {
		switch kw.Name {
		case "key":
			key = kw.Value
		case "reverse":
			n, ok, err := clampIndex(t, kw.Value)
			if err != nil {
				return nil, false, err
			}
			if !ok {
				return nil, false, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(kw.Value))
			}
			reverse = n != 0
		default:
			return nil, false, TypeErrorf("'%s' is an invalid keyword argument for %s()", kw.Name, fname)
		}
	}
	return key, reverse, nil
}

func sortedList(t *Thread, iterable, key Value, reverse bool) (Value, error) {
	items, err := ListOf(t, iterable)
	if err != nil {
		return nil, err
	}
	if err := sortItems(t, items, key, reverse); err != nil {
		return nil, err
	}
	return NewList(items), nil
}

func builtinPrint(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	sep, end := Str(" "), Str("\n")
	var sepArg, endArg, file, flush Value
	err := Unpack("print", nil, kwargs, "$", "sep??", &sepArg, "end??", &endArg, "file??", &file, "flush?", &flush)
	if err != nil {
		return nil, err
	}
	for _, arg := range []struct {
		name string
		v    Value
		ptr  *Str
	}{{"sep", sepArg, &sep}, {"end", endArg, &end}} {
		if arg.v == nil {
			continue
		}
		s, ok := Native(arg.v).(Str)
		if !ok {
			return nil, TypeErrorf("%s must be None or a string, not %s", arg.name, TypeName(arg.v))
		}
		*arg.ptr = s
	}
	var b strings.Builder
	for i, v := range args {
		s, err := ToStr(t, v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(len(s) + len(sep))); err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteString(string(sep))
		}
		b.WriteString(s)
	}
	b.WriteString(string(end))
	if file != nil {
		_, err := CallMethod(t, file, "write", Str(b.String()))
		return None, err
	}
	return None, t.Write(b.String())
}

package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// buildOperator makes operator.
func buildOperator(_ *Library, b builder) {
	binary := func(op python.BinaryOp, names ...string) {
		for _, name := range names {
			b.fn(name, twoArgs(name, func(t *python.Thread, x, y python.Value) (python.Value, error) {
				return python.Binary(t, op, x, y)
			}))
			b.set("__"+strings.TrimSuffix(name, "_")+"__", mustGet(b, name))
		}
	}
	binary(python.OpAdd, "add")
	binary(python.OpSub, "sub")
	binary(python.OpMul, "mul")
	binary(python.OpDiv, "truediv")
	binary(python.OpFloorDiv, "floordiv")
	binary(python.OpMod, "mod")
	binary(python.OpPow, "pow")
	binary(python.OpLShift, "lshift")
	binary(python.OpRShift, "rshift")
	binary(python.OpAnd, "and_")
	binary(python.OpOr, "or_")
	binary(python.OpXor, "xor")
	binary(python.OpMatMul, "matmul")
	b.fn("concat", twoArgs("concat", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		if _, ok := x.Type().Lookup("__getitem__"); !ok {
			return nil, python.TypeErrorf("'%s' object can't be concatenated", python.TypeName(x))
		}
		return python.Binary(t, python.OpAdd, x, y)
	}))
	b.fn("call", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) == 0 {
			return nil, python.TypeErrorf("call expected at least 1 argument, got 0")
		}
		return python.Call(t, args[0], args[1:], kwargs)
	})
	for name, op := range map[string]python.BinaryOp{
		"iadd": python.OpAdd, "isub": python.OpSub, "imul": python.OpMul, "itruediv": python.OpDiv,
		"ifloordiv": python.OpFloorDiv, "imod": python.OpMod, "ipow": python.OpPow, "iand": python.OpAnd,
		"ior": python.OpOr, "ixor": python.OpXor, "ilshift": python.OpLShift, "irshift": python.OpRShift, "iconcat": python.OpAdd,
	} {
		b.fn(name, twoArgs(name, func(t *python.Thread, x, y python.Value) (python.Value, error) {
			return python.InPlace(t, op, x, y)
		}))
	}
	for name, op := range map[string]python.CompareOp{
		"eq": python.OpEq, "ne": python.OpNe, "lt": python.OpLt, "le": python.OpLe, "gt": python.OpGt, "ge": python.OpGe,
		"is_": python.OpIs, "is_not": python.OpIsNot,
	} {
		b.fn(name, twoArgs(name, func(t *python.Thread, x, y python.Value) (python.Value, error) {
			return python.Compare(t, op, x, y)
		}))
	}
	for name, op := range map[string]python.UnaryOp{
		"neg": python.OpNeg, "pos": python.OpPos, "invert": python.OpInvert, "inv": python.OpInvert, "not_": python.OpNot,
	} {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			return python.Unary(t, op, v)
		}))
	}
	b.fn("truth", oneArg("truth", func(t *python.Thread, v python.Value) (python.Value, error) {
		ok, err := python.Truth(t, v)
		return truth(ok), err
	}))
	b.fn("index", oneArg("index", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, ok, err := asBig(t, v)
		if err == nil && !ok {
			err = python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
		}
		if err != nil {
			return nil, err
		}
		return python.NewBigInt(n), nil
	}))
	b.fn("abs", oneArg("abs", func(t *python.Thread, v python.Value) (python.Value, error) {
		abs, _ := python.Builtins().GetStr("abs")
		return python.Call(t, abs, []python.Value{v}, nil)
	}))
	b.fn("contains", twoArgs("contains", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		ok, err := python.Contains(t, x, y)
		return truth(ok), err
	}))
	b.fn("getitem", twoArgs("getitem", python.GetItem))
	b.fn("delitem", twoArgs("delitem", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		return python.None, python.DelItem(t, x, y)
	}))
	b.fn("setitem", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var x, k, v python.Value
		if err := python.Unpack("setitem", args, kwargs, "a", &x, "b", &k, "c", &v); err != nil {
			return nil, err
		}
		return python.None, python.SetItem(t, x, k, v)
	})
	b.fn("countOf", twoArgs("countOf", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		n := 0
		err := python.Iterate(t, x, func(v python.Value) error {
			same, err := python.Equal(t, v, y)
			if same {
				n++
			}
			return err
		})
		return python.NewInt(n), err
	}))
	b.fn("indexOf", twoArgs("indexOf", indexOf))
	b.fn("length_hint", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		n := 0
		if err := python.Unpack("length_hint", args, kwargs, "obj", &v, "default?", &n); err != nil {
			return nil, err
		}
		if k, err := python.Len(t, v); err == nil {
			n = k
		} else if !python.IsException(err, python.TypeError) {
			return nil, err
		}
		return python.NewInt(n), nil
	})
	getters(b)
}

func mustGet(b builder, name string) python.Value {
	v, _ := b.ns.GetStr(name)
	return v
}

func indexOf(t *python.Thread, x, y python.Value) (python.Value, error) {
	it, err := python.Iter(t, x)
	if err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		v, ok, err := it.Next(t)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, python.ValueErrorf("sequence.index(x): x not in sequence")
		}
		if err := t.Step(1); err != nil {
			return nil, err
		}
		if same, err := python.Equal(t, v, y); err != nil || same {
			return python.NewInt(i), err
		}
	}
}

// fetcher is an object that takes something out of its argument: itemgetter,
// attrgetter or methodcaller.
type fetcher struct {
	class  *python.Class
	items  []python.Value // what it was made of
	kwargs []python.Keyword
	fetch  func(t *python.Thread, v, item python.Value) (python.Value, error)
}

func (f *fetcher) Type() *python.Class { return f.class }

// Call takes the item, or a tuple of the items, out of the only argument.
func (f *fetcher) Call(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if len(args) != 1 || len(kwargs) > 0 {
		return nil, python.TypeErrorf("%s expected 1 argument, got %d", f.class.Name(), len(args))
	}
	if f.fetch == nil {
		name, _ := asStr(f.items[0])
		fn, err := python.GetAttr(t, args[0], name)
		if err != nil {
			return nil, err
		}
		return python.Call(t, fn, f.items[1:], f.kwargs)
	}
	if len(f.items) == 1 {
		return f.fetch(t, args[0], f.items[0])
	}
	if err := t.Alloc(int64(16 * len(f.items))); err != nil {
		return nil, err
	}
	out := make(python.Tuple, len(f.items))
	for i, item := range f.items {
		var err error
		if out[i], err = f.fetch(t, args[0], item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func attrPath(t *python.Thread, v, path python.Value) (python.Value, error) {
	s, _ := asStr(path)
	for _, name := range strings.Split(s, ".") {
		var err error
		if v, err = python.GetAttr(t, v, name); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// getters defines itemgetter, attrgetter and methodcaller.
func getters(b builder) {
	make1 := func(name string, min func(args []python.Value, kwargs []python.Keyword) error,
		fetch func(t *python.Thread, v, item python.Value) (python.Value, error),
	) {
		var class *python.Class
		class = b.class(python.ClassSpec{
			Name: name, Dotted: true, Final: true,
			New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				if err := min(args, kwargs); err != nil {
					return nil, err
				}
				if err := t.Alloc(int64(64 + 16*len(args))); err != nil {
					return nil, err
				}
				return &fetcher{
					class: class, fetch: fetch,
					items:  append([]python.Value(nil), args...),
					kwargs: append([]python.Keyword(nil), kwargs...),
				}, nil
			},
			Methods: map[string]python.MethodFunc{
				"__call__": method(func(t *python.Thread, f *fetcher, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
					return f.Call(t, args, kwargs)
				}),
				"__repr__": method(func(t *python.Thread, f *fetcher, _ []python.Value, _ []python.Keyword) (python.Value, error) {
					var parts []string
					for _, v := range f.items {
						s, err := python.Repr(t, v)
						if err != nil {
							return nil, err
						}
						parts = append(parts, s)
					}
					for _, kw := range f.kwargs {
						s, err := python.Repr(t, kw.Value)
						if err != nil {
							return nil, err
						}
						parts = append(parts, kw.Name+"="+s)
					}
					return str(t, "operator."+name+"("+strings.Join(parts, ", ")+")")
				}),
			},
		})
	}
	plain := func(name string, attrs bool) func([]python.Value, []python.Keyword) error {
		return func(args []python.Value, kwargs []python.Keyword) error {
			if len(kwargs) > 0 {
				return python.TypeErrorf("%s() takes no keyword arguments", name)
			}
			if len(args) == 0 {
				return python.TypeErrorf("%s expected 1 argument, got 0", name)
			}
			for _, a := range args {
				if _, ok := asStr(a); attrs && !ok {
					return python.TypeErrorf("attribute name must be a string")
				}
			}
			return nil
		}
	}
	make1("itemgetter", plain("itemgetter", false), python.GetItem)
	make1("attrgetter", plain("attrgetter", true), attrPath)
	make1("methodcaller", func(args []python.Value, _ []python.Keyword) error {
		if len(args) == 0 {
			return python.TypeErrorf("methodcaller needs at least one argument, the method name")
		}
		if _, ok := asStr(args[0]); !ok {
			return python.TypeErrorf("method name must be a string")
		}
		return nil
	}, nil)
}

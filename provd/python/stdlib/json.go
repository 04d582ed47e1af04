package stdlib

import (
	"strconv"
	"strings"

	"provbox/provd/python"
)

func itoa(n int) string { return strconv.Itoa(n) }

// buildJSON makes json.
func buildJSON(_ *Library, b builder) {
	failure := b.class(python.ClassSpec{
		Name: "JSONDecodeError", Bases: []*python.Class{python.ValueError},
		Methods: map[string]python.MethodFunc{"__init__": jsonErrorInit},
	})
	b.fn("dumps", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) > 1 {
			return nil, python.TypeErrorf("dumps() takes 1 positional argument but %d were given", len(args))
		}
		return dumps(t, "dumps", args, kwargs)
	})
	b.fn("dump", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var fp python.Value
		switch {
		case len(args) == 2:
			fp, args = args[1], args[:1]
		default:
			for i, kw := range kwargs {
				if kw.Name == "fp" {
					fp = kw.Value
					kwargs = append(append([]python.Keyword(nil), kwargs[:i]...), kwargs[i+1:]...)
					break
				}
			}
		}
		if fp == nil {
			return nil, python.TypeErrorf("dump() missing 1 required positional argument: 'fp'")
		}
		s, err := dumps(t, "dump", args, kwargs)
		if err != nil {
			return nil, err
		}
		_, err = python.CallMethod(t, fp, "write", s)
		return python.None, err
	})
	b.fn("loads", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		return loads(t, "loads", failure, args, kwargs)
	})
	b.fn("load", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) != 1 {
			return nil, python.TypeErrorf("load() takes 1 positional argument but %d were given", len(args))
		}
		s, err := python.CallMethod(t, args[0], "read")
		if err != nil {
			return nil, err
		}
		return loads(t, "load", failure, []python.Value{s}, kwargs)
	})
	jsonClasses(b, failure)
}

// jsonErrorInit is JSONDecodeError(msg, doc, pos) called by a program.
func jsonErrorInit(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var msg, doc string
	pos := 0
	if err := python.Unpack("JSONDecodeError", args, kwargs, "msg", &msg, "doc", &doc, "pos", &pos); err != nil {
		return nil, err
	}
	before := doc[:min(max(pos, 0), len(doc))]
	line := strings.Count(before, "\n") + 1
	col := pos - strings.LastIndexByte(before, '\n')
	text := python.Str(msg + ": line " + itoa(line) + " column " + itoa(col) + " (char " + itoa(pos) + ")")
	if data := python.ExceptionDataOf(self); data != nil {
		data.Args = python.Tuple{text}
	}
	for name, v := range map[string]python.Value{
		"msg": python.Str(msg), "doc": python.Str(doc), "pos": python.NewInt(pos),
		"lineno": python.NewInt(line), "colno": python.NewInt(col),
	} {
		if err := python.SetAttr(t, self, name, v); err != nil {
			return nil, err
		}
	}
	return python.None, nil
}

// dumps encodes args[0] with the options in kwargs.
func dumps(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	e := &encoder{t: t, ascii: true, circular: true, nan: true, active: map[python.Value]bool{}, item: ", ", key: ": "}
	var v, indent, separators, cls python.Value
	var rest []python.Keyword
	known := map[string]bool{
		"obj": true, "skipkeys": true, "ensure_ascii": true, "check_circular": true, "allow_nan": true, "cls": true,
		"indent": true, "separators": true, "default": true, "sort_keys": true,
	}
	var own []python.Keyword
	for _, kw := range kwargs {
		if known[kw.Name] {
			own = append(own, kw)
		} else {
			rest = append(rest, kw)
		}
	}
	if err := python.Unpack(name, args, own, "obj", &v, "$", "skipkeys?", &e.skipKeys, "ensure_ascii?", &e.ascii,
		"check_circular?", &e.circular, "allow_nan?", &e.nan, "cls??", &cls, "indent?", &indent,
		"separators?", &separators, "default?", &e.fallback, "sort_keys?", &e.sortKeys); err != nil {
		return nil, err
	}
	if !isNone(cls) || len(rest) > 0 {
		if isNone(cls) {
			return nil, python.TypeErrorf("JSONEncoder.__init__() got an unexpected keyword argument '%s'", rest[0].Name)
		}
		var options []python.Keyword
		for _, kw := range kwargs {
			if kw.Name != "cls" && kw.Name != "obj" {
				options = append(options, kw)
			}
		}
		enc, err := python.Call(t, cls, nil, options)
		if err != nil {
			return nil, err
		}
		return python.CallMethod(t, enc, "encode", v)
	}
	if err := e.layout(indent, separators); err != nil {
		return nil, err
	}
	if err := e.value(v); err != nil {
		return nil, err
	}
	return python.Str(e.b.String()), nil
}

// layout takes the indent and separators options.
func (e *encoder) layout(indent, separators python.Value) error {
	if !isNone(indent) {
		e.hasIndent, e.item = true, ","
		if s, ok := asStr(indent); ok {
			e.indent = s
		} else {
			n, err := clampInt(e.t, indent)
			if err != nil {
				return err
			}
			if n > 1<<16 {
				return &python.LimitError{What: "memory"}
			}
			e.indent = strings.Repeat(" ", max(n, 0))
		}
	}
	if isNone(separators) {
		return nil
	}
	pair, err := python.ListOf(e.t, separators)
	if err != nil {
		return err
	}
	if len(pair) != 2 {
		return python.ValueErrorf("not enough values to unpack (expected 2, got %d)", len(pair))
	}
	var ok, ok2 bool
	e.item, ok = asStr(pair[0])
	e.key, ok2 = asStr(pair[1])
	if !ok || !ok2 {
		return python.TypeErrorf("separators must be strings")
	}
	return nil
}

// loads decodes args[0] with the options in kwargs.
func loads(t *python.Thread, name string, failure *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	d := &decoder{t: t, strict: true, decodeError: failure, keys: map[string]python.Value{}}
	var v, cls python.Value
	if err := python.Unpack(name, args, kwargs, "s", &v, "$", "cls??", &cls, "object_hook?", &d.objectHook,
		"parse_float?", &d.parseFloat, "parse_int?", &d.parseInt, "parse_constant?", &d.parseConstant,
		"object_pairs_hook?", &d.pairsHook, "strict?", &d.strict); err != nil {
		return nil, err
	}
	switch x := python.Native(v).(type) {
	case python.Str:
		d.s = string(x)
		if strings.HasPrefix(d.s, "\ufeff") {
			return nil, d.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)
		}
	case python.Bytes:
		s, err := python.CallMethod(t, x, "decode", python.Str("utf-8"), python.Str("surrogatepass"))
		if err != nil {
			return nil, err
		}
		d.s, _ = asStr(s)
		d.s = strings.TrimPrefix(d.s, "\ufeff")
	default:
		return nil, python.TypeErrorf("the JSON object must be str, bytes or bytearray, not %s", python.TypeName(v))
	}
	if !isNone(cls) {
		dec, err := python.Call(t, cls, nil, nil)
		if err != nil {
			return nil, err
		}
		return python.CallMethod(t, dec, "decode", python.Str(d.s))
	}
	return d.document()
}

func (d *decoder) document() (python.Value, error) {
	if err := d.t.Step(1 + len(d.s)/32); err != nil {
		return nil, err
	}
	r, end, err := d.value(d.space(0))
	if err != nil {
		return nil, err
	}
	if end = d.space(end); end != len(d.s) {
		return nil, d.fail("Extra data", end)
	}
	return r, nil
}

// jsonOptions is what a JSONEncoder or JSONDecoder was made with.
type jsonOptions struct{ kwargs []python.Keyword }

func (*jsonOptions) Type() *python.Class { return python.ObjectClass }

// jsonClasses defines JSONEncoder and JSONDecoder, for programs that derive from
// them.
func jsonClasses(b builder, failure *python.Class) {
	options := func(self python.Value) []python.Keyword {
		if i, ok := self.(*python.Instance); ok {
			if o, ok := i.Native.(*jsonOptions); ok {
				return o.kwargs
			}
		}
		return nil
	}
	init := func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) > 0 {
			return nil, python.TypeErrorf("__init__() takes 1 positional argument but %d were given", len(args)+1)
		}
		if i, ok := self.(*python.Instance); ok {
			i.Native = &jsonOptions{append([]python.Keyword(nil), kwargs...)}
		}
		return python.None, nil
	}
	b.class(python.ClassSpec{Name: "JSONEncoder", Methods: map[string]python.MethodFunc{
		"__init__": init,
		"default": func(_ *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var o python.Value
			if err := python.Unpack("default", args, kwargs, "o", &o); err != nil {
				return nil, err
			}
			return nil, notSerializable(o)
		},
		"encode": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("encode", args, kwargs, "o", &v); err != nil {
				return nil, err
			}
			kw := options(self)
			fn, err := python.GetAttr(t, self, "default")
			if err != nil {
				return nil, err
			}
			named := false
			for _, k := range kw {
				named = named || k.Name == "default"
			}
			if !named {
				kw = append(append([]python.Keyword(nil), kw...), python.Keyword{Name: "default", Value: fn})
			}
			return dumps(t, "JSONEncoder", []python.Value{v}, kw)
		},
	}})
	b.class(python.ClassSpec{Name: "JSONDecoder", Methods: map[string]python.MethodFunc{
		"__init__": init,
		"decode": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var s python.Value
			if err := python.Unpack("decode", args, kwargs, "s", &s); err != nil {
				return nil, err
			}
			return loads(t, "JSONDecoder", failure, []python.Value{s}, options(self))
		},
		"raw_decode": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var s string
			start := 0
			if err := python.Unpack("raw_decode", args, kwargs, "s", &s, "idx?", &start); err != nil {
				return nil, err
			}
			d := &decoder{t: t, s: s, strict: true, decodeError: failure, keys: map[string]python.Value{}}
			at := 0
			for range start {
				if at >= len(s) {
					break
				}
				_, size := python.DecodeRune(s[at:])
				at += size
			}
			v, end, err := d.value(at)
			if err != nil {
				return nil, err
			}
			n, err := python.Len(t, python.Str(s[:end]))
			return python.Tuple{v, python.NewInt(n)}, err
		},
	}})
}

package stdlib

import (
	"provbox/provd/python"
)

// structObject is struct.Struct.
type structObject struct {
	class  *python.Class
	format python.Value
	f      *structFormat
}

func (s *structObject) Type() *python.Class { return s.class }

// buildStruct makes struct.
func buildStruct(_ *Library, b builder) {
	m := &structModule{parsed: map[string]*structFormat{}}
	m.err = b.exception("error", python.ExceptionClass)
	// Every function is also a method of Struct, without the format.
	functions := map[string]func(t *python.Thread, f *structFormat, args []python.Value, kwargs []python.Keyword) (python.Value, error){
		"pack": func(t *python.Thread, f *structFormat, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(kwargs) > 0 {
				return nil, python.TypeErrorf("pack() takes no keyword arguments")
			}
			out, err := m.pack(t, f, args)
			return python.Bytes(out), err
		},
		"unpack":      m.unpackAll,
		"unpack_from": m.unpackFrom,
		"iter_unpack": m.iterUnpack,
	}
	methods := map[string]python.MethodFunc{}
	for name, f := range functions {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(args) == 0 {
				return nil, python.TypeErrorf("%s expected at least 1 argument, got 0", name)
			}
			format, err := m.parse(t, args[0])
			if err != nil {
				return nil, err
			}
			return f(t, format, args[1:], kwargs)
		})
		methods[name] = method(func(t *python.Thread, s *structObject, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return f(t, s.f, args, kwargs)
		})
	}
	b.fn("calcsize", oneArg("calcsize", func(t *python.Thread, v python.Value) (python.Value, error) {
		f, err := m.parse(t, v)
		if err != nil {
			return nil, err
		}
		return python.NewInt(f.size), nil
	}))
	var class *python.Class
	class = b.class(python.ClassSpec{
		Name: "Struct", Module: "_struct", Dotted: true, Methods: methods,
		New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var format python.Value
			if err := python.Unpack("Struct", args, kwargs, "format", &format); err != nil {
				return nil, err
			}
			f, err := m.parse(t, format)
			if err != nil {
				return nil, err
			}
			return &structObject{class, format, f}, nil
		},
		Getters: map[string]python.GetFunc{
			"size":   getter(func(_ *python.Thread, s *structObject) (python.Value, error) { return python.NewInt(s.f.size), nil }),
			"format": getter(func(_ *python.Thread, s *structObject) (python.Value, error) { return s.format, nil }),
		},
	})
}

func (m *structModule) unpackAll(t *python.Thread, f *structFormat, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	if err := python.Unpack("unpack", args, kwargs, "buffer", &v); err != nil {
		return nil, err
	}
	s, err := wantBytes(v)
	if err != nil {
		return nil, err
	}
	if len(s) != f.size {
		return nil, m.errorf("unpack requires a buffer of %d bytes", f.size)
	}
	return m.unpack(t, f, s)
}

func (m *structModule) unpackFrom(t *python.Thread, f *structFormat, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	offset := 0
	if err := python.Unpack("unpack_from", args, kwargs, "buffer", &v, "offset?", &offset); err != nil {
		return nil, err
	}
	s, err := wantBytes(v)
	if err != nil {
		return nil, err
	}
	at := offset
	if at < 0 {
		if at += len(s); at < 0 {
			return nil, m.errorf("offset %d out of range for %d-byte buffer", offset, len(s))
		}
		if -offset < f.size {
			return nil, m.errorf("not enough data to unpack %d bytes at offset %d", f.size, offset)
		}
	}
	if at > len(s) || len(s)-at < f.size {
		return nil, m.errorf("unpack_from requires a buffer of at least %d bytes for unpacking %d bytes at offset %d (actual buffer size is %d)",
			f.size+at, f.size, at, len(s))
	}
	return m.unpack(t, f, s[at:at+f.size])
}

func (m *structModule) iterUnpack(_ *python.Thread, f *structFormat, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	if err := python.Unpack("iter_unpack", args, kwargs, "buffer", &v); err != nil {
		return nil, err
	}
	s, err := wantBytes(v)
	switch {
	case err != nil:
		return nil, err
	case f.size == 0:
		return nil, m.errorf("cannot iteratively unpack with a struct of length 0")
	case len(s)%f.size != 0:
		return nil, m.errorf("iterative unpacking requires a buffer of a multiple of %d bytes", f.size)
	}
	return python.NewIterator(nil, func(t *python.Thread) (python.Value, bool, error) {
		if s == "" {
			return nil, false, nil
		}
		item, err := m.unpack(t, f, s[:f.size])
		s = s[f.size:]
		return item, err == nil, err
	}), nil
}

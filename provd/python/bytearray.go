package python

import (
	"slices"
	"strings"
)

// ByteArray is Python's bytearray. Its methods are those of bytes, on a copy,
// and those that change it.
type ByteArray struct{ data []byte }

// Type returns ByteArrayClass.
func (*ByteArray) Type() *Class { return ByteArrayClass }

// Bytes returns the content as bytes.
func (b *ByteArray) Bytes() Bytes { return Bytes(b.data) }

// grow charges for n more bytes.
func (b *ByteArray) grow(t *Thread, n int) error {
	if err := strWork(t, len(b.data)); err != nil {
		return err
	}
	return t.Alloc(int64(n))
}

// byteOf converts an integer that is to be an item.
func byteOf(t *Thread, v Value) (byte, error) {
	i, ok, err := clampIndex(t, v)
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return 0, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	case i < 0 || i > 255:
		return 0, ValueErrorf("byte must be in range(0, 256)")
	}
	return byte(i), nil
}

// linkByteArray defines bytearray by the methods of bytes.
func linkByteArray(of methodTable) {
	m := newMethodTable(of.owner)
	for name, fn := range of.m {
		switch name {
		case "__hash__", "__bytes__":
			continue
		}
		m.m[name] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			b, ok := Native(self).(*ByteArray)
			if !ok {
				return nil, wrongSelf(name, "bytearray", self)
			}
			if err := b.grow(t, len(b.data)); err != nil {
				return nil, err
			}
			if strings.HasPrefix(name, "__") && len(args) == 1 {
				if other, ok := Native(args[0]).(*ByteArray); ok {
					args = []Value{other.Bytes()} // operators take built-in values
				}
			}
			r, err := fn(t, b.Bytes(), args, kwargs)
			if err != nil {
				return nil, err
			}
			return asByteArray(r), nil
		}
	}
	add(m, "__repr__", 0, 0, func(t *Thread, b *ByteArray, _ []Value) (Value, error) {
		s, err := Repr(t, b.Bytes())
		if strings.HasPrefix(s, `b"`) {
			s = strings.ReplaceAll(s, "'", `\'`) // unlike bytes, whatever the quotes
		}
		return Str("bytearray(" + s + ")"), err
	})
	m.m["__str__"] = m.m["__repr__"]
	add(m, "__len__", 0, 0, func(_ *Thread, b *ByteArray, _ []Value) (Value, error) { return NewInt(len(b.data)), nil })
	add(m, "__radd__", 1, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		left, ok := Native(args[0]).(Bytes)
		if !ok {
			return NotImplemented, nil
		}
		s, err := concat(t, string(left), string(b.data))
		return Bytes(s), err
	})
	addByteArrayItems(m)
	addByteArrayChanges(m)
	ByteArrayClass.define(ClassSpec{
		New: func(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			s, err := makeBytes(t, "bytearray", args, kwargs)
			return &ByteArray{[]byte(s)}, err
		},
		Methods: m.m,
		ClassMethods: map[string]MethodFunc{"fromhex": func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional("bytearray.fromhex", args, kwargs, 1, 1); err != nil {
				return nil, err
			}
			b, err := bytesFromHex(t, BytesClass, args, kwargs)
			if err != nil {
				return nil, err
			}
			return Call(t, self, []Value{b}, nil)
		}},
		StaticMethods: map[string]BuiltinFunc{"maketrans": bytesMakeTrans("bytearray")},
	})
	ByteArrayClass.ns.SetStr("__new__", newMethod(ByteArrayClass))
}

// asByteArray turns the bytes that a method of bytes returned into bytearrays.
func asByteArray(v Value) Value {
	switch v := v.(type) {
	case Bytes:
		return &ByteArray{[]byte(v)}
	case *List:
		for i := range v.items {
			v.items[i] = asByteArray(v.items[i])
		}
	case Tuple:
		for i := range v {
			v[i] = asByteArray(v[i])
		}
	}
	return v
}

func addByteArrayItems(m methodTable) {
	index := func(t *Thread, b *ByteArray, key Value) (int, error) {
		i, err := itemIndex(t, key, "bytearray")
		if err != nil {
			return 0, err
		}
		if i = fromEnd(i, len(b.data)); i < 0 {
			return 0, IndexErrorf("bytearray index out of range")
		}
		return i, nil
	}
	get := m.m["__getitem__"]
	m.m["__getitem__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		b, ok := Native(self).(*ByteArray)
		if !ok || len(args) != 1 || len(kwargs) > 0 {
			return get(t, self, args, kwargs)
		}
		if _, isSlice := args[0].(*Slice); isSlice {
			return get(t, self, args, kwargs)
		}
		i, err := index(t, b, args[0])
		if err != nil {
			return nil, err
		}
		return Int(b.data[i]), nil
	}
	add(m, "__setitem__", 2, 2, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		if s, ok := args[0].(*Slice); ok {
			return None, b.setSlice(t, s, args[1])
		}
		i, err := index(t, b, args[0])
		if err != nil {
			return nil, err
		}
		b.data[i], err = byteOf(t, args[1])
		return None, err
	})
	add(m, "__delitem__", 1, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		if s, ok := args[0].(*Slice); ok {
			return None, b.delSlice(t, s)
		}
		i, err := index(t, b, args[0])
		if err != nil {
			return nil, err
		}
		b.data = slices.Delete(b.data, i, i+1)
		return None, b.grow(t, 0)
	})
}

// items gives the bytes as a list, for the operations lists have already.
func (b *ByteArray) items(t *Thread) (*List, error) {
	if err := chargeItems(t, len(b.data)); err != nil {
		return nil, err
	}
	l := &List{items: make([]Value, len(b.data))}
	for i, c := range b.data {
		l.items[i] = Int(c)
	}
	return l, nil
}

func (b *ByteArray) setItems(l *List) {
	b.data = b.data[:0]
	for _, v := range l.items {
		b.data = append(b.data, byte(v.(Int)))
	}
}

func (b *ByteArray) setSlice(t *Thread, s *Slice, value Value) error {
	_, isStr := Native(value).(Str)
	if _, isInt, err := clampIndex(t, value); err != nil || isInt || isStr || !isIterable(value) {
		return TypeErrorf("can assign only bytes, buffers, or iterables of ints in range(0, 256)")
	}
	data, err := bytesOf(t, value, "bytearray")
	if err != nil {
		return err
	}
	values, err := (&ByteArray{[]byte(data)}).items(t)
	if err != nil {
		return err
	}
	l, err := b.items(t)
	if err != nil {
		return err
	}
	if err := l.setSlice(t, s, values); err != nil {
		if exc := ExceptionOf(err, ValueError); exc != nil {
			err = ValueErrorf("%s", strings.Replace(plainMessage(exc), "sequence", "bytes", 1))
		}
		return err
	}
	b.setItems(l)
	return nil
}

func (b *ByteArray) delSlice(t *Thread, s *Slice) error {
	l, err := b.items(t)
	if err != nil {
		return err
	}
	if err := l.delSlice(t, s); err != nil {
		return err
	}
	b.setItems(l)
	return nil
}

func addByteArrayChanges(m methodTable) {
	add(m, "append", 1, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		c, err := byteOf(t, args[0])
		if err != nil {
			return nil, err
		}
		b.data = append(b.data, c)
		return None, t.Alloc(2)
	})
	extend := func(t *Thread, b *ByteArray, v Value) error {
		data, err := bytesOf(t, v, "bytearray")
		if err != nil {
			return err
		}
		b.data = append(b.data, data...)
		return t.Alloc(2 * int64(len(data)))
	}
	add(m, "extend", 1, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		v := args[0]
		if s, ok := Native(v).(Str); ok && s != "" {
			return nil, TypeErrorf("'str' object cannot be interpreted as an integer")
		} else if ok {
			return None, nil
		} else if !isIterable(v) {
			return nil, TypeErrorf("can't extend bytearray with %s", TypeName(v))
		}
		return None, extend(t, b, v)
	})
	m.m["__iadd__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		b, ok := Native(self).(*ByteArray)
		if !ok {
			return nil, wrongSelf("__iadd__", "bytearray", self)
		}
		if err := positional("bytearray.__iadd__", args, kwargs, 1, 1); err != nil {
			return nil, err
		}
		if _, ok := bytesLike(args[0]); !ok {
			return nil, TypeErrorf("can't concat %s to bytearray", TypeName(args[0]))
		}
		return self, extend(t, b, args[0])
	}
	m.m["__imul__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		b, ok := Native(self).(*ByteArray)
		if !ok {
			return nil, wrongSelf("__imul__", "bytearray", self)
		}
		if err := positional("bytearray.__imul__", args, kwargs, 1, 1); err != nil {
			return nil, err
		}
		n, ok, err := repeatCount(t, args[0])
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, TypeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(args[0]))
		}
		s, err := repeatString(t, string(b.data), n)
		if err != nil {
			return nil, err
		}
		b.data = []byte(s)
		return self, nil
	}
	add(m, "insert", 2, 2, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		i, err := indexArg(t, args[0])
		if err != nil {
			return nil, err
		}
		c, err := byteOf(t, args[1])
		if err != nil {
			return nil, err
		}
		if i < 0 {
			i = max(i+len(b.data), 0)
		}
		b.data = slices.Insert(b.data, min(i, len(b.data)), c)
		return None, b.grow(t, 2)
	})
	add(m, "pop", 0, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		i := -1
		if len(args) == 1 {
			var err error
			if i, err = indexArg(t, args[0]); err != nil {
				return nil, err
			}
		}
		if len(b.data) == 0 {
			return nil, IndexErrorf("pop from empty bytearray")
		}
		if i = fromEnd(i, len(b.data)); i < 0 {
			return nil, IndexErrorf("pop index out of range")
		}
		c := b.data[i]
		b.data = slices.Delete(b.data, i, i+1)
		return Int(c), b.grow(t, 0)
	})
	add(m, "remove", 1, 1, func(t *Thread, b *ByteArray, args []Value) (Value, error) {
		c, err := byteOf(t, args[0])
		if err != nil {
			return nil, err
		}
		i := slices.Index(b.data, c)
		if i < 0 {
			return nil, ValueErrorf("value not found in bytearray")
		}
		b.data = slices.Delete(b.data, i, i+1)
		return None, b.grow(t, 0)
	})
	add(m, "reverse", 0, 0, func(t *Thread, b *ByteArray, _ []Value) (Value, error) {
		slices.Reverse(b.data)
		return None, b.grow(t, 0)
	})
	add(m, "clear", 0, 0, func(_ *Thread, b *ByteArray, _ []Value) (Value, error) {
		b.data = nil
		return None, nil
	})
	add(m, "copy", 0, 0, func(t *Thread, b *ByteArray, _ []Value) (Value, error) {
		return &ByteArray{slices.Clone(b.data)}, b.grow(t, len(b.data))
	})
}

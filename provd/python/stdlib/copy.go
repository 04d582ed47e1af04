package stdlib

import (
	"reflect"

	"provbox/provd/python"
)

// copyModule is the state of copy. active finds the memo of a deepcopy under way
// by the dict that programs see of it.
type copyModule struct {
	err    *python.Class
	active map[*python.Dict]*copyMemo
}

// copyMemo is one deepcopy under way: what was copied already, by identity.
type copyMemo struct {
	dict *python.Dict
	seen map[python.Value]python.Value
}

// buildCopy makes copy.
func buildCopy(_ *Library, b builder) {
	m := &copyModule{active: map[*python.Dict]*copyMemo{}}
	m.err = b.exception("Error", python.ExceptionClass)
	b.alias("error", "Error")
	b.fn("copy", oneArg("copy", m.shallow))
	b.fn("deepcopy", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v, memo python.Value
		if err := python.Unpack("deepcopy", args, kwargs, "x", &v, "memo??", &memo); err != nil {
			return nil, err
		}
		if d, ok := memo.(*python.Dict); ok {
			if under, ok := m.active[d]; ok {
				return m.deep(t, under, v)
			}
		}
		c := &copyMemo{dict: python.NewDict(0), seen: map[python.Value]python.Value{}}
		m.active[c.dict] = c
		defer delete(m.active, c.dict)
		return m.deep(t, c, v)
	})
}

// hook calls the copy method of an object's class, if it has one.
func hook(t *python.Thread, v python.Value, name string, args ...python.Value) (python.Value, bool, error) {
	if _, isClass := v.(*python.Class); isClass {
		return nil, false, nil
	}
	if _, ok := v.Type().Lookup(name); !ok {
		return nil, false, nil
	}
	r, err := python.CallMethod(t, v, name, args...)
	return r, true, err
}

func (m *copyModule) shallow(t *python.Thread, v python.Value) (python.Value, error) {
	switch x := v.(type) {
	case *python.List:
		items, err := python.ListOf(t, x)
		return python.NewList(items), err
	case *python.Dict:
		return x.Copy(t)
	case *python.ByteArray:
		return python.CallMethod(t, x, "copy")
	case *python.Set:
		if x.Type() == python.FrozensetClass {
			return x, nil
		}
		return copySet(t, x, func(e python.Value) (python.Value, error) { return e, nil })
	}
	if atomic(v) {
		return v, nil
	}
	if r, ok, err := hook(t, v, "__copy__"); ok {
		return r, err
	}
	if _, ok := v.(python.Tuple); ok {
		return v, nil
	}
	inst, ok := v.(*python.Instance)
	if !ok {
		return nil, python.TypeErrorf("cannot pickle '%s' object", python.TypeName(v))
	}
	out, err := m.instance(t, inst, func(part python.Value) (python.Value, error) {
		if inst.Native != nil && python.Is(part, inst.Native) {
			return m.shallow(t, part)
		}
		return part, nil
	}, nil)
	return out, err
}

// atomic reports whether a value is its own copy.
func atomic(v python.Value) bool {
	switch v := v.(type) {
	case python.NoneType, python.Bool, python.Int, *python.BigInt, python.Float, python.Str, python.Bytes,
		*python.Class, *python.Builtin, *python.Function, *python.Module, *python.Range, *python.Slice,
		*python.Property, *python.Method, python.EllipsisType, python.NotImplementedType, *python.StaticMethod, *python.ClassMethod:
		return true
	case python.Tuple:
		return len(v) == 0
	}
	return false
}

func (m *copyModule) deep(t *python.Thread, memo *copyMemo, v python.Value) (python.Value, error) {
	if atomic(v) {
		return v, nil
	}
	if err := t.Step(1); err != nil {
		return nil, err
	}
	if err := t.Enter(); err != nil {
		return nil, err
	}
	defer t.Leave()
	if tuple, ok := v.(python.Tuple); ok {
		return m.tuple(t, memo, tuple)
	}
	// A value of the host that has no identity cannot be found again.
	identity := reflect.TypeOf(v).Comparable()
	if identity {
		if r, ok := memo.seen[v]; ok {
			return r, nil
		}
	}
	keep := func(r python.Value) {
		if identity {
			memo.seen[v] = r
		}
	}
	switch x := v.(type) {
	case *python.List:
		out := python.NewList(nil)
		keep(out)
		// By index, because a __deepcopy__ may change the list.
		for i := 0; i < x.Len(); i++ {
			item, err := m.deep(t, memo, x.Items()[i])
			if err == nil {
				err = out.Append(t, item)
			}
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	case *python.Dict:
		out := python.NewDict(0)
		keep(out)
		return out, m.fill(t, memo, out, x)
	case *python.Set:
		out, err := copySet(t, x, func(e python.Value) (python.Value, error) { return m.deep(t, memo, e) })
		keep(out)
		return out, err
	case *python.BoundMethod:
		self, err := m.deep(t, memo, x.Self)
		return &python.BoundMethod{Self: self, Func: x.Func}, err
	}
	if r, ok, err := hook(t, v, "__deepcopy__", memo.dict); ok {
		if err == nil {
			keep(r)
		}
		return r, err
	}
	inst, ok := v.(*python.Instance)
	if !ok {
		return nil, python.TypeErrorf("cannot pickle '%s' object", python.TypeName(v))
	}
	return m.instance(t, inst, func(part python.Value) (python.Value, error) { return m.deep(t, memo, part) }, keep)
}

func (m *copyModule) tuple(t *python.Thread, memo *copyMemo, tuple python.Tuple) (python.Value, error) {
	if err := t.Alloc(int64(16 * len(tuple))); err != nil {
		return nil, err
	}
	out := make(python.Tuple, len(tuple))
	changed := false
	for i, e := range tuple {
		var err error
		if out[i], err = m.deep(t, memo, e); err != nil {
			return nil, err
		}
		changed = changed || !python.Is(out[i], e)
	}
	if !changed {
		return tuple, nil
	}
	return out, nil
}

// fill copies the members of a dict.
func (m *copyModule) fill(t *python.Thread, memo *copyMemo, out, from *python.Dict) error {
	type member struct{ k, v python.Value }
	if err := t.Alloc(int64(32 * from.Len())); err != nil {
		return err
	}
	members := make([]member, 0, from.Len())
	for k, v := range from.All() {
		members = append(members, member{k, v})
	}
	for _, e := range members {
		k, err := m.deep(t, memo, e.k)
		if err != nil {
			return err
		}
		v, err := m.deep(t, memo, e.v)
		if err != nil {
			return err
		}
		if err := out.Set(t, k, v); err != nil {
			return err
		}
	}
	return nil
}

func copySet(t *python.Thread, from *python.Set, f func(python.Value) (python.Value, error)) (*python.Set, error) {
	if err := t.Alloc(int64(16 * from.Len())); err != nil {
		return nil, err
	}
	items := make([]python.Value, 0, from.Len())
	for e := range from.All() {
		items = append(items, e)
	}
	out := python.NewSet(from.Type() == python.FrozensetClass)
	for _, e := range items {
		c, err := f(e)
		if err == nil {
			err = out.Add(t, c)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// instance copies an object without running its __init__. keep gets the new
// object before its parts are copied.
func (m *copyModule) instance(t *python.Thread, inst *python.Instance, part func(python.Value) (python.Value, error), keep func(python.Value)) (python.Value, error) {
	if err := t.Alloc(128); err != nil {
		return nil, err
	}
	class := inst.Type()
	out := python.NewInstance(class, nil)
	if keep != nil {
		keep(out)
	}
	if data := python.ExceptionDataOf(inst); data != nil {
		args, err := part(data.Args)
		if err != nil {
			return nil, err
		}
		tuple, _ := args.(python.Tuple)
		out = python.NewException(class, tuple...)
		if keep != nil {
			keep(out)
		}
	} else if inst.Native != nil {
		native, err := part(inst.Native)
		if err != nil {
			return nil, err
		}
		out.Native = native
	}
	var names []string
	var values []python.Value
	if err := t.Alloc(int64(32 * inst.Attrs().Len())); err != nil {
		return nil, err
	}
	for k, v := range inst.Attrs().All() {
		if name, ok := asStr(k); ok {
			names, values = append(names, name), append(values, v)
		}
	}
	for i, name := range names {
		v, err := part(values[i])
		if err != nil {
			return nil, err
		}
		out.Attrs().SetStr(name, v)
	}
	return out, nil
}

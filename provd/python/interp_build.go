package python

import "strconv"

// take pops n operands. The slice is only valid until the next push.
func (f *frame) take(n int) []Value {
	f.sp -= n
	return f.slots[f.sp : f.sp+n]
}

// execBuild executes displays, comprehensions and f-strings.
func (f *frame) execBuild(t *Thread, in instr) error {
	arg := in.arg()
	switch in.op() {
	case opBuildTuple, opBuildList:
		if err := t.allocN(int64(arg+4), valueBytes); err != nil {
			return err
		}
		room := arg
		if arg == 0 && in.op() == opBuildList {
			room = f.expected()
			if err := t.allocN(int64(room), valueBytes); err != nil {
				return err
			}
		}
		items := append(make([]Value, 0, room), f.take(arg)...)
		if in.op() == opBuildTuple {
			f.push(Tuple(items))
		} else {
			f.push(NewList(items))
		}
	case opListToTuple:
		f.slots[f.sp-1] = Tuple(f.top(0).(*List).items)
	case opListExtendItems:
		items := f.take(arg)
		return f.top(0).(*List).extendItems(t, items)
	case opListExtend, opListExtendArg:
		return f.extend(t, in.op() == opListExtendArg)
	case opListAppend:
		v := f.pop()
		return f.top(arg).(*List).Append(t, v)
	case opBuildSet:
		s := NewSet(false)
		if err := t.Alloc(setBytes); err != nil {
			return err
		}
		items := f.take(arg)
		if err := addAll(t, s, items); err != nil {
			return err
		}
		f.push(s)
	case opSetAddItems:
		items := f.take(arg)
		return addAll(t, f.top(0).(*Set), items)
	case opSetAdd:
		v := f.pop()
		return f.top(arg).(*Set).Add(t, v)
	case opSetUpdate:
		v := f.pop()
		return f.top(0).(*Set).update(t, v)
	case opBuildDict:
		room := arg
		if arg == 0 {
			room = f.expected()
		}
		if err := t.allocN(int64(dictBytes+room*entryBytes), 1); err != nil {
			return err
		}
		d := NewDict(room)
		items := f.take(2 * arg)
		if err := setAll(t, d, items); err != nil {
			return err
		}
		f.push(d)
	case opBuildConstDict:
		return f.buildConstDict(t, f.code.dicts[arg])
	case opDictSetItems:
		items := f.take(2 * arg)
		return setAll(t, f.top(0).(*Dict), items)
	case opDictAdd:
		v, k := f.pop(), f.pop()
		return f.top(arg).(*Dict).Set(t, k, v)
	case opDictUpdate:
		v := f.pop()
		return updateDict(t, f.top(0).(*Dict), v)
	case opBuildString:
		return f.buildString(t, arg)
	case opBuildSlice:
		if err := t.Alloc(objectBytes); err != nil {
			return err
		}
		s := &Slice{Step: None}
		if arg == 3 {
			s.Step = f.pop()
		}
		s.Stop = f.pop()
		s.Start = f.pop()
		f.push(s)
	case opFormatValue:
		var spec Str
		if arg>>8 != 0 {
			spec = f.pop().(Str)
		}
		if err := t.Alloc(objectBytes); err != nil {
			return err
		}
		s, err := FormatValue(t, f.top(0), byte(arg), string(spec))
		f.slots[f.sp-1] = Str(s)
		return err
	}
	return nil
}

// expected is how many items a comprehension that begins is likely to make: as many
// as what it goes over has.
func (f *frame) expected() int {
	const most = 64
	if f.pc != 1 || len(f.locals) == 0 {
		return 0
	}
	switch it := f.locals[0].(type) {
	case *dictIter:
		return min(max(it.size, 0), most)
	case *listIter:
		if it.list != nil { // it is not at its end
			return min(len(it.list.items), most)
		}
	case *tupleIter:
		return min(len(it.items), most)
	}
	return 0
}

// setBytes and dictBytes are what empty containers are charged for.
const (
	setBytes  = 96
	dictBytes = 96
)

func addAll(t *Thread, s *Set, items []Value) error {
	for _, v := range items {
		if err := s.Add(t, v); err != nil {
			return err
		}
	}
	return nil
}

func setAll(t *Thread, d *Dict, items []Value) error {
	for i := 0; i < len(items); i += 2 {
		if err := d.Set(t, items[i], items[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// extend adds an iterable to the list below it, for "*x" in a display or call.
func (f *frame) extend(t *Thread, call bool) error {
	v := f.pop()
	list := f.top(0).(*List)
	err := list.extend(t, v)
	if err == nil || !IsException(err, TypeError) || isIterable(v) {
		return err
	}
	if call {
		return TypeErrorf("%s argument after * must be an iterable, not %s", f.calleeName(f.top(2)), TypeName(v))
	}
	return TypeErrorf("Value after * must be an iterable, not %s", TypeName(v))
}

// updateDict adds a mapping, for "**x" in a display.
func updateDict(t *Thread, d *Dict, v Value) error {
	if from, ok := Native(v).(*Dict); ok {
		return d.Update(t, from)
	}
	keys, ok, err := LookupAttr(t, v, "keys")
	if err != nil {
		return err
	}
	if !ok {
		return TypeErrorf("'%s' object is not a mapping", TypeName(v))
	}
	list, err := Call(t, keys, nil, nil)
	if err != nil {
		return err
	}
	return Iterate(t, list, func(key Value) error {
		item, err := GetItem(t, v, key)
		if err != nil {
			return err
		}
		return d.Set(t, key, item)
	})
}

// buildConstDict makes a dict of which the values are on the stack.
func (f *frame) buildConstDict(t *Thread, keys []constKeyed) error {
	if err := t.Alloc(int64(dictBytes + 2*len(keys)*entryBytes)); err != nil {
		return err
	}
	if err := t.Step(len(keys)); err != nil {
		return err
	}
	d := NewDict(len(keys))
	for i, v := range f.take(len(keys)) {
		if d.index != nil {
			d.insert(keys[i].hash, keys[i].key, v)
			continue
		}
		d.entries = append(d.entries, dictEntry{keys[i].hash, keys[i].key, v})
		d.live++
	}
	f.push(d)
	return nil
}

// buildString joins the parts of an f-string.
func (f *frame) buildString(t *Thread, n int) error {
	parts := f.take(n)
	size := 0
	for _, p := range parts {
		if s, ok := p.(Str); ok {
			size += len(s)
		} else {
			size += maxDigits
		}
	}
	if err := t.Alloc(int64(size)); err != nil {
		return err
	}
	if n == 1 {
		if s, ok := parts[0].(Str); ok {
			f.push(s)
			return nil
		}
	}
	var short [96]byte // most texts need no other memory than their own
	text := short[:0]
	if size > len(short) {
		text = make([]byte, 0, size)
	}
	for _, p := range parts {
		if s, ok := p.(Str); ok {
			text = append(text, s...)
		} else {
			text = strconv.AppendInt(text, int64(p.(Int)), 10)
		}
	}
	f.push(Str(text))
	return nil
}

// maxDigits is the length of the longest Int.
const maxDigits = len("-9223372036854775808")

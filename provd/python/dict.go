package python

import (
	"hash/maphash"
	"iter"
	"math/bits"
)

// Dict is Python's dict: a hash map that keeps insertion order. The zero value
// is an empty dict.
//
// Members live in entries in the order they came; index is an open-addressed
// table of positions in entries plus one, absent while the dict is small enough
// to be scanned. A deleted member leaves a hole (nil key) until the next rebuild.
type Dict struct {
	entries []dictEntry
	index   []int32
	live    int // members
	used    int // slots of index that are not empty
}

type dictEntry struct {
	hash  uint64
	key   Value
	value Value
}

const (
	scanLimit  = 8  // entries up to which a dict has no index
	entryBytes = 40 // what one member is charged for
	indexBytes = 4
)

// hashSeed keys the hash of strings and the order of table slots, so that a
// program cannot be fed keys that collide.
var (
	hashSeed = maphash.MakeSeed()
	slotSeed = maphash.String(hashSeed, "slot") | 1
)

// Type returns DictClass.
func (*Dict) Type() *Class { return DictClass }

// NewDict returns an empty dict with room for n members.
func NewDict(n int) *Dict {
	if n > scanLimit {
		return &Dict{entries: make([]dictEntry, 0, n), index: make([]int32, indexSize(n))}
	}
	return newSmall(n)
}

// indexSize is how large the index of a dict with n members is before it is
// rebuilt; 0 for one without.
func indexSize(n int) int {
	if n <= scanLimit {
		return 0
	}
	return 1 << bits.Len(uint(n+n/2))
}

// indexTakes is the reverse: how many members an index takes before it is rebuilt.
func indexTakes(size int) int { return size * 2 / 3 }

// Len returns the number of members.
func (d *Dict) Len() int { return d.live }

func hashString(s string) uint64 { return maphash.String(hashSeed, s) }

// firstSlot spreads a hash over the table: Python's integer hashes are far from
// random.
func firstSlot(h uint64, size int) int {
	hi, lo := bits.Mul64(h^slotSeed, 0x9e3779b97f4a7c15)
	return int(hi^lo) & (size - 1)
}

// findStr returns the position of a string key, or -1.
func (d *Dict) findStr(h uint64, key string) int {
	if d.index == nil {
		for i := range d.entries {
			e := &d.entries[i]
			if e.hash == h && equalsStr(e.key, key) {
				return i
			}
		}
		return -1
	}
	for slot := firstSlot(h, len(d.index)); ; slot = (slot + 1) & (len(d.index) - 1) {
		i := int(d.index[slot]) - 1
		if i < 0 {
			return -1
		}
		if i < len(d.entries) && d.entries[i].hash == h && equalsStr(d.entries[i].key, key) {
			return i
		}
	}
}

// equalsStr reports whether a dict key equals a string, without running code.
func equalsStr(v Value, s string) bool {
	switch v := v.(type) {
	case Str:
		return string(v) == s
	case *Instance:
		n, ok := v.Native.(Str)
		return ok && string(n) == s
	}
	return false
}

// find returns the position of a key, or -1. Comparing keys can run code that
// changes the dict; the search then starts again.
func (d *Dict) find(t *Thread, h uint64, key Value) (int, error) {
	if s, ok := key.(Str); ok {
		return d.findStr(h, string(s)), nil
	}
restart:
	entries, index := d.entries, d.index
	slot := 0
	if index != nil {
		slot = firstSlot(h, len(index))
	}
	for n := 0; ; n++ {
		i := n
		if index == nil {
			if i >= len(entries) {
				return -1, nil
			}
		} else {
			if i = int(index[slot]) - 1; i < 0 {
				return -1, nil
			}
			slot = (slot + 1) & (len(index) - 1)
			if i >= len(entries) {
				continue
			}
		}
		e := &entries[i]
		if e.key == nil || e.hash != h {
			continue
		}
		if Is(e.key, key) {
			return i, nil
		}
		if err := t.Step(1); err != nil {
			return 0, err
		}
		k := e.key
		eq, err := Equal(t, k, key)
		if err != nil {
			return 0, err
		}
		if len(d.entries) != len(entries) || len(d.index) != len(index) ||
			&d.entries[0] != &entries[0] || d.entries[i].key == nil || !Is(d.entries[i].key, k) {
			goto restart
		}
		if eq {
			return i, nil
		}
	}
}

// Get returns the member for a key. It raises TypeError for an unhashable key.
func (d *Dict) Get(t *Thread, key Value) (Value, bool, error) {
	h, err := Hash(t, key)
	if err != nil || d.live == 0 {
		return nil, false, err
	}
	i, err := d.find(t, h, key)
	if err != nil || i < 0 {
		return nil, false, err
	}
	return d.entries[i].value, true, nil
}

// Set stores a member, charging its memory. It raises TypeError for an
// unhashable key.
func (d *Dict) Set(t *Thread, key, value Value) error {
	h, err := Hash(t, key)
	if err != nil {
		return err
	}
	return d.setHashed(t, h, key, value)
}

func (d *Dict) setHashed(t *Thread, h uint64, key, value Value) error {
	i, err := d.find(t, h, key)
	if err != nil {
		return err
	}
	if i >= 0 {
		d.entries[i].value = value
		return nil
	}
	if err := t.Alloc(entryBytes); err != nil {
		return err
	}
	d.insert(h, key, value)
	return nil
}

// setNamed is Set for a string key whose hash is known.
func (d *Dict) setNamed(t *Thread, h uint64, name string, value Value) error {
	if i := d.findStr(h, name); i >= 0 {
		d.entries[i].value = value
		return nil
	}
	if err := t.Alloc(entryBytes + valueBytes); err != nil {
		return err
	}
	d.insert(h, Str(name), value)
	return nil
}

// Delete removes a member and reports whether it was there.
func (d *Dict) Delete(t *Thread, key Value) (bool, error) {
	_, ok, err := d.take(t, key)
	return ok, err
}

// take removes a member and returns its value.
func (d *Dict) take(t *Thread, key Value) (Value, bool, error) {
	h, err := Hash(t, key)
	if err != nil || d.live == 0 {
		return nil, false, err
	}
	i, err := d.find(t, h, key)
	if err != nil || i < 0 {
		return nil, false, err
	}
	v := d.entries[i].value
	d.remove(i)
	return v, true, nil
}

// insert adds a member that is known to be absent.
func (d *Dict) insert(h uint64, key, value Value) {
	if len(d.entries) == cap(d.entries) && d.live < len(d.entries)*3/4 ||
		d.index != nil && (d.used+1)*3 > len(d.index)*2 ||
		d.index == nil && len(d.entries) >= scanLimit {
		d.rebuild()
	}
	switch {
	case d.entries == nil:
		d.entries = make([]dictEntry, 0, scanLimit/2)
	case len(d.entries) == cap(d.entries) && d.index == nil:
		d.entries = append(make([]dictEntry, 0, scanLimit), d.entries...)
	case len(d.entries) == cap(d.entries) && len(d.entries) < indexTakes(len(d.index)):
		d.entries = append(make([]dictEntry, 0, indexTakes(len(d.index))), d.entries...)
	}
	d.entries = append(d.entries, dictEntry{h, key, value})
	d.live++
	if d.index != nil {
		d.place(h, len(d.entries))
	}
}

func (d *Dict) place(h uint64, position int) {
	slot := firstSlot(h, len(d.index))
	for d.index[slot] != 0 {
		slot = (slot + 1) & (len(d.index) - 1)
	}
	d.index[slot] = int32(position)
	d.used++
}

// rebuild closes the holes and makes an index with room for as many members
// again; there is room for half of them at once.
func (d *Dict) rebuild() {
	small := d.live+1 <= scanLimit
	size := 1 << bits.Len(uint(d.live*2+scanLimit))
	room := d.live + d.live/2 + 4
	if small {
		room = scanLimit
	}
	entries := make([]dictEntry, 0, room)
	for _, e := range d.entries {
		if e.key != nil {
			entries = append(entries, e)
		}
	}
	d.entries = entries
	if small {
		d.index, d.used = nil, 0
		return
	}
	d.index, d.used = make([]int32, size), 0
	for i := range d.entries {
		d.place(d.entries[i].hash, i+1)
	}
}

func (d *Dict) remove(i int) {
	d.entries[i] = dictEntry{}
	d.live--
	if d.live == 0 {
		d.clear()
		return
	}
	if i == len(d.entries)-1 {
		d.entries = d.entries[:i]
	}
}

func (d *Dict) clear() { *d = Dict{} }

// All iterates over the members in order. The dict must not change meanwhile.
func (d *Dict) All() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		for i := 0; i < len(d.entries); i++ {
			e := d.entries[i]
			if e.key != nil && !yield(e.key, e.value) {
				return
			}
		}
	}
}

// Copy returns a shallow copy, charging its memory.
func (d *Dict) Copy(t *Thread) (*Dict, error) {
	if err := d.charge(t, d.live); err != nil {
		return nil, err
	}
	return d.clone(), nil
}

func (d *Dict) clone() *Dict {
	c := NewDict(d.live)
	for _, e := range d.entries {
		if e.key == nil {
			continue
		}
		c.entries = append(c.entries, e)
		if c.index != nil {
			c.place(e.hash, len(c.entries))
		}
	}
	c.live = d.live
	return c
}

// charge charges for n more members, and a step for each.
func (d *Dict) charge(t *Thread, n int) error {
	if err := t.allocN(int64(n), entryBytes+2*indexBytes); err != nil {
		return err
	}
	return t.Step(n)
}

// Update adds all members of another dict.
func (d *Dict) Update(t *Thread, from *Dict) error {
	if d == from {
		return nil
	}
	if err := t.Step(from.live); err != nil {
		return err
	}
	for i := 0; i < len(from.entries); i++ {
		e := from.entries[i]
		if e.key == nil {
			continue
		}
		if err := d.setHashed(t, e.hash, e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

package python

import (
	"encoding/json"
	"reflect"
)

// FromGo makes a Python value of a Go one: nil, bool, string, json.Number, int,
// int64, float64, []any, any Value, and ordered objects, which are values with
// methods Len() int and At(int) (string, any) that name each member once. The
// result shares nothing with v, except Values, which are kept. It charges no
// Thread: the host bounds what it converts.
func FromGo(v any) (Value, error) { return new(Names).FromGo(v) }

// goObject is an object of Go.
type goObject interface {
	Len() int
	At(i int) (name string, value any)
}

// Names remembers the member names of objects that were converted, which are the
// same in one config after the other. The zero value remembers nothing. It is not
// safe for concurrent use.
type Names struct {
	known *Dict  // of the names; only its keys mean something
	names []name // at their places in known
	// first are the places of the names that objects began with, by how many values
	// were around them.
	first [8]int32
}

// name is one that was seen before.
type name struct {
	text  string
	value Value // text
	hash  uint64
	next  int32 // the place of the name that came after it, the last time
}

// NewNames returns one that remembers a bounded number of names.
func NewNames() *Names { return &Names{known: NewDict(0)} }

const (
	maxNames    = 1024 // more than any raw config has
	maxNameSize = 64
)

// of returns a member name as a value, and its hash. after is the place of the name
// that came before it in its object: objects are much like those before them, and
// so the name is likely the one that followed then. at is the name's own place.
func (n *Names) of(s string, after int) (v Value, h uint64, at int) {
	next := &n.first[0]
	switch {
	case after >= 0:
		next = &n.names[after].next
	case after > -len(n.first):
		next = &n.first[-after]
	}
	if i := int(*next); i < len(n.names) && n.names[i].text == s {
		return n.names[i].value, n.names[i].hash, i
	}
	h = hashString(s)
	if n.known == nil {
		return Str(s), h, after
	}
	if at = n.known.findStr(h, s); at < 0 {
		v = Str(s)
		if len(s) > maxNameSize || len(n.names) >= maxNames {
			return v, h, after
		}
		at = len(n.names)
		n.known.insert(h, v, None)
		n.names = append(n.names, name{text: s, value: v, hash: h})
	}
	*next = int32(at)
	return n.names[at].value, h, at
}

// outside is what stands for the name before the first one of an object, for one
// with so many values around it.
func outside(depth int) int { return depth - maxConvertDepth - 1 }

// FromGo is the function of that name, with names that were seen before made once.
func (n *Names) FromGo(v any) (Value, error) {
	c := conversion{names: n}
	if err := c.count(v, maxConvertDepth); err != nil {
		return nil, err
	}
	c.allocate()
	return c.value(v, maxConvertDepth)
}

// conversion makes the dicts of one document. It knows how many there are and what
// they hold before it makes the first one: the document is a few pieces of memory
// and not two or three for each dict.
type conversion struct {
	names *Names

	dictCount, entryCount, slotCount int // what is needed

	dicts   []Dict // what is left
	entries []dictEntry
	index   []int32
}

// room is how many members an object's dict has room for. A package adds to the
// outermost one, and to those of lines.
func room(o goObject, depth int) int {
	n := o.Len()
	switch {
	case n > scanLimit && depth == maxConvertDepth:
		return n + n/3 + 4
	case n > scanLimit/2 && n < scanLimit:
		return scanLimit
	}
	return n
}

// count adds what a value needs. depth is how many more values in each other are
// allowed.
func (c *conversion) count(v any, depth int) error {
	if depth == 0 {
		return ValueErrorf("document is nested too deeply")
	}
	switch v := v.(type) {
	case string, nil, bool, json.Number:
	case []any:
		for _, e := range v {
			if err := c.count(e, depth-1); err != nil {
				return err
			}
		}
	case goObject:
		n := room(v, depth)
		c.dictCount++
		c.entryCount += n
		c.slotCount += indexSize(n)
		for i := range v.Len() {
			_, e := v.At(i)
			if err := c.count(e, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *conversion) allocate() {
	if c.dictCount == 0 {
		return
	}
	c.dicts = make([]Dict, c.dictCount)
	c.entries = make([]dictEntry, c.entryCount)
	c.index = make([]int32, c.slotCount)
}

// dict returns an empty dict with room for n members. What it is made of is nobody
// else's: it ends where the next one's begins.
func (c *conversion) dict(n int) *Dict {
	d := &c.dicts[0]
	c.dicts = c.dicts[1:]
	if n > 0 {
		d.entries, c.entries = c.entries[:0:n], c.entries[n:]
	}
	if size := indexSize(n); size > 0 {
		d.index, c.index = c.index[:size:size], c.index[size:]
	}
	return d
}

var strType = reflect.TypeFor[Str]()

// strOf returns Str(v.(string)). It saves the memory that a string needs to be an
// interface value, which it has in v already: the Str is the same one.
func strOf(v any) Value {
	s, _ := reflect.ValueOf(v).Convert(strType).Interface().(Value)
	return s
}

func (c *conversion) value(v any, depth int) (Value, error) {
	boxed := v
	switch v := v.(type) {
	case string:
		return strOf(boxed), nil
	case []any:
		items := make([]Value, len(v))
		for i, e := range v {
			item, err := c.value(e, depth-1)
			if err != nil {
				return nil, err
			}
			items[i] = item
		}
		return NewList(items), nil
	case goObject:
		d := c.dict(room(v, depth))
		at := outside(depth)
		for i := range v.Len() {
			name, e := v.At(i)
			item, err := c.value(e, depth-1)
			if err != nil {
				return nil, err
			}
			var key Value
			var h uint64
			key, h, at = c.names.of(name, at)
			d.insert(h, key, item)
		}
		return d, nil
	}
	return scalarFromGo(v)
}

// scalarFromGo makes a value of what holds no others.
func scalarFromGo(v any) (Value, error) {
	switch v := v.(type) {
	case nil:
		return None, nil
	case bool:
		return Bool(v), nil
	case string:
		return Str(v), nil
	case json.Number:
		return numberFromText(string(v))
	case int:
		return NewInt(v), nil
	case int64:
		return newInt64(v), nil
	case float64:
		return Float(v), nil
	case Value:
		return v, nil
	}
	return nil, TypeErrorf("a Go value of type %T has no Python form", v)
}

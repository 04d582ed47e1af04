// Package document holds JSON documents whose members keep their order.
//
// Devices and configs are free-form JSON that clients store and expect back
// as they sent it, and templates iterate over a raw config in the order it was
// written (spec/rest.md sections 5.1 and 6). A Go map would lose that order, so
// every document in Provbox is an *Object.
package document

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strconv"
)

// Object is a JSON object with ordered members. The zero value is an empty
// object ready to use. Member values are nil, bool, string, json.Number,
// []any and *Object, nothing else; encoding refuses others with an error. An Object is not safe for concurrent mutation.
type Object struct {
	members []member
	// index is where each member stands, once there are too many to look through.
	index map[string]int
}

type member struct {
	name  string
	value any
}

// scanLimit is how many members are looked through without an index. Most objects
// of a device or config have fewer, and there are many of them.
const scanLimit = 12

// find returns where a member stands, or -1.
func (o *Object) find(name string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].name == name {
			return i
		}
	}
	return -1
}

// New returns an object with the given members: alternating names and values.
// It is meant for literals in code and tests; a name that is not a string, or
// an odd count, drops that member.
func New(members ...any) *Object {
	o := &Object{}
	for i := 0; i+1 < len(members); i += 2 {
		if name, ok := members[i].(string); ok {
			o.Set(name, members[i+1])
		}
	}
	return o
}

// Len returns the number of members; 0 for a nil object.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.members)
}

// Get returns the member's value and whether the member exists. A member that
// is null exists with a nil value.
func (o *Object) Get(name string) (any, bool) {
	i := o.find(name)
	if i < 0 {
		return nil, false
	}
	return o.members[i].value, true
}

// String returns the member if it is a string, otherwise "".
func (o *Object) String(name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

// Bool returns the member if it is a boolean, otherwise false.
func (o *Object) Bool(name string) bool {
	v, _ := o.Get(name)
	b, _ := v.(bool)
	return b
}

// Object returns the member if it is an object, otherwise nil.
func (o *Object) Object(name string) *Object {
	v, _ := o.Get(name)
	c, _ := v.(*Object)
	return c
}

// List returns the member if it is a list, otherwise nil.
func (o *Object) List(name string) []any {
	v, _ := o.Get(name)
	l, _ := v.([]any)
	return l
}

// Has reports whether the member exists, null included.
func (o *Object) Has(name string) bool {
	return o.find(name) >= 0
}

// Set stores a member. An existing one keeps its place, a new one goes last.
func (o *Object) Set(name string, value any) {
	if i := o.find(name); i >= 0 {
		o.members[i].value = value
		return
	}
	o.add(name, value)
}

// add appends a member that is known to be absent.
func (o *Object) add(name string, value any) {
	o.members = append(o.members, member{name, value})
	switch {
	case o.index != nil:
		o.index[name] = len(o.members) - 1
	case len(o.members) > scanLimit:
		o.index = make(map[string]int, 2*len(o.members))
		for i := range o.members {
			o.index[o.members[i].name] = i
		}
	}
}

// SetDefault stores a member only when there is none of that name. An explicit
// null counts as present (spec/rest.md section 5.6).
func (o *Object) SetDefault(name string, value any) {
	if !o.Has(name) {
		o.Set(name, value)
	}
}

// Delete removes a member and reports whether it was there.
func (o *Object) Delete(name string) bool {
	i := o.find(name)
	if i < 0 {
		return false
	}
	o.members = slices.Delete(o.members, i, i+1)
	if o.index != nil {
		delete(o.index, name)
		for ; i < len(o.members); i++ {
			o.index[o.members[i].name] = i
		}
	}
	return true
}

// At returns the i-th member, from 0, in order; i must be less than Len.
func (o *Object) At(i int) (name string, value any) {
	return o.members[i].name, o.members[i].value
}

// All iterates over the members in order. The object must not gain or lose
// members meanwhile.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if o == nil {
			return
		}
		for i := 0; i < len(o.members); i++ {
			if !yield(o.members[i].name, o.members[i].value) {
				return
			}
		}
	}
}

// Keys returns the member names in order, in a slice of the caller's own.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	keys := make([]string, len(o.members))
	for i := range o.members {
		keys[i] = o.members[i].name
	}
	return keys
}

// Clone returns a deep copy. A nil object gives an empty one.
func (o *Object) Clone() *Object {
	c := &Object{}
	if o == nil {
		return c
	}
	c.members, c.index = slices.Clone(o.members), maps.Clone(o.index)
	for i := range c.members {
		c.members[i].value = cloneValue(c.members[i].value)
	}
	return c
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case *Object:
		return v.Clone()
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = cloneValue(e)
		}
		return l
	default:
		return v
	}
}

// Merge copies src's members over o's: object onto object recursively, every
// other value replaces (spec/rest.md section 8). Values are copied, so the two
// share nothing afterwards.
func (o *Object) Merge(src *Object) {
	for k, v := range src.All() {
		if from, ok := v.(*Object); ok {
			if into := o.Object(k); into != nil {
				into.Merge(from)
				continue
			}
		}
		o.Set(k, cloneValue(v))
	}
}

// Equal reports whether two values of a document are the same JSON value.
// Member order does not matter; numbers are compared by value, and a boolean
// equals the number 0 or 1 as it does for Python, which selectors follow
// (spec/rest.md section 9.1).
func Equal(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		s, ok := b.(string)
		return ok && s == a
	case *Object:
		o, ok := b.(*Object)
		if !ok || a.Len() != o.Len() {
			return false
		}
		for k, v := range a.All() {
			w, ok := o.Get(k)
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, Equal)
	default:
		// Numbers too large to compare by value are equal when written the same.
		return Compare(a, b) == 0 || a == b
	}
}

// Truthy is Python's bool of a document value, by which wazo-provd decides:
// null, false, zero and whatever is empty are not.
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case *Object:
		return v.Len() > 0
	}
	return !Equal(v, false)
}

// Compare orders two numbers, two booleans or two strings: -1, 0 or 1. For
// values with no common order it returns 2.
func Compare(a, b any) int {
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			switch {
			case s < t:
				return -1
			case s > t:
				return 1
			}
			return 0
		}
		return 2
	}
	x, ok := number(a)
	if !ok {
		return 2
	}
	y, ok := number(b)
	if !ok {
		return 2
	}
	return x.Cmp(y)
}

// Number returns the member value for an integer.
func Number(n int) json.Number {
	return json.Number(strconv.Itoa(n))
}

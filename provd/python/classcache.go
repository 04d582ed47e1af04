package python

import "sync"

// maxCachedLookups bounds what a class remembers; a program that asks for ever
// new names only makes it forget.
const maxCachedLookups = 512

// classCache remembers attribute lookups of a class.
//
// A built-in class cannot change: its whole attribute table is made once. A
// program's class can, and so can those it derives from: version counts the
// changes of one class, and what was remembered holds while the sum of the
// versions along the method resolution order stays the same (versions only grow).
type classCache struct {
	once    sync.Once
	table   attrTable
	mutable []*Class // the classes of the resolution order that can change
	version uint64
	stamp   uint64
	hooks   classHooks
	// whole says of a built-in class that it has a New, which leaves nothing to
	// __init__.
	whole bool
}

// classHooks are the methods that replace attribute access, nil when the class
// has object's.
type classHooks struct {
	known                                   bool
	plain                                   bool // reading needs no hook
	getattribute, getattr, setattr, delattr Value
}

// attrTable holds class attributes by name. Its index, as long as a power of two and
// never full, has positions in attrs plus one.
type attrTable struct {
	attrs []classAttr
	index []int32
}

// classAttr is a class attribute, with a nil value one that is known not to exist.
type classAttr struct {
	hash  uint64
	name  string
	value Value
	kind  attrKind
}

// attrKind is what becomes of a class attribute that is found through an instance.
type attrKind uint8

const (
	attrNone    attrKind = iota // there is none
	attrBound                   // it is bound to the instance: functions
	attrData                    // it goes before the instance's own: properties
	attrDepends                 // the class of the attribute decides
	attrWrapped                 // it is what it wraps: static and class methods
	attrPlain                   // it is itself
)

func kindOf(attr Value) attrKind {
	switch attr.(type) {
	case nil:
		return attrNone
	case *Method, Binder:
		return attrBound
	case *GetSet, *Property:
		return attrData
	case *Instance:
		return attrDepends
	case *StaticMethod, *ClassMethod:
		return attrWrapped
	}
	return attrPlain
}

// find returns what the table has under a name, or nil. The hashes are those of
// strings, which need no spreading.
func (a *attrTable) find(h uint64, name string) *classAttr {
	if len(a.index) == 0 {
		return nil
	}
	for slot := int(h) & (len(a.index) - 1); ; slot = (slot + 1) & (len(a.index) - 1) {
		i := a.index[slot]
		if i == 0 {
			return nil
		}
		if e := &a.attrs[i-1]; e.hash == h && e.name == name {
			return e
		}
	}
}

// add enters what is not in the table yet.
func (a *attrTable) add(h uint64, name string, v Value) *classAttr {
	a.attrs = append(a.attrs, classAttr{h, name, v, kindOf(v)})
	if len(a.attrs)*2 > len(a.index) {
		a.index = make([]int32, max(8, len(a.index)*2))
		for i := range a.attrs {
			a.place(i)
		}
	} else {
		a.place(len(a.attrs) - 1)
	}
	return &a.attrs[len(a.attrs)-1]
}

func (a *attrTable) place(i int) {
	slot := int(a.attrs[i].hash) & (len(a.index) - 1)
	for a.index[slot] != 0 {
		slot = (slot + 1) & (len(a.index) - 1)
	}
	a.index[slot] = int32(i + 1)
}

// Lookup finds a class attribute along the method resolution order, without
// binding it.
func (c *Class) Lookup(name string) (Value, bool) {
	a := c.fresh().get(c, hashString(name), name)
	return a.value, a.value != nil
}

// fresh returns the cache, emptied if a class of the resolution order changed.
func (c *Class) fresh() *classCache {
	l := &c.lookups
	if c.native {
		l.once.Do(c.flatten)
		return l
	}
	var stamp uint64
	for _, k := range l.mutable {
		stamp += k.lookups.version
	}
	if stamp != l.stamp {
		l.table = attrTable{}
		l.stamp = stamp
		l.hooks = classHooks{}
	}
	return l
}

// noAttr is what a built-in class has under all other names.
var noAttr classAttr

// get finds an attribute of c in its fresh cache. The result is not nil, and good
// until the next call.
func (l *classCache) get(c *Class, h uint64, name string) *classAttr {
	if a := l.table.find(h, name); a != nil {
		return a
	}
	if c.native {
		return &noAttr
	}
	if len(l.table.attrs) >= maxCachedLookups {
		l.table = attrTable{}
	}
	return l.table.add(h, name, lookupHashed(c.mro, h, name))
}

// lookupIn finds an attribute in the namespaces of a resolution order, or of the
// rest of one.
func lookupIn(mro []*Class, name string) (Value, bool) {
	v := lookupHashed(mro, hashString(name), name)
	return v, v != nil
}

func lookupHashed(mro []*Class, h uint64, name string) Value {
	for _, k := range mro {
		if i := k.ns.findStr(h, name); i >= 0 {
			return k.ns.entries[i].value
		}
	}
	return nil
}

func (c *Class) flatten() {
	table := &c.lookups.table
	for _, k := range c.mro {
		for key, v := range k.ns.All() {
			if name, ok := key.(Str); ok {
				if h := hashString(string(name)); table.find(h, string(name)) == nil {
					table.add(h, string(name), v)
				}
			}
		}
	}
	c.lookups.hooks = c.findHooks()
	init := c.lookups.get(c, hashString("__init__"), "__init__").value
	c.lookups.whole = c.newFunc != nil && (init == nil || c.initDone(init))
}

// changed records that the class's namespace changed.
func (c *Class) changed() { c.lookups.version++ }

// attrHooks returns the hooks of c, whose fresh cache l is.
func (l *classCache) attrHooks(c *Class) *classHooks {
	if !l.hooks.known {
		l.hooks = c.findHooks()
	}
	return &l.hooks
}

func (c *Class) findHooks() classHooks {
	own := func(name string) Value {
		v, ok := lookupIn(c.mro, name)
		if !ok {
			return nil
		}
		if m, ok := v.(*Method); ok && (m.class == ObjectClass || m.class == TypeClass) {
			return nil
		}
		return v
	}
	h := classHooks{
		known:        true,
		getattribute: own("__getattribute__"),
		getattr:      own("__getattr__"),
		setattr:      own("__setattr__"),
		delattr:      own("__delattr__"),
	}
	h.plain = h.getattribute == nil && h.getattr == nil
	return h
}

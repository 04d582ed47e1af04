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
	table   Dict     // by name; a nil value means "known to have none"
	mutable []*Class // the classes of the resolution order that can change
	version uint64
	stamp   uint64
	hooks   classHooks
}

// classHooks are the methods that replace attribute access, nil when the class
// has object's.
type classHooks struct {
	known                                   bool
	plain                                   bool // reading needs no hook
	getattribute, getattr, setattr, delattr Value
}

// Lookup finds a class attribute along the method resolution order, without
// binding it.
func (c *Class) Lookup(name string) (Value, bool) {
	v := c.fresh().get(c, hashString(name), name)
	return v, v != nil
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
		l.table.clear()
		l.stamp = stamp
		l.hooks = classHooks{}
	}
	return l
}

// get finds an attribute of c in its fresh cache, or nil.
func (l *classCache) get(c *Class, h uint64, name string) Value {
	if i := l.table.findStr(h, name); i >= 0 {
		return l.table.entries[i].value
	}
	if c.native {
		return nil
	}
	if l.table.live >= maxCachedLookups {
		l.table.clear()
	}
	v := lookupHashed(c.mro, h, name)
	l.table.insert(h, Str(name), v)
	return v
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
	for i := len(c.mro) - 1; i >= 0; i-- {
		for k, v := range c.mro[i].ns.All() {
			if name, ok := k.(Str); ok {
				table.SetStr(string(name), v)
			}
		}
	}
	c.lookups.hooks = c.findHooks()
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

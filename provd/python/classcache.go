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
	table   map[string]Value
	mutable []*Class // the classes of the resolution order that can change
	version uint64
	stamp   uint64
	hooks   classHooks
}

// classHooks are the methods that replace attribute access, nil when the class
// has object's.
type classHooks struct {
	known                                   bool
	getattribute, getattr, setattr, delattr Value
}

// Lookup finds a class attribute along the method resolution order, without
// binding it.
func (c *Class) Lookup(name string) (Value, bool) {
	if c.native {
		c.lookups.once.Do(c.flatten)
		v, ok := c.lookups.table[name]
		return v, ok
	}
	c.refresh()
	if v, ok := c.lookups.table[name]; ok {
		return v, v != nil
	}
	if len(c.lookups.table) >= maxCachedLookups {
		clear(c.lookups.table)
	}
	v, ok := lookupIn(c.mro, name)
	c.lookups.table[name] = v
	return v, ok
}

// lookupIn finds an attribute in the namespaces of a resolution order, or of the
// rest of one.
func lookupIn(mro []*Class, name string) (Value, bool) {
	h := hashString(name)
	for _, k := range mro {
		if k.ns.live == 0 {
			continue
		}
		if i := k.ns.findStr(h, name); i >= 0 {
			return k.ns.entries[i].value, true
		}
	}
	return nil, false
}

func (c *Class) flatten() {
	table := make(map[string]Value)
	for i := len(c.mro) - 1; i >= 0; i-- {
		for k, v := range c.mro[i].ns.All() {
			if name, ok := k.(Str); ok {
				table[string(name)] = v
			}
		}
	}
	c.lookups.table = table
	c.lookups.hooks = c.findHooks()
}

// refresh forgets what was remembered before a class of the resolution order
// changed.
func (c *Class) refresh() {
	var stamp uint64
	for _, k := range c.lookups.mutable {
		stamp += k.lookups.version
	}
	if c.lookups.table == nil || stamp != c.lookups.stamp {
		c.lookups.table = make(map[string]Value)
		c.lookups.stamp = stamp
		c.lookups.hooks = classHooks{}
	}
}

// changed records that the class's namespace changed.
func (c *Class) changed() { c.lookups.version++ }

func (c *Class) attrHooks() *classHooks {
	if c.native {
		c.lookups.once.Do(c.flatten)
		return &c.lookups.hooks
	}
	c.refresh()
	if !c.lookups.hooks.known {
		c.lookups.hooks = c.findHooks()
	}
	return &c.lookups.hooks
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
	return classHooks{
		known:        true,
		getattribute: own("__getattribute__"),
		getattr:      own("__getattr__"),
		setattr:      own("__setattr__"),
		delattr:      own("__delattr__"),
	}
}

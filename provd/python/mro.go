package python

import "strings"

// computeMRO is the C3 linearisation of class with the given bases.
func computeMRO(class *Class, bases []*Class) ([]*Class, error) {
	mro := []*Class{class}
	if len(bases) == 1 {
		return append(mro, bases[0].mro...), nil
	}
	seqs := make([][]*Class, 0, len(bases)+1)
	for _, b := range bases {
		seqs = append(seqs, b.mro)
	}
	seqs = append(seqs, bases)
	for {
		var next *Class
		empty := true
		for _, s := range seqs {
			if len(s) == 0 {
				continue
			}
			empty = false
			if !inTail(seqs, s[0]) {
				next = s[0]
				break
			}
		}
		if empty {
			return mro, nil
		}
		if next == nil {
			return nil, mroConflict(seqs)
		}
		mro = append(mro, next)
		for i, s := range seqs {
			if len(s) > 0 && s[0] == next {
				seqs[i] = s[1:]
			}
		}
	}
}

func inTail(seqs [][]*Class, c *Class) bool {
	for _, s := range seqs {
		for i := 1; i < len(s); i++ {
			if s[i] == c {
				return true
			}
		}
	}
	return false
}

func mroConflict(seqs [][]*Class) error {
	var names []string
	seen := map[*Class]bool{}
	for _, s := range seqs {
		if len(s) > 0 && !seen[s[0]] {
			seen[s[0]] = true
			names = append(names, s[0].name)
		}
	}
	return TypeErrorf("Cannot create a consistent method resolution\norder (MRO) for bases %s", strings.Join(names, ", "))
}

// maxMRO bounds the classes a class derives from, directly and indirectly: every
// attribute lookup may have to ask each of them.
const maxMRO = 200

// layout returns the built-in class whose Go representation instances of c
// carry, ObjectClass when they are plain instances.
func (c *Class) layout() *Class {
	if c.shape != nil {
		return c.shape
	}
	for _, k := range c.mro {
		if k.native && k.newFunc != nil {
			return k
		}
	}
	return ObjectClass
}

// checkBases refuses bases that cannot be combined, with CPython's messages.
func checkBases(bases []*Class) error {
	best := ObjectClass
	for i, b := range bases {
		if b.final {
			return TypeErrorf("type '%s' is not an acceptable base type", b.name)
		}
		for _, other := range bases[:i] {
			if other == b {
				return TypeErrorf("duplicate base class %s", b.name)
			}
		}
		switch l := b.layout(); {
		case l.IsSubclass(best):
			best = l
		case !best.IsSubclass(l):
			return TypeErrorf("multiple bases have instance lay-out conflict")
		}
	}
	return nil
}

// NewClass makes a class as the class statement does, without the hooks that
// run code (__init_subclass__, __set_name__, metaclasses). No bases means
// object. ns is not copied.
func NewClass(name string, bases []*Class, ns *Dict) (*Class, error) {
	if len(bases) == 0 {
		bases = []*Class{ObjectClass}
	}
	if err := checkBases(bases); err != nil {
		return nil, err
	}
	c := &Class{name: name, qualname: name, module: "__main__", bases: bases, ns: ns, meta: TypeClass}
	for _, b := range bases {
		if b.meta != TypeClass && b.meta.IsSubclass(c.meta) {
			c.meta = b.meta
		}
	}
	if s, ok := ns.GetStr("__qualname__"); ok {
		if s, ok := s.(Str); ok {
			c.qualname = string(s)
			ns.DeleteStr("__qualname__")
		}
	}
	if s, ok := ns.GetStr("__module__"); ok {
		if s, ok := s.(Str); ok {
			c.module = string(s)
		}
	}
	// A class that defines __eq__ alone is unhashable; these three are implicit
	// static or class methods.
	if _, ok := ns.GetStr("__eq__"); ok {
		if _, ok := ns.GetStr("__hash__"); !ok {
			ns.SetStr("__hash__", None)
		}
	}
	if f, ok := ns.GetStr("__new__"); ok {
		if _, ok := f.(Binder); ok {
			ns.SetStr("__new__", &StaticMethod{f})
		}
	}
	for _, name := range [...]string{"__init_subclass__", "__class_getitem__"} {
		if f, ok := ns.GetStr(name); ok {
			if _, ok := f.(Binder); ok {
				ns.SetStr(name, &ClassMethod{f})
			}
		}
	}
	mro, err := computeMRO(c, bases)
	if err != nil {
		return nil, err
	}
	if len(mro) > maxMRO {
		return nil, TypeErrorf("class hierarchy is too deep")
	}
	c.mro = mro
	c.shape = c.layout()
	for _, k := range mro {
		if !k.native {
			c.lookups.mutable = append(c.lookups.mutable, k)
		}
	}
	return c, nil
}

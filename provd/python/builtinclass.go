package python

import (
	"maps"
	"slices"
)

// NewBuiltinClass makes a class implemented in Go. It may be shared by programs
// as long as its functions are safe for concurrent use.
//
// Bases that cannot be combined are the caller's bug; the class then has object
// as its only base.
func NewBuiltinClass(spec ClassSpec) *Class {
	bases := spec.Bases
	if len(bases) == 0 || checkBases(bases) != nil {
		bases = []*Class{ObjectClass}
	}
	c := &Class{native: true, ns: new(Dict), bases: bases, meta: TypeClass}
	mro, err := computeMRO(c, bases)
	if err != nil {
		c.bases = []*Class{ObjectClass}
		mro = []*Class{c, ObjectClass}
	}
	c.mro = mro
	c.name, c.qualname, c.module = spec.Name, spec.Name, "builtins"
	c.define(spec)
	return c
}

// define gives a built-in class its attributes. It must be called before the
// class is used.
func (c *Class) define(spec ClassSpec) {
	if spec.Module != "" {
		c.module = spec.Module
	}
	for _, b := range c.bases {
		if b.meta != TypeClass {
			c.meta = b.meta
		}
	}
	if spec.Meta != nil {
		c.meta = spec.Meta
	}
	if spec.New != nil {
		c.newFunc = spec.New
	}
	c.noNew, c.final, c.dotted = spec.NoNew, spec.Final, spec.Dotted
	if spec.Doc != "" {
		c.ns.SetStr("__doc__", Str(spec.Doc))
	} else {
		c.ns.SetStr("__doc__", None)
	}
	for _, name := range sorted(spec.Methods) {
		c.ns.SetStr(name, &Method{class: c, name: name, fn: spec.Methods[name]})
	}
	for _, name := range sorted(spec.ClassMethods) {
		c.ns.SetStr(name, &ClassMethod{&Method{class: c, name: name, fn: spec.ClassMethods[name]}})
	}
	for _, name := range sorted(spec.StaticMethods) {
		c.ns.SetStr(name, &StaticMethod{NewBuiltin(name, spec.StaticMethods[name])})
	}
	for _, name := range sorted(spec.Getters) {
		c.ns.SetStr(name, &GetSet{class: c, name: name, get: spec.Getters[name], set: spec.Setters[name]})
	}
	for _, name := range sorted(spec.Attrs) {
		c.ns.SetStr(name, spec.Attrs[name])
	}
	if _, ok := spec.Methods["__eq__"]; ok {
		if _, ok := spec.Methods["__hash__"]; !ok {
			c.ns.SetStr("__hash__", None)
		}
	}
}

// sorted returns the keys in order, so that dir() and vars() do not depend on
// Go's map order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// GetSet is a computed attribute of a built-in class.
type GetSet struct {
	class *Class
	name  string
	get   GetFunc
	set   SetFunc
}

// Type returns GetSetClass.
func (*GetSet) Type() *Class { return GetSetClass }

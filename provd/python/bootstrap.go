package python

// builtinNames is the namespace of the builtins module. Making it also fills in
// the attributes of the built-in classes: Go does not let the initialiser of a
// class variable mention methods that mention the variable, so the classes are
// made bare first and get their attributes here, once, before anything can use
// them. Nothing changes them afterwards.
var builtinNames = linkBuiltins()

func linkBuiltins() *Dict {
	linkClasses()
	d := NewDict(160)
	functions := builtinFunctions()
	for _, name := range sorted(functions) {
		d.SetStr(name, NewBuiltin(name, functions[name]))
	}
	for _, c := range []*Class{
		BoolClass, ByteArrayClass, BytesClass, ClassMethodClass, DictClass, EnumerateClass, FilterClass, FloatClass,
		FrozensetClass, IntClass, ListClass, MapClass, ObjectClass, PropertyClass, RangeClass, ReversedClass,
		SetClass, SliceClass, StaticMethodClass, StrClass, SuperClass, TupleClass, TypeClass, ZipClass,
	} {
		d.SetStr(c.name, c)
	}
	for _, c := range exceptionClasses() {
		d.SetStr(c.name, c)
	}
	d.SetStr("EnvironmentError", OSError)
	d.SetStr("IOError", OSError)
	d.SetStr("NotImplemented", NotImplemented)
	d.SetStr("Ellipsis", Ellipsis)
	d.SetStr("__debug__", True)
	d.SetStr("globals", NewBuiltin("globals", builtinGlobals))
	d.SetStr("locals", NewBuiltin("locals", builtinLocals))
	return d
}

// linkClasses gives every built-in class of the package its attributes.
func linkClasses() {
	linkObject()
	linkType()
	linkUnion()
	linkSingletons()
	linkNumbers()
	linkStr()
	linkBytes()
	linkSequences()
	linkDict()
	linkSet()
	linkRange()
	linkIterators()
	linkDescriptors()
	linkModule()
	linkFunctions()
	linkCode()
	linkExceptions()
}

package python

// The classes of the built-in values. They are immutable.
var (
	// ObjectClass is object and TypeClass is type, the roots of everything.
	ObjectClass, TypeClass = newRoots()

	// NoneClass is the class NoneType.
	NoneClass = bareClass("NoneType", ObjectClass)
	// BoolClass is the class bool.
	BoolClass = bareClass("bool", IntClass)
	// EllipsisClass is the class ellipsis.
	EllipsisClass = bareClass("ellipsis", ObjectClass)
	// NotImplementedClass is the class NotImplementedType.
	NotImplementedClass = bareClass("NotImplementedType", ObjectClass)
	// IntClass is the class int.
	IntClass = bareClass("int", ObjectClass)
	// FloatClass is the class float.
	FloatClass = bareClass("float", ObjectClass)
	// StrClass is the class str.
	StrClass = bareClass("str", ObjectClass)
	// BytesClass is the class bytes.
	BytesClass = bareClass("bytes", ObjectClass)
	// ByteArrayClass is the class bytearray.
	ByteArrayClass = bareClass("bytearray", ObjectClass)
	// ListClass is the class list.
	ListClass = bareClass("list", ObjectClass)
	// TupleClass is the class tuple.
	TupleClass = bareClass("tuple", ObjectClass)
	// DictClass is the class dict.
	DictClass = bareClass("dict", ObjectClass)
	// DictKeysClass is the class dict_keys.
	DictKeysClass = bareClass("dict_keys", ObjectClass)
	// DictValuesClass is the class dict_values.
	DictValuesClass = bareClass("dict_values", ObjectClass)
	// DictItemsClass is the class dict_items.
	DictItemsClass = bareClass("dict_items", ObjectClass)
	// SetClass is the class set.
	SetClass = bareClass("set", ObjectClass)
	// FrozensetClass is the class frozenset.
	FrozensetClass = bareClass("frozenset", ObjectClass)
	// RangeClass is the class range.
	RangeClass = bareClass("range", ObjectClass)
	// SliceClass is the class slice.
	SliceClass = bareClass("slice", ObjectClass)
	// ModuleClass is the class module.
	ModuleClass = bareClass("module", ObjectClass)
	// PropertyClass is the class property.
	PropertyClass = bareClass("property", ObjectClass)
	// StaticMethodClass is the class staticmethod.
	StaticMethodClass = bareClass("staticmethod", ObjectClass)
	// ClassMethodClass is the class classmethod.
	ClassMethodClass = bareClass("classmethod", ObjectClass)
	// SuperClass is the class super.
	SuperClass = bareClass("super", ObjectClass)
	// BuiltinFunctionClass is the class builtin_function_or_method.
	BuiltinFunctionClass = bareClass("builtin_function_or_method", ObjectClass)
	// MethodClass is the class method.
	MethodClass = bareClass("method", ObjectClass)
	// MethodDescriptorClass is the class method_descriptor.
	MethodDescriptorClass = bareClass("method_descriptor", ObjectClass)
	// GetSetClass is the class getset_descriptor.
	GetSetClass = bareClass("getset_descriptor", ObjectClass)
	// EnumerateClass is the class enumerate.
	EnumerateClass = bareClass("enumerate", ObjectClass)
	// FilterClass is the class filter.
	FilterClass = bareClass("filter", ObjectClass)
	// MapClass is the class map.
	MapClass = bareClass("map", ObjectClass)
	// ReversedClass is the class reversed.
	ReversedClass = bareClass("reversed", ObjectClass)
	// ZipClass is the class zip.
	ZipClass = bareClass("zip", ObjectClass)
	// UnionClass is the class UnionType.
	UnionClass = bareClass("UnionType", ObjectClass)
	// iteratorClass is the class iterator.
	iteratorClass = bareClass("iterator", ObjectClass)
	// listIteratorClass is the class list_iterator.
	listIteratorClass = bareClass("list_iterator", ObjectClass)
	// tupleIteratorClass is the class tuple_iterator.
	tupleIteratorClass = bareClass("tuple_iterator", ObjectClass)
	// strIteratorClass is the class str_iterator.
	strIteratorClass = bareClass("str_iterator", ObjectClass)
	// bytesIteratorClass is the class bytes_iterator.
	bytesIteratorClass = bareClass("bytes_iterator", ObjectClass)
	// setIteratorClass is the class set_iterator.
	setIteratorClass = bareClass("set_iterator", ObjectClass)
	// rangeIteratorClass is the class range_iterator.
	rangeIteratorClass = bareClass("range_iterator", ObjectClass)
	// longRangeIteratorClass is the class longrange_iterator.
	longRangeIteratorClass = bareClass("longrange_iterator", ObjectClass)
	// dictKeyIteratorClass is the class dict_keyiterator.
	dictKeyIteratorClass = bareClass("dict_keyiterator", ObjectClass)
	// dictValueIteratorClass is the class dict_valueiterator.
	dictValueIteratorClass = bareClass("dict_valueiterator", ObjectClass)
	// dictItemIteratorClass is the class dict_itemiterator.
	dictItemIteratorClass = bareClass("dict_itemiterator", ObjectClass)
	// callableIteratorClass is the class callable_iterator.
	callableIteratorClass = bareClass("callable_iterator", ObjectClass)
	// listReverseIteratorClass is the class list_reverseiterator.
	listReverseIteratorClass = bareClass("list_reverseiterator", ObjectClass)
	// dictReverseKeyIteratorClass is the class dict_reversekeyiterator.
	dictReverseKeyIteratorClass = bareClass("dict_reversekeyiterator", ObjectClass)
	// dictReverseValueIteratorClass is the class dict_reversevalueiterator.
	dictReverseValueIteratorClass = bareClass("dict_reversevalueiterator", ObjectClass)
	// dictReverseItemIteratorClass is the class dict_reverseitemiterator.
	dictReverseItemIteratorClass = bareClass("dict_reverseitemiterator", ObjectClass)
)

// newRoots makes the two classes that need each other.
func newRoots() (object, typ *Class) {
	object = &Class{name: "object", qualname: "object", module: "builtins", native: true, ns: new(Dict)}
	typ = &Class{name: "type", qualname: "type", module: "builtins", native: true, ns: new(Dict)}
	object.mro = []*Class{object}
	typ.bases, typ.mro = []*Class{object}, []*Class{typ, object}
	object.meta, typ.meta = typ, typ
	return object, typ
}

// bareClass makes a built-in class with a single base and no attributes yet.
func bareClass(name string, base *Class) *Class {
	c := &Class{
		name: name, qualname: name, module: "builtins", native: true, ns: new(Dict),
		bases: []*Class{base}, meta: TypeClass,
	}
	c.mro = append([]*Class{c}, base.mro...)
	return c
}

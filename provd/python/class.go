package python

// BuiltinFunc is the Go body of a built-in function.
type BuiltinFunc func(t *Thread, args []Value, kwargs []Keyword) (Value, error)

// MethodFunc is the Go body of a method of a built-in class. self is an instance
// of the class or of a class derived from it; Native returns the built-in value
// of either.
type MethodFunc func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error)

// NewFunc makes a new value of a built-in class (its __new__). cls is the class
// that was called, which may derive from the one that owns the function; the
// result may then be a plain value of the owner, the caller wraps it.
type NewFunc func(t *Thread, cls *Class, args []Value, kwargs []Keyword) (Value, error)

// GetFunc and SetFunc read and write a computed attribute. SetFunc gets a nil
// value for `del`.
type (
	GetFunc func(t *Thread, self Value) (Value, error)
	SetFunc func(t *Thread, self, value Value) error
)

// Class is a Python class, built in or made by a program.
type Class struct {
	name     string
	qualname string
	module   string
	bases    []*Class
	mro      []*Class
	ns       *Dict
	meta     *Class
	shape    *Class          // what layout returns, for a program's class
	slots    map[string]bool // the attributes instances can have; nil: any

	dotted  bool    // messages name it with its module
	native  bool    // built in: immutable, shared by all programs
	final   bool    // may not be derived from
	newFunc NewFunc // nil: the base's
	noNew   bool    // calling the class is a TypeError

	lookups classCache
}

// ClassSpec describes a class implemented in Go.
type ClassSpec struct {
	// Name is the class name, Module its __module__ ("builtins" when empty).
	Name, Module string
	// Doc is the class's __doc__; "" is None.
	Doc string
	// Bases are the base classes; none means object.
	Bases []*Class
	// Meta is the class of the class, for classes that can be iterated or
	// subscribed themselves; nil means type.
	Meta *Class
	// New makes instances. Nil inherits: with base object, instances are
	// *Instance and __init__ among the methods is called.
	New NewFunc
	// NoNew forbids calling the class ("cannot create 'x' instances").
	NoNew bool
	// Final forbids deriving from the class.
	Final bool
	// Dotted makes error messages name the class with its module, as CPython's
	// do for the classes of modules written in C.
	Dotted bool
	// Methods are the methods by name, dunder methods included.
	Methods map[string]MethodFunc
	// ClassMethods get the class as self.
	ClassMethods map[string]MethodFunc
	// StaticMethods get no self.
	StaticMethods map[string]BuiltinFunc
	// Getters and Setters are computed attributes. One with a getter only is
	// read-only.
	Getters map[string]GetFunc
	Setters map[string]SetFunc
	// Attrs are plain class attributes.
	Attrs map[string]Value
}

// Type returns the metaclass: TypeClass unless the class was given another.
func (c *Class) Type() *Class { return c.meta }

// Name returns the class's __name__.
func (c *Class) Name() string { return c.name }

// Qualname returns the class's __qualname__.
func (c *Class) Qualname() string { return c.qualname }

// Module returns the class's __module__.
func (c *Class) Module() string { return c.module }

// Bases returns the direct bases; the caller must not change the slice.
func (c *Class) Bases() []*Class { return c.bases }

// MRO returns the method resolution order, beginning with c; the caller must not
// change the slice.
func (c *Class) MRO() []*Class { return c.mro }

// Namespace returns the class's own attributes. It must not be changed; SetAttr
// does that.
func (c *Class) Namespace() *Dict { return c.ns }

// Builtin reports whether the class is implemented in Go.
func (c *Class) Builtin() bool { return c.native }

// IsSubclass reports whether c is base or derives from it.
func (c *Class) IsSubclass(base *Class) bool {
	for _, k := range c.mro {
		if k == base {
			return true
		}
	}
	return false
}

// IsInstance reports whether v is an instance of class or of a class derived
// from it.
func IsInstance(v Value, class *Class) bool {
	c := v.Type()
	return c == class || c.IsSubclass(class)
}

// Instance is an object of a class made by a program, or of a built-in class
// that has no Go type of its own.
type Instance struct {
	class *Class
	attrs *Dict

	// Native is the built-in value inside an instance of a class that derives
	// from a built-in one (the *Dict of `class D(dict)`), the *ExceptionData of an
	// exception, or what a host class keeps there; nil for other instances.
	Native Value
}

// NewInstance returns an instance of class without calling __new__ or __init__.
func NewInstance(class *Class, native Value) *Instance {
	return &Instance{class: class, Native: native}
}

// Type returns the instance's class.
func (i *Instance) Type() *Class { return i.class }

// Attrs returns the instance's __dict__, made on first use.
func (i *Instance) Attrs() *Dict {
	if i.attrs == nil {
		i.attrs = new(Dict)
	}
	return i.attrs
}

// Native returns the built-in value of v: v itself, or the Native of an instance
// that has one.
func Native(v Value) Value {
	if i, ok := v.(*Instance); ok && i.Native != nil {
		return i.Native
	}
	return v
}

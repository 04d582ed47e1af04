package python

// Callable is implemented by Go values that can be called.
type Callable interface {
	Value
	// Call calls the value. It must not keep args.
	Call(t *Thread, args []Value, kwargs []Keyword) (Value, error)
}

// Binder is implemented by callables that, found on a class through an
// instance, become a bound method (Python functions do, built-in functions do
// not).
type Binder interface {
	Callable
	// BindsSelf marks the type; it does nothing.
	BindsSelf()
}

// HasAttrs is implemented by Go values with attributes of their own besides
// their class's (functions, modules). Instances have Attrs instead.
type HasAttrs interface {
	Value
	// Attr returns the attribute, or nil when there is none.
	Attr(t *Thread, name string) (Value, error)
	// SetAttr sets the attribute, or deletes it when value is nil. handled is
	// false when the value has no such attribute that can be set, which makes
	// an AttributeError.
	SetAttr(t *Thread, name string, value Value) (handled bool, err error)
	// AttrNames lists the attributes for dir().
	AttrNames() []string
}

// Builtin is a built-in function.
type Builtin struct {
	name string
	fn   BuiltinFunc
}

// NewBuiltin returns a built-in function. fn must be safe for concurrent use
// when the function is shared between programs.
func NewBuiltin(name string, fn BuiltinFunc) *Builtin { return &Builtin{name: name, fn: fn} }

// Type returns BuiltinFunctionClass.
func (*Builtin) Type() *Class { return BuiltinFunctionClass }

// Name returns the function's __name__.
func (b *Builtin) Name() string { return b.name }

// Call calls the function.
func (b *Builtin) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	return b.fn(t, args, kwargs)
}

// Method is a method of a built-in class, not bound to an instance (`str.upper`).
type Method struct {
	class *Class
	name  string
	fn    MethodFunc
}

// Type returns MethodDescriptorClass.
func (*Method) Type() *Class { return MethodDescriptorClass }

// Name returns the method's __name__.
func (m *Method) Name() string { return m.name }

// CallSelf calls the method on self.
func (m *Method) CallSelf(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	return m.fn(t, self, args, kwargs)
}

// BoundMethod is a function or built-in method together with its self.
type BoundMethod struct {
	// Self is the first argument of every call.
	Self Value
	// Func is the function: a Binder, a *Method or any callable.
	Func Value
}

// Type returns MethodClass, or BuiltinFunctionClass for a method of a built-in
// class.
func (m *BoundMethod) Type() *Class {
	if _, ok := m.Func.(*Method); ok {
		return BuiltinFunctionClass
	}
	return MethodClass
}

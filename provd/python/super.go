package python

// Super is Python's super object: attribute lookup on Self that starts after
// Class in the method resolution order of Self's class (or of Self, when Self is
// a class). super() without arguments is NewSuper(the __class__ cell, the first
// argument); the virtual machine supplies both.
type Super struct {
	Class *Class
	Self  Value

	start *Class // the class whose resolution order is walked
}

// Type returns SuperClass.
func (*Super) Type() *Class { return SuperClass }

// NewSuper returns the super object for class and self. It raises TypeError when
// self is neither an instance nor a subclass of class.
func NewSuper(class *Class, self Value) (*Super, error) {
	if c, ok := self.(*Class); ok && c.IsSubclass(class) {
		return &Super{class, self, c}, nil
	}
	if c := self.Type(); c.IsSubclass(class) {
		return &Super{class, self, c}, nil
	}
	return nil, TypeErrorf("super(type, obj): obj must be an instance or subtype of type")
}

// find looks an attribute up after s.Class.
func (s *Super) find(t *Thread, name string) (attr, self Value, err error) {
	mro := s.start.mro
	for i, c := range mro {
		if c != s.Class {
			continue
		}
		attr, ok := lookupIn(mro[i+1:], name)
		if !ok {
			return nil, nil, nil
		}
		if s.Self == Value(s.start) {
			return bindToClass(t, attr, s.start)
		}
		return bind(t, attr, s.Self, s.start)
	}
	return nil, nil, nil
}

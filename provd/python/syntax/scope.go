package syntax

// ScopeKind is what a scope belongs to.
type ScopeKind uint8

// The kinds of scope. All but ModuleScope and ClassScope are functions.
const (
	ModuleScope ScopeKind = iota
	FunctionScope
	LambdaScope
	CompScope
	ClassScope
)

// Scope is the result of resolving a module, class body, function, lambda or
// comprehension: where its variables live.
type Scope struct {
	Kind     ScopeKind
	Name     string // __name__: "<module>", "<lambda>", "<listcomp>", ...
	Qualname string // __qualname__

	// Locals names the slots. Parameters come first: positional, keyword-only,
	// *args, **kwargs; a comprehension's only parameter, its first iterable, is
	// named ".0". A class body has at most one slot, for the cell __class__.
	Locals []string
	// Cells lists the slots that inner functions share.
	Cells []int
	// Frees names the captured variables, and Captures says where the enclosing
	// scope takes each from.
	Frees    []string
	Captures []Capture
	// ClassFree is the index in Frees of __class__, which super() without
	// arguments needs, or -1.
	ClassFree int
	// Generator reports whether the function yields.
	Generator bool
}

// Capture is where a function being made finds the cell of a captured
// variable: in a slot of the enclosing scope, or among its own captured ones.
type Capture struct {
	Slot  bool
	Index int
}

// classCell is the variable that holds the class around a method.
const classCell = "__class__"

// symbol is what a scope does with one name.
type symbol struct {
	used, bound, param, global, nonlocal bool

	iter    bool // iteration variable of a comprehension
	walrus  bool // assigned by := inside a comprehension
	slot    int  // of a local, or -1
	binding Binding
	index   int
}

// block is a scope under construction.
type block struct {
	*Scope
	parent *block
	depth  int
	class  string // innermost class name, for mangling
	syms   map[string]*symbol
	order  []string // names in order of appearance
	idents []*Ident
	frees  map[string]int
	cells  map[int]bool
	nonloc []*Ident // names of nonlocal statements, checked at the end
	loops  int      // loops open around the current statement
	inIter bool     // inside an iterable expression of a comprehension
}

func (b *block) function() bool { return b.Kind != ModuleScope && b.Kind != ClassScope }

// sym returns the entry of a name, made on first use.
func (b *block) sym(name string) *symbol {
	s := b.syms[name]
	if s == nil {
		s = &symbol{slot: -1}
		b.syms[name] = s
		b.order = append(b.order, name)
	}
	return s
}

// mangle returns the name a private identifier has inside a class.
func (b *block) mangle(name string) string {
	if len(name) < 3 || name[0] != '_' || name[1] != '_' || name[len(name)-1] == '_' && name[len(name)-2] == '_' {
		return name
	}
	class := b.class
	for len(class) > 0 && class[0] == '_' {
		class = class[1:]
	}
	if class == "" {
		return name
	}
	return "_" + class + name
}

// local reports whether the name is a variable of this function.
func (s *symbol) local() bool {
	return s != nil && (s.bound || s.param) && !s.global && !s.nonlocal
}

// enclosing finds the scope around b that owns a name as a local variable of a
// function (or as the cell of a class), or nil.
func (b *block) enclosing(name string) *block {
	for p := b.parent; p != nil; p = p.parent {
		switch {
		case p.Kind == ClassScope:
			if name == classCell {
				return p
			}
		case p.Kind == ModuleScope:
			return nil
		default:
			s := p.syms[name]
			if s.local() {
				return p
			}
			if s != nil && s.global {
				return nil
			}
		}
	}
	return nil
}

// slotOf returns the slot of a local variable, made on first use.
func (b *block) slotOf(r *resolver, name string) int {
	s := b.sym(name)
	if b.Kind == ClassScope { // its __class__ cell is no variable of the body
		if len(b.Locals) == 0 {
			b.Locals = append(b.Locals, name)
		}
		return 0
	}
	if s.slot < 0 {
		if len(b.Locals) >= MaxLocals {
			r.fail(Position{1, 1}, "too many local variables in %s (limit %d)", b.Qualname, MaxLocals)
		}
		s.slot = len(b.Locals)
		b.Locals = append(b.Locals, name)
	}
	return s.slot
}

// capture makes b, and the scopes between b and owner, take a variable of
// owner, and returns its index among b's captured variables.
func (b *block) capture(r *resolver, name string, owner *block) int {
	if i, ok := b.frees[name]; ok {
		return i
	}
	var c Capture
	if b.parent == owner {
		c = Capture{Slot: true, Index: owner.slotOf(r, name)}
		if !owner.cells[c.Index] {
			owner.cells[c.Index] = true
			owner.Cells = append(owner.Cells, c.Index)
		}
	} else {
		c = Capture{Index: b.parent.capture(r, name, owner)}
	}
	if len(b.Frees) >= MaxCaptured {
		r.fail(Position{1, 1}, "too many captured variables in %s (limit %d)", b.Qualname, MaxCaptured)
	}
	i := len(b.Frees)
	b.frees[name] = i
	b.Frees = append(b.Frees, name)
	b.Captures = append(b.Captures, c)
	if name == classCell {
		b.ClassFree = i
	}
	return i
}

// bind decides how the names of b are looked up. Blocks are bound from the
// outside in, so that slots of enclosing functions exist.
func (r *resolver) bind(b *block) {
	if b.function() {
		for _, name := range b.order {
			if b.syms[name].local() {
				b.slotOf(r, name)
			}
		}
	}
	for _, id := range b.nonloc {
		if b.enclosing(id.Name) == nil {
			r.fail(id.Pos(), "no binding for nonlocal '%s' found", clip(id.Name))
		}
	}
	for _, name := range b.order {
		s := b.syms[name]
		var owner *block
		if !s.global && !s.local() {
			owner = b.enclosing(name)
		}
		switch {
		case b.Kind == ModuleScope || s.global:
			s.binding = BindGlobal
		case s.nonlocal:
			s.binding, s.index = BindFree, b.capture(r, name, owner)
		case s.local() && b.Kind == ClassScope:
			s.binding = BindName
		case s.local():
			s.binding, s.index = BindLocal, s.slot
		case owner != nil && b.Kind == ClassScope:
			s.binding, s.index = BindClassFree, b.capture(r, name, owner)
		case owner != nil:
			s.binding, s.index = BindFree, b.capture(r, name, owner)
		case b.Kind == ClassScope:
			s.binding = BindName
		default:
			s.binding = BindGlobal
		}
	}
}

// annotate writes the decisions into the identifiers, once all cells are known.
func (b *block) annotate() {
	for _, id := range b.idents {
		s := b.syms[id.Name]
		id.Binding, id.Index = s.binding, s.index
		if id.Binding == BindLocal && b.cells[id.Index] {
			id.Binding = BindCell
		}
	}
}

package syntax

// Node is a part of a template.
type Node interface {
	// Line is where the node starts, counted from 1.
	Line() int
}

// At is the position that every node carries.
type At int

// Line gives the position as a number.
func (a At) Line() int { return int(a) }

// Stmt is a node that writes output or changes names.
type Stmt interface {
	Node
	stmt()
}

// Expr is a node that has a value.
type Expr interface {
	Node
	// Kind is Jinja2's name for the node in lower case, as its messages use it.
	Kind() string
}

// Template is a whole source.
type Template struct {
	At
	Body []Stmt
}

// Statements, with the meaning of the tag of the same name.
type (
	// Output writes expressions and Data one after the other.
	Output struct {
		At
		Nodes []Expr
	}
	// Extends names the parent template.
	Extends struct {
		At
		Template Expr
	}
	// For is a loop; Test filters the items, Else runs when there were none.
	For struct {
		At
		Target    Expr
		Iter      Expr
		Body      []Stmt
		Else      []Stmt
		Test      Expr
		Recursive bool
	}
	// If has one condition; Elif holds the branches with only Test and Body.
	If struct {
		At
		Test Expr
		Body []Stmt
		Elif []*If
		Else []Stmt
	}
	// Macro defines a macro; Defaults belong to the last Args.
	Macro struct {
		At
		Name     string
		Args     []*Name
		Defaults []Expr
		Body     []Stmt
	}
	// CallBlock calls a macro with its body as caller().
	CallBlock struct {
		At
		Call     *Call
		Args     []*Name
		Defaults []Expr
		Body     []Stmt
	}
	// FilterBlock sends its body through a chain of filters whose innermost
	// node is nil.
	FilterBlock struct {
		At
		Filter Expr
		Body   []Stmt
	}
	// With opens a scope with new names.
	With struct {
		At
		Targets []Expr
		Values  []Expr
		Body    []Stmt
	}
	// Block is a part that a child template may replace.
	Block struct {
		At
		Name     string
		Body     []Stmt
		Scoped   bool
		Required bool
	}
	// Include renders another template in place.
	Include struct {
		At
		Template      Expr
		WithContext   bool
		IgnoreMissing bool
	}
	// Import binds the names that a template exports to one object.
	Import struct {
		At
		Template    Expr
		Target      string
		WithContext bool
	}
	// FromImport binds single names that a template exports.
	FromImport struct {
		At
		Template    Expr
		Names       []ImportName
		WithContext bool
	}
	// Assign is a set tag with a value.
	Assign struct {
		At
		Target Expr
		Value  Expr
	}
	// AssignBlock is a set tag with a body; Filter may be nil.
	AssignBlock struct {
		At
		Target Expr
		Filter Expr
		Body   []Stmt
	}
	// Autoescape switches escaping for its body, which is a scope of its own.
	Autoescape struct {
		At
		Value Expr
		Body  []Stmt
	}
)

// ImportName is one name of a FromImport and the name it is bound to.
type ImportName struct{ Name, Alias string }

func (*Output) stmt()      {}
func (*Extends) stmt()     {}
func (*For) stmt()         {}
func (*If) stmt()          {}
func (*Macro) stmt()       {}
func (*CallBlock) stmt()   {}
func (*FilterBlock) stmt() {}
func (*With) stmt()        {}
func (*Block) stmt()       {}
func (*Include) stmt()     {}
func (*Import) stmt()      {}
func (*FromImport) stmt()  {}
func (*Assign) stmt()      {}
func (*AssignBlock) stmt() {}
func (*Autoescape) stmt()  {}

// Ctx tells what is done with a name.
type Ctx uint8

const (
	// Load reads the name.
	Load Ctx = iota
	// Store assigns to it.
	Store
	// Param declares it as a parameter.
	Param
)

// Expressions.
type (
	// Data is text outside of tags.
	Data struct {
		At
		Text string
	}
	// Const is a literal: nil, bool, string, int64, *big.Int or float64.
	Const struct {
		At
		Value any
	}
	// Name is a variable.
	Name struct {
		At
		Name string
		Ctx  Ctx
	}
	// NSRef is the target of {% set name.attr = ... %}.
	NSRef struct {
		At
		Name, Attr string
	}
	// Tuple is a tuple display or several targets.
	Tuple struct {
		At
		Items []Expr
	}
	// List is a list display.
	List struct {
		At
		Items []Expr
	}
	// Dict is a dictionary display.
	Dict struct {
		At
		Items []Pair
	}
	// CondExpr is "Then if Test else Else"; Else may be nil.
	CondExpr struct {
		At
		Test, Then, Else Expr
	}
	// Filter applies a filter to Node, which is nil in filter and set blocks.
	Filter struct {
		At
		Node Expr
		Name string
		Args
	}
	// Test is "Node is Name(Args)".
	Test struct {
		At
		Node Expr
		Name string
		Args
	}
	// Call calls Node.
	Call struct {
		At
		Node Expr
		Args
	}
	// Getattr is Node.Attr: the attribute first, then the item.
	Getattr struct {
		At
		Node Expr
		Attr string
	}
	// Getitem is Node[Arg]: the item first, then the attribute.
	Getitem struct {
		At
		Node, Arg Expr
	}
	// Slice is the argument of a Getitem; each part may be nil.
	Slice struct {
		At
		Start, Stop, Step Expr
	}
	// Concat joins texts with ~.
	Concat struct {
		At
		Nodes []Expr
	}
	// Compare is a chain of comparisons.
	Compare struct {
		At
		Expr Expr
		Ops  []Operand
	}
	// Binary is an arithmetic operation.
	Binary struct {
		At
		Op          BinaryOp
		Left, Right Expr
	}
	// Logic is "and" or, with Or set, "or".
	Logic struct {
		At
		Or          bool
		Left, Right Expr
	}
	// Not is the negation of a truth value.
	Not struct {
		At
		Node Expr
	}
	// Sign is unary minus or, with Plus set, unary plus.
	Sign struct {
		At
		Plus bool
		Node Expr
	}
)

// Pair is a key and a value of a Dict.
type Pair struct{ Key, Value Expr }

// Args are the arguments of a call; DynArgs and DynKwargs may be nil.
type Args struct {
	Pos       []Expr
	Kwargs    []Keyword
	DynArgs   Expr
	DynKwargs Expr
}

// Keyword is a named argument.
type Keyword struct {
	Name  string
	Value Expr
}

// Operand is one comparison of a chain.
type Operand struct {
	Op   CompareOp
	Expr Expr
}

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons of the language.
const (
	Eq CompareOp = iota
	Ne
	Gt
	Ge
	Lt
	Le
	In
	NotIn
)

// BinaryOp is an arithmetic operator.
type BinaryOp uint8

// The arithmetic operators of the language.
const (
	Add BinaryOp = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
)

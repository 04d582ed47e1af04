package syntax

import "math/big"

// Expr is an expression node.
type Expr interface {
	// Pos is the position of the node's first character.
	Pos() Position
	expr()
}

// Node carries the position every tree node has.
type Node struct {
	Start Position
}

// Pos is the position of the node's first character.
func (n Node) Pos() Position { return n.Start }

// exprNode is embedded by every expression.
type exprNode struct{ Node }

func (exprNode) expr() {}

// Binding says how a name is looked up. Resolve sets it on every Ident.
type Binding uint8

// The kinds of binding.
const (
	BindNone      Binding = iota // not resolved (names in annotations)
	BindLocal                    // slot Index of the running function
	BindCell                     // slot Index of the running function, holding a cell shared with inner functions
	BindFree                     // captured variable Index of the running function
	BindGlobal                   // module globals, then builtins
	BindName                     // namespace of the running class body, then globals, then builtins
	BindClassFree                // namespace of the running class body, then captured variable Index
)

// Ident is an identifier that is bound to a variable: in an expression, or as
// the name of a function, class, parameter, import or exception.
type Ident struct {
	exprNode
	Name    string // mangled by Resolve if private to a class
	Binding Binding
	Index   int // slot or captured variable, by Binding
}

// ConstKind is the type of a literal.
type ConstKind uint8

// The kinds of literal.
const (
	ConstNone ConstKind = iota
	ConstTrue
	ConstFalse
	ConstEllipsis
	ConstInt
	ConstFloat
	ConstStr
	ConstBytes
)

// Const is a literal.
type Const struct {
	exprNode
	Kind  ConstKind
	Int   int64    // ConstInt, if Big is nil
	Big   *big.Int // ConstInt beyond int64
	Float float64
	Str   string // ConstStr (UTF-8; a surrogate escape in its three-byte form), ConstBytes (any bytes)
}

// FString is an f-string, or a literal made of several with at least one
// f-string among them.
type FString struct {
	exprNode
	Parts []Expr // *Const strings and *FormattedValue
}

// FormattedValue is one {...} of an f-string.
type FormattedValue struct {
	exprNode
	Value      Expr
	Conversion byte     // 's', 'r', 'a', or 0
	Spec       *FString // nil without format spec
}

// Tuple is a tuple display, or an unparenthesised list of targets.
type Tuple struct {
	exprNode
	Elems []Expr
}

// List is a list display or bracketed target list.
type List struct {
	exprNode
	Elems []Expr
}

// Set is a set display.
type Set struct {
	exprNode
	Elems []Expr
}

// Dict is a dictionary display.
type Dict struct {
	exprNode
	Items []DictItem
}

// DictItem is one "key: value" of a dictionary display, or "**value" if Key is
// nil.
type DictItem struct {
	Key, Value Expr
}

// Starred is "*value" in a display, call, subscript or target list.
type Starred struct {
	exprNode
	Value Expr
}

// Attribute is "value.name".
type Attribute struct {
	exprNode
	Value   Expr
	Name    string // mangled by Resolve if private to a class
	NamePos Position
}

// Subscript is "value[index]".
type Subscript struct {
	exprNode
	Value, Index Expr
}

// Slice is "low:high:step" in a subscript; absent parts are nil.
type Slice struct {
	exprNode
	Low, High, Step Expr
}

// Call is a function call.
type Call struct {
	exprNode
	Func     Expr
	Args     []Expr    // positional; *Starred for *args
	Keywords []Keyword // in source order
}

// Keyword is "name=value" in a call or class header, or "**value" if Name is
// empty.
type Keyword struct {
	Name  string
	Pos   Position
	Value Expr
}

// Operator is a unary, binary or comparison operator.
type Operator uint8

// The operators.
const (
	Add Operator = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
	LShift
	RShift
	BitAnd
	BitOr
	BitXor
	MatMul
	Neg
	Plus
	Invert
	Not
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	In
	NotIn
	Is
	IsNot
)

// Unary is "op x".
type Unary struct {
	exprNode
	Op Operator // Neg, Plus, Invert, Not
	X  Expr
}

// Binary is "x op y" for arithmetic and bitwise operators.
type Binary struct {
	exprNode
	Op   Operator
	X, Y Expr
}

// BoolOp is "x and y and ..." or "x or y or ...", with two operands or more.
type BoolOp struct {
	exprNode
	And      bool
	Operands []Expr
}

// Compare is "x op y op z ...", evaluated pairwise with a short cut.
type Compare struct {
	exprNode
	First Expr
	Ops   []Operator
	Rest  []Expr
}

// Conditional is "then if cond else otherwise".
type Conditional struct {
	exprNode
	Cond, Then, Else Expr
}

// Lambda is a lambda expression.
type Lambda struct {
	exprNode
	Params Params
	Body   Expr
	Scope  *Scope // set by Resolve
}

// CompKind is the kind of a comprehension.
type CompKind uint8

// The kinds of comprehension.
const (
	ListComp CompKind = iota
	SetComp
	DictComp
	GeneratorExp
)

// Comprehension is a list, set or dictionary comprehension or a generator
// expression. The iterable of the first clause belongs to the enclosing scope.
type Comprehension struct {
	exprNode
	Kind    CompKind
	Key     Expr // DictComp only
	Elem    Expr
	Clauses []CompClause
	Scope   *Scope // set by Resolve
}

// CompClause is "for target in iter if cond if cond ...".
type CompClause struct {
	Target, Iter Expr
	Conds        []Expr
}

// Yield is "yield value"; Value may be nil.
type Yield struct {
	exprNode
	Value Expr
}

// YieldFrom is "yield from value".
type YieldFrom struct {
	exprNode
	Value Expr
}

// Walrus is "name := value".
type Walrus struct {
	exprNode
	Target *Ident
	Value  Expr
}

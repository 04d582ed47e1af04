package syntax

// Stmt is a statement node.
type Stmt interface {
	// Pos is the position of the statement's first character.
	Pos() Position
	stmt()
}

// stmtNode is embedded by every statement.
type stmtNode struct{ Node }

func (stmtNode) stmt() {}

// Module is a whole source file.
type Module struct {
	File  string
	Body  []Stmt
	Scope *Scope // set by Resolve
}

// ExprStmt is an expression evaluated for its effect.
type ExprStmt struct {
	stmtNode
	X Expr
}

// Assign is "target = target = ... = value".
type Assign struct {
	stmtNode
	Targets []Expr
	Value   Expr
}

// AugAssign is "target op= value".
type AugAssign struct {
	stmtNode
	Target Expr
	Op     Operator
	Value  Expr
}

// AnnAssign is "target: annotation = value"; Value may be nil. The annotation
// is never evaluated; Text is its source.
type AnnAssign struct {
	stmtNode
	Target     Expr
	Annotation Expr
	Text       string
	Value      Expr
	Simple     bool // the target is a bare name, not in parentheses
}

// Delete is "del target, ...".
type Delete struct {
	stmtNode
	Target Expr // *Tuple for several
}

// Pass does nothing.
type Pass struct{ stmtNode }

// Break leaves the innermost loop.
type Break struct{ stmtNode }

// Continue starts the innermost loop's next round.
type Continue struct{ stmtNode }

// Return leaves the function; Value may be nil.
type Return struct {
	stmtNode
	Value Expr
}

// Raise is "raise exc from cause"; Exc and Cause may be nil.
type Raise struct {
	stmtNode
	Exc, Cause Expr
}

// Global declares names to be module globals.
type Global struct {
	stmtNode
	Names []*Ident
}

// Nonlocal declares names to belong to an enclosing function.
type Nonlocal struct {
	stmtNode
	Names []*Ident
}

// Assert is "assert test, message"; Msg may be nil.
type Assert struct {
	stmtNode
	Test, Msg Expr
}

// Import is "import a.b as c, ...".
type Import struct {
	stmtNode
	Names []ImportName
}

// ImportName is one module of an import statement.
type ImportName struct {
	Module string // dotted name
	As     bool   // "as" was given
	Bound  *Ident // the variable: the alias, or the first component
}

// ImportFrom is "from ...module import a as b, ...". "from m import *" has
// Star set and no names. "from __future__ import" is checked by the parser
// and left in the tree with Future set: it does nothing at run time.
type ImportFrom struct {
	stmtNode
	Module string // may be empty for relative imports
	Level  int    // leading dots
	Names  []FromName
	Star   bool
	Future bool
}

// FromName is one name of a from-import.
type FromName struct {
	Name  string
	Pos   Position
	Bound *Ident
}

// If is an if statement with its elif clauses.
type If struct {
	stmtNode
	Clauses []IfClause // the "if", then each "elif"
	Else    []Stmt
}

// IfClause is one condition and its block.
type IfClause struct {
	Cond Expr
	Body []Stmt
}

// While is a while loop.
type While struct {
	stmtNode
	Cond Expr
	Body []Stmt
	Else []Stmt
}

// For is a for loop.
type For struct {
	stmtNode
	Target, Iter Expr
	Body         []Stmt
	Else         []Stmt
}

// Try is a try statement. It has handlers, a finally block, or both.
type Try struct {
	stmtNode
	Body     []Stmt
	Handlers []Handler
	Else     []Stmt
	Finally  []Stmt
}

// Handler is one except clause. Type is nil for a bare except, Bound without
// "as".
type Handler struct {
	Start Position
	Type  Expr
	Bound *Ident
	Body  []Stmt
}

// With is a with statement.
type With struct {
	stmtNode
	Items []WithItem
	Body  []Stmt
}

// WithItem is "context as target"; Target may be nil.
type WithItem struct {
	Context, Target Expr
}

// Params are the parameters of a function or lambda.
type Params struct {
	Pos    []Param // positional; the first PosOnly of them cannot be given by keyword
	Star   *Param  // *args, or nil
	KwOnly []Param
	KwArgs *Param // **kwargs, or nil

	PosOnly int
}

// Param is one parameter. Default and Annotation may be nil.
type Param struct {
	Name       *Ident
	Default    Expr
	Annotation Expr
}

// FuncDef is a function definition.
type FuncDef struct {
	stmtNode
	Name       *Ident
	Decorators []Expr
	Params     Params
	Returns    Expr // annotation, or nil
	Body       []Stmt
	Scope      *Scope // set by Resolve
}

// ClassDef is a class definition.
type ClassDef struct {
	stmtNode
	Name       *Ident
	Decorators []Expr
	Bases      []Expr // *Starred allowed
	Keywords   []Keyword
	Body       []Stmt
	Scope      *Scope // set by Resolve
}

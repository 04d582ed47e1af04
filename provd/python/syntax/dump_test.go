package syntax

import (
	"fmt"
	"strconv"
	"strings"
)

// dump writes a tree as an S-expression, for comparison in tests.
func dump(x any) string {
	var b strings.Builder
	d := dumper{&b}
	d.node(x)
	return b.String()
}

type dumper struct{ *strings.Builder }

func (d dumper) list(name string, parts ...any) {
	d.WriteString("(" + name)
	for _, p := range parts {
		d.WriteByte(' ')
		d.node(p)
	}
	d.WriteByte(')')
}

func (d dumper) node(x any) {
	switch x := x.(type) {
	case nil:
		d.WriteByte('-')
	case string:
		d.WriteString(x)
	case int:
		d.WriteString(strconv.Itoa(x))
	case bool:
		d.WriteString(strconv.FormatBool(x))
	case []Expr:
		d.WriteByte('[')
		for i, e := range x {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.node(e)
		}
		d.WriteByte(']')
	case []Stmt:
		d.WriteByte('[')
		for i, s := range x {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.node(s)
		}
		d.WriteByte(']')
	case []Keyword:
		d.WriteByte('[')
		for i, k := range x {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.list("kw", k.Name, k.Value)
		}
		d.WriteByte(']')
	case []*Ident:
		d.WriteByte('[')
		for i, id := range x {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.WriteString(id.Name)
		}
		d.WriteByte(']')
	case *Module:
		d.node(x.Body)
	case Expr:
		d.expr(x)
	case Stmt:
		d.stmt(x)
	default:
		panic(fmt.Sprintf("dump: %T", x))
	}
}

var opNames = [...]string{
	"Add", "Sub", "Mult", "Div", "FloorDiv", "Mod", "Pow", "LShift", "RShift", "BitAnd", "BitOr", "BitXor",
	"MatMult", "USub", "UAdd", "Invert", "Not", "Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "In", "NotIn", "Is", "IsNot",
}

func quoteBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f && c != '\\' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "\\%02x", c)
		}
	}
	return b.String()
}

func (d dumper) expr(x Expr) {
	switch x := x.(type) {
	case *Ident:
		if x == nil {
			d.WriteByte('-')
			return
		}
		d.WriteString(x.Name)
	case *Const:
		d.WriteString(constText(x))
	case *FString:
		if x == nil {
			d.WriteByte('-')
			return
		}
		d.list("fstring", x.Parts)
	case *FormattedValue:
		conv := "0"
		if x.Conversion != 0 {
			conv = string(x.Conversion)
		}
		d.list("field", x.Value, conv, x.Spec)
	case *Tuple:
		d.list("tuple", x.Elems)
	case *List:
		d.list("list", x.Elems)
	case *Set:
		d.list("set", x.Elems)
	case *Dict:
		d.WriteString("(dict")
		for _, item := range x.Items {
			d.WriteByte(' ')
			d.node(item.Key)
			d.WriteByte(':')
			d.node(item.Value)
		}
		d.WriteByte(')')
	case *Starred:
		d.list("star", x.Value)
	case *Attribute:
		d.list("attr", x.Value, x.Name)
	case *Subscript:
		d.list("sub", x.Value, x.Index)
	case *Slice:
		d.list("slice", x.Low, x.High, x.Step)
	case *Call:
		d.list("call", x.Func, x.Args, x.Keywords)
	case *Unary:
		d.list(opNames[x.Op], x.X)
	case *Binary:
		d.list(opNames[x.Op], x.X, x.Y)
	case *BoolOp:
		name := "Or"
		if x.And {
			name = "And"
		}
		d.list(name, x.Operands)
	case *Compare:
		d.WriteString("(cmp ")
		d.node(x.First)
		for i, op := range x.Ops {
			d.WriteString(" " + opNames[op] + " ")
			d.node(x.Rest[i])
		}
		d.WriteByte(')')
	case *Conditional:
		d.list("if", x.Cond, x.Then, x.Else)
	case *Lambda:
		d.list("lambda", dumpParams(x.Params), x.Body)
	case *Comprehension:
		d.WriteString("(" + [...]string{"listcomp", "setcomp", "dictcomp", "genexp"}[x.Kind] + " ")
		if x.Kind == DictComp {
			d.node(x.Key)
			d.WriteByte(':')
		}
		d.node(x.Elem)
		for _, c := range x.Clauses {
			d.WriteByte(' ')
			d.list("for", c.Target, c.Iter, c.Conds)
		}
		d.WriteByte(')')
	case *Yield:
		d.list("yield", x.Value)
	case *YieldFrom:
		d.list("yieldfrom", x.Value)
	case *Walrus:
		d.list("walrus", x.Target, x.Value)
	default:
		panic(fmt.Sprintf("dump: %T", x))
	}
}

func constText(x *Const) string {
	switch x.Kind {
	case ConstNone:
		return "None"
	case ConstTrue:
		return "True"
	case ConstFalse:
		return "False"
	case ConstEllipsis:
		return "..."
	case ConstInt:
		if x.Big != nil {
			return x.Big.Text(16)
		}
		return strconv.FormatInt(x.Int, 16)
	case ConstFloat:
		return "f" + strconv.FormatFloat(x.Float, 'e', 16, 64)
	case ConstStr:
		return "'" + quoteBytes(x.Str) + "'"
	}
	return "b'" + quoteBytes(x.Str) + "'"
}

func dumpParams(ps Params) string {
	var out []string
	one := func(prefix string, p Param) {
		s := prefix + p.Name.Name
		if p.Annotation != nil {
			s += ":" + dump(p.Annotation)
		}
		if p.Default != nil {
			s += "=" + dump(p.Default)
		}
		out = append(out, s)
	}
	for i, p := range ps.Pos {
		one("", p)
		if i+1 == ps.PosOnly {
			out = append(out, "/")
		}
	}
	if ps.Star != nil {
		one("*", *ps.Star)
	} else if len(ps.KwOnly) > 0 {
		out = append(out, "*")
	}
	for _, p := range ps.KwOnly {
		one("", p)
	}
	if ps.KwArgs != nil {
		one("**", *ps.KwArgs)
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func (d dumper) stmt(st Stmt) {
	switch st := st.(type) {
	case *ExprStmt:
		d.list("expr", st.X)
	case *Assign:
		d.list("assign", st.Targets, st.Value)
	case *AugAssign:
		d.list("aug", opNames[st.Op], st.Target, st.Value)
	case *AnnAssign:
		d.list("ann", st.Target, st.Annotation, st.Value, st.Simple)
	case *Delete:
		d.list("del", st.Target)
	case *Pass:
		d.list("pass")
	case *Break:
		d.list("break")
	case *Continue:
		d.list("continue")
	case *Return:
		d.list("return", st.Value)
	case *Raise:
		d.list("raise", st.Exc, st.Cause)
	case *Global:
		d.list("global", st.Names)
	case *Nonlocal:
		d.list("nonlocal", st.Names)
	case *Assert:
		d.list("assert", st.Test, st.Msg)
	case *Import:
		d.WriteString("(import")
		for _, n := range st.Names {
			d.WriteString(" " + n.Module)
			if n.As {
				d.WriteString(":" + n.Bound.Name)
			}
		}
		d.WriteByte(')')
	case *ImportFrom:
		d.WriteString("(from " + strings.Repeat(".", st.Level) + st.Module)
		if st.Star {
			d.WriteString(" *")
		}
		for _, n := range st.Names {
			d.WriteString(" " + n.Name)
			if n.Bound.Name != n.Name {
				d.WriteString(":" + n.Bound.Name)
			}
		}
		d.WriteByte(')')
	case *If:
		d.dumpIf(st.Clauses, st.Else)
	case *While:
		d.list("while", st.Cond, st.Body, st.Else)
	case *For:
		d.list("for", st.Target, st.Iter, st.Body, st.Else)
	case *Try:
		d.WriteString("(try ")
		d.node(st.Body)
		for _, h := range st.Handlers {
			d.WriteByte(' ')
			d.list("except", h.Type, h.Bound, h.Body)
		}
		d.WriteByte(' ')
		d.node(st.Else)
		d.WriteByte(' ')
		d.node(st.Finally)
		d.WriteByte(')')
	case *With:
		d.WriteString("(with")
		for _, item := range st.Items {
			d.WriteByte(' ')
			d.list("item", item.Context, item.Target)
		}
		d.WriteByte(' ')
		d.node(st.Body)
		d.WriteByte(')')
	case *FuncDef:
		d.list("def", st.Name, st.Decorators, dumpParams(st.Params), st.Returns, st.Body)
	case *ClassDef:
		d.list("class", st.Name, st.Decorators, st.Bases, st.Keywords, st.Body)
	default:
		panic(fmt.Sprintf("dump: %T", st))
	}
}

// dumpIf nests elif clauses, as CPython's tree does.
func (d dumper) dumpIf(clauses []IfClause, orelse []Stmt) {
	d.WriteString("(if ")
	d.node(clauses[0].Cond)
	d.WriteByte(' ')
	d.node(clauses[0].Body)
	d.WriteByte(' ')
	if len(clauses) > 1 {
		d.WriteByte('[')
		d.dumpIf(clauses[1:], orelse)
		d.WriteByte(']')
	} else {
		d.node(orelse)
	}
	d.WriteByte(')')
}

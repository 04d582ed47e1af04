package syntax

// checkTarget refuses what cannot be assigned to.
func (p *parser) checkTarget(x Expr) { p.target(x, "assign to") }

// checkDelete refuses what cannot be deleted.
func (p *parser) checkDelete(x Expr) { p.target(x, "delete") }

func (p *parser) target(x Expr, verb string) {
	p.enter()
	defer p.leave()
	switch x := x.(type) {
	case *Ident:
		if x.Name == "__debug__" {
			p.fail(x.Pos(), "cannot %s __debug__", verb)
		}
	case *Attribute, *Subscript:
	case *Tuple:
		p.targets(x.Elems, verb)
	case *List:
		p.targets(x.Elems, verb)
	case *Starred:
		if verb == "delete" {
			p.fail(x.Pos(), "cannot delete starred")
		}
		if _, nested := x.Value.(*Starred); nested {
			p.fail(x.Pos(), "cannot assign to starred")
		}
		p.target(x.Value, verb)
	default:
		p.fail(x.Pos(), "cannot %s %s", verb, describe(x))
	}
}

func (p *parser) targets(list []Expr, verb string) {
	stars := 0
	for _, x := range list {
		if s, ok := x.(*Starred); ok {
			if stars++; stars > 1 {
				p.fail(s.Pos(), "multiple starred expressions in assignment")
			}
		}
		p.target(x, verb)
	}
}

// describe names an expression as CPython's messages do.
func describe(x Expr) string {
	switch x := x.(type) {
	case *Const:
		switch x.Kind {
		case ConstNone:
			return "None"
		case ConstTrue:
			return "True"
		case ConstFalse:
			return "False"
		case ConstEllipsis:
			return "ellipsis"
		}
		return "literal"
	case *FString:
		return "f-string expression"
	case *Ident:
		return "name"
	case *Attribute:
		return "attribute"
	case *Subscript:
		return "subscript"
	case *Tuple:
		return "tuple"
	case *List:
		return "list"
	case *Set:
		return "set display"
	case *Dict:
		return "dict literal"
	case *Call:
		return "function call"
	case *Compare:
		return "comparison"
	case *Conditional:
		return "conditional expression"
	case *Lambda:
		return "lambda"
	case *Yield, *YieldFrom:
		return "yield expression"
	case *Walrus:
		return "named expression"
	case *Starred:
		return "starred"
	case *Comprehension:
		return [...]string{"list comprehension", "set comprehension", "dict comprehension", "generator expression"}[x.Kind]
	}
	return "expression"
}

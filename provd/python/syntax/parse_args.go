package syntax

// args parses call arguments up to and including the closing parenthesis.
func (p *parser) args(call *Call) {
	seen := map[string]bool{}
	unpacked := false // a **mapping was seen
	for p.tok.kind != tokRParen {
		pos := p.tok.pos
		switch {
		case p.got(tokStar):
			if unpacked {
				p.fail(pos, "iterable argument unpacking follows keyword argument unpacking")
			}
			call.Args = append(call.Args, &Starred{at(pos), p.expr()})
		case p.got(tokStarStar):
			call.Keywords = append(call.Keywords, Keyword{"", pos, p.expr()})
			unpacked = true
		case p.tok.kind == tokName && p.peek() == tokAssign:
			name := p.text()
			if name == "__debug__" {
				p.fail(pos, "cannot assign to __debug__")
			}
			if seen[name] {
				p.fail(pos, "keyword argument repeated: %s", clip(name))
			}
			seen[name] = true
			p.next()
			p.next()
			call.Keywords = append(call.Keywords, Keyword{name, pos, p.expr()})
		default:
			x := p.named()
			if p.tok.kind == kwFor || p.tok.kind == kwAsync {
				x = p.comprehension(pos, GeneratorExp, nil, x)
				if len(call.Args)+len(call.Keywords) > 0 || p.tok.kind != tokRParen {
					p.fail(pos, "Generator expression must be parenthesized")
				}
			}
			if p.tok.kind == tokAssign {
				p.fail(pos, "expression cannot contain assignment, perhaps you meant \"==\"?")
			}
			if unpacked {
				p.fail(pos, "positional argument follows keyword argument unpacking")
			}
			if len(call.Keywords) > 0 {
				p.fail(pos, "positional argument follows keyword argument")
			}
			call.Args = append(call.Args, x)
		}
		if !p.got(tokComma) {
			break
		}
	}
	p.wantClose(tokRParen)
}

// params parses the parameters of a function (up to ")") or lambda (up to ":").
// Annotations are for functions only.
func (p *parser) params(end kind) Params {
	var ps Params
	var star, slash, defaults bool
	seen := map[string]bool{}
	param := func(allowDefault bool) Param {
		pr := Param{Name: p.ident()}
		if seen[pr.Name.Name] {
			p.fail(pr.Name.Pos(), "duplicate argument '%s' in function definition", clip(pr.Name.Name))
		}
		seen[pr.Name.Name] = true
		p.checkTarget(pr.Name)
		if end == tokRParen && p.got(tokColon) {
			pr.Annotation = p.starOrExpr()
		}
		if allowDefault && p.got(tokAssign) {
			pr.Default = p.expr()
		}
		return pr
	}
	for p.tok.kind != end {
		pos := p.tok.pos
		switch {
		case ps.KwArgs != nil:
			p.fail(pos, "arguments cannot follow var-keyword argument")
		case p.got(tokSlash):
			if slash || star || len(ps.Pos) == 0 {
				p.fail(pos, "invalid syntax: misplaced '/' in parameters")
			}
			slash = true
			ps.PosOnly = len(ps.Pos)
		case p.got(tokStarStar):
			pr := param(false)
			ps.KwArgs = &pr
		case p.got(tokStar):
			if star {
				p.fail(pos, "* argument may appear only once")
			}
			star = true
			if p.tok.kind == tokName {
				pr := param(false)
				ps.Star = &pr
			} else if p.tok.kind != tokComma || p.peek() == end || p.peek() == tokStarStar {
				p.fail(pos, "named arguments must follow bare *")
			}
		case star:
			ps.KwOnly = append(ps.KwOnly, param(true))
		default:
			pr := param(true)
			if pr.Default == nil && defaults {
				p.fail(pr.Name.Pos(), "non-default argument follows default argument")
			}
			defaults = pr.Default != nil
			ps.Pos = append(ps.Pos, pr)
		}
		if !p.got(tokComma) {
			break
		}
	}
	return ps
}

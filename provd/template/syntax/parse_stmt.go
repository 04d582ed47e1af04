package syntax

import "strings"

// statement reads one tag; the current token is its name.
func (p *parser) statement() Stmt {
	tok := p.cur
	if tok.kind != tokName {
		p.fail(tok.line, "tag name expected")
	}
	parse := p.tagParser(tok.text)
	if parse == nil {
		p.failTag(tok.text, tok.line, p.ends)
	}
	p.tags = append(p.tags, tok.text)
	p.next()
	s := parse(At(tok.line))
	p.tags = p.tags[:len(p.tags)-1]
	return s
}

// tagParser gives the production for the rest of a tag after its name.
func (p *parser) tagParser(name string) func(At) Stmt {
	switch name {
	case "for":
		return p.forTag
	case "if":
		return p.ifTag
	case "block":
		return p.blockTag
	case "extends":
		return func(at At) Stmt { return &Extends{At: at, Template: p.expression(true)} }
	case "print":
		return p.printTag
	case "macro":
		return p.macroTag
	case "include":
		return p.includeTag
	case "from":
		return p.fromTag
	case "import":
		return p.importTag
	case "set":
		return p.setTag
	case "with":
		return p.withTag
	case "autoescape":
		return func(at At) Stmt {
			v := p.expression(true)
			return &Autoescape{At: at, Value: v, Body: p.statements(true, "endautoescape")}
		}
	case "call":
		return p.callTag
	case "filter":
		return func(at At) Stmt {
			f := p.filters(nil, true)
			return &FilterBlock{At: at, Filter: f, Body: p.statements(true, "endfilter")}
		}
	}
	return nil
}

func (p *parser) setTag(at At) Stmt {
	target := p.target(true)
	if p.skipIf(tokAssign) {
		return &Assign{At: at, Target: target, Value: p.tuple(tupleOptions{})}
	}
	filter := p.filters(nil, false)
	return &AssignBlock{At: at, Target: target, Filter: filter, Body: p.statements(true, "endset")}
}

func (p *parser) forTag(at At) Stmt {
	f := &For{At: at, Target: p.target(false)}
	p.expectName("in")
	f.Iter = p.tuple(tupleOptions{noCond: true})
	if p.skipName("if") {
		f.Test = p.expression(true)
	}
	f.Recursive = p.skipName("recursive")
	f.Body = p.statements(false, "endfor", "else")
	if !p.next().isName("endfor") {
		f.Else = p.statements(true, "endfor")
	}
	return f
}

func (p *parser) ifTag(at At) Stmt {
	result := &If{At: at}
	for node := result; ; {
		node.Test = p.tuple(tupleOptions{noCond: true})
		node.Body = p.statements(false, "elif", "else", "endif")
		tok := p.next()
		switch {
		case tok.isName("elif"):
			node = &If{At: At(p.cur.line)}
			result.Elif = append(result.Elif, node)
			continue
		case tok.isName("else"):
			result.Else = p.statements(true, "endif")
		}
		return result
	}
}

func (p *parser) withTag(at At) Stmt {
	w := &With{At: at}
	for p.cur.kind != tokBlockEnd {
		if len(w.Targets) > 0 {
			p.expect(tokComma)
		}
		t := p.target(false)
		setCtx(t, Param)
		w.Targets = append(w.Targets, t)
		p.expect(tokAssign)
		w.Values = append(w.Values, p.expression(true))
	}
	w.Body = p.statements(true, "endwith")
	return w
}

func (p *parser) blockTag(at At) Stmt {
	b := &Block{At: at, Name: p.expect(tokName).text}
	b.Scoped = p.skipName("scoped")
	b.Required = p.skipName("required")
	if p.cur.kind == tokSub {
		p.fail(p.cur.line, "Block names in Jinja have to be valid Python identifiers and may not"+
			" contain hyphens, use an underscore instead.")
	}
	b.Body = p.statements(true, "endblock")
	if b.Required && !isBlank(b.Body) {
		p.fail(p.cur.line, "Required blocks can only contain comments or whitespace")
	}
	p.skipName(b.Name)
	return b
}

// isBlank tells whether there is only white space in body.
func isBlank(body []Stmt) bool {
	for _, s := range body {
		out, ok := s.(*Output)
		if !ok {
			return false
		}
		for _, n := range out.Nodes {
			if d, ok := n.(*Data); !ok || strings.TrimFunc(d.Text, isSpace) != "" {
				return false
			}
		}
	}
	return true
}

// importContext reads "with context" or "without context".
func (p *parser) importContext(standard bool) bool {
	if (p.cur.isName("with") || p.cur.isName("without")) && p.look().isName("context") {
		with := p.next().text == "with"
		p.next()
		return with
	}
	return standard
}

func (p *parser) includeTag(at At) Stmt {
	i := &Include{At: at, Template: p.expression(true)}
	if p.cur.isName("ignore") && p.look().isName("missing") {
		i.IgnoreMissing = true
		p.next()
		p.next()
	}
	i.WithContext = p.importContext(true)
	return i
}

func (p *parser) importTag(at At) Stmt {
	i := &Import{At: at, Template: p.expression(true)}
	p.expectName("as")
	i.Target = p.nameTarget(Store).Name
	i.WithContext = p.importContext(false)
	return i
}

func (p *parser) fromTag(at At) Stmt {
	f := &FromImport{At: at, Template: p.expression(true)}
	p.expectName("import")
	context := func() bool {
		isContext := (p.cur.isName("with") || p.cur.isName("without")) && p.look().isName("context")
		if isContext {
			f.WithContext = p.importContext(false)
		}
		return isContext
	}
	for {
		if len(f.Names) > 0 {
			p.expect(tokComma)
		}
		if p.cur.kind != tokName {
			p.expect(tokName)
		}
		if context() {
			return f
		}
		n := p.nameTarget(Store)
		if strings.HasPrefix(n.Name, "_") {
			err := errorf(n.Line(), "names starting with an underline can not be imported")
			err.Assertion = true
			panic(err)
		}
		alias := n.Name
		if p.skipName("as") {
			alias = p.nameTarget(Store).Name
		}
		f.Names = append(f.Names, ImportName{Name: n.Name, Alias: alias})
		if context() || p.cur.kind != tokComma {
			return f
		}
	}
}

// signature reads the parameters of a macro.
func (p *parser) signature() (args []*Name, defaults []Expr) {
	p.expect(tokLParen)
	for p.cur.kind != tokRParen {
		p.countArguments(len(args))
		if len(args) > 0 {
			p.expect(tokComma)
		}
		arg := p.nameTarget(Param)
		if p.skipIf(tokAssign) {
			defaults = append(defaults, p.expression(true))
		} else if len(defaults) > 0 {
			p.fail(p.cur.line, "non-default argument follows default argument")
		}
		args = append(args, arg)
	}
	p.expect(tokRParen)
	return args, defaults
}

func (p *parser) macroTag(at At) Stmt {
	m := &Macro{At: at, Name: p.nameTarget(Store).Name}
	m.Args, m.Defaults = p.signature()
	m.Body = p.statements(true, "endmacro")
	return m
}

func (p *parser) callTag(at At) Stmt {
	c := &CallBlock{At: at}
	if p.cur.kind == tokLParen {
		c.Args, c.Defaults = p.signature()
	}
	call, ok := p.expression(true).(*Call)
	if !ok {
		p.fail(int(at), "expected call")
	}
	c.Call = call
	c.Body = p.statements(true, "endcall")
	return c
}

func (p *parser) printTag(at At) Stmt {
	o := &Output{At: at}
	for p.cur.kind != tokBlockEnd {
		if len(o.Nodes) > 0 {
			p.expect(tokComma)
		}
		o.Nodes = append(o.Nodes, p.expression(true))
	}
	return o
}

// target reads what a tag assigns to; namespace allows an attribute.
func (p *parser) target(namespace bool) Expr {
	if namespace && p.look().kind == tokDot {
		tok := p.expect(tokName)
		p.next()
		return &NSRef{At: At(tok.line), Name: tok.text, Attr: p.expect(tokName).text}
	}
	t := p.tuple(tupleOptions{simple: true})
	setCtx(t, Store)
	p.checkTarget(t)
	return t
}

func (p *parser) nameTarget(ctx Ctx) *Name {
	tok := p.expect(tokName)
	n := &Name{At: At(tok.line), Name: tok.text, Ctx: ctx}
	p.checkTarget(n)
	return n
}

func (p *parser) checkTarget(t Expr) {
	if !canAssign(t) {
		p.fail(t.Line(), "can't assign to %s", quote(t.Kind()))
	}
}

func canAssign(e Expr) bool {
	switch e := e.(type) {
	case *Name:
		switch e.Name {
		case "true", "false", "none", "True", "False", "None":
			return false
		}
		return true
	case *Tuple:
		for _, item := range e.Items {
			if !canAssign(item) {
				return false
			}
		}
		return true
	}
	return false
}

// setCtx marks every name below a target.
func setCtx(e Expr, ctx Ctx) {
	if n, ok := e.(*Name); ok {
		n.Ctx = ctx
		return
	}
	Walk(e, func(c Node) {
		if n, ok := c.(*Name); ok {
			n.Ctx = ctx
		}
	})
}

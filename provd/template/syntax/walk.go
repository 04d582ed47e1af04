package syntax

// Children calls fn for the direct children of n in the order in which Jinja2's
// visitors see them. The order matters: whether a name counts as assigned or as
// read depends on which of the two is seen first.
func Children(n Node, fn func(Node)) {
	switch n := n.(type) {
	case *Template:
		eachStmt(n.Body, fn)
	case *For:
		fn(n.Target)
		fn(n.Iter)
		eachStmt(n.Body, fn)
		eachStmt(n.Else, fn)
		opt(n.Test, fn)
	case *If:
		fn(n.Test)
		eachStmt(n.Body, fn)
		for _, e := range n.Elif {
			fn(e)
		}
		eachStmt(n.Else, fn)
	case *Macro:
		signature(n.Args, n.Defaults, fn)
		eachStmt(n.Body, fn)
	case *CallBlock:
		fn(n.Call)
		signature(n.Args, n.Defaults, fn)
		eachStmt(n.Body, fn)
	case *FilterBlock:
		eachStmt(n.Body, fn)
		fn(n.Filter)
	case *With:
		eachExpr(n.Targets, fn)
		eachExpr(n.Values, fn)
		eachStmt(n.Body, fn)
	case *Block:
		eachStmt(n.Body, fn)
	case *Include:
		fn(n.Template)
	case *Import:
		fn(n.Template)
	case *FromImport:
		fn(n.Template)
	case *Extends:
		fn(n.Template)
	case *Assign:
		fn(n.Target)
		fn(n.Value)
	case *AssignBlock:
		fn(n.Target)
		opt(n.Filter, fn)
		eachStmt(n.Body, fn)
	case *Autoescape:
		fn(n.Value)
		eachStmt(n.Body, fn)
	case *Output:
		eachExpr(n.Nodes, fn)
	case Expr:
		exprChildren(n, fn)
	}
}

func exprChildren(n Expr, fn func(Node)) {
	switch n := n.(type) {
	case *Tuple:
		eachExpr(n.Items, fn)
	case *List:
		eachExpr(n.Items, fn)
	case *Dict:
		for _, p := range n.Items {
			fn(p.Key)
			fn(p.Value)
		}
	case *CondExpr:
		fn(n.Test)
		fn(n.Then)
		opt(n.Else, fn)
	case *Filter:
		opt(n.Node, fn)
		arguments(&n.Args, fn)
	case *Test:
		fn(n.Node)
		arguments(&n.Args, fn)
	case *Call:
		fn(n.Node)
		arguments(&n.Args, fn)
	case *Getattr:
		fn(n.Node)
	case *Getitem:
		fn(n.Node)
		fn(n.Arg)
	case *Slice:
		opt(n.Start, fn)
		opt(n.Stop, fn)
		opt(n.Step, fn)
	case *Concat:
		eachExpr(n.Nodes, fn)
	case *Compare:
		fn(n.Expr)
		for _, op := range n.Ops {
			fn(op.Expr)
		}
	case *Binary:
		fn(n.Left)
		fn(n.Right)
	case *Logic:
		fn(n.Left)
		fn(n.Right)
	case *Not:
		fn(n.Node)
	case *Sign:
		fn(n.Node)
	}
}

func eachStmt(list []Stmt, fn func(Node)) {
	for _, s := range list {
		fn(s)
	}
}

func eachExpr(list []Expr, fn func(Node)) {
	for _, e := range list {
		fn(e)
	}
}

func opt(e Expr, fn func(Node)) {
	if e != nil {
		fn(e)
	}
}

func signature(args []*Name, defaults []Expr, fn func(Node)) {
	for _, a := range args {
		fn(a)
	}
	eachExpr(defaults, fn)
}

func arguments(a *Args, fn func(Node)) {
	eachExpr(a.Pos, fn)
	for _, k := range a.Kwargs {
		fn(k.Value)
	}
	opt(a.DynArgs, fn)
	opt(a.DynKwargs, fn)
}

// Walk calls fn for every node below n, parents first.
func Walk(n Node, fn func(Node)) {
	Children(n, func(c Node) {
		fn(c)
		Walk(c, fn)
	})
}

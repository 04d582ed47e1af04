package template

import (
	"provbox/provd/python"
)

// extendsStmt makes the template a child; again means that an earlier extends
// tag may have run.
type extendsStmt struct {
	line     int
	template expr
	again    bool
}

func (s *extendsStmt) exec(f *frame) error {
	f.line = s.line
	if s.again && f.top.extended != nil {
		return python.Raise(TemplateRuntimeError, "extended multiple times")
	}
	v, err := s.template.eval(f)
	if err != nil {
		return err
	}
	parent, err := f.loadValue(v)
	if err != nil {
		return err
	}
	f.top.extended = parent
	f.ctx.addBlocks(parent)
	return nil
}

// blockStmt runs the most derived version of a block.
type blockStmt struct {
	line int
	name string
	// check skips the block when the template is a child.
	check, required, scoped bool
	locals                  []outerAssigned
}

func (s *blockStmt) exec(f *frame) error {
	f.line = s.line
	if s.check && f.top.extended != nil {
		return nil
	}
	ctx := f.ctx
	if s.scoped {
		locals, err := f.locals(s.locals)
		if err != nil {
			return err
		}
		ctx = ctx.derived(locals)
	}
	versions := f.ctx.blocks[s.name]
	if s.required && len(versions) <= 1 {
		return python.Raise(TemplateRuntimeError, "Required block %s not found", quoted(s.name))
	}
	if len(versions) == 0 {
		return python.NewKeyError(python.Str(s.name))
	}
	return f.render.run(versions[0], ctx, nil, f.out)
}

// locals gives the values of the assigned names.
func (f *frame) locals(scopes []outerAssigned) (map[string]python.Value, error) {
	n := 0
	for _, s := range scopes {
		n += len(s.names)
	}
	if n == 0 {
		return nil, nil
	}
	if err := f.t.Alloc(int64(n) * 4 * valueSize); err != nil {
		return nil, err
	}
	if err := f.t.Step(n); err != nil {
		return nil, err
	}
	m := make(map[string]python.Value, n)
	seen := map[string]bool{}
	for _, s := range scopes {
		at := f
		for range s.hops {
			at = at.outer
		}
		for _, name := range s.names {
			if seen[name.name] {
				continue
			}
			if len(scopes) > 1 {
				seen[name.name] = true
			}
			if v := at.slots[name.slot]; v != nil {
				m[name.name] = v
			}
		}
	}
	return m, nil
}

type selectMode uint8

const (
	selectAny selectMode = iota
	selectName
	selectList
)

type includeStmt struct {
	line          int
	template      expr
	selecting     selectMode
	ignoreMissing bool
	withContext   bool
	locals        []outerAssigned
}

func (s *includeStmt) exec(f *frame) error {
	f.line = s.line
	v, err := s.template.eval(f)
	var t *Template
	if err == nil {
		t, err = s.find(f, v)
	}
	if err != nil {
		if s.ignoreMissing && python.IsException(err, TemplateNotFound) {
			return nil
		}
		return err
	}
	if !s.withContext {
		m, err := f.module(t)
		if err != nil {
			return err
		}
		return f.out.write(m.body)
	}
	locals, err := f.locals(s.locals)
	if err != nil {
		return err
	}
	return f.render.run(t.root, newContext(t, f.ctx.all(locals)), nil, f.out)
}

func (s *includeStmt) find(f *frame, v python.Value) (*Template, error) {
	mode := s.selecting
	if mode == selectAny {
		mode = selectList
		if _, ok := python.Native(v).(python.Str); ok || IsUndefined(v) {
			mode = selectName
		}
	}
	if mode == selectName {
		return f.loadValue(v)
	}
	return f.selectTemplate(v)
}

// imported is the module of an import tag.
func (f *frame) imported(template expr, withContext bool, locals []outerAssigned) (*module, error) {
	v, err := template.eval(f)
	if err != nil {
		return nil, err
	}
	t, err := f.loadValue(v)
	if err != nil {
		return nil, err
	}
	if !withContext {
		return f.module(t)
	}
	values, err := f.locals(locals)
	if err != nil {
		return nil, err
	}
	return f.makeModule(t, newContext(t, f.ctx.all(values)))
}

type importStmt struct {
	line        int
	template    expr
	withContext bool
	locals      []outerAssigned
	ref         varRef
	name        string
	toContext   bool
}

func (s *importStmt) exec(f *frame) error {
	f.line = s.line
	m, err := f.imported(s.template, s.withContext, s.locals)
	if err != nil {
		return err
	}
	f.slots[s.ref.slot] = m
	if s.toContext {
		f.ctx.set(s.name, m)
		delete(f.ctx.exported, s.name)
	}
	return nil
}

type importedName struct {
	name, alias string
	ref         varRef
}

type fromImportStmt struct {
	line        int
	template    expr
	withContext bool
	locals      []outerAssigned
	names       []importedName
	position    string
	toContext   bool
}

func (s *fromImportStmt) exec(f *frame) error {
	f.line = s.line
	m, err := f.imported(s.template, s.withContext, s.locals)
	if err != nil {
		return err
	}
	for _, n := range s.names {
		v := m.attr(n.name)
		if v == nil {
			v = &undefined{
				name: python.Str(n.name),
				hint: "the template " + quoted(m.name) + " (imported on " + s.position +
					") does not export the requested name " + quoted(n.name),
			}
		}
		f.slots[n.ref.slot] = v
	}
	for _, n := range s.names {
		if s.toContext {
			f.ctx.set(n.alias, f.slots[n.ref.slot])
			delete(f.ctx.exported, n.alias)
		}
	}
	return nil
}

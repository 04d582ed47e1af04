package template

import (
	"maps"

	"provbox/provd/python"
)

// names is a layer of variables over others. Layers never change once a context
// has them.
type names struct {
	dict *python.Dict
	m    map[string]python.Value
	next *names
}

func (n *names) get(name python.Key) python.Value {
	for ; n != nil; n = n.next {
		if n.dict != nil {
			if v, ok := n.dict.GetKey(name); ok {
				return v
			}
		} else if v, ok := n.m[name.String()]; ok {
			return v
		}
	}
	return nil
}

// escaping is Jinja2's EvalContext: whether output is escaped now.
type escaping struct{ on bool }

// renderContext holds the variables and the blocks of a template that runs.
type renderContext struct {
	name   string
	parent *names
	// vars are what the top level of the template assigned, exported those of
	// them that an import sees.
	vars     map[string]python.Value
	exported map[string]bool
	// blocks holds the versions of each block, the most derived first.
	blocks map[string][]*code
	esc    *escaping
}

func newContext(t *Template, parent *names) *renderContext {
	ctx := &renderContext{name: t.name, parent: parent, esc: &escaping{on: t.env.autoescape}}
	ctx.addBlocks(t)
	return ctx
}

func (c *renderContext) addBlocks(t *Template) {
	if len(t.blockNames) > 0 && c.blocks == nil {
		c.blocks = make(map[string][]*code, len(t.blockNames))
	}
	for _, name := range t.blockNames {
		c.blocks[name] = append(c.blocks[name], t.blocks[name])
	}
}

// resolve gives a variable, or nil.
func (c *renderContext) resolve(name python.Key) python.Value {
	if v, ok := c.vars[name.String()]; ok {
		return v
	}
	return c.parent.get(name)
}

func (c *renderContext) set(name string, v python.Value) {
	if c.vars == nil {
		c.vars = map[string]python.Value{}
	}
	c.vars[name] = v
}

func (c *renderContext) export(name string) {
	if name != "" && name[0] != '_' {
		if c.exported == nil {
			c.exported = map[string]bool{}
		}
		c.exported[name] = true
	}
}

// all is a copy of what the context knows now, with locals above it.
func (c *renderContext) all(locals map[string]python.Value) *names {
	all := c.parent
	if len(c.vars) > 0 {
		all = &names{m: maps.Clone(c.vars), next: all}
	}
	if len(locals) > 0 {
		all = &names{m: locals, next: all}
	}
	return all
}

// derived is a context of its own for a scoped block.
func (c *renderContext) derived(locals map[string]python.Value) *renderContext {
	d := &renderContext{name: c.name, parent: c.all(locals), esc: c.esc, blocks: maps.Clone(c.blocks)}
	return d
}

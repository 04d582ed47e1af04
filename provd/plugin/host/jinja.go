package host

import (
	"provbox/provd/python"
	"provbox/provd/template"
)

// TemplateFiles makes the templates of a package from an environment over its
// template directories.
func TemplateFiles(env *template.Environment) Templates { return jinja{env} }

type jinja struct{ env *template.Environment }

// Template returns a template by name.
func (j jinja) Template(_ *python.Thread, name string) (Template, error) {
	tpl, err := j.env.Get(name)
	if err != nil {
		return nil, err
	}
	return &jinjaTemplate{tpl}, nil
}

// Lookup returns a template by name, if there is one.
func (j jinja) Lookup(_ *python.Thread, name string) (Template, bool, error) {
	tpl, found, err := j.env.Lookup(name)
	if err != nil || !found {
		return nil, false, err
	}
	return &jinjaTemplate{tpl}, true, nil
}

// jinjaTemplate is a template as packages hold it.
type jinjaTemplate struct{ tpl *template.Template }

// Type returns the class Template.
func (*jinjaTemplate) Type() *python.Class { return jinjaTemplateClass }

// Render renders with the members of a dict as variables.
func (j *jinjaTemplate) Render(t *python.Thread, vars python.Value) (string, error) {
	if d, ok := python.Native(vars).(*python.Dict); ok {
		return j.tpl.Render(t, d)
	}
	d, err := python.Call(t, python.DictClass, []python.Value{vars}, nil)
	if err != nil {
		return "", err
	}
	dict, ok := d.(*python.Dict)
	if !ok {
		return "", python.TypeErrorf("a template's variables must be a dict, not '%s'", python.TypeName(vars))
	}
	return j.tpl.Render(t, dict)
}

var jinjaTemplateClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Template", Module: "jinja2.environment", NoNew: true, Final: true,
	Getters: map[string]python.GetFunc{
		"name": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Str(self.(*jinjaTemplate).tpl.Name()), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"render": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			vars, err := python.Call(t, python.DictClass, args, kwargs)
			if err != nil {
				return nil, err
			}
			s, err := self.(*jinjaTemplate).Render(t, vars)
			return python.Str(s), err
		},
	},
})

// jinjaModule has the names of jinja2 that packages can use: its exceptions.
// Environments are made by the host only.
func jinjaModule() module {
	return module{
		"Template":             jinjaTemplateClass,
		"TemplateError":        template.TemplateError,
		"TemplateNotFound":     template.TemplateNotFound,
		"TemplateRuntimeError": template.TemplateRuntimeError,
		"TemplateSyntaxError":  template.TemplateSyntaxError,
		"TemplatesNotFound":    template.TemplatesNotFound,
		"UndefinedError":       template.UndefinedError,
	}
}

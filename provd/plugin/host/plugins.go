package host

import (
	"path"
	"strings"

	"provbox/provd/python"
)

// The directories of a package, relative to it (spec/plugins.md section 1).
const (
	TFTPBoot          = "var/tftpboot"
	PackageDir        = "pkgs"
	TemplateDir       = "templates"
	CustomTemplateDir = "var/templates"
	cacheDir          = "var/cache"
	installedDir      = "var/installed"
	pluginsModule     = "wazo_provd.plugins"
)

var abstractPlugin = python.NewBuiltinClass(python.ClassSpec{Name: "AbstractPlugin", Module: "wazo_provd.abstract_plugin"})

func abstractPluginModule() module { return module{"AbstractPlugin": abstractPlugin} }

// pluginClass is the base of every package's class. What a package does not
// override does nothing (spec/ident.md section 13).
var pluginClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Plugin", Module: pluginsModule, Bases: []*python.Class{abstractPlugin},
	Attrs: map[string]python.Value{
		"id":                      python.None,
		"dhcp_dev_info_extractor": python.None,
		"http_dev_info_extractor": python.None,
		"http_service":            python.None,
		"pg_associator":           python.None,
		"tftp_dev_info_extractor": python.None,
		"tftp_service":            python.None,
	},
	Methods: map[string]python.MethodFunc{
		"__init__":                          initPlugin,
		"close":                             nothing,
		"configure":                         nothing,
		"configure_common":                  nothing,
		"deconfigure":                       nothing,
		"get_remote_state_trigger_filename": nothing,
		"is_sensitive_filename": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.False, nil
		},
		"synchronize": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return failed(python.NewException(python.ExceptionClass, python.Str("Re-synchronization is not supported"))), nil
		},
	},
	Getters: map[string]python.GetFunc{
		"services": func(t *python.Thread, self python.Value) (python.Value, error) {
			return python.GetAttr(t, self, "_services")
		},
	},
	Setters: map[string]python.SetFunc{
		"services": func(t *python.Thread, self, value python.Value) error {
			return python.SetAttr(t, self, "_services", value)
		},
	},
})

func nothing(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
	return python.None, nil
}

// initPlugin takes what every package is constructed with (spec/plugins.md
// section 5).
func initPlugin(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var app, dir, general, specific python.Value
	err := python.Unpack("Plugin", args, kwargs, "app", &app, "plugin_dir", &dir, "gen_cfg", &general, "spec_cfg", &specific)
	if err != nil {
		return nil, err
	}
	return python.None, setAll(t, self, "_services", python.NewDict(0), "_plugin_dir", dir)
}

// standardPlugin knows where the files of phones are.
var standardPlugin = python.NewBuiltinClass(python.ClassSpec{
	Name: "StandardPlugin", Module: pluginsModule, Bases: []*python.Class{pluginClass},
	Attrs: map[string]python.Value{"_TFTPBOOT_DIR": python.Str(TFTPBoot)},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if _, err := initPlugin(t, self, args, kwargs); err != nil {
				return nil, err
			}
			return python.None, join(t, self, "_tftpboot_dir", "_plugin_dir", TFTPBoot)
		},
	},
})

// join sets an attribute to a path below the directory another one names.
func join(t *python.Thread, self python.Value, attr, dirAttr, below string) error {
	dir, err := python.GetAttr(t, self, dirAttr)
	if err != nil {
		return err
	}
	s, err := python.ToStr(t, dir)
	if err != nil {
		return err
	}
	return python.SetAttr(t, self, attr, python.Str(path.Join(s, below)))
}

// templateHelper is TemplatePluginHelper: it finds templates and writes what
// they render.
var templateHelper = python.NewBuiltinClass(python.ClassSpec{
	Name: "TemplatePluginHelper", Module: pluginsModule,
	Attrs: map[string]python.Value{
		"CUSTOM_TPL_DIR":  python.Str(CustomTemplateDir),
		"DEFAULT_TPL_DIR": python.Str(TemplateDir),
	},
	Methods: map[string]python.MethodFunc{
		"__init__": func(_ *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var dir python.Value // always the package's own
			return python.None, python.Unpack("TemplatePluginHelper", args, kwargs, "plugin_dir", &dir)
		},
		"dump":             dumpTemplate,
		"get_dev_template": deviceTemplate,
		"get_template": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name python.Value
			if err := python.Unpack("get_template", args, kwargs, "name", &name); err != nil {
				return nil, err
			}
			return findTemplate(t, name)
		},
		"render": renderTemplate,
	},
})

func findTemplate(t *python.Thread, name python.Value) (Template, error) {
	s, err := str(name)
	if err != nil {
		return nil, err
	}
	templates := callOf(t).Templates
	if templates == nil {
		return nil, python.RuntimeErrorf("no templates here")
	}
	return templates.Template(t, s)
}

// deviceTemplate returns the first that exists of the template for this very
// file, for the phone's model, and base.tpl (spec/plugins.md section 10).
func deviceTemplate(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var filename, device python.Value
	if err := python.Unpack("get_dev_template", args, kwargs, "filename", &filename, "dev", &device); err != nil {
		return nil, err
	}
	templates := callOf(t).Templates
	if templates == nil {
		return nil, python.RuntimeErrorf("no templates here")
	}
	// of looks for the template that is named after a value.
	of := func(name python.Value) (tpl Template, found bool, err error) {
		full, err := python.Binary(t, python.OpAdd, name, python.Str(".tpl"))
		if err != nil {
			return nil, false, err
		}
		s, err := str(full)
		if err != nil {
			return nil, false, err
		}
		return templates.Lookup(t, s)
	}
	named, err := python.Truth(t, filename)
	if err != nil {
		return nil, err
	}
	known, err := python.Contains(t, device, keyModel.Value())
	if err != nil {
		return nil, err
	}
	var model python.Value
	if known {
		if model, err = python.GetItem(t, device, keyModel.Value()); err != nil {
			return nil, err
		}
	}
	if named {
		if tpl, found, err := of(filename); err != nil || found {
			return tpl, err
		}
	}
	if known {
		if tpl, found, err := of(model); err != nil || found {
			return tpl, err
		}
	}
	return templates.Template(t, "base.tpl")
}

// dumpTemplate renders into a file.
func dumpTemplate(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var tpl, vars, filename python.Value
	encoding, errors := python.Value(python.Str("UTF-8")), python.Value(python.Str("strict"))
	err := python.Unpack("dump", args, kwargs,
		"template", &tpl, "context", &vars, "filename", &filename, "encoding?", &encoding, "errors?", &errors)
	if err != nil {
		return nil, err
	}
	content, err := renderEncoded(t, tpl, vars, encoding, errors)
	if err != nil {
		return nil, err
	}
	name, err := python.ToStr(t, filename)
	if err != nil {
		return nil, err
	}
	own, isOwn := tpl.(*jinjaTemplate)
	if !isOwn {
		content = python.Bytes(strings.Clone(string(content))) // of an object of the package: a part of who knows what
	}
	if err := writeFile(t, name, string(content)); err != nil {
		return nil, err
	}
	if c := callOf(t); isOwn && c.Dumped != nil {
		if rel, ok := c.Relative(name); ok {
			c.Dumped(path.Clean(rel), own.tpl.Name())
		}
	}
	return python.None, nil
}

func renderTemplate(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var tpl, vars python.Value
	encoding, errors := python.Value(python.Str("UTF-8")), python.Value(python.Str("replace"))
	err := python.Unpack("render", args, kwargs, "template", &tpl, "context", &vars, "encoding?", &encoding, "errors?", &errors)
	if err != nil {
		return nil, err
	}
	return renderEncoded(t, tpl, vars, encoding, errors)
}

func renderEncoded(t *python.Thread, tpl, vars, encoding, errors python.Value) (python.Bytes, error) {
	var text python.Value
	if own, ok := tpl.(Template); ok {
		s, err := own.Render(t, vars)
		if err != nil {
			return "", err
		}
		text = python.Str(s)
	} else {
		var err error
		if text, err = python.CallMethod(t, tpl, "render", vars); err != nil {
			return "", err
		}
	}
	data, err := python.CallMethod(t, text, "encode", encoding, errors)
	if err != nil {
		return "", err
	}
	b, ok := data.(python.Bytes)
	if !ok {
		return "", python.TypeErrorf("a template renders text, not '%s'", python.TypeName(text))
	}
	return b, nil
}

func pluginsModuleMembers() module {
	return module{
		"AbstractPlugin":                     abstractPlugin,
		"FetchfwPluginHelper":                fetchfwHelper,
		"Plugin":                             pluginClass,
		"StandardPlugin":                     standardPlugin,
		"TemplatePluginHelper":               templateHelper,
		"add_wazo_phoned_user_service_url":   function("add_wazo_phoned_user_service_url", addServiceURL),
		"add_xivo_phonebook_url":             function("add_xivo_phonebook_url", addPhonebookURL),
		"add_xivo_phonebook_url_from_format": function("add_xivo_phonebook_url_from_format", addPhonebookURLFromFormat),
	}
}

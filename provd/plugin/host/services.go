package host

import (
	"encoding/json"

	"provbox/provd/python"
)

var (
	invalidParameter = exception("wazo_provd.services", "InvalidParameterError", python.ExceptionClass)

	configureService = python.NewBuiltinClass(python.ClassSpec{Name: "AbstractConfigurationService", Module: "wazo_provd.services"})
	installService   = python.NewBuiltinClass(python.ClassSpec{Name: "AbstractInstallationService", Module: "wazo_provd.services"})
)

// persistentService keeps what is set through another configure service
// (spec/plugins.md section 6), and sets it again when the package is loaded.
var persistentService = python.NewBuiltinClass(python.ClassSpec{
	Name: "PersistentConfigurationServiceDecorator", Module: "wazo_provd.services",
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var service, persister python.Value
			if err := python.Unpack("PersistentConfigurationServiceDecorator", args, kwargs, "cfg_service", &service, "persister", &persister); err != nil {
				return nil, err
			}
			if err := setAll(t, self, "_cfg_service", service, "_persister", persister); err != nil {
				return nil, err
			}
			return python.None, restoreParams(t, service, persister)
		},
		"get": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return forward(t, self, "_cfg_service", "get", args, kwargs)
		},
		"set": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if _, err := forward(t, self, "_cfg_service", "set", args, kwargs); err != nil {
				return nil, err
			}
			return forward(t, self, "_persister", "update", args, nil)
		},
		"__getattr__": func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			service, ok := self.(*python.Instance).Attrs().GetStr("_cfg_service")
			name, isStr := args[0].(python.Str)
			if !ok || !isStr {
				return nil, python.AttributeErrorf("%s", name)
			}
			return python.GetAttr(t, service, string(name))
		},
	},
})

func forward(t *python.Thread, self python.Value, attr, method string, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	to, err := python.GetAttr(t, self, attr)
	if err != nil {
		return nil, err
	}
	fn, err := python.GetAttr(t, to, method)
	if err != nil {
		return nil, err
	}
	return python.Call(t, fn, args, kwargs)
}

// restoreParams sets what was kept. A parameter that is gone, or a value that is
// not accepted any more, is passed over.
func restoreParams(t *python.Thread, service, persister python.Value) error {
	params, err := python.CallMethod(t, persister, "params")
	if err != nil {
		return err
	}
	names, err := python.ListOf(t, params)
	if err != nil {
		return err
	}
	for _, name := range names {
		value, err := python.GetItem(t, params, name)
		if err != nil {
			return err
		}
		_, err = python.CallMethod(t, service, "set", name, value)
		if err != nil && !python.IsException(err, python.KeyError) && !python.IsException(err, invalidParameter) {
			return err
		}
	}
	return nil
}

// jsonPersister keeps parameters in a JSON file of the package.
var jsonPersister = python.NewBuiltinClass(python.ClassSpec{
	Name: "JsonConfigPersister", Module: "wazo_provd.services",
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var filename python.Value
			if err := python.Unpack("JsonConfigPersister", args, kwargs, "filename", &filename); err != nil {
				return nil, err
			}
			cache := python.NewDict(0)
			name, err := python.ToStr(t, filename)
			if err != nil {
				return nil, err
			}
			data, err := readFile(t, name)
			switch {
			case err == nil:
				if v, err := python.FromJSON(data); err == nil {
					if d, ok := v.(*python.Dict); ok {
						cache = d
					}
				}
			case !python.IsException(err, python.OSError):
				return nil, err
			}
			return python.None, setAll(t, self, "_filename", filename, "_cache", cache)
		},
		"params": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return forward(t, self, "_cache", "copy", nil, nil)
		},
		"update": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name, value python.Value
			if err := python.Unpack("update", args, kwargs, "name", &name, "value", &value); err != nil {
				return nil, err
			}
			cache, err := python.GetAttr(t, self, "_cache")
			if err != nil {
				return nil, err
			}
			if err := python.SetItem(t, cache, name, value); err != nil {
				return nil, err
			}
			filename, err := python.GetAttr(t, self, "_filename")
			if err != nil {
				return nil, err
			}
			path, err := python.ToStr(t, filename)
			if err != nil {
				return nil, err
			}
			doc, err := python.ToGo(cache, func(members []python.Member) any {
				m := make(map[string]any, len(members))
				for _, e := range members {
					m[e.Key] = e.Value
				}
				return m
			})
			if err != nil {
				return nil, err
			}
			data, err := json.Marshal(doc)
			if err != nil {
				return nil, python.ValueErrorf("%v", err)
			}
			return python.None, writeFile(t, path, string(data))
		},
	},
})

func servicesModule() module {
	return module{
		"AbstractConfigurationService":            configureService,
		"AbstractInstallationService":             installService,
		"InvalidParameterError":                   invalidParameter,
		"JsonConfigPersister":                     jsonPersister,
		"PersistentConfigurationServiceDecorator": persistentService,
		// The name until a rename that published packages did not follow.
		"PersistentConfigureServiceDecorator": persistentService,
	}
}

// InvalidParameter returns the message of the exception by which a configure
// service refuses a value, "" for other errors.
func InvalidParameter(err error) string {
	exc := python.ExceptionOf(err, invalidParameter)
	if exc == nil {
		return ""
	}
	return (&python.Exception{Value: exc}).Error()
}

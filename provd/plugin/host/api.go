package host

import (
	"strings"

	"provbox/provd"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// PluginClass is the class that every package's plugin class derives from.
func PluginClass() *python.Class { return abstractPlugin }

// RequestType returns the member of the enumeration that stands for a protocol.
func RequestType(t *python.Thread, kind provd.Kind) (python.Value, error) {
	return python.GetAttr(t, requestType, strings.ToUpper(string(kind)))
}

// ServedDirectory returns the directory that a service serves, relative to the
// package; false for None and for services that reject everything. A service with
// code of its own has no directory.
func ServedDirectory(t *python.Thread, service python.Value) (root string, ok bool, err error) {
	switch {
	case service == python.None, python.IsInstance(service, tftpNullService), python.IsInstance(service, errorPage),
		python.IsInstance(service, noResourceClass), python.IsInstance(service, forbiddenClass):
		return "", false, nil
	case !python.IsInstance(service, fileService) && !python.IsInstance(service, tftpFileService):
		return "", true, nil
	}
	dir, err := python.GetAttr(t, service, "path")
	if err != nil {
		return "", false, err
	}
	s, err := python.ToStr(t, dir)
	if err != nil {
		return "", false, err
	}
	root, ok = callOf(t).Relative(s)
	if !ok || !strings.HasPrefix(root+"/", layer.Writable+"/") {
		return "", false, python.ValueErrorf("%s is not a directory that a package may serve", s)
	}
	return root, true, nil
}

// App returns the object that packages get as the application.
func App() python.Value { return app{} }

// app is the application as packages know it: it takes what they learn.
type app struct{}

// Type returns the class of the application object.
func (app) Type() *python.Class { return appClass }

var appClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "ProvisioningApplication", Module: "wazo_provd.app", NoNew: true, Final: true,
	Methods: map[string]python.MethodFunc{
		"dev_update": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var device *python.Dict
			if err := python.Unpack("dev_update", args, kwargs, "device", &device); err != nil {
				return nil, err
			}
			if learn := callOf(t).Learn; learn != nil {
				info := make(map[string]string)
				for k, v := range device.All() {
					key, _ := k.(python.Str)
					if s, ok := v.(python.Str); ok {
						info[string(key)] = string(s)
					}
				}
				learn(info)
			}
			return succeeded(python.None), nil
		},
	},
})

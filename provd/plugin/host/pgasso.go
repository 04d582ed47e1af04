package host

import "provbox/provd/python"

// Scores of an association (spec/ident.md section 6).
const (
	None       = 0
	Improbable = 100
	Unknown    = 200
	Probable   = 300
	Incomplete = 400
	Complete   = 500
	Exact      = 600
)

var deviceSupport = newEnum("wazo_provd.devices.pgasso", "DeviceSupport", python.IntClass, []enumMember{
	{"NONE", python.Int(None)},
	{"IMPROBABLE", python.Int(Improbable)},
	{"UNKNOWN", python.Int(Unknown)},
	{"PROBABLE", python.Int(Probable)},
	{"INCOMPLETE", python.Int(Incomplete)},
	{"COMPLETE", python.Int(Complete)},
	{"EXACT", python.Int(Exact)},
})

var abstractAssociator = python.NewBuiltinClass(python.ClassSpec{
	Name: "AbstractPluginAssociator", Module: "wazo_provd.devices.pgasso",
})

var (
	keyVendor  = python.NewKey("vendor")
	keyModel   = python.NewKey("model")
	keyVersion = python.NewKey("version")
)

// baseAssociator splits what is known of a phone for the package's own
// _do_associate, which is not asked when the vendor is unknown.
var baseAssociator = python.NewBuiltinClass(python.ClassSpec{
	Name: "BasePgAssociator", Module: "wazo_provd.devices.pgasso", Bases: []*python.Class{abstractAssociator},
	Methods: map[string]python.MethodFunc{
		"associate": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var info python.Value
			if err := python.Unpack("associate", args, kwargs, "dev_info", &info); err != nil {
				return nil, err
			}
			var known [3]python.Value
			for i, key := range [...]python.Key{keyVendor, keyModel, keyVersion} {
				v, err := get(t, info, key, python.None)
				if err != nil {
					return nil, err
				}
				known[i] = v
			}
			if known[0] == python.None {
				return python.GetAttr(t, deviceSupport, "UNKNOWN")
			}
			return python.CallMethod(t, self, "_do_associate", known[:]...)
		},
		"_do_associate": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return nil, python.Raise(python.NotImplementedError, "a package must say how it associates")
		},
	},
})

func pgassoModule() module {
	return module{
		"AbstractPluginAssociator": abstractAssociator,
		"BasePgAssociator":         baseAssociator,
		"DeviceSupport":            deviceSupport,
	}
}

// rawConfigError is devices.config.RawConfigError, and its more precise form.
var (
	rawConfigError      = exception("wazo_provd.devices.config", "RawConfigError", python.ExceptionClass)
	rawConfigParamError = exception("wazo_provd.devices.config", "RawConfigParamError", rawConfigError)
)

func configModule() module {
	return module{"RawConfigError": rawConfigError, "RawConfigParamError": rawConfigParamError}
}

var requestType = newEnum("wazo_provd.devices.ident", "RequestType", nil, []enumMember{
	{"HTTP", python.Str("http")},
	{"TFTP", python.Str("tftp")},
	{"DHCP", python.Str("dhcp")},
})

func identModule() module {
	return module{
		"AbstractDeviceInfoExtractor": python.NewBuiltinClass(python.ClassSpec{Name: "AbstractDeviceInfoExtractor", Module: "wazo_provd.devices.ident"}),
		// Only annotations name these two.
		"DHCPRequest": python.DictClass,
		"DeviceInfo":  python.DictClass,
		"RequestType": requestType,
	}
}

package host

import (
	"provbox/provd/python"
)

// fetchfwHelper is FetchfwPluginHelper. In Provbox a package does not install
// its firmware itself, the host does; the object says that there is firmware,
// where it goes (root_dir) and which credentials to download with.
var fetchfwHelper = python.NewBuiltinClass(python.ClassSpec{
	Name: "FetchfwPluginHelper", Module: pluginsModule, Bases: []*python.Class{installService},
	Attrs: map[string]python.Value{
		"CACHE_DIR":     python.Str(cacheDir),
		"INSTALLED_DIR": python.Str(installedDir),
		"PKG_DIR":       python.Str(PackageDir),
		"TFTPBOOT_DIR":  python.Str(TFTPBoot),
	},
	ClassMethods: map[string]python.MethodFunc{
		"new_downloaders":               newDownloaders,
		"new_downloaders_from_handlers": newDownloaders,
		"new_handlers": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.NewList(nil), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var dir, filters python.Value
			downloaders := python.Value(python.None)
			err := python.Unpack("FetchfwPluginHelper", args, kwargs, "plugin_dir", &dir, "downloaders?", &downloaders, "filter_builder?", &filters)
			if err != nil {
				return nil, err
			}
			if err := setAll(t, self, "_plugin_dir", dir, "_downloaders", downloaders); err != nil {
				return nil, err
			}
			return python.None, join(t, self, "root_dir", "_plugin_dir", TFTPBoot)
		},
		"services": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			d := python.NewDict(1)
			d.SetStr("install", self)
			return d, nil
		},
	},
})

// IsInstallService reports whether a service of a package is firmware that the
// host installs, and below which directory.
func IsInstallService(t *python.Thread, v python.Value) (root string, ok bool, err error) {
	if !python.IsInstance(v, fetchfwHelper) {
		return "", false, nil
	}
	dir, err := python.GetAttr(t, v, "root_dir")
	if err != nil {
		return "", true, err
	}
	s, err := python.ToStr(t, dir)
	if err != nil {
		return "", true, err
	}
	rel, inside := callOf(t).Relative(s)
	if !inside {
		return "", true, python.ValueErrorf("firmware directory %s is outside the package", s)
	}
	return rel, true, nil
}

func newDownloaders(_ *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var proxies python.Value
	if err := python.Unpack("new_downloaders", args, kwargs, "proxies?", &proxies); err != nil {
		return nil, err
	}
	d := python.NewDict(2)
	d.SetStr("default", python.NewInstance(downloaderClass, nil))
	d.SetStr("auth", python.NewInstance(downloaderClass, nil))
	return d, nil
}

// downloaderClass keeps the credentials a package sets for its downloads.
var downloaderClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "AuthDownloader", Module: "xivo_fetchfw.download",
	Methods: map[string]python.MethodFunc{
		"add_password": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var realm, uri, user, password python.Value
			if err := python.Unpack("add_password", args, kwargs, "realm", &realm, "uri", &uri, "user", &user, "passwd", &password); err != nil {
				return nil, err
			}
			if python.TypeName(uri) != "str" {
				return nil, python.TypeErrorf("add_password: want one URI, not '%s'", python.TypeName(uri))
			}
			passwords, _, err := python.LookupAttr(t, self, passwordsAttr)
			if err != nil {
				return nil, err
			}
			d, ok := passwords.(*python.Dict)
			if !ok {
				d = python.NewDict(1)
			}
			if err := python.SetItem(t, d, uri, python.NewList([]python.Value{user, password})); err != nil {
				return nil, err
			}
			return python.None, python.SetAttr(t, self, passwordsAttr, d)
		},
	},
})

// passwordsAttr is where a downloader keeps {URI: [user, password]}; a user of None
// takes them back.
const passwordsAttr = "_passwords"

// Credential is what a package sets for downloads from below a URI.
type Credential struct{ URI, User, Password string }

// Credentials returns what a package has set for its downloader "auth", in no
// order. v is its install service, see IsInstallService.
func Credentials(t *python.Thread, v python.Value) (list []Credential, err error) {
	downloaders, ok, err := python.LookupAttr(t, v, "_downloaders")
	if err != nil || !ok || downloaders == python.None {
		return nil, err
	}
	auth, err := python.CallMethod(t, downloaders, "get", python.Str("auth"))
	if err != nil || auth == python.None {
		return nil, err
	}
	passwords, _, err := python.LookupAttr(t, auth, passwordsAttr)
	d, ok := passwords.(*python.Dict)
	if err != nil || !ok {
		return nil, err
	}
	for uri, pair := range d.All() {
		values, err := python.ListOf(t, pair)
		if err != nil {
			return nil, err
		}
		if len(values) != 2 || values[0] == python.None || values[1] == python.None {
			continue
		}
		var c Credential
		for _, p := range []struct {
			from python.Value
			to   *string
		}{{uri, &c.URI}, {values[0], &c.User}, {values[1], &c.Password}} {
			if *p.to, err = python.ToStr(t, p.from); err != nil {
				return nil, err
			}
		}
		list = append(list, c)
	}
	return list, nil
}

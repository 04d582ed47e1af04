package host

import (
	"provbox/provd/python"
)

// resourceClass is twisted's Resource: a node of a tree of URLs. Packages put
// their own below it or derive from it; a tree is walked by Respond.
var resourceClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Resource", Module: "twisted.web.resource",
	Attrs: map[string]python.Value{"isLeaf": python.False},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.None, python.SetAttr(t, self, "children", python.NewDict(0))
		},
		"putChild": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path, child python.Value
			if err := python.Unpack("putChild", args, kwargs, "path", &path, "child", &child); err != nil {
				return nil, err
			}
			children, err := python.GetAttr(t, self, "children")
			if err != nil {
				return nil, err
			}
			return python.None, python.SetItem(t, children, path, child)
		},
		// Nothing below it answers: None is what Respond takes for "no such
		// resource".
		"getChild": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.None, nil
		},
		"getChildWithDefault": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path, request python.Value
			if err := python.Unpack("getChildWithDefault", args, kwargs, "path", &path, "request", &request); err != nil {
				return nil, err
			}
			children, ok, err := python.LookupAttr(t, self, "children")
			if err != nil {
				return nil, err
			}
			if ok {
				if has, err := python.Contains(t, children, path); err != nil {
					return nil, err
				} else if has {
					return python.GetItem(t, children, path)
				}
			}
			return python.CallMethod(t, self, "getChild", path, request)
		},
		"render": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var request python.Value
			if err := python.Unpack("render", args, kwargs, "request", &request); err != nil {
				return nil, err
			}
			method, err := python.GetAttr(t, request, "method")
			if err != nil {
				return nil, err
			}
			name, _ := method.(python.Bytes)
			fn, ok, err := python.LookupAttr(t, self, "render_"+string(name))
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, python.Throw(python.NewException(unsupportedMethod, method))
			}
			return python.Call(t, fn, []python.Value{request}, nil)
		},
		"render_HEAD": func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			if _, ok, err := python.LookupAttr(t, self, "render_GET"); err != nil {
				return nil, err
			} else if !ok {
				return nil, python.Throw(python.NewException(unsupportedMethod, python.Bytes("HEAD")))
			}
			return python.CallMethod(t, self, "render_GET", args...)
		},
	},
})

// unsupportedMethod is raised for an HTTP method a resource does not have.
var unsupportedMethod = exception("twisted.web.error", "UnsupportedMethod", python.ExceptionClass)

// errorPage answers with a status and a text, on every path.
var errorPage = newErrorPage("ErrorPage", 0, "")

// noResourceClass and forbiddenClass are error pages of a fixed status.
var (
	noResourceClass = newErrorPage("NoResource", 404, "No such resource")
	forbiddenClass  = newErrorPage("ForbiddenResource", 403, "Forbidden")
)

// newErrorPage makes an error page class; one without a status takes it as an
// argument.
func newErrorPage(name string, status int, brief string) *python.Class {
	return python.NewBuiltinClass(python.ClassSpec{
		Name: name, Module: "twisted.web.resource", Bases: []*python.Class{resourceClass},
		Methods: map[string]python.MethodFunc{
			"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				code, title, detail := python.Value(python.NewInt(status)), python.Value(python.Str(brief)), python.Value(python.Str(""))
				var err error
				if status == 0 {
					err = python.Unpack(name, args, kwargs, "status", &code, "brief", &title, "detail", &detail)
				} else {
					err = python.Unpack(name, args, kwargs, "message?", &detail)
				}
				if err != nil {
					return nil, err
				}
				return python.None, setAll(t, self, "code", code, "brief", title, "detail", detail, "children", python.NewDict(0))
			},
			"getChild": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return self, nil
			},
			"render": func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
				code, err := python.GetAttr(t, self, "code")
				if err != nil {
					return nil, err
				}
				if len(args) == 1 {
					if _, err := python.CallMethod(t, args[0], "setResponseCode", code); err != nil {
						return nil, err
					}
				}
				detail, err := python.GetAttr(t, self, "detail")
				if err != nil {
					return nil, err
				}
				s, err := python.ToStr(t, detail)
				return python.Bytes(s), err
			},
		},
	})
}

// setAll sets alternating attribute names and values.
func setAll(t *python.Thread, v python.Value, pairs ...any) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := python.SetAttr(t, v, pairs[i].(string), pairs[i+1].(python.Value)); err != nil {
			return err
		}
	}
	return nil
}

func resourceModule() module {
	return module{
		"ErrorPage":         errorPage,
		"ForbiddenResource": forbiddenClass,
		"IResource":         resourceClass,
		"NoResource":        noResourceClass,
		"Resource":          resourceClass,
	}
}

func webHTTPModule() module {
	m := module{}
	for name, code := range map[string]int{
		"OK": 200, "NO_CONTENT": 204, "MOVED_PERMANENTLY": 301, "FOUND": 302, "NOT_MODIFIED": 304, "BAD_REQUEST": 400,
		"UNAUTHORIZED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "NOT_ALLOWED": 405, "INTERNAL_SERVER_ERROR": 500,
	} {
		m[name] = python.NewInt(code)
	}
	return m
}

func webServerModule() module { return module{"NOT_DONE_YET": notDoneYet} }

// fileService is HTTPNoListingFileService: what serves the directory it is made
// with. The box does the serving; the object says which directory, and holds the
// path_preprocess of classes that derive from it.
var fileService = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPNoListingFileService", Module: "wazo_provd.servers.http", Bases: []*python.Class{resourceClass},
	Methods: map[string]python.MethodFunc{"__init__": initWithPath},
})

// initWithPath keeps the served directory as the attribute path.
func initWithPath(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var path python.Value
	if err := python.Unpack(self.Type().Name(), args, kwargs, "path", &path); err != nil {
		return nil, err
	}
	return python.None, setAll(t, self, "path", path, "children", python.NewDict(0))
}

// hookService wraps another service; what it does before is the package's.
var hookService = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPHookService", Module: "wazo_provd.servers.http", Bases: []*python.Class{resourceClass},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var service python.Value
			if err := python.Unpack("HTTPHookService", args, kwargs, "service", &service); err != nil {
				return nil, err
			}
			return python.None, setAll(t, self, "_service", service, "children", python.NewDict(0))
		},
		"_next_service": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path, request python.Value
			if err := python.Unpack("_next_service", args, kwargs, "path", &path, "request", &request); err != nil {
				return nil, err
			}
			service, err := python.GetAttr(t, self, "_service")
			if err != nil {
				return nil, err
			}
			if root, ok, err := ServedDirectory(t, service); err != nil || ok && root != "" {
				return putBack(t, request, path, service, err)
			}
			leaf, err := python.GetAttr(t, service, "isLeaf")
			if err != nil {
				return nil, err
			}
			if stop, err := python.Truth(t, leaf); err != nil || stop {
				return putBack(t, request, path, service, err)
			}
			return python.CallMethod(t, service, "getChildWithDefault", path, request)
		},
		"_pre_handle": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.None, nil
		},
		"getChild": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path, request python.Value
			if err := python.Unpack("getChild", args, kwargs, "path", &path, "request", &request); err != nil {
				return nil, err
			}
			if _, err := python.CallMethod(t, self, "_pre_handle", path, request); err != nil {
				return nil, err
			}
			return python.CallMethod(t, self, "_next_service", path, request)
		},
	},
})

// putBack gives a segment that was taken already back to the service that wants
// it.
func putBack(t *python.Thread, request, segment, service python.Value, err error) (python.Value, error) {
	if err != nil {
		return nil, err
	}
	rest, err := python.GetAttr(t, request, "postpath")
	if err != nil {
		return nil, err
	}
	segments, err := python.ListOf(t, rest)
	if err != nil {
		return nil, err
	}
	return service, setAll(t, request, "postpath", python.NewList(append([]python.Value{segment}, segments...)))
}

func httpModule() module {
	return module{
		"BaseHTTPHookService":      hookService,
		"HTTPHookService":          hookService,
		"HTTPNoListingFileService": fileService,
		"IHTTPService":             resourceClass,
	}
}

func httpSiteModule() module { return module{"Request": requestClass} }

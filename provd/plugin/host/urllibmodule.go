package host

import (
	"bytes"
	"context"
	"io"
	"net"

	"provbox/provd/python"
)

// dialer makes a dial function that reaches only the phone of the call.
func dialer(t *python.Thread) func(context.Context, string, string) (net.Conn, error) {
	device := callOf(t).Device
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		host, port, err := splitHostPort(address)
		if err != nil {
			return nil, err
		}
		if device == nil {
			return dial(t, host, port) // says why
		}
		return device.Dial(ctx, host, port)
	}
}

// response is what open returns: the whole answer, in memory.
type response struct {
	url    string
	status int
	body   *bytes.Reader
}

// Type returns the class HTTPResponse.
func (*response) Type() *python.Class { return responseClass }

var responseClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPResponse", Module: "http.client", NoNew: true, Final: true,
	Getters: map[string]python.GetFunc{
		"status": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.NewInt(self.(*response).status), nil
		},
		"url": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Str(self.(*response).url), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"__enter__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return self, nil
		},
		"__exit__": nothing,
		"close":    nothing,
		"getcode": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.NewInt(self.(*response).status), nil
		},
		"geturl": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Str(self.(*response).url), nil
		},
		"read": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			limit := -1
			if err := python.Unpack("read", args, kwargs, "amt??", &limit); err != nil {
				return nil, err
			}
			body := self.(*response).body
			if limit < 0 {
				limit = body.Len()
			}
			data, err := io.ReadAll(io.LimitReader(body, int64(limit)))
			return python.Bytes(data), err
		},
	},
})

func urlRequestModule() module {
	return module{
		"HTTPBasicAuthHandler":            basicHandlerClass,
		"HTTPCookieProcessor":             cookieHandlerClass,
		"HTTPPasswordMgr":                 passwordsClass,
		"HTTPPasswordMgrWithDefaultRealm": passwordsClass,
		"OpenerDirector":                  openerClass,
		"build_opener":                    function("build_opener", buildOpener),
		"urlopen": function("urlopen", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return python.Call(t, &python.BoundMethod{Self: new(opener), Func: mustLookup(openerClass, "open")}, args, kwargs)
		}),
	}
}

// mustLookup returns an attribute that the class is known to have.
func mustLookup(class *python.Class, name string) python.Value {
	v, ok := class.Lookup(name)
	if !ok {
		return python.None
	}
	return v
}

func urlErrorModule() module { return module{"HTTPError": httpError, "URLError": urlError} }

func cookieModule() module { return module{"CookieJar": cookieJarClass} }

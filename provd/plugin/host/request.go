package host

import (
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/python"
)

// Request is a phone's request as extractors and HTTP services see it. It tells
// Read of every attribute they look at.
type Request struct {
	req provd.Request
	// read is told of each attribute the package looks at, before it sees it.
	read func(attr string)
	// own are the attributes the package set.
	own map[string]python.Value

	status   int
	header   map[string]string
	written  []byte // by write
	finished bool
}

// NewRequest returns the object that stands for req in a package. read, when not
// nil, is called with the name of each attribute the package reads; Value gives
// an attribute's value.
func NewRequest(req provd.Request, read func(attr string)) python.Value {
	if read == nil {
		read = func(string) {}
	}
	switch req.Kind {
	case provd.TFTP:
		return tftpRequest(req.IP, req.Path, read)
	case provd.DHCP:
		return dhcpRequest(req, read)
	}
	return &Request{req: req, read: read}
}

func tftpRequest(ip, path string, read func(string)) *mapping {
	packet := python.NewDict(4)
	packet.SetStr("opcode", python.Bytes("\x00\x01"))
	packet.SetStr("mode", python.Bytes("octet"))
	packet.SetStr("options", python.NewDict(0))
	return &mapping{read: read, items: []mappingItem{
		{python.Str("address"), AttrIP, func() python.Value { return python.Tuple{python.Str(ip), python.Int(0)} }},
		{python.Str("packet"), AttrPath, func() python.Value {
			packet.SetStr("filename", python.Bytes(path))
			return packet
		}},
	}}
}

// The attributes of a request that an extractor can read. DHCP options are
// AttrOption and the code as one byte.
const (
	AttrIP        = "ip"
	AttrPath      = "path"
	AttrQuery     = "query"
	AttrUserAgent = "ua"
	AttrMethod    = "method"
	AttrBody      = "body"
	AttrHeader    = "h:" // and the canonical name
	AttrMAC       = "mac"
	AttrOption    = "o"
	AttrOptions   = "options" // their codes
)

// AppendAttr appends the value of an attribute, see Attr.
func AppendAttr(to []byte, req *provd.Request, attr string) []byte {
	if attr != AttrUserAgent {
		return append(to, Attr(req, attr)...)
	}
	if !req.HasUserAgent {
		return append(to, 0)
	}
	return append(append(to, 1), req.UserAgent...)
}

// Attr returns the value of an attribute as a string that is equal exactly when
// packages cannot tell the values apart.
func Attr(req *provd.Request, attr string) string {
	switch attr {
	case AttrIP:
		return req.IP
	case AttrPath:
		return req.Path
	case AttrQuery:
		if f := form(req); f != "" {
			return req.Query + "\x00" + f
		}
		return req.Query
	case AttrMethod:
		return method(req)
	case AttrBody:
		return string(req.Body)
	case AttrUserAgent:
		if !req.HasUserAgent {
			return "\x00"
		}
		return "\x01" + req.UserAgent
	case AttrMAC:
		return req.MAC
	case AttrOptions:
		return string(optionCodes(req))
	}
	if name, ok := strings.CutPrefix(attr, AttrHeader); ok {
		return strings.Join(req.Header[name], "\x00")
	}
	if code, ok := strings.CutPrefix(attr, AttrOption); ok && len(code) == 1 {
		value, ok := req.Options[code[0]]
		if !ok {
			return "\x00"
		}
		return "\x01" + string(value)
	}
	return ""
}

// Type returns the class Request.
func (*Request) Type() *python.Class { return requestClass }

// Attr returns an attribute of the request.
func (r *Request) Attr(t *python.Thread, name string) (python.Value, error) {
	if v, ok := r.own[name]; ok {
		return v, nil
	}
	switch name {
	case "path":
		r.read(AttrPath)
		return python.Bytes(r.req.Path), nil
	case "uri":
		r.read(AttrPath)
		r.read(AttrQuery)
		if r.req.Query == "" {
			return python.Bytes(r.req.Path), nil
		}
		return python.Bytes(r.req.Path + "?" + r.req.Query), nil
	case "args":
		r.read(AttrQuery)
		return requestArgs(t, &r.req)
	case "method":
		r.read(AttrMethod)
		return python.Bytes(method(&r.req)), nil
	case "content":
		r.read(AttrBody)
		return &body{data: r.req.Body}, nil
	case "prepath":
		return python.NewList(nil), nil
	case "postpath":
		r.read(AttrPath)
		return pathSegments(r.req.Path), nil
	}
	return nil, nil
}

// SetAttr keeps what the package sets.
func (r *Request) SetAttr(_ *python.Thread, name string, value python.Value) (bool, error) {
	if value == nil {
		delete(r.own, name)
		return true, nil
	}
	if r.own == nil {
		r.own = make(map[string]python.Value)
	}
	r.own[name] = value
	return true, nil
}

// AttrNames lists the attributes.
func (r *Request) AttrNames() []string {
	return []string{"args", "content", "method", "path", "postpath", "prepath", "uri"}
}

// method is a request's HTTP method.
func method(req *provd.Request) string {
	if req.Method == "" {
		return http.MethodGet
	}
	return req.Method
}

// headerValue returns a header; of several of one name the last, as twisted does.
func (r *Request) headerValue(name string) (string, bool) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	if name == "User-Agent" {
		r.read(AttrUserAgent)
		return r.req.UserAgent, r.req.HasUserAgent
	}
	r.read(AttrHeader + name)
	values := r.req.Header[name]
	if len(values) == 0 {
		return "", false
	}
	return values[len(values)-1], true
}

var requestClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Request", Module: "wazo_provd.servers.http_site", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"getHeader": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var key python.Value
			if err := python.Unpack("getHeader", args, kwargs, "key", &key); err != nil {
				return nil, err
			}
			r := self.(*Request)
			switch key := key.(type) {
			case python.Bytes:
				if v, ok := r.headerValue(string(key)); ok {
					return python.Bytes(v), nil
				}
			case python.Str:
				if v, ok := r.headerValue(string(key)); ok {
					return latin1([]byte(v)), nil
				}
			default:
				return nil, python.TypeErrorf("getHeader() argument must be bytes or str, not '%s'", python.TypeName(key))
			}
			return python.None, nil
		},
		"getAllHeaders": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			r := self.(*Request)
			d := python.NewDict(1)
			for _, name := range append(slices.Sorted(maps.Keys(r.req.Header)), "User-Agent") {
				v, ok := r.headerValue(name)
				if !ok {
					continue
				}
				if err := d.Set(t, python.Bytes(strings.ToLower(name)), python.Bytes(v)); err != nil {
					return nil, err
				}
			}
			return d, nil
		},
		"getClientIP": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			r := self.(*Request)
			r.read(AttrIP)
			return python.Str(r.req.IP), nil
		},
		"setHeader": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name, value python.Value
			if err := python.Unpack("setHeader", args, kwargs, "name", &name, "value", &value); err != nil {
				return nil, err
			}
			k, err := octets(t, name)
			if err != nil {
				return nil, err
			}
			v, err := octets(t, value)
			if err != nil {
				return nil, err
			}
			r := self.(*Request)
			if r.header == nil {
				r.header = make(map[string]string)
			}
			if len(k)+len(v) > maxHeader || len(r.header) >= maxHeaders {
				return nil, python.ValueErrorf("too many or too long headers")
			}
			r.header[k] = v
			return python.None, nil
		},
		"write": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var data python.Value
			if err := python.Unpack("write", args, kwargs, "data", &data); err != nil {
				return nil, err
			}
			s, err := octets(t, data)
			if err != nil {
				return nil, err
			}
			r := self.(*Request)
			if len(r.written)+len(s) > maxAnswer {
				return nil, python.ValueErrorf("an answer has at most %d bytes", maxAnswer)
			}
			r.written = append(r.written, s...)
			return python.None, nil
		},
		"finish": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			self.(*Request).finished = true
			return python.None, nil
		},
		"redirect": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var url python.Value
			if err := python.Unpack("redirect", args, kwargs, "url", &url); err != nil {
				return nil, err
			}
			self.(*Request).status = http.StatusFound
			return python.CallMethod(t, self, "setHeader", python.Str("Location"), url)
		},
		"setResponseCode": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var code int
			var message python.Value
			if err := python.Unpack("setResponseCode", args, kwargs, "code", &code, "message?", &message); err != nil {
				return nil, err
			}
			self.(*Request).status = code
			return python.None, nil
		},
	},
})

// octets returns the bytes of a bytes or str value.
func octets(t *python.Thread, v python.Value) (string, error) {
	if b, ok := v.(python.Bytes); ok {
		return string(b), nil
	}
	return python.ToStr(t, v)
}

// latin1 decodes bytes one to one, as wazo-provd does with header values and
// DHCP options.
func latin1(b []byte) python.Str {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		out = python.AppendRune(out, rune(c))
	}
	return python.Str(out)
}

func unquote(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return out
}

func pathSegments(path string) *python.List {
	var segments []python.Value
	for s := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if u, err := url.PathUnescape(s); err == nil {
			s = u
		}
		segments = append(segments, python.Bytes(s))
	}
	return python.NewList(segments)
}

package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"provbox/provd/python"
)

var (
	urlError  = exception("urllib.error", "URLError", python.OSError)
	httpError = exception("urllib.error", "HTTPError", urlError)
)

// maxBody bounds what is read of one answer of a phone.
const maxBody = 1 << 20

// deviceTimeout is the time limit of one request to a phone when the package
// gives none.
const deviceTimeout = 15 * time.Second

// opener is an urllib.request.OpenerDirector: it keeps cookies and passwords.
type opener struct {
	jar      *cookieJar
	password *passwords
}

// Type returns the class OpenerDirector.
func (*opener) Type() *python.Class { return openerClass }

// cookieJar is a http.cookiejar.CookieJar.
type cookieJar struct{ jar http.CookieJar }

// Type returns the class CookieJar.
func (*cookieJar) Type() *python.Class { return cookieJarClass }

func (c *cookieJar) clear() {
	// cookiejar.New fails for no options.
	c.jar, _ = cookiejar.New(nil)
}

// passwords is an urllib.request.HTTPPasswordMgr, for one user.
type passwords struct{ user, password string }

// Type returns the class HTTPPasswordMgr.
func (*passwords) Type() *python.Class { return passwordsClass }

// handler is what build_opener takes.
type handler struct {
	class    *python.Class
	jar      *cookieJar
	password *passwords
}

// Type returns the handler's class.
func (h *handler) Type() *python.Class { return h.class }

var cookieJarClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "CookieJar", Module: "http.cookiejar", Final: true,
	New: func(*python.Thread, *python.Class, []python.Value, []python.Keyword) (python.Value, error) {
		c := new(cookieJar)
		c.clear()
		return c, nil
	},
	Methods: map[string]python.MethodFunc{
		"clear": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			self.(*cookieJar).clear()
			return python.None, nil
		},
	},
})

var passwordsClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPPasswordMgrWithDefaultRealm", Module: "urllib.request", Final: true,
	New: func(*python.Thread, *python.Class, []python.Value, []python.Keyword) (python.Value, error) {
		return new(passwords), nil
	},
	Methods: map[string]python.MethodFunc{
		"add_password": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var realm, uri python.Value
			p := self.(*passwords)
			return python.None, python.Unpack("add_password", args, kwargs, "realm", &realm, "uri", &uri, "user", &p.user, "passwd", &p.password)
		},
	},
})

var cookieHandlerClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPCookieProcessor", Module: "urllib.request", Final: true,
	New: func(_ *python.Thread, cls *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var jar python.Value
		if err := python.Unpack("HTTPCookieProcessor", args, kwargs, "cookiejar?", &jar); err != nil {
			return nil, err
		}
		c, ok := jar.(*cookieJar)
		if !ok {
			c = new(cookieJar)
			c.clear()
		}
		return &handler{class: cls, jar: c}, nil
	},
})

var basicHandlerClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "HTTPBasicAuthHandler", Module: "urllib.request", Final: true,
	New: func(_ *python.Thread, cls *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var manager python.Value
		if err := python.Unpack("HTTPBasicAuthHandler", args, kwargs, "password_mgr?", &manager); err != nil {
			return nil, err
		}
		p, ok := manager.(*passwords)
		if !ok {
			p = new(passwords)
		}
		return &handler{class: cls, password: p}, nil
	},
})

var openerClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "OpenerDirector", Module: "urllib.request", NoNew: true, Final: true,
	Methods: map[string]python.MethodFunc{
		"open": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var address string
			var data, timeout python.Value
			if err := python.Unpack("open", args, kwargs, "fullurl", &address, "data?", &data, "timeout?", &timeout); err != nil {
				return nil, err
			}
			return self.(*opener).open(t, address, data, timeout)
		},
	},
})

// buildOpener is urllib.request.build_opener.
func buildOpener(_ *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
	o := new(opener)
	for _, a := range args {
		h, ok := a.(*handler)
		if !ok {
			return nil, python.TypeErrorf("expected BaseHandler instance, got %s", python.TypeName(a))
		}
		if h.jar != nil {
			o.jar = h.jar
		}
		if h.password != nil {
			o.password = h.password
		}
	}
	return o, nil
}

func (o *opener) open(t *python.Thread, address string, data, timeout python.Value) (python.Value, error) {
	method, body := http.MethodGet, []byte(nil)
	switch d := data.(type) {
	case nil, python.NoneType:
	case python.Bytes:
		method, body = http.MethodPost, []byte(d)
	case python.Str:
		return nil, python.TypeErrorf("POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str.")
	default:
		return nil, python.TypeErrorf("POST data should be bytes, not '%s'", python.TypeName(data))
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, python.ValueErrorf("unknown url type: '%s'", address)
	}
	client := o.client(t, timeout)
	defer client.CloseIdleConnections()
	resp, err := o.send(t, client, method, u, body, false)
	if err == nil && resp.StatusCode == http.StatusUnauthorized && o.password != nil && o.password.user != "" {
		resp.Body.Close()
		resp, err = o.send(t, client, method, u, body, true)
	}
	if err != nil {
		return nil, python.Raise(urlError, "<urlopen error %v>", err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, python.Raise(urlError, "<urlopen error %v>", err)
	}
	if len(content) > maxBody {
		return nil, python.Raise(urlError, "<urlopen error answer of more than %d bytes>", maxBody)
	}
	if err := t.Alloc(int64(len(content))); err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		exc := python.NewException(httpError, python.Str(fmt.Sprintf("HTTP Error %d: %s", resp.StatusCode, http.StatusText(resp.StatusCode))))
		exc.Attrs().SetStr("code", python.NewInt(resp.StatusCode))
		return nil, python.Throw(exc)
	}
	return &response{url: resp.Request.URL.String(), status: resp.StatusCode, body: bytes.NewReader(content)}, nil
}

// client talks to the call's own phone and to nothing else, redirects included.
func (o *opener) client(t *python.Thread, timeout python.Value) *http.Client {
	limit := deviceTimeout
	switch s := timeout.(type) {
	case python.Int:
		limit = min(limit, time.Duration(s)*time.Second)
	case python.Float:
		limit = min(limit, time.Duration(float64(s)*float64(time.Second)))
	}
	c := &http.Client{
		Timeout:   max(limit, time.Millisecond),
		Transport: &http.Transport{DialContext: dialer(t), DisableKeepAlives: true},
	}
	if o.jar != nil {
		c.Jar = o.jar.jar
	}
	return c
}

func (o *opener) send(t *python.Thread, c *http.Client, method string, u *url.URL, body []byte, auth bool) (*http.Response, error) {
	req, err := http.NewRequestWithContext(t.Context(), method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("User-Agent", "Python-urllib/3.11")
	if auth {
		req.SetBasicAuth(o.password.user, o.password.password)
	}
	resp, err := c.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
	}
	return resp, err
}

// splitHostPort splits an address that net/http made.
func splitHostPort(address string) (string, int, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.Atoi(port)
	return strings.Trim(host, "[]"), n, err
}

// Package central speaks with the central Wazo stack: wazo-auth, which checks
// every caller and gives the box its own token, wazo-amid, which carries the SIP
// NOTIFY that makes a phone reload, the message bus, which tells of deleted
// tenants, and wazo-confd, which knows the names behind a line
// (spec/wazo-link.md).
//
// Promises: every call has a time limit and reads a bounded answer; no phone
// ever waits for the centre; a token never shows in a log or an error; what the
// centre answers is checked before it is believed; a caller whose token was
// revoked is refused after AuthConfig.Cache at the latest while wazo-auth
// answers, and after AuthConfig.Grace while it does not.
package central

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"provbox/provd"
)

// Endpoint is how to reach one service.
type Endpoint struct {
	Host   string
	Port   int
	HTTPS  bool
	Prefix string // path before the service's own, e.g. /api/auth
	// Insecure accepts any certificate, for stacks that never had a real one.
	Insecure bool
	// Board is told whether the service answers; nil for nobody.
	Board *Board
	// Transport replaces the network, for tests; nil is the network.
	Transport http.RoundTripper
}

const (
	callTimeout = 5 * time.Second
	maxAnswer   = 4 << 20
	maxHeader   = 64 << 10
)

// client calls one service.
type client struct {
	name  string // for errors
	base  string
	http  *http.Client
	board *Board
}

func newClient(name string, e Endpoint, version string) *client {
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(e.Host, strconv.Itoa(e.Port)), Path: strings.TrimSuffix(e.Prefix, "/") + version}
	network := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: callTimeout}).DialContext,
		ResponseHeaderTimeout: callTimeout, TLSHandshakeTimeout: callTimeout,
		MaxResponseHeaderBytes: maxHeader, MaxIdleConnsPerHost: 8, MaxConnsPerHost: 32, IdleConnTimeout: time.Minute,
	}
	if e.HTTPS {
		u.Scheme = "https"
		network.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: e.Insecure}
	}
	var transport http.RoundTripper = network
	if e.Transport != nil {
		transport = e.Transport
	}
	return &client{name: name, base: u.String(), board: e.Board, http: &http.Client{
		Transport: transport, Timeout: callTimeout,
		// The services do not redirect; a token must not follow whoever does.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// request is one call.
type request struct {
	method, path string
	query        url.Values
	token        string
	tenant       string
	user, pass   string // basic authentication, when user is set
	body         any
}

// do makes a call and decodes a 200 answer into out, unless that is nil. Any
// answer in accept is no error. Others, and no answer, are *provd.Error with
// Unavailable.
func (c *client) do(ctx context.Context, r request, out any, accept ...int) (code int, err error) {
	code, err = c.call(ctx, r, out, accept)
	if ctx.Err() == nil { // a caller that gave up says nothing of the service
		c.board.note(c.name, err)
	}
	return code, err
}

func (c *client) call(ctx context.Context, r request, out any, accept []int) (code int, err error) {
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.name, err)
		}
		body = bytes.NewReader(b)
	}
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return 0, c.away(err)
	}
	req.Header.Set("User-Agent", "provbox")
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("X-Auth-Token", r.token)
	}
	if r.tenant != "" {
		req.Header.Set("Wazo-Tenant", r.tenant)
	}
	if r.user != "" {
		req.SetBasicAuth(r.user, r.pass)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, c.away(err)
	}
	defer resp.Body.Close()
	ok := false
	for _, a := range accept {
		ok = ok || a == resp.StatusCode
	}
	if !ok {
		// The text beside the number is the peer's and can be of any length.
		return resp.StatusCode, &provd.Error{
			Code: provd.Unavailable, Err: unexpected(resp.StatusCode),
			Message: strings.TrimSpace(fmt.Sprintf("%s answered %d %s", c.name, resp.StatusCode, http.StatusText(resp.StatusCode))),
		}
	}
	if resp.StatusCode == http.StatusOK && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		// A portal or proxy in between that says 200 to everything. Of a HEAD this
		// is all there is to tell it by.
		return 0, provd.Errorf(provd.Unavailable, "%s answered a web page, so it is something else that answers there", c.name)
	}
	if out == nil || resp.StatusCode != http.StatusOK {
		return resp.StatusCode, nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(out); err != nil {
		return resp.StatusCode, provd.Errorf(provd.Unavailable, "%s answered something that is not the expected JSON", c.name)
	}
	return resp.StatusCode, nil
}

// unexpected is the status of an answer that a service does not give.
type unexpected int

func (u unexpected) Error() string { return "unexpected status " + strconv.Itoa(int(u)) }

// refused reports whether an error is the answer of a service that is there and
// does not take this one request, as against one that cannot serve any.
func refused(err error) bool {
	u, ok := errors.AsType[unexpected](err)
	return ok && u >= 400 && u < 500 && u != http.StatusRequestTimeout && u != http.StatusTooManyRequests
}

// away says that a service did not answer, without the URL: it can hold a
// caller's token.
func (c *client) away(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &provd.Error{Code: provd.Unavailable, Message: c.name + " cannot be reached; try again later", Err: err}
}

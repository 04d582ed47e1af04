package repository

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"provbox/provd"
)

// Limits of one connection; those of a whole download are in Limits.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 15 * time.Second
	maxHeader     = 64 << 10
	maxRedirects  = 5
)

// errForbidden is wrapped by errors about addresses that are not connected to.
var errForbidden = errors.New("address of this machine or link-local")

// client downloads from one server with the settings of one moment.
type client struct {
	http   *http.Client
	server *url.URL
	limits Limits
}

// newClient returns a client for the server that the settings name.
func newClient(s Settings, limits Limits) (c *client, err error) {
	if s.Server == "" {
		return nil, errNoServer
	}
	server, err := url.Parse(s.Server)
	if err != nil || (server.Scheme != "http" && server.Scheme != "https") || server.Hostname() == "" {
		return nil, provd.Errorf(provd.Invalid, "plugin_server %q is no http or https URL; set it to the repository's", s.Server)
	}
	hc, err := s.Client(server)
	if err != nil {
		return nil, err
	}
	return &client{http: hc, server: server, limits: limits}, nil
}

// Client returns an HTTP client that uses the proxies. It connects to no address of
// this machine, its link or many machines, nor follows a redirect there, but to a
// proxy and to the servers given, which the operator named. It keeps no connection.
func (s Settings) Client(servers ...*url.URL) (*http.Client, error) {
	proxies := make(map[string]*url.URL)
	for scheme, text := range map[string]string{"http": s.HTTPProxy, "https": s.HTTPSProxy} {
		if text == "" {
			continue
		}
		if !strings.Contains(text, "://") {
			text = "http://" + text // https_proxy is host:port, spec/rest.md section 12
		}
		p, err := url.Parse(text)
		if err != nil || p.Hostname() == "" {
			return nil, provd.Errorf(provd.Invalid, "%s_proxy %q is no proxy", scheme, text)
		}
		proxies[scheme] = p
	}
	// The operator named these, so they may be this machine.
	trusted := make(map[string]bool)
	for _, u := range proxies {
		trusted[hostPort(u)] = true
	}
	// A server's name may stand for an address of this machine on the LAN, but not
	// for others of its services.
	named := make(map[string]bool)
	for _, server := range servers {
		named[hostPort(server)] = true
		if isOwn(server.Hostname()) {
			trusted[hostPort(server)] = true
		}
	}
	plain := &net.Dialer{Timeout: dialTimeout}
	server := &net.Dialer{Timeout: dialTimeout, Control: checkAddress(forbidden)}
	checked := &net.Dialer{Timeout: dialTimeout, Control: checkAddress(s.foreign)}
	t := &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) { return proxies[r.URL.Scheme], nil },
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			switch {
			case trusted[addr]:
				return plain.DialContext(ctx, network, addr)
			case named[addr]:
				return server.DialContext(ctx, network, addr)
			}
			return checked.DialContext(ctx, network, addr)
		},
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true, // sizes and hashes are those of the bytes sent
		DisableKeepAlives:      true, // a client lives for one download
	}
	// A proxy would make the connection where the dialer cannot see it.
	refuse := func(u *url.URL) error {
		at := hostPort(u)
		ip, err := netip.ParseAddr(u.Hostname())
		if (isOwn(u.Hostname()) && !trusted[at]) || (err == nil && s.foreign(ip) && !trusted[at] && !named[at]) {
			return fmt.Errorf("%s: %w", u.Host, errForbidden)
		}
		return nil
	}
	redirect := func(r *http.Request, via []*http.Request) error {
		switch {
		case len(via) > maxRedirects:
			return fmt.Errorf("more than %d redirects", maxRedirects)
		case r.URL.Scheme != "http" && r.URL.Scheme != "https":
			return fmt.Errorf("redirect to a %s URL", r.URL.Scheme)
		}
		return nil
	}
	return &http.Client{Transport: guard{t, refuse}, CheckRedirect: redirect}, nil
}

// guard looks at the URL of a request, a redirected one too, before it is sent.
type guard struct {
	http.RoundTripper

	refuse func(*url.URL) error
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.refuse(r.URL); err != nil {
		return nil, err
	}
	return g.RoundTripper.RoundTrip(r)
}

// hostPort is the address that a URL's host is dialed at.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// isOwn reports whether a host is written as an address that forbidden forbids, in
// a form that may be one, or as the name of this machine.
func isOwn(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		// Some resolvers take 2130706433, 0x7f000001 or 127.1 for an address. No name
		// of the Internet ends in a number, so nothing is lost.
		last := host[strings.LastIndexByte(host, '.')+1:]
		_, err := strconv.ParseUint(last, 0, 64)
		return err == nil
	}
	return forbidden(ip)
}

// checkAddress refuses a connection by its address, after the name was resolved,
// so that no answer of a name server gets around it.
func checkAddress(forbidden func(netip.Addr) bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %s: %w", address, err)
		}
		if forbidden(ap.Addr()) {
			return fmt.Errorf("connect to %s: %w", ap.Addr(), errForbidden)
		}
		return nil
	}
}

// foreign is forbidden for what no operator named: the addresses that this machine
// has on its networks are refused, too.
func (s Settings) foreign(ip netip.Addr) bool {
	if forbidden(ip) {
		return true
	}
	own := s.Own
	if own == nil {
		own = interfaceAddrs
	}
	return slices.Contains(own(), ip.Unmap().WithZone(""))
}

// interfaceAddrs are the addresses of this machine.
func interfaceAddrs() []netip.Addr {
	list, _ := net.InterfaceAddrs() // without them loopback is still refused
	var own []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own
}

// forbidden reports whether an address leads to this machine, to its link or to
// many machines.
func forbidden(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() ||
		thisNetwork.Contains(ip) || ip == broadcast
}

var (
	thisNetwork = netip.MustParsePrefix("0.0.0.0/8") // RFC 1122 section 3.2.1.3
	broadcast   = netip.MustParseAddr("255.255.255.255")
)

// get copies a file of the server to w. It refuses one with more than limit bytes;
// progress is called with what has come and, where the server says so, what there
// is.
func (c *client) get(ctx context.Context, name string, limit int64, w io.Writer, progress func(current, end int64)) error {
	u := c.server.JoinPath(name)
	ctx, cancel := context.WithTimeoutCause(ctx, c.limits.Download,
		provd.Errorf(provd.Unavailable, "download %s: not done after %v", u.Redacted(), c.limits.Download))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stalled := time.AfterFunc(c.limits.Idle+headerTimeout, func() {
		stop(provd.Errorf(provd.Unavailable, "download %s: the server sent nothing for %v", u.Redacted(), c.limits.Idle))
	})
	defer stalled.Stop()
	err := c.copy(ctx, u, limit, w, func(n, end int64) {
		stalled.Reset(c.limits.Idle)
		progress(n, end)
	})
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return &provd.Error{Code: provd.Unavailable, Message: "download " + u.Redacted(), Err: err}
}

func (c *client) copy(ctx context.Context, u *url.URL, limit int64, w io.Writer, progress func(current, end int64)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "provbox")
	resp, err := c.http.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			return e.Err // the URL is in the message already
		}
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	if resp.ContentLength > limit {
		return fmt.Errorf("the file has %d bytes, at most %d are taken", resp.ContentLength, limit)
	}
	progress(0, max(resp.ContentLength, 0))
	body := &meter{r: resp.Body, tell: func(n int64) { progress(n, max(resp.ContentLength, 0)) }}
	n, err := io.Copy(w, io.LimitReader(body, limit+1))
	if err != nil {
		return err
	}
	if n > limit {
		return fmt.Errorf("the file has more than %d bytes", limit)
	}
	return nil
}

// meter tells how many bytes went through a reader.
type meter struct {
	r    io.Reader
	n    int64
	tell func(n int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	if n > 0 {
		m.tell(m.n)
	}
	return n, err
}

// Package direct sends SIP NOTIFYs from the box to the phones over UDP, for sites
// whose phones take them from an address that is not their registrar
// (general.sync_service_type: sip).
//
// Promises: one message, one socket, closed afterwards; only responses from the
// phone that was asked are read; a refusal or silence becomes an error that says
// what to change.
package direct

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"provbox/provd"
	"provbox/provd/notify"
)

// Config is what a Sender is made from.
type Config struct {
	// Address is the address the messages come from; the zero value is the one
	// that the route to the phone gives.
	Address netip.Addr
	// Timeout is how long a phone has to answer; default 5 seconds.
	Timeout time.Duration
}

// Sender sends NOTIFYs. It implements notify.Sender, never reports
// notify.ErrAway, and is safe for concurrent use.
type Sender struct{ cfg Config }

// New returns a sender.
func New(cfg Config) *Sender {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 5 * time.Second
	}
	return &Sender{cfg}
}

// defaultPort is where phones listen for SIP (RFC 3261 section 19.1.2).
const defaultPort = 5060

// Send implements notify.Sender: it sends one NOTIFY and waits for the phone's
// answer.
func (s *Sender) Send(ctx context.Context, job notify.Job, m notify.Message) error {
	to, err := targetOf(job, m)
	if err != nil {
		return err
	}
	content, err := parse(m.Variables)
	if err != nil {
		return err
	}
	from, err := s.local(to)
	if err != nil {
		return provd.Errorf(provd.Unavailable, "no way to the phone at %s: %w", to.addr, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	resp, err := exchange(ctx, from, to, content)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, sip.ErrTransactionTimeout) {
			return provd.Errorf(provd.Unavailable,
				"the phone did not answer at %s within %v; is it on, and does it take NOTIFYs from %s?", to.addr, s.cfg.Timeout, from)
		}
		return provd.Errorf(provd.Unavailable, "NOTIFY to %s: %w", to.addr, err)
	}
	return explain(resp.StatusCode, to, from, content.event)
}

// target is where a message goes.
type target struct {
	addr netip.AddrPort
	user string
}

// targetOf finds the phone: at the address of its device, or the one that the
// package named when the device has none, under the user name it is registered
// with.
func targetOf(job notify.Job, m notify.Message) (target, error) {
	user, host, port := splitURI(m.URI)
	if m.Endpoint != "" {
		user = m.Endpoint
	} else if job.User != "" {
		user = job.User
	}
	if job.IP != "" {
		host = job.IP
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "":
		return target{}, provd.Errorf(provd.Invalid, "the box does not know the phone's address; it has to ask for an address or a file first")
	case err != nil || addr.Zone() != "":
		return target{}, provd.Errorf(provd.Invalid, "%q is not an address of a phone", host)
	}
	addr = addr.Unmap()
	if addr.IsMulticast() || addr.IsUnspecified() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return target{}, provd.Errorf(provd.Invalid, "%s is not an address of one phone", addr)
	}
	if job.Port != 0 {
		port = uint16(job.Port)
	}
	if port == 0 {
		port = defaultPort
	}
	return target{netip.AddrPortFrom(addr, port), user}, nil
}

// splitURI takes "sip:user@host:port" apart; what is missing is empty.
func splitURI(uri string) (user, host string, port uint16) {
	rest := strings.TrimPrefix(uri, "sip:")
	if u, h, ok := strings.Cut(rest, "@"); ok {
		user, rest = u, h
	}
	if ap, err := netip.ParseAddrPort(rest); err == nil {
		return user, ap.Addr().String(), ap.Port()
	}
	return user, rest, 0
}

// local returns the address that messages to the phone come from.
func (s *Sender) local(to target) (netip.Addr, error) {
	if s.cfg.Address.IsValid() {
		return s.cfg.Address, nil
	}
	conn, err := net.Dial("udp", to.addr.String()) // sends nothing
	if err != nil {
		return netip.Addr{}, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

// exchange sends a NOTIFY outside of any dialog and returns the final answer.
// The library repeats it as RFC 3261 section 17.1.2 says.
func exchange(ctx context.Context, from netip.Addr, to target, c content) (*sip.Response, error) {
	// A socket of our own: the library would warn, on the default logger, each
	// time one of its own is closed.
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)))
	if err != nil {
		return nil, err
	}
	ua, err := userAgent(from, to)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = ua.TransportLayer().ServeUDP(conn) // ends when the socket is closed
	}()
	defer func() {
		_ = ua.Close() // the answer is what counts
		_ = conn.Close()
		<-served
	}()
	local := conn.LocalAddr().String()
	if err := known(ctx, ua, local); err != nil {
		return nil, err
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientLogger(quiet()), sipgo.WithClientHostname(hostOf(from)),
		sipgo.WithClientConnectionAddr(local), sipgo.WithClientNAT())
	if err != nil {
		return nil, err
	}
	contact := sip.Uri{Scheme: "sip", User: "provbox", Host: hostOf(from), Port: conn.LocalAddr().(*net.UDPAddr).Port}
	return client.Do(ctx, request(contact, to, c))
}

// quiet discards what the library says: it logs what strangers send.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func userAgent(from netip.Addr, to target) (*sipgo.UserAgent, error) {
	return sipgo.NewUA(
		sipgo.WithUserAgent("provbox"), sipgo.WithUserAgentHostname(hostOf(from)),
		sipgo.WithUserAgentTransportLayerOptions(
			sip.WithTransportLayerLogger(quiet()),
			sip.WithTransportLayerReadFilter(func(p sip.TransportReadProps, data []byte) ([]byte, error) {
				// Phones answer from the port that was asked or from another one.
				a, ok := p.RemoteAddr.(*net.UDPAddr)
				if !ok || !a.IP.Equal(net.IP(to.addr.Addr().AsSlice())) || !strings.HasPrefix(string(data), "SIP/2.0 ") {
					return nil, nil
				}
				return data, nil
			}),
		),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(quiet()),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}),
		),
	)
}

// known waits until the library has the socket in its books, which it does in
// its own time and tells nobody.
func known(ctx context.Context, ua *sipgo.UserAgent, local string) error {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for {
		if c, err := ua.TransportLayer().GetConnection("udp", local); err == nil && c != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// hostOf is an address as a SIP message has it.
func hostOf(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

func request(contact sip.Uri, to target, c content) *sip.Request {
	uri := sip.Uri{Scheme: "sip", User: escapeUser(to.user), Host: hostOf(to.addr.Addr()), Port: int(to.addr.Port())}
	req := sip.NewRequest(sip.NOTIFY, uri)
	req.SetTransport("UDP")
	req.SetDestination(to.addr.String())
	req.AppendHeader(&sip.ContactHeader{Address: contact})
	for _, h := range c.headers {
		req.AppendHeader(sip.NewHeader(h[0], h[1]))
	}
	req.AppendHeader(sip.NewHeader("User-Agent", "provbox"))
	if c.body != "" {
		req.SetBody([]byte(c.body))
	}
	return req
}

// escapeUser writes a user name as RFC 3261 section 25.1 has it in a URI.
func escapeUser(user string) string {
	var b strings.Builder
	for i := range len(user) {
		c := user[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// explain turns a phone's answer into what to do about it.
func explain(code int, to target, from netip.Addr, event string) error {
	at := fmt.Sprintf("the phone at %s", to.addr)
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == sip.StatusUnauthorized || code == sip.StatusProxyAuthRequired:
		return provd.Errorf(provd.Denied, "%s wants a password for NOTIFY (%d): have it take %s from %s without one in its settings, or set general.sync_service_type to asterisk_ami", at, code, event, from)
	case code == sip.StatusForbidden:
		return provd.Errorf(provd.Denied, "%s refuses NOTIFYs from %s (403): have it trust that address in its settings, or set general.sync_service_type to asterisk_ami", at, from)
	case code == sip.StatusNotFound:
		return provd.Errorf(provd.Invalid, "%s does not know the account %q (404): it may not have taken its configuration yet", at, to.user)
	case code == sip.StatusMethodNotAllowed || code == statusBadEvent || code == sip.StatusNotImplemented:
		return provd.Errorf(provd.Invalid, "%s does not support the event %q (%d)", at, event, code)
	case code == sip.StatusCallTransactionDoesNotExists:
		return provd.Errorf(provd.Denied, "%s takes NOTIFYs from its registrar only (481); set general.sync_service_type to asterisk_ami", at)
	default:
		return provd.Errorf(provd.Invalid, "%s answered the NOTIFY with %d", at, code)
	}
}

// statusBadEvent is RFC 6665 section 8.3.2's answer to an unknown event.
const statusBadEvent = 489

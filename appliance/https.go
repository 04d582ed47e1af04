package appliance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"provbox/appliance/certificate"
	"provbox/appliance/journal"
	"provbox/provd/fileserver"
)

// RESTS returns the address where the REST API speaks HTTPS, nil for nowhere; valid
// after Start.
func (a *App) RESTS() net.Addr {
	switch {
	case a.rests != nil:
		return a.rests.Addr()
	case a.s.REST.SSL:
		return a.rest.Addr()
	}
	return nil
}

// Fingerprint returns the SHA-256 fingerprint of the certificate that the REST API
// has for HTTPS, "" without HTTPS. It is valid after Start.
func (a *App) Fingerprint() string { return a.fingerprint }

// listenREST opens the sockets of the REST API: one, and one more when HTTPS has a
// port of its own.
func (a *App) listenREST(socks *sockets) (err error) {
	r := a.s.REST
	if a.rest, err = a.listenRESTOn(socks, "rest", r.Port); err != nil || !r.SSL || r.HTTPSPort == nil {
		return err
	}
	a.rests, err = a.listenRESTOn(socks, "rest-https", *r.HTTPSPort)
	return err
}

func (a *App) listenRESTOn(socks *sockets, name string, port int) (net.Listener, error) {
	if a.s.REST.Interface != "" {
		return a.followInterface(socks, name, port)
	}
	return socks.listen(name, a.s.REST.IP, port)
}

// Connections of the REST API, on each of its sockets. The centre is one host and may
// have most of them; what is over is closed, so that no stranger takes the files that
// phones' connections need.
const (
	restConns        = 512
	restConnsPerHost = 384
)

func limitREST(l net.Listener) net.Listener {
	return fileserver.LimitTo(l, restConns, restConnsPerHost)
}

// serveREST returns what serves the REST API on its sockets.
func (a *App) serveREST(server *http.Server) (func() error, error) {
	plain := func() error { return server.Serve(limitREST(a.rest)) }
	if !a.s.REST.SSL {
		return plain, nil
	}
	cert, err := a.restCertificate()
	if err != nil {
		return nil, err
	}
	a.fingerprint = certificate.Fingerprint(cert)
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if a.rests == nil {
		return func() error { return server.ServeTLS(limitREST(a.rest), "", "") }, nil
	}
	return func() error {
		ended := make(chan error, 2)
		go func() { ended <- plain() }()
		go func() { ended <- server.ServeTLS(limitREST(a.rests), "", "") }()
		err := <-ended
		if !errors.Is(err, http.ErrServerClosed) {
			_ = server.Close() // one half of the API is none: the error says why
		}
		<-ended
		return err
	}, nil
}

// restCertificate is the one of the settings, or the box's own.
func (a *App) restCertificate() (tls.Certificate, error) {
	if r := a.s.REST; r.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(r.CertFile, r.KeyFile)
		if err != nil {
			return cert, fmt.Errorf("rest_api.ssl_certfile and ssl_keyfile: %w", err)
		}
		return cert, nil
	}
	cert, made, err := certificate.Own(filepath.Join(a.s.General.BaseStorageDir, "rest"), a.ownNames())
	if len(cert.Certificate) == 0 {
		return cert, err
	}
	if err != nil {
		a.log.Error("the next start will have another certificate", "err", err)
	}
	if made {
		a.journal.Record(journal.Event{
			Topic: "box", Text: "a new certificate was made for the REST API",
			Attrs: []slog.Attr{slog.String("fingerprint", certificate.Fingerprint(cert))},
		})
	}
	return cert, nil
}

// ownNames are what the box is called by clients, as far as it knows.
func (a *App) ownNames() certificate.Names {
	names := certificate.Names{Addresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}}
	if host, err := os.Hostname(); err == nil {
		names.Hosts = append(names.Hosts, host)
	}
	names.Hosts = append(names.Hosts, "localhost")
	addrs, _ := net.InterfaceAddrs() // without them it is valid for the names
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			names.Addresses = append(names.Addresses, n.IP)
		}
	}
	if u, err := url.Parse(a.s.General.AdvertisedHTTPURL); err == nil && u.Hostname() != "" {
		if ip := net.ParseIP(u.Hostname()); ip != nil {
			names.Addresses = append(names.Addresses, ip)
		} else {
			names.Hosts = append(names.Hosts, u.Hostname())
		}
	}
	return names
}

// logReady says that the box serves, and where.
func (a *App) logReady(ctx context.Context) {
	attrs := []slog.Attr{
		slog.String("version", a.opts.Version), slog.Any("http", a.http.Addr()), slog.Any("tftp", a.tftp.LocalAddr()),
		slog.Any("rest", a.rest.Addr()), slog.String("dhcp", a.dhcpState()),
	}
	if https := a.RESTS(); https != nil {
		attrs = append(attrs, slog.Any("https", https), slog.String("fingerprint", a.fingerprint))
	}
	attrs = append(attrs, a.webState()...)
	a.log.LogAttrs(ctx, slog.LevelInfo, "ready", attrs...)
}

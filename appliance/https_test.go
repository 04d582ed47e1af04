package appliance_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"provbox/appliance"
	"provbox/appliance/certificate"
	"provbox/appliance/settings"
)

// lockedLog is a log that is read while the box runs.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serveHTTPS starts a box with these settings of rest_api.
func serveHTTPS(t *testing.T, dir, api string) (*appliance.App, *lockedLog) {
	t.Helper()
	s, err := settings.Parse([]byte(strings.Replace(fmt.Sprintf(loopback, dir), "rest_api: {ip: 127.0.0.1, port: 0}", "rest_api: {ip: 127.0.0.1, port: 0"+api+"}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedLog{}
	app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.NewTextHandler(log, nil)), Version: "test"})
	if err := app.Start(context.Background()); err != nil {
		t.Fatal(err, app.Stop())
	}
	return app, log
}

// fetch asks for the API's description, which is open, and returns the fingerprint of
// the server's certificate.
func fetch(t *testing.T, url string) (fingerprint string, err error) {
	t.Helper()
	// What this is about is that the fingerprint is the one that the box shows.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	resp, err := client.Get(url + "/0.2/api/api.yml")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"openapi": "3.1.0"`) {
		t.Errorf("%s: %d %.40s %v", url, resp.StatusCode, body, err)
	}
	if resp.TLS != nil {
		fingerprint = certificate.Fingerprint(tls.Certificate{Certificate: [][]byte{resp.TLS.PeerCertificates[0].Raw}})
	}
	return fingerprint, nil
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "own")
	cert, _, err := certificate.Own(own, certificate.Names{Hosts: []string{"wanted"}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(own, certificate.File)
	for _, tt := range []struct {
		name, api    string
		plain, https bool
		fingerprint  string // "" is the box's own
	}{
		{"plain HTTP", "", true, false, ""},
		{"HTTPS alone", ", ssl: true", false, true, ""},
		{"both", ", ssl: true, https_port: 0", true, true, ""},
		{"a certificate of the site", ", ssl: true, ssl_certfile: " + file + ", ssl_keyfile: " + file, false, true, certificate.Fingerprint(cert)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := serveHTTPS(t, t.TempDir(), tt.api)
			defer func() {
				if err := app.Stop(); err != nil {
					t.Error(err)
				}
			}()
			if tt.plain {
				if _, err := fetch(t, "http://"+app.REST().String()); err != nil {
					t.Errorf("plain HTTP: %v", err)
				}
			} else if conn, err := tls.Dial("tcp", app.REST().String(), &tls.Config{InsecureSkipVerify: true}); err != nil {
				t.Errorf("HTTPS on the one port: %v", err)
			} else {
				_ = conn.Close()
			}
			if https := app.RESTS(); (https != nil) != tt.https {
				t.Fatalf("HTTPS at %v", https)
			}
			if !tt.https {
				if app.Fingerprint() != "" {
					t.Error("a fingerprint without HTTPS")
				}
				return
			}
			got, err := fetch(t, "https://"+app.RESTS().String())
			if err != nil || got != app.Fingerprint() || !strings.Contains(log.String(), "fingerprint="+got) {
				t.Errorf("fingerprint %s, shown %s: %v\n%s", got, app.Fingerprint(), err, log)
			}
			if tt.fingerprint != "" && got != tt.fingerprint {
				t.Errorf("fingerprint %s, want %s", got, tt.fingerprint)
			}
			old, err := tls.Dial("tcp", app.RESTS().String(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11})
			if err == nil {
				_ = old.Close()
				t.Error("TLS 1.1 is accepted")
			}
		})
	}
}

// The fingerprint that was noted down is the one after a restart, and the
// certificate is valid for the address that the box is reached at.
func TestHTTPSCertificateStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var seen []string
	for range 2 {
		app, _ := serveHTTPS(t, dir, ", ssl: true")
		seen = append(seen, app.Fingerprint())
		text, err := os.ReadFile(filepath.Join(dir, "rest", certificate.File))
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(text) {
			t.Fatal("no certificate in the file")
		}
		conn, err := tls.Dial("tcp", app.RESTS().String(), &tls.Config{RootCAs: roots})
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	}
	if seen[0] != seen[1] || seen[0] == "" {
		t.Errorf("fingerprints %q", seen)
	}
}

// A port that is taken, and a certificate that is none, are said at the start.
func TestHTTPSThatCannotBe(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "cert.pem")
	if err := os.WriteFile(file, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, api := range map[string]string{
		"listen for rest-https": fmt.Sprintf(", ssl: true, https_port: %d", taken.Addr().(*net.TCPAddr).Port),
		"rest_api.ssl_certfile": fmt.Sprintf(", ssl: true, ssl_certfile: %s, ssl_keyfile: %s", file, file),
	} {
		s, err := settings.Parse([]byte(strings.Replace(fmt.Sprintf(loopback, t.TempDir()), "port: 0}", "port: 0"+api+"}", 1)))
		if err != nil {
			t.Fatal(err)
		}
		app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler)})
		if err := app.Start(context.Background()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	}
}

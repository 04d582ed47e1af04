package fileserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"provbox/provd"
)

const secret = "SECRET OUTSIDE THE ROOT"

var modified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// site is a plugin's tree inside a larger one, as if every plugin and the
// system lay beside each other.
func site() fstest.MapFS {
	big := bytes.Repeat([]byte("0123456789abcdef"), 4096) // 64 KiB, a multiple of 512
	return fstest.MapFS{
		"etc/passwd":                          {Data: []byte(secret)},
		"plugins/other/001565aabbcc.cfg":      {Data: []byte(secret)},
		"plugins/a-sibling/x":                 {Data: []byte(secret)},
		"plugins/a/entry.py":                  {Data: []byte(secret)},
		"plugins/a/tftpboot/001565aabbcc.cfg": {Data: []byte("account.1.user_name = u1\n"), ModTime: modified},
		"plugins/a/tftpboot/firmware/t.rom":   {Data: big, ModTime: modified},
		"plugins/a/tftpboot/a b.cfg":          {Data: []byte("blank"), ModTime: modified},
		"plugins/a/tftpboot/y.cfg":            {Data: []byte("y"), ModTime: modified},
	}
}

// files serves plugin "a" and records the names it was asked for.
type files struct {
	mu    sync.Mutex
	names []string
}

func (f *files) Open(_ context.Context, dev provd.Device, _ provd.Request, name string) (File, error) {
	f.mu.Lock()
	f.names = append(f.names, name)
	f.mu.Unlock()
	if dev.Plugin() != "a" {
		return nil, ErrNoService
	}
	file, err := site().Open("plugins/a/tftpboot/" + name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return nil, errors.Join(ErrDirectory, err)
	}
	return file.(File), nil
}

// phones gives 192.0.2.66 no plugin, 192.0.2.67 another, 192.0.2.68 an error,
// and everybody else plugin "a".
type phones struct {
	mu   sync.Mutex
	seen []provd.Request
}

func (p *phones) Identify(_ context.Context, req provd.Request) (provd.Device, error) {
	p.mu.Lock()
	p.seen = append(p.seen, req)
	p.mu.Unlock()
	switch req.IP {
	case "192.0.2.66":
		return provd.NewDevice("id", "d"), nil
	case "192.0.2.67":
		return provd.NewDevice("id", "d", "plugin", "gone"), nil
	case "192.0.2.68":
		return provd.Device{}, errors.New("disk failed")
	}
	return provd.NewDevice("id", "d", "plugin", "a", "mac", "00:15:65:aa:bb:cc"), nil
}

type events struct {
	mu   sync.Mutex
	list []provd.Event
}

func (e *events) Record(ev provd.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

func (e *events) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return fmt.Sprint(e.list)
}

type keys string

func (k keys) HasKey(key string) bool { return key != "" && key == string(k) }

type rig struct {
	phones *phones
	files  *files
	events *events
	router *Router
}

func newRig(k Keys) rig {
	r := rig{phones: &phones{}, files: &files{}, events: &events{}}
	r.router = NewRouter(Config{Identifier: r.phones, Files: r.files, Keys: k, Recorder: r.events})
	return r
}

func (r rig) http(proxies int) http.Handler {
	return NewHTTP(HTTPConfig{Router: r.router, TrustedProxies: proxies}).Handler
}

func do(h http.Handler, method, target string, header ...string) *http.Response {
	req := &http.Request{Method: method, RequestURI: target, Header: http.Header{}, RemoteAddr: "192.0.2.10:4000", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "peer" {
			req.RemoteAddr = header[i+1] + ":4000"
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

package fileserver

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
)

// Test A8: nothing outside the root, over either transport.
var traversal = []string{
	"../../../etc/passwd", "..", "../", "../../a-sibling/x", "../entry.py", "firmware/../../entry.py", "firmware/..",
	"/etc/passwd", "//etc/passwd", "///../etc/passwd", "./../entry.py", ".", "./y.cfg", "firmware/./t.rom",
	"..\\..\\etc\\passwd", "..\\entry.py", "firmware\\t.rom", "C:\\etc\\passwd", "\\\\host\\share",
	"%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2fentry.py", "..%5centry.py", "%252e%252e%252fentry.py",
	"..%00/entry.py", "y.cfg%00.rom", "y.cfg\x00.rom", "\x00", "..%c0%af..%c0%afetc/passwd", "..%ef%bc%8fentry.py",
	"....//....//etc/passwd", "..;/entry.py", "%u002e%u002e/entry.py", "\u2025/entry.py", "\uff0e\uff0e/entry.py",
	"firmware//t.rom", "y.cfg/", "y.cfg/..", "y.cfg/../../entry.py", "~/x", "file:///etc/passwd", "?", "#", "%", "%zz", "%2", strings.Repeat("../", 200) + "etc/passwd",
	strings.Repeat("a/", 300) + "x", strings.Repeat("a", 5000), " ", "..%20/entry.py", "a b.cfg/..", "CON", "y.cfg:stream", "\xff\xfe/../entry.py",
}

func TestTraversalHTTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	h := r.http(0)
	for _, name := range traversal {
		resp := do(h, "GET", "/"+name)
		b := body(t, resp)
		if strings.Contains(b, secret) {
			t.Errorf("%q left the root", name)
		}
		if resp.StatusCode == 200 {
			t.Errorf("%q: served %q", name, b)
		}
	}
	valid(t, r)
}

func valid(t *testing.T, r rig) {
	t.Helper()
	r.files.mu.Lock()
	defer r.files.mu.Unlock()
	for _, name := range r.files.names {
		if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
			t.Errorf("a plugin was asked for %q", name)
		}
	}
}

func TestTraversalTFTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	for _, name := range traversal {
		// A NUL ends the name in the request itself, and what follows is read
		// as the mode; such a request may go unanswered, so the router is asked
		// in its place.
		if strings.Contains(name, "\x00") || len(name) > 400 {
			f, _, err := r.router.open(context.Background(), provd.Request{Kind: provd.TFTP, IP: "192.0.2.10", Path: name})
			if err == nil {
				t.Errorf("%q: opened %v", name, f)
			}
			continue
		}
		got, _, err := fetch(t, addr, name, 512)
		if strings.Contains(got, secret) || err == nil {
			t.Errorf("%q: served %q", name, got)
		}
	}
	valid(t, r)
}

// FuzzTFTPPath feeds names as a TFTP request has them to the router: whatever
// the name, the plugin is asked only for names below its root.
func FuzzTFTPPath(f *testing.F) {
	for _, name := range traversal {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, kind := range []provd.Kind{provd.TFTP, provd.HTTP} {
			r := newRig(nil)
			file, _, err := r.router.open(context.Background(), provd.Request{Kind: kind, IP: "192.0.2.10", Path: name})
			valid(t, r)
			if err != nil {
				continue
			}
			b, err := io.ReadAll(file)
			if err != nil || strings.Contains(string(b), secret) {
				t.Fatalf("%q: %v %s", name, err, b)
			}
			r.router.record(provd.Request{Kind: kind, Path: name}, target{dev: provd.Device{Object: document.New()}}, "x", 0, 0)
		}
	})
}

package repository

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// A failed upgrade leaves the version that was there, a failed installation
// nothing, whatever failed.
func TestFailures(t *testing.T) {
	t.Parallel()
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("only this"))
	}
	tests := []struct {
		name   string
		spoil  func(b *box)
		status string // without counts
		reason string
	}{
		{"server error", func(b *box) {
			b.handler = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
		}, "install|fail(download|fail)", "502 Bad Gateway"},
		{"gone", func(b *box) { delete(b.files, "p-2.tar.bz2") }, "install|fail(download|fail)", "404 Not Found"},
		{"cut off", func(b *box) { b.handler = cut }, "install|fail(download|fail)", "unexpected EOF"},
		{"unreachable", func(b *box) { b.server.Close() }, "install|fail(download|fail)", "connection refused"},
		{"altered", func(b *box) { b.files["p-2.tar.bz2"][5] ^= 1 }, "install|fail(download|fail)", "it was altered"},
		{"too short", func(b *box) { b.files["p-2.tar.bz2"] = b.files["p-2.tar.bz2"][:50] }, "install|fail(download|fail)", "does not have the"},
		{"too long", func(b *box) { b.files["p-2.tar.bz2"] = append(b.files["p-2.tar.bz2"], 0) }, "install|fail(download|fail)", "bytes, at most"},
		{"endless", func(b *box) {
			b.handler = func(w http.ResponseWriter, _ *http.Request) {
				for {
					if _, err := w.Write(make([]byte, 4096)); err != nil {
						return
					}
				}
			}
		}, "install|fail(download|fail)", "more than"},
		{"stalled", func(b *box) {
			b.cfg.Limits.Idle = time.Millisecond
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		}, "install|fail(download|fail)", "sent nothing for 1ms"},
		{"slow", func(b *box) {
			b.cfg.Limits.Download = 20 * time.Millisecond
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte{'x'})
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		}, "install|fail(download|fail)", "not done after 20ms"},
		{"redirect to a file", func(b *box) {
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(http.StatusFound)
			}
		}, "install|fail(download|fail)", "redirect to a file URL"},
		{"redirects without end", func(b *box) {
			b.handler = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
		}, "install|fail(download|fail)", "more than 5 redirects"},
		{"does not load", func(b *box) { b.loader.fail = "2" }, "install|fail(download|success)", "entry.py:1: no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.offer(t, "p", "1")
			b.install(t, "p")
			b.offer(t, "p", "2", file("p/more", "x"))
			b.loader.calls = nil
			b.mu.Lock()
			tt.spoil(b)
			b.mu.Unlock()
			op, err := b.Upgrade(t.Context(), "p")
			if err != nil {
				t.Fatal(err)
			}
			<-op.Done()
			var status strings.Builder
			for i, part := range strings.Split(op.String(), ";") {
				if i > 0 {
					part = part[strings.Index(part, ")"):]
				}
				status.WriteString(part)
			}
			if status.String() != tt.status || !strings.Contains(op.Reason(), tt.reason) {
				t.Errorf("got %s, %s", status.String(), op.Reason())
			}
			var calls []string
			if b.loader.fail != "" {
				calls = []string{"load p 2", "load p 1"}
			}
			b.same(t, map[string]string{"p/": "", "p/version": "1"}, calls...)
		})
	}
}

func TestAttackInAnArchiveLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1", file("p/x", "x"), file("q/x", "x"))
	if got := b.install(t, "p"); !strings.HasPrefix(got, "install|fail(download|success;") {
		t.Error(got)
	}
	b.same(t, map[string]string{})
	b.offer(t, "p", "2", file("p/plugin-info", "{}"))
	if got := b.install(t, "p"); !strings.HasPrefix(got, "install|fail") {
		t.Error(got)
	}
	b.same(t, map[string]string{})
}

func TestUpdateKeepsTheGoodList(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1")
	before := tree(t, b.dir)
	for name, handler := range map[string]http.HandlerFunc{
		"html":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>captive portal</html>")) },
		"error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxIndex+1)) },
	} {
		b.mu.Lock()
		b.handler = handler
		b.mu.Unlock()
		if got := run(t, b.Update); !strings.HasPrefix(got, "update|fail;") {
			t.Errorf("%s: %s", name, got)
		}
		if diff := cmp.Diff(before, tree(t, b.dir)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if _, ok := b.Repository.index.Load().entries["p"]; !ok {
			t.Errorf("%s: the list is lost", name)
		}
	}
	b.settings.Server = ""
	if _, err := b.Update(t.Context()); provd.CodeOf(err) != provd.Denied || err.Error() != "'server' has no value set" {
		t.Errorf("no server: %v", err)
	}
	if got := b.install(t, "p"); got != "'server' has no value set" {
		t.Errorf("install without a server: %s", got)
	}
}

package repository

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An archive in the cache is not believed: it is checked, and got again.
func TestCacheIsChecked(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1")
	name := filepath.Join(b.cache, "p-1.tar.bz2")
	for what, data := range map[string][]byte{"altered": make([]byte, len(b.files["p-1.tar.bz2"])), "short": nil} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.install(t, "p")
		if err := os.Truncate(name, 3); err != nil {
			t.Fatal(err)
		}
		if got := b.upgrade(t, "p"); !strings.HasPrefix(got, "install|success(download|success;") {
			t.Errorf("%s: %s", what, got)
		}
		if err := b.Uninstall(t.Context(), "p"); err != nil {
			t.Error(err)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for i := range maxCached + 3 {
		name := fmt.Sprintf("%s/p%d-1.tar.bz2", b.cache, i)
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if at := time.Unix(int64(i), 0); os.Chtimes(name, at, at) != nil {
			t.Fatal(name)
		}
	}
	if err := b.sweepCache("p0-1.tar.bz2"); err != nil {
		t.Fatal(err)
	}
	got := tree(t, b.cache)
	if len(got) != maxCached {
		t.Errorf("%d archives", len(got))
	}
	for name, want := range map[string]bool{"p0-1.tar.bz2": true, "p1-1.tar.bz2": false, "p3-1.tar.bz2": false, "p4-1.tar.bz2": true} {
		if _, ok := got[name]; ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

package layer

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"
)

// counted is a layer that counts how often it is asked.
type counted struct {
	fstest.MapFS
	asked *int
}

func (f counted) Stat(name string) (fs.FileInfo, error) {
	*f.asked++
	return f.MapFS.Stat(name)
}

func TestVersion(t *testing.T) {
	t.Parallel()
	asked := 0
	site := fstest.MapFS{}
	f := New(Limits{}, born, site, Fixed(counted{fstest.MapFS{"templates/a.tpl": {Data: []byte("abc")}, "empty": {}}, &asked}))
	check := func(what, name string, want Version, wantKnown, missing bool) {
		t.Helper()
		v, known, err := f.Version(name)
		if known && v != want || known != wantKnown || errors.Is(err, fs.ErrNotExist) != missing || err != nil && !missing {
			t.Errorf("%s: version of %s is %v, %v, %v", what, name, v, known, err)
		}
	}
	check("package", "templates/a.tpl", Version{Layer: 2, Size: 3}, true, false)
	check("package", "templates/a.tpl", Version{Layer: 2, Size: 3}, true, false)
	check("nowhere", "templates/b.tpl", Version{}, false, true)
	check("nowhere", "templates/b.tpl", Version{}, false, true)
	if asked != 2 {
		t.Errorf("the immutable layer was asked %d times about two names", asked)
	}
	check("folder", "templates", Version{}, false, false)
	check("nothing to tell by", "empty", Version{}, false, false)
	check("unsafe", "../x", Version{}, false, true)
	site["templates/a.tpl"] = &fstest.MapFile{Data: []byte("abcd"), ModTime: later}
	check("site", "templates/a.tpl", Version{Layer: 1, Size: 4, ModTime: later.UnixNano()}, true, false)
	site["templates/a.tpl"] = &fstest.MapFile{Data: []byte("abcd"), ModTime: later.Add(time.Second)}
	check("changed", "templates/a.tpl", Version{Layer: 1, Size: 4, ModTime: later.Add(time.Second).UnixNano()}, true, false)
	delete(site, "templates/a.tpl")
	check("gone", "templates/a.tpl", Version{Layer: 2, Size: 3}, true, false)

	s := f.Scratch(0, 0)
	if err := s.WriteFile("var/tftpboot/x", "x"); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit("dev1", later); err != nil {
		t.Fatal(err)
	}
	check("generated", "var/tftpboot/x", Version{}, false, false)

	for i := range 3 * maxLookups {
		_, _, _ = f.Version(fmt.Sprintf("templates/%d.tpl", i))
	}
	if n := len(f.seen[1].known); n > maxLookups || n == 0 {
		t.Errorf("%d lookups are remembered", n)
	}
}

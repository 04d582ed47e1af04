package plugin_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
)

// install writes packages below a new folder and opens it.
func install(t *testing.T, packages map[string]fstest.MapFS) (*os.Root, string) {
	t.Helper()
	dir := t.TempDir()
	for id, files := range packages {
		if err := os.CopyFS(filepath.Join(dir, id), files); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, dir
}

func ids(s *plugin.Set) []string {
	var ids []string
	for _, p := range s.Loaded() {
		ids = append(ids, p.ID())
	}
	return ids
}

// serving is a package that serves what it writes for a device.
const serving = `
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, *a):
        super().__init__(*a)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
    def configure(self, device, raw_config):
        with open(self._tftpboot_dir + '/' + device['id'], 'w') as f:
            f.write('VERSION')
`

func TestSetLoadsWhatCanBeLoaded(t *testing.T) {
	t.Parallel()
	dir, path := install(t, map[string]fstest.MapFS{
		"b-good":   pack("entry.py", testPlugin),
		"c-broken": pack("entry.py", "raise Exception('no')\n"),
		"d-empty":  {"entry.py": {Data: []byte(testPlugin)}},
		"old":      pack("entry.py", testPlugin),
	})
	for _, name := range []string{"not a plugin", ".hidden"} {
		if err := os.Mkdir(filepath.Join(path, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(path, "plugins.db"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/", filepath.Join(path, "outside")); err != nil {
		t.Fatal(err)
	}
	embedded := map[string]fstest.MapFS{
		"a-own": pack("entry.py", testPlugin),
		"old":   {"plugin-info": {Data: []byte("{}")}}, // hidden by the installed one
	}
	s := plugin.NewSet(plugin.SetConfig{
		Dir: dir, Embedded: []string{"a-own", "old"}, EmbeddedFS: func(id string) fs.FS { return embedded[id] },
	})
	if got := s.Loaded(); len(got) != 0 {
		t.Errorf("loaded before the load: %v", got)
	}
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a-own", "b-good", "old"}, ids(s)); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
	for id, want := range map[string]string{"c-broken": "entry.py:1: Exception: no", "d-empty": "plugin-info"} {
		if err := s.Failed()[id]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s failed with %v, want %q", id, err, want)
		}
	}
	if p, ok := s.Plugin("b-good"); !ok || p.ID() != "b-good" {
		t.Errorf("Plugin gives %v, %v", p, ok)
	}
	if p, ok := s.Plugin("c-broken"); ok || p != nil {
		t.Errorf("Plugin gives %v, %v for one that is not loaded", p, ok)
	}
	installed, err := s.Installed()
	if diff := cmp.Diff([]string{"a-own", "b-good", "c-broken", "d-empty", "old"}, installed); diff != "" || err != nil {
		t.Errorf("installed, %v (-want +got):\n%s", err, diff)
	}
}

func TestSetReload(t *testing.T) {
	t.Parallel()
	dir, path := install(t, map[string]fstest.MapFS{"x": pack("entry.py", strings.Replace(serving, "VERSION", "1", 1))})
	s := plugin.NewSet(plugin.SetConfig{Dir: dir})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, _ := s.Get("x")
	if err := first.Configure(t.Context(), phone, document.New()); err != nil {
		t.Fatal(err)
	}
	write := func(src string) {
		if err := os.WriteFile(filepath.Join(path, "x", "entry.py"), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("broken(")
	if err := s.Reload(t.Context(), "x"); err == nil {
		t.Fatal("a broken package was reloaded")
	}
	if p, _ := s.Get("x"); p != first {
		t.Error("a failed reload replaced the package")
	}
	if s.Failed()["x"] == nil {
		t.Error("the failure is not remembered")
	}
	write(strings.Replace(serving, "VERSION", "2", 1))
	if err := s.Reload(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	second, _ := s.Get("x")
	if second == first || s.Failed()["x"] != nil {
		t.Errorf("reload left the old package, failure %v", s.Failed()["x"])
	}
	if got := string(second.DeviceFiles("dev1")["dev1"]); got != "1" {
		t.Errorf("the device's file is %q until it is configured again", got)
	}
	if err := second.Configure(t.Context(), phone, document.New()); err != nil {
		t.Fatal(err)
	}
	if got := string(second.DeviceFiles("dev1")["dev1"]); got != "2" {
		t.Errorf("then it is %q", got)
	}
	s.Unload("x")
	s.Unload("x")
	if _, ok := s.Get("x"); ok {
		t.Error("still loaded")
	}
	for _, id := range []string{"y", "../x", "", "a/b"} {
		if err := s.Reload(t.Context(), id); provd.CodeOf(err) != provd.NotFound && provd.CodeOf(err) != provd.Invalid {
			t.Errorf("reload of %q: %v", id, err)
		}
	}
}

// A package is told when it is unloaded and when another takes its place, and one
// that fails at that is gone all the same.
func TestSetCloses(t *testing.T) {
	t.Parallel()
	const closing = testPlugin + `
    def close(self):
        raise ValueError('closed')
`
	for name, end := range map[string]func(*plugin.Set) error{
		"unload": func(s *plugin.Set) error { s.Unload("x"); return nil },
		"reload": func(s *plugin.Set) error { return s.Reload(t.Context(), "x") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := install(t, map[string]fstest.MapFS{"x": pack("entry.py", closing)})
			events := &recorded{}
			s := plugin.NewSet(plugin.SetConfig{Dir: dir, Plugin: plugin.Config{Recorder: events}})
			if err := s.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			old, _ := s.Get("x")
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			if p, ok := s.Get("x"); ok == (name == "unload") || p == old {
				t.Errorf("it is still there: %v", ok)
			}
			if got := events.take(); strings.Count(got, "plugin failed [plugin=x hook=close file=entry.py ") != 1 || !strings.Contains(got, "ValueError: closed") {
				t.Errorf("told %q", got)
			}
		})
	}
}

// A package that is loaded again is asked at once.
func TestReloadEndsThePause(t *testing.T) {
	t.Parallel()
	dir, _ := install(t, map[string]fstest.MapFS{"bad": pack("entry.py", chokes)})
	cfg := plugin.Config{Now: (&clock{now: frozen}).Now}
	small(&cfg)
	s := plugin.NewSet(plugin.SetConfig{Dir: dir, Plugin: cfg})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, _ := s.Get("bad")
	from(p, "192.0.2.1", "bad1")
	from(p, "192.0.2.2", "bad2")
	if p.Paused() == nil {
		t.Fatal("it is not paused")
	}
	if err := s.Reload(t.Context(), "bad"); err != nil {
		t.Fatal(err)
	}
	p, _ = s.Get("bad")
	if got := from(p, "192.0.2.1", "x"); got != "V" || p.Paused() != nil {
		t.Errorf("%s, %v", got, p.Paused())
	}
}

func TestSetConcurrently(t *testing.T) {
	t.Parallel()
	dir, _ := install(t, map[string]fstest.MapFS{"x": pack("entry.py", serving), "y": pack("entry.py", serving)})
	s := plugin.NewSet(plugin.SetConfig{Dir: dir})
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				if err := s.Reload(context.Background(), "x"); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 20 {
				for _, p := range s.Loaded() {
					if err := p.Configure(context.Background(), phone, document.New()); err != nil {
						t.Error(err)
					}
					f, err := p.Open(context.Background(), provd.Request{Kind: provd.HTTP}, "dev1")
					if err != nil {
						t.Error(err)
						continue
					}
					f.Close()
				}
			}
		})
	}
	wg.Wait()
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	src := testPlugin + `    def __init__(self, *a):
        super().__init__(*a)
        from wazo_provd.services import JsonConfigPersister, PersistentConfigurationServiceDecorator
        persister = JsonConfigPersister(self._plugin_dir + '/var/config.json')
        self.services = {'configure': PersistentConfigurationServiceDecorator(Service(), persister)}

from wazo_provd.services import InvalidParameterError

class Service:
    description = [('user', 'Who'), ('other', None)]
    description_fr = [('user', 'Qui')]
    def __init__(self):
        self._values = {'user': None, 'other': None}
    def get(self, name):
        return self._values[name]
    def set(self, name, value):
        if value == 'bad':
            raise InvalidParameterError('not that')
        self._values[name]
        self._values[name] = value
`
	dir, _ := install(t, map[string]fstest.MapFS{"x": pack("entry.py", src)})
	site, _ := install(t, nil)
	start := func() *plugin.Plugin {
		s := plugin.NewSet(plugin.SetConfig{Dir: dir, Site: site})
		if err := s.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		p, ok := s.Get("x")
		if !ok {
			t.Fatal(s.Failed())
		}
		return p
	}
	p := start()
	ctx := t.Context()
	params, err := p.Params(ctx, "")
	if diff := cmp.Diff([]plugin.Param{{Name: "user", Description: "Who"}, {Name: "other"}}, params); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if params, err := p.Params(ctx, "fr"); err != nil || params[0].Description != "Qui" {
		t.Errorf("in French: %v, %v", params, err)
	}
	value := "me"
	if err := p.SetParam(ctx, "user", &value); err != nil {
		t.Fatal(err)
	}
	bad := "bad"
	if err := p.SetParam(ctx, "user", &bad); provd.CodeOf(err) != provd.Invalid {
		t.Errorf("a bad value: %v", err)
	}
	if err := p.SetParam(ctx, "no", &value); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("an unknown name: %v", err)
	}
	if _, _, err := p.Param(ctx, "no"); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("get of an unknown name: %v", err)
	}
	for _, p := range []*plugin.Plugin{p, start()} {
		if got, set, err := p.Param(ctx, "user"); got != "me" || !set || err != nil {
			t.Errorf("got %q, %v, %v", got, set, err)
		}
		if _, set, err := p.Param(ctx, "other"); set || err != nil {
			t.Errorf("other is set %v, %v", set, err)
		}
	}
	if _, err := mustLoad(t, pack("entry.py", testPlugin)).Params(ctx, ""); !errors.Is(err, plugin.ErrNoService) {
		t.Errorf("a package without settings: %v", err)
	}
}

func mustLoad(t *testing.T, files fstest.MapFS) *plugin.Plugin {
	t.Helper()
	p, err := load(t.Context(), "test", files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

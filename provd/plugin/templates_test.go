package plugin_test

import (
	"fmt"
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

// rendering is a package that renders a common file and one for each device.
const rendering = `
from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._tpl = TemplatePluginHelper(plugin_dir)
    def configure_common(self, raw_config):
        tpl = self._tpl.get_template('common/all.tpl')
        self._tpl.dump(tpl, raw_config, self._tftpboot_dir + '/all.cfg')
    def configure(self, device, raw_config):
        tpl = self._tpl.get_dev_template('dev1.cfg', device)
        self._tpl.dump(tpl, raw_config, self._tftpboot_dir + '/dev1.cfg')
`

func renderingPack(more ...string) fstest.MapFS {
	return pack(append([]string{
		"entry.py", rendering, "templates/common/all.tpl", "all of {{ ip }}",
		"templates/base.tpl", "{% include 'part.tpl' %} base {% block b %}packaged{% endblock %}", "templates/part.tpl", "part",
		"templates/M1.tpl", "{% extends 'base.tpl' %}{% import 'macros.tpl' as m %}{% block b %}model {{ m.f() }}{% endblock %}",
		"templates/macros.tpl", "{% macro f() %}macro{% endmacro %}",
	}, more...)...)
}

// recorded keeps what plugins report.
type recorded struct {
	mu   sync.Mutex
	list []provd.Event
}

func (r *recorded) Record(e provd.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, e)
}

// take returns what came since it was called last.
func (r *recorded) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, e := range r.list {
		lines = append(lines, fmt.Sprint(e.Topic, ": ", e.Text, " ", e.Attrs))
	}
	r.list = nil
	return strings.Join(lines, "\n")
}

type templateRig struct {
	*plugin.Set
	events        *recorded
	packages, own *os.Root
	dir, site     string
}

func newTemplateRig(t *testing.T) templateRig {
	t.Helper()
	r := templateRig{events: &recorded{}}
	r.packages, r.dir = install(t, map[string]fstest.MapFS{"x": renderingPack()})
	r.own, r.site = install(t, nil)
	r.restart(t)
	return r
}

func (r *templateRig) restart(t *testing.T) {
	t.Helper()
	r.Set = plugin.NewSet(plugin.SetConfig{Dir: r.packages, Site: r.own, Plugin: plugin.Config{
		Recorder: r.events, BaseRawConfig: document.New("ip", "192.0.2.1"),
	}})
	if err := r.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// file returns the phone's file as it is rendered now.
func (r templateRig) file(t *testing.T) string {
	t.Helper()
	p, ok := r.Get("x")
	if !ok {
		t.Fatal(r.Failed())
	}
	if err := p.Configure(t.Context(), phone, document.New()); err != nil {
		return err.Error()
	}
	return string(p.DeviceFiles("dev1")["dev1.cfg"])
}

func (r templateRig) set(t *testing.T, name, source string) {
	t.Helper()
	if err := r.SetTemplate(t.Context(), "x", name, []byte(source)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestCustomTemplatesHideTheOriginals(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	want := func(want string) {
		t.Helper()
		if got := r.file(t); got != want {
			t.Errorf("the file is %q, want %q", got, want)
		}
	}
	want("part base model macro")
	r.set(t, "part.tpl", "custom part") // included
	want("custom part base model macro")
	r.set(t, "macros.tpl", "{% macro f() %}custom macro{% endmacro %}") // imported
	want("custom part base model custom macro")
	r.set(t, "base.tpl", "custom base {% block b %}{% endblock %}") // extended
	want("custom base model custom macro")
	r.set(t, "M1.tpl", "custom model") // by model
	want("custom model")
	r.set(t, "dev1.cfg.tpl", "{% extends 'base.tpl' %}{% block b %}one phone{% endblock %}") // by file name
	want("custom base one phone")
	r.set(t, "common/all.tpl", "custom {{ ip }}")
	if p, _ := r.Get("x"); string(p.CommonFiles()["all.cfg"]) != "custom 192.0.2.1" {
		t.Errorf("the common file is %q", p.CommonFiles()["all.cfg"])
	}
	for _, name := range []string{"dev1.cfg.tpl", "base.tpl", "M1.tpl", "common/all.tpl", "part.tpl", "macros.tpl"} {
		if err := r.DeleteTemplate(t.Context(), "x", name); err != nil {
			t.Error(err)
		}
	}
	want("part base model macro")
	if err := r.DeleteTemplate(t.Context(), "x", "M1.tpl"); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(r.site, "x/var/templates")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	// One that was put there by other means is used after a reload.
	if err := os.WriteFile(filepath.Join(r.site, "x/var/templates/M1.tpl"), []byte("by hand"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Reload(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	want("by hand")
}

func TestOutdatedCustomTemplatesAreTold(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	r.set(t, "base.tpl", "mine")
	r.set(t, "common/all.tpl", "mine")
	r.set(t, "own.tpl", "mine") // without an original
	upgrade := func(files fstest.MapFS) string {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(r.dir, "x")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(r.dir, "x"), files); err != nil {
			t.Fatal(err)
		}
		if err := r.Reload(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		return r.events.take()
	}
	if got := upgrade(renderingPack("templates/part.tpl", "another part, not ours")); got != "" {
		t.Errorf("told %s", got)
	}
	const text = "plugin: the package's templates changed below custom ones [plugin=x version=1 templates="
	next := renderingPack("templates/base.tpl", "fixed", "templates/own.tpl", "now packaged")
	if got := upgrade(next); got != text+"base.tpl own.tpl]" {
		t.Errorf("told %q", got)
	}
	list := func() string {
		t.Helper()
		all, err := r.Templates("x")
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range all {
			lines = append(lines, fmt.Sprintf("%s custom=%v packaged=%v changed=%v", e.Name, e.Custom, e.Packaged, e.Changed))
		}
		return strings.Join(lines, "\n")
	}
	want := `M1.tpl custom=false packaged=true changed=false
base.tpl custom=true packaged=true changed=true
common/all.tpl custom=true packaged=true changed=false
macros.tpl custom=false packaged=true changed=false
own.tpl custom=true packaged=true changed=true
part.tpl custom=false packaged=true changed=false`
	if diff := cmp.Diff(want, list()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Told once while the box runs, and again when it starts.
	if err := r.Reload(t.Context(), "x"); err != nil || r.events.take() != "" {
		t.Errorf("told twice, or %v", err)
	}
	// The next change of an original that was told is news.
	if got := upgrade(renderingPack("templates/base.tpl", "fixed again", "templates/own.tpl", "now packaged")); got != text+"base.tpl own.tpl]" {
		t.Errorf("told %q of the next change", got)
	}
	if upgrade(next) == "" {
		t.Error("not told of the way back")
	}
	if r.restart(t); r.events.take() != text+"base.tpl own.tpl]" {
		t.Error("not told when the box starts")
	}
	if _, source, original, err := r.Template("x", "base.tpl"); string(source) != "mine" || string(original) != "fixed" || err != nil {
		t.Errorf("%q %q %v", source, original, err)
	}
	// Made anew it follows the new original; gone, nothing is left to follow.
	r.set(t, "base.tpl", "mine, after the fix")
	if err := r.DeleteTemplate(t.Context(), "x", "own.tpl"); err != nil {
		t.Fatal(err)
	}
	if got := list(); strings.Contains(got, "changed=true") {
		t.Errorf("still outdated:\n%s", got)
	}
	// An original that goes counts as changed.
	gone := renderingPack()
	delete(gone, "templates/base.tpl")
	gone["templates/M1.tpl"] = &fstest.MapFile{Data: []byte("m")}
	if got := upgrade(gone); got != text+"base.tpl]" {
		t.Errorf("told %q", got)
	}
}

func TestRememberedOriginalsSurviveDamage(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	r.set(t, "base.tpl", "mine")
	file := filepath.Join(r.site, "x/.templates.json")
	for _, damage := range []string{"", "{", `{"base.tpl": 1}`, "[]", strings.Repeat(" ", 2<<20)} {
		if err := os.WriteFile(file, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.Reload(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(data), `{"base.tpl":"`) {
			t.Errorf("%.20q became %.60q, %v", damage, data, err)
		}
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	r.set(t, "folder/a.tpl", "x")
	before := r.file(t)
	for name, tt := range map[string]struct {
		id, name, source string
		code             provd.Code
		want             string
	}{
		"not installed":       {"y", "a.tpl", "", provd.NotFound, "not installed"},
		"id outside":          {"../x", "a.tpl", "", provd.NotFound, "not installed"},
		"outside":             {"x", "../../entry.py", "", provd.Invalid, "cannot be the name"},
		"absolute":            {"x", "/etc/passwd", "", provd.Invalid, "cannot be the name"},
		"hidden":              {"x", ".templates.json", "", provd.Invalid, "cannot be the name"},
		"temporary":           {"x", "a.tpl.tmp", "", provd.Invalid, "cannot be the name"},
		"empty":               {"x", "", "", provd.Invalid, "cannot be the name"},
		"backslash":           {"x", `a\b.tpl`, "", provd.Invalid, "cannot be the name"},
		"deep":                {"x", "a/b/c/d/e.tpl", "", provd.Invalid, "cannot be the name"},
		"long name":           {"x", strings.Repeat("a", 300), "", provd.Invalid, "cannot be the name"},
		"a folder":            {"x", "folder", "", provd.Invalid, "both a template and a folder"},
		"below a template":    {"x", "folder/a.tpl/b.tpl", "", provd.Invalid, "both a template and a folder"},
		"large":               {"x", "a.tpl", strings.Repeat("x", plugin.MaxTemplateSize+1), provd.Invalid, "at most 262144 bytes"},
		"not text":            {"x", "a.tpl", "\xff", provd.Invalid, "UTF-8"},
		"syntax":              {"x", "base.tpl", "a\nb\n{% if %}", provd.Invalid, "base.tpl:3"},
		"unknown filter":      {"x", "base.tpl", "{{ a|nothing }}", provd.Invalid, "nothing"},
		"common files fail":   {"x", "common/all.tpl", "{{ 1 / 0 }}", provd.Invalid, "does not load with this"},
		"common file endless": {"x", "common/all.tpl", "{% for i in range(1000000000) %}xxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}", provd.Invalid, "limit exceeded"},
	} {
		err := r.SetTemplate(t.Context(), tt.id, tt.name, []byte(tt.source))
		if err == nil || provd.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := r.file(t); got != before {
		t.Errorf("the file became %q", got)
	}
	if all, err := r.Templates("x"); err != nil || len(all) != 6 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestNumberOfTemplatesIsBounded(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	dir := filepath.Join(r.site, "x/var/templates")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range plugin.MaxTemplates {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.tpl", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.SetTemplate(t.Context(), "x", "more.tpl", nil); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("one more: %v", err)
	}
	r.set(t, "7.tpl", "replaced")
}

// A custom template that keeps a package from loading can be repaired.
func TestTemplateOfAPackageThatDoesNotLoad(t *testing.T) {
	t.Parallel()
	r := newTemplateRig(t)
	bad := filepath.Join(r.site, "x/var/templates/common/all.tpl")
	if err := os.MkdirAll(filepath.Dir(bad), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("\n{{ 1 / 0 }}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.events.take(); !strings.Contains(got, "plugin: plugin not loaded [plugin=x file=common/all.tpl line=2 err=plugin x: load:") {
		t.Errorf("told %q", got)
	}
	r.set(t, "common/all.tpl", "repaired")
	if got := r.file(t); got != "part base model macro" {
		t.Errorf("the file is %q", got)
	}
}

package plugin_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// small are limits that a hostile package reaches in milliseconds.
func small(cfg *plugin.Config) {
	use := python.Limits{Steps: 300_000, Alloc: 8 << 20, Depth: 100}
	cfg.Limits = plugin.Limits{
		Load:        plugin.Budget{Time: time.Minute, Use: use},
		Work:        plugin.Budget{Time: time.Minute, Use: use},
		Synchronize: plugin.Budget{Time: time.Minute, Use: use},
		Ask:         plugin.Budget{Time: time.Minute, Use: use},
		CallFiles:   8, CallBytes: 1 << 16,
		Files: layer.Limits{Files: 16, Bytes: 1 << 17},
	}
}

var phone = provd.NewDevice("id", "dev1", "mac", "00:1a:2b:3c:4d:5e", "ip", "198.51.100.7", "model", "M1")

// hooks calls every way into a package.
var hooks = map[string]func(context.Context, *plugin.Plugin) error{
	"configure": func(ctx context.Context, p *plugin.Plugin) error {
		return p.Configure(ctx, phone, document.New("a", "b"))
	},
	"deconfigure": func(ctx context.Context, p *plugin.Plugin) error { return p.Deconfigure(ctx, phone) },
	"synchronize": func(ctx context.Context, p *plugin.Plugin) error {
		return p.Synchronize(ctx, phone, document.New())
	},
	"get_remote_state_trigger_filename": func(ctx context.Context, p *plugin.Plugin) error {
		_, err := p.RemoteStateTrigger(ctx, phone)
		return err
	},
	"is_sensitive_filename": func(ctx context.Context, p *plugin.Plugin) error {
		_, err := p.Sensitive(ctx, "x.cfg")
		return err
	},
	"extract": func(ctx context.Context, p *plugin.Plugin) error {
		_, err := p.Extract(ctx, provd.Request{Kind: provd.HTTP, Path: "/x.cfg", UserAgent: "u", HasUserAgent: true})
		return err
	},
	"associate": func(ctx context.Context, p *plugin.Plugin) error {
		_, err := p.Score(ctx, provd.Info{"vendor": "V"})
		return err
	},
	"path_preprocess": func(ctx context.Context, p *plugin.Plugin) error {
		_, err := p.Open(ctx, provd.Request{Kind: provd.HTTP}, "x.cfg")
		return err
	},
}

// hostile has the same bad body in every hook.
func hostile(body string) string {
	return `
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService

def bad(*args):
    ` + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n    ") + `

class Extractor:
    def extract(self, request, request_type):
        return bad(request)

class Associator:
    def associate(self, info):
        return bad(info)

class Service(HTTPNoListingFileService):
    def path_preprocess(self, request):
        bad(request)

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, *args):
        super().__init__(*args)
        self.http_service = Service(self._tftpboot_dir)

    def configure(self, device, raw_config):
        bad(device, raw_config)

    def deconfigure(self, device):
        bad(device)

    def synchronize(self, device, raw_config):
        return bad(device)

    def get_remote_state_trigger_filename(self, device):
        return bad(device)

    def is_sensitive_filename(self, filename):
        return bad(filename)
`
}

func TestHostilePackagesHarmOnlyThemselves(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"endless loop":       {"while True: pass", "limit exceeded: steps"},
		"long string":        {"return 'a' * 10**9", "limit exceeded: memory"},
		"long list":          {"return list(range(10**18))", "limit exceeded: "},
		"growing list":       {"l = [0]\nwhile True: l += l", "limit exceeded: "},
		"big number":         {"n = 3\nwhile True: n *= n", "limit exceeded: "},
		"deep recursion":     {"return bad(args)", "limit exceeded: recursion depth"},
		"loop that catches":  {"while True:\n    try:\n        bad()\n    except BaseException:\n        pass", "limit exceeded: "},
		"generator":          {"def g():\n    while True: yield 1\nreturn sum(g())", "limit exceeded: steps"},
		"regex bomb":         {"import re\nreturn re.match('(a+)+$', 'a' * 5000 + 'b') or 1/0", "bad"},
		"raises":             {"raise ValueError('no')", "ValueError: no"},
		"raises a base":      {"raise KeyboardInterrupt('no')", "KeyboardInterrupt"},
		"raises nothing":     {"raise", "RuntimeError"},
		"deep structure":     {"l = []\nfor i in range(100000): l = [l]\nreturn repr(l)", "limit exceeded: "},
		"exits":              {"raise SystemExit(1)", "SystemExit"},
		"name error":         {"return nothing_like_this", "NameError: name 'nothing_like_this' is not defined"},
		"calls what it gets": {"return args[0]()", "TypeError"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good, err := load(t.Context(), "good", pack("entry.py", testPlugin), small)
			if err != nil {
				t.Fatal(err)
			}
			p, err := load(t.Context(), "bad", pack("entry.py", hostile(tt.body)), small)
			if err != nil {
				t.Fatal(err)
			}
			for hook, call := range hooks {
				err := call(t.Context(), p)
				if err == nil {
					t.Errorf("%s: no error", hook)
					continue
				}
				for _, want := range []string{"plugin bad: ", "entry.py:", tt.want} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: error %q does not say %q", hook, err, want)
					}
				}
				if err := hooks["configure"](t.Context(), good); err != nil {
					t.Errorf("the other package: %v", err)
				}
			}
		})
	}
}

func TestHostileLoad(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files []string
		want  []string
	}{
		"module loops":        {[]string{"entry.py", "while True: pass\n"}, []string{"entry.py:1: limit exceeded: steps"}},
		"constructor raises":  {[]string{"entry.py", testPlugin + "    def __init__(self, *a): raise KeyError('k')\n"}, []string{"entry.py:6: KeyError: 'k'"}},
		"common files raise":  {[]string{"entry.py", testPlugin + "    def configure_common(self, c): 1/0\n"}, []string{"entry.py:6: ZeroDivisionError"}},
		"second file raises":  {[]string{"entry.py", "execfile_('common.py')\n", "common.py", "\n\nx = y\n"}, []string{"common.py:3: NameError"}},
		"executes itself":     {[]string{"entry.py", "execfile_('entry.py')\n"}, []string{"limit exceeded"}},
		"no syntax":           {[]string{"entry.py", "x = (\n"}, []string{"entry.py:"}},
		"no entry":            {nil, []string{"entry.py"}},
		"no class":            {[]string{"entry.py", "class A: IS_PLUGIN = True\n"}, []string{"IS_PLUGIN"}},
		"executes outside":    {[]string{"entry.py", "execfile_('../other/entry.py')\n"}, []string{"FileNotFoundError"}},
		"executes absolutely": {[]string{"entry.py", "execfile_('/etc/passwd')\n"}, []string{"FileNotFoundError"}},
		"serves outside": {[]string{"entry.py", testPlugin + `    def __init__(self, *a):
        super().__init__(*a)
        from wazo_provd.servers.http import HTTPNoListingFileService
        self.http_service = HTTPNoListingFileService('/')
`}, []string{"not a directory that a package may serve"}},
		"serves its code": {[]string{"entry.py", testPlugin + `    def __init__(self, *a):
        super().__init__(*a)
        from wazo_provd.servers.tftp.service import TFTPFileService
        self.tftp_service = TFTPFileService(self._plugin_dir)
`}, []string{"not a directory that a package may serve"}},
		"writes too many files": {[]string{"entry.py", testPlugin + `    def configure_common(self, c):
        for i in range(100):
            open(self._tftpboot_dir + '/%d' % i, 'w')
`}, []string{"entry.py:8: OSError: [Errno 28] No space left on device"}},
		"writes too much": {[]string{"entry.py", testPlugin + `    def configure_common(self, c):
        with open(self._tftpboot_dir + '/x', 'w') as f:
            f.write('x' * 100000)
`}, []string{"OSError: [Errno 28] No space left on device"}},
		"endless template": {[]string{
			"entry.py", testPlugin + `    def configure_common(self, c):
        from wazo_provd.plugins import TemplatePluginHelper
        h = TemplatePluginHelper(self._plugin_dir)
        h.dump(h.get_template('x.tpl'), {}, self._tftpboot_dir + '/x')
`, "templates/x.tpl", "{% for i in range(1000000000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
		}, []string{"x.tpl:1", "limit exceeded"}},
		"template from outside": {[]string{
			"entry.py", testPlugin + `    def configure_common(self, c):
        from wazo_provd.plugins import TemplatePluginHelper
        TemplatePluginHelper(self._plugin_dir).get_template('../entry.py')
`,
		}, []string{"TemplateNotFound: ../entry.py"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t.Context(), "bad", pack(tt.files...), small)
			if err == nil {
				t.Fatal("it loaded")
			}
			for _, want := range append(tt.want, "plugin bad: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	// On a busy machine the time may be over before the package gets to its loop.
	for limit := time.Millisecond; ; limit *= 4 {
		p, err := load(t.Context(), "bad", pack("entry.py", hostile("while True: pass")), func(cfg *plugin.Config) {
			cfg.Limits.Ask = plugin.Budget{Time: limit, Use: python.Limits{Steps: 1 << 60}}
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Sensitive(t.Context(), "x")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if strings.Contains(err.Error(), "entry.py:6") {
			return
		}
		if limit > time.Minute {
			t.Fatalf("it does not say where the package was: %v", err)
		}
	}
}

// panicky is a part of our own that has a bug.
type panicky struct{}

func (panicky) Notify(context.Context, plugin.Notification) error { panic("bug") }

func TestAPackageCutOffStartsAfresh(t *testing.T) {
	t.Parallel()
	src := testPlugin + `
state = []

def configure(self, device, raw_config):
    if raw_config.get('loop'):
        state.append(1)
        while True: pass
    assert not state, 'left over'

TestPlugin.configure = configure
`
	p, err := load(t.Context(), "test", pack("entry.py", src), small)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Configure(t.Context(), phone, document.New("loop", true)); err == nil {
		t.Fatal("it ended")
	}
	if err := p.Configure(t.Context(), phone, document.New()); err != nil {
		t.Error(err)
	}
}

func TestOurOwnBugIsAnError(t *testing.T) {
	t.Parallel()
	src := testPlugin + `    def synchronize(self, device, raw_config):
        from wazo_provd import synchronize
        return synchronize.standard_sip_synchronize(device)
`
	p, err := load(t.Context(), "test", pack("entry.py", src), func(cfg *plugin.Config) { cfg.Notifier = panicky{} })
	if err != nil {
		t.Fatal(err)
	}
	err = p.Synchronize(t.Context(), phone, document.New())
	if err == nil || !strings.Contains(err.Error(), "plugin test: synchronize: internal error: bug") {
		t.Errorf("got %v", err)
	}
	if err := p.Configure(t.Context(), phone, document.New()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestASlowPhoneDelaysNobody(t *testing.T) {
	t.Parallel()
	src := testPlugin + `    def synchronize(self, device, raw_config):
        from wazo_provd import synchronize
        return synchronize.standard_sip_synchronize(device)
    def is_sensitive_filename(self, filename):
        return True
`
	inside, leave := make(chan bool), make(chan bool)
	p, err := load(t.Context(), "test", pack("entry.py", src, "var/tftpboot/a", "1"), func(cfg *plugin.Config) {
		cfg.Notifier = blocking{inside, leave}
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- p.Synchronize(context.WithoutCancel(t.Context()), phone, document.New()) }()
	<-inside
	if yes, err := p.Sensitive(t.Context(), "x"); err != nil || !yes {
		t.Errorf("while it works: %v, %v", yes, err)
	}
	if err := p.Configure(t.Context(), phone, document.New()); err != nil {
		t.Errorf("while it talks: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Synchronize(ctx, phone, document.New()); !errors.Is(err, context.Canceled) {
		t.Errorf("a second call that gives up: %v", err)
	}
	leave <- true
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type blocking struct{ inside, leave chan bool }

func (b blocking) Notify(context.Context, plugin.Notification) error {
	b.inside <- true
	<-b.leave
	return nil
}

func TestAFailedRenderingKeepsTheLastGoodFiles(t *testing.T) {
	t.Parallel()
	src := testPlugin + `    def __init__(self, *a):
        super().__init__(*a)
        from wazo_provd.servers.http import HTTPNoListingFileService
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
    def configure(self, device, raw_config):
        with open(self._tftpboot_dir + '/' + raw_config['name'], 'w') as f:
            f.write('x')
        if raw_config.get('fail'):
            raise Exception('no')
    def deconfigure(self, device):
        raise Exception('cannot')
`
	p, err := load(t.Context(), "test", pack("entry.py", src))
	if err != nil {
		t.Fatal(err)
	}
	exists := func(name string) bool {
		f, err := p.Open(t.Context(), provd.Request{Kind: provd.HTTP}, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if err == nil {
			f.Close()
		}
		return err == nil
	}
	ctx := t.Context()
	if err := p.Configure(ctx, phone, document.New("name", "a")); err != nil {
		t.Fatal(err)
	}
	if err := p.Configure(ctx, phone, document.New("name", "b", "fail", true)); err == nil {
		t.Error("no error")
	}
	if !exists("a") || exists("b") {
		t.Errorf("after a failure: a %v, b %v", exists("a"), exists("b"))
	}
	if files, err := p.Preview(ctx, phone, document.New("name", "c")); err != nil || len(files) != 1 || exists("c") {
		t.Errorf("preview: %v, %v, kept %v", files, err, exists("c"))
	}
	if err := p.Configure(ctx, phone, document.New("name", "b")); err != nil {
		t.Fatal(err)
	}
	if exists("a") || !exists("b") {
		t.Errorf("after the next: a %v, b %v", exists("a"), exists("b"))
	}
	if err := p.Deconfigure(ctx, phone); err == nil || exists("b") {
		t.Errorf("deconfigure says %v, left b: %v", err, exists("b"))
	}
}

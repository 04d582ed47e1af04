package appliance_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"provbox/appliance"
	"provbox/provd/plugin"
	"provbox/provd/python"
)

// bodies are what hostile packages do in every hook, and what the operator is told.
var bodies = map[string]struct{ body, told string }{
	"loop":      {"while True: pass", "limit exceeded (steps)"},
	"string":    {"return 'a' * 10**9", "limit exceeded (memory)"},
	"list":      {"return list(range(10**18))", "limit exceeded"},
	"recursion": {"return bad(args)", "limit exceeded (recursion depth)"},
	"regex":     {"return re.match('(a+)+$', 'a' * 5000 + 'b') or 1 / 0", ""}, // a limit, or no match in no time
	"template":  {"return template.render(template.get_template('big.tpl'), {})", "limit exceeded"},
	"output":    {"return template.render(template.get_template('wide.tpl'), {'x': 'x' * 60000})", "limit exceeded"},
	"sleep":     {"time.sleep(3600)", "limit exceeded (time)"},
	"raises":    {"raise ValueError('no')", "ValueError"},
}

// hostileHooks are what a package is called for, as the journal names it.
var hostileHooks = []string{
	"extract", "associate", "configure", "deconfigure", "synchronize",
	"get_remote_state_trigger_filename", "is_sensitive_filename", "http_service",
}

// hostileLimits are reached soon; only the one that sleeps gets to the end of the time.
func hostileLimits(name string) plugin.Limits {
	use := python.Limits{Steps: 500_000, Alloc: 16 << 20, Depth: 100}
	call := plugin.Budget{Time: time.Minute, Use: use}
	l := plugin.Limits{Work: call, Synchronize: call, Ask: call}
	if name == "sleep" {
		// What the other phone needs has to be done within them, too, however busy
		// the machine is.
		l.Work.Time, l.Synchronize.Time, l.Ask.Time = 4*time.Second, time.Second, 2*time.Second
	}
	return l
}

// Hostile packages harm their own phones only, whatever they do and wherever: while
// they are at it another phone gets its file over HTTP and TFTP, every time.
func TestHostilePackagesAtTheFrontDoor(t *testing.T) {
	t.Parallel()
	for name, b := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			evil := map[string]string{
				"entry.py":           strings.ReplaceAll(source(t, "evil.py"), "BODY", b.body),
				"templates/big.tpl":  "a\n{% for i in range(1000000) %}{% for i in range(1000) %}x{% endfor %}{% endfor %}",
				"templates/wide.tpl": "a\n{% for i in range(1000000) %}{{ x }}{% endfor %}",
			}
			d := newFrontDoor(t, packages{
				"good": {"entry.py": source(t, "good.py"), "templates/base.tpl": goodTemplate},
				"evil": evil, "evil-sync": evil,
			}, func(o *appliance.Options) { o.PluginLimits = hostileLimits(name) })
			d.device("good", "00:15:65:aa:bb:01", "127.0.0.41", "good")
			stop := d.keepServing("127.0.0.41", "001565aabb01.cfg", "Good 00:15:65:aa:bb:01")
			d.attack(name)
			stop()
			d.hostileTold(b.told)
		})
	}
}

// keepServing fetches a file over HTTP and TFTP as one phone, again and again. The
// function it returns ends that.
func (d *frontDoor) keepServing(ip, name, agent string) (stop func()) {
	var ended atomic.Bool
	var phone sync.WaitGroup
	phone.Go(func() {
		const most = 200 // the journal keeps the last 4096 events
		for i := 0; i < 3 || !ended.Load() && i < most; i++ {
			resp, body, err := d.http(ip, "GET", "/"+name, agent, "")
			if err != nil || resp.StatusCode != 200 || body != "hello from the package" {
				d.t.Errorf("another phone was served %q over HTTP, %v", body, err)
				return
			}
			if body, err := d.tftp(ip, name); body != "hello from the package" {
				d.t.Errorf("another phone was served %q over TFTP, %v", body, err)
				return
			}
		}
	})
	return func() {
		ended.Store(true)
		phone.Wait()
	}
}

// attack makes the box call every hook of the hostile packages.
func (d *frontDoor) attack(name string) {
	d.device("evil", "00:15:65:00:00:01", "127.0.0.51", "evil")
	if got := d.member("evil", "X_provbox_error"); !strings.Contains(got, "plugin evil: configure: ") {
		d.t.Errorf("the device says %q", got)
	}
	if (name == "template" || name == "output") && !strings.Contains(d.member("evil", "X_provbox_error"), ".tpl:2: ") {
		d.t.Errorf("the device says %q, without the template's name and line", d.member("evil", "X_provbox_error"))
	}
	if resp, body, err := d.http("127.0.0.51", "GET", "/x.cfg", "Evil", ""); err != nil || resp.StatusCode != 500 || strings.Contains(body, "entry.py") {
		d.t.Errorf("its own phone was served %q, %v", body, err)
	}
	if body, err := d.tftp("127.0.0.51", "x.cfg"); err == nil {
		d.t.Errorf("its own phone was served %q over TFTP", body)
	}
	d.device("evil-sync", "00:15:65:00:00:02", "127.0.0.52", "evil-sync")
	d.synchronize("evil-sync")
	d.must("DELETE", "/dev_mgr/devices/evil", "")
	// Phones that nobody knows: every package is asked.
	for i := range 3 {
		ip := fmt.Sprintf("127.0.0.%d", 70+i)
		if resp, _, err := d.http(ip, "GET", fmt.Sprintf("/%d.cfg", i), "Unknown", ""); err != nil || resp.StatusCode != 404 {
			d.t.Errorf("an unknown phone: %v, %v", resp, err)
		}
	}
}

// hostileTold looks where the operator does.
func (d *frontDoor) hostileTold(told string) {
	lines := strings.Split(d.told("plugin"), "\n")
	for _, hook := range hostileHooks {
		ok := slices.ContainsFunc(lines, func(line string) bool {
			return strings.HasPrefix(line, "plugin failed [plugin=evil") && strings.Contains(line, " hook="+hook+" file=") &&
				strings.Contains(line, told) && !strings.Contains(line, "file= ") && !strings.Contains(line, "line=0")
		})
		if !ok {
			d.t.Errorf("the journal says nothing of %s:\n%.8000s", hook, strings.Join(lines, "\n"))
		}
	}
	answer := d.must("GET", "/pg_mgr/plugins", "")
	if told != "" && strings.HasPrefix(told, "limit") && !strings.Contains(answer, `"X_provbox_failed":{"evil":{"error":"plugin evil: extract is not called until `) {
		d.t.Errorf("the API says %.2000s", answer)
	}
}

// synchronize makes a phone reload and waits until that failed.
func (d *frontDoor) synchronize(id string) {
	d.t.Helper()
	req, err := http.NewRequest("POST", "http://"+d.app.REST().String()+"/0.2/dev_mgr/synchronize", strings.NewReader(`{"id":"`+id+`"}`))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	at, ok := strings.CutPrefix(resp.Header.Get("Location"), "/0.2")
	if resp.StatusCode != http.StatusCreated || !ok {
		d.t.Fatalf("synchronize: %d, operation at %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	for end := time.Now().Add(outcomeWait); time.Now().Before(end); {
		switch status := d.must("GET", at, ""); {
		case strings.Contains(status, "fail"):
			return
		case strings.Contains(status, "success"):
			d.t.Fatalf("a hostile package synchronized: %s", status)
		}
		time.Sleep(50 * time.Millisecond) // the API has no other way to wait
	}
	d.t.Fatal("the synchronization did not end")
}

// A package that does not load is shown where the operator looks.
func TestBrokenPackageIsShown(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"broken": {"entry.py": "import re\n\nraise ValueError('at the load')\n"}})
	if got := d.told("plugin"); !strings.Contains(got, "plugin not loaded [plugin=broken file=entry.py line=3 err=") {
		t.Errorf("the journal says %q", got)
	}
	if got := d.must("GET", "/pg_mgr/plugins", ""); !strings.Contains(got, `"X_provbox_failed":{"broken":{"error":"plugin broken: load: entry.py:3: ValueError: at the load"}}`) {
		t.Errorf("the API says %.2000s", got)
	}
	if got := d.must("GET", "/pg_mgr/install/installed", ""); !strings.Contains(got, `"X_provbox_error":"plugin broken: load: entry.py:3: ValueError: at the load"`) {
		t.Errorf("the API says %.2000s", got)
	}
}

// A stranger who makes packages fail as often as he can fills no journal.
func TestFailuresDoNotFloodTheJournal(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"evil": {"entry.py": strings.ReplaceAll(source(t, "evil.py"), "BODY", "raise ValueError('no')")}})
	for i := range 100 {
		if _, _, err := d.http("127.0.0.1", "GET", fmt.Sprintf("/%d.cfg", i), fmt.Sprint("agent ", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(d.told("plugin"), "plugin failed"); n != 2 { // extract and associate
		t.Errorf("%d events for 100 requests:\n%s", n, d.told("plugin"))
	}
}

package appliance_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// bodies are what hostile packages do in every hook, and what the operator is told.
var bodies = map[string]struct{ body, told string }{
	"loop":      {"while True: pass", "limit exceeded"},
	"string":    {"return 'a' * 10**9", "limit exceeded (memory)"},
	"list":      {"return list(range(10**18))", "limit exceeded"},
	"recursion": {"return bad(args)", "limit exceeded (recursion depth)"},
	"regex":     {"return re.match('(a+)+$', 'a' * 5000 + 'b') or 1 / 0", ""},
	"template":  {"return template.render(template.get_template('big.tpl'), {})", "limit exceeded"},
	"raises":    {"raise ValueError('no')", "ValueError"},
}

// hostileHooks are what a package is called for, as the journal names it. A phone
// that could not be configured is not synchronized.
var hostileHooks = []string{
	"extract", "associate", "configure", "deconfigure",
	"get_remote_state_trigger_filename", "is_sensitive_filename", "http_service",
}

// Hostile packages harm their own phones only, whatever they do and wherever: while
// they are at it another phone gets its file over HTTP and TFTP, every time.
func TestHostilePackagesAtTheFrontDoor(t *testing.T) {
	t.Parallel()
	install := packages{
		"good":   {"entry.py": source(t, "good.py"), "templates/base.tpl": goodTemplate},
		"broken": {"entry.py": "import re\n\nraise ValueError('at the load')\n"},
	}
	for name, b := range bodies {
		install["evil-"+name] = map[string]string{
			"entry.py":          strings.ReplaceAll(source(t, "evil.py"), "BODY", b.body),
			"templates/big.tpl": "{% for i in range(1000000) %}{% for i in range(1000) %}x{% endfor %}{% endfor %}",
		}
	}
	d := newFrontDoor(t, install)
	d.device("good", "00:15:65:aa:bb:01", "127.0.0.41", "good")

	const most = 300 // the journal keeps the last 4096 events
	var stop atomic.Bool
	var served atomic.Int64
	var good sync.WaitGroup
	good.Go(func() {
		for i := 0; i < 3 || !stop.Load() && i < most; i++ {
			resp, body, err := d.http("127.0.0.41", "GET", "/001565aabb01.cfg", "Good 00:15:65:aa:bb:01", "")
			if err != nil || resp.StatusCode != 200 || body != "hello from the package" {
				t.Errorf("another phone was served %q, %v", body, err)
				return
			}
			if body, err := d.tftp("127.0.0.41", "001565aabb01.cfg"); body != "hello from the package" {
				t.Errorf("another phone was served %q over TFTP, %v", body, err)
				return
			}
			served.Add(1)
		}
	})

	var evil sync.WaitGroup
	number := 0
	for name := range bodies {
		number++
		id, ip, mac := "evil-"+name, fmt.Sprintf("127.0.0.%d", 50+number), fmt.Sprintf("00:15:65:00:00:%02x", number)
		evil.Go(func() {
			d.device(id, mac, ip, id)
			if got := d.member(id, "X_provbox_error"); !strings.Contains(got, "plugin "+id+": configure: ") {
				t.Errorf("%s: the device says %q", id, got)
			}
			if code, body, err := d.http(ip, "GET", "/x.cfg", "Evil", ""); err != nil || code.StatusCode != 500 || strings.Contains(body, "entry.py") {
				t.Errorf("%s: %v %q, %v", id, code, body, err)
			}
			if body, err := d.tftp(ip, "x.cfg"); err == nil {
				t.Errorf("%s: served %q", id, body)
			}
			d.must("DELETE", "/dev_mgr/devices/"+id, "")
		})
	}
	evil.Wait()
	// A phone that nobody knows: every package is asked, for a request of its own.
	for i := range 3 {
		ip := fmt.Sprintf("127.0.0.%d", 70+i)
		if resp, _, err := d.http(ip, "GET", fmt.Sprintf("/%d.cfg", i), "Unknown", ""); err != nil || resp.StatusCode != 404 {
			t.Errorf("an unknown phone: %v, %v", resp, err)
		}
	}
	stop.Store(true)
	good.Wait()
	t.Logf("the other phone was served %d times meanwhile", served.Load())

	lines := strings.Split(d.told("plugin"), "\n")
	for name, b := range bodies {
		for _, hook := range hostileHooks {
			ok := slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, fmt.Sprintf("plugin failed [plugin=evil-%s hook=%s file=", name, hook)) && strings.Contains(line, b.told) && !strings.Contains(line, "line=0")
			})
			if !ok {
				t.Errorf("the journal says nothing of %s in %s", name, hook)
			}
		}
	}
	if !slices.ContainsFunc(lines, func(line string) bool {
		return strings.Contains(line, "plugin not loaded [plugin=broken file=entry.py line=3 err=")
	}) {
		t.Errorf("the journal says nothing of the package that does not load:\n%.2000s", strings.Join(lines, "\n"))
	}
	if t.Failed() {
		t.Logf("%.8000s", strings.Join(lines, "\n"))
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

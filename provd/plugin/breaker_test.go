package plugin_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/provd"
	"provbox/provd/plugin"
)

// chokes is a package whose extractor runs out of steps for the User-Agent "bad",
// raises for "raise", sleeps for "sleep", and counts its calls.
const chokes = `
import time
from wazo_provd.plugins import StandardPlugin

class Extractor:
    n = 0
    def extract(self, request, request_type):
        ua = request.getHeader(b'User-Agent') or b''
        Extractor.n += 1
        if ua.startswith(b'bad'):
            while True: pass
        if ua.startswith(b'raise'):
            raise ValueError('no')
        if ua.startswith(b'sleep'):
            time.sleep(3600)
        if ua.startswith(b'slow'):
            time.sleep(0.1)
        return {'vendor': 'V', 'model': ua.decode('ascii')}

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    tftp_dev_info_extractor = None
`

func choking(t *testing.T, opts ...func(*plugin.Config)) *plugin.Plugin {
	t.Helper()
	p, err := load(t.Context(), "bad", pack("entry.py", chokes), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// from asks the package as a phone at an address, always something new.
func from(p *plugin.Plugin, ip, agent string) string {
	req := provd.Request{Kind: provd.HTTP, IP: ip, UserAgent: agent, HasUserAgent: true}
	info, err := p.Extract(context.Background(), req)
	switch {
	case err == nil:
		return info["vendor"]
	case strings.Contains(err.Error(), "is not called until"):
		return "skipped"
	case strings.Contains(err.Error(), "limit exceeded"):
		return "ran out"
	case strings.Contains(err.Error(), "still running"):
		return "busy"
	default:
		return "raised"
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	type step struct {
		after     time.Duration
		ip, agent string
		want      string
	}
	const a, b, c = "192.0.2.1", "192.0.2.2", "192.0.2.3"
	tests := map[string][]step{
		"an exception does not pause": {{0, a, "raise", "raised"}, {0, a, "raise", "raised"}, {0, a, "x", "V"}},
		"one phone pauses itself alone": {
			{0, a, "bad", "ran out"},
			{0, a, "x", "skipped"},
			{0, b, "x", "V"},
			{0, c, "x", "V"},
			{time.Second, a, "x", "V"},
			{0, a, "x", "V"},
		},
		"two phones pause the package": {
			{0, a, "bad", "ran out"},
			{0, b, "bad", "ran out"},
			{0, c, "x", "skipped"},
			{time.Second, c, "x", "skipped"},
			{time.Second, c, "x", "V"},
			{0, a, "x", "V"},
		},
		"the pause grows": {
			{0, a, "bad", "ran out"},
			{time.Second, a, "bad", "ran out"},
			{time.Second, a, "x", "skipped"},
			{time.Second, a, "bad", "ran out"},
			{3 * time.Second, a, "x", "skipped"},
			{time.Second, a, "x", "V"},
			{0, a, "bad", "ran out"},
			{7 * time.Second, a, "x", "skipped"},
			{time.Second, a, "x", "V"},
		},
		"the pause has an end": {
			{0, a, "bad", "ran out"}, {time.Hour, a, "bad", "ran out"}, {time.Second, a, "x", "V"},
		},
		"an exception in the trial shows that it is well": {
			{0, a, "bad", "ran out"}, {time.Second, a, "raise", "raised"}, {0, a, "x", "V"},
		},
		"what is remembered is answered": {
			{0, a, "good#", "V"}, {0, a, "bad", "ran out"}, {0, b, "bad", "ran out"}, {0, c, "good#", "V"}, {0, c, "new", "skipped"},
		},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := &clock{now: frozen}
			p := choking(t, small, func(cfg *plugin.Config) { cfg.Now = now.Now })
			for i, s := range steps {
				now.move(s.after)
				agent := s.agent
				if !strings.HasSuffix(agent, "#") {
					agent += fmt.Sprint(i)
				}
				if got := from(p, s.ip, agent); got != s.want {
					t.Fatalf("step %d: %s asks %s: %s, want %s", i, s.ip, agent, got, s.want)
				}
			}
		})
	}
}

func TestPausedIsTold(t *testing.T) {
	t.Parallel()
	events, now := &recorded{}, &clock{now: frozen}
	p := choking(t, small, func(cfg *plugin.Config) { cfg.Recorder, cfg.Now = events, now.Now })
	for _, ip := range []string{"192.0.2.1", "192.0.2.2"} {
		if err := p.Paused(); err != nil {
			t.Errorf("paused: %v", err)
		}
		if got := from(p, ip, "bad"+ip); got != "ran out" {
			t.Fatal(got)
		}
	}
	got := events.take()
	for _, want := range []string{
		"plugin skipped for a while [plugin=bad hook=extract file=entry.py line=11 requests=of this phone for=1s]",
		"plugin skipped for a while [plugin=bad hook=extract file=entry.py line=11 requests=of every phone for=2s]",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("told %q, not %q", got, want)
		}
	}
	if err := p.Paused(); err == nil || !strings.HasPrefix(err.Error(), "plugin bad: extract is not called until ") || !strings.HasSuffix(err.Error(), "entry.py:11: limit exceeded: steps") {
		t.Errorf("paused: %v", err)
	}
}

// Nobody waits behind a call that takes long, and one request alone tries again.
func TestNobodyWaitsBehindALongCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		events := &recorded{}
		p := choking(t, func(cfg *plugin.Config) { cfg.Recorder, cfg.Now = events, time.Now })
		ask := func(ip, agent string) <-chan string {
			done := make(chan string, 1)
			go func() { done <- from(p, ip, agent) }()
			synctest.Wait()
			return done
		}
		first, other := ask("192.0.2.1", "sleep1"), ask("192.0.2.2", "x1")
		if got := <-other; got != "busy" || len(first) != 0 {
			t.Errorf("another phone: %s; the first is done: %v", got, len(first) != 0)
		}
		if got := <-first; got != "ran out" {
			t.Errorf("the first: %s", got)
		}
		if got := from(p, "192.0.2.2", "sleep2"); got != "ran out" {
			t.Errorf("the second: %s", got)
		}
		time.Sleep(2 * time.Second)
		trial, other := ask("192.0.2.3", "sleep3"), ask("192.0.2.4", "x")
		select {
		case got := <-other:
			if got != "skipped" {
				t.Errorf("during the trial: %s", got)
			}
		default:
			t.Error("another phone waits for the trial")
		}
		if got := <-trial; got != "ran out" {
			t.Errorf("the trial: %s", got)
		}
		if !strings.Contains(events.take(), "plugin was busy [plugin=bad hook=extract err=") {
			t.Error("that nobody was asked is not told")
		}
	})
}

// Those who already wait when it runs out do not try themselves.
func TestWaitersLeaveWhenItRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := choking(t, func(cfg *plugin.Config) { cfg.Now = time.Now })
		from(p, "192.0.2.1", "bad")
		done := make(chan string, 2)
		go func() { done <- from(p, "192.0.2.2", "sleep") }()
		synctest.Wait()
		time.Sleep(plugin.DefaultLimits.Ask.Time - time.Millisecond)
		go func() { done <- from(p, "192.0.2.3", "sleep") }()
		synctest.Wait()
		if a, b := <-done, <-done; a != "ran out" || b != "skipped" {
			t.Errorf("%s, %s", a, b)
		}
	})
}

// A stranger who asks what takes long, as often as he can, takes turns with the
// others.
func TestOnePhoneTakesOneTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := choking(t, func(cfg *plugin.Config) { cfg.Now = time.Now })
		const many = 10
		stranger, phone := make(chan string, many), make(chan string, 1)
		for i := range many {
			go func() { stranger <- from(p, "192.0.2.1", fmt.Sprint("slow", i)) }()
		}
		synctest.Wait()
		go func() { phone <- from(p, "192.0.2.2", "x") }()
		if got := <-phone; got != "V" || len(stranger) > 2 {
			t.Errorf("the phone: %s, after %d of the stranger's", got, len(stranger))
		}
		for range many {
			if got := <-stranger; got != "V" {
				t.Errorf("the stranger: %s", got)
			}
		}
	})
}

// A phone that goes away shows nothing of the package.
func TestGoingAwayDoesNotPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := choking(t, func(cfg *plugin.Config) { cfg.Now = time.Now })
		for _, ip := range []string{"192.0.2.1", "192.0.2.2"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := p.Extract(ctx, provd.Request{Kind: provd.HTTP, IP: ip, UserAgent: "sleep" + ip, HasUserAgent: true})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
		if got := from(p, "192.0.2.1", "x"); got != "V" {
			t.Errorf("afterwards: %s", got)
		}
	})
}

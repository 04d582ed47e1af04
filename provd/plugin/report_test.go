package plugin_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"provbox/provd"
	"provbox/provd/plugin"
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestFailuresAreReported(t *testing.T) {
	t.Parallel()
	events, now := &recorded{}, &clock{now: frozen}
	p, err := load(t.Context(), "bad", pack("entry.py", hostile("raise ValueError('canary\\nline')")), small, func(cfg *plugin.Config) {
		cfg.Recorder, cfg.Now = events, now.Now
	})
	if err != nil {
		t.Fatal(err)
	}
	for hook, call := range hooks {
		if call(t.Context(), p) == nil {
			t.Errorf("%s: no error", hook)
		}
		got := events.take()
		want := "err=ValueError: canary line"
		if hook == "configure" || hook == "synchronize" { // what they are given holds secrets
			want = "err=ValueError]"
		}
		for _, want := range []string{"plugin: plugin failed [plugin=bad hook=" + hook + " file=entry.py line=6 ", want} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: told %q, not %q", hook, got, want)
			}
		}
	}
	// A stranger who makes it fail does not fill the journal.
	extract := func(n int) {
		for i := range n {
			req := provd.Request{Kind: provd.HTTP, UserAgent: fmt.Sprint(i), HasUserAgent: true}
			if _, err := p.Extract(t.Context(), req); err == nil {
				t.Error("no error")
			}
			if _, err := p.Score(t.Context(), provd.Info{"model": fmt.Sprint(i)}); err == nil {
				t.Error("no error")
			}
		}
	}
	extract(200)
	if got := events.take(); got != "" {
		t.Errorf("told again at once: %s", got)
	}
	now.move(time.Minute)
	extract(10)
	if got := events.take(); strings.Count(got, "plugin failed") != 1 || !strings.Contains(got, "hook=associate") || !strings.Contains(got, "times=201") {
		t.Errorf("a minute later: %s", got)
	}
}

func TestReportsAreBounded(t *testing.T) {
	t.Parallel()
	events := &recorded{}
	var src strings.Builder
	src.WriteString(testPlugin + "    def is_sensitive_filename(self, name):\n")
	for i := range 200 {
		fmt.Fprintf(&src, "        if name == '%d':\n            raise ValueError()\n", i)
	}
	p, err := load(t.Context(), "bad", pack("entry.py", src.String()), func(cfg *plugin.Config) { cfg.Recorder = events })
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if _, err := p.Sensitive(t.Context(), fmt.Sprint(i)); err == nil {
			t.Error("no error")
		}
	}
	if n := len(events.list); n != 65 { // 64 places, and one for all others
		t.Errorf("%d events", n)
	}
}

// Who hangs up makes no package fail.
func TestNoReportOfACallThatWasGivenUp(t *testing.T) {
	t.Parallel()
	events := &recorded{}
	p, err := load(t.Context(), "slow", pack("entry.py", hostile("while True: pass")), func(cfg *plugin.Config) { cfg.Recorder = events })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Sensitive(ctx, "x"); err == nil {
		t.Error("no error")
	}
	if got := events.take(); got != "" {
		t.Errorf("told %s", got)
	}
}

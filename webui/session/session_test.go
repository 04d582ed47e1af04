package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"provbox/provd/document"
)

type vault struct {
	doc     *document.Object
	failing error
}

func (v *vault) Load(context.Context) (*document.Object, error) { return v.doc, v.failing }

func (v *vault) Save(_ context.Context, doc *document.Object) error {
	if v.failing == nil {
		v.doc = doc
	}
	return v.failing
}

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

const good = "three blind mice"

func guard(t *testing.T, v *vault, c *clock, reset string) *Guard {
	t.Helper()
	g, err := New(t.Context(), Config{Vault: v, Now: c.Now, Logger: slog.New(slog.DiscardHandler), Reset: reset, Cost: Cost{1, 64}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func newClock() *clock { return &clock{time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

// A box is claimed once, with its own code, and the password opens it from then on.
func TestClaim(t *testing.T) {
	t.Parallel()
	v, c := &vault{}, newClock()
	g := guard(t, v, c, "")
	code := g.Code()
	if g.Claimed() || len(code) != 9 || code[4] != '-' {
		t.Fatalf("a new box: claimed %v, code %q", g.Claimed(), code)
	}
	if again := guard(t, v, c, "").Code(); again != code {
		t.Errorf("after a restart the code is %q, was %q", again, code)
	}
	if other := guard(t, &vault{}, c, "").Code(); other == code {
		t.Error("two boxes have one code")
	}
	ctx := t.Context()
	if _, err := g.Login(ctx, "a", good); !errors.Is(err, ErrUnclaimed) {
		t.Errorf("login to an unclaimed box: %v", err)
	}
	if _, err := g.Claim(ctx, "a", "0000-0000", good); !errors.Is(err, ErrCode) {
		t.Errorf("wrong code: %v", err)
	}
	if _, err := g.Claim(ctx, "a", "", good); !errors.Is(err, ErrCode) {
		t.Errorf("no code: %v", err)
	}
	v.failing = errors.New("full disk")
	if _, err := g.Claim(ctx, "a", code, good); !errors.Is(err, v.failing) || g.Claimed() {
		t.Errorf("a claim that is not stored: %v, claimed %v", err, g.Claimed())
	}
	v.failing = nil
	misread := strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(strings.ToLower(code))
	token, err := g.Claim(ctx, "a", misread, good)
	if err != nil || !g.Check(string(token)) || !g.Claimed() || g.Code() != "" {
		t.Fatalf("claim with %q: %v", misread, err)
	}
	if _, err := g.Claim(ctx, "a", code, good); !errors.Is(err, ErrClaimed) {
		t.Errorf("second claim: %v", err)
	}
	if text := fmt.Sprint(v.doc.Get("password")); strings.Contains(text, good) || !strings.Contains(text, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("stored: %s", text)
	}
	g = guard(t, v, c, "")
	if g.Check(string(token)) {
		t.Error("a session outlived a restart")
	}
	if _, err := g.Login(ctx, "a", good+" "); !errors.Is(err, ErrPassword) {
		t.Errorf("wrong password: %v", err)
	}
	if token, err = g.Login(ctx, "a", good); err != nil || !g.Check(string(token)) {
		t.Errorf("login: %v", err)
	}
	g.Logout(string(token))
	if g.Check(string(token)) {
		t.Error("logged out and still in")
	}
}

// A new word in the settings gives the box to nobody, once; what is stored and
// cannot be understood does not.
func TestReset(t *testing.T) {
	t.Parallel()
	v, c := &vault{}, newClock()
	g := guard(t, v, c, "")
	first := g.Code()
	if _, err := g.Claim(t.Context(), "a", first, good); err != nil {
		t.Fatal(err)
	}
	g = guard(t, v, c, "word")
	second := g.Code()
	if second == "" || second == first {
		t.Fatalf("after a reset the code is %q, was %q", second, first)
	}
	if _, err := g.Claim(t.Context(), "a", first, good); !errors.Is(err, ErrCode) {
		t.Errorf("the old code: %v", err)
	}
	if _, err := g.Claim(t.Context(), "a", second, good); err != nil {
		t.Fatal(err)
	}
	if !guard(t, v, c, "word").Claimed() {
		t.Error("the same word resets twice")
	}
	for name, doc := range map[string]*document.Object{
		"password": document.New("secret", strings.Repeat("00", secretSize), "reset", "word", "password", "$scrypt$x"),
		"secret":   document.New("secret", "0", "reset", "word", "password", ""),
		"empty":    document.New("reset", "word"),
	} {
		v := &vault{doc: doc}
		_, err := New(t.Context(), Config{Vault: v, Now: c.Now, Logger: slog.New(slog.DiscardHandler), Reset: "word"})
		if err == nil || !strings.Contains(err.Error(), "web.reset") {
			t.Errorf("%s: %v", name, err)
		}
		if g := guard(t, v, c, "another"); g.Claimed() || g.Code() == "" {
			t.Errorf("%s: cannot be reset", name)
		}
	}
	if _, err := New(t.Context(), Config{Vault: &vault{failing: errors.New("bad disk")}, Now: c.Now, Logger: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a vault that cannot be read opens the box")
	}
}

// Who guesses waits longer each time; nobody else does.
func TestThrottle(t *testing.T) {
	t.Parallel()
	v, c := &vault{}, newClock()
	g := guard(t, v, c, "")
	ctx := t.Context()
	if _, err := g.Claim(ctx, "192.0.2.9", g.Code(), good); err != nil {
		t.Fatal(err)
	}
	wrong := func(host string) error {
		_, err := g.Login(ctx, host, "not the password")
		return err
	}
	for i := range freeTries {
		if err := wrong("2001:db8::1"); !errors.Is(err, ErrPassword) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	var throttled *Throttled
	for i, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		wait *= time.Second
		// Even the right password waits, and another address of the same network.
		if _, err := g.Login(ctx, "2001:db8::2", good); !errors.As(err, &throttled) || throttled.Wait != wait {
			t.Fatalf("wait %d: %v, want %v", i, err, wait)
		}
		c.now = c.now.Add(wait)
		if err := wrong("2001:db8::1"); !errors.Is(err, ErrPassword) {
			t.Fatalf("after wait %d: %v", i, err)
		}
	}
	if _, err := g.Login(ctx, "2001:db8:1::1", good); err != nil {
		t.Errorf("another network: %v", err)
	}
	c.now = c.now.Add(time.Minute)
	if _, err := g.Login(ctx, "2001:db8::1", good); err != nil {
		t.Errorf("the right password after the wait: %v", err)
	}
	if err := wrong("2001:db8::1"); !errors.Is(err, ErrPassword) {
		t.Errorf("guesses before a success still count: %v", err)
	}
	for i := range maxHosts + 50 {
		_ = wrong(fmt.Sprintf("10.0.%d.%d", i/256, i%256))
	}
	if n := len(g.limit.hosts); n > maxHosts {
		t.Errorf("%d hosts are remembered", n)
	}
}

func TestWeakPasswords(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"eleven char": "short", "été été été": "short", strings.Repeat("long ", 26): "long", "aaaaaaaaaaaaaa": "repeated",
		"xyzxyzxyzxyzxy": "repeated", "PassWord1234": "common", " provboxprovbox ": "common", good: "", "été été été !": "",
	} {
		err := judge(password)
		var weak *WeakPassword
		if got := errors.As(err, &weak); got != (want != "") || got && weak.Reason != want {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	g := guard(t, &vault{}, newClock(), "")
	ctx := t.Context()
	mine, err := g.Claim(ctx, "a", g.Code(), good)
	if err != nil {
		t.Fatal(err)
	}
	other, err := g.Login(ctx, "a", good)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.SetPassword(ctx, string(mine), "a", "wrong", "four blind mice"); !errors.Is(err, ErrPassword) {
		t.Errorf("wrong old password: %v", err)
	}
	var weak *WeakPassword
	if err := g.SetPassword(ctx, string(mine), "a", good, "x"); !errors.As(err, &weak) {
		t.Errorf("weak new password: %v", err)
	}
	if err := g.SetPassword(ctx, string(mine), "a", good, "four blind mice"); err != nil {
		t.Fatal(err)
	}
	if !g.Check(string(mine)) || g.Check(string(other)) {
		t.Errorf("mine %v, other %v", g.Check(string(mine)), g.Check(string(other)))
	}
	if _, err := g.Login(ctx, "a", good); !errors.Is(err, ErrPassword) {
		t.Errorf("the old password: %v", err)
	}
}

// Sessions end when they are not used, when they are old, and when there are many.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	c := newClock()
	var s sessions
	token := string(s.add(c.now))
	for range 12 {
		c.now = c.now.Add(idleLimit)
		if !s.check(token, c.now) {
			t.Fatalf("ended after %v of use", c.now)
		}
	}
	if c.now = c.now.Add(3 * idleLimit / 2); s.check(token, c.now) {
		t.Error("an idle session is alive")
	}
	token = string(s.add(c.now))
	for range 15 {
		s.check(token, c.now)
		c.now = c.now.Add(idleLimit)
	}
	if s.check(token, c.now) {
		t.Error("a session lives for ever")
	}
	first := string(s.add(c.now))
	for range maxSessions {
		c.now = c.now.Add(time.Second)
		s.add(c.now)
	}
	if s.check(first, c.now) || len(s.all) != maxSessions {
		t.Errorf("%d sessions", len(s.all))
	}
}

func TestFlashes(t *testing.T) {
	t.Parallel()
	var s sessions
	token := string(s.add(time.Now()))
	s.flash("nobody", "lost")
	for range maxFlashes + 3 {
		s.flash(token, strings.Repeat("é", maxFlash))
	}
	got := s.flashes(token)
	if len(got) != maxFlashes || len(got[0]) > maxFlash {
		t.Errorf("%d texts of %d bytes", len(got), len(got[0]))
	}
	if again := s.flashes(token); again != nil {
		t.Errorf("shown twice: %d", len(again))
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	v, c := &vault{}, newClock()
	g := guard(t, v, c, "")
	code := g.Code()
	var all sync.WaitGroup
	claims := make(chan error, 20)
	for i := range cap(claims) {
		all.Go(func() {
			_, err := g.Claim(t.Context(), fmt.Sprint("10.0.0.", i), code, good)
			claims <- err
			_ = g.Claimed()
			g.Flash("x", "y")
		})
	}
	all.Wait()
	won := 0
	for range cap(claims) {
		if err := <-claims; err == nil {
			won++
		} else if !errors.Is(err, ErrClaimed) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d claims", won)
	}
}

// Whatever is stored as a password is refused or bounded, and never a panic.
func FuzzDecode(f *testing.F) {
	f.Add(Cost{1, 8}.encode(good))
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := decode(text); err == nil && (h.cost.MemoryKiB > maxMemory || h.cost.Time > maxTime || len(h.key) != keySize) {
			t.Errorf("%q: %+v", text, h.cost)
		}
	})
}

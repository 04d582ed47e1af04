package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/provd/document"
)

// A document that lost a part must not become a box that anybody may claim, also
// when the settings hold a word from years ago. A new word always helps.
func TestDamagedDocument(t *testing.T) {
	t.Parallel()
	whole := func() *document.Object {
		return document.New("secret", strings.Repeat("00", secretSize), "reset", "old", "password", Cost{1, 8}.encode(good))
	}
	with := func(name string, value any) *document.Object {
		doc := whole()
		doc.Set(name, value)
		return doc
	}
	without := func(name string) *document.Object {
		doc := whole()
		doc.Delete(name)
		return doc
	}
	for name, doc := range map[string]*document.Object{
		"no password":         without("password"),
		"password is null":    with("password", nil),
		"password is a list":  with("password", []any{}),
		"clear password":      with("password", good),
		"text behind it":      with("password", whole().String("password")+"$"),
		"text behind lanes":   with("password", strings.Replace(whole().String("password"), "p=1$", "p=1,x$", 1)),
		"two lanes and more":  with("password", strings.Replace(whole().String("password"), "p=1$", "p=12$", 1)),
		"line end in the key": with("password", whole().String("password")+"\n"),
		"no secret":           without("secret"),
		"short secret":        with("secret", "00"),
		"no reset":            without("reset"),
		"reset is null":       with("reset", nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, c := &vault{doc: doc}, newClock()
			cfg := Config{Vault: v, Now: c.Now, Logger: slog.New(slog.DiscardHandler), Reset: "old", Cost: Cost{1, 8}}
			_, err := New(t.Context(), cfg)
			if err == nil || !strings.Contains(err.Error(), "web.reset") || strings.Contains(err.Error(), good) {
				t.Fatalf("error %v, want one with the remedy", err)
			}
			if g, err := New(t.Context(), cfg); err == nil && !g.Claimed() {
				t.Error("the box is open at the second start")
			}
			cfg.Reset = "new"
			g, err := New(t.Context(), cfg)
			if err != nil || g.Claimed() {
				t.Fatalf("after a new word: %v", err)
			}
			if _, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good); err != nil {
				t.Errorf("claim after a new word: %v", err)
			}
		})
	}
}

// Taking the line out of the settings again is no wish for a reset.
func TestResetRemoved(t *testing.T) {
	t.Parallel()
	v, c := &vault{}, newClock()
	g := guard(t, v, c, "word")
	if _, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"", "word"} {
		if !guard(t, v, c, word).Claimed() {
			t.Errorf("the word %q forgot the password", word)
		}
	}
}

// Wrong codes are bounded over all hosts: whoever has a network has many addresses.
func TestThrottleCodes(t *testing.T) {
	t.Parallel()
	c := newClock()
	g := guard(t, &vault{}, c, "")
	for i := range 20 {
		if _, err := g.Claim(t.Context(), fmt.Sprint("198.51.100.", i), "0000-0000", good); !errors.Is(err, ErrCode) {
			t.Fatalf("try %d: %v", i, err)
		}
		c.now = c.now.Add(time.Second)
	}
	var throttled *Throttled
	if _, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good); !errors.As(err, &throttled) || throttled.Wait != 40*time.Second {
		t.Fatalf("after 20 wrong codes: %v, want 40 s to wait", err)
	}
	c.now = c.now.Add(40 * time.Second)
	if _, err := g.Claim(t.Context(), "192.0.2.1", "0000-0000", good); !errors.Is(err, ErrCode) {
		t.Fatalf("when the first is a minute old: %v", err)
	}
	if _, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good); !errors.As(err, &throttled) || throttled.Wait != time.Second {
		t.Errorf("until the second is a minute old: %v, want 1 s to wait", err)
	}
	c.now = c.now.Add(time.Second)
	if _, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good); err != nil {
		t.Errorf("the right code: %v", err)
	}
}

// The clock of a small box jumps. Nobody is locked out by that.
func TestThrottleClockSetBack(t *testing.T) {
	t.Parallel()
	var l limiter
	now := newClock().now
	for range freeTries {
		l.failed("192.0.2.1", now)
	}
	var throttled *Throttled
	if err := l.wait("192.0.2.1", now.Add(-24*time.Hour)); errors.As(err, &throttled) && throttled.Wait > longWait {
		t.Errorf("wait %v", throttled.Wait)
	}
}

// slowVault saves when it is told to.
type slowVault struct {
	vault
	saves chan struct{}
}

func (v *slowVault) Save(ctx context.Context, doc *document.Object) error {
	select {
	case <-v.saves:
	case <-ctx.Done():
		return ctx.Err()
	}
	return v.vault.Save(ctx, doc)
}

// While one is served others wait, but not without bound, and not those who have to
// wait anyway.
func TestQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, c := &slowVault{saves: make(chan struct{}, 1)}, newClock()
		v.saves <- struct{}{}
		g, err := New(t.Context(), Config{Vault: v, Now: c.Now, Logger: slog.New(slog.DiscardHandler), Cost: Cost{1, 8}})
		if err != nil {
			t.Fatal(err)
		}
		for range freeTries {
			if _, err := g.Claim(t.Context(), "192.0.2.66", "0000-0000", good); !errors.Is(err, ErrCode) {
				t.Fatal(err)
			}
		}
		code := g.Code()
		done := make(chan error, 100)
		claim := func(ctx context.Context, host string) {
			_, err := g.Claim(ctx, host, code, good)
			done <- err
		}
		go claim(t.Context(), "192.0.2.1")
		synctest.Wait()
		given, giveUp := context.WithCancel(t.Context())
		// The guesser gets its answer while the first one is still being saved.
		go claim(given, "192.0.2.66")
		synctest.Wait()
		var throttled *Throttled
		select {
		case err := <-done:
			if !errors.As(err, &throttled) {
				t.Errorf("the guesser: %v", err)
			}
		default:
			t.Error("the guesser waits in the queue")
		}
		for i := range 50 {
			go claim(given, fmt.Sprint("198.51.100.", i))
		}
		synctest.Wait()
		if n := len(done); n != 50-maxWaiting {
			t.Errorf("%d of 50 were sent away, want all but %d", n, maxWaiting)
		}
		giveUp()
		synctest.Wait()
		v.saves <- struct{}{}
		synctest.Wait()
		if !g.Claimed() {
			t.Error("the first claim did not succeed")
		}
		if _, err := g.Login(t.Context(), "192.0.2.1", good); err != nil {
			t.Errorf("after the queue is empty: %v", err)
		}
	})
}

// A password is changed by who is logged in, and by nobody else who knows it.
func TestSetPasswordSession(t *testing.T) {
	t.Parallel()
	g := guard(t, &vault{}, newClock(), "")
	token, err := g.Claim(t.Context(), "192.0.2.1", g.Code(), good)
	if err != nil {
		t.Fatal(err)
	}
	g.Logout(string(token))
	if err := g.SetPassword(t.Context(), string(token), "192.0.2.1", good, "four blind mice"); err == nil {
		t.Error("changed without a session")
	}
	if _, err := g.Login(t.Context(), "192.0.2.1", good); err != nil {
		t.Errorf("the password: %v", err)
	}
}

// The list is of passwords that would pass otherwise; anything else in it is dead.
func TestCommonList(t *testing.T) {
	t.Parallel()
	n, seen := 0, map[string]bool{}
	for line := range strings.Lines(common) {
		bad := strings.TrimSpace(line)
		if len(bad) < minPassword || bad != strings.ToLower(bad) || repeats(bad) || seen[bad] {
			t.Errorf("%q never matches, or is there twice", bad)
		}
		seen[bad] = true
		n++
	}
	if n < 100 {
		t.Errorf("%d passwords", n)
	}
}

// Tokens do not print themselves, whatever somebody logs.
func TestTokenHidden(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", Token("sesame"))
	fmt.Fprintf(&out, "%v %+v %#v %s %q", Token("sesame"), Token("sesame"), Token("sesame"), Token("sesame"), Token("sesame"))
	if strings.Contains(out.String(), "sesame") {
		t.Error(out.String())
	}
}

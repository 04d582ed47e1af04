package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"provbox/provd"
)

// gate is a wazo-auth that answers what it is told to.
type gate struct{ err error }

func (g *gate) Tenant(context.Context, string, string) (string, error) { return "t", g.err }
func (g *gate) Check(context.Context, string, string, string) error    { return g.err }
func (g *gate) Tenants(context.Context, string, string) ([]string, error) {
	return []string{"t", "below"}, g.err
}

// still is a journal in which nothing happens.
type still struct{ wake chan struct{} }

func (still) Boot() string                                         { return "b" }
func (still) Device(string) []Entry                                { return nil }
func (still) Last() uint64                                         { return 7 }
func (s still) After(uint64, int) ([]Entry, bool, <-chan struct{}) { return nil, false, s.wake }

func newStream(g *gate) (*stream, chan time.Time, chan time.Time, chan string) {
	r := httptest.NewRequest(http.MethodGet, "/0.2/dev_mgr/events", nil)
	r.Header.Set("X-Auth-Token", "token")
	a := &api{cfg: Config{Auth: g, Own: &Own{Journal: still{make(chan struct{})}}}, log: slog.New(slog.DiscardHandler)}
	beat, check, out := make(chan time.Time), make(chan time.Time), make(chan string, 16)
	s := &stream{call: &call{api: a, r: r}, seq: 7, recurse: true, beat: beat, check: check}
	s.write = func(text string) error { out <- text; return nil }
	return s, beat, check, out
}

// The stream shows that it lives, outlives an absence of wazo-auth, and ends with
// its token.
func TestStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, beat, check, out := newStream(g)
	ended := make(chan error, 1)
	go func() { ended <- s.run(context.Background(), false) }()
	<-out
	beat <- time.Time{}
	if got := <-out; got != "id: b-7\n: alive\n\n" {
		t.Errorf("sign of life: %q", got)
	}
	check <- time.Time{}
	beat <- time.Time{} // the check is over
	<-out
	if !s.scope.Has("below") {
		t.Errorf("the tenants are %v", s.scope)
	}
	g.err = provd.Errorf(provd.Unavailable, "wazo-auth is away")
	check <- time.Time{}
	beat <- time.Time{}
	<-out
	g.err = provd.Errorf(provd.Denied, "expired")
	check <- time.Time{}
	if got := <-out; !strings.HasPrefix(got, "event: end\n") || !strings.Contains(got, "not valid any more") {
		t.Errorf("the end: %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A reader that does not read is dropped.
func TestStreamDropsSlowReaders(t *testing.T) {
	t.Parallel()
	s, beat, _, _ := newStream(&gate{})
	slow := errors.New("write: i/o timeout")
	writes := 0
	s.write = func(string) error {
		if writes++; writes > 1 {
			return slow
		}
		return nil
	}
	ended := make(chan error, 1)
	go func() { ended <- s.run(context.Background(), false) }()
	beat <- time.Time{}
	if err := <-ended; !errors.Is(err, slow) {
		t.Errorf("ended with %v", err)
	}
}

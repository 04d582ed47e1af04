package appliance

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeTenants plays the centre and the box.
type fakeTenants struct {
	mu                   sync.Mutex
	known, here, deleted []string
	err                  error
	former               []string // were here before the stack was another one
	hidden               []string // exist, although they are not in the list
	asked                []time.Duration
	began                time.Time
}

func (f *fakeTenants) AllTenants(context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, time.Since(f.began))
	return f.known, f.err
}

func (f *fakeTenants) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeTenants) TenantGone(_ context.Context, tenant string) (bool, error) {
	return !slices.Contains(f.hidden, tenant), nil
}

func (f *fakeTenants) Tenants() ([]string, error) { return f.here, nil }

func (f *fakeTenants) FormerTenants() ([]string, error) { return f.former, nil }

func (f *fakeTenants) DeleteTenant(_ context.Context, tenant string) (int, error) {
	f.deleted = append(f.deleted, tenant)
	return 1, nil
}

func TestTenantSyncIsGuarded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		f           fakeTenants
		want        []string
		wantFailure bool
	}{
		{name: "all known", f: fakeTenants{known: []string{"m", "a"}, here: []string{"m", "a"}}},
		{name: "one gone", f: fakeTenants{known: []string{"m", "a"}, here: []string{"a", "b"}}, want: []string{"b"}},
		{name: "several gone", f: fakeTenants{known: []string{"m"}, here: []string{"a", "b", "m"}}, want: []string{"a", "b"}},
		{name: "the only one gone", f: fakeTenants{known: []string{"m"}, here: []string{"a"}}, want: []string{"a"}},
		{name: "no list", f: fakeTenants{err: errors.New("empty"), here: []string{"a", "b", "m"}}, wantFailure: true},
		{name: "partial list", f: fakeTenants{known: []string{"m"}, here: []string{"a", "b", "m"}, hidden: []string{"b"}}, wantFailure: true},
		{name: "another stack", f: fakeTenants{known: []string{"x"}, here: []string{"a", "b", "m"}}, wantFailure: true},
		{name: "another stack with new phones", f: fakeTenants{known: []string{"x"}, here: []string{"a", "b", "m", "x"}, former: []string{"a", "b", "m"}}, wantFailure: true},
		{name: "another stack and one tenant", f: fakeTenants{known: []string{"x"}, here: []string{"a"}, former: []string{"a"}}, wantFailure: true},
		{name: "gone since", f: fakeTenants{known: []string{"x"}, here: []string{"a", "c", "x"}, former: []string{"a"}}, want: []string{"c"}, wantFailure: true},
		{name: "back on the first stack", f: fakeTenants{known: []string{"m", "a"}, here: []string{"a", "m"}, former: []string{"a", "m"}}},
	}
	for i := range tests {
		tt := &tests[i]
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newTenantSync(&tt.f, &tt.f, 0, time.Hour, slog.New(slog.DiscardHandler))
			err := s.run(t.Context())
			if diff := cmp.Diff(tt.want, tt.f.deleted); diff != "" || (err != nil) != tt.wantFailure {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestTenantSyncTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTenants{known: []string{"a"}, here: []string{"a"}, began: time.Now()}
		s := newTenantSync(f, f, time.Minute, 24*time.Hour, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.serve(ctx) }()
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		s.soon()
		synctest.Wait()
		f.fail(errors.New("away"))
		s.soon()
		time.Sleep(12 * time.Minute)
		f.fail(nil)
		time.Sleep(time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		day := 24 * time.Hour
		want := []time.Duration{
			time.Minute, time.Minute + day, day + time.Hour, day + time.Hour,
			day + time.Hour + 5*time.Minute, day + time.Hour + 10*time.Minute, day + time.Hour + 15*time.Minute,
		}
		if diff := cmp.Diff(want, f.asked); diff != "" {
			t.Error(diff)
		}
	})
}

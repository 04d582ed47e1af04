package appliance

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func TestStackStopsLastStartedFirst(t *testing.T) {
	t.Parallel()
	s := newStack(slog.New(slog.DiscardHandler))
	var order []string
	for _, name := range []string{"store", "manager", "http"} {
		s.start(name, func(ctx context.Context) error {
			<-ctx.Done()
			order = append(order, name)
			return ctx.Err()
		})
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"http", "manager", "store"}, order); diff != "" {
		t.Error(diff)
	}
}

func TestStackReportsTheFirstFailure(t *testing.T) {
	t.Parallel()
	s := newStack(slog.New(slog.DiscardHandler))
	s.start("dhcp", func(context.Context) error { return errors.New("no such interface") })
	if err := <-s.failed; err.Error() != "dhcp: no such interface" {
		t.Errorf("got %v", err)
	}
	s.onStop("store", func() error { return errors.New("disk full") })
	if err := s.stop(); err == nil || err.Error() != "stop store: disk full" {
		t.Errorf("got %v", err)
	}
}

func TestStackDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(slog.New(slog.DiscardHandler))
		release := make(chan struct{})
		s.start("stuck", func(context.Context) error { <-release; return nil })
		if err := s.stop(); err == nil || !strings.Contains(err.Error(), "stop stuck: still busy") {
			t.Errorf("got %v", err)
		}
		close(release)
	})
}

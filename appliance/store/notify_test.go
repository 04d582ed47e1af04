package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"provbox/provd/notify"
)

func TestNotifies(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	reopen := func() *Store {
		t.Helper()
		s, report, err := Open(ctx, Config{Dir: dir})
		if err != nil || len(report.Problems()) > 0 {
			t.Fatalf("%v, %v", err, report.Problems())
		}
		return s
	}
	job := func(device, event string) notify.Job {
		return notify.Job{
			Device: device, MAC: "00:15:65:aa:bb:01", IP: "10.0.0.5", User: "alice", Port: 5062, Queued: time.Date(2026, 11, 22, 1, 2, 3, 4, time.UTC),
			Messages: []notify.Message{{Endpoint: "alice", Variables: []string{event}}, {URI: "sip:anonymous@10.0.0.5", Variables: []string{"Event=x", "Content=y"}}},
		}
	}
	s := reopen()
	for _, j := range []notify.Job{job("b", "Event=old"), job("a", "Event=1"), job("b", "Event=2"), job("c", "Event=3")} {
		if err := s.PutNotify(ctx, j); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"c", "c", "never"} {
		if err := s.DeleteNotify(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutNotify(ctx, notify.Job{}); err == nil {
		t.Error("a job of no device was stored")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen()
	defer s.Close()
	got, err := s.LoadNotifies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]notify.Job{job("a", "Event=1"), job("b", "Event=2")}, got); diff != "" {
		t.Error(diff)
	}
}

// A store of the first schema has no place for them and gets one.
func TestNotifiesOfAnOlderStore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	cfg := Config{Dir: t.TempDir(), Now: clock()}.withDefaults()
	s, _, err := open(ctx, cfg, migrations[:1])
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a", "mac", "00:15:65:00:00:01")
	if err := s.db.Update(func(b *bbolt.Tx) error { return b.DeleteBucket(bucketNotifies) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff(Report{From: 1, To: newest(migrations)}, r); diff != "" {
		t.Error(diff)
	}
	job := notify.Job{Device: "a", Messages: []notify.Message{{Endpoint: "u", Variables: []string{"Event=x"}}}}
	if err := s.PutNotify(ctx, job); err != nil {
		t.Error(err)
	}
	if got, err := s.LoadNotifies(ctx); len(got) != 1 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// A record that is not what was written is set aside, as any other is.
func TestDamagedNotify(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	cfg := Config{Dir: t.TempDir(), Now: clock()}
	s, _, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if err := s.PutNotify(ctx, notify.Job{Device: id}); err != nil {
			t.Fatal(err)
		}
	}
	err = s.db.Update(func(b *bbolt.Tx) error {
		bucket := b.Bucket(bucketNotifies)
		if err := bucket.Put([]byte("a"), []byte("not sealed")); err != nil {
			return err
		}
		return bucket.Put([]byte("b"), seal([]byte("b"), []byte(`{"device":"other"}`)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.LoadNotifies(ctx)
	if r.Quarantined != 2 || len(got) != 1 || got[0].Device != "c" || err != nil {
		t.Errorf("%d set aside, left %v, %v", r.Quarantined, got, err)
	}
}

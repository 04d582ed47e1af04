package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"provbox/dhcp/lease"
	"provbox/provd"
	"provbox/provd/document"
)

// clock gives every name a time of its own.
func clock() func() time.Time {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func mustOpen(t *testing.T, dir string) (*Store, Report) {
	t.Helper()
	s, r, err := Open(context.Background(), Config{Dir: dir, Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, r
}

func put(t *testing.T, s *Store, id string, members ...any) {
	t.Helper()
	doc := document.New(append([]any{"id", id}, members...)...)
	if err := s.Update(func(tx provd.Tx) error { return tx.Devices().Put(id, doc) }); err != nil {
		t.Fatal(err)
	}
}

func ids(t *testing.T, s *Store, member, value string) (found []string) {
	t.Helper()
	err := s.View(func(tx provd.Tx) error {
		all := tx.Devices().All()
		if member != "" {
			all = tx.Devices().Find(member, value)
		}
		for id, doc := range all {
			if doc.String("id") != id {
				t.Errorf("document %q under id %q", doc.String("id"), id)
			}
			found = append(found, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func testLease(n int) lease.Lease {
	return lease.Lease{
		IP: netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), MAC: fmt.Sprintf("02:00:00:00:%02x:%02x", n>>8&255, n&255), HType: 1,
		State: lease.Bound, Granted: time.Unix(1e9, 0).UTC(), Expires: time.Unix(2e9, 0).UTC(), Seconds: 3600,
	}
}

func TestDocumentsSurviveAReopen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, r := mustOpen(t, dir)
	if diff := cmp.Diff(Report{To: newest(migrations)}, r); diff != "" {
		t.Error(diff)
	}
	put(t, s, "b", "mac", "00:15:65:00:00:01", "z", document.New("y", "é", "x", nil))
	put(t, s, "a", "mac", "00:15:65:00:00:02", "ip", "10.0.0.1")
	if err := s.PutLeases(context.Background(), []lease.Lease{testLease(1), testLease(2)}); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteLeases(context.Background(), []netip.Addr{testLease(1).IP}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r = mustOpen(t, dir)
	if diff := cmp.Diff(Report{From: newest(migrations), To: newest(migrations)}, r); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, ids(t, s, "", "")); diff != "" {
		t.Error(diff)
	}
	leases, err := s.LoadLeases(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]lease.Lease{testLease(2)}, leases, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	_ = s.View(func(tx provd.Tx) error {
		doc, err := tx.Devices().Get("b")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"id", "mac", "z"}, doc.Keys()); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestFailedUpdateLeavesNothing(t *testing.T) {
	t.Parallel()
	s, _ := mustOpen(t, t.TempDir())
	boom := errors.New("boom")
	err := s.Update(func(tx provd.Tx) error {
		if err := tx.Devices().Put("a", document.New("id", "a", "mac", "m")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || len(ids(t, s, "", "")) != 0 || len(ids(t, s, "mac", "m")) != 0 {
		t.Errorf("got %v, and documents %v", err, ids(t, s, "", ""))
	}
	for name, id := range map[string]string{"empty": "", "long": strings.Repeat("x", 256)} {
		err := s.Update(func(tx provd.Tx) error { return tx.Devices().Put(id, document.New()) })
		if provd.CodeOf(err) != provd.Invalid {
			t.Errorf("%s id: %v", name, err)
		}
	}
	if err := s.Update(func(tx provd.Tx) error { return tx.Devices().Delete("a") }); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("delete of nothing: %v", err)
	}
}

// The indexes against a model, over random changes.
func TestIndexesFollowTheDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	rng := rand.New(rand.NewPCG(1, 2))
	model := map[string]map[string]string{}
	values := []string{"", "a", "b", "ab", strings.Repeat("long", 200), strings.Repeat("long", 200) + "x"}
	for range 600 {
		id := fmt.Sprint(rng.IntN(12))
		err := s.Update(func(tx provd.Tx) error {
			if model[id] != nil && rng.IntN(3) == 0 {
				delete(model, id)
				return tx.Devices().Delete(id)
			}
			doc := document.New("id", id)
			model[id] = map[string]string{}
			for _, m := range []string{"mac", "ip", "config", "unindexed"} {
				if v := values[rng.IntN(len(values))]; v != "" {
					doc.Set(m, v)
					model[id][m] = v
				}
			}
			return tx.Devices().Put(id, doc)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(s *Store) {
		if v, err := checkPath(filepath.Join(dir, fileStore)); err != nil || v != (verdict{}) {
			t.Errorf("the file is not sound: %+v, %v", v, err)
		}
		for _, m := range []string{"mac", "ip", "config"} {
			for _, v := range values[1:] {
				want := map[string]bool{}
				for id, doc := range model {
					if doc[m] == v {
						want[id] = true
					}
				}
				got := map[string]bool{}
				for _, id := range ids(t, s, m, v) {
					got[id] = true
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s=%.8s: %s", m, v, diff)
				}
			}
		}
		_ = s.View(func(tx provd.Tx) error {
			if tx.Devices().Len() != len(model) {
				t.Errorf("Len %d, want %d", tx.Devices().Len(), len(model))
			}
			return nil
		})
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r := mustOpen(t, dir)
	if r.Reindexed != 0 {
		t.Errorf("%d index entries were wrong", r.Reindexed)
	}
	check(s)
}

func TestListsAreIndexedByElement(t *testing.T) {
	t.Parallel()
	s, _ := mustOpen(t, t.TempDir())
	err := s.Update(func(tx provd.Tx) error {
		return tx.Configs().Put("c", document.New("id", "c", "parent_ids", []any{"base", "site", "base"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.View(func(tx provd.Tx) error {
		n := 0
		for range tx.Configs().Find("parent_ids", "base") {
			n++
		}
		if n != 1 {
			t.Errorf("found %d times", n)
		}
		return nil
	})
}

func TestChangesWhileIterating(t *testing.T) {
	t.Parallel()
	s, _ := mustOpen(t, t.TempDir())
	for i := range 300 {
		put(t, s, fmt.Sprintf("%03d", i), "ip", "x", "pad", strings.Repeat("p", 100))
	}
	seen := 0
	err := s.Update(func(tx provd.Tx) error {
		for id, doc := range tx.Devices().Find("ip", "x") {
			seen++
			doc.Delete("ip")
			if err := tx.Devices().Put(id, doc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || seen != 300 || len(ids(t, s, "ip", "x")) != 0 {
		t.Errorf("%v, saw %d, %d left", err, seen, len(ids(t, s, "ip", "x")))
	}
}

func TestUnchangedUpdateDoesNotCommit(t *testing.T) {
	t.Parallel()
	s, _ := mustOpen(t, t.TempDir())
	put(t, s, "a")
	id := func() (n int) {
		_ = s.db.View(func(b *bbolt.Tx) error { n = b.ID(); return nil })
		return n
	}
	before := id()
	if err := s.Update(func(tx provd.Tx) error { _, err := tx.Devices().Get("a"); return err }); err != nil {
		t.Fatal(err)
	}
	if id() != before {
		t.Error("a transaction that wrote nothing was committed")
	}
}

func TestInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustOpen(t, dir)
	if _, _, err := Open(context.Background(), Config{Dir: dir, LockWait: time.Millisecond}); !errors.Is(err, ErrInUse) {
		t.Errorf("got %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	s, _, err := Open(context.Background(), Config{Dir: t.TempDir(), MaxSize: 256 << 10, Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "first", "mac", "m")
	var failure error
	for i := 0; failure == nil && i < 10000; i++ {
		failure = s.Update(func(tx provd.Tx) error {
			return tx.Devices().Put(fmt.Sprint(i), document.New("id", fmt.Sprint(i), "pad", strings.Repeat("x", 2000)))
		})
	}
	if provd.CodeOf(failure) != provd.Unavailable {
		t.Errorf("got %v", failure)
	}
	if len(ids(t, s, "mac", "m")) != 1 {
		t.Error("reads do not go on")
	}
}

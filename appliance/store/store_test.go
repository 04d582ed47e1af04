package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
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
	if diff := cmp.Diff(Report{To: 1}, r); diff != "" {
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
	if diff := cmp.Diff(Report{From: 1, To: 1}, r); diff != "" {
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

func TestMigration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := Config{Dir: dir, Now: clock()}.withDefaults()
	s, _ := mustOpen(t, dir)
	put(t, s, "a", "mac", "AA")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ran := 0
	history := append(append([]migration(nil), migrations...), migration{2, "lower the addresses", func(b *bbolt.Tx) error {
		ran++
		return (&collection{&tx{b: b}, devicesSpec}).Put("a", document.New("id", "a", "mac", "aa"))
	}})
	for range 2 {
		s, r, err := open(context.Background(), cfg, history)
		if err != nil {
			t.Fatal(err)
		}
		if r.To != 2 || len(ids(t, s, "mac", "aa")) != 1 {
			t.Errorf("report %+v, found %v", r, ids(t, s, "mac", "aa"))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if ran != 1 {
		t.Errorf("the migration ran %d times", ran)
	}
	if _, _, err := Open(context.Background(), cfg); !errors.Is(err, ErrNewer) {
		t.Errorf("an older program: %v", err)
	}
	failing := append(history, migration{3, "fail", func(b *bbolt.Tx) error {
		_ = b.Bucket([]byte("devices")).Delete([]byte("a"))
		return errors.New("boom")
	}})
	if _, _, err := open(context.Background(), cfg, failing); err == nil || !strings.Contains(err.Error(), "migrate to schema 3 (fail)") {
		t.Errorf("got %v", err)
	}
	s, _, err := open(context.Background(), cfg, history)
	if err != nil || len(ids(t, s, "mac", "aa")) != 1 {
		t.Errorf("a failed migration left something behind: %v", err)
	}
	_ = s.Close()
}

func TestBackups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	var last string
	for i := range 4 {
		put(t, s, fmt.Sprint(i))
		var err error
		if last, err = s.Backup(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	names, err := generations(dir, prefixBackup)
	if err != nil || len(names) != keepBackups || filepath.Join(dir, names[1]) != last {
		t.Fatalf("%v, %v", names, err)
	}
	put(t, s, "after")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, fileStore)
	if err := os.WriteFile(file, bytes.Repeat([]byte("not a store "), 4000), 0o600); err != nil {
		t.Fatal(err)
	}
	// The newest backup is damaged as well.
	if err := os.Truncate(last, 5000); err != nil {
		t.Fatal(err)
	}
	s, r := mustOpen(t, dir)
	if r.Damaged == "" || r.Cause == "" || r.Restored != filepath.Join(dir, names[0]) || len(r.Problems()) != 1 {
		t.Errorf("report %+v", r)
	}
	if diff := cmp.Diff([]string{"0", "1", "2"}, ids(t, s, "", "")); diff != "" {
		t.Error(diff)
	}
	if b, err := os.ReadFile(r.Damaged); err != nil || !bytes.HasPrefix(b, []byte("not a store")) {
		t.Errorf("the damaged file: %v", err)
	}
}

func TestDamagedWithoutBackupStartsEmpty(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 4 {
		if err := os.WriteFile(filepath.Join(dir, fileStore), bytes.Repeat([]byte{byte(i)}, 40000), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := Config{Dir: dir, Now: func() time.Time { return time.Unix(int64(i), 0) }}
		s, r, err := Open(context.Background(), cfg)
		if err != nil || r.Damaged == "" || r.Restored != "" {
			t.Fatalf("%v, %+v", err, r)
		}
		put(t, s, "a")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if names, _ := generations(dir, prefixDamaged); len(names) != keepDamaged {
		t.Errorf("kept %v", names)
	}
}

func TestMissingStoreIsRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	put(t, s, "a")
	if _, err := s.Backup(context.Background()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if err := os.Remove(filepath.Join(dir, fileStore)); err != nil {
		t.Fatal(err)
	}
	s, r := mustOpen(t, dir)
	if !r.Lost || len(ids(t, s, "", "")) != 1 {
		t.Errorf("report %+v", r)
	}
}

// Test R4: whatever bytes change, the store starts, what it serves is what was
// written, and everything else is reported.
func TestDamageTable(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	s, _ := mustOpen(t, base)
	for i := range 60 {
		put(t, s, fmt.Sprintf("d%02d", i), "mac", fmt.Sprintf("00:15:65:00:00:%02x", i), "pad", strings.Repeat("x", 150))
	}
	if err := s.PutLeases(context.Background(), []lease.Lease{testLease(1), testLease(2), testLease(3)}); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	good, err := os.ReadFile(filepath.Join(base, fileStore))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	type harm struct {
		name string
		make func([]byte) []byte
		// meta: the page that names the last transaction may be hit. bbolt then
		// uses the one before, as after a power cut in the middle of a commit.
		meta bool
	}
	var table []harm
	for i := range 150 {
		at, bit := rng.IntN(len(good)), byte(1)<<rng.IntN(8)
		table = append(table, harm{fmt.Sprintf("flip %d at %d", i, at), func(b []byte) []byte { b[at] ^= bit; return b }, at < 8192})
	}
	for i := range 40 {
		n := rng.IntN(len(good))
		table = append(table, harm{fmt.Sprintf("cut %d to %d", i, n), func(b []byte) []byte { return b[:n] }, false})
	}
	for i := range 30 {
		page := rng.IntN(len(good) / 4096)
		table = append(table, harm{fmt.Sprintf("zero page %d (%d)", page, i), func(b []byte) []byte { clear(b[page*4096 : page*4096+4096]); return b }, page < 2})
	}
	for _, h := range table {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileStore), h.make(bytes.Clone(good)), 0o600); err != nil {
				t.Fatal(err)
			}
			s, r := mustOpen(t, dir)
			served := 0
			_ = s.View(func(tx provd.Tx) error {
				for id, doc := range tx.Devices().All() {
					served++
					if doc.String("mac") != "00:15:65:00:00:"+fmt.Sprintf("%02x", served-1) && r.Quarantined == 0 && r.Damaged == "" {
						t.Errorf("%s has mac %s", id, doc.String("mac"))
					}
				}
				return nil
			})
			leases, err := s.LoadLeases(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if missing := 60 - served + 3 - len(leases); missing != 0 && !h.meta && r.Damaged == "" && r.Quarantined < missing && r.From != 0 {
				t.Errorf("%d records are missing, and the report is %+v", missing, r)
			}
			put(t, s, "new", "mac", "m")
			if len(ids(t, s, "mac", "m")) != 1 {
				t.Error("the store does not take a write")
			}
		})
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

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"provbox/provd/document"
)

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
	was := newest(migrations)
	history := append(append([]migration(nil), migrations...), migration{was + 1, "lower the addresses", func(b *bbolt.Tx) error {
		ran++
		return (&collection{&tx{b: b}, devicesSpec}).Put("a", document.New("id", "a", "mac", "aa"))
	}})
	for range 2 {
		s, r, err := open(context.Background(), cfg, history)
		if err != nil {
			t.Fatal(err)
		}
		if r.To != was+1 || len(r.Problems()) != 0 || len(ids(t, s, "mac", "aa")) != 1 {
			t.Errorf("report %+v, found %v", r, ids(t, s, "mac", "aa"))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if ran != 1 {
		t.Errorf("the migration ran %d times", ran)
	}
	// The state before it is kept for whoever goes back.
	names, err := generations(dir, prefixBackup)
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	if schema, bad, err := inspect(cfg, filepath.Join(dir, names[0])); schema != was || bad != 0 || err != nil {
		t.Errorf("the backup before the migration: schema %d, %d bad records, %v", schema, bad, err)
	}
	if _, _, err := Open(context.Background(), cfg); !errors.Is(err, ErrNewer) {
		t.Errorf("an older program: %v", err)
	}
	failing := append(history, migration{was + 2, "fail", func(b *bbolt.Tx) error {
		_ = b.Bucket([]byte("devices")).Delete([]byte("a"))
		return errors.New("boom")
	}})
	if _, _, err := open(context.Background(), cfg, failing); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("migrate to schema %d (fail)", was+2)) {
		t.Errorf("got %v", err)
	}
	s, _, err = open(context.Background(), cfg, history)
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
	// The first one, which a series of failures must not push out, and the last.
	names, err := generations(dir, prefixDamaged)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"damaged-0001-19700101T000000Z.db", "damaged-0003-19700101T000002Z.db", "damaged-0004-19700101T000003Z.db"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
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

// A box without a battery-backed clock wakes up in 1970.
func TestBackupsAreOrderedWithoutAClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	years := []int{2026, 1970, 1970, 2026, 1970}
	for i, year := range years {
		s, _, err := Open(context.Background(), Config{Dir: dir, Now: func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, fmt.Sprint(i))
		if _, err := s.Backup(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	names, err := generations(dir, prefixBackup)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"backup-0004-20260101T000000Z.db", "backup-0005-19700101T000000Z.db"}, names); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(dir, fileStore)); err != nil {
		t.Fatal(err)
	}
	s, _ := mustOpen(t, dir)
	if got := len(ids(t, s, "", "")); got != len(years) {
		t.Errorf("%d documents were restored, want those of the last backup, %d", got, len(years))
	}
}

func TestBackupStops(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Backup(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != fileStore && e.Name() != fileLock {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// A record that went bad while the box ran must not push out the backups that
// still have it.
func TestBackupRefusesBadRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	put(t, s, "a")
	err := s.db.Update(func(b *bbolt.Tx) error {
		return b.Bucket([]byte("devices")).Put([]byte("b"), []byte("0000{}"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(context.Background()); err == nil || !strings.Contains(err.Error(), "1 records of the store cannot be read") {
		t.Errorf("got %v", err)
	}
	if names, _ := generations(dir, prefixBackup); len(names) != 0 {
		t.Errorf("kept %v", names)
	}
}

func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, fileStore+suffixTemp)
	if err := os.WriteFile(left, []byte("half a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, r := mustOpen(t, dir)
	if len(r.Problems()) != 0 {
		t.Errorf("report %+v", r)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A backup that passes every check and still cannot be used must not keep the
// box from starting.
func TestUselessBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	put(t, s, "a")
	err := s.db.Update(func(b *bbolt.Tx) error { return b.DeleteBucket(bucketLeases) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r := mustOpen(t, dir)
	if r.Cause != "bucket leases is missing" || r.Restored != "" || len(r.Problems()) != 1 {
		t.Errorf("report %+v", r)
	}
	put(t, s, "b")
}

func TestReportTellsEverything(t *testing.T) {
	t.Parallel()
	if got := (Report{From: 1, To: 2}).Problems(); got != nil {
		t.Errorf("an orderly start: %v", got)
	}
	all := Report{
		Damaged: "D", Cause: "C", Restored: "R", Older: true, Quarantined: 2, Missing: 3, Reindexed: 4, ReadOnly: true, Unmended: "U",
	}.Problems()
	if len(all) != 7 {
		t.Errorf("%d lines: %v", len(all), all)
	}
	for _, r := range []Report{{Damaged: "D", Cause: "C"}, {Lost: true, Restored: "R"}} {
		if len(r.Problems()) != 1 {
			t.Errorf("%+v: %v", r, r.Problems())
		}
	}
}

package store

import (
	"context"
	"testing"

	"go.etcd.io/bbolt"

	"provbox/provd/document"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	reopen := func(problems int) *Store {
		t.Helper()
		s, report, err := Open(ctx, Config{Dir: dir})
		if err != nil || len(report.Problems()) != problems {
			t.Fatalf("%v, %v", err, report.Problems())
		}
		return s
	}
	want := func(s *Store, value any) {
		t.Helper()
		doc, err := s.Setting(ctx, SettingDHCP)
		if v, _ := doc.Get("a"); err != nil || v != value {
			t.Errorf("got %v, %v, want %v", doc, err, value)
		}
	}
	s := reopen(0)
	want(s, nil)
	for _, doc := range []*document.Object{nil, document.New("a", "1"), document.New("a", "2"), nil, nil, document.New("a", "3")} {
		if err := s.PutSetting(ctx, SettingDHCP, doc); err != nil {
			t.Fatal(err)
		}
	}
	want(s, "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(0)
	want(s, "3")
	// A flipped bit is not served, but said.
	err := s.db.Update(func(b *bbolt.Tx) error {
		return b.Bucket(bucketSettings).Put([]byte(SettingDHCP), []byte("xxxx{}"))
	})
	if err != nil {
		t.Fatal(err)
	}
	want(s, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(1)
	defer s.Close()
	want(s, nil)
}

package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"provbox/dhcp/lease"
	"provbox/provd"
)

// sample makes a store and returns the bytes of its file and what each record
// of it is.
func sample(t *testing.T) (file []byte, records map[string]string) {
	t.Helper()
	dir := t.TempDir()
	s, _ := mustOpen(t, dir)
	for i := range 60 {
		put(t, s, fmt.Sprintf("d%02d", i), "mac", fmt.Sprintf("00:15:65:00:00:%02x", i), "pad", strings.Repeat("x", 150))
	}
	for i := range 60 {
		if i%3 == 0 { // leaves free pages behind
			if err := s.Update(func(tx provd.Tx) error { return tx.Devices().Delete(fmt.Sprintf("d%02d", i)) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.PutLeases(context.Background(), []lease.Lease{testLease(1), testLease(2), testLease(3)}); err != nil {
		t.Fatal(err)
	}
	records = contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, fileStore))
	if err != nil {
		t.Fatal(err)
	}
	// What bbolt allocated in advance and never wrote is of no interest.
	m, _, err := readMeta(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return file[:m.pgid*uint64(m.pageSize)], records
}

// contents is everything a store serves, found in every way there is.
func contents(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := s.View(func(tx provd.Tx) error {
		for id, doc := range tx.Devices().All() {
			text, err := doc.MarshalJSON()
			if err != nil {
				return err
			}
			all["device "+id] = string(text)
			found := false
			for other := range tx.Devices().Find("mac", doc.String("mac")) {
				found = found || other == id
			}
			if !found {
				t.Errorf("%s is not found by its mac", id)
			}
		}
		if n := tx.Devices().Len(); n != len(all) {
			t.Errorf("%d devices, Len says %d", len(all), n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	leases, err := s.LoadLeases(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leases {
		all["lease "+l.IP.String()] = fmt.Sprintf("%+v", l)
	}
	return all
}

// survives opens a file with some harm done to it: the store must start and take
// a write, serve nothing that was not written, and report what is missing.
func survives(t *testing.T, name string, file []byte, records map[string]string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileStore), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, r, err := Open(context.Background(), Config{Dir: dir, Now: clock()})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	defer s.Close()
	if r.ReadOnly || r.Unmended != "" {
		t.Errorf("%s: %+v", name, r)
		return
	}
	got := contents(t, s)
	for what, text := range got {
		if records[what] != text {
			t.Errorf("%s: %s is served as %s, it was %q", name, what, text, records[what])
		}
	}
	if len(got) < len(records) && len(r.Problems()) == 0 {
		t.Errorf("%s: %d of %d records are there, and nothing is reported", name, len(got), len(records))
	}
	put(t, s, "new", "mac", "m")
	if len(ids(t, s, "mac", "m")) != 1 {
		t.Errorf("%s: the store does not take a write", name)
	}
}

// Test R4: whatever bytes change, the store starts, what it serves is what was
// written, and what is missing is reported.
func TestDamageTable(t *testing.T) {
	t.Parallel()
	good, records := sample(t)
	rng := rand.New(rand.NewPCG(3, 4))
	const page = 4096

	t.Run("flip anywhere", func(t *testing.T) {
		t.Parallel()
		for range 400 {
			at, bit := rng.IntN(len(good)), rng.IntN(8)
			b := bytes.Clone(good)
			b[at] ^= 1 << bit
			survives(t, fmt.Sprintf("bit %d of byte %d", bit, at), b, records)
		}
	})
	// What holds the structure together: the header and the first elements of
	// every page, and all of the two meta pages.
	t.Run("flip structure", func(t *testing.T) {
		t.Parallel()
		for at := range len(good) {
			if in := at % page; in >= 80 || at >= 2*page && in >= 48 {
				continue
			}
			b := bytes.Clone(good)
			b[at] ^= 1 << (at % 8)
			survives(t, fmt.Sprintf("bit %d of byte %d", at%8, at), b, records)
		}
	})
	t.Run("cut", func(t *testing.T) {
		t.Parallel()
		for n := 0; n < len(good); n += page/2 + 1 {
			survives(t, fmt.Sprintf("cut to %d bytes", n), good[:n], records)
		}
	})
	t.Run("wipe a page", func(t *testing.T) {
		t.Parallel()
		for n := range len(good) / page {
			for _, with := range []byte{0, 0xff} {
				b := bytes.Clone(good)
				copy(b[n*page:], bytes.Repeat([]byte{with}, page))
				survives(t, fmt.Sprintf("page %d is all %#x", n, with), b, records)
			}
		}
	})
	t.Run("a page in the place of another", func(t *testing.T) {
		t.Parallel()
		for n := range len(good) / page {
			for m := range len(good) / page {
				b := bytes.Clone(good)
				copy(b[n*page:(n+1)*page], good[m*page:])
				survives(t, fmt.Sprintf("page %d written as page %d", m, n), b, records)
			}
		}
	})
}

// With a leaf page's count of elements too small, records disappear without any
// page or checksum being wrong.
func TestMissingRecordsAreReported(t *testing.T) {
	t.Parallel()
	good, records := sample(t)
	hit := 0
	for at := 2 * 4096; at < len(good); at += 4096 {
		le := binary.NativeEndian
		if le.Uint16(good[at+8:]) != flagLeaf || le.Uint16(good[at+10:]) < 8 {
			continue
		}
		b := bytes.Clone(good)
		le.PutUint16(b[at+10:], le.Uint16(b[at+10:])-2)
		survives(t, fmt.Sprintf("page at %d is two elements short", at), b, records)
		hit++
	}
	if hit == 0 {
		t.Fatal("the sample has no leaf page to shorten")
	}
}

// A branch that names another first key than its page has makes bbolt panic when
// that page is written; such a file is rebuilt.
func TestLooseKeys(t *testing.T) {
	t.Parallel()
	good, records := sample(t)
	hit := 0
	for at := 2 * 4096; at < len(good); at += 4096 {
		le := binary.NativeEndian
		if le.Uint16(good[at+8:]) != flagLeaf {
			continue
		}
		b := bytes.Clone(good)
		// The first key grows into its value: the order is still right.
		le.PutUint32(b[at+pageHeader+8:], le.Uint32(b[at+pageHeader+8:])+1)
		if v, err := checkFile(bytes.NewReader(b), int64(len(b))); err == nil && v.loose {
			hit++
		}
		survives(t, fmt.Sprintf("longer first key of page at %d", at), b, records)
	}
	if hit == 0 {
		t.Fatal("no page of the sample was hit")
	}
}

// A single bad record costs that record only.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	good, records := sample(t)
	dir := t.TempDir()
	at := bytes.LastIndex(good, []byte(`"mac":"00:15:65:00:00:04"`))
	good[at+8] ^= 1
	if err := os.WriteFile(filepath.Join(dir, fileStore), good, 0o600); err != nil {
		t.Fatal(err)
	}
	s, r := mustOpen(t, dir)
	if r.Quarantined != 1 || r.Damaged != "" || r.Missing != 0 {
		t.Errorf("report %+v", r)
	}
	if got := len(contents(t, s)); got != len(records)-1 {
		t.Errorf("%d records, want %d", got, len(records)-1)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// It is reported once.
	if _, r = mustOpen(t, dir); len(r.Problems()) != 0 {
		t.Errorf("again: %v", r.Problems())
	}
}

// The check of the file must be as hard to upset as it is important.
func FuzzCheckFile(f *testing.F) {
	const page = 1024 // a small file finds more in the same time
	name := filepath.Join(f.TempDir(), "small.db")
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{PageSize: page})
	if err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		err := db.Update(func(b *bbolt.Tx) error {
			bucket, err := b.CreateBucketIfNotExists([]byte{'b', byte(i)})
			if err != nil {
				return err
			}
			for k := range i * 10 {
				if err := bucket.Put([]byte{byte(k)}, make([]byte, 60)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	m, _, err := readMeta(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		f.Fatal(err)
	}
	file = file[:m.pgid*page]
	f.Add([]byte{0, 20, 1}, 0, false)
	f.Add([]byte{4, 56, 2, 8, 10, 3}, 1000, true)
	f.Fuzz(func(t *testing.T, edits []byte, cut int, sum bool) {
		data := bytes.Clone(file)
		for ; len(edits) >= 3; edits = edits[3:] { // where, two bytes, and what
			data[int(binary.BigEndian.Uint16(edits))%len(data)] = edits[2]
		}
		data = data[:len(data)-min(max(cut, 0), len(data))]
		// With the checksums made right, what the meta pages say is read.
		for at := 0; sum && at+pageHeader+metaSize <= len(data) && at <= page; at += page {
			meta := data[at+pageHeader:]
			h := fnv.New64a()
			_, _ = h.Write(meta[:metaSize-8])
			binary.NativeEndian.PutUint64(meta[metaSize-8:], h.Sum64())
		}
		_, _ = checkFile(bytes.NewReader(data), int64(len(data)))
	})
}

package store

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"
)

// maxQuarantine bounds the records that are kept aside; beyond it they are
// dropped, and still counted.
const maxQuarantine = 1000

// findings are what is to be put right in a store.
type findings struct {
	bad     []badRecord
	repairs []indexRepair
	counts  []count
	missing int
}

// count is how many good records a bucket has.
type count struct {
	bucket []byte
	is     uint64
}

// mend moves records that cannot be read to the quarantine, sets the counts of
// the collections, and makes the indexes match. A store with nothing to mend is
// not written; one that cannot be written is used as it is.
func (s *Store) mend(report *Report) error {
	var f findings
	if err := s.db.View(f.examine); err != nil {
		return err
	}
	report.Quarantined, report.Missing = len(f.bad), f.missing
	for _, r := range f.repairs {
		report.Reindexed += r.count()
	}
	if len(f.bad) == 0 && len(f.repairs) == 0 && len(f.counts) == 0 {
		return nil
	}
	if err := s.db.Update(f.apply); err != nil && report.Unmended == "" {
		report.Unmended = err.Error()
	}
	return nil
}

func (f *findings) examine(b *bbolt.Tx) error {
	for _, spec := range collections {
		f.collection(b, spec)
	}
	f.bucket(b, bucketLeases)
	f.bucket(b, bucketNotifies)
	f.bucket(b, bucketSettings)
	return nil
}

// bucket finds the bad records of a bucket and how many are missing.
func (f *findings) bucket(b *bbolt.Tx, name []byte) (good uint64) {
	bucket := b.Bucket(name)
	bad := badRecords(name, bucket)
	f.bad = append(f.bad, bad...)
	all := uint64(0)
	_ = bucket.ForEach(func(_, _ []byte) error { all++; return nil })
	good = all - uint64(len(bad))
	said := bucket.Sequence()
	if said != good {
		f.counts = append(f.counts, count{name, good})
	}
	// A count that no box can have is itself what is damaged.
	if said > all && said-all < 1<<20 {
		f.missing += int(said - all)
	}
	return good
}

// collection compares the indexes of a collection with its good records.
func (f *findings) collection(b *bbolt.Tx, spec collectionSpec) {
	f.bucket(b, spec.bucket())
	want := make(map[string]map[string]struct{})
	for _, m := range spec.indexes {
		want[m] = make(map[string]struct{})
	}
	_ = b.Bucket(spec.bucket()).ForEach(func(k, v []byte) error {
		doc, err := decodeDocument(k, v)
		if err != nil {
			return nil
		}
		for _, m := range spec.indexes {
			for e := range entries(k, doc, m) {
				want[m][e] = struct{}{}
			}
		}
		return nil
	})
	for _, m := range spec.indexes {
		if r := compare(b.Bucket(spec.index(m)), spec.index(m), want[m]); r.count() > 0 {
			f.repairs = append(f.repairs, r)
		}
	}
}

func (f *findings) apply(b *bbolt.Tx) error {
	for _, r := range f.bad {
		if err := r.quarantine(b); err != nil {
			return err
		}
	}
	for _, r := range f.repairs {
		if err := r.apply(b); err != nil {
			return err
		}
	}
	for _, c := range f.counts {
		if err := b.Bucket(c.bucket).SetSequence(c.is); err != nil {
			return err
		}
	}
	return nil
}

type badRecord struct{ bucket, key []byte }

// badRecords returns the records of a bucket that cannot be read.
func badRecords(name []byte, bucket *bbolt.Bucket) (bad []badRecord) {
	read := func(k, v []byte) error {
		_, err := decodeDocument(k, v)
		return err
	}
	switch {
	case bytes.Equal(name, bucketLeases):
		read = func(k, v []byte) error {
			_, err := decodeLease(k, v)
			return err
		}
	case bytes.Equal(name, bucketNotifies):
		read = func(k, v []byte) error {
			_, err := decodeNotify(k, v)
			return err
		}
	case bytes.Equal(name, bucketSettings):
	case !isCollection(name):
		return nil
	}
	_ = bucket.ForEach(func(k, v []byte) error {
		if read(k, v) != nil {
			bad = append(bad, badRecord{name, bytes.Clone(k)})
		}
		return nil
	})
	return bad
}

func isCollection(name []byte) bool {
	for _, spec := range collections {
		if string(name) == spec.name {
			return true
		}
	}
	return false
}

// quarantine moves the record aside as it is.
func (r badRecord) quarantine(b *bbolt.Tx) error {
	from, to := b.Bucket(r.bucket), b.Bucket(bucketQuarantine)
	if from.Bucket(r.key) != nil {
		// A flipped bit made it look like a bucket.
		return from.DeleteBucket(r.key)
	}
	if to.Sequence() < maxQuarantine {
		key := append(append(bytes.Clone(r.bucket), 0), r.key...)
		if err := to.Put(key, bytes.Clone(from.Get(r.key))); err != nil {
			return fmt.Errorf("quarantine: %w", err)
		}
		if err := recount(to, +1); err != nil {
			return err
		}
	}
	return from.Delete(r.key)
}

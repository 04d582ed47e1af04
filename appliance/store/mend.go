package store

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// maxQuarantine bounds the records that are kept aside; beyond it they are
// dropped, and still counted.
const maxQuarantine = 1000

// mend moves records that cannot be read to the quarantine, sets the counts of
// the collections, and makes the indexes match. A store with nothing to mend is
// not written.
func (s *Store) mend(report *Report) error {
	var (
		bad     []badRecord
		repairs []indexRepair
		counts  []uint64
	)
	err := s.db.View(func(b *bbolt.Tx) error {
		bad, repairs, counts = nil, nil, nil
		for _, spec := range collections {
			n, broken, fixes := examine(b, spec)
			counts = append(counts, n)
			bad = append(bad, broken...)
			repairs = append(repairs, fixes...)
		}
		_ = b.Bucket(bucketLeases).ForEach(func(k, v []byte) error {
			if _, err := decodeLease(k, v); err != nil {
				bad = append(bad, badRecord{bucketLeases, bytes.Clone(k)})
			}
			return nil
		})
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range repairs {
		report.Reindexed += r.count()
	}
	report.Quarantined = len(bad)
	if report.Reindexed == 0 && len(bad) == 0 && s.counted(counts) {
		return nil
	}
	return s.db.Update(func(b *bbolt.Tx) error {
		for _, r := range bad {
			if err := r.quarantine(b); err != nil {
				return err
			}
		}
		for _, r := range repairs {
			if err := r.apply(b); err != nil {
				return err
			}
		}
		for i, spec := range collections {
			if err := b.Bucket(spec.bucket()).SetSequence(counts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// examine reads a collection: how many good records it has, which are bad, and
// how its indexes differ from the good ones.
func examine(b *bbolt.Tx, spec collectionSpec) (n uint64, bad []badRecord, repairs []indexRepair) {
	want := make(map[string]map[string]struct{})
	for _, m := range spec.indexes {
		want[m] = make(map[string]struct{})
	}
	_ = b.Bucket(spec.bucket()).ForEach(func(k, v []byte) error {
		doc, err := decodeDocument(k, v)
		if err != nil {
			bad = append(bad, badRecord{spec.bucket(), bytes.Clone(k)})
			return nil
		}
		n++
		for _, m := range spec.indexes {
			for e := range entries(k, doc, m) {
				want[m][e] = struct{}{}
			}
		}
		return nil
	})
	for _, m := range spec.indexes {
		if r := compare(b.Bucket(spec.index(m)), spec.index(m), want[m]); r.count() > 0 {
			repairs = append(repairs, r)
		}
	}
	return n, bad, repairs
}

func (s *Store) counted(counts []uint64) (ok bool) {
	_ = s.db.View(func(b *bbolt.Tx) error {
		ok = true
		for i, spec := range collections {
			ok = ok && b.Bucket(spec.bucket()).Sequence() == counts[i]
		}
		return nil
	})
	return ok
}

type badRecord struct{ bucket, key []byte }

// quarantine moves the record aside as it is.
func (r badRecord) quarantine(b *bbolt.Tx) error {
	from, to := b.Bucket(r.bucket), b.Bucket(bucketQuarantine)
	if to.Sequence() < maxQuarantine {
		key := append(append(bytes.Clone(r.bucket), 0), r.key...)
		if err := to.Put(key, bytes.Clone(from.Get(r.key))); err != nil {
			return err
		}
		if err := to.SetSequence(to.Sequence() + 1); err != nil {
			return err
		}
	}
	return from.Delete(r.key)
}

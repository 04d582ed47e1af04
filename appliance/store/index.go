package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"provbox/provd/document"
)

// An index entry is the key "length of the value, value, id" with an empty
// value; the length (2 bytes, big endian) keeps a value that ends in another's
// id from looking like it. Of a value too long for a key the hash stands in.
const (
	maxIndexed = 512
	hashed     = 0xffff
)

// indexPrefix is the key of an index entry without the id.
func indexPrefix(value string) []byte {
	if len(value) > maxIndexed {
		h := sha256.Sum256([]byte(value))
		return append(binary.BigEndian.AppendUint16(nil, hashed), h[:]...)
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(value))), value...)
}

// indexed returns the values under which a document is found by a member: the
// member if it is a string, or each string of a list.
func indexed(doc *document.Object, member string) []string {
	switch v, _ := doc.Get(member); v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// hasValue tells a match from an entry that shares its hash.
func hasValue(doc *document.Object, member, value string) bool {
	for _, v := range indexed(doc, member) {
		if v == value {
			return true
		}
	}
	return false
}

// entries are the keys of a document in the index of one member.
func entries(id []byte, doc *document.Object, member string) map[string]struct{} {
	keys := make(map[string]struct{})
	for _, v := range indexed(doc, member) {
		keys[string(append(indexPrefix(v), id...))] = struct{}{}
	}
	return keys
}

// reindex replaces the index entries of the stored value old, which may be nil,
// by those of doc, which may be nil too.
func (c *collection) reindex(id, old []byte, doc *document.Object) error {
	var before *document.Object
	if old != nil {
		// What cannot be read has no entries: Open saw to that.
		before, _ = decodeDocument(id, old)
	}
	for _, m := range c.spec.indexes {
		b := c.tx.b.Bucket(c.spec.index(m))
		gone, come := entries(id, before, m), entries(id, doc, m)
		for k := range gone {
			if _, ok := come[k]; ok {
				continue
			}
			if err := b.Delete([]byte(k)); err != nil {
				return err
			}
		}
		for k := range come {
			if _, ok := gone[k]; ok {
				continue
			}
			if err := b.Put([]byte(k), []byte{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexRepair is what must be done to an index to make it match its records.
type indexRepair struct {
	bucket       []byte
	add, discard [][]byte
}

func (r indexRepair) count() int { return len(r.add) + len(r.discard) }

// compare returns the difference between an index as it is and as it should be.
func compare(index *bbolt.Bucket, name []byte, want map[string]struct{}) indexRepair {
	r := indexRepair{bucket: name}
	cur := index.Cursor()
	for k, _ := cur.First(); k != nil; k, _ = cur.Next() {
		if _, ok := want[string(k)]; ok {
			delete(want, string(k))
			continue
		}
		r.discard = append(r.discard, bytes.Clone(k))
	}
	for k := range want {
		r.add = append(r.add, []byte(k))
	}
	return r
}

func (r indexRepair) apply(tx *bbolt.Tx) error {
	b := tx.Bucket(r.bucket)
	for _, k := range r.discard {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	for _, k := range r.add {
		if err := b.Put(k, []byte{}); err != nil {
			return err
		}
	}
	return nil
}

package store

import (
	"bytes"
	"iter"

	"go.etcd.io/bbolt"

	"provbox/provd"
	"provbox/provd/document"
)

// maxDocument bounds one stored document, in bytes of JSON. A request body is
// far smaller.
const maxDocument = 4 << 20

// tx is one transaction of bbolt as provd.Tx.
type tx struct {
	b *bbolt.Tx
	// changes counts the writes, so that an iteration can tell that the page
	// under its cursor is no longer the one it was on.
	changes int
}

func (t *tx) Devices() provd.Collection { return &collection{t, devicesSpec} }
func (t *tx) Configs() provd.Collection { return &collection{t, configsSpec} }
func (t *tx) Params() provd.Collection  { return &collection{t, paramsSpec} }

// collection is one set of documents within a transaction.
type collection struct {
	tx   *tx
	spec collectionSpec
}

func (c *collection) docs() *bbolt.Bucket { return c.tx.b.Bucket(c.spec.bucket()) }

// Get implements provd.Collection. A record that cannot be read is Internal.
func (c *collection) Get(id string) (*document.Object, error) {
	v := c.docs().Get([]byte(id))
	if v == nil {
		return nil, provd.Errorf(provd.NotFound, "%s: no document %q", c.spec.name, id)
	}
	doc, err := decodeDocument([]byte(id), v)
	if err != nil {
		return nil, provd.Errorf(provd.Internal, "%s: document %q on the disk is damaged: %w", c.spec.name, id, err)
	}
	return doc, nil
}

// Put implements provd.Collection.
func (c *collection) Put(id string, doc *document.Object) error {
	if id == "" || len(id) > provd.MaxIDLength {
		return provd.Errorf(provd.Invalid, "%s: id %q: want 1 to %d bytes", c.spec.name, id, provd.MaxIDLength)
	}
	content, err := document.Encode(doc)
	if err != nil {
		return provd.Errorf(provd.Invalid, "%s: document %q: %w", c.spec.name, id, err)
	}
	if len(content) > maxDocument {
		return provd.Errorf(provd.Invalid, "%s: document %q has %d bytes, at most %d are kept", c.spec.name, id, len(content), maxDocument)
	}
	c.tx.changes++
	key, docs := []byte(id), c.docs()
	old := docs.Get(key)
	if old == nil {
		if err := recount(docs, +1); err != nil {
			return err
		}
	}
	if err := c.reindex(key, old, doc); err != nil {
		return err
	}
	return docs.Put(key, seal(key, content))
}

// Delete implements provd.Collection.
func (c *collection) Delete(id string) error {
	key, docs := []byte(id), c.docs()
	old := docs.Get(key)
	if old == nil {
		return provd.Errorf(provd.NotFound, "%s: no document %q", c.spec.name, id)
	}
	c.tx.changes++
	if err := c.reindex(key, old, nil); err != nil {
		return err
	}
	if err := recount(docs, -1); err != nil {
		return err
	}
	return docs.Delete(key)
}

// recount changes a bucket's count of records, which is kept as its sequence
// number: bbolt cannot tell it without reading every page.
func recount(b *bbolt.Bucket, by int) error {
	return b.SetSequence(b.Sequence() + uint64(by))
}

// Len implements provd.Collection.
func (c *collection) Len() int { return int(c.docs().Sequence()) }

// All implements provd.Collection. The collection may be changed meanwhile.
func (c *collection) All() iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		for k, v := range c.tx.scan(c.docs(), nil) {
			doc, err := decodeDocument(k, v)
			if err == nil && !yield(string(k), doc) {
				return
			}
		}
	}
}

// Find implements provd.Collection. A member without an index finds nothing.
// The collection may be changed meanwhile.
func (c *collection) Find(member, value string) iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		index := c.tx.b.Bucket(c.spec.index(member))
		if index == nil {
			return
		}
		prefix := indexPrefix(value)
		for k := range c.tx.scan(index, prefix) {
			id := k[len(prefix):]
			v := c.docs().Get(id)
			if v == nil {
				continue
			}
			doc, err := decodeDocument(id, v)
			if err == nil && hasValue(doc, member, value) && !yield(string(id), doc) {
				return
			}
		}
	}
}

// scan iterates over a bucket's keys with a prefix, in order. Keys are copies;
// values are not. Changes made in the loop body are allowed: the cursor, which
// they make invalid, is then placed anew.
func (t *tx) scan(b *bbolt.Bucket, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		cur := b.Cursor()
		k, v := cur.Seek(prefix)
		for k != nil && bytes.HasPrefix(k, prefix) {
			key, before := bytes.Clone(k), t.changes
			if !yield(key, v) {
				return
			}
			if t.changes == before {
				k, v = cur.Next()
				continue
			}
			cur = b.Cursor()
			if k, v = cur.Seek(key); bytes.Equal(k, key) {
				k, v = cur.Next()
			}
		}
	}
}

package store

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"provbox/provd/document"
)

// Names of settings that an operator changed while the box ran. They win over
// the settings file (spec/config.md).
const (
	// SettingDHCP is the dhcp section.
	SettingDHCP = "dhcp"
	// SettingWeb is what the local page needs: whose the box is.
	SettingWeb = "web"
)

// Setting returns what was put under the name, nil if nothing was. What Open
// could not read was set aside, so that it is nothing, too.
func (s *Store) Setting(ctx context.Context, name string) (*document.Object, error) {
	if err := stopped(ctx, "get setting"); err != nil {
		return nil, err
	}
	var doc *document.Object
	err := s.read(func(b *bbolt.Tx) error {
		bucket := b.Bucket(bucketSettings)
		if bucket == nil {
			return nil // of an older schema, on a disk that takes no writes
		}
		if v := bucket.Get([]byte(name)); v != nil {
			if d, err := decodeDocument([]byte(name), v); err == nil {
				doc = d
			}
		}
		return nil
	})
	return doc, err
}

// PutSetting stores a document under a name; nil deletes what is there. When it
// returns nil that is on stable storage.
func (s *Store) PutSetting(ctx context.Context, name string, doc *document.Object) error {
	if err := stopped(ctx, "put setting"); err != nil {
		return err
	}
	key := []byte(name)
	var content []byte
	if doc != nil {
		var err error
		if content, err = document.Encode(doc); err != nil {
			return fmt.Errorf("store: setting %s: %w", name, err)
		}
	}
	err := s.write(func(b *bbolt.Tx) error {
		bucket := b.Bucket(bucketSettings)
		there := bucket.Get(key) != nil
		switch {
		case doc == nil && !there:
			return errUnchanged
		case doc == nil:
			if err := recount(bucket, -1); err != nil {
				return err
			}
			return bucket.Delete(key)
		case !there:
			if err := recount(bucket, +1); err != nil {
				return err
			}
		}
		return bucket.Put(key, seal(key, content))
	})
	if err == errUnchanged {
		return nil
	}
	return err
}

package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// On the disk, schema 3:
//
//	meta         "schema" -> record of the schema's number, 8 bytes big endian
//	devices      id -> record of a JSON document
//	configs      the same
//	params       the same
//	leases       IPv4 address, 4 bytes -> record of a JSON lease
//	notifies     device id -> record of a JSON notify job (since schema 2)
//	settings     name -> record of a JSON document (since schema 3)
//	<c>.<member> index of a collection: see index.go
//	quarantine   bucket name, 0, key -> value as it was found
//
// The sequence number of devices, configs, params, leases, notifies and settings is
// how many records the bucket has.
var (
	bucketMeta       = []byte("meta")
	bucketLeases     = []byte("leases")
	bucketNotifies   = []byte("notifies")
	bucketSettings   = []byte("settings")
	bucketQuarantine = []byte("quarantine")
	keySchema        = []byte("schema")
)

// collectionSpec describes one collection of documents.
type collectionSpec struct {
	name    string
	indexes []string // the indexed members
}

var (
	devicesSpec = collectionSpec{"devices", []string{"mac", "ip", "sn", "uuid", "plugin", "config", "tenant_uuid"}}
	configsSpec = collectionSpec{"configs", []string{"parent_ids", "role", "X_type"}}
	paramsSpec  = collectionSpec{"params", nil}
)

// collections are all of them. It is only read.
var collections = []collectionSpec{devicesSpec, configsSpec, paramsSpec}

func (c collectionSpec) bucket() []byte             { return []byte(c.name) }
func (c collectionSpec) index(member string) []byte { return []byte(c.name + "." + member) }

// migration brings a store to schema `to` from the one before. It runs in one
// transaction together with those after it.
type migration struct {
	to   uint64
	what string
	run  func(*bbolt.Tx) error
}

// migrations is the history of the schema, oldest first, without gaps. A
// released one is never changed. It is only read.
var migrations = []migration{
	{1, "make the buckets", makeBuckets},
	{2, "make the bucket of waiting NOTIFYs", makeBuckets},
	{3, "make the bucket of settings", makeBuckets},
}

// bucketNames are all buckets of the newest schema.
func bucketNames() [][]byte {
	names := [][]byte{bucketMeta, bucketLeases, bucketNotifies, bucketSettings, bucketQuarantine}
	for _, c := range collections {
		names = append(names, c.bucket())
		for _, m := range c.indexes {
			names = append(names, c.index(m))
		}
	}
	return names
}

// makeBuckets makes those that are missing, of whichever schema.
func makeBuckets(tx *bbolt.Tx) error {
	for _, n := range bucketNames() {
		if _, err := tx.CreateBucketIfNotExists(n); err != nil {
			return fmt.Errorf("bucket %s: %w", n, err)
		}
	}
	return nil
}

// schemaOf returns the schema of an open store: 0 for a file without anything
// in it, an error for a file that is not a store of ours.
func schemaOf(tx *bbolt.Tx) (uint64, error) {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return 0, errors.New("not a store of this program: it has no meta bucket")
		}
		return 0, nil
	}
	// Under a checksum: with a flipped bit the store would look like one of a
	// newer version, which is not touched.
	v, err := unseal(keySchema, meta.Get(keySchema))
	if err != nil || len(v) != 8 {
		return 0, errors.New("the schema number is missing or damaged")
	}
	return binary.BigEndian.Uint64(v), nil
}

// newest is the schema that a list of migrations ends with.
func newest(all []migration) uint64 { return all[len(all)-1].to }

// migrate runs the migrations that a store of schema `from` still needs.
func migrate(tx *bbolt.Tx, all []migration, from uint64) error {
	for _, m := range all {
		if m.to <= from {
			continue
		}
		if err := m.run(tx); err != nil {
			return fmt.Errorf("migrate to schema %d (%s): %w", m.to, m.what, err)
		}
	}
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	return meta.Put(keySchema, seal(keySchema, binary.BigEndian.AppendUint64(nil, newest(all))))
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"provbox/provd"
	"provbox/provd/notify"
)

// LoadNotifies implements notify.Store. Records that cannot be decoded were set
// aside by Open.
func (s *Store) LoadNotifies(ctx context.Context) ([]notify.Job, error) {
	if err := stopped(ctx, "load notifies"); err != nil {
		return nil, err
	}
	var all []notify.Job
	err := s.read(func(b *bbolt.Tx) error {
		cur := b.Bucket(bucketNotifies).Cursor()
		for k, v := cur.First(); k != nil; k, v = cur.Next() {
			if job, err := decodeNotify(k, v); err == nil {
				all = append(all, job)
			}
		}
		return nil
	})
	return all, err
}

// PutNotify implements notify.Store.
func (s *Store) PutNotify(ctx context.Context, job notify.Job) error {
	if err := stopped(ctx, "put notify"); err != nil {
		return err
	}
	if job.Device == "" || len(job.Device) > provd.MaxIDLength {
		return fmt.Errorf("store: notify of device %q: want an id of 1 to %d bytes", job.Device, provd.MaxIDLength)
	}
	content, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("store: notify of device %q: %w", job.Device, err)
	}
	return s.write(func(b *bbolt.Tx) error {
		bucket, key := b.Bucket(bucketNotifies), []byte(job.Device)
		if bucket.Get(key) == nil {
			if err := recount(bucket, +1); err != nil {
				return err
			}
		}
		return bucket.Put(key, seal(key, content))
	})
}

// DeleteNotify implements notify.Store.
func (s *Store) DeleteNotify(ctx context.Context, device string) error {
	if err := stopped(ctx, "delete notify"); err != nil {
		return err
	}
	err := s.write(func(b *bbolt.Tx) error {
		bucket, key := b.Bucket(bucketNotifies), []byte(device)
		if bucket.Get(key) == nil {
			return errUnchanged
		}
		if err := recount(bucket, -1); err != nil {
			return err
		}
		return bucket.Delete(key)
	})
	if err == errUnchanged {
		return nil
	}
	return err
}

// decodeNotify reads a stored job. What it means is the queue's business.
func decodeNotify(key, value []byte) (notify.Job, error) {
	content, err := unseal(key, value)
	if err != nil {
		return notify.Job{}, err
	}
	var job notify.Job
	if err := json.Unmarshal(content, &job); err != nil {
		return notify.Job{}, err
	}
	if job.Device != string(key) {
		return notify.Job{}, errors.New("the record is of another device")
	}
	return job, nil
}

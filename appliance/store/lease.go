package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"

	"go.etcd.io/bbolt"

	"provbox/dhcp/lease"
)

// LoadLeases implements lease.Store. Records that cannot be decoded were set
// aside by Open.
func (s *Store) LoadLeases(ctx context.Context) ([]lease.Lease, error) {
	if err := stopped(ctx, "load leases"); err != nil {
		return nil, err
	}
	var all []lease.Lease
	err := s.read(func(b *bbolt.Tx) error {
		cur := b.Bucket(bucketLeases).Cursor()
		for k, v := cur.First(); k != nil; k, v = cur.Next() {
			if l, err := decodeLease(k, v); err == nil {
				all = append(all, l)
			}
		}
		return nil
	})
	return all, err
}

// PutLeases implements lease.Store: one transaction for all of them.
func (s *Store) PutLeases(ctx context.Context, leases []lease.Lease) error {
	if err := stopped(ctx, "put leases"); err != nil {
		return err
	}
	if len(leases) == 0 {
		return nil
	}
	type record struct{ key, value []byte }
	records := make([]record, 0, len(leases))
	for _, l := range leases {
		key, err := leaseKey(l.IP)
		if err != nil {
			return err
		}
		content, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("store: lease %s: %w", l.IP, err)
		}
		records = append(records, record{key, seal(key, content)})
	}
	return s.write(func(b *bbolt.Tx) error {
		bucket := b.Bucket(bucketLeases)
		more := 0
		for _, r := range records {
			if bucket.Get(r.key) == nil {
				more++
			}
			if err := bucket.Put(r.key, r.value); err != nil {
				return err
			}
		}
		return recount(bucket, more)
	})
}

// DeleteLeases implements lease.Store: one transaction for all of them.
func (s *Store) DeleteLeases(ctx context.Context, ips []netip.Addr) error {
	if err := stopped(ctx, "delete leases"); err != nil {
		return err
	}
	if len(ips) == 0 {
		return nil
	}
	return s.write(func(b *bbolt.Tx) error {
		bucket := b.Bucket(bucketLeases)
		for _, ip := range ips {
			key, err := leaseKey(ip)
			if err != nil {
				return err
			}
			if bucket.Get(key) == nil {
				continue
			}
			if err := recount(bucket, -1); err != nil {
				return err
			}
			if err := bucket.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
}

func leaseKey(ip netip.Addr) ([]byte, error) {
	if !ip.Is4() {
		return nil, fmt.Errorf("store: lease of %q: not an IPv4 address", ip)
	}
	k := ip.As4()
	return k[:], nil
}

// decodeLease reads a stored lease. What it means is the allocator's business.
func decodeLease(key, value []byte) (lease.Lease, error) {
	content, err := unseal(key, value)
	if err != nil {
		return lease.Lease{}, err
	}
	var l lease.Lease
	if err := json.Unmarshal(content, &l); err != nil {
		return lease.Lease{}, err
	}
	if k, err := leaseKey(l.IP); err != nil || string(k) != string(key) {
		return lease.Lease{}, errors.New("the record is of another address")
	}
	return l, nil
}

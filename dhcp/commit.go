package dhcp

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"provbox/dhcp/lease"
)

// maxBatch bounds how many records are written in one transaction.
const maxBatch = 1024

// forgetting is a request to delete records; done gets the outcome.
type forgetting struct {
	ips  []netip.Addr
	done chan error
}

// writeAll makes leases durable, as many in one transaction as wait: while one
// is being synced the next ones gather, so the store's pace decides the size
// of the groups and nobody waits for a timer. All changes of records come through
// here, binds and releases in the order of deciding.
func (s *Server) writeAll(ctx context.Context) {
	batch := make([]*job, 0, maxBatch)
	for {
		select {
		case f := <-s.forgets:
			f.done <- s.erase(ctx, f.ips)
		case j, ok := <-s.jobs:
			if !ok {
				return
			}
			batch = append(batch[:0], j)
			for len(batch) < maxBatch {
				next := s.waiting()
				if next == nil {
					break
				}
				batch = append(batch, next)
			}
			s.write(ctx, batch)
		}
	}
}

// waiting takes a job if there is one now, nil if not.
func (s *Server) waiting() *job {
	select {
	case j := <-s.jobs: // nil when closed
		return j
	default:
		return nil
	}
}

// write commits one batch: the store first, then the book, then the answers.
func (s *Server) write(ctx context.Context, batch []*job) {
	leases := make([]lease.Lease, 0, len(batch))
	at := make(map[netip.Addr]int, len(batch))
	for _, j := range batch {
		// The same address again in one batch: a client that sent its REQUEST
		// twice, or released at once. The last record stands.
		if i, ok := at[j.lease.IP]; ok {
			leases[i] = j.lease
			continue
		}
		at[j.lease.IP] = len(leases)
		leases = append(leases, j.lease)
	}
	err := s.put(ctx, leases)
	s.count.writes.Add(1)
	if err != nil {
		s.count.storeErrors.Add(1)
		if !s.failing.Swap(true) {
			s.log.Error("leases cannot be stored, so no new lease is acknowledged until they can", "err", err)
		}
	} else {
		s.count.written.Add(uint64(len(leases)))
		if s.failing.Swap(false) {
			s.log.Info("leases can be stored again")
		}
	}
	former := s.settle(batch, err)
	for _, j := range batch {
		switch {
		case err == nil:
		case j.stands:
			j.ev.Reason += "; the store fails, but what it has covers this"
		default:
			j.ev.Err = fmt.Errorf("lease %s of %s is not durable: %w", j.lease.IP, j.lease.MAC, err)
			if j.effect == bind {
				j.raw, j.seen, j.ev.Reply = nil, false, ""
			}
		}
		s.out <- j
	}
	// Else the time that a record was written would have to tell after a restart
	// which one is the client's, and the clock may have been wrong at that time.
	if len(former) > 0 {
		if err := s.remove(ctx, former); err != nil {
			s.log.Warn("former leases of clients that have moved were not deleted; that is tried again at the next start", "leases", len(former), "err", err)
		}
	}
}

// settle brings the book up to what the store has. It returns the addresses
// whose stored records mean nothing any more: their clients have others.
func (s *Server) settle(batch []*job, err error) (former []netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range batch {
		switch {
		case j.effect != bind:
			// Nobody was promised anything, so a release or decline counts
			// even if it could not be written.
			s.book.Put(j.lease, j.until)
		case err == nil:
			if old := s.book.Commit(j.lease, j.until); old.IsValid() {
				former = append(former, old)
			}
		default:
			s.book.Abort(j.lease.IP)
			// The record may promise as much, and only say other things of the client.
			if old, ok := s.book.Lookup(j.lease.IP); ok && old.State == lease.Bound && old.Client() == j.lease.Client() && protects(old, j.lease, stamp(j.until)) {
				s.book.Renew(j.lease.IP, j.until)
				j.stands = true
			}
		}
	}
	// In this batch somebody else may have got such an address.
	return slices.DeleteFunc(former, func(ip netip.Addr) bool {
		_, ok := s.book.Lookup(ip)
		return ok
	})
}

func (s *Server) erase(ctx context.Context, ips []netip.Addr) error {
	if err := s.remove(ctx, ips); err != nil {
		return fmt.Errorf("forget leases: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Forget(ips)
	return nil
}

// put calls the store; a panic there costs this batch, not the server.
func (s *Server) put(ctx context.Context, leases []lease.Lease) (err error) {
	defer contained(&err)
	return s.deps.Store.PutLeases(ctx, leases)
}

// remove is put for records that are to go.
func (s *Server) remove(ctx context.Context, ips []netip.Addr) (err error) {
	defer contained(&err)
	return s.deps.Store.DeleteLeases(ctx, ips)
}

// contained makes a panic of the store an error.
func contained(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("store panicked: %v", r)
	}
}

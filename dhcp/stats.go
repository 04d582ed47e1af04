package dhcp

import (
	"sync/atomic"

	"provbox/dhcp/message"
)

// counters are the server's running totals.
type counters struct {
	received, malformed, limited, queueDropped, panics        atomic.Uint64
	silent, sendErrors, conflicts, optionsDropped             atomic.Uint64
	writes, written, storeErrors, storeBusy, badLeases        atomic.Uint64
	discover, request, decline, release, inform, bootp, other atomic.Uint64
	offers, acks, naks, bootpReplies, forced                  atomic.Uint64
}

// Stats are totals since the server was made.
type Stats struct {
	// Received packets; of them Malformed, Limited (too many of one client, or
	// a client that declined too often) and QueueDropped were not decided on.
	Received, Malformed, Limited, QueueDropped uint64
	// Messages decided on, by type.
	Discover, Request, Decline, Release, Inform, BOOTP, Other uint64
	// Replies sent, by type; Silent decisions have none.
	Offers, Acks, Naks, BOOTPReplies, Silent uint64
	// Forced is how many clients were made to renew.
	Forced uint64
	// SendErrors are replies the kernel did not take. Conflicts are addresses
	// found in use. OptionsDropped did not fit a reply.
	SendErrors, Conflicts, OptionsDropped uint64
	// Writes are store transactions, Written the records in them. StoreErrors
	// are transactions that failed, StoreBusy answers given up because the
	// store was too far behind.
	Writes, Written, StoreErrors, StoreBusy uint64
	// BadLeases are stored records set aside at the start.
	BadLeases uint64
	// ObservationsDropped and EventsDropped did not fit their queues.
	ObservationsDropped, EventsDropped uint64
	// Panics are packets that hit a bug.
	Panics uint64
}

func (c *counters) message(t message.Type) {
	n := &c.other
	switch t {
	case message.Discover:
		n = &c.discover
	case message.Request:
		n = &c.request
	case message.Decline:
		n = &c.decline
	case message.Release:
		n = &c.release
	case message.Inform:
		n = &c.inform
	case message.None:
		n = &c.bootp
	}
	n.Add(1)
}

func (c *counters) reply(t message.Type) {
	switch t {
	case message.Offer:
		c.offers.Add(1)
	case message.Ack:
		c.acks.Add(1)
	case message.Nak:
		c.naks.Add(1)
	default:
		c.bootpReplies.Add(1)
	}
}

// Stats returns the totals so far.
func (s *Server) Stats() Stats {
	c := &s.count
	return Stats{
		Received: c.received.Load(), Malformed: c.malformed.Load(), Limited: c.limited.Load(), QueueDropped: c.queueDropped.Load(),
		Discover: c.discover.Load(), Request: c.request.Load(), Decline: c.decline.Load(), Release: c.release.Load(),
		Inform: c.inform.Load(), BOOTP: c.bootp.Load(), Other: c.other.Load(),
		Offers: c.offers.Load(), Acks: c.acks.Load(), Naks: c.naks.Load(), BOOTPReplies: c.bootpReplies.Load(), Forced: c.forced.Load(), Silent: c.silent.Load(),
		SendErrors: c.sendErrors.Load(), Conflicts: c.conflicts.Load(), OptionsDropped: c.optionsDropped.Load(),
		Writes: c.writes.Load(), Written: c.written.Load(), StoreErrors: c.storeErrors.Load(), StoreBusy: c.storeBusy.Load(),
		BadLeases: c.badLeases.Load(), Panics: c.panics.Load(),
		ObservationsDropped: s.observed.dropped.Load(), EventsDropped: s.events.dropped.Load(),
	}
}

package dhcp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"provbox/dhcp/lease"
)

// Reservations keeps the reservations that operators add while the server runs.
// What it was given is in the Config of every later start and Apply.
type Reservations interface {
	// PutReservation adds a reservation to a subnet's, or replaces the one of
	// the same address. When it returns nil the reservation is on stable
	// storage.
	PutReservation(ctx context.Context, subnet netip.Prefix, r lease.Reservation) error
}

// Errors of MakeFixed.
var (
	// ErrNoLease: nobody has the address.
	ErrNoLease = errors.New("no client has a lease of this address")
	// ErrReserved: the address or the client has another reservation.
	ErrReserved = errors.New("another reservation stands against it")
)

// MakeFixed turns the lease of an address into a reservation of its client, by
// hardware address where there is one, else by client identifier: durably, and
// at once for the running server. The client notices nothing. A lease that is
// reserved already is no error.
func (s *Server) MakeFixed(ctx context.Context, ip netip.Addr) (lease.Reservation, error) {
	s.applying.Lock()
	defer s.applying.Unlock()
	r, c, err := s.fixed(ip)
	if err != nil {
		return lease.Reservation{}, fmt.Errorf("fix lease %s: %w", ip, err)
	}
	if c == nil {
		return r, nil
	}
	if s.deps.Reservations == nil {
		return lease.Reservation{}, fmt.Errorf("fix lease %s: reservations cannot be stored here", ip)
	}
	for _, i := range c.Interfaces {
		for _, n := range i.Subnets {
			if !n.Prefix.Contains(ip) {
				continue
			}
			if err := s.deps.Reservations.PutReservation(ctx, n.Prefix, r); err != nil {
				return lease.Reservation{}, fmt.Errorf("fix lease %s: %w", ip, err)
			}
		}
	}
	if err := s.apply(*c); err != nil {
		return lease.Reservation{}, fmt.Errorf("fix lease %s: stored, but not in use before the next start: %w", ip, err)
	}
	return r, nil
}

// fixed makes the reservation, and the configuration that has it; that is nil
// if there is nothing to change.
func (s *Server) fixed(ip netip.Addr) (lease.Reservation, *Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.book.Lookup(ip)
	if !ok || l.State == lease.Declined {
		return lease.Reservation{}, nil, ErrNoLease
	}
	r := lease.Reservation{MAC: l.MAC, IP: ip}
	if l.Hostname != "" && len(l.Hostname) <= 63 && domainName.MatchString(l.Hostname) {
		r.Hostname = l.Hostname
	}
	mac, err := lease.ParseMAC(l.MAC)
	if err != nil {
		r.MAC, r.ClientID = "", l.ClientID
	}
	c := s.set.Config
	c.Interfaces = slices.Clone(c.Interfaces)
	for i := range c.Interfaces {
		c.Interfaces[i].Subnets = slices.Clone(c.Interfaces[i].Subnets)
		for j := range c.Interfaces[i].Subnets {
			n := &c.Interfaces[i].Subnets[j]
			if !n.Prefix.Contains(ip) {
				continue
			}
			if old, ok := s.book.Reserved(n.Prefix, mac, l.ClientID); ok {
				if old.IP == ip {
					return old, nil, nil
				}
				return r, nil, fmt.Errorf("%w: the client's is %s", ErrReserved, old.IP)
			}
			n.Reservations = append(slices.Clone(n.Reservations), r)
			if err := errors.Join(n.problems()...); err != nil {
				return r, nil, fmt.Errorf("%w: %w", ErrReserved, err)
			}
			return r, &c, nil
		}
	}
	return r, nil, fmt.Errorf("%w: its subnet is not configured any more", ErrNoLease)
}

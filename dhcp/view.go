package dhcp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// Leases returns a snapshot of all records, ordered by address, with the
// running end of each promise in Expires.
func (s *Server) Leases() []lease.Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Snapshot(s.deps.Now())
}

// Usage counts the addresses of every subnet.
func (s *Server) Usage() []lease.Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Usage(s.deps.Now())
}

// Listening lists the interfaces that are open now, with their addresses.
func (s *Server) Listening() map[string][]netip.Prefix {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string][]netip.Prefix, len(s.conns))
	for name, c := range s.conns {
		out[name] = c.Addrs()
	}
	return out
}

// Question describes a client to Explain. All fields may be empty.
type Question struct {
	// MAC is the hardware address, in any usual form.
	MAC string
	// VendorClass and UserClass are options 60 and 77, RelayInfo is option 82,
	// in raw bytes.
	VendorClass, UserClass, RelayInfo []byte
	// Parameters and ClientID are options 55 and 61; Explain does not look at
	// them.
	Parameters, ClientID []byte
	// Subnet and Server are what URLs are made for; the first subnet and its
	// first router if invalid.
	Subnet netip.Prefix
	Server netip.Addr
}

// Explain says which vendor rules fire for a client and what they make it
// send, whether or not the client exists. It changes nothing.
func (s *Server) Explain(q Question) (option.Result, error) {
	set := s.settings()
	var mac []byte
	if q.MAC != "" {
		var err error
		if mac, err = lease.ParseMAC(q.MAC); err != nil {
			return option.Result{}, fmt.Errorf("explain: %w", err)
		}
	}
	if !q.Subnet.IsValid() && len(set.Interfaces) > 0 && len(set.Interfaces[0].Subnets) > 0 {
		q.Subnet = set.Interfaces[0].Subnets[0].Prefix
	}
	if !q.Server.IsValid() {
		q.Server = s.serverFor(set, q.Subnet)
	}
	opts := map[byte][]byte{60: q.VendorClass, 77: q.UserClass, 82: q.RelayInfo}
	return set.Rules.Decide(option.Client{MAC: mac, Get: func(code byte) ([]byte, bool) {
		return opts[code], len(opts[code]) > 0
	}}, set.Values(q.Subnet, q.Server)), nil
}

// serverFor guesses the address the server answers a subnet from.
func (s *Server) serverFor(set *settings, prefix netip.Prefix) netip.Addr {
	for _, i := range set.Interfaces {
		if !slices.ContainsFunc(i.Subnets, func(n Subnet) bool { return n.Prefix == prefix }) {
			continue
		}
		s.mu.Lock()
		c := s.conns[i.Name]
		s.mu.Unlock()
		if c == nil {
			break
		}
		addrs := c.Addrs()
		for _, a := range addrs {
			if prefix.Contains(a.Addr()) {
				return a.Addr()
			}
		}
		if len(addrs) > 0 {
			return addrs[0].Addr()
		}
	}
	if prefix.IsValid() {
		return prefix.Addr().Next()
	}
	return netip.Addr{}
}

// Forget deletes leases, durably: the addresses are free at once. A client
// that still uses one is refused or adopted when it renews. An address without
// a lease is no error.
func (s *Server) Forget(ctx context.Context, ips []netip.Addr) error {
	if len(ips) == 0 {
		return nil
	}
	if !s.serving.Load() {
		return errors.New("forget leases: the server is not running")
	}
	f := &forgetting{ips: slices.Clone(ips), done: make(chan error, 1)}
	select {
	case s.forgets <- f:
	case <-s.stopping:
		return errors.New("forget leases: the server is stopping")
	case <-ctx.Done():
		return fmt.Errorf("forget leases: %w", ctx.Err())
	}
	select {
	case err := <-f.done:
		return err
	case <-s.stopping:
		return errors.New("forget leases: the server is stopping")
	case <-ctx.Done():
		return fmt.Errorf("forget leases: %w", ctx.Err())
	}
}

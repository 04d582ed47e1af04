package uplink

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// stale is the age of a handshake after which a peer that is being kept alive
// should have answered a new one: sessions are renewed after REKEY_AFTER_TIME,
// 120 s, and a handshake is tried again every 5 s (the WireGuard paper, section
// 6.1).
const stale = 135 * time.Second

// The waits between two looks for a peer that does not answer, the time that one
// may take, and the number of addresses of which notice is taken.
const (
	findFirst    = 5 * time.Second
	findMost     = 2 * time.Minute
	findTimeout  = 5 * time.Second
	maxAddresses = 16
)

// bornYear is before any box was set up: a clock that shows less is not set.
const bornYear = 2025

// callee is a peer with what is known of its whereabouts.
type callee struct {
	wantedPeer
	found []netip.Addr // addresses of the host
	err   error        // why there are none
	next  time.Time    // when to look again
	wait  time.Duration

	connected bool // as was told last
}

// find looks up where the peer is, unless that was done a moment ago.
func (p *callee) find(ctx context.Context, r Resolver, now time.Time) {
	p.wait = min(max(2*p.wait, findFirst), findMost)
	p.next = now.Add(p.wait)
	if p.host == "" {
		return
	}
	if a, err := netip.ParseAddr(p.host); err == nil {
		p.found = []netip.Addr{a}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	found, err := r.LookupNetIP(ctx, "ip", p.host)
	if err != nil {
		// The addresses known from before are still the best guess.
		p.err = fmt.Errorf("find %s: %w", p.host, err)
		return
	}
	var usable []netip.Addr
	for _, a := range found {
		if a = a.Unmap(); hostAddr(a) && len(usable) < maxAddresses {
			usable = append(usable, a)
		}
	}
	if p.found, p.err = usable, nil; len(usable) == 0 {
		p.err = fmt.Errorf("find %s: it has no usable address", p.host)
	}
}

// choose returns where to call the peer next, when it does not answer at the
// present address. It is nil when there is nothing else to try.
func (p *callee) choose(present netip.AddrPort) *net.UDPAddr {
	if len(p.found) == 0 {
		return nil
	}
	i := 0
	if present.Port() == p.port {
		i = (slices.Index(p.found, present.Addr()) + 1) % len(p.found)
	}
	next := netip.AddrPortFrom(p.found[i], p.port)
	if next == present {
		return nil
	}
	return net.UDPAddrFromAddrPort(next)
}

// call looks for a peer that does not answer and has the interface call it where
// it is now.
func (s *session) call(ctx context.Context, p *callee, st *PeerStatus, now time.Time) error {
	if !st.Handshake.IsZero() && st.Age < stale {
		p.wait, p.next, p.err = 0, time.Time{}, nil
		return nil
	}
	if p.host == "" || now.Before(p.next) {
		return nil
	}
	p.find(ctx, s.deps.Resolver, now)
	if p.err != nil {
		st.Error = p.err.Error()
	}
	present, _ := netip.ParseAddrPort(st.Address) // invalid before the first call
	next := p.choose(present)
	if next == nil {
		return nil
	}
	err := s.tunnel.Configure(wgtypes.Config{Peers: []wgtypes.PeerConfig{{PublicKey: p.key, UpdateOnly: true, Endpoint: next}}})
	if err != nil {
		return fmt.Errorf("interface %s: set the endpoint of its peer: %w", s.want.name, err)
	}
	s.log.Info("uplink peer is called at another address", "peer", p.key.String(), "host", p.host, "address", next.String())
	st.Address = next.String()
	return nil
}

// status describes a peer from what the interface says of it.
func (p *callee) status(dev *wgtypes.Device) PeerStatus {
	st := PeerStatus{PublicKey: p.key.String(), Keepalive: p.keepalive}
	if p.host != "" {
		st.Endpoint = net.JoinHostPort(p.host, strconv.Itoa(int(p.port)))
	}
	for _, n := range p.allowed {
		st.AllowedIPs = append(st.AllowedIPs, n.String())
	}
	if p.err != nil {
		st.Error = p.err.Error()
	}
	for _, d := range dev.Peers {
		if d.PublicKey != p.key {
			continue
		}
		st.Handshake, st.Received, st.Sent = d.LastHandshakeTime, d.ReceiveBytes, d.TransmitBytes
		if st.Handshake.Unix() <= 0 {
			st.Handshake = time.Time{} // the way that "never" is written in user space
		}
		if d.Endpoint != nil {
			a := d.Endpoint.AddrPort()
			st.Address = netip.AddrPortFrom(a.Addr().Unmap(), a.Port()).String()
		}
	}
	return st
}

// doubtClock names a reason for a peer's silence that nothing else shows.
func (st *PeerStatus) doubtClock(now time.Time) {
	if st.Connected || st.Error != "" || now.Year() >= bornYear {
		return
	}
	st.Error = fmt.Sprintf("the box's clock is not set, it shows the year %d: a peer refuses calls that are older than the last one; NTP has to be reached without the tunnel", now.Year())
}

// note tells of a peer that was reached or lost.
func (s *session) note(p *callee, st *PeerStatus) {
	if st.Connected == p.connected {
		return
	}
	p.connected = st.Connected
	text := "uplink connected"
	if !st.Connected {
		text = "uplink lost"
	}
	s.deps.Record(text, slog.String("peer", st.PublicKey), slog.String("address", st.Address))
}

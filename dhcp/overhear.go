package dhcp

import (
	"net"
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
)

// overhear learns from a broadcast that is not for us. A REQUEST names the
// address the client is about to have, an INFORM the one it has.
func (s *Server) overhear(set *settings, p *packet, now time.Time) {
	ip := p.CIAddr
	if w := p.Addr(message.OptRequestedIP); w.IsValid() && ip.IsUnspecified() {
		ip = w
	}
	if p.Type != message.Request && p.Type != message.Inform || !ip.IsGlobalUnicast() {
		return
	}
	phone := set.rules.Decide(p.optionClient(), option.Values{}).Phone
	s.observed.put(observation(p, ip, phone, now))
	s.events.put(Event{Time: now, Interface: p.ifc.name, Message: p.Type.String(), MAC: p.mac, IP: ip, XID: p.XID, Reason: "overheard"})
}

// arpWatcher is a Conn that can also listen to ARP.
type arpWatcher interface {
	// WatchARP calls the function for the sender of every ARP packet until
	// the Conn is closed. It returns at once.
	WatchARP(func(net.HardwareAddr, netip.Addr)) error
}

const (
	// seenFor is how long one client at one address is not reported again.
	seenFor = 10 * time.Minute
	// maxSeen bounds the clients remembered for that.
	maxSeen = 4096
)

// watch learns from ARP: a phone that already has its address says so to
// everybody it talks to.
func (s *Server) watch(w arpWatcher, name string) {
	err := w.WatchARP(func(mac net.HardwareAddr, ip netip.Addr) { s.sighted(name, mac, ip) })
	if err != nil {
		s.log.Warn("cannot listen to ARP; phones are learned from DHCP alone", "interface", name, "err", err)
	}
}

// sighted hands on phones only: ARP has nothing but the address block to know
// one by, and every PC on the LAN sends it.
func (s *Server) sighted(name string, mac net.HardwareAddr, ip netip.Addr) {
	now := s.deps.Now()
	s.mu.Lock()
	set := s.set
	key := string(mac) + ip.String()
	last, ok := s.seen[key]
	fresh := !ok || now.Sub(last) >= seenFor
	if fresh && !ok && len(s.seen) >= maxSeen {
		clear(s.seen)
	}
	if fresh {
		s.seen[key] = now
	}
	s.mu.Unlock()
	if !fresh {
		return
	}
	none := func(byte) ([]byte, bool) { return nil, false }
	if r := set.Rules.Decide(option.Client{MAC: mac, Get: none}, option.Values{}); !r.Phone {
		return
	}
	s.observed.put(Observation{Op: OpSeen, Time: now, Interface: name, MAC: lease.FormatMAC(mac), IP: ip, Phone: true, Options: map[byte][]byte{}})
}

package dhcp

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// Rogue is another DHCP server on a LAN: one that is not this box.
type Rogue struct {
	// Interface is where it was heard.
	Interface string
	// MAC is the hardware address its packets came from, in lower-case colon
	// form, Address their source, ServerID its option 54. Behind a relay the
	// first two are the relay's.
	MAC      string
	Address  netip.Addr
	ServerID netip.Addr
	// Offers is the address it offered or gave last, invalid for a NAK.
	Offers netip.Addr
	// First and Last are when it was heard.
	First, Last time.Time
}

func (r Rogue) String() string {
	s := fmt.Sprintf("DHCP server %s at %s (%s) on %s", r.ServerID, r.Address, r.MAC, r.Interface)
	if r.Offers.IsValid() {
		s += ", which offers " + r.Offers.String()
	}
	return s
}

const (
	// rogueEvery is how often others are looked for; the real time differs
	// by up to a fifth, so that the boxes of a site do not ask in step.
	rogueEvery = 5 * time.Minute
	// rogueHold is how long one is reported after it was heard last: it may
	// miss two questions.
	rogueHold = 16 * time.Minute
	// maxRogues bounds the servers that are remembered.
	maxRogues = 64
)

// seekPrefix begins the hardware addresses that questions are asked for. They
// are locally administered and random beyond these bytes ("pb").
var seekPrefix = [3]byte{0x02, 'p', 'b'}

// seekClasses are the vendor classes of the two questions that are asked each
// time: one for people who wonder who asks, and one of a phone, since some
// servers answer those only.
var seekClasses = [2]string{"provbox looks for other DHCP servers", "snom300"}

// serverSeeker is a Conn that can look for other servers.
type serverSeeker interface {
	// HearServers calls the function for what servers send to clients until
	// the Conn is closed, and returns at once.
	HearServers(func(net.HardwareAddr, netip.Addr, []byte)) error
	// AskServers broadcasts a message as a client would.
	AskServers([]byte) error
}

// question is a DISCOVER of a made-up client. Nothing follows it: an offer that
// is not taken holds no address.
func question(class string, random uint64) (b []byte, chaddr [6]byte) {
	copy(chaddr[:], seekPrefix[:])
	chaddr[3], chaddr[4], chaddr[5] = byte(random), byte(random>>8), byte(random>>16)
	b = make([]byte, 240, 300)
	b[0], b[1], b[2] = 1, ethernet, 6
	binary.BigEndian.PutUint32(b[4:], uint32(random>>32))
	// Everybody is to hear the offer, us among them.
	binary.BigEndian.PutUint16(b[10:], message.FlagBroadcast)
	copy(b[28:], chaddr[:])
	copy(b[236:], []byte{99, 130, 83, 99})
	b = append(b, message.OptType, 1, byte(message.Discover), message.OptParameters, 3, message.OptSubnetMask, message.OptRouter, message.OptDNS)
	b = append(append(b, message.OptVendorClass, byte(len(class))), class...)
	b = append(b, message.OptEnd)
	return b[:cap(b)][:max(len(b), 300)], chaddr
}

// heard reads what a server said.
func heard(name string, hw net.HardwareAddr, src netip.Addr, payload []byte, now time.Time) (Rogue, bool) {
	m, err := message.ParseReply(payload)
	if err != nil || m.Type != message.Offer && m.Type != message.Ack && m.Type != message.Nak {
		return Rogue{}, false
	}
	r := Rogue{Interface: name, MAC: lease.FormatMAC(hw), Address: src, ServerID: m.Addr(message.OptServerID), First: now, Last: now}
	if !r.ServerID.IsValid() {
		r.ServerID = src
	}
	if m.Type != message.Nak && !m.YIAddr.IsUnspecified() {
		r.Offers = m.YIAddr
	}
	return r, true
}

// FindServers asks on an interface which DHCP servers answer there, before one
// is switched on, and waits for answers. It takes no lease. It needs the
// privilege for raw sockets, and no server of ours on the interface. random
// makes up the client that asks.
func FindServers(name string, wait time.Duration, random func() uint64) ([]Rogue, error) {
	var found []Rogue
	var ask [][]byte
	for _, class := range seekClasses {
		b, _ := question(class, random())
		ask = append(ask, b)
	}
	err := wire.SeekServers(name, ask, wait, func(hw net.HardwareAddr, src netip.Addr, payload []byte) {
		r, ok := heard(name, hw, src, payload, time.Now())
		if ok && len(found) < maxRogues && !slices.ContainsFunc(found, r.same) {
			found = append(found, r)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("look for DHCP servers: %w", err)
	}
	return found, nil
}

func (r Rogue) same(o Rogue) bool {
	return r.Interface == o.Interface && r.ServerID == o.ServerID && r.MAC == o.MAC
}

// seeker looks for other servers on one interface.
type seeker struct {
	name string
	conn serverSeeker
	next time.Time
}

// newSeeker listens to other servers, and asks for them the first time. It
// returns nil where that is not possible or not wanted.
func (s *Server) newSeeker(name string, conn Conn) *seeker {
	set := s.settings()
	c, ok := conn.(serverSeeker)
	if !ok || set.Loopback || set.RogueCheck < 0 {
		return nil
	}
	err := c.HearServers(func(hw net.HardwareAddr, src netip.Addr, payload []byte) {
		if r, ok := heard(name, hw, src, payload, s.deps.Now()); ok {
			s.rogue(conn, r)
		}
	})
	if err != nil {
		s.log.Warn("cannot listen for other DHCP servers", "interface", name, "err", err)
		return nil
	}
	k := &seeker{name: name, conn: c}
	s.seek(k)
	return k
}

// seek asks when it is time to, and forgets who has not been heard for long.
func (s *Server) seek(k *seeker) {
	if k == nil {
		return
	}
	now := s.deps.Now()
	s.forgetRogues(now)
	// In observe mode nothing is ever sent.
	if set := s.settings(); set.Mode == ModeObserve || now.Before(k.next) {
		return
	}
	random := s.deps.Random()
	every := s.settings().RogueCheck
	k.next = now.Add(every*4/5 + time.Duration(random%uint64(every*2/5+1)))
	for n, class := range seekClasses {
		b, chaddr := question(class, s.deps.Random())
		s.mu.Lock()
		own := s.asking[k.name]
		own[n] = chaddr
		s.asking[k.name], s.checked[k.name] = own, now
		s.mu.Unlock()
		if err := k.conn.AskServers(b); err != nil {
			s.log.Debug("look for other DHCP servers", "interface", k.name, "err", err)
		}
	}
}

// ownQuestion reports whether a packet is what this server asks others. The
// caller holds the lock.
func (s *Server) ownQuestion(chaddr []byte) bool {
	if len(chaddr) != 6 || [3]byte(chaddr) != seekPrefix {
		return false
	}
	for _, own := range s.asking {
		if slices.Contains(own[:], [6]byte(chaddr)) {
			return true
		}
	}
	return false
}

// rogue notes that a server was heard.
func (s *Server) rogue(conn Conn, r Rogue) {
	for _, a := range conn.Addrs() {
		if a.Addr() == r.ServerID || a.Addr() == r.Address {
			return // ourselves, through a port of a bridge
		}
	}
	s.mu.Lock()
	for _, c := range s.conns {
		for _, a := range c.Addrs() {
			if a.Addr() == r.ServerID {
				s.mu.Unlock()
				return // ourselves, by another interface on the same LAN
			}
		}
	}
	i := slices.IndexFunc(s.rogues, r.same)
	if i >= 0 {
		s.rogues[i].Last = r.Last
		if r.Offers.IsValid() {
			s.rogues[i].Offers = r.Offers
		}
		s.mu.Unlock()
		return
	}
	full := len(s.rogues) >= maxRogues
	if !full {
		s.rogues = append(s.rogues, r)
	}
	observing := s.set.Mode == ModeObserve
	s.mu.Unlock()
	if full {
		return
	}
	e := Event{Time: r.Last, Interface: r.Interface, Message: MessageServer, MAC: r.MAC, IP: r.Address, Reason: "heard a " + r.String()}
	if !observing {
		e.Err = fmt.Errorf("another %s: phones may get addresses and no provisioning from it; switch it off there, or set dhcp.mode to observe", r)
		s.log.Warn("another DHCP server answers on this LAN", "interface", r.Interface, "mac", r.MAC, "address", r.Address, "server_id", r.ServerID, "offers", r.Offers)
	}
	s.events.put(e)
}

func (s *Server) forgetRogues(now time.Time) {
	s.mu.Lock()
	var gone []Rogue
	s.rogues = slices.DeleteFunc(s.rogues, func(r Rogue) bool {
		old := now.Sub(r.Last) > rogueHold
		if old {
			gone = append(gone, r)
		}
		return old
	})
	s.mu.Unlock()
	for _, r := range gone {
		s.events.put(Event{Time: now, Interface: r.Interface, Message: MessageServer, MAC: r.MAC, IP: r.Address, Reason: "not heard any more: " + r.String()})
	}
}

// Rogues lists the other DHCP servers that were heard in the last minutes,
// ordered by interface and address, for the page and the health check. In
// observe mode they are the servers of the LAN.
func (s *Server) Rogues() []Rogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.rogues)
	slices.SortFunc(out, func(a, b Rogue) int {
		if c := strings.Compare(a.Interface, b.Interface); c != 0 {
			return c
		}
		return a.ServerID.Compare(b.ServerID)
	})
	return out
}

// RogueChecked returns when others were last asked for on each interface; an
// interface that is missing was never asked on.
func (s *Server) RogueChecked() map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]time.Time, len(s.checked))
	for name, t := range s.checked {
		out[name] = t
	}
	return out
}

package dhcp

import (
	"fmt"
	"net/netip"
	"runtime/debug"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// job is an answer with what must be done before it is sent. It refers to no
// packet buffer.
type job struct {
	effect effect
	lease  lease.Lease
	until  time.Time
	stands bool // the store failed, and the answer is given all the same

	conn Conn
	raw  []byte // encoded reply, nil for none
	kind message.Type
	to   wire.Dest
	ev   Event
	obs  Observation
	seen bool // obs is to be handed on
}

// work decides packets from the queue until it is closed.
func (s *Server) work() {
	for a := range s.queue {
		s.handle(a)
		arrivals.Put(a)
	}
}

// contain ends a panic with the packet that caused it.
func (s *Server) contain(name string, packet []byte) {
	if r := recover(); r != nil {
		s.count.panics.Add(1)
		s.log.Error("dhcp packet made the server panic; packet dropped", "interface", name,
			"packet", fmt.Sprintf("%x", packet), "panic", r, "stack", string(debug.Stack()))
	}
}

// handle does one packet.
func (s *Server) handle(a *arrival) {
	data := a.buf[:min(a.n, len(a.buf))]
	defer s.contain(a.name, data)
	m, err := message.Parse(data)
	if err != nil {
		s.count.malformed.Add(1)
		return
	}
	now := s.deps.Now()
	set, pass, own := s.admit(m, now)
	ifc := set.byName[a.name]
	switch {
	case own:
		s.count.message(m.Type)
		s.count.silent.Add(1)
		return
	case !pass:
		s.count.limited.Add(1)
		return
	case ifc == nil:
		return // the interface was taken out of the settings meanwhile
	}
	p, why := newPacket(m, a.meta, ifc, a.conn.Addrs(), a.conn.MTU())
	if why != "" {
		s.count.malformed.Add(1)
		return
	}
	s.count.message(m.Type)
	if set.Mode == ModeObserve {
		s.overhear(set, &p, now)
		return
	}
	s.answer(&p, a.conn, 0)
}

// admit applies the limits per client, and knows our own questions to other
// servers.
func (s *Server) admit(m *message.Message, now time.Time) (set *settings, pass, own bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := string(m.CHAddr)
	if s.ownQuestion(m.CHAddr) {
		return s.set, false, true
	}
	return s.set, s.guard.pass(who, s.set.RatePerClient, now) && !s.guard.ignored(who, now), false
}

const (
	// maxProbes bounds the addresses asked about at one time. More new clients
	// at once are a boot storm, and get their addresses unasked.
	maxProbes = 16
	// maxAttempts bounds how many addresses are asked about for one DISCOVER;
	// the client's next one goes on from there.
	maxAttempts = 4
)

// answer decides a packet, applies the effect and sees to the reply.
func (s *Server) answer(p *packet, conn Conn, attempt int) {
	now := s.deps.Now()
	d, probe, repeated := s.decide(p, now)
	if repeated {
		s.count.silent.Add(1)
		return
	}
	j := &job{effect: d.do, lease: d.lease, until: d.until, conn: conn, ev: event(p, &d, now), to: d.to}
	if d.reply != nil {
		var dropped []byte
		j.kind = d.reply.Type
		if j.raw, dropped = d.reply.Append(make([]byte, 0, 600)); len(dropped) > 0 {
			s.count.optionsDropped.Add(uint64(len(dropped)))
			j.ev.Reason += fmt.Sprintf("; no room for options %v", dropped)
		}
		if j.kind == message.Ack {
			j.obs, j.seen = observation(p, d.ip, d.rules.Phone, now), true
		}
	}
	switch {
	case probe:
		kept := p.clone()
		s.probes.Go(func() { s.probe(kept, conn, d.ip, attempt) })
	case d.do == bind || d.do == free || d.do == quarantine:
		s.submit(j)
	default:
		s.finish(j)
	}
}

// decide is the decision with its effect on the book, in one step. probe asks
// the caller to look for somebody at the address first; repeated is set when
// that is being done already for an earlier copy of the packet.
func (s *Server) decide(p *packet, now time.Time) (d decision, probe, repeated bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Tick(now)
	d = decide(s.set, s.book, p, now)
	s.giveNonce(p, &d)
	switch d.do {
	case hold:
		if d.probe && s.set.ProbeWait > 0 && !s.set.Loopback {
			switch who, asking := s.probing[d.ip]; {
			case asking && who == p.client:
				return d, false, true
			case asking || len(s.probing) >= maxProbes:
			default:
				probe = true
				s.probing[d.ip] = p.client
			}
		}
		s.book.Offer(d.ip, p.client, now)
	case withdraw:
		for _, n := range p.ifc.subnets {
			s.book.Withdraw(n.Prefix, p.client)
		}
	case bind:
		s.book.Prepare(d.lease, p.client)
	case renew:
		s.book.Renew(d.ip, d.until)
	case quarantine:
		if s.guard.declined(string(p.CHAddr), s.set.DeclineLimit, s.set.DeclineHold, now) {
			d.why = "declined too often; the client is ignored for a while"
		}
	}
	return d, probe, false
}

// submit hands a job to the store's goroutine without waiting.
func (s *Server) submit(j *job) {
	select {
	case s.jobs <- j:
	default:
		// The store is far behind: the client asks again.
		s.count.storeBusy.Add(1)
		if j.effect == bind {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.book.Abort(j.lease.IP)
		}
	}
}

// probe asks the network about an offered address, then decides anew: with
// nobody there the client gets its offer, with somebody there another address.
func (s *Server) probe(p *packet, conn Conn, ip netip.Addr, attempt int) {
	defer s.contain(p.ifc.name, nil)
	who, err := conn.Probe(ip, s.settings().ProbeWait)
	if err != nil {
		// Not being able to ask is no reason not to serve.
		s.log.Debug("dhcp probe", "ip", ip, "err", err)
	}
	if who == p.mac {
		who = "" // the client itself, which still lives at an address it had
	}
	now := s.deps.Now()
	if s.probed(ip, who, now) {
		s.count.conflicts.Add(1)
		s.events.put(Event{
			Time: now, Interface: p.ifc.name, Message: "CONFLICT", MAC: p.mac, IP: ip, XID: p.XID,
			Reason: "address is in use by " + who + "; not offered",
		})
	}
	if attempt < maxAttempts {
		s.answer(p, conn, attempt+1)
	}
}

// probed notes the outcome of a probe, and reports whether the address is in
// use by somebody unknown.
func (s *Server) probed(ip netip.Addr, who string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.probing, ip)
	switch {
	case who == "":
		s.book.Checked(ip, now)
	case s.book.InTime(ip, now):
		// A client did not wait for our answer and took the address meanwhile.
		// That lease stands: it is the client we heard, or the client will
		// find the other one and decline.
	default:
		s.book.Block(ip, now.Add(s.set.DeclineHold))
		return true
	}
	return false
}

// finish sends the reply and tells the others.
func (s *Server) finish(j *job) {
	if j.raw != nil {
		if err := j.conn.Write(j.raw, j.to); err != nil {
			s.count.sendErrors.Add(1)
			j.ev.Err, j.seen = err, false
		} else {
			s.count.reply(j.kind)
		}
	} else {
		s.count.silent.Add(1)
	}
	if j.seen {
		s.observed.put(j.obs)
	}
	s.events.put(j.ev)
}

// sendAll sends what the store has made durable.
func (s *Server) sendAll() {
	for j := range s.out {
		s.finish(j)
	}
}

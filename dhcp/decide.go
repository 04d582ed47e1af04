package dhcp

import (
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

// effect is what a decision does to the address book.
type effect int

const (
	nothing    effect = iota
	hold              // keep ip for the client: an offer
	withdraw          // take back the client's offer
	bind              // make lease durable, then answer
	renew             // the durable lease covers the answer already
	free              // lease was released
	quarantine        // ip was declined
)

// decision is what to answer and what to do about it.
type decision struct {
	// reply is nil for silence; to is where it goes.
	reply *message.Reply
	to    wire.Dest
	// do acts on ip, for the client of the packet, in the subnet.
	do     effect
	subnet *subnet
	ip     netip.Addr
	lease  lease.Lease
	until  time.Time // end of the promise or quarantine
	probe  bool      // ask the network about ip before sending
	// why says how it came to this; rules what the vendor rules gave.
	why   string
	rules option.Result
}

// decide answers one packet. It reads the book and changes nothing; with the
// same arguments it gives the same decision. RFC 2131 section 4.3 is cited
// beside each branch.
func decide(set *settings, book *lease.Allocator, p *packet, now time.Time) decision {
	if set.blocked[string(p.CHAddr)] {
		return decision{why: "blocked by the operator"}
	}
	on, server := p.subnets()
	switch {
	case len(p.addrs) == 0:
		return decision{why: "the interface has no address yet"}
	case p.relayed() && !p.plausibleRelay():
		return decision{why: "relay address " + p.GIAddr.String() + " is not of a configured or private network"}
	case len(on) == 0 && p.link().IsValid():
		return decision{why: "no subnet for " + p.link().String()}
	case len(on) == 0:
		return decision{why: "no subnet for the interface's addresses"}
	}
	d := decider{set: set, book: book, packet: p, now: now, on: on, server: server}
	switch p.Type {
	case message.Discover:
		return d.discover()
	case message.Request:
		return d.request()
	case message.Decline:
		return d.decline()
	case message.Release:
		return d.release()
	case message.Inform:
		return d.inform()
	case message.None:
		return d.bootp()
	}
	return decision{why: p.Type.String() + " is not for servers"}
}

type decider struct {
	*packet
	set    *settings
	book   *lease.Allocator
	now    time.Time
	on     []*subnet
	server netip.Addr
}

// facts are what the branches need to know about the client in one subnet.
type facts struct {
	*subnet
	ask   lease.Ask
	rules option.Result
	// served is whether this client is one to answer at all.
	served bool
}

func (d *decider) facts(s *subnet) facts {
	f := facts{subnet: s, ask: d.ask(d.book, s)}
	f.rules = d.set.rules.Decide(d.optionClient(), d.set.Values(s.Prefix, d.server))
	f.served = s.Serve == ServeAll || f.rules.Phone || f.ask.HasFixed
	return f
}

const notServed = "not a phone, and the subnet serves phones only"

// discover is RFC 2131 4.3.1.
func (d *decider) discover() decision {
	best := decision{why: notServed}
	var chosen facts
	for _, s := range d.on {
		f := d.facts(s)
		if !f.served {
			continue
		}
		c := d.book.Pick(s.Prefix, f.ask, d.now)
		if !c.IP.IsValid() {
			if best.do != hold {
				best.why, best.subnet, best.rules = c.Why, s, f.rules
			}
			continue
		}
		mine := c.Why == "fixed" || c.Why == "same"
		if best.do == hold && !mine {
			continue // an earlier subnet of the link has room
		}
		best = decision{do: hold, subnet: s, ip: c.IP, why: c.Why, probe: c.Probe, rules: f.rules}
		chosen = f
		if mine {
			break
		}
	}
	if best.do != hold {
		return best
	}
	if _, ok := d.Option(message.OptRapidCommit); ok && d.set.RapidCommit && !best.probe {
		// RFC 4039 3.1: commit at once, for an address nobody else can have.
		out := d.bind(chosen, best.ip, best.why+", rapid commit")
		out.reply.Required = append(out.reply.Required, message.Option{Code: message.OptRapidCommit})
		return out
	}
	r := d.header(message.Offer, d.server)
	r.YIAddr = best.ip
	if d.nonceCapable() {
		// RFC 6704 4: so the client knows that it will get a nonce.
		r.Required = append(r.Required, message.Option{Code: message.OptNonceCapable, Data: []byte{authHMACMD5}})
	}
	timers(r, best.subnet.term(d.Message))
	d.configure(r, best.subnet, d.hostname(chosen, best.ip), best.rules)
	return d.send(best, r)
}

// request is RFC 2131 4.3.2; the client's state follows from what is filled
// in (table 4).
func (d *decider) request() decision {
	want := d.Addr(message.OptRequestedIP)
	_, hasID := d.Option(message.OptServerID)
	id := d.Addr(message.OptServerID)
	switch {
	case hasID && !id.IsValid():
		return decision{why: "a server identifier of a wrong length"}
	case hasID && !d.ours(id):
		// SELECTING, and another server was chosen: the offer is declined.
		return decision{do: withdraw, subnet: d.on[0], why: "the client chose another server"}
	case hasID && want.IsValid():
		return d.selecting(want)
	case want.IsValid() && d.CIAddr.IsUnspecified():
		return d.initReboot(want)
	case !d.CIAddr.IsUnspecified():
		// Some clients add a server identifier here against table 4; it is
		// ours, so it does no harm.
		return d.extend(d.CIAddr)
	}
	return decision{why: "a REQUEST for no address"}
}

// selecting answers a client that takes our offer (4.3.2 "SELECTING").
func (d *decider) selecting(want netip.Addr) decision {
	s := d.subnetOf(want)
	if s == nil {
		f := d.facts(d.on[0])
		if !f.served {
			return decision{why: notServed}
		}
		return d.nak(f, "address is not of this network")
	}
	f := d.facts(s)
	if !f.served {
		return decision{why: notServed}
	}
	if d.mustMove(f, want) {
		return d.nak(f, "a reserved address is waiting")
	}
	switch st := d.standing(f, want); st {
	case lease.Own, lease.Fixed:
		return d.bind(f, want, st.String())
	case lease.Offered:
		// Offers are given side by side; only leases count for a limit.
		if d.tooMany(f) {
			return d.nak(f, "limited")
		}
		return d.bind(f, want, st.String())
	case lease.Free:
		// The offer is forgotten (taken back, or we were restarted), but the
		// address is still there to be had.
		if d.tooMany(f) {
			return d.nak(f, "limited")
		}
		return d.bind(f, want, "free")
	default:
		return d.nak(f, "address is "+st.String())
	}
}

// initReboot answers a client that remembers an address (4.3.2 "INIT-REBOOT").
func (d *decider) initReboot(want netip.Addr) decision {
	s := d.subnetOf(want)
	if s == nil {
		// "on the wrong net ... SHOULD send a DHCPNAK"
		f := d.facts(d.on[0])
		return d.refuse(f, true, "wrong network")
	}
	f := d.facts(s)
	if !f.served {
		return decision{why: notServed}
	}
	if d.mustMove(f, want) {
		return d.nak(f, "a reserved address is waiting")
	}
	st := d.standing(f, want)
	switch st {
	case lease.Own, lease.Fixed:
		return d.bind(f, want, "reboot")
	}
	switch l, ok := d.book.Binding(s.Prefix, d.client); {
	// "client's notion of its IP address is incorrect"
	case ok && l.IP != want:
		return d.nak(f, "the client's address is "+l.IP.String())
	case ok && st == lease.Foreign:
		return d.nak(f, "address is not given out any more")
	}
	if st == lease.Taken || st == lease.Forbidden {
		return d.refuse(f, true, "address is "+st.String())
	}
	// "If the server has no record of this client, it MUST remain silent."
	return decision{subnet: s, rules: f.rules, why: "no record of this client"}
}

// extend answers a renewal: to us alone (4.3.2 "RENEWING") or broadcast
// because the granting server did not answer (4.3.2 "REBINDING").
func (d *decider) extend(ip netip.Addr) decision {
	s := d.subnetOf(ip)
	if s == nil {
		return d.refuse(d.facts(d.on[0]), true, "wrong network")
	}
	f := d.facts(s)
	if !f.served {
		return decision{why: notServed}
	}
	if d.mustMove(f, ip) {
		return d.nak(f, "a reserved address is waiting")
	}
	switch st := d.standing(f, ip); st {
	case lease.Own, lease.Offered, lease.Fixed:
		return d.bind(f, ip, "renewed")
	case lease.Free:
		// We have no record, but the client lives at an address that is ours
		// to give and nobody's: a box that lost its leases or replaced
		// another takes its phones over instead of cutting them off.
		if d.tooMany(f) {
			return d.refuse(f, d.unicast(), "limited")
		}
		return d.bind(f, ip, "adopted")
	case lease.Foreign:
		// An address of this subnet outside our pools: another server's, so
		// only a client that asks us alone is told, or one that has it from us.
		l, ok := d.book.Binding(s.Prefix, d.client)
		return d.refuse(f, d.unicast() || ok && l.IP == ip, "address is not ours to give")
	default:
		return d.refuse(f, true, "address is "+st.String())
	}
}

// refuse sends a NAK if we may speak for the network, and is silent if not.
func (d *decider) refuse(f facts, certain bool, why string) decision {
	if !f.served {
		return decision{why: notServed}
	}
	if certain && !f.NotAuthoritative {
		return d.nak(f, why)
	}
	return decision{subnet: f.subnet, rules: f.rules, why: why}
}

// decline is RFC 2131 4.3.3: the address is in use by somebody else.
func (d *decider) decline() decision {
	ip := d.Addr(message.OptRequestedIP)
	if !d.forUs() {
		return decision{why: "for another server"}
	}
	s := d.subnetOf(ip)
	if s == nil {
		return decision{why: "declined address is not of this network"}
	}
	f := d.facts(s)
	if st := d.standing(f, ip); st != lease.Own && st != lease.Offered {
		// Only who was given an address can say that it is no good.
		return decision{subnet: s, why: "declined address was not the client's"}
	}
	until := d.now.Add(d.set.DeclineHold)
	l := d.record(f, ip, lease.Declined, 0)
	l.Expires = stamp(until)
	return decision{do: quarantine, subnet: s, ip: ip, lease: l, until: until, why: "declined"}
}

// release is RFC 2131 4.3.4.
func (d *decider) release() decision {
	if !d.forUs() {
		return decision{why: "for another server"}
	}
	s := d.subnetOf(d.CIAddr)
	if s == nil {
		return decision{why: "released address is not of this network"}
	}
	l, ok := d.book.Binding(s.Prefix, d.client)
	if !ok || l.IP != d.CIAddr || l.State != lease.Bound {
		return decision{subnet: s, why: "released address was not the client's"}
	}
	// "The server SHOULD retain a record of the client's initialization
	// parameters for possible reuse": the record stays, as released.
	l.State, l.Granted, l.Expires = lease.Released, stamp(d.now), stamp(d.now)
	return decision{do: free, subnet: s, ip: l.IP, lease: l, until: d.now, why: "released"}
}

// inform is RFC 2131 4.3.5: parameters for an address the client has by other
// means.
func (d *decider) inform() decision {
	ip := d.CIAddr
	if ip.IsUnspecified() {
		ip = d.Src.Addr()
	}
	s := d.subnetOf(ip)
	if s == nil {
		return decision{why: "an INFORM from an address that is not of this network"}
	}
	// The answer goes to the address that the client says is its own.
	if d.own(ip) || !s.station(ip) {
		return decision{subnet: s, why: "an INFORM from an address that no client can have"}
	}
	f := d.facts(s)
	if !f.served {
		return decision{why: notServed}
	}
	r := d.header(message.Ack, d.server)
	r.CIAddr = d.CIAddr
	d.configure(r, s, d.hostname(f, ip), f.rules)
	return d.send(decision{subnet: s, ip: ip, why: "informed", rules: f.rules}, r)
}

// bootp answers a client without option 53 (RFC 1534 2) that has a
// reservation, and nobody else: a BOOTP client never gives an address back.
func (d *decider) bootp() decision {
	for _, s := range d.on {
		f := d.facts(s)
		if !f.ask.HasFixed {
			continue
		}
		if st := d.standing(f, f.ask.Fixed.IP); !st.Usable() {
			return decision{subnet: s, why: "the reserved address is " + st.String()}
		}
		r := d.header(message.None, d.server)
		r.CIAddr, r.YIAddr = d.CIAddr, f.ask.Fixed.IP
		d.configure(r, s, f.ask.Fixed.Hostname, f.rules)
		return d.send(decision{subnet: s, ip: r.YIAddr, why: "reserved", rules: f.rules}, r)
	}
	return decision{why: "BOOTP without a reservation"}
}

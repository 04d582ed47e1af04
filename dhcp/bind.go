package dhcp

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
)

// holdFactor is how much longer than the promise the stored record protects
// an address. With 2, a client that renews at half its time causes one write
// for every three ACKs instead of one for each, which is what an SD card can
// stand; the promise is on disk all the same.
const holdFactor = 2

// bind gives ip to the client: with a durable record, or without a write if
// the record on disk covers the promise already.
func (d *decider) bind(f facts, ip netip.Addr, why string) decision {
	seconds := f.term(d.Message)
	term := time.Duration(seconds) * time.Second
	out := decision{do: bind, subnet: f.subnet, ip: ip, until: d.now.Add(term), why: why, rules: f.rules}
	out.lease = d.record(f, ip, lease.Bound, seconds)
	if old, ok := d.book.Binding(f.Prefix, d.client); ok && old.IP == ip && old.State == lease.Bound {
		known := old.Known || (f.rules.Phone || f.ask.HasFixed) && d.now.Sub(old.Granted) >= time.Duration(old.Seconds)*time.Second/2
		out.lease.Known = known
		// What the client leaves out this time is still true: a unicast
		// renewal goes past the relay, and some send their class only once.
		if !d.relayed() {
			out.lease.RelayInfo = old.RelayInfo
		}
		if out.lease.VendorClass == nil {
			out.lease.VendorClass = old.VendorClass
		}
		if out.lease.Hostname == "" {
			out.lease.Hostname = old.Hostname
		}
		if covers(old, out.lease, stamp(out.until)) {
			out.do, out.lease = renew, old
		}
	}
	r := d.header(message.Ack, d.server)
	r.CIAddr, r.YIAddr = d.CIAddr, ip
	timers(r, seconds)
	d.configure(r, f.subnet, d.hostname(f, ip), f.rules)
	return d.send(out, r)
}

// protects reports whether the stored record old keeps the address for its client
// until then. The clock may have been set since it was written, so its own start
// counts too.
func protects(old, l lease.Lease, until time.Time) bool {
	return !old.Expires.Before(until) && !old.Granted.After(l.Granted)
}

// covers reports whether the stored record old says all that a new one would.
func covers(old, l lease.Lease, until time.Time) bool {
	return protects(old, l, until) &&
		old.MAC == l.MAC && old.HType == l.HType && old.Hostname == l.Hostname && old.Seconds == l.Seconds &&
		bytes.Equal(old.ClientID, l.ClientID) && bytes.Equal(old.VendorClass, l.VendorClass) && bytes.Equal(old.RelayInfo, l.RelayInfo)
}

// record makes the durable form of what the client is given. Nothing in it
// refers to the packet's buffer.
func (d *decider) record(f facts, ip netip.Addr, state lease.State, seconds uint32) lease.Lease {
	l := lease.Lease{
		IP: ip, MAC: d.mac, HType: d.HType, ClientID: bytes.Clone(d.id), State: state,
		Granted: stamp(d.now), Expires: stamp(d.now.Add(holdFactor * time.Duration(seconds) * time.Second)), Seconds: seconds,
	}
	if v, ok := d.Option(message.OptVendorClass); ok {
		l.VendorClass = bytes.Clone(v[:min(len(v), 255)])
	}
	if v, ok := d.Option(message.OptRelayInfo); ok && d.relayed() {
		l.RelayInfo = bytes.Clone(v[:min(len(v), 255)])
	}
	if v, ok := d.Option(message.OptHostname); ok {
		l.Hostname = printable(v)
	}
	return l
}

// stamp is a time as it is stored.
func stamp(t time.Time) time.Time { return t.UTC().Round(0).Truncate(time.Millisecond) }

// printable keeps of a host name what can be shown and stored without harm.
func printable(b []byte) string {
	b = bytes.TrimRight(b[:min(len(b), 255)], "\x00")
	out := slices.DeleteFunc(bytes.Clone(b), func(c byte) bool { return c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte(`<>&"'\`), c) >= 0 })
	return string(out)
}

// nak is RFC 2131 4.3.2 and table 3: no address, no lease time, broadcast.
func (d *decider) nak(f facts, why string) decision {
	r := d.header(message.Nak, d.server)
	if d.relayed() {
		// "the server sets the broadcast bit", so that the relay broadcasts.
		r.Flags |= message.FlagBroadcast
	}
	r.Required = append(r.Required, message.Option{Code: message.OptMessage, Data: []byte(why)})
	return d.send(decision{subnet: f.subnet, rules: f.rules, why: why}, r)
}

func (d *decider) send(out decision, r *message.Reply) decision {
	out.reply, out.to = r, d.dest(d.set, r, d.server)
	return out
}

func (d *decider) subnetOf(ip netip.Addr) *subnet {
	for _, s := range d.on {
		if ip.IsValid() && s.Prefix.Contains(ip) {
			return s
		}
	}
	return nil
}

func (d *decider) standing(f facts, ip netip.Addr) lease.Standing {
	return d.book.Standing(f.Prefix, ip, d.client, f.ask.Fixed, f.ask.HasFixed, d.now)
}

// tooMany reports whether one more lease is too many for the client's hardware
// address or port. One that takes the place of the client's own is no more.
func (d *decider) tooMany(f facts) bool {
	if l, ok := d.book.Binding(f.Prefix, d.client); ok && d.book.InTime(l.IP, d.now) {
		return false
	}
	return d.book.Limited(f.Prefix, f.ask.MAC, f.ask.Relay, d.now)
}

// forUs reports whether a DECLINE or RELEASE means this server. A client that
// left out the server identifier, which table 5 wants, is heard all the same.
func (d *decider) forUs() bool {
	_, has := d.Option(message.OptServerID)
	return !has || d.ours(d.Addr(message.OptServerID))
}

// mustMove reports whether the client has a reservation for another address
// that it could have.
func (d *decider) mustMove(f facts, ip netip.Addr) bool {
	return f.ask.HasFixed && f.ask.Fixed.IP != ip && d.standing(f, f.ask.Fixed.IP).Usable()
}

func (d *decider) hostname(f facts, ip netip.Addr) string {
	if f.ask.HasFixed && f.ask.Fixed.IP == ip {
		return f.ask.Fixed.Hostname
	}
	return ""
}

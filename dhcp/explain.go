package dhcp

import (
	"fmt"
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

// Explanation is what a client would be answered, and why.
type Explanation struct {
	// Subnet and Server are what it was worked out for.
	Subnet netip.Prefix
	Server netip.Addr
	// Steps is every vendor rule in order; Result is what they come to.
	Steps  []option.Step
	Result option.Result
	// Answered tells that the client would be offered an address, if one is
	// free; Why says how it came to this or what is in the way. Without a
	// subnet there is nothing to answer from and both are unset.
	Answered bool
	Why      string
	// Reserved is the client's reservation, invalid without one.
	Reserved netip.Addr
	// Options are those of the offer, in its order, without the message type.
	Options []option.Option
	// Dropped lists the codes that do not fit the offer.
	Dropped []byte
}

// Explain works out what a client would be answered by a server with this
// configuration and no leases. It needs no server and changes nothing.
func (c Config) Explain(q Question) (Explanation, error) {
	set, err := compile(c)
	if err != nil {
		return Explanation{}, fmt.Errorf("explain: %w", err)
	}
	return set.explain(q)
}

// Trace is Explain for the configuration that the server has now.
func (s *Server) Trace(q Question) (Explanation, error) {
	set := s.settings()
	if !q.Subnet.IsValid() && len(set.Interfaces) > 0 && len(set.Interfaces[0].Subnets) > 0 {
		q.Subnet = set.Interfaces[0].Subnets[0].Prefix
	}
	if !q.Server.IsValid() {
		q.Server = s.serverFor(set, q.Subnet)
	}
	return set.explain(q)
}

// nobody is the hardware address of a client that is described without one.
var nobody = [6]byte{0x02, 0, 0, 0, 0, 1}

func (set *settings) explain(q Question) (Explanation, error) {
	ifc, sub, err := set.find(q.Subnet)
	if err != nil {
		return Explanation{}, err
	}
	m := &message.Message{HType: ethernet, HLen: 6, CHAddr: nobody[:], CIAddr: netip.IPv4Unspecified(), GIAddr: netip.IPv4Unspecified(), Type: message.Discover}
	if q.MAC != "" {
		if m.CHAddr, err = lease.ParseMAC(q.MAC); err != nil {
			return Explanation{}, fmt.Errorf("explain: %w", err)
		}
		m.HLen = byte(len(m.CHAddr))
	}
	for _, o := range []message.Option{
		{Code: message.OptVendorClass, Data: q.VendorClass},
		{Code: message.OptUserClass, Data: q.UserClass},
		{Code: message.OptRelayInfo, Data: q.RelayInfo},
		{Code: message.OptParameters, Data: q.Parameters},
		{Code: message.OptClientID, Data: q.ClientID},
	} {
		if len(o.Data) > 0 {
			m.Options = append(m.Options, o)
		}
	}
	e := Explanation{Server: q.Server}
	client := option.Client{Get: m.Option}
	if q.MAC != "" {
		client.MAC = m.CHAddr
	}
	if sub != nil {
		e.Subnet = sub.Prefix
		if !e.Server.IsValid() {
			e.Server = sub.Prefix.Addr().Next()
		}
	}
	e.Result, e.Steps = set.Rules.Explain(client, set.Values(e.Subnet, e.Server))
	if sub == nil {
		return e, nil
	}
	addrs := []netip.Prefix{netip.PrefixFrom(e.Server, sub.Prefix.Bits())}
	meta := wire.Meta{Src: netip.AddrPortFrom(netip.IPv4Unspecified(), 68), Dst: broadcast}
	if !sub.Prefix.Contains(e.Server) {
		// A subnet that the box has no address in is behind a relay.
		m.GIAddr = sub.Prefix.Addr().Next()
		meta = wire.Meta{Src: netip.AddrPortFrom(m.GIAddr, 67), Dst: e.Server}
	}
	p, why := newPacket(m, meta, &iface{name: ifc, subnets: []*subnet{sub}}, addrs, 1500)
	if why != "" {
		return Explanation{}, fmt.Errorf("explain: %s", why)
	}
	now := time.Now()
	book := lease.New(set.pools(), set.Limits)
	book.Block(e.Server, now.Add(time.Hour))
	if r, ok := book.Reserved(sub.Prefix, p.CHAddr, p.id); ok {
		e.Reserved = r.IP
	}
	d := decide(set, book, &p, now)
	e.Why, e.Answered = d.why, d.reply != nil
	if d.reply == nil {
		return e, nil
	}
	_, e.Dropped = d.reply.Append(nil)
	for _, o := range append(d.reply.Required, d.reply.Optional...) {
		e.Options = append(e.Options, option.Option{Code: o.Code, Data: o.Data})
	}
	return e, nil
}

// find returns a subnet and its interface: the first if none is asked for, nil
// if there is none at all.
func (set *settings) find(want netip.Prefix) (string, *subnet, error) {
	for _, i := range set.Interfaces {
		for _, s := range set.byName[i.Name].subnets {
			if !want.IsValid() || s.Prefix == want {
				return i.Name, s, nil
			}
		}
	}
	if want.IsValid() {
		return "", nil, fmt.Errorf("explain: subnet %s is not configured", want)
	}
	return "", nil, nil
}

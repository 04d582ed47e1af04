package dhcp

import (
	"bytes"
	"net/netip"
	"slices"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

// packet is a received message with everything deciding may look at: a value,
// so that the decision is a function.
type packet struct {
	*message.Message
	wire.Meta
	ifc   *iface
	addrs []netip.Prefix // of the interface
	mtu   int

	client lease.Client
	mac    string
	id     []byte // option 61
}

// newPacket works out who the client is. why is not empty when the packet
// cannot be answered.
func newPacket(m *message.Message, meta wire.Meta, ifc *iface, addrs []netip.Prefix, mtu int) (p packet, why string) {
	p = packet{Message: m, Meta: meta, ifc: ifc, addrs: addrs, mtu: mtu, mac: lease.FormatMAC(m.CHAddr)}
	p.id, _ = m.Option(message.OptClientID)
	// RFC 2132 9.14: at least two bytes; a shorter one identifies nobody.
	if len(p.id) < 2 {
		p.id = nil
	}
	switch {
	case len(p.id) > 512:
		return p, "client identifier too long"
	case m.HType == ethernet && m.HLen != 6:
		return p, "hardware address of a wrong length"
	case m.HType == ethernet && (m.CHAddr[0]&1 != 0 || [6]byte(m.CHAddr) == [6]byte{}):
		return p, "hardware address is not a station's"
	}
	if p.client = lease.ClientOf(m.HType, m.CHAddr, p.id); p.client == "" {
		return p, "neither hardware address nor client identifier"
	}
	return p, ""
}

// clone returns a packet that does not refer to the buffer it was read into.
func (p *packet) clone() *packet {
	c, m := *p, *p.Message
	m.CHAddr = bytes.Clone(m.CHAddr)
	m.Options = slices.Clone(m.Options)
	for i := range m.Options {
		m.Options[i].Data = bytes.Clone(m.Options[i].Data)
	}
	c.Message = &m
	c.id, _ = m.Option(message.OptClientID)
	if p.id == nil {
		c.id = nil
	}
	return &c
}

// ethernet is the hardware type of RFC 1700.
const ethernet = 1

// relayed reports whether a relay agent sent the packet.
func (p *packet) relayed() bool { return !p.GIAddr.IsUnspecified() }

// unicast reports whether the packet was sent to one of our addresses.
func (p *packet) unicast() bool { return p.Dst.IsValid() && p.own(p.Dst) }

func (p *packet) own(ip netip.Addr) bool {
	for _, a := range p.addrs {
		if a.Addr() == ip {
			return true
		}
	}
	return false
}

// ours reports whether a server identifier means this server: one of its
// addresses, or what the relay told it to call itself (RFC 5107).
func (p *packet) ours(id netip.Addr) bool {
	return id.IsValid() && (p.own(id) || p.override() == id)
}

// override is the server identifier override of RFC 5107, invalid if none.
func (p *packet) override() netip.Addr {
	if v, ok := p.Relay(11); ok && len(v) == 4 && p.relayed() {
		return netip.AddrFrom4([4]byte(v))
	}
	return netip.Addr{}
}

// plausibleRelay keeps the server from sending answers to whatever address a
// stranger writes into giaddr.
func (p *packet) plausibleRelay() bool {
	if p.own(p.GIAddr) {
		return false
	}
	for _, s := range p.ifc.subnets {
		if s.Prefix.Contains(p.GIAddr) {
			return s.station(p.GIAddr)
		}
	}
	return p.GIAddr.IsPrivate()
}

// link finds the address that says which network the client is on, invalid if
// it is the link the packet came in by.
func (p *packet) link() netip.Addr {
	// RFC 3527 3: the relay's link selection goes before giaddr.
	if v, ok := p.Relay(5); ok && len(v) == 4 && p.relayed() {
		return netip.AddrFrom4([4]byte(v))
	}
	// RFC 3011: so does the subnet selection option of a proxy.
	if ip := p.Addr(message.OptSubnetSelect); ip.IsValid() {
		return ip
	}
	if p.relayed() {
		return p.GIAddr // RFC 2131 4.3.1
	}
	// A renewal from behind a relay comes straight from the client (RFC 2131
	// 4.3.2 RENEWING); only its address tells the network.
	if !p.CIAddr.IsUnspecified() && p.unicast() {
		return p.CIAddr
	}
	return netip.Addr{}
}

// subnets lists those the client can be on, and the address to answer from.
func (p *packet) subnets() (on []*subnet, server netip.Addr) {
	via := p.link()
	for _, s := range p.ifc.subnets {
		if via.IsValid() {
			if s.Prefix.Contains(via) {
				on = append(on, s)
			}
			continue
		}
		for _, a := range p.addrs {
			if s.Prefix.Contains(a.Addr()) {
				on = append(on, s)
				break
			}
		}
	}
	return on, p.server(on)
}

// server picks the server identifier: the address the client already talks to,
// else one on its own subnet, else the interface's first (RFC 2131 4.1).
func (p *packet) server(on []*subnet) netip.Addr {
	if ip := p.override(); ip.IsValid() {
		return ip
	}
	if p.unicast() {
		return p.Dst
	}
	for _, s := range on {
		for _, a := range p.addrs {
			if s.Prefix.Contains(a.Addr()) {
				return a.Addr()
			}
		}
	}
	if len(p.addrs) > 0 {
		return p.addrs[0].Addr()
	}
	return netip.Addr{}
}

// source is the IP address to send from: the server identifier unless that is
// a relay's.
func (p *packet) source(server netip.Addr) netip.Addr {
	if p.own(server) || len(p.addrs) == 0 {
		return server
	}
	if p.unicast() {
		return p.Dst
	}
	return p.addrs[0].Addr()
}

func (p *packet) optionClient() option.Client {
	c := option.Client{Get: p.Option}
	if p.HType == ethernet {
		c.MAC = p.CHAddr
	}
	return c
}

// ask describes the client to the address book.
func (p *packet) ask(book *lease.Allocator, s *subnet) lease.Ask {
	a := lease.Ask{Client: p.client, MAC: p.mac, Want: p.Addr(message.OptRequestedIP)}
	if p.relayed() {
		a.Relay, _ = p.Option(message.OptRelayInfo)
	}
	a.Fixed, a.HasFixed = book.Reserved(s.Prefix, p.CHAddr, p.id)
	return a
}

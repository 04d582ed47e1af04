package dhcp

import (
	"encoding/binary"
	"net/netip"

	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// header starts a reply with the fields that every one copies (RFC 2131 table
// 3).
func (p *packet) header(t message.Type, server netip.Addr) *message.Reply {
	r := &message.Reply{
		HType: p.HType, HLen: p.HLen, XID: p.XID, Flags: p.Flags & message.FlagBroadcast,
		GIAddr: p.GIAddr, CHAddr: p.CHAddr, Type: t, MaxSize: p.MaxSize(p.mtu),
	}
	if t == message.None {
		// RFC 1534 2: a BOOTREPLY keeps to the size of BOOTP, which is that of
		// the client's own message where that is larger.
		r.MaxSize = p.Size
	} else {
		r.Required = append(r.Required, message.Option{Code: message.OptServerID, Data: server.AsSlice()})
	}
	if v, ok := p.Option(message.OptClientID); ok && len(v) > 0 {
		// RFC 6842 3: what the client sent, even one too short to identify it,
		// and nothing if it sent none.
		r.Required = append(r.Required, message.Option{Code: message.OptClientID, Data: v})
	}
	if v, ok := p.Option(message.OptRelayInfo); ok {
		r.RelayInfo = v // RFC 3046 2.2
	}
	if v, ok := p.Option(message.OptSubnetSelect); ok && len(v) == 4 {
		// RFC 3011 2: a server that used it says so.
		r.Required = append(r.Required, message.Option{Code: message.OptSubnetSelect, Data: v})
	}
	return r
}

// timers adds the lease time and T1, T2 at 1/2 and 7/8 of it (RFC 2131 4.4.5).
func timers(r *message.Reply, seconds uint32) {
	for _, o := range []struct {
		code byte
		v    uint32
	}{{message.OptLeaseTime, seconds}, {message.OptT1, seconds / 2}, {message.OptT2, uint32(uint64(seconds) * 7 / 8)}} {
		r.Required = append(r.Required, message.Option{Code: o.code, Data: binary.BigEndian.AppendUint32(nil, o.v)})
	}
}

// configure adds the options of the subnet and of the vendor rules: those the
// client asks for, in its order (RFC 2132 9.8), or all if it does not say.
func (p *packet) configure(r *message.Reply, s *subnet, hostname string, rules option.Result) {
	have := make([]message.Option, len(s.base), len(s.base)+len(rules.Options)+1)
	copy(have, s.base)
	if hostname != "" {
		have = setOption(have, message.OptHostname, []byte(hostname))
	}
	for _, o := range rules.Options {
		have = setOption(have, o.Code, o.Data)
	}
	r.SIAddr, r.File = rules.NextServer, rules.Filename
	asked, ok := p.Option(message.OptParameters)
	if !ok || len(asked) == 0 {
		r.Optional = have
		return
	}
	// The mask goes to everybody who gets an address and before the routers
	// (RFC 2132 3.3). Vendor information answers a vendor class even if it is
	// not asked for (RFC 2132 9.13).
	_, classed := p.Option(message.OptVendorClass)
	var sent [256]bool
	take := func(code byte) {
		if sent[code] {
			return
		}
		sent[code] = true
		for _, o := range have {
			if o.Code == code {
				r.Optional = append(r.Optional, o)
			}
		}
	}
	take(message.OptSubnetMask)
	for _, code := range asked {
		take(code)
	}
	if classed {
		for _, o := range rules.Options {
			if o.Code == message.OptVendorInfo {
				take(o.Code)
			}
		}
	}
}

// dest is where a reply to this packet goes, RFC 2131 4.1.
func (p *packet) dest(set *settings, r *message.Reply, server netip.Addr) wire.Dest {
	d := wire.Dest{From: p.source(server)}
	switch {
	case set.Loopback:
		d.To = p.Src
	case p.relayed():
		// "to the relay agent, port 67"; it may ask us to broadcast the NAK.
		d.To = netip.AddrPortFrom(p.GIAddr, set.Port)
	case r.Type == message.Nak:
		d.To = netip.AddrPortFrom(broadcast, set.ClientPort)
	case !p.CIAddr.IsUnspecified() && (r.YIAddr == p.CIAddr || p.Type == message.Inform):
		// Only an address that was found to be the client's: a DISCOVER with
		// a ciaddr would otherwise make us send to anybody.
		d.To = netip.AddrPortFrom(p.CIAddr, set.ClientPort)
	case p.Type == message.Inform:
		// 4.3.5 wants ciaddr; a client that left it out has a source address.
		d.To = netip.AddrPortFrom(p.Src.Addr(), set.ClientPort)
	case p.Broadcast() || p.HType != ethernet || r.YIAddr.IsUnspecified():
		d.To = netip.AddrPortFrom(broadcast, set.ClientPort)
	default:
		d.To = netip.AddrPortFrom(r.YIAddr, set.ClientPort)
		d.HW = append([]byte(nil), p.CHAddr...)
	}
	return d
}

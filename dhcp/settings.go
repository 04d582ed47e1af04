package dhcp

import (
	"encoding/binary"
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
)

// settings is a Config made ready for deciding. It is never changed.
type settings struct {
	Config
	byName  map[string]*iface
	blocked map[string]bool
	rules   *option.Memo // of Config.Rules
}

type iface struct {
	name    string
	subnets []*subnet
}

type subnet struct {
	Subnet
	seconds uint32 // LeaseTime
	base    []message.Option
}

// compile prepares a valid Config.
func compile(c Config) (*settings, error) {
	s := &settings{Config: c.withDefaults(), byName: map[string]*iface{}, blocked: map[string]bool{}}
	if s.Rules == nil {
		t, err := option.Builtin()
		if err != nil {
			return nil, err
		}
		s.Rules = t
	}
	if s.Values == nil {
		s.Values = func(_ netip.Prefix, server netip.Addr) option.Values {
			return option.Values{TFTPHost: server.String(), TFTPIP: server}
		}
	}
	s.rules = option.NewMemo(s.Rules)
	for _, m := range c.Blocked {
		b, err := lease.ParseMAC(m)
		if err != nil {
			return nil, err
		}
		s.blocked[string(b)] = true
	}
	for _, ic := range c.Interfaces {
		i := &iface{name: ic.Name}
		for _, sc := range ic.Subnets {
			i.subnets = append(i.subnets, newSubnet(sc))
		}
		s.byName[ic.Name] = i
	}
	return s, nil
}

func newSubnet(c Subnet) *subnet {
	if c.LeaseTime == 0 {
		c.LeaseTime = time.Hour
	}
	s := &subnet{Subnet: c, seconds: uint32(c.LeaseTime / time.Second)}
	add := func(code byte, data []byte) {
		if len(data) > 0 {
			s.base = setOption(s.base, code, data)
		}
	}
	// RFC 2132 3.3: the mask comes before the routers.
	add(message.OptSubnetMask, binary.BigEndian.AppendUint32(nil, ^uint32(0)<<(32-c.Prefix.Bits())))
	add(message.OptRouter, join(c.Routers))
	add(message.OptDNS, join(c.DNS))
	add(message.OptDomain, []byte(c.Domain))
	add(message.OptBroadcast, lease.Broadcast(c.Prefix).AsSlice())
	add(message.OptNTP, join(c.NTP))
	for _, o := range c.Options {
		add(o.Code, o.Data)
	}
	return s
}

// station reports whether an address of the subnet can be a single machine's.
// Kernels take the network's own address for a broadcast address too.
func (s *subnet) station(ip netip.Addr) bool {
	return ip != s.Prefix.Addr() && ip != lease.Broadcast(s.Prefix)
}

// setOption replaces an option or appends it.
func setOption(opts []message.Option, code byte, data []byte) []message.Option {
	for i := range opts {
		if opts[i].Code == code {
			opts[i].Data = data
			return opts
		}
	}
	return append(opts, message.Option{Code: code, Data: data})
}

func join(ips []netip.Addr) []byte {
	var out []byte
	for _, ip := range ips {
		out = append(out, ip.AsSlice()...)
	}
	return out
}

// pools lists what the address book needs to know.
func (s *settings) pools() []lease.Pool {
	var out []lease.Pool
	for _, i := range s.Interfaces {
		for _, n := range i.Subnets {
			out = append(out, n.pool())
		}
	}
	return out
}

// term is the lease time for a client that asks for one (RFC 2131 4.3.1).
func (s *subnet) term(m *message.Message) uint32 {
	want, ok := m.Uint32(message.OptLeaseTime)
	if !ok || want >= s.seconds {
		return s.seconds
	}
	return max(want, min(s.seconds, uint32(MinLeaseTime/time.Second)))
}

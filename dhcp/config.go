package dhcp

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// Mode says what the server does with the packets it hears.
type Mode int

const (
	// ModeServer answers.
	ModeServer Mode = iota
	// ModeObserve never sends anything: it learns phones from the broadcasts
	// of a LAN whose router keeps DHCP.
	ModeObserve
)

// Serve says which clients of a subnet are answered.
type Serve int

const (
	// ServePhones answers clients of a known vendor class or address block
	// and those with a reservation, as Wazo's closed pools do (spec/dhcp.md
	// section 4.3).
	ServePhones Serve = iota
	// ServeAll answers everybody.
	ServeAll
)

// Config is what the server is told. The zero value of every number is its
// default.
type Config struct {
	// Mode is whether to answer or only to listen.
	Mode Mode
	// Interfaces lists where to listen, each name once.
	Interfaces []Interface
	// Rules are the vendor rules; the built-in ones if nil.
	Rules *option.Table
	// Values returns what the rules' placeholders stand for, given the subnet
	// of the client and the address the server answers from, so that URLs can
	// follow the interface's own address. It is called for every answer, by
	// several goroutines, and must neither block nor call the server. If nil, the server's address is
	// the TFTP host and there is no URL.
	Values func(subnet netip.Prefix, server netip.Addr) option.Values
	// Blocked lists hardware addresses that are never answered.
	Blocked []string
	// Limits bounds offers and leases of strangers.
	Limits lease.Limits

	// Port is where the server listens (default 67), ClientPort where clients
	// do (default 68).
	Port, ClientPort uint16
	// Loopback is for runs without privileges: no capability is used, and
	// every answer goes back to the address and port the packet came from.
	Loopback bool

	// RapidCommit answers the DISCOVER of a known client that asks for it with
	// an ACK (RFC 4039).
	RapidCommit bool
	// ProbeWait is how long to wait for somebody to answer from an address
	// before it is offered to a new client; default 200 ms, negative for no
	// probing.
	ProbeWait time.Duration
	// DeclineHold is how long an address stays out of use after a DECLINE or
	// a conflict; default 10 minutes.
	DeclineHold time.Duration
	// DeclineLimit is how many DECLINEs of one client within a minute make the
	// server ignore it for DeclineHold; default 5.
	DeclineLimit int
	// RogueCheck is how often other DHCP servers are looked for; default 5
	// minutes, negative for never.
	RogueCheck time.Duration
	// RatePerClient is how many packets of one hardware address are looked at
	// per second; default 10.
	RatePerClient int
	// Workers decide in parallel (default 4); Queue packets wait for them
	// (default 1024), the oldest being dropped when there are more.
	Workers, Queue int
}

// Interface is one network interface and the subnets reached through it.
type Interface struct {
	// Name is the kernel's name, like eth0. It need not exist yet.
	Name string
	// Subnets are chosen by the interface's own addresses for clients on the
	// link, by giaddr or link selection for clients behind relays.
	Subnets []Subnet
}

// Subnet is one subnet's addresses and options.
type Subnet struct {
	// Prefix is the subnet, without host bits.
	Prefix netip.Prefix
	// Pools are the dynamic addresses; none serves reservations only.
	Pools []lease.Range
	// Routers, DNS and NTP are options 3, 6 and 42, not sent when empty.
	Routers, DNS, NTP []netip.Addr
	// Domain is option 15.
	Domain string
	// LeaseTime is what clients get, unless they ask for less; default 1 hour.
	LeaseTime time.Duration
	// Serve says who is answered.
	Serve Serve
	// Reservations fix addresses, inside or outside the pools.
	Reservations []lease.Reservation
	// Options are sent to every client of the subnet that asks for them, and
	// give way to the vendor rules.
	Options []option.Option
	// NotAuthoritative keeps the server from sending NAKs to clients it does
	// not know, for LANs with another DHCP server.
	NotAuthoritative bool
}

// MaxLeaseTime is the longest lease; MinLeaseTime is the shortest that a
// client can ask for, so that nobody makes the store write all the time.
const (
	MaxLeaseTime = 365 * 24 * time.Hour
	MinLeaseTime = 5 * time.Minute
)

func (c Config) withDefaults() Config {
	if c.Port == 0 {
		c.Port = 67
	}
	if c.ClientPort == 0 {
		c.ClientPort = 68
	}
	if c.ProbeWait == 0 {
		c.ProbeWait = 200 * time.Millisecond
	}
	if c.DeclineHold <= 0 {
		c.DeclineHold = 10 * time.Minute
	}
	if c.DeclineLimit <= 0 {
		c.DeclineLimit = 5
	}
	if c.RogueCheck == 0 {
		c.RogueCheck = rogueEvery
	}
	if c.RatePerClient <= 0 {
		c.RatePerClient = 10
	}
	if c.Workers <= 0 {
		c.Workers = 4
	}
	if c.Queue <= 0 {
		c.Queue = 1024
	}
	return c
}

var domainName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// Validate reports every problem at once, each beginning with the place in
// the settings it is about.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if c.Mode != ModeServer && c.Mode != ModeObserve {
		bad("mode: unknown mode %d", int(c.Mode))
	}
	if len(c.Interfaces) == 0 {
		bad("interfaces: none given, nothing to listen on")
	}
	for _, m := range c.Blocked {
		if _, err := lease.ParseMAC(m); err != nil {
			bad("blocked: %w", err)
		}
	}
	names := map[string]bool{}
	var prefixes []netip.Prefix
	for i, ifc := range c.Interfaces {
		at := fmt.Sprintf("interfaces[%d]", i)
		if ifc.Name == "" || len(ifc.Name) > 15 {
			bad("%s: name %q is not an interface name", at, ifc.Name)
		}
		if names[ifc.Name] {
			bad("%s: interface %s is given twice", at, ifc.Name)
		}
		names[ifc.Name] = true
		if len(ifc.Subnets) == 0 && c.Mode != ModeObserve {
			bad("%s: interface %s has no subnets", at, ifc.Name)
		}
		for j, s := range ifc.Subnets {
			at := fmt.Sprintf("%s.subnets[%d]", at, j)
			for _, p := range prefixes {
				if p.Overlaps(s.Prefix) {
					bad("%s: subnet %s overlaps subnet %s", at, s.Prefix, p)
				}
			}
			prefixes = append(prefixes, s.Prefix)
			for _, err := range s.problems() {
				bad("%s: %w", at, err)
			}
		}
	}
	return errors.Join(errs...)
}

// maxAddresses bounds the lists of a subnet so that a reply always fits.
const maxAddresses = 8

func (s Subnet) problems() []error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if err := s.pool().Validate(); err != nil {
		if j, ok := err.(interface{ Unwrap() []error }); ok {
			errs = append(errs, j.Unwrap()...)
		} else {
			errs = append(errs, err)
		}
	}
	for _, l := range []struct {
		name string
		ips  []netip.Addr
	}{{"router", s.Routers}, {"dns", s.DNS}, {"ntp", s.NTP}} {
		if len(l.ips) > maxAddresses {
			bad("%s: %d addresses, at most %d are sent", l.name, len(l.ips), maxAddresses)
		}
		for _, ip := range l.ips {
			switch {
			case !ip.Is4() || ip.IsUnspecified():
				bad("%s: %q is not an IPv4 address", l.name, ip)
			case ip.IsMulticast() || ip == broadcast:
				bad("%s: %s is not the address of one machine", l.name, ip)
			case l.name == "router" && s.Prefix.IsValid() && !s.Prefix.Contains(ip):
				bad("router: %s is outside the subnet %s", ip, s.Prefix)
			case l.name == "router" && s.Prefix.IsValid() && (ip == s.Prefix.Masked().Addr() || ip == lease.Broadcast(s.Prefix)):
				bad("router: %s is not a host address of the subnet %s", ip, s.Prefix)
			}
		}
	}
	if s.LeaseTime < 0 || s.LeaseTime > MaxLeaseTime || s.LeaseTime > 0 && s.LeaseTime < time.Second {
		bad("lease_time: %s is not between 1s and %s", s.LeaseTime, MaxLeaseTime)
	}
	if s.Domain != "" && !domainName.MatchString(s.Domain) {
		bad("domain: %q is not a domain name", s.Domain)
	}
	if s.Serve != ServePhones && s.Serve != ServeAll {
		bad("serve: unknown value %d", int(s.Serve))
	}
	for _, r := range s.Reservations {
		if r.Hostname != "" && (len(r.Hostname) > 63 || !domainName.MatchString(r.Hostname)) {
			bad("reservation %s: hostname %q is not a host name", r.IP, r.Hostname)
		}
	}
	for _, o := range s.Options {
		if o.Code == 0 || o.Code == 255 || len(o.Data) == 0 || len(o.Data) > 1024 {
			bad("option %d: %d bytes cannot be sent", o.Code, len(o.Data))
		}
	}
	return errs
}

func (s Subnet) pool() lease.Pool {
	return lease.Pool{Prefix: s.Prefix, Ranges: s.Pools, Reservations: s.Reservations, Exclude: s.Routers}
}

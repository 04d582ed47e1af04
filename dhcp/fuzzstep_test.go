package dhcp

import (
	"encoding/binary"
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

// FuzzServe's input is a script for a live server: a sequence of chunks, each
// begun by two bytes. With the first bit clear they are the length of a packet
// that follows, with the first bit set they are a step: its code and its
// argument. Steps are what happens to a server beside packets.
const (
	stepClock   = iota // time goes by: fuzzTimes
	stepTick           // the interfaces are looked at, arg times
	stepPace           // 1: the steps that follow come without a break; 0: each one is waited for
	stepStore          // what the store does: storeOK and so on
	stepSquat          // who uses addresses: fuzzSquat
	stepSend           // 1: the kernel takes no packet; 0: it does again
	stepApply          // other settings: fuzzSettings
	stepForce          // FORCERENEW for one address
	stepForget         // one lease deleted
	stepFix            // one lease made a reservation; with 0x80, one that cannot be stored
	stepServer         // another DHCP server says what follows
	stepSight          // a station seen by ARP
	stepLink           // what the interface does: linkOK and so on
	stepHear           // 1: the receivers hang; 0: they go on
	stepRepeat         // the next packet comes many times
	stepFrom           // where packets come from: fuzzMetas
	stepView           // what a page asks for
	stepCrowd          // a table of strangers is full
	stepRestart        // the server ends and another one starts
	stepStop           // the server ends, with what comes after it under way
	stepSleep          // what waits for a moment gets it
	steps
)

// What the store does.
const (
	storeOK    = iota
	storeFull  // every write fails
	storeSlow  // every write hangs until another step, or until it is cancelled
	storePanic // every write panics
	storeModes
)

// What an interface does.
const (
	linkOK   = iota
	linkGone // the look at it fails
	linkBare // it has no address
	linkNone // it cannot be opened
	linkCut  // reading from it fails
	linkDeaf // it can be opened, but not listened to beside DHCP
	linkTwo  // it has two addresses
	linkElse // its address is of no subnet
	linkModes
)

var fuzzTimes = []time.Duration{time.Second, 31 * time.Second, 5 * time.Minute, 11 * time.Minute, time.Hour / 2, time.Hour, 3 * time.Hour, 32 * 24 * time.Hour}

// fuzzMetas are the ways a packet comes in: the interface and its header.
var fuzzMetas = []struct {
	name string
	meta wire.Meta
}{
	{"eth0", wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast}},
	{"eth0", wire.Meta{Src: netip.MustParseAddrPort("10.0.0.50:68"), Dst: ip("10.0.0.2")}},
	{"eth0", wire.Meta{Src: netip.MustParseAddrPort("10.1.0.1:67"), Dst: ip("10.0.0.2")}},
	{"eth0", wire.Meta{Src: netip.MustParseAddrPort("10.0.0.50:68"), Dst: broadcast}},
	{"eth1", wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast}},
}

// fuzzPackets bounds the packets of one input, so that one is quick to run.
const fuzzPackets = maxJobs + 2*maxBatch

// fuzzStart is the configuration that a server starts with.
func fuzzStart(variant byte) Config {
	c := testConfig()
	c.RatePerClient = 1 << 20
	switch variant % 8 {
	case 1:
		c.Mode = ModeObserve
	case 2:
		c.Workers, c.Queue = 1, 1
	case 3:
		c.Loopback = true
	case 4:
		c.RatePerClient, c.DeclineLimit = 3, 2
	case 5:
		c.ProbeWait, c.RogueCheck = -1, -1
		c.Interfaces[0].Subnets[0].Serve = ServeAll
	}
	return c
}

// fuzzChoices is how many settings there are to change to.
const fuzzChoices = 12

// fuzzSettings is what settings are changed to while the server runs. Every
// one keeps the reservation of the reserved phone.
func fuzzSettings(c Config, arg byte) Config {
	lan, far := c.Interfaces[0].Subnets[0], c.Interfaces[0].Subnets[1]
	switch arg % fuzzChoices {
	case 1:
		return Config{}
	case 2:
		c.Mode = 1 - c.Mode
	case 3:
		c.Blocked = []string{lease.FormatMAC(otherMAC)}
		lan.NotAuthoritative, lan.Serve = true, ServeAll
		c.Limits = lease.Limits{PerMAC: 1, PerRelay: 1, Offers: 2}
		c.RapidCommit = false
	case 4:
		lan.Pools = []lease.Range{{Start: ip("10.0.0.55"), End: ip("10.0.0.64")}}
	case 5:
		c.Interfaces[0].Subnets = []Subnet{lan}
		return c
	case 6, 7:
		c.Interfaces = append(c.Interfaces, Interface{Name: "eth1", Subnets: []Subnet{
			{Prefix: prefix("10.5.0.0/24"), Pools: []lease.Range{{Start: ip("10.5.0.50"), End: ip("10.5.0.59")}}, Serve: ServeAll},
		}})
		if arg%fuzzChoices == 7 {
			c.Interfaces = c.Interfaces[1:]
			return c
		}
	case 8:
		lan.Reservations = append(lan.Reservations[:1:1], lease.Reservation{MAC: lease.FormatMAC(phoneMAC), IP: ip("10.0.0.51")})
	case 9:
		c.RatePerClient, c.DeclineLimit, c.ProbeWait = 2, 1, -1
	case 10:
		// Such a bug must cost its packet, not the server.
		c.Values = func(p netip.Prefix, _ netip.Addr) option.Values {
			if p == far.Prefix {
				panic("values")
			}
			return option.Values{}
		}
	case 11:
		lan.Options = []option.Option{{Code: 224, Data: make([]byte, 700)}, {Code: 225, Data: make([]byte, 700)}, {Code: 226, Data: make([]byte, 700)}}
	}
	c.Interfaces[0].Subnets = []Subnet{lan, far}
	return c
}

// fuzzChunk is a packet or a step of a script.
func fuzzChunk(step any) []byte {
	switch v := step.(type) {
	case req:
		return fuzzChunk(v.bytes())
	case []byte:
		return append(binary.BigEndian.AppendUint16(nil, uint16(len(v))), v...)
	case [2]int:
		return []byte{0x80 | byte(v[0]), byte(v[1])}
	}
	panic("neither a packet nor a step")
}

package dhcp

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"

	"provbox/dhcp/message"
)

// The operations of an Observation.
const (
	// OpCommit: the client was given the address, or extended it; in observe
	// mode, it asked somebody for it.
	OpCommit = "commit"
	// OpSeen: the client uses the address (an ARP packet in observe mode).
	// There are no options.
	OpSeen = "seen"
)

// Observation is what one completed exchange tells about a client. It takes
// the place of dxtorc and dxtora (spec/dhcp.md section 2).
type Observation struct {
	// Op is OpCommit or OpSeen.
	Op string
	// Time is when the packet was decided on.
	Time time.Time
	// Interface is where the packet came in.
	Interface string
	// MAC is the hardware address in lower-case colon form.
	MAC string
	// IP is the client's address.
	IP netip.Addr
	// Phone tells that the vendor rules know the client as a phone: by its
	// class or its address block.
	Phone bool
	// Options holds the client's options in raw bytes, as sent: 60 and 77
	// with a trailing NUL if there was one, 55, 12, 61, 82 and so on. The
	// receiver owns the map.
	Options map[byte][]byte
}

// Observer is told of every ACK, from one goroutine and some time after it was
// sent. It may block: what does not fit the queue in the meantime is dropped
// and counted, and the DHCP answers are never delayed.
type Observer interface {
	Observe(ctx context.Context, o Observation)
}

// MessageServer is the Message of an event about another DHCP server.
const MessageServer = "SERVER"

// Event is one line of the journal: a packet and what became of it.
type Event struct {
	Time      time.Time
	Interface string
	// Message is the client's message type (DISCOVER, REQUEST, ...); CONFLICT
	// for an address found in use, MessageServer for another DHCP server, and
	// empty for an event of the server.
	Message string
	// Reply is OFFER, ACK, NAK or empty for silence; FORCERENEW, without a
	// Message, when the server speaks first.
	Reply string
	// MAC and IP may be empty or invalid when the event is about neither.
	MAC string
	IP  netip.Addr
	// XID ties the messages of one exchange together.
	XID uint32
	// Rules, Vendor and Sent tell what the vendor rules did: their names, the
	// vendor, and the provisioning address the phone was sent.
	Rules  []string
	Vendor string
	Sent   string
	// Reason says in a few words how it came to this.
	Reason string
	// Err is set when something went wrong that is worth a warning.
	Err error
}

// Journal receives events under the same conditions as an Observer.
type Journal interface {
	DHCP(ctx context.Context, e Event)
}

// pump hands values to a slow receiver through a bounded queue.
type pump[T any] struct {
	ch      chan T
	dropped atomic.Uint64
}

func newPump[T any](size int) *pump[T] { return &pump[T]{ch: make(chan T, size)} }

func (p *pump[T]) put(v T) {
	select {
	case p.ch <- v:
	default:
		p.dropped.Add(1)
	}
}

// run delivers until the queue is closed and empty.
func (p *pump[T]) run(to func(T)) {
	for v := range p.ch {
		to(v)
	}
}

// observation copies what identification needs out of the packet.
func observation(p *packet, ip netip.Addr, phone bool, now time.Time) Observation {
	o := Observation{
		Op: OpCommit, Time: now, Interface: p.ifc.name, MAC: p.mac, IP: ip, Phone: phone,
		Options: make(map[byte][]byte, len(p.Options)),
	}
	for _, opt := range p.Options {
		o.Options[opt.Code] = append([]byte{}, opt.Data...)
	}
	return o
}

// event describes a decision to the journal.
func event(p *packet, d *decision, now time.Time) Event {
	e := Event{
		Time: now, Interface: p.ifc.name, Message: p.Type.String(), MAC: p.mac, IP: d.ip, XID: p.XID,
		Rules: d.rules.Rules, Vendor: d.rules.Vendor, Sent: d.rules.Sent, Reason: d.why,
	}
	if d.reply != nil {
		e.Reply = d.reply.Type.String()
	}
	if !e.IP.IsValid() {
		switch {
		case !p.CIAddr.IsUnspecified():
			e.IP = p.CIAddr
		default:
			e.IP = p.Addr(message.OptRequestedIP)
		}
	}
	return e
}

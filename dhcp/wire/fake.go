package wire

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Sent is a packet that was written to a Fake.
type Sent struct {
	Data []byte
	To   Dest
}

// Fake is a Conn for tests: packets go in by Deliver and come out on Sent.
// It is safe for concurrent use.
type Fake struct {
	// Sent receives every written packet; Write blocks while it is full, so a
	// test reads it or makes it large.
	Sent chan Sent

	in   chan delivery
	done chan struct{}
	once sync.Once

	calling sync.Mutex // held while watch or hear is called: Close waits for them
	closed  bool

	mu     sync.Mutex
	addrs  []netip.Prefix
	inUse  map[netip.Addr]string
	probes []netip.Addr
	broken error
	watch  func(net.HardwareAddr, netip.Addr)
	hear   func(net.HardwareAddr, netip.Addr, []byte)
	asked  [][]byte
}

type delivery struct {
	data []byte
	meta Meta
}

// NewFake returns an interface with these addresses.
func NewFake(addrs ...netip.Prefix) *Fake {
	return &Fake{
		Sent: make(chan Sent, 1024), in: make(chan delivery), done: make(chan struct{}),
		addrs: addrs, inUse: map[netip.Addr]string{},
	}
}

// Deliver hands a packet to the reader and returns when it was read, false
// after Close.
func (f *Fake) Deliver(b []byte, m Meta) bool {
	select {
	case f.in <- delivery{slices.Clone(b), m}:
		return true
	case <-f.done:
		return false
	}
}

// Read implements the server's side.
func (f *Fake) Read(b []byte) (int, Meta, error) {
	select {
	case d := <-f.in:
		return copy(b, d.data), d.meta, nil
	case <-f.done:
		return 0, Meta{}, net.ErrClosed
	}
}

// Write implements the server's side.
func (f *Fake) Write(b []byte, d Dest) error {
	select {
	case f.Sent <- Sent{slices.Clone(b), d}:
		return nil
	case <-f.done:
		return net.ErrClosed
	}
}

// Addrs implements the server's side.
func (f *Fake) Addrs() []netip.Prefix {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.addrs)
}

// SetAddrs changes the interface's addresses.
func (f *Fake) SetAddrs(addrs ...netip.Prefix) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addrs = addrs
}

// MTU implements the server's side.
func (f *Fake) MTU() int { return 1500 }

// Check implements the server's side; Break sets what it returns.
func (f *Fake) Check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// Break makes Check fail, as for an interface that was removed.
func (f *Fake) Break(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = err
}

// Squat makes probes find somebody at ip; "" ends it.
func (f *Fake) Squat(ip netip.Addr, who string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inUse[ip] = who
}

// Probes lists the addresses that were asked about.
func (f *Fake) Probes() []netip.Addr {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.probes)
}

// Probe implements the server's side without waiting.
func (f *Fake) Probe(ip netip.Addr, _ time.Duration) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probes = append(f.probes, ip)
	return f.inUse[ip], nil
}

// WatchARP implements the server's side; Sight makes it hear something.
func (f *Fake) WatchARP(watch func(net.HardwareAddr, netip.Addr)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watch = watch
	return nil
}

// Sight is an ARP packet of a station, which only a Fake that is watched and
// open hears.
func (f *Fake) Sight(mac net.HardwareAddr, ip netip.Addr) {
	f.calling.Lock()
	defer f.calling.Unlock()
	f.mu.Lock()
	watch := f.watch
	f.mu.Unlock()
	if watch != nil && !f.closed {
		watch(mac, ip)
	}
}

// HearServers implements the server's side; Answer makes it hear something.
func (f *Fake) HearServers(hear func(net.HardwareAddr, netip.Addr, []byte)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hear = hear
	return nil
}

// Answer is what another DHCP server sends to a client on the link.
func (f *Fake) Answer(mac net.HardwareAddr, from netip.Addr, payload []byte) {
	f.calling.Lock()
	defer f.calling.Unlock()
	f.mu.Lock()
	hear := f.hear
	f.mu.Unlock()
	if hear != nil && !f.closed {
		hear(mac, from, payload)
	}
}

// AskServers implements the server's side; Asked tells what was sent.
func (f *Fake) AskServers(b []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, slices.Clone(b))
	return nil
}

// Asked takes the packets that AskServers was given.
func (f *Fake) Asked() [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.asked
	f.asked = nil
	return out
}

// Close ends Read, Write and Deliver; nothing is sighted or answered any more
// when it returns.
func (f *Fake) Close() error {
	f.once.Do(func() { close(f.done) })
	f.calling.Lock()
	defer f.calling.Unlock()
	f.closed = true
	return nil
}

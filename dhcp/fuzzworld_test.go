package dhcp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// LoadLeases implements lease.Store.
func (o *fuzzOracle) LoadLeases(context.Context) ([]lease.Lease, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []lease.Lease
	for _, l := range o.leases {
		out = append(out, l)
	}
	return out, o.refuses
}

// works is what every write does first.
func (o *fuzzOracle) works(ctx context.Context) error {
	o.mu.Lock()
	mode, gate := o.store, o.gate
	o.failed = o.failed || mode != storeOK // a slow one may be given up
	o.mu.Unlock()
	switch mode {
	case storeFull:
		return errors.New("no space left on device")
	case storePanic:
		panic("store")
	case storeSlow:
		return o.hang(ctx, gate)
	}
	return nil
}

// PutLeases implements lease.Store.
func (o *fuzzOracle) PutLeases(ctx context.Context, ls []lease.Lease) error {
	if err := o.works(ctx); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range ls {
		if err := l.Validate(); err != nil {
			o.t.Errorf("a record that cannot be loaded again: %v", err)
		}
		o.replaced(l)
		o.drop(l.IP)
		o.leases[l.IP] = l
		if l.State != lease.Bound {
			continue
		}
		o.durable[held{l.IP, l.Client()}] = durable{until: l.Expires}
		delete(o.left, held{l.IP, l.Client()})
		// A client has one lease in a subnet; the new one ends the old one.
		for a, old := range o.leases {
			if a != l.IP && old.Client() == l.Client() && a.As4()[1] == l.IP.As4()[1] {
				o.left[held{a, l.Client()}] = true
				delete(o.promised, a)
			}
		}
	}
	return nil
}

// replaced checks that a record does not take the place of another client's
// that is in time. An ACK for that one may not have been sent yet.
func (o *fuzzOracle) replaced(l lease.Lease) {
	old, ok := o.leases[l.IP]
	c := old.Client()
	if !ok || old.State != lease.Bound || c == l.Client() || !o.clock.Before(old.Granted.Add(time.Duration(old.Seconds)*time.Second)) {
		return
	}
	if o.left[held{l.IP, c}] || o.ending[held{l.IP, c}] || o.ending[held{l.IP, ""}] || o.fixed[l.IP] && old.MAC == l.MAC {
		return
	}
	o.t.Errorf("%s of %x is %s for %x now, after %s", l.IP, c, l.State, l.Client(), o.clock.Sub(old.Granted))
}

// DeleteLeases implements lease.Store.
func (o *fuzzOracle) DeleteLeases(ctx context.Context, ips []netip.Addr) error {
	if err := o.works(ctx); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range ips {
		o.drop(a)
		delete(o.leases, a)
	}
	return nil
}

// drop notes that a record is not on disk any more. An answer that it covered
// may still be on its way.
func (o *fuzzOracle) drop(a netip.Addr) {
	for h, d := range o.durable {
		if h.ip == a {
			d.gone = true
			o.durable[h] = d
		}
	}
}

func (o *fuzzOracle) setStore(mode int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.store == storeSlow {
		close(o.gate)
	}
	if o.store = mode; mode == storeSlow {
		o.gate = make(chan struct{})
	}
}

// PutReservation implements Reservations.
func (o *fuzzOracle) PutReservation(_ context.Context, subnet netip.Prefix, r lease.Reservation) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !subnet.Contains(r.IP) {
		o.t.Errorf("reservation of %s for %s", r.IP, subnet)
	}
	if o.fixFails {
		return errors.New("read-only")
	}
	o.fixed[r.IP] = true
	return nil
}

func (o *fuzzOracle) setFix(fails bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fixFails = fails
}

// Observe implements Observer.
func (o *fuzzOracle) Observe(ctx context.Context, obs Observation) {
	o.hear(ctx)
	if obs.MAC == "" && obs.Options[message.OptClientID] == nil || !obs.IP.IsValid() {
		o.t.Errorf("an observation of nobody: %+v", obs)
	}
}

// DHCP implements Journal.
func (o *fuzzOracle) DHCP(ctx context.Context, e Event) {
	o.hear(ctx)
	if e.Time.Before(day) {
		o.t.Errorf("an event of no time: %+v", e)
	}
}

// hear hangs as long as the receivers are meant to; answers do not wait for
// them, so that is not what waiting counts.
func (o *fuzzOracle) hear(ctx context.Context) {
	o.mu.Lock()
	ear := o.ear
	o.mu.Unlock()
	select {
	case <-ear:
	case <-ctx.Done():
	}
}

func (o *fuzzOracle) setHear(deaf bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.ear:
		if deaf {
			o.ear = make(chan struct{})
		}
	default:
		if !deaf {
			close(o.ear)
		}
	}
}

// fuzzConn is an interface that can do all that interfaces do.
type fuzzConn struct {
	*wire.Fake
	o    *fuzzOracle
	deaf bool
}

func (o *fuzzOracle) open(name string) (Conn, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.link == linkNone {
		return nil, errors.New("no such interface")
	}
	c := &fuzzConn{Fake: wire.NewFake(prefix("10.5.0.1/24")), o: o, deaf: o.link == linkDeaf}
	o.conns[name] = c
	if name == "eth0" {
		o.shape(c)
	}
	return c, nil
}

// shape makes an interface look as the link does. The caller holds the lock.
func (o *fuzzOracle) shape(c *fuzzConn) {
	c.Break(nil)
	c.SetAddrs(lan...)
	switch o.link {
	case linkGone:
		c.Break(errors.New("gone"))
	case linkBare:
		c.SetAddrs()
	case linkTwo:
		c.SetAddrs(lan[0], prefix("10.1.0.2/24"))
	case linkElse:
		c.SetAddrs(prefix("172.20.0.1/24"))
	}
}

func (o *fuzzOracle) setLink(mode int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.link = mode
	c := o.conns["eth0"]
	if c == nil {
		return
	}
	o.shape(c)
	if mode == linkCut {
		_ = c.Fake.Close()
	}
}

func (o *fuzzOracle) conn(name string) *fuzzConn {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.conns[name]
}

func (o *fuzzOracle) setSend(fails bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sendFails = fails
}

// squat decides who is found at addresses: with 0x80 after a while, with 0x40
// there is no asking, else somebody at every address whose last bits are set
// in arg; 0 is nobody.
func (o *fuzzOracle) squat(arg byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.slowProbes = arg&0x80 != 0
	o.squatter = func(a netip.Addr) (string, error) {
		switch {
		case arg&0x40 != 0:
			return "", errors.New("no raw socket")
		case arg&0x3f>>(a.As4()[3]%6)&1 != 0:
			return "02:00:00:00:99:99", nil
		}
		return "", nil
	}
}

// Write implements Conn.
func (c *fuzzConn) Write(b []byte, to wire.Dest) error {
	c.o.mu.Lock()
	fails := c.o.sendFails
	c.o.mu.Unlock()
	if fails {
		return errors.New("network is down")
	}
	c.o.sent(b, to)
	return nil
}

// Probe implements Conn.
func (c *fuzzConn) Probe(a netip.Addr, wait time.Duration) (string, error) {
	c.o.mu.Lock()
	slow, who := c.o.slowProbes, c.o.squatter
	c.o.mu.Unlock()
	if slow {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		defer cancel()
		_ = c.o.hang(ctx, nil)
	}
	if who == nil {
		return "", nil
	}
	return who(a)
}

// Close implements Conn.
func (c *fuzzConn) Close() error {
	_ = c.Fake.Close()
	if c.deaf {
		return errors.New("closed badly")
	}
	return nil
}

// WatchARP implements arpWatcher.
func (c *fuzzConn) WatchARP(watch func(net.HardwareAddr, netip.Addr)) error {
	if c.deaf {
		return errors.New("no raw socket")
	}
	return c.Fake.WatchARP(watch)
}

// HearServers implements serverSeeker.
func (c *fuzzConn) HearServers(hear func(net.HardwareAddr, netip.Addr, []byte)) error {
	if c.deaf {
		return errors.New("no raw socket")
	}
	return c.Fake.HearServers(hear)
}

// AskServers implements serverSeeker.
func (c *fuzzConn) AskServers(b []byte) error {
	c.o.mu.Lock()
	defer c.o.mu.Unlock()
	switch {
	case c.o.observing:
		c.o.t.Error("asked for servers in observe mode")
	case c.o.sendFails:
		return errors.New("network is down")
	}
	return nil
}

package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// The header sums were worked out by other means, so that frame is not checked
// by the code it uses.
func TestFrame(t *testing.T) {
	t.Parallel()
	dst := []byte{0, 0x15, 0x65, 1, 2, 3}
	src := []byte{2, 0, 0, 0, 0, 1}
	f := frame([]byte("abc"), src, dst, netip.MustParseAddrPort("10.0.0.1:67"), netip.MustParseAddrPort("10.0.0.9:68"))
	want := []byte{
		0x00, 0x15, 0x65, 1, 2, 3, 2, 0, 0, 0, 0, 1, 0x08, 0x00,
		0x45, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00, 0x00, 0x40, 0x11, 0x66, 0xc5, 10, 0, 0, 1, 10, 0, 0, 9,
		0x00, 0x43, 0x00, 0x44, 0x00, 0x0b, 0x26, 0xe5, 'a', 'b', 'c',
	}
	if !bytes.Equal(f, want) {
		t.Errorf("frame\n%x, want\n%x", f, want)
	}
}

func TestParseARP(t *testing.T) {
	t.Parallel()
	good := func() []byte {
		b := make([]byte, 28)
		binary.BigEndian.PutUint16(b, 1)
		binary.BigEndian.PutUint16(b[2:], 0x0800)
		b[4], b[5], b[7] = 6, 4, 2
		copy(b[8:], []byte{0, 0x15, 0x65, 1, 2, 3})
		copy(b[14:], []byte{10, 0, 0, 9})
		return b
	}
	for name, tc := range map[string]struct {
		change func([]byte) []byte
		ok     bool
	}{
		"a reply":           {func(b []byte) []byte { return b }, true},
		"short":             {func(b []byte) []byte { return b[:27] }, false},
		"not Ethernet":      {func(b []byte) []byte { b[1] = 6; return b }, false},
		"not IPv4":          {func(b []byte) []byte { b[2] = 0x86; return b }, false},
		"a probe's sender":  {func(b []byte) []byte { clear(b[14:18]); return b }, false},
		"multicast sender":  {func(b []byte) []byte { b[8] = 1; return b }, false},
		"wrong length byte": {func(b []byte) []byte { b[4] = 8; return b }, false},
	} {
		mac, ip, ok := parseARP(tc.change(good()))
		if ok != tc.ok || ok && (mac.String() != "00:15:65:01:02:03" || ip != netip.MustParseAddr("10.0.0.9")) {
			t.Errorf("%s: %v %v %v", name, mac, ip, ok)
		}
	}
}

// The unprivileged form over loopback: who sent a packet, where it was sent
// to, and the source address of the answer.
func TestLoopback(t *testing.T) {
	t.Parallel()
	c, err := Open("lo", Options{Port: freePort(t), Unprivileged: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if len(c.Addrs()) == 0 || c.MTU() == 0 || c.Check() != nil {
		t.Errorf("addrs %v, mtu %d, check %v", c.Addrs(), c.MTU(), c.Check())
	}
	if who, err := c.Probe(netip.MustParseAddr("127.0.0.9"), time.Hour); who != "" || err != nil {
		t.Errorf("Probe without privileges: %q, %v", who, err)
	}
	phone, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IP{127, 0, 0, 5}, Port: int(c.LocalPort())})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = phone.Close() }()
	if _, err := phone.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	n, meta, err := c.Read(buf)
	if err != nil || string(buf[:n]) != "hello" || meta.Dst != netip.MustParseAddr("127.0.0.5") || meta.Src.String() != phone.LocalAddr().String() {
		t.Fatalf("Read: %q %+v %v", buf[:n], meta, err)
	}
	if err := c.Write([]byte("you"), Dest{To: meta.Src, From: meta.Dst, HW: []byte{2, 0, 0, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	// The phone's socket is connected to 127.0.0.5: it would not see an answer
	// from another address.
	if n, err := phone.Read(buf); err != nil || string(buf[:n]) != "you" {
		t.Errorf("answer %q, %v", buf[:n], err)
	}
	done := make(chan error)
	go func() {
		_, _, err := c.Read(buf)
		done <- err
	}()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Read after Close: %v", err)
	}
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IP{127, 0, 0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	if _, err := Open("nosuchif0", Options{}); err == nil {
		t.Error("opened an interface that is not there")
	}
}

func TestProberAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProber(net.Interface{})
		ip := netip.MustParseAddr("10.0.0.9")
		who, err := p.ask(ip, time.Second, func() error { p.answer(ip, "a"); p.answer(ip, "b"); return nil })
		if who != "a" || err != nil {
			t.Errorf("answered: %q %v", who, err)
		}
		if who, err := p.ask(ip, time.Second, func() error { p.answer(ip.Next(), "a"); return nil }); who != "" || err != nil {
			t.Errorf("nobody there: %q %v", who, err)
		}
		if _, err := p.ask(ip, time.Second, func() error { return errors.New("no link") }); err == nil {
			t.Error("a send that fails is no answer")
		}
		if len(p.waiting) != 0 {
			t.Errorf("still waiting: %v", p.waiting)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
		if _, err := p.arp(ip, ip, nil, time.Second); err != nil {
			t.Errorf("not Ethernet: %v", err)
		}
		if _, err := p.echo(ip, time.Second); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after close: %v", err)
		}
	})
}

func TestFake(t *testing.T) {
	t.Parallel()
	f := NewFake(netip.MustParsePrefix("10.0.0.1/24"))
	go f.Deliver([]byte("in"), Meta{Dst: netip.MustParseAddr("10.0.0.1")})
	buf := make([]byte, 10)
	n, m, err := f.Read(buf)
	if err != nil || string(buf[:n]) != "in" || m.Dst != f.Addrs()[0].Addr() {
		t.Errorf("Read: %q %v %v", buf[:n], m, err)
	}
	if err := f.Write([]byte("out"), Dest{}); err != nil || string((<-f.Sent).Data) != "out" {
		t.Errorf("Write: %v", err)
	}
	f.Squat(netip.MustParseAddr("10.0.0.9"), "x")
	if who, _ := f.Probe(netip.MustParseAddr("10.0.0.9"), 0); who != "x" || len(f.Probes()) != 1 {
		t.Errorf("Probe: %q", who)
	}
	_ = f.Close()
	if f.Deliver(nil, Meta{}) {
		t.Error("delivered after Close")
	}
}

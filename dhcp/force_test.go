package dhcp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"testing"
	"testing/synctest"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"provbox/dhcp/message"
)

// nonceClient is the client's side of RFC 6704.
type nonceClient struct {
	key    []byte
	replay uint64
}

// accepts checks a message as a client must: signed with the nonce, and newer
// than what came before.
func (c *nonceClient) accepts(raw []byte) bool {
	m, err := dhcpv4.FromBytes(raw)
	if err != nil || len(c.key) == 0 {
		return false
	}
	auth := m.Options.Get(dhcpv4.GenericOptionCode(90))
	if len(auth) != 28 || auth[0] != 3 || auth[1] != 1 || auth[2] != 0 || auth[11] != 2 {
		return false
	}
	replay := binary.BigEndian.Uint64(auth[3:11])
	// The option in the message itself, with its digest set to zero.
	blank := append([]byte(nil), raw...)
	at := 240
	for blank[at] != 90 {
		at += 2 + int(blank[at+1])
	}
	clear(blank[at+2+12 : at+2+28])
	sum := hmac.New(md5.New, c.key)
	sum.Write(blank)
	if replay <= c.replay || !hmac.Equal(sum.Sum(nil), auth[12:]) {
		return false
	}
	c.replay = replay
	return true
}

func (c *nonceClient) learn(t *testing.T, m *dhcpv4.DHCPv4) {
	t.Helper()
	auth := m.Options.Get(dhcpv4.GenericOptionCode(90))
	if len(auth) != 28 || auth[0] != 3 || auth[11] != 1 {
		t.Fatalf("option 90 of the ACK: %x", auth)
	}
	c.key, c.replay = auth[12:], binary.BigEndian.Uint64(auth[3:11])
}

func TestForceRenew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		able := opt(145, 7, 1)
		r.deliver(discover(phoneMAC, able))
		if m := r.replies(); len(m) != 1 || string(m[0].Options.Get(dhcpv4.GenericOptionCode(145))) != "\x01" || m[0].Options.Has(dhcpv4.GenericOptionCode(90)) {
			t.Fatalf("offer: %v", m)
		}
		var c nonceClient
		r.deliver(selecting(phoneMAC, "10.0.0.50", able))
		c.learn(t, r.replies()[0])
		// Not in the answer to a renewal, but again when it starts anew.
		r.deliver(req{t: message.Request, mac: phoneMAC, ciaddr: "10.0.0.50", opts: []message.Option{able}})
		if m := r.replies(); len(m) != 1 || m[0].Options.Has(dhcpv4.GenericOptionCode(90)) {
			t.Errorf("renewal: %v", m)
		}
		first := c.key
		r.deliver(selecting(phoneMAC, "10.0.0.50", able))
		c.learn(t, r.replies()[0])
		if string(first) == string(c.key) {
			t.Error("the same nonce twice")
		}
		// Phones that cannot authenticate: none has it, or another algorithm.
		r.one(discover(otherMAC, opt(145, 9)))
		r.deliver(selecting(otherMAC, "10.0.0.51", opt(145, 9)))
		if m := r.replies(); len(m) != 1 || m[0].Options.Has(dhcpv4.GenericOptionCode(90)) {
			t.Errorf("a nonce for who cannot use it: %v", m)
		}

		if err := r.Apply(testConfig()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(r.conn.Sent) != 1 {
			t.Fatalf("%d messages after a change", len(r.conn.Sent))
		}
		s := <-r.conn.Sent
		if s.To.To.String() != "10.0.0.50:68" || s.To.From != ip("10.0.0.2") || s.Data[242] != 9 || !c.accepts(s.Data) {
			t.Errorf("to %v: %x", s.To, s.Data)
		}
		if c.accepts(s.Data) {
			t.Error("a replay is accepted: the counter stands still")
		}
		if n := r.ForceRenew(ip("10.0.0.50"), ip("10.0.0.51"), ip("10.0.0.52")); n != 1 {
			t.Errorf("%d clients forced, want the one that can be", n)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s := <-r.conn.Sent; !c.accepts(s.Data) {
			t.Errorf("the second one: %x", s.Data)
		}
		if got := r.Stats().Forced; got != 2 {
			t.Errorf("forced %d", got)
		}
		// Who has no lease any more is left alone.
		time.Sleep(2 * time.Hour)
		r.ForceRenew(ip("10.0.0.50"))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(r.conn.Sent) != 0 {
			t.Error("sent to a client whose lease is over")
		}
		r.stop()
	})
}

// A change makes no storm, and everybody's turn comes.
// A client that knows the server by a relay's address is asked from the server's.
func TestForceRenewBehindAnOverride(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		opts := []message.Option{opt(145, 1), opt(82, 11, 4, 10, 1, 0, 1)}
		r.one(req{t: message.Discover, mac: phoneMAC, giaddr: "10.1.0.1", opts: opts})
		r.expect("bind", r.one(req{
			t: message.Request, mac: phoneMAC, giaddr: "10.1.0.1",
			opts: append([]message.Option{addrOpt(54, "10.1.0.1"), addrOpt(50, "10.1.0.50")}, opts...),
		}), "ACK 10.1.0.50")
		if n := r.ForceRenew(ip("10.1.0.50")); n != 1 {
			t.Fatalf("%d clients forced", n)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		s := <-r.conn.Sent
		if m, err := dhcpv4.FromBytes(s.Data); err != nil || s.To.From != ip("10.0.0.2") || m.ServerIdentifier().String() != "10.1.0.1" {
			t.Errorf("%+v %v %v", s.To, m, err)
		}
		r.stop()
	})
}

func TestForceRenewIsPaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Interfaces[0].Subnets[0].Pools[0].End = ip("10.0.0.250")
		r := start(t, c, &memStore{})
		for i := range 120 {
			mac := []byte{0, 0x15, 0x65, 0, 3, byte(i)}
			r.deliver(discover(mac, opt(145, 1)))
			addr := r.replies()[0].YourIPAddr.String()
			r.deliver(selecting(mac, addr, opt(145, 1)))
			r.replies()
		}
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lookEvery)
		synctest.Wait()
		if n := len(r.replies()); n != forcedAtOnce {
			t.Errorf("%d at once", n)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := len(r.replies()); n != 120-forcedAtOnce {
			t.Errorf("%d later", n)
		}
		r.stop()
	})
}

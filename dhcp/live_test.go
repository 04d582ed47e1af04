package dhcp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
)

func TestInterfaceComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var conn *wire.Fake
		opened := 0
		s, err := New(testConfig(), Deps{Store: &memStore{}, Open: func(string) (Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			if conn == nil {
				return nil, errors.New("no such interface")
			}
			opened++
			return conn, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		plug := func(c *wire.Fake) { mu.Lock(); conn = c; mu.Unlock(); time.Sleep(2 * lookEvery) }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx) }()
		time.Sleep(time.Minute)
		if len(s.Listening()) != 0 {
			t.Error("listening on nothing")
		}
		first := wire.NewFake()
		plug(first)
		first.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(first.Sent) != 0 {
			t.Error("answered without an address to answer from")
		}
		first.SetAddrs(lan...)
		first.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(first.Sent) != 1 {
			t.Error("no answer once there is an address")
		}
		first.Break(errors.New("gone"))
		plug(nil)
		second := wire.NewFake(lan...)
		plug(second)
		second.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(second.Sent) != 1 || opened != 2 {
			t.Errorf("after replugging: %d answers, opened %d times", len(second.Sent), opened)
		}
		if d := cmp.Diff(fmt.Sprint(map[string][]netip.Prefix{"eth0": lan}), fmt.Sprint(s.Listening())); d != "" {
			t.Error(d)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		observe := testConfig()
		observe.Mode = ModeObserve
		if err := r.Apply(observe); err == nil {
			t.Error("the mode was changed")
		}
		if err := r.Apply(Config{}); err == nil {
			t.Error("an empty configuration was accepted")
		}
		c := testConfig()
		c.Interfaces[0].Subnets[0].Pools = []lease.Range{{Start: ip("10.0.0.40"), End: ip("10.0.0.60")}}
		c.Interfaces = append(c.Interfaces, Interface{Name: "eth1", Subnets: []Subnet{{Prefix: prefix("10.5.0.0/24")}}})
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(r.Listening()); n != 2 {
			t.Errorf("listening on %d interfaces, want 2", n)
		}
		r.expect("lease survives", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		r.expect("new range", r.one(discover(otherMAC)), "OFFER 10.0.0.40")
		c.Interfaces = c.Interfaces[1:]
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, ok := r.Listening()["eth0"]; ok {
			t.Error("still listening on an interface that was taken out")
		}
		r.stop()
	})
}

func TestForget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50"), ip("10.0.0.99")}); err != nil {
			t.Fatal(err)
		}
		if n, _ := r.store.count(); n != 0 || len(r.Leases()) != 0 {
			t.Errorf("%d stored, %d leases", n, len(r.Leases()))
		}
		r.expect("free for others", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.50")
		r.store.fail(errors.New("read-only"))
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50")}); err == nil {
			t.Error("no error from a store that fails")
		}
		r.stop()
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50")}); err == nil {
			t.Error("no error from a stopped server")
		}
	})
}

func TestObserveMode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Mode = ModeObserve
		r := start(t, c, &memStore{loadErr: errors.New("not needed")})
		r.deliver(discover(phoneMAC))
		r.deliver(req{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99"), addrOpt(50, "10.0.0.7"), {Code: 60, Data: []byte("yealink")}}})
		r.deliver(renewing(phoneMAC, "10.0.0.8"))
		for range 3 {
			r.conn.Sight(otherMAC, ip("10.0.0.9"))
			r.conn.Sight(pcMAC, ip("10.0.0.10"))
		}
		if got := r.replies(); len(got) != 0 {
			t.Errorf("answered: %v", got)
		}
		r.stop()
		if n := len(r.rec.obs); n != 3 || r.rec.obs[2].Op != OpSeen || r.rec.obs[2].IP != ip("10.0.0.9") || r.rec.obs[0].IP != ip("10.0.0.7") || string(r.rec.obs[0].Options[60]) != "yealink" || r.rec.obs[1].IP != ip("10.0.0.8") {
			t.Errorf("observations: %+v", r.rec.obs)
		}
	})
}

func TestExplain(t *testing.T) {
	t.Parallel()
	s, err := New(testConfig(), Deps{Store: &memStore{}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Explain(Question{VendorClass: []byte("snom320")})
	if err != nil || got.Sent != "http://10.0.0.1:8667" || got.Rules[0] != "Snom320" {
		t.Errorf("by class: %+v %v", got, err)
	}
	got, err = s.Explain(Question{MAC: "001565010203", Server: ip("10.1.0.1")})
	if err != nil || got.Sent != "http://10.1.0.1:8667" || !got.Phone {
		t.Errorf("by address: %+v %v", got, err)
	}
	if got, err = s.Explain(Question{MAC: "02:00:00:00:00:01"}); err != nil || got.Phone {
		t.Errorf("no phone: %+v %v", got, err)
	}
	if _, err = s.Explain(Question{MAC: "nonsense"}); err == nil {
		t.Error("nonsense explained")
	}
}

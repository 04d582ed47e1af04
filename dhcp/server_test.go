package dhcp

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
)

func TestServerLifeOfALease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		class := message.Option{Code: 60, Data: []byte("yealink\x00")}
		r.expect("DISCOVER", r.one(discover(phoneMAC, class)), "OFFER 10.0.0.50")
		if n, puts := r.store.count(); n+puts != 0 {
			t.Errorf("a DISCOVER wrote %d leases in %d transactions", n, puts)
		}
		r.expect("REQUEST", r.one(selecting(phoneMAC, "10.0.0.50", class)), "ACK 10.0.0.50")
		if l, ok := r.store.get("10.0.0.50"); !ok || l.State != lease.Bound || l.MAC != "00:15:65:01:02:03" {
			t.Errorf("stored: %+v", l)
		}
		r.expect("renewal", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		if got := r.Usage()[0]; got.Bound != 1 || got.Size != 10 || got.Reserved != 1 {
			t.Errorf("usage: %+v", got)
		}
		r.expect("RELEASE", r.one(req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"}), "")
		if l, _ := r.store.get("10.0.0.50"); l.State != lease.Released {
			t.Errorf("stored after RELEASE: %+v", l)
		}
		r.expect("another wants it", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.50")
		r.expect("and has it", r.one(selecting(otherMAC, "10.0.0.50")), "ACK 10.0.0.50")
		r.expect("DECLINE", r.one(req{t: message.Decline, mac: otherMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}}), "")
		if l, _ := r.store.get("10.0.0.50"); l.State != lease.Declined {
			t.Errorf("stored after DECLINE: %+v", l)
		}
		r.expect("nobody gets it", r.one(discover(phoneMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.51")
		r.expect("INFORM", r.one(req{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.99"}), "ACK 0.0.0.0")
		r.stop()
		want := `DISCOVER|OFFER|10.0.0.50|yealink-oui+yealink-class|http://10.0.0.2:8667|offered
REQUEST|ACK|10.0.0.50|yealink-oui+yealink-class|http://10.0.0.2:8667|offered
REQUEST|ACK|10.0.0.50|yealink-oui|http://10.0.0.2:8667|renewed
RELEASE||10.0.0.50|||released
DISCOVER|OFFER|10.0.0.50|polycom-oui|http://10.0.0.2:8667/000000000000.cfg|asked
REQUEST|ACK|10.0.0.50|polycom-oui|http://10.0.0.2:8667/000000000000.cfg|offered
DECLINE||10.0.0.50|||declined
DISCOVER|OFFER|10.0.0.51|yealink-oui|http://10.0.0.2:8667|offered
INFORM|ACK|10.0.0.99|yealink-oui|http://10.0.0.2:8667|informed`
		if d := cmp.Diff(want, r.rec.lines()); d != "" {
			t.Errorf("journal (-want +got):\n%s", d)
		}
		var seen []string
		for _, o := range r.rec.obs {
			seen = append(seen, fmt.Sprintf("%s %s %s %v %q", o.Op, o.MAC, o.IP, o.Phone, o.Options[60]))
		}
		wantSeen := []string{
			`commit 00:15:65:01:02:03 10.0.0.50 true "yealink\x00"`, `commit 00:15:65:01:02:03 10.0.0.50 true ""`,
			`commit 00:04:f2:0a:0b:0c 10.0.0.50 true ""`, `commit 00:15:65:01:02:03 10.0.0.99 true ""`,
		}
		if d := cmp.Diff(wantSeen, seen); d != "" {
			t.Errorf("observations (-want +got):\n%s", d)
		}
		if got := r.Stats(); got.Acks != 4 || got.Offers != 3 || got.Received != 9 || got.Panics != 0 || got.Writes != 4 {
			t.Errorf("stats: %+v", got)
		}
	})
}

// Test R5: nothing is acknowledged that is not durable.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		r.store.fail(errors.New("no space left on device"))
		r.expect("OFFER needs no store", r.one(discover(otherMAC)), "OFFER 10.0.0.51")
		r.expect("ACK does", r.one(selecting(otherMAC, "10.0.0.51")), "")
		r.expect("a renewal that the record covers does not", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		named := renewing(phoneMAC, "10.0.0.50")
		named.opts = []message.Option{{Code: 12, Data: []byte("renamed")}}
		r.expect("nor does one that would say more of the client", r.one(named), "ACK 10.0.0.50")
		if l, _ := r.store.get("10.0.0.50"); l.Hostname != "" || r.Leases()[0].Hostname != "" {
			t.Errorf("the host name is stored: %+v", l)
		}
		time.Sleep(100 * time.Minute)
		r.expect("but one that it does not cover", r.one(named), "")
		r.expect("a release is heard all the same", r.one(req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"}), "")
		if u := r.Usage()[0]; u.Bound != 0 {
			t.Errorf("usage: %+v", u)
		}
		r.store.fail(nil)
		r.expect("the client asks again", r.one(selecting(otherMAC, "10.0.0.51")), "ACK 10.0.0.51")
		r.stop()
		if !strings.Contains(r.log.String(), "no space left on device") {
			t.Error("the log does not say why")
		}
		if s := r.Stats(); s.StoreErrors != 4 {
			t.Errorf("stats: %+v", s)
		}
	})
}

// A store that is slow delays the ACKs that need it, and nothing else; what
// waits goes in one transaction.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{block: make(chan struct{}, 1)}
		c := testConfig()
		c.Interfaces[0].Subnets[0].Serve = ServeAll
		r := start(t, c, store)
		for i := range 5 {
			mac := []byte{2, 0, 0, 0, 2, byte(i)}
			r.expect("DISCOVER while the store hangs", r.one(discover(mac)), fmt.Sprintf("OFFER 10.0.0.%d", 50+i))
			r.expect("no ACK yet", r.one(selecting(mac, fmt.Sprintf("10.0.0.%d", 50+i))), "")
		}
		r.deliver(selecting([]byte{2, 0, 0, 0, 2, 4}, "10.0.0.54")) // sent again
		store.block <- struct{}{}
		store.block <- struct{}{}
		synctest.Wait()
		if n, puts := store.count(); n != 5 || puts != 2 {
			t.Errorf("%d leases in %d transactions, want 5 in 2", n, puts)
		}
		if got := r.replies(); len(got) != 6 {
			t.Errorf("%d ACKs, want 6", len(got))
		}
		r.stop()
	})
}

// The observer is told late rather than the client.
func TestSlowObserver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.rec.block = make(chan struct{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		for range maxEvents + 10 {
			r.expect("ACK", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
			time.Sleep(150 * time.Millisecond)
		}
		// One is being delivered, maxEvents wait.
		if got := r.Stats().ObservationsDropped; got != 10 {
			t.Errorf("%d observations dropped, want 10", got)
		}
		close(r.rec.block)
		r.stop()
	})
}

func TestRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{leases: map[netip.Addr]lease.Lease{
			ip("10.0.0.77"):    {IP: ip("10.0.0.77"), State: "nonsense"},
			ip("192.168.9.9"):  {IP: ip("192.168.9.9"), MAC: "02:00:00:00:00:07", HType: 1, State: lease.Bound, Granted: day, Expires: day.Add(time.Hour)},
			ip("192.168.9.10"): {IP: ip("192.168.9.10"), MAC: "02:00:00:00:00:08", HType: 1, State: lease.Bound, Granted: day.AddDate(0, 2, 0), Expires: day.AddDate(0, 2, 1)},
		}}
		// A bubble begins in the year 2000: let the clock be set.
		time.Sleep(time.Until(day.AddDate(0, 2, 0)))
		r := start(t, testConfig(), store)
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		r.stop()
		r.conn = wire.NewFake(lan...)
		r.run(testConfig())
		if _, ok := store.get("192.168.9.9"); ok {
			t.Error("a lease of a subnet that is long gone is still stored")
		}
		if _, ok := store.get("192.168.9.10"); !ok {
			t.Error("a lease of a subnet that was taken out lately is gone")
		}
		if got := r.Stats().BadLeases; got != 1 {
			t.Errorf("%d bad leases, want 1", got)
		}
		if got := r.Leases(); len(got) != 2 || got[0].IP != ip("10.0.0.50") {
			t.Errorf("leases: %v", got)
		}
		r.expect("a stranger", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.51")
		r.expect("the owner", r.one(req{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}}), "ACK 10.0.0.50")
		r.stop()
		if err := r.Serve(t.Context()); err == nil {
			t.Error("Serve ran twice")
		}
	})
}

func TestUnreadableStore(t *testing.T) {
	t.Parallel()
	s, err := New(testConfig(), Deps{Store: &memStore{loadErr: errors.New("damaged")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "load leases: damaged") {
		t.Errorf("Serve: %v", err)
	}
}

package dhcp

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
)

// shelf keeps reservations in memory.
type shelf struct {
	got map[netip.Prefix][]lease.Reservation
	err error
}

func (s *shelf) PutReservation(_ context.Context, p netip.Prefix, r lease.Reservation) error {
	if s.err == nil {
		s.got[p] = append(s.got[p], r)
	}
	return s.err
}

func TestMakeFixed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		kept := &shelf{got: map[netip.Prefix][]lease.Reservation{}}
		r.deps.Reservations = kept
		name := message.Option{Code: 12, Data: []byte("front-desk")}
		r.one(discover(phoneMAC, name))
		r.expect("bind", r.one(selecting(phoneMAC, "10.0.0.50", name)), "ACK 10.0.0.50")

		kept.err = errors.New("disk full")
		if _, err := r.MakeFixed(t.Context(), ip("10.0.0.50")); !errors.Is(err, kept.err) {
			t.Errorf("a store that fails: %v", err)
		}
		if u := r.Usage()[0]; u.Reserved != 1 {
			t.Errorf("reserved without being stored: %+v", u)
		}
		kept.err = nil
		got, err := r.MakeFixed(t.Context(), ip("10.0.0.50"))
		if err != nil || got.MAC != "00:15:65:01:02:03" || got.Hostname != "front-desk" || got.IP != ip("10.0.0.50") {
			t.Fatalf("%+v %v", got, err)
		}
		if len(kept.got[prefix("10.0.0.0/24")]) != 1 {
			t.Errorf("stored: %v", kept.got)
		}
		r.expect("the client renews as before", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		if again, err := r.MakeFixed(t.Context(), ip("10.0.0.50")); err != nil || again.IP != got.IP || len(kept.got[prefix("10.0.0.0/24")]) != 1 {
			t.Errorf("again: %+v %v", again, err)
		}
		// Nobody else gets it, however long its owner is away.
		time.Sleep(10 * 24 * time.Hour)
		for i := range 9 {
			mac := []byte{0, 0x15, 0x65, 7, 7, byte(i)}
			r.one(discover(mac))
			r.one(selecting(mac, ip("10.0.0.51").String()))
			time.Sleep(2 * time.Second)
		}
		r.expect("by name", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.52")
		r.expect("its owner does", r.one(discover(phoneMAC)), "OFFER 10.0.0.50")

		if _, err := r.MakeFixed(t.Context(), ip("10.0.0.59")); !errors.Is(err, ErrNoLease) {
			t.Errorf("an address of nobody: %v", err)
		}
		if _, err := r.MakeFixed(t.Context(), ip("192.168.9.9")); !errors.Is(err, ErrNoLease) {
			t.Errorf("an address of no subnet: %v", err)
		}
		r.stop()
	})
}

// A client that lives at one address and has another reserved is not given two.
func TestMakeFixedConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.deps.Reservations = &shelf{got: map[netip.Prefix][]lease.Reservation{}}
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		c := testConfig()
		c.Interfaces[0].Subnets[0].Reservations[0].MAC = "00:15:65:01:02:03"
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		if _, err := r.MakeFixed(t.Context(), ip("10.0.0.50")); !errors.Is(err, ErrReserved) {
			t.Errorf("a client with a reservation: %v", err)
		}
		r.deps.Reservations = nil
		r.one(discover(otherMAC))
		r.one(selecting(otherMAC, "10.0.0.51"))
		if _, err := r.MakeFixed(t.Context(), ip("10.0.0.51")); err == nil {
			t.Error("fixed without a store for it")
		}
		r.stop()
	})
}

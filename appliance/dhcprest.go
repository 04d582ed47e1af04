package appliance

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"provbox/appliance/settings"
	"provbox/appliance/store"
	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/provd"
	"provbox/provd/document"
)

// restDHCP shows the DHCP server over REST.
type restDHCP struct {
	*dhcpBox
	manager *provd.Manager
}

func (r restDHCP) MasterTenant() string { return r.manager.MasterTenant() }

// Interfaces lists the network interfaces with their IPv4 addresses.
func (r restDHCP) Interfaces() (map[string][]netip.Prefix, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	out := make(map[string][]netip.Prefix, len(all))
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil {
			return nil, fmt.Errorf("addresses of %s: %w", i.Name, err)
		}
		list := []netip.Prefix{}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
				list = append(list, p)
			}
		}
		out[i.Name] = list
	}
	return out, nil
}

// Leases lists the leases while the server runs.
func (b *dhcpBox) Leases() iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		server := b.running()
		if server == nil {
			return
		}
		d, _ := b.current()
		cfg, now := d.Server(), b.clock()
		for _, l := range server.Leases() {
			if !yield(l.IP.String(), leaseDocument(l, fixed(cfg, l), now)) {
				return
			}
		}
	}
}

func (b *dhcpBox) clock() time.Time {
	if b.deps.Now != nil {
		return b.deps.Now()
	}
	return time.Now()
}

// fixed reports whether a lease is what its client has a reservation of.
func fixed(cfg dhcp.Config, l lease.Lease) bool {
	for _, i := range cfg.Interfaces {
		for _, n := range i.Subnets {
			for _, r := range n.Reservations {
				if r.IP == l.IP && (strings.EqualFold(r.MAC, l.MAC) || r.MAC == "" && string(r.ClientID) == string(l.ClientID)) {
					return true
				}
			}
		}
	}
	return false
}

// leaseDocument is how a lease is shown; expired is a state of its own here.
func leaseDocument(l lease.Lease, fixed bool, now time.Time) *document.Object {
	state := string(l.State)
	if l.State == lease.Bound && !l.Expires.After(now) {
		state = "expired"
	}
	doc := document.New("id", l.IP.String(), "ip", l.IP.String(), "mac", l.MAC, "client_id", hex.EncodeToString(l.ClientID), "state", state,
		"granted", l.Granted.UTC().Format(time.RFC3339), "expires", l.Expires.UTC().Format(time.RFC3339), "lease_time", document.Number(int(l.Seconds)),
		"hostname", l.Hostname, "vendor_class", strings.ToValidUTF8(string(l.VendorClass), "?"), "fixed", fixed)
	if len(l.RelayInfo) > 0 {
		doc.Set("relay_info", hex.EncodeToString(l.RelayInfo))
	}
	return doc
}

var errDHCPOff = provd.Errorf(provd.NotFound, "the DHCP server is off")

// Forget implements rest.DHCP.
func (b *dhcpBox) Forget(ctx context.Context, ip netip.Addr) error {
	server := b.running()
	if server == nil {
		return errDHCPOff
	}
	if !slices.ContainsFunc(server.Leases(), func(l lease.Lease) bool { return l.IP == ip }) {
		return provd.Errorf(provd.NotFound, "no client has a lease of %s", ip)
	}
	if err := server.Forget(ctx, []netip.Addr{ip}); err != nil {
		return unavailable("the lease was not forgotten", err)
	}
	return nil
}

// pending are the settings with a reservation that the server has stored, which
// hold when the server uses them.
type pending struct {
	settings settings.DHCP
	doc      *document.Object
}

// Fix implements rest.DHCP.
func (b *dhcpBox) Fix(ctx context.Context, ip netip.Addr) (*document.Object, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	server := b.running()
	if server == nil {
		return nil, errDHCPOff
	}
	b.putting = nil
	r, err := server.MakeFixed(ctx, ip)
	switch {
	case errors.Is(err, dhcp.ErrNoLease):
		return nil, &provd.Error{Code: provd.NotFound, Message: err.Error()}
	case errors.Is(err, dhcp.ErrReserved):
		return nil, &provd.Error{Code: provd.Conflict, Message: err.Error()}
	case err != nil && b.putting != nil:
		// Stored and not in use: as it was before.
		was, stored := b.current()
		old := was.Document
		if !stored {
			old = nil
		}
		return nil, unavailable("the lease was not fixed", errors.Join(err, b.store.PutSetting(ctx, store.SettingDHCP, old)))
	case err != nil:
		return nil, unavailable("the lease was not fixed", err)
	}
	if p := b.putting; p != nil {
		b.mu.Lock()
		b.now, b.stored = p.settings, true
		b.mu.Unlock()
	}
	return reservationDocument(r), nil
}

func reservationDocument(r lease.Reservation) *document.Object {
	doc := document.New()
	if r.MAC != "" {
		doc.Set("mac", r.MAC)
	} else {
		doc.Set("client_id", hex.EncodeToString(r.ClientID))
	}
	doc.Set("ip", r.IP.String())
	if r.Hostname != "" {
		doc.Set("hostname", r.Hostname)
	}
	return doc
}

// PutReservation implements dhcp.Reservations for Fix, which holds the lock.
func (b *dhcpBox) PutReservation(ctx context.Context, subnet netip.Prefix, r lease.Reservation) error {
	was, _ := b.current()
	doc := dhcpDocument(was)
	added := false
	for _, i := range doc.List("interfaces") {
		ifc, _ := i.(*document.Object)
		if ifc == nil {
			continue
		}
		for _, v := range ifc.List("subnets") {
			n, _ := v.(*document.Object)
			if n == nil || n.String("subnet") != subnet.String() {
				continue
			}
			n.Set("reservations", append(n.List("reservations"), reservationDocument(r)))
			added = true
		}
	}
	if !added {
		return fmt.Errorf("the settings have no subnet %s", subnet)
	}
	d, err := readDHCP(doc)
	if err != nil {
		return err
	}
	if err := b.store.PutSetting(ctx, store.SettingDHCP, doc); err != nil {
		return err
	}
	b.putting = &pending{d, doc}
	return nil
}

// Status implements rest.DHCP.
func (b *dhcpBox) Status() *document.Object {
	d, stored := b.current()
	doc := document.New("mode", d.Mode, "stored", stored)
	server := b.running()
	if server == nil {
		return doc
	}
	listening, usage, servers := document.New(), []any{}, []any{}
	for name, addrs := range server.Listening() {
		list := []any{}
		for _, a := range addrs {
			list = append(list, a.String())
		}
		listening.Set(name, list)
	}
	for _, u := range server.Usage() {
		usage = append(usage, document.New("subnet", u.Prefix.String(), "size", document.Number(u.Size), "bound", document.Number(u.Bound),
			"offered", document.Number(u.Offered), "declined", document.Number(u.Declined), "remembered", document.Number(u.Remembered),
			"blocked", document.Number(u.Blocked), "reserved", document.Number(u.Reserved)))
	}
	for _, r := range server.Rogues() {
		one := document.New("interface", r.Interface, "mac", r.MAC, "address", r.Address.String(), "server_id", r.ServerID.String(),
			"first", r.First.UTC().Format(time.RFC3339), "last", r.Last.UTC().Format(time.RFC3339))
		if r.Offers.IsValid() {
			one.Set("offers", r.Offers.String())
		}
		servers = append(servers, one)
	}
	s := server.Stats()
	stats := document.New()
	for _, n := range []struct {
		name string
		n    uint64
	}{
		{"received", s.Received},
		{"malformed", s.Malformed},
		{"limited", s.Limited},
		{"queue_dropped", s.QueueDropped},
		{"discover", s.Discover},
		{"request", s.Request},
		{"decline", s.Decline},
		{"release", s.Release},
		{"inform", s.Inform},
		{"offers", s.Offers},
		{"acks", s.Acks},
		{"naks", s.Naks},
		{"silent", s.Silent},
		{"send_errors", s.SendErrors},
		{"conflicts", s.Conflicts},
		{"store_errors", s.StoreErrors},
		{"store_busy", s.StoreBusy},
	} {
		stats.Set(n.name, document.Number(int(n.n)))
	}
	doc.Merge(document.New("listening", listening, "servers", servers, "usage", usage, "stats", stats))
	return doc
}

package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/appliance/store"
	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/provd"
	"provbox/provd/document"
)

// fickle is a store whose writes of settings can fail.
type fickle struct {
	*store.Store
	fail bool
}

func (f *fickle) PutSetting(ctx context.Context, name string, doc *document.Object) error {
	if f.fail {
		return errors.New("disk full")
	}
	return f.Store.PutSetting(ctx, name, doc)
}

// bench is a dhcpBox that is not served.
type bench struct {
	*dhcpBox
	disk     *fickle
	unusable bool // what is to be put to work
	checked  bool
	events   []string
}

func newBench(t *testing.T, stored string) *bench {
	t.Helper()
	s, err := settings.Parse([]byte("dhcp: {mode: server, interfaces: [{name: eth0, subnets: [{subnet: 10.0.0.0/24, pools: [{start: 10.0.0.5, end: 10.0.0.9}]}]}]}"))
	if err != nil {
		t.Fatal(err)
	}
	db, _, err := store.Open(context.Background(), store.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b := &bench{disk: &fickle{Store: db}}
	if stored != "" {
		doc, err := document.Decode([]byte(stored))
		if err == nil {
			err = db.PutSetting(context.Background(), store.SettingDHCP, doc)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b.dhcpBox = &dhcpBox{
		file: s.DHCP, store: b.disk, deps: dhcp.Deps{Store: db, Open: func(string) (dhcp.Conn, error) { return nil, errors.New("no such interface") }},
		log:    slog.New(slog.DiscardHandler),
		record: func(e journal.Event) { b.events = append(b.events, e.Text) },
		config: func(d settings.DHCP) dhcp.Config {
			c := d.Server()
			if b.unusable && b.checked {
				c.Interfaces = nil
			}
			b.checked = b.unusable
			return c
		},
	}
	if err := b.load(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}

// state is what holds, as it is stored, and what the server has.
func (b *bench) state(t *testing.T) string {
	t.Helper()
	doc, stored := b.Settings()
	onDisk, err := b.disk.Setting(context.Background(), store.SettingDHCP)
	if err != nil {
		t.Fatal(err)
	}
	if (onDisk != nil) != stored || onDisk != nil && !document.Equal(doc, onDisk) {
		t.Errorf("stored %v: %v is not what is on the disk: %v", stored, doc, onDisk)
	}
	out, err := document.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	var subnets []string
	if server := b.running(); server != nil {
		for _, u := range server.Usage() {
			subnets = append(subnets, u.Prefix.String())
		}
	}
	return string(out) + " " + strings.Join(subnets, " ")
}

func to(text string) func(*document.Object) (*document.Object, error) {
	return func(*document.Object) (*document.Object, error) { return document.Decode([]byte(text)) }
}

const (
	other   = `{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.7.0.0/24"}]}]}`
	another = `{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.8.0.0/24"}]}]}`
)

// What speaks against a server that is switched on is in the journal, too, for the
// changes whose answers have no body.
func TestDHCPWarningsInJournal(t *testing.T) {
	t.Parallel()
	b := newBench(t, `{"mode":"off"}`)
	b.swaps = make(chan swap)
	b.find = func(name string) ([]dhcp.Rogue, error) {
		return nil, fmt.Errorf("look for DHCP servers: %s is down", name)
	}
	var seen []string
	b.record = func(e journal.Event) {
		for _, a := range e.Attrs {
			if a.Key == "warning" {
				seen = append(seen, e.Topic+": "+e.Text+": "+a.Value.String())
			}
		}
	}
	go func() {
		for s := range b.swaps {
			close(s.done)
		}
	}()
	t.Cleanup(func() { close(b.swaps) })
	warnings, err := b.Change(context.Background(), false, to(other))
	if err != nil {
		t.Fatal(err)
	}
	want := "could not look for other DHCP servers on eth0: eth0 is down"
	if diff := cmp.Diff([]string{want}, warnings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"dhcp: the DHCP server was switched on with a warning: " + want}, seen); diff != "" {
		t.Error(diff)
	}
}

// A change that fails, wherever it does, leaves everything as it was: what holds,
// what is stored, and what the server does.
func TestDHCPChangeFails(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]string{"over the file": "", "over a change": other} {
		for what, tc := range map[string]struct {
			prepare func(*bench)
			doc     string
			code    provd.Code
			text    string
		}{
			"invalid":    {func(*bench) {}, `{"mode":"server"}`, provd.Invalid, "nothing to listen on"},
			"too large":  {func(*bench) {}, `{"tenant":"` + strings.Repeat("x", maxDHCPSettings) + `"}`, provd.Invalid, "larger than"},
			"not stored": {func(b *bench) { b.disk.fail = true }, another, provd.Unavailable, "could not be stored: disk full"},
			"not used":   {func(b *bench) { b.unusable = true }, another, provd.Unavailable, "nothing has changed"},
			"stopping":   {func(b *bench) { close(b.stopped) }, `{"mode":"off"}`, provd.Unavailable, "the box is stopping"},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, stored)
				before := b.state(t)
				tc.prepare(b)
				_, err := b.Change(context.Background(), true, to(tc.doc))
				if provd.CodeOf(err) != tc.code || err == nil || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff(before, b.state(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// What is stored wins; what cannot be used is said and kept for the version that can.
func TestDHCPStoredSettings(t *testing.T) {
	t.Parallel()
	b := newBench(t, other)
	if got := b.state(t); got != other+" 10.7.0.0/24" || len(b.events) > 0 {
		t.Error(got, b.events)
	}
	if _, err := b.Change(context.Background(), true, func(*document.Object) (*document.Object, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if got := b.state(t); !strings.HasSuffix(got, " 10.0.0.0/24") {
		t.Error(got)
	}
	b = newBench(t, `{"mode":"server","of a newer version":1}`)
	if doc, stored := b.Settings(); stored || len(doc.List("interfaces")) != 1 || len(b.events) != 1 {
		t.Error(doc, stored, b.events)
	}
	if doc, err := b.disk.Setting(context.Background(), store.SettingDHCP); err != nil || doc == nil {
		t.Error("what is stored is gone", err)
	}
}

// A lease that cannot be fixed stays what it is.
func TestDHCPFixFails(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]bool{"stored": false, "not stored": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "")
			ip, now := netip.MustParseAddr("10.0.0.7"), time.Now()
			err := b.disk.PutLeases(context.Background(), []lease.Lease{{
				IP: ip, HType: 1, MAC: "02:00:00:00:00:07", State: lease.Bound, Granted: now, Expires: now.Add(time.Hour), Seconds: 3600,
			}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			served := make(chan error)
			go func() { served <- b.serve(ctx) }()
			defer func() {
				cancel()
				if err := <-served; err != nil {
					t.Error(err)
				}
			}()
			for len(b.running().Leases()) == 0 {
				time.Sleep(time.Millisecond) // the server reads them first
			}
			before := b.state(t)
			b.disk.fail = fail
			doc, err := b.Fix(context.Background(), ip)
			if fail {
				if provd.CodeOf(err) != provd.Unavailable || b.state(t) != before {
					t.Errorf("%v\n%s", err, b.state(t))
				}
				return
			}
			if err != nil || doc.String("mac") != "02:00:00:00:00:07" || !strings.Contains(b.state(t), `"reservations":[{"mac":"02:00:00:00:00:07","ip":"10.0.0.7"}]`) {
				t.Errorf("%v %v\n%s", doc, err, b.state(t))
			}
			if _, err := b.Fix(context.Background(), netip.MustParseAddr("10.0.0.8")); provd.CodeOf(err) != provd.NotFound || err == nil {
				t.Error(err)
			}
		})
	}
}

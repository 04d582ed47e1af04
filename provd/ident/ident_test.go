package ident_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/ident"
	"provbox/provd/provdtest"
)

const (
	master = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"
	ua     = "Test T1 1.0 00:15:65:aa:bb:cc"
)

type box struct {
	*ident.Identifier
	manager *provd.Manager
	store   *provdtest.Store
	plugins []*provdtest.Plugin
}

func newBox(t *testing.T, plugins ...*provdtest.Plugin) box {
	t.Helper()
	b := box{store: &provdtest.Store{}, plugins: plugins}
	set := provdtest.Plugins{}
	var list []ident.Plugin
	for _, p := range plugins {
		set[p.ID()] = p
		list = append(list, p)
	}
	var err error
	b.manager, err = provd.NewManager(provd.ManagerConfig{
		Store: b.store, Plugins: set,
		Autoprov: provd.AutoprovConfigs(provd.AutoprovSettings{Registrar: "10.0.0.1", Username: "apabcdefgh"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.manager.SetMasterTenant(master); err != nil {
		t.Fatal(err)
	}
	b.Identifier = ident.New(ident.Config{Devices: b.manager, Plugins: func() []ident.Plugin { return list }})
	return b
}

func (b box) must(t *testing.T, req provd.Request) provd.Device {
	t.Helper()
	dev, err := b.Identify(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

// stored returns the device as it is in the store.
func (b box) stored(t *testing.T, id string) provd.Device {
	t.Helper()
	dev, err := b.manager.Device(context.Background(), id, provd.Scope{Tenants: []string{master}})
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

func (b box) count(t *testing.T) (n int) {
	t.Helper()
	if err := b.manager.View(func(tx provd.Tx) error { n = tx.Devices().Len(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func httpRequest(ip, userAgent, path string) provd.Request {
	return provd.Request{Kind: provd.HTTP, IP: ip, UserAgent: userAgent, HasUserAgent: userAgent != "", Path: path}
}

func TestFirstContact(t *testing.T) {
	t.Parallel()
	p := &provdtest.Plugin{}
	b := newBox(t, p)
	dev := b.stored(t, b.must(t, httpRequest("192.168.77.50", ua, "/001565aabbcc.cfg")).ID())
	got := map[string]string{}
	for _, k := range []string{"mac", "ip", "vendor", "model", "version", "plugin", "added", "tenant_uuid", "remote_state_sip_username"} {
		got[k] = dev.String(k)
	}
	want := map[string]string{
		"mac": "00:15:65:aa:bb:cc", "ip": "192.168.77.50", "vendor": "Test", "model": "T1", "version": "1.0",
		"plugin": "test", "added": "auto", "tenant_uuid": master, "remote_state_sip_username": "apabcdefgh",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !dev.Configured() || !dev.IsNew() || !strings.HasPrefix(dev.Config(), "autoprov") {
		t.Errorf("configured %v, is_new %v, config %s", dev.Configured(), dev.IsNew(), dev.Config())
	}
	if _, ok := p.File("001565aabbcc.cfg"); !ok {
		t.Error("no file was rendered")
	}
}

// A phone asks for several files at once; none may come before they are there.
func TestConcurrentFirstContact(t *testing.T) {
	t.Parallel()
	p := &provdtest.Plugin{}
	b := newBox(t, p)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := b.Identify(context.Background(), httpRequest("192.168.77.50", ua, "/001565aabbcc.cfg")); err != nil {
				t.Error(err)
			}
			if _, ok := p.File("001565aabbcc.cfg"); !ok {
				t.Error("identified before the file was there")
			}
		})
	}
	wg.Wait()
	if n := b.count(t); n != 1 {
		t.Errorf("%d devices of one phone", n)
	}
}

func TestNothingNewWritesNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	req := httpRequest("192.168.77.50", ua, "/x")
	unknown := httpRequest("192.168.77.60", "curl", "/x")
	b.must(t, req)
	b.must(t, unknown)
	before := b.store.Updates()
	for range 3 {
		b.must(t, req)
		b.must(t, unknown)
	}
	if n := b.store.Updates() - before; n != 0 {
		t.Errorf("%d transactions for requests that showed nothing new", n)
	}
}

func TestDeviceFollowsAddressAndVersion(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	id := b.must(t, httpRequest("192.168.77.50", ua, "/x")).ID()
	other := b.must(t, httpRequest("192.168.77.51", "Test T1 1.0 00:15:65:aa:bb:dd", "/x")).ID()
	again := b.must(t, httpRequest("192.168.77.51", "Test T2 2.0 00:15:65:aa:bb:cc", "/x"))
	if again.ID() != id {
		t.Fatalf("another device was made")
	}
	dev := b.stored(t, id)
	if dev.IP() != "192.168.77.51" || dev.String("version") != "2.0" || dev.String("model") != "T1" {
		t.Errorf("ip %s, version %s, model %s", dev.IP(), dev.String("version"), dev.String("model"))
	}
	if b.stored(t, other).Has("ip") {
		t.Error("the other device still claims the address")
	}
}

func TestNATKeepsSharedAddress(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	if err := b.manager.SetParam(context.Background(), master, "NAT", "1"); err != nil {
		t.Fatal(err)
	}
	first := b.must(t, httpRequest("203.0.113.9", ua, "/x")).ID()
	b.must(t, httpRequest("203.0.113.9", "Test T1 1.0 00:15:65:aa:bb:dd", "/x"))
	if b.stored(t, first).IP() != "203.0.113.9" {
		t.Error("the address was taken away")
	}
	if b.must(t, httpRequest("203.0.113.9", "curl", "/x")).ID() == first || b.count(t) != 3 {
		t.Error("a request that fits two devices must not be given to one of them")
	}
}

func TestRetrieveByAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ua string
		same     bool
	}{
		{"nothing else known", "", true},
		{"same vendor and model", ua, true},
		{"another mac", "Test T1 1.0 00:15:65:aa:bb:dd", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, &provdtest.Plugin{})
			id := b.must(t, httpRequest("192.168.77.50", ua, "/x")).ID()
			if got := b.must(t, httpRequest("192.168.77.50", tt.ua, "/y")).ID(); (got == id) != tt.same {
				t.Errorf("same device: %v", got == id)
			}
		})
	}
}

func TestFailingPluginHarmsOnlyItself(t *testing.T) {
	t.Parallel()
	bad := &provdtest.Plugin{Name: "bad", ExtractErr: errors.New("bad: entry.py:3: boom")}
	b := newBox(t, bad, &provdtest.Plugin{})
	if dev := b.must(t, httpRequest("192.168.77.50", ua, "/x")); b.stored(t, dev.ID()).MAC() != "00:15:65:aa:bb:cc" {
		t.Error("the other plugin's answer was lost")
	}
}

func TestAssociation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		levels map[string]int
		want   string
	}{
		{"best score", map[string]int{"a": 600, "b": 500}, "a"},
		{"among equals the greatest id", map[string]int{"wazo-yealink-v85": 500, "wazo-yealink-v86": 500}, "wazo-yealink-v86"},
		{"probable is enough", map[string]int{"a": 300}, "a"},
		{"less is not", map[string]int{"a": 299}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var plugins []*provdtest.Plugin
			for name, level := range tt.levels {
				plugins = append(plugins, &provdtest.Plugin{Name: name, Level: level})
			}
			b := newBox(t, plugins...)
			dev := b.stored(t, b.must(t, httpRequest("192.168.77.50", ua, "/x")).ID())
			if dev.Plugin() != tt.want {
				t.Errorf("got %q", dev.Plugin())
			}
		})
	}
}

func TestNullPluginIsNotAssociated(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	doc := document.New("id", "d1", "mac", "00:15:65:aa:bb:cc", "plugin", nil)
	if _, err := b.manager.CreateDevice(context.Background(), provd.Device{Object: doc}, provd.Scope{Tenant: master}); err != nil {
		t.Fatal(err)
	}
	if dev := b.must(t, httpRequest("192.168.77.50", ua, "/x")); dev.ID() != "d1" || b.stored(t, "d1").Plugin() != "" {
		t.Error("a plugin was associated although a client chose none")
	}
}

func TestDHCP(t *testing.T) {
	t.Parallel()
	lease := func(mac, class string, phone bool) provd.Request {
		return provd.Request{Kind: provd.DHCP, IP: "192.168.77.50", MAC: mac, Phone: phone, Options: map[byte][]byte{60: []byte(class)}}
	}
	tests := []struct {
		name string
		req  provd.Request
		adds bool
	}{
		{"known to a plugin", lease("00:15:65:aa:bb:cc", "Test", false), true},
		{"known to a vendor rule", lease("00:15:65:aa:bb:cc", "", true), true},
		{"a laptop", lease("02:00:00:aa:bb:cc", "MSFT 5.0", false), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, &provdtest.Plugin{})
			dev := b.must(t, tt.req)
			if added := b.count(t) == 1; added != tt.adds {
				t.Fatalf("added: %v", added)
			}
			if tt.adds && b.stored(t, dev.ID()).MAC() != tt.req.MAC {
				t.Error("no mac")
			}
		})
	}
}

func TestObserveNeverBlocks(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	for range 5000 { // nobody serves the queue
		b.Observe(provd.Request{Kind: provd.DHCP, IP: "192.168.77.50", MAC: "00:15:65:aa:bb:cc", Phone: true})
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.Serve(ctx) }()
	for b.count(t) == 0 {
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestFullBoxServesOn(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	err := b.store.Update(func(tx provd.Tx) error {
		for i := range provd.MaxDevices {
			id := strings.Repeat("x", i%7) + string(rune('a'+i%26)) + document.Number(i).String()
			if err := tx.Devices().Put(id, document.New("id", id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if dev := b.must(t, httpRequest("192.168.77.50", ua, "/x")); dev.Object != nil {
		t.Error("a device beyond the limit")
	}
}

func TestBrokenStoreIsAnError(t *testing.T) {
	t.Parallel()
	b := newBox(t, &provdtest.Plugin{})
	b.store.Broken = errors.New("disk full")
	if _, err := b.Identify(context.Background(), httpRequest("192.168.77.50", ua, "/x")); !errors.Is(err, b.store.Broken) {
		t.Errorf("got %v", err)
	}
}

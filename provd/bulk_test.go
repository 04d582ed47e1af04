package provd_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/provdtest"
	"provbox/provd/query"
)

func everyDevice() *query.Query { return &query.Query{} }

// Many devices change in few transactions and without a rendering for each part.
func TestBulkOfManyDevices(t *testing.T) {
	t.Parallel()
	const n = 200
	refusing := &provdtest.Plugin{Name: "refusing"}
	refusing.SetConfigureErr(errors.New("no"))
	b := newBox(t, func(cfg *provd.ManagerConfig) { cfg.Plugins.(provdtest.Plugins)["refusing"] = refusing })
	manyDevices(t, b.Manager, n)
	if _, err := b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkPlugin, Plugin: "gone", Query: everyDevice()}, asSub1); provd.CodeOf(err) != provd.Invalid {
		t.Errorf("a plugin that is not loaded: %v", err)
	}
	renderings, updates := len(b.Renderings()), b.store.Updates()
	bulk, err := b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkPlugin, Plugin: "refusing", Query: everyDevice()}, asSub1)
	if err != nil {
		t.Fatal(err)
	}
	<-bulk.Operation.Done()
	if s := bulk.Operation.String(); s != "fail;200/200" || bulk.Operation.Reason() != "200 of 200 devices failed" {
		t.Errorf("%s, %s", s, bulk.Operation.Reason())
	}
	if r := bulk.Results()[199]; r.Device != "d00199" || r.State != provd.Fail || r.Reason != "no" {
		t.Errorf("the last one: %+v", r)
	}
	if got := b.store.Updates() - updates; got > n/8 {
		t.Errorf("%d transactions", got)
	}
	if got := len(b.Renderings()); got != renderings {
		t.Errorf("%d renderings of their own", got-renderings)
	}
	if dev := b.device(t, "d00003"); dev.Plugin() != "refusing" || dev.Configured() {
		t.Errorf("%v %v", dev.Plugin(), dev.Configured())
	}
	bulk, err = b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkPlugin, Plugin: "test", Query: everyDevice(), Synchronize: true}, asSub1)
	if err != nil {
		t.Fatal(err)
	}
	<-bulk.Operation.Done()
	if s := bulk.Operation.String(); s != "success;200/200" || b.plugin.Syncs() != n {
		t.Errorf("%s, %d phones asked", s, b.plugin.Syncs())
	}
}

// When the disk fails every device of the change says so, and nothing is half done.
func TestBulkOnABrokenDisk(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	manyDevices(t, b.Manager, 40)
	b.store.Broken = provd.Errorf(provd.Unavailable, "the disk is full")
	bulk, err := b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkDelete, Query: everyDevice()}, asSub1)
	if err != nil {
		t.Fatal(err)
	}
	<-bulk.Operation.Done()
	for _, r := range bulk.Results() {
		if r.State != provd.Fail || r.Reason != "the disk is full" {
			t.Fatalf("%+v", r)
		}
	}
	if _, err := b.Device(context.Background(), "d00001", asSub1); err != nil {
		t.Error(err)
	}
}

// Bulk changes are bounded: those under way, and those remembered.
func TestBulkBounds(t *testing.T) {
	t.Parallel()
	wait := make(chan struct{})
	b := newBox(t, nil)
	b.plugin.Wait = wait
	manyDevices(t, b.Manager, 1)
	start := func() (*provd.Bulk, error) {
		return b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkSynchronize, Query: everyDevice()}, asSub1)
	}
	var running []*provd.Bulk
	for range 4 {
		bulk, err := start()
		if err != nil {
			t.Fatal(err)
		}
		running = append(running, bulk)
	}
	if _, err := start(); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("one too many: %v", err)
	}
	close(wait)
	for _, bulk := range running {
		<-bulk.Operation.Done()
	}
	for i := range 40 {
		bulk, err := start()
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		<-bulk.Operation.Done()
	}
	if _, err := b.Bulk(1, asSub1); provd.CodeOf(err) != provd.NotFound || err == nil {
		t.Errorf("the first one is still remembered: %v", err)
	}
	if _, err := b.Bulk(44, asSub1); err != nil {
		t.Errorf("the last one: %v", err)
	}
	if _, err := b.Bulk(44, asSub2); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("of a foreign tenant: %v", err)
	}
	if _, err := b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkDelete, IDs: make([]string, provd.MaxDevices+1)}, asSub1); provd.CodeOf(err) != provd.Invalid {
		t.Errorf("too many ids: %v", err)
	}
}

// A device that is gone when its turn comes fails alone.
func TestBulkOfADeletedDevice(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	manyDevices(t, b.Manager, 3)
	b.plugin.SetConfigureErr(errors.New("no"))
	bulk, err := b.StartBulk(context.Background(), provd.BulkRequest{Action: provd.BulkReconfigure, IDs: []string{"d00002", "gone", "d00000"}}, asSub1)
	if err != nil {
		t.Fatal(err)
	}
	<-bulk.Operation.Done()
	var got []string
	for _, r := range bulk.Results() {
		got = append(got, fmt.Sprint(r.Device, " ", r.State, " ", r.Reason))
	}
	if d := cmp.Diff("d00000 fail no\nd00002 fail no\ngone fail No such resource", strings.Join(got, "\n")); d != "" {
		t.Error(d)
	}
}

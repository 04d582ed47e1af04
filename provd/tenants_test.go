package provd_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

func TestDeleteTenant(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	ctx := context.Background()
	b.mustConfig(t, `{"id":"t1","parent_ids":[],"raw_config":{},"transient":true}`)
	b.mustDevice(t, `{"id":"d1","mac":"00:15:65:aa:bb:01","config":"t1"}`, asSub1)
	b.mustDevice(t, `{"id":"d2"}`, asSub1)
	b.mustDevice(t, `{"id":"d3"}`, asSub2)
	b.mustDevice(t, `{"id":"d4"}`, asMaster)
	if err := b.SetParam(ctx, sub1, "provisioning_key", "the-key-of-one"); err != nil {
		t.Fatal(err)
	}
	list, err := b.Tenants()
	if diff := cmp.Diff([]string{master, sub1, sub2}, list); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, tenant := range []string{master, ""} {
		if _, err := b.DeleteTenant(ctx, tenant); provd.CodeOf(err) != provd.Denied {
			t.Errorf("tenant %q: %v", tenant, err)
		}
	}
	if n, err := b.DeleteTenant(ctx, sub1); n != 2 || err != nil {
		t.Errorf("%d devices, %v", n, err)
	}
	if n, err := b.DeleteTenant(ctx, sub1); n != 0 || err != nil {
		t.Errorf("again: %d devices, %v", n, err)
	}
	if list, err = b.Tenants(); !cmp.Equal([]string{master, sub2}, list) || err != nil {
		t.Errorf("left are %v, %v", list, err)
	}
	if _, err := b.Config(ctx, "t1"); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("the transient config: %v", err)
	}
	if err := b.SetParam(ctx, sub2, "provisioning_key", "the-key-of-one"); err != nil {
		t.Errorf("the key is not free: %v", err)
	}
}

// A box that is pointed at another stack remembers whose devices it had.
func TestFormerTenants(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustDevice(t, `{"id":"d1"}`, asSub1)
	b.mustDevice(t, `{"id":"d2"}`, asMaster)
	for _, tt := range []struct {
		master string
		want   []string
	}{
		{master, nil},
		{"ffffffff-ffff-ffff-ffff-ffffffffffff", []string{master, sub1}},
	} {
		if err := b.SetMasterTenant(tt.master); err != nil {
			t.Fatal(err)
		}
		list, err := b.FormerTenants()
		if diff := cmp.Diff(tt.want, list); diff != "" || err != nil {
			t.Errorf("with %s: %v\n%s", tt.master, err, diff)
		}
	}
}

// fakeNotifies queues whatever the plugin does.
type fakeNotifies struct {
	ctx    context.Context
	queued chan func(error)
}

type fakeKey struct{}

func (f *fakeNotifies) Collect(ctx context.Context, _ provd.Device) (context.Context, func(func(error))) {
	f.ctx = context.WithValue(ctx, fakeKey{}, f)
	return f.ctx, func(finish func(error)) { f.queued <- finish }
}

// An operation ends when the queue says so; one whose plugin failed was never
// queued.
func TestSynchronizeIsQueued(t *testing.T) {
	t.Parallel()
	f := &fakeNotifies{queued: make(chan func(error), 1)}
	b := newBox(t, func(cfg *provd.ManagerConfig) { cfg.Notifies = f })
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	for _, outcome := range []error{nil, errors.New("Endpoint not found")} {
		op, err := b.Synchronize(context.Background(), "d1", asSub1)
		if err != nil {
			t.Fatal(err)
		}
		finish := <-f.queued
		if op.State() != provd.Progress {
			t.Errorf("while it waits: %s", op)
		}
		finish(outcome)
		<-op.Done()
		if want := map[bool]string{true: "", false: "Endpoint not found"}[outcome == nil]; op.Reason() != want {
			t.Errorf("got %s, %s", op, op.Reason())
		}
	}
	b.plugin.SyncErr = errors.New("not enough information")
	op, err := b.Synchronize(context.Background(), "d1", asSub1)
	if err != nil {
		t.Fatal(err)
	}
	if <-op.Done(); op.Reason() != "not enough information" || len(f.queued) != 0 {
		t.Errorf("got %s, %s, %d queued", op, op.Reason(), len(f.queued))
	}
}

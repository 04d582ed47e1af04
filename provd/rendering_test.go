package provd_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/query"
)

// journal keeps the events of one topic.
type journal struct {
	mu    sync.Mutex
	topic string
	texts []string
}

func (j *journal) Record(e provd.Event) {
	if e.Topic != j.topic {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	text := e.Text
	for _, a := range e.Attrs {
		text += " " + a.String()
	}
	j.texts = append(j.texts, text)
}

func (j *journal) taken() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	texts := j.texts
	j.texts = nil
	return texts
}

// manyDevices are devices that inherit from the config "shared", each with its own.
func manyDevices(t testing.TB, m *provd.Manager, n int) {
	t.Helper()
	err := m.Change(context.Background(), func(c *provd.Change) error {
		if _, err := c.InsertConfig(document.New("id", "shared", "parent_ids", []any{}, "raw_config", document.New("X_v", "1"))); err != nil {
			return err
		}
		for i := range n {
			id := fmt.Sprintf("d%05d", i)
			if _, err := c.InsertConfig(document.New("id", id, "parent_ids", []any{"shared"}, "raw_config", document.New())); err != nil {
				return err
			}
			dev := provd.NewDevice("id", id, "mac", manyMAC(i), "ip", fmt.Sprintf("10.0.%d.%d", i/256, i%256),
				"plugin", "test", "config", id, "tenant_uuid", sub1)
			if _, err := c.InsertDevice(dev); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func manyMAC(i int) string {
	return fmt.Sprintf("00:15:65:%02x:%02x:%02x", i>>16&255, i>>8&255, i&255)
}

// setShared changes the config that all devices inherit from, and returns the
// rendering that it caused.
func (b box) setShared(t *testing.T, value string) *provd.Rendering {
	t.Helper()
	ctx, found := provd.WithRendering(context.Background())
	err := b.UpdateConfig(ctx, "shared", document.New("parent_ids", []any{}, "raw_config", document.New("X_v", value)))
	if err != nil {
		t.Fatal(err)
	}
	return found()
}

// A change of a shared config renders its devices, tells how far it is, costs one
// transaction for many outcomes, and leaves what cannot be rendered with its files.
func TestRenderingOfASharedConfig(t *testing.T) {
	t.Parallel()
	const n = 200
	events := &journal{topic: "config"}
	b := newBox(t, func(c *provd.ManagerConfig) { c.Recorder = events })
	manyDevices(t, b.Manager, n)
	events.taken()

	r := b.setShared(t, "2")
	if r == nil || r.Devices != n || r.Done() != n || r.Failed() != 0 || r.Operation.String() != "success;200/200" || r.Cause != "config shared" {
		t.Fatalf("rendering %+v", r)
	}
	if file, _ := b.plugin.File("001565000001.cfg"); !strings.Contains(file, `"X_v":"2"`) {
		t.Errorf("not rendered: %s", file)
	}
	told := events.taken()
	if len(told) != 11 || !strings.HasPrefix(told[0], "rendering devices rendering=") || !strings.Contains(told[0], "done=0 devices=200") ||
		!strings.Contains(told[10], "rendered devices") || !strings.Contains(told[10], "done=200 devices=200 failed=0") {
		t.Errorf("told %d: %q", len(told), told)
	}

	b.plugin.SetConfigureErr(errors.New("no such codec"))
	before := b.store.Updates()
	r = b.setShared(t, "3")
	if r.Failed() != n || r.Operation.State() != provd.Success {
		t.Errorf("%d failed, operation %s", r.Failed(), r.Operation)
	}
	// One for the change, the rest for 200 outcomes.
	if updates := b.store.Updates() - before; updates > 1+n/16 {
		t.Errorf("%d transactions for one change of %d devices", updates, n)
	}
	dev := b.device(t, "d00007")
	if dev.Configured() || dev.String("X_provbox_error") != "no such codec" {
		t.Errorf("the device that failed: %v %q", dev.Configured(), dev.String("X_provbox_error"))
	}
	if file, _ := b.plugin.File("001565000007.cfg"); !strings.Contains(file, `"X_v":"2"`) {
		t.Errorf("the last good file is gone: %s", file)
	}

	b.plugin.SetConfigureErr(nil)
	b.setShared(t, "4")
	if dev = b.device(t, "d00007"); !dev.Configured() || dev.Has("X_provbox_error") {
		t.Errorf("after it works again: %v", dev.Keys())
	}
	if got := len(b.Renderings()); got != 4 {
		t.Errorf("%d renderings are remembered, want 4", got)
	}
	if ctx, found := provd.WithRendering(context.Background()); b.Reconfigure(ctx, "d00001", asSub1) != nil || found() != nil {
		t.Error("one device is no rendering of many")
	}
}

// slowPlugin lets one render of many wait.
type slowPlugin struct {
	*provdtest.Plugin
	begun, release chan struct{}
	once           sync.Once
}

func (p *slowPlugin) Configure(ctx context.Context, dev provd.Device, raw *document.Object) error {
	if raw.String("X_v") == "slow" {
		p.once.Do(func() { close(p.begun) })
		<-p.release
	}
	return p.Plugin.Configure(ctx, dev, raw)
}

// While devices are rendered, readers read, and phones get what they had.
func TestReadersDoNotWaitForARendering(t *testing.T) {
	t.Parallel()
	slow := &slowPlugin{Plugin: &provdtest.Plugin{}, begun: make(chan struct{}), release: make(chan struct{})}
	b := newBox(t, func(c *provd.ManagerConfig) { c.Plugins = provdtest.Plugins{"test": slow} })
	manyDevices(t, b.Manager, 50)
	ended := make(chan error, 1)
	go func() {
		ended <- b.UpdateConfig(context.Background(), "shared", document.New("parent_ids", []any{}, "raw_config", document.New("X_v", "slow")))
	}()
	<-slow.begun
	ctx := context.Background()
	if _, err := b.Device(ctx, "d00003", asSub1); err != nil {
		t.Error(err)
	}
	if docs, err := b.Devices(ctx, query.Query{}, asSub1.Tenants); err != nil || len(docs) != 50 {
		t.Errorf("%d devices, %v", len(docs), err)
	}
	b.Ensure(ctx, "d00003") // what a phone's request does
	if err := b.Requested("d00003", "001565000003.cfg"); err != nil {
		t.Error(err)
	}
	if all := b.Renderings(); len(all) != 2 || all[1].Operation.State() != provd.Progress || all[1].Done() != 0 {
		t.Errorf("renderings %v", all)
	}
	// A writer does not wait either, as long as it is about another device.
	if _, err := b.CreateConfig(ctx, document.New("id", "other", "parent_ids", []any{}, "raw_config", document.New())); err != nil {
		t.Error(err)
	}
	close(slow.release)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What was seen is bounded before what is created.
func TestSeenDevicesAreBounded(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	err := b.store.Update(func(tx provd.Tx) error {
		for i := range provd.MaxSeen {
			if err := tx.Devices().Put(fmt.Sprint(i), document.New("id", fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Change(context.Background(), func(c *provd.Change) error {
		_, err := c.InsertSeen(provd.NewDevice("mac", "00:15:65:ff:ff:ff"))
		return err
	})
	if provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("one more that was seen: %v", err)
	}
	b.mustDevice(t, `{"id":"created","mac":"00:15:65:ff:ff:fe"}`, asSub1)
}

// Lists by an indexed member find what a list without an index finds.
func TestListsByIndex(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	manyDevices(t, b.Manager, 20)
	b.mustDevice(t, `{"id":"foreign","mac":"00:15:65:00:00:05","sn":"s","uuid":"u"}`, asSub2)
	tests := []struct {
		name, selector string
		scope          provd.Scope
		want           []string
	}{
		{"mac", `{"mac":"00:15:65:00:00:05"}`, asSub1, []string{"d00005"}},
		{"mac of two tenants", `{"mac":"00:15:65:00:00:05"}`, asMaster, []string{"d00005", "foreign"}},
		{"mac and ip that do not belong together", `{"mac":"00:15:65:00:00:05","ip":"10.0.0.6"}`, asSub1, []string{}},
		{"ip", `{"ip":"10.0.0.6"}`, asSub1, []string{"d00006"}},
		{"config", `{"config":"d00007"}`, asSub1, []string{"d00007"}},
		{"id", `{"id":"d00008"}`, asSub1, []string{"d00008"}},
		{"id of another tenant", `{"id":"d00008"}`, asSub2, []string{}},
		{"no such id", `{"id":"nope"}`, asSub2, []string{}},
		{"serial number", `{"sn":"s"}`, asMaster, []string{"foreign"}},
		{"operator on an indexed member", `{"mac":{"$in":["00:15:65:00:00:05"]}}`, asSub1, []string{"d00005"}},
		{"all of one tenant", `{}`, asSub2, []string{"foreign"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			docs, err := b.Devices(context.Background(), query.Query{Selector: decode(t, tt.selector)}, tt.scope.Tenants)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, d := range docs {
				got = append(got, d.String("id"))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

package provd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"provbox/provd/document"
	"provbox/provd/query"
)

// The actions of a bulk change.
const (
	BulkPlugin      = "plugin"      // give the devices another plugin
	BulkReconfigure = "reconfigure" // render their files again
	BulkSynchronize = "synchronize" // have the phones load their files again
	BulkDelete      = "delete"      // remove the devices
)

// BulkActions returns every action of a bulk change.
func BulkActions() []string {
	return []string{BulkPlugin, BulkReconfigure, BulkSynchronize, BulkDelete}
}

// BulkRequest is one change of many devices.
type BulkRequest struct {
	// Action is one of BulkActions.
	Action string
	// IDs are the devices, or Query selects them; one of the two is given. A device
	// that does not exist for the caller fails in the first case and is not selected
	// in the second.
	IDs   []string
	Query *query.Query
	// Plugin is the new plugin of BulkPlugin.
	Plugin string
	// Synchronize has the phones load what BulkPlugin or BulkReconfigure made.
	Synchronize bool
}

// BulkResult is what became of one device.
type BulkResult struct {
	Device string // id
	// State is Waiting, Progress, Success or Fail.
	State State
	// Reason is why it failed, "" otherwise.
	Reason string
}

// Bulk is a change of many devices. It is safe for concurrent use.
type Bulk struct {
	// ID names it, from 1 on since the box started.
	ID int
	// Action is what is done.
	Action string
	// Tenant is the tenant on whose behalf it runs.
	Tenant string
	// Operation tells how far it is; it fails when a device did, or when it was
	// cancelled.
	Operation *Operation

	cancel context.CancelFunc

	mu      sync.Mutex
	results []BulkResult
	done    int
}

// Results returns what became of each device so far.
func (b *Bulk) Results() []BulkResult {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.results)
}

// Cancel ends the change: devices that are done stay as they are, those under way
// are finished, the others keep waiting.
func (b *Bulk) Cancel() { b.cancel() }

func (b *Bulk) set(i int, state State, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.results[i].State, b.results[i].Reason = state, reason
	if state == Success || state == Fail {
		b.done++
		b.Operation.Count(int64(b.done), int64(len(b.results)))
	}
}

// fail is set for an error.
func (b *Bulk) fail(i int, err error) { b.set(i, Fail, err.Error()) }

// outcome is what the whole change comes to.
func (b *Bulk) outcome(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done < len(b.results) && ctx.Err() != nil {
		return fmt.Errorf("cancelled: %d of %d devices are done", b.done, len(b.results))
	}
	failed := 0
	for _, r := range b.results {
		if r.State == Fail {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d devices failed", failed, len(b.results))
	}
	return nil
}

// Bounds of bulk changes: those under way at once, those remembered, the devices
// that one transaction changes, and the phones that are asked at once.
const (
	maxBulks      = 4
	maxKeptBulks  = 32
	bulkChunk     = 32
	bulkPhones    = 32
	maxBulkReason = 500 // bytes
)

// bulks are those under way and the last that ended, oldest first.
type bulks struct {
	mu   sync.Mutex
	last int
	list []*Bulk
}

func (b *bulks) add(next *Bulk) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	running := 0
	for _, old := range b.list {
		if old.Operation.State() == Progress {
			running++
		}
	}
	if running >= maxBulks {
		return Errorf(Unavailable, "%d bulk changes are under way; wait for one or delete it", running)
	}
	if len(b.list) >= maxKeptBulks {
		i := slices.IndexFunc(b.list, func(old *Bulk) bool { return old.Operation.State() != Progress })
		b.list = slices.Delete(b.list, i, i+1) // there is one: fewer are under way
	}
	b.last++
	next.ID = b.last
	b.list = append(b.list, next)
	return nil
}

// Bulk returns a bulk change by its number, if the caller may act for its tenant.
func (m *Manager) Bulk(id int, s Scope) (*Bulk, error) {
	m.bulks.mu.Lock()
	defer m.bulks.mu.Unlock()
	for _, b := range m.bulks.list {
		if b.ID == id && slices.Contains(s.Tenants, b.Tenant) {
			return b, nil
		}
	}
	return nil, noSuchResource()
}

// EndBulk cancels a bulk change that is under way, whose results can still be read
// then, and forgets one that has ended.
func (m *Manager) EndBulk(id int, s Scope) error {
	b, err := m.Bulk(id, s)
	if err != nil {
		return err
	}
	if b.Operation.State() == Progress {
		b.Cancel()
		return nil
	}
	m.bulks.mu.Lock()
	defer m.bulks.mu.Unlock()
	m.bulks.list = slices.DeleteFunc(m.bulks.list, func(old *Bulk) bool { return old == b })
	return nil
}

// StartBulk selects the devices and begins to change them. The change goes on when
// the caller is gone.
func (m *Manager) StartBulk(_ context.Context, req BulkRequest, s Scope) (*Bulk, error) {
	ids, err := m.selectBulk(req, s)
	if err != nil {
		return nil, err
	}
	b := &Bulk{Action: req.Action, Tenant: s.Tenant, Operation: NewOperation("")}
	for _, id := range ids {
		b.results = append(b.results, BulkResult{Device: id, State: Waiting})
	}
	b.Operation.Count(0, int64(len(ids)))
	var ctx context.Context
	ctx, b.cancel = context.WithCancel(m.life)
	if err := m.bulks.add(b); err != nil {
		b.cancel()
		return nil, err
	}
	m.background.Go(func() {
		defer b.cancel()
		m.runBulk(ctx, b, req, s)
		b.Operation.Finish(b.outcome(ctx))
		m.events.Record(Event{Topic: "device", Tenant: s.Tenant, Text: "bulk change ended", Attrs: []slog.Attr{
			slog.String("action", req.Action), slog.Int("devices", len(ids)), slog.String("state", string(b.Operation.State())),
			slog.String("reason", b.Operation.Reason()),
		}})
	})
	return b, nil
}

// selectBulk checks a request and returns the devices it is about.
func (m *Manager) selectBulk(req BulkRequest, s Scope) ([]string, error) {
	switch {
	case !slices.Contains(BulkActions(), req.Action):
		return nil, Errorf(Invalid, "action %s: want one of %v", quote(req.Action), BulkActions())
	case req.Action == BulkPlugin && req.Plugin == "":
		return nil, Errorf(Invalid, "the action plugin needs the member plugin")
	case req.Action != BulkPlugin && req.Plugin != "":
		return nil, Errorf(Invalid, "the member plugin is for the action plugin only")
	case (req.IDs == nil) == (req.Query == nil):
		return nil, Errorf(Invalid, "give either ids or a selector; the selector {} is every device")
	case len(req.IDs) > MaxDevices:
		return nil, Errorf(Invalid, "%d ids, at most %d are taken", len(req.IDs), MaxDevices)
	}
	if _, ok := m.cfg.Plugins.Plugin(req.Plugin); req.Action == BulkPlugin && !ok {
		// A PUT of one device may name a plugin that comes later; a slip here would
		// take the files from every phone.
		return nil, Errorf(Invalid, "plugin %s is not loaded; install it before devices are given to it", quote(req.Plugin))
	}
	if req.Query == nil {
		ids := slices.Clone(req.IDs)
		slices.Sort(ids)
		return slices.Compact(ids), nil
	}
	docs, err := m.Devices(context.Background(), query.Query{Selector: req.Query.Selector, Fields: []string{}}, s.Tenants)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(docs))
	for i, doc := range docs {
		ids[i] = doc.String("id")
	}
	return ids, nil
}

func (m *Manager) runBulk(ctx context.Context, b *Bulk, req BulkRequest, s Scope) {
	if req.Action == BulkSynchronize {
		m.bulkSynchronize(ctx, b, s)
		return
	}
	for from := 0; from < len(b.results) && ctx.Err() == nil; from += bulkChunk {
		to := min(from+bulkChunk, len(b.results))
		if req.Action == BulkReconfigure {
			m.bulkReconfigure(b, from, to, s)
		} else {
			m.bulkChange(b, from, to, req, s)
		}
		if req.Action != BulkDelete {
			m.bulkRendered(b, from, to, req.Synchronize)
		}
	}
	if req.Synchronize {
		// Last, for the centre may be away and the devices need not wait for it.
		m.bulkSynchronize(ctx, b, s)
	}
}

// bulkChange changes or deletes some of the devices in one transaction. Those that
// cannot be are left out.
func (m *Manager) bulkChange(b *Bulk, from, to int, req BulkRequest, s Scope) {
	errs := make([]error, to-from)
	err := m.Change(quietly(context.Background()), func(c *Change) error {
		for i := range errs {
			err := m.bulkOne(c, b.results[from+i].Device, req, s)
			if code := CodeOf(err); err != nil && (code == Internal || code == Unavailable) {
				return err // the store's: the transaction is of no use any more
			}
			errs[i] = err
		}
		return nil
	})
	for i := range errs {
		switch {
		case err != nil:
			b.fail(from+i, err)
		case errs[i] != nil:
			b.fail(from+i, errs[i])
		case req.Action == BulkDelete:
			b.set(from+i, Success, "")
		default:
			b.set(from+i, Progress, "")
		}
	}
}

func (m *Manager) bulkOne(c *Change, id string, req BulkRequest, s Scope) error {
	dev, err := m.visible(c, id, s)
	if err != nil {
		return err
	}
	if req.Action == BulkDelete {
		return c.DeleteDevice(id)
	}
	dev.Set("plugin", req.Plugin)
	_, err = c.UpdateDevice(dev)
	return err
}

func (m *Manager) bulkReconfigure(b *Bulk, from, to int, s Scope) {
	var ids []string
	for i := from; i < to; i++ {
		id := b.results[i].Device
		if _, err := m.Device(context.Background(), id, s); err != nil {
			b.fail(i, err)
			continue
		}
		b.set(i, Progress, "")
		ids = append(ids, id)
	}
	m.renderAll(quietly(context.Background()), "bulk change", ids, m.render)
}

// bulkRendered notes whether the devices in progress have their files now. Those
// whose phones are asked next stay in progress.
func (m *Manager) bulkRendered(b *Bulk, from, to int, more bool) {
	for i := from; i < to; i++ {
		if b.state(i) != Progress {
			continue
		}
		var doc *document.Object
		err := m.cfg.Store.View(func(tx Tx) (err error) {
			doc, err = tx.Devices().Get(b.results[i].Device)
			return err
		})
		switch dev := (Device{doc}); {
		case err != nil:
			b.fail(i, err)
		case !dev.Configured():
			b.set(i, Fail, dev.String(renderError))
		case !more:
			b.set(i, Success, "")
		}
	}
}

// state returns the state of one device. The ids of the results never change, and
// are read without the lock.
func (b *Bulk) state(i int) State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.results[i].State
}

// bulkSynchronize asks the phones of the devices that did not fail.
func (m *Manager) bulkSynchronize(ctx context.Context, b *Bulk, s Scope) {
	var all sync.WaitGroup
	places := make(chan struct{}, bulkPhones)
	for i := range b.results {
		state := b.state(i)
		if state == Fail || ctx.Err() != nil && state == Waiting {
			continue
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			if state == Progress {
				b.fail(i, errors.New("changed, but cancelled before the phone was asked"))
			}
			continue
		}
		all.Go(func() {
			defer func() { <-places }()
			b.set(i, Progress, "")
			op, err := m.Synchronize(ctx, b.results[i].Device, s)
			if err != nil {
				b.fail(i, err)
				return
			}
			select {
			case <-op.Done():
			case <-ctx.Done():
				// The phone may still be asked: what was begun is not taken back.
				b.fail(i, errors.New("cancelled while the phone was being asked"))
				return
			}
			if reason := op.Reason(); op.State() == Fail {
				b.set(i, Fail, reason[:min(len(reason), maxBulkReason)])
				return
			}
			b.set(i, Success, "")
		})
	}
	all.Wait()
}

package provd

import (
	"log/slog"
	"sync"
)

// outcome is what a render came to: reason is why a device is not configured, ""
// when it is.
type outcome struct {
	configured bool
	reason     string
}

// of reports whether a device says so already.
func (o outcome) of(dev Device) bool {
	return dev.Configured() == o.configured && dev.String(renderError) == o.reason
}

func (o outcome) set(dev Device) {
	dev.Set("configured", o.configured)
	dev.Delete(renderError)
	if o.reason != "" {
		dev.Set(renderError, o.reason)
	}
}

// outcomes are those that wait to be stored, by device. Many are stored in one
// transaction: a disk takes some milliseconds for each, and a change of a shared
// config may come to thousands.
type outcomes struct {
	write sync.Mutex // one transaction at a time, so that the last one of a device is stored last

	mu      sync.Mutex
	waiting map[string]outcome
	writing map[string]outcome
}

// outcomesAtOnce is how many outcomes one transaction holds at most.
const outcomesAtOnce = 64

// has reports whether an outcome of a device is not stored yet.
func (o *outcomes) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, waits := o.waiting[id]
	_, written := o.writing[id]
	return waits || written
}

// add keeps an outcome, in the place of one that waits, and returns how many wait.
func (o *outcomes) add(id string, out outcome) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiting == nil {
		o.waiting = make(map[string]outcome)
	}
	o.waiting[id] = out
	return len(o.waiting)
}

// take moves what waits to what is being written.
func (o *outcomes) take() map[string]outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing, o.waiting = o.waiting, nil
	return o.writing
}

func (o *outcomes) written() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writing = nil
}

// storeOutcomes stores every outcome that waits.
func (m *Manager) storeOutcomes() {
	m.outcomes.write.Lock()
	defer m.outcomes.write.Unlock()
	all := m.outcomes.take()
	defer m.outcomes.written()
	if len(all) == 0 {
		return
	}
	err := m.cfg.Store.Update(func(tx Tx) error {
		for id, out := range all {
			doc, err := tx.Devices().Get(id)
			if CodeOf(err) == NotFound && err != nil {
				continue // deleted meanwhile
			}
			if err != nil {
				return err
			}
			if dev := (Device{doc}); !out.of(dev) {
				out.set(dev)
				if err := tx.Devices().Put(id, doc); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		m.log.Error("cannot store whether devices are configured", "devices", len(all), "err", err)
	}
}

// outcome keeps whether the device is configured now, and why not. known tells
// that dev is what is stored, with no outcome on its way.
func (m *Manager) outcome(dev Device, known bool, failure error) {
	out := outcome{configured: failure == nil}
	if failure != nil {
		out.reason = failure.Error()
	}
	if known && out.of(dev) {
		return
	}
	if m.outcomes.add(dev.ID(), out) >= outcomesAtOnce {
		m.storeOutcomes()
	}
	e := Event{
		Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "config", Text: "configured",
		Attrs: []slog.Attr{slog.String("plugin", dev.Plugin())},
	}
	if failure != nil {
		e.Text = "not configured"
		e.Attrs = append(e.Attrs, slog.String("reason", brief(failure)))
	}
	m.events.Record(e)
}

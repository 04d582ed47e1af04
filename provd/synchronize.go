package provd

import (
	"context"
	"log/slog"
	"time"

	"provbox/provd/document"
	"provbox/provd/rawconfig"
)

// Notifies takes the SIP NOTIFYs that plugins send while they synchronize a
// device, so that no plugin waits for the centre.
type Notifies interface {
	// Collect returns a context for the plugin's call and a function that, after
	// the call has succeeded, queues what was sent under that context. finish is
	// told the outcome once, at once when nothing was sent; the journal is told
	// by whoever implements this.
	Collect(ctx context.Context, dev Device) (_ context.Context, queue func(finish func(error)))
}

// syncTimeout bounds one synchronization, the wait for its turn included.
const syncTimeout = 2 * time.Minute

// Synchronize asks a phone to load its configuration again. The returned
// operation ends when the request to the phone was accepted or failed, which
// takes as long as the centre is away; a device that is not configured fails at
// once (spec/rest.md section 5.7).
func (m *Manager) Synchronize(_ context.Context, id string, s Scope) (*Operation, error) {
	var (
		dev     Device
		raw     *document.Object
		failure error
	)
	err := m.cfg.Store.View(func(tx Tx) error {
		var err error
		if dev, err = m.visible(tx, id, s); err != nil {
			return err
		}
		if !dev.Configured() {
			failure = Errorf(Invalid, "the device is not configured, so there is nothing to load")
			return nil
		}
		if raw, failure = flatten(tx, m.cfg.BaseRawConfig, dev.Config()); failure == nil {
			rawconfig.SetDefaults(raw)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	op := NewOperation("")
	plugin, err := m.plugin(dev)
	if failure == nil {
		failure = err
	}
	if failure != nil {
		m.synchronized(dev, op, failure)
		return op, nil
	}
	select {
	case m.syncQueue <- struct{}{}:
	default:
		return nil, Errorf(Unavailable, "%d synchronizations are waiting already; try again later", maxSyncQueue)
	}
	// The phone shall reload even when whoever asked for it hangs up.
	ctx, cancel := context.WithTimeout(m.life, syncTimeout)
	m.background.Go(func() {
		defer cancel()
		defer func() { <-m.syncQueue }()
		select {
		case m.syncs <- struct{}{}:
			defer func() { <-m.syncs }()
			m.synchronize(ctx, dev, op, plugin, raw)
		case <-ctx.Done():
			m.synchronized(dev, op, Errorf(Unavailable, "the phone's turn did not come in %v", syncTimeout))
		}
	})
	return op, nil
}

func (m *Manager) synchronize(ctx context.Context, dev Device, op *Operation, plugin Plugin, raw *document.Object) {
	if m.cfg.Notifies == nil {
		m.synchronized(dev, op, plugin.Synchronize(ctx, dev, raw))
		return
	}
	ctx, queue := m.cfg.Notifies.Collect(ctx, dev)
	if err := plugin.Synchronize(ctx, dev, raw); err != nil {
		m.synchronized(dev, op, err)
		return
	}
	queue(op.Finish)
}

func (m *Manager) synchronized(dev Device, op *Operation, err error) {
	op.Finish(err)
	e := Event{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "sync", Text: "asked the phone to reload"}
	if err != nil {
		e.Text = "could not ask the phone to reload"
		e.Attrs = []slog.Attr{slog.String("reason", brief(err))}
	}
	m.events.Record(e)
}

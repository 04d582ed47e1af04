package provd

import (
	"context"
	"log/slog"
	"path"
	"strings"
	"sync"

	"provbox/provd/document"
	"provbox/provd/rawconfig"
)

// renderState remembers what a device's files were last rendered from, since
// the box started.
type renderState struct {
	dev     Device // as it was then; its plugin holds the files
	trigger string // base name of the file that shows the phone's state, or ""
}

// Ensure renders a device unless that was done since the box started: the
// generated files live in memory, and a phone must not wait for its turn.
func (m *Manager) Ensure(ctx context.Context, id string) {
	if m.isRendered(id) {
		return
	}
	m.render(context.WithoutCancel(ctx), id)
	m.storeOutcomes()
}

func (m *Manager) isRendered(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, done := m.rendered[id]
	return done
}

// ensure is render for a device that was not rendered since the box started.
func (m *Manager) ensure(ctx context.Context, id string) bool {
	return m.isRendered(id) || m.render(ctx, id)
}

// PluginChanged renders every device of a plugin again, after the plugin was
// loaded, replaced or removed.
func (m *Manager) PluginChanged(ctx context.Context, plugin string) error {
	var ids []string
	err := m.cfg.Store.View(func(tx Tx) error {
		for id := range tx.Devices().Find("plugin", plugin) {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	m.renderAll(ctx, "plugin "+plugin, ids, m.render)
	return nil
}

// render makes a device's files agree with what is stored now, and reports whether
// that worked. The outcome waits for storeOutcomes. Renders of one device follow
// each other, so the last one has seen the last write.
func (m *Manager) render(ctx context.Context, id string) bool {
	unlock := m.locks.lock(id)
	defer unlock()

	// Asked before the device is read: an outcome that is stored in between would
	// make what was read look older than it is.
	known := !m.outcomes.has(id)
	var (
		dev Device
		raw *document.Object
		err error
	)
	viewErr := m.cfg.Store.View(func(tx Tx) error {
		doc, getErr := tx.Devices().Get(id)
		if getErr != nil {
			return getErr
		}
		dev = Device{doc}
		raw, err = m.rawConfig(tx, dev)
		return nil
	})
	if viewErr != nil {
		if CodeOf(viewErr) != NotFound { // a device deleted meanwhile has nothing to render
			m.log.Error("cannot read device to render it", "device", id, "err", viewErr)
		}
		return false
	}
	m.retire(ctx, dev)
	var plugin Plugin
	if err == nil {
		plugin, err = m.plugin(dev)
	}
	if err == nil {
		err = plugin.Configure(ctx, dev, raw)
	}
	m.remember(ctx, dev, plugin)
	m.outcome(dev, known, err)
	return err == nil
}

// rawConfig returns the raw config that a plugin gets for a device: flattened,
// completed with the defaults, and checked (spec/rest.md section 5.6).
func (m *Manager) rawConfig(tx Tx, dev Device) (*document.Object, error) {
	if dev.Plugin() == "" {
		return nil, errNoPlugin()
	}
	if dev.Config() == "" {
		return nil, Errorf(NotFound, "the device has no config")
	}
	raw, err := flatten(tx, m.cfg.BaseRawConfig, dev.Config())
	if err != nil {
		return nil, Errorf(NotFound, "config %s does not exist", quote(dev.Config()))
	}
	return m.completed(tx, dev, raw)
}

func errNoPlugin() error { return Errorf(NotFound, "no plugin supports this device yet") }

// completed completes and checks a flattened raw config for a device.
func (m *Manager) completed(tx Tx, dev Device, raw *document.Object) (*document.Object, error) {
	if m.cfg.URLKey {
		if dev.Tenant() == "" {
			return nil, Errorf(Invalid, "the device has no tenant, so it has no provisioning key")
		}
		key := tenantKey(tx, dev.Tenant())
		if key == "" {
			return nil, Errorf(Invalid, "tenant %s has no provisioning key; set one with PUT /configure/provisioning_key", dev.Tenant())
		}
		raw.Set("http_base_url", raw.String("http_base_url")+"/"+key)
	}
	rawconfig.SetDefaults(raw)
	if err := rawconfig.Validate(raw); err != nil {
		return nil, &Error{Code: Invalid, Message: err.Error()}
	}
	return raw, nil
}

func (m *Manager) plugin(dev Device) (Plugin, error) {
	p, ok := m.cfg.Plugins.Plugin(dev.Plugin())
	if !ok {
		return nil, Errorf(NotFound, "plugin %s is not loaded", quote(dev.Plugin()))
	}
	return p, nil
}

// retire removes the files of a device from the plugin it had before.
func (m *Manager) retire(ctx context.Context, dev Device) {
	m.mu.Lock()
	old, ok := m.rendered[dev.ID()]
	m.mu.Unlock()
	if ok && old.dev.Plugin() != dev.Plugin() {
		m.deconfigure(ctx, old.dev)
	}
}

// forget removes the files of a device that was deleted.
func (m *Manager) forget(ctx context.Context, dev Device) {
	unlock := m.locks.lock(dev.ID())
	defer unlock()
	m.mu.Lock()
	delete(m.rendered, dev.ID())
	m.mu.Unlock()
	m.deconfigure(ctx, dev)
}

func (m *Manager) deconfigure(ctx context.Context, dev Device) {
	p, ok := m.cfg.Plugins.Plugin(dev.Plugin())
	if !ok {
		return
	}
	if err := p.Deconfigure(ctx, dev); err != nil {
		m.log.Warn("plugin failed to remove a device's files", "device", dev.ID(), "plugin", dev.Plugin(), "err", err)
	}
}

// remember notes that the device was rendered, and the file name that will show
// its state. plugin is nil when none renders it.
func (m *Manager) remember(ctx context.Context, dev Device, plugin Plugin) {
	state := renderState{dev: dev.Clone()}
	if plugin != nil {
		name, err := plugin.RemoteStateTrigger(ctx, dev)
		if err != nil {
			m.log.Warn("plugin does not tell which file shows a phone's state", "device", dev.ID(), "plugin", dev.Plugin(), "err", err)
		}
		state.trigger = name
	}
	m.mu.Lock()
	m.rendered[dev.ID()] = state
	m.mu.Unlock()
}

// Requested notes that a phone asked for a file. When it is the one that holds
// the device's account, the device's remote_state_sip_username becomes the
// account it is about to receive (spec/ident.md section 8).
func (m *Manager) Requested(id, name string) error {
	m.mu.Lock()
	state, ok := m.rendered[id]
	m.mu.Unlock()
	if !ok || state.trigger == "" || path.Base(name) != state.trigger {
		return nil
	}
	var username string
	err := m.cfg.Store.View(func(tx Tx) error {
		doc, err := tx.Devices().Get(id)
		if err != nil || !(Device{doc}).Configured() {
			return err
		}
		if u := firstUsername(tx, Device{doc}); u != doc.String(remoteState) {
			username = u
		}
		return nil
	})
	if err != nil || username == "" {
		return err
	}
	err = m.cfg.Store.Update(func(tx Tx) error {
		doc, err := tx.Devices().Get(id)
		if err != nil {
			return err
		}
		doc.Set(remoteState, username)
		return tx.Devices().Put(id, doc)
	})
	if err != nil {
		return err
	}
	m.events.Record(Event{
		Device: id, MAC: state.dev.MAC(), Tenant: state.dev.Tenant(), Topic: "config", Text: "phone takes its account",
		Attrs: []slog.Attr{slog.String("username", username), slog.String("file", state.trigger)},
	})
	return nil
}

const remoteState = "remote_state_sip_username"

// firstUsername is the account of line 1 in the device's own config document,
// without inheritance.
func firstUsername(tx Tx, dev Device) string {
	doc, err := tx.Configs().Get(dev.Config())
	if err != nil {
		return ""
	}
	return strings.TrimSpace(doc.Object("raw_config").Object("sip_lines").Object("1").String("username"))
}

// keyedMutex is one mutex per key, kept only while somebody holds or awaits it.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*keyLock
}

type keyLock struct {
	sync.Mutex
	users int
}

func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = make(map[string]*keyLock)
	}
	l := k.locks[key]
	if l == nil {
		l = &keyLock{}
		k.locks[key] = l
	}
	l.users++
	k.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.locks, key)
		}
	}
}

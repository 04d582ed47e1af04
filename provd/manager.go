package provd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"

	"provbox/provd/document"
)

// ManagerConfig is what a Manager is made from.
type ManagerConfig struct {
	Store   Store   // must not be nil
	Plugins Plugins // must not be nil

	// BaseRawConfig is merged under every raw config (spec/rest.md section 8),
	// already completed with ip, http_port, http_base_url and tftp_port.
	BaseRawConfig *document.Object
	// Autoprov are the config documents a box without any config starts with;
	// empty for none. See AutoprovConfigs.
	Autoprov []*document.Object
	// URLKey is true when general.http_auth_strategy is url_key: each device's
	// http_base_url then ends in its tenant's provisioning key.
	URLKey bool
	// PluginServer is the default of the plugin_server parameter.
	PluginServer string

	// Notifies queues what plugins send to phones; nil sends it while the plugin
	// waits.
	Notifies Notifies

	Recorder Recorder     // nil drops events
	Logger   *slog.Logger // nil discards
}

// Manager holds the use cases on devices and configs. It is safe for
// concurrent use. Reads never wait for a render or for a plugin.
type Manager struct {
	cfg    ManagerConfig
	log    *slog.Logger
	events Recorder

	locks      keyedMutex // serialises the renders of one device
	outcomes   outcomes
	renderings renderings
	bulks      bulks
	syncs      chan struct{} // a place for each synchronization under way
	syncQueue  chan struct{} // and for each that waits or is under way

	life       context.Context // ends what Serve waits for
	end        context.CancelFunc
	background sync.WaitGroup

	mu       sync.Mutex
	master   string
	rendered map[string]renderState // by device id
}

// MaxDevices bounds how many devices a box keeps, MaxSeen how many there may be
// for one more to be added because a phone was seen. MaxSeen is four times what the
// largest branch needs, and stops a host that invents phones from filling the disk;
// who may create devices over REST may have more.
const (
	MaxDevices = 16384
	MaxSeen    = 4096
)

// MaxConfigs bounds how many config documents a box keeps: one per device and
// as many shared ones.
const MaxConfigs = 2 * MaxDevices

// maxSyncs bounds the synchronizations under way at once, maxSyncQueue those
// that wait for their turn: every device of a full box may.
const (
	maxSyncs     = 8
	maxSyncQueue = MaxDevices
)

// NewManager returns a Manager. It reads the master tenant that was last known
// and, on a store without configs, stores the autoprov set.
func NewManager(cfg ManagerConfig) (*Manager, error) {
	m := &Manager{
		cfg: cfg, log: cfg.Logger, events: cfg.Recorder,
		syncs: make(chan struct{}, maxSyncs), syncQueue: make(chan struct{}, maxSyncQueue),
		rendered: make(map[string]renderState),
	}
	m.life, m.end = context.WithCancel(context.Background())
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	if m.events == nil {
		m.events = Discard{}
	}
	if cfg.BaseRawConfig == nil {
		m.cfg.BaseRawConfig = document.New()
	}
	if err := m.seed(); err != nil {
		return nil, err
	}
	return m, nil
}

// Serve renders every device once, in the background of everything else: a
// phone that asks meanwhile is rendered at once by its own request. When ctx
// ends it ends the synchronizations under way and returns.
func (m *Manager) Serve(ctx context.Context) error {
	defer m.background.Wait()
	defer m.end()
	var ids []string
	err := m.cfg.Store.View(func(tx Tx) error {
		for id := range tx.Devices().All() {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	m.tellMissing(ctx)
	m.renderAll(ctx, "start", ids, m.ensure)
	<-ctx.Done()
	return nil
}

// View runs fn on a consistent snapshot of the documents.
func (m *Manager) View(fn func(Tx) error) error { return m.cfg.Store.View(fn) }

// Change runs fn in one durable transaction, then renders every device whose
// files it made stale. When fn fails nothing is stored. The renders' failures
// are not errors of the change: they are on the devices (see renderError).
func (m *Manager) Change(ctx context.Context, fn func(*Change) error) error {
	var c *Change
	err := m.cfg.Store.Update(func(tx Tx) error {
		c = &Change{Tx: tx, master: m.MasterTenant(), stale: make(map[string]struct{}), cause: "devices"}
		return fn(c)
	})
	if err != nil {
		return err
	}
	// What was stored stays stored when the client hangs up, so its effects
	// must follow all the same.
	ctx = context.WithoutCancel(ctx)
	for _, dev := range c.removed {
		m.forget(ctx, dev)
	}
	for _, e := range c.events {
		m.events.Record(e)
	}
	stale := make([]string, 0, len(c.stale))
	for id := range c.stale {
		stale = append(stale, id)
	}
	m.renderAll(ctx, c.cause, stale, m.render)
	return nil
}

// MasterTenant returns the tenant of the box's own service token as last
// learned, or "" on a box that never reached wazo-auth.
func (m *Manager) MasterTenant() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.master
}

// masterParam keeps the master tenant over a restart with the centre away.
const masterParam = "X_provbox_master_tenant"

// formerParam keeps the tenants that were here when the master tenant changed last.
const formerParam = "X_provbox_former_tenants"

// SetMasterTenant stores the tenant that the box's own token belongs to. Devices
// that appeared before it was known move into it. A stack has one master tenant for
// ever, so another one means another stack; see FormerTenants.
func (m *Manager) SetMasterTenant(tenant string) error {
	if tenant == "" || tenant == m.MasterTenant() {
		return nil
	}
	err := m.cfg.Store.Update(func(tx Tx) error {
		if m.MasterTenant() != "" {
			var former []any
			for _, t := range tenantsHere(tx) {
				former = append(former, t)
			}
			if err := tx.Params().Put(formerParam, document.New("value", former)); err != nil {
				return err
			}
		}
		for id, doc := range tx.Devices().All() {
			dev := Device{doc}
			if dev.Tenant() != "" {
				continue
			}
			dev.Set("tenant_uuid", tenant)
			dev.Set("is_new", true)
			if err := tx.Devices().Put(id, dev.Object); err != nil {
				return err
			}
		}
		return tx.Params().Put(masterParam, document.New("value", tenant))
	})
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.master = tenant
	m.mu.Unlock()
	return nil
}

// newID returns 32 random hex digits, the form wazo-provd's ids have: a UUID of
// version 4 without dashes.
func newID() string {
	u := newUUID()
	return hex.EncodeToString(u[:])
}

// newUUID returns random bytes in the layout of RFC 9562 section 5.4.
func newUUID() (u [16]byte) {
	_, _ = rand.Read(u[:]) // never fails: crypto/rand ends the program instead
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u
}

package netcfg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrMissing is an interface that the settings name and the machine does not
// have, or not yet.
var ErrMissing = errors.New("interface is not there; check the cable or adapter, or its name in the settings")

// Kernel is where the network is set. Netlink is the real one.
type Kernel interface {
	// State returns what is set now.
	State() (State, error)
	// Do makes one change. Making one that is made already is no error.
	Do(Change) error
	// Watch returns a channel that gets a value after interfaces have come,
	// gone or changed, and is closed when ctx ends or the kernel's
	// notifications break off.
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// Manager sets the network as the settings ask and keeps it so. Its methods are
// not for concurrent use: Await first, then Serve.
type Manager struct {
	cfg        Config
	kernel     Kernel
	resolvConf string
	log        *slog.Logger
}

// New returns a Manager for settings that have passed Validate. resolvConf is
// the file the name servers are written to, or empty where that is the
// operating system's business; on gokrazy it is /tmp/resolv.conf, which
// /etc/resolv.conf points to.
func New(cfg Config, k Kernel, resolvConf string, log *slog.Logger) *Manager {
	return &Manager{cfg: cfg, kernel: k, resolvConf: resolvConf, log: log}
}

// Await sets the network and returns when that is done, waiting for interfaces
// that are not there yet until ctx ends. The error then wraps ErrMissing for
// each; what could be set is set.
func (m *Manager) Await(ctx context.Context) error {
	if !m.cfg.Enabled() {
		return nil
	}
	if err := m.writeResolvConf(); err != nil {
		// Names are needed for the centre only; the LAN has to come up.
		m.log.Error("name servers not set", "err", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	events, err := m.kernel.Watch(ctx)
	if err != nil {
		return fmt.Errorf("set network: watch interfaces: %w", err)
	}
	for {
		err := m.apply()
		if !errors.Is(err, ErrMissing) {
			return err
		}
		if _, ok := <-events; !ok {
			return err
		}
	}
}

// Serve keeps the network as it is asked for until ctx ends, for interfaces
// that come late or come back. What goes wrong is logged and tried again at the
// next event.
func (m *Manager) Serve(ctx context.Context) error {
	for m.cfg.Enabled() && ctx.Err() == nil {
		events, err := m.kernel.Watch(ctx)
		if err != nil {
			return fmt.Errorf("set network: watch interfaces: %w", err)
		}
		for ok := true; ok; _, ok = <-events {
			if err := m.apply(); err != nil {
				m.log.Warn("network not as in the settings", "err", err)
			}
		}
		// The kernel stops notifying a reader that is too slow.
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	<-ctx.Done()
	return nil
}

// apply makes the changes that are needed and returns what failed or is missing.
func (m *Manager) apply() error {
	state, err := m.kernel.State()
	if err != nil {
		return fmt.Errorf("set network: read its state: %w", err)
	}
	changes, missing := Plan(state, m.cfg)
	var errs []error
	for _, c := range changes {
		if err := m.kernel.Do(c); err != nil {
			errs = append(errs, fmt.Errorf("set network: %s: %w", c, err))
			continue
		}
		m.log.Info("network changed", "change", c.String())
	}
	for _, name := range missing {
		errs = append(errs, fmt.Errorf("set network: %s: %w", name, ErrMissing))
	}
	return errors.Join(errs...)
}

// String names the change with what it is about, for logs and errors.
func (c Change) String() string {
	switch {
	case c.Address.IsValid():
		return fmt.Sprintf("%s %s on %s", c.Op, c.Address, c.Link)
	case c.Gateway.IsValid():
		return fmt.Sprintf("%s via %s on %s", c.Op, c.Gateway, c.Link)
	default:
		return fmt.Sprintf("%s %s", c.Op, c.Link)
	}
}

// ResolvConf is the resolver's file for the settings, or nil if they name no
// name server (resolv.conf(5)).
func ResolvConf(c Config) []byte {
	w, err := c.parse()
	if err != nil || len(w.dns) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("# Written by provbox from the section network of its settings.\n")
	for _, a := range w.dns {
		fmt.Fprintf(&b, "nameserver %s\n", a)
	}
	return []byte(b.String())
}

// writeResolvConf replaces the file by renaming: on gokrazy its name is a
// symbolic link into /proc at first.
func (m *Manager) writeResolvConf() (err error) {
	text := ResolvConf(m.cfg)
	if m.resolvConf == "" || text == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(m.resolvConf), ".resolv.conf-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", m.resolvConf, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", m.resolvConf, errors.Join(err, os.Remove(f.Name())))
		}
	}()
	_, err = f.Write(text)
	// Programs that are not root resolve names too.
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), m.resolvConf)
}

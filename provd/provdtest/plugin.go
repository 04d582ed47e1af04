package provdtest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"provbox/provd"
	"provbox/provd/document"
)

// Plugin is a plugin that writes one file per device, named after its MAC
// without colons and ".cfg", holding the raw config as JSON. It knows the
// User-Agent "Test MODEL VERSION MAC". The zero value has the id "test".
type Plugin struct {
	Name string
	// ConfigureErr, ExtractErr and SyncErr are returned by those calls.
	ConfigureErr, ExtractErr, SyncErr error
	// Level is what Score returns for vendor "Test"; 0 is 600.
	Level int
	// Wait, when not nil, is received from by Synchronize.
	Wait chan struct{}

	mu    sync.Mutex
	files map[string]string
	syncs int
}

// ID returns the plugin id.
func (p *Plugin) ID() string {
	if p.Name == "" {
		return "test"
	}
	return p.Name
}

func fileName(dev provd.Device) string { return strings.ReplaceAll(dev.MAC(), ":", "") + ".cfg" }

// Configure writes the device's file.
func (p *Plugin) Configure(_ context.Context, dev provd.Device, raw *document.Object) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ConfigureErr != nil {
		return p.ConfigureErr
	}
	if dev.MAC() == "" {
		return errors.New("MAC address needed to configure device")
	}
	b, err := json.Marshal(raw)
	if err != nil {
		return err
	}
	if p.files == nil {
		p.files = make(map[string]string)
	}
	p.files[fileName(dev)] = string(b)
	return nil
}

// Deconfigure removes the device's file.
func (p *Plugin) Deconfigure(_ context.Context, dev provd.Device) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.files, fileName(dev))
	return nil
}

// Synchronize counts the call.
func (p *Plugin) Synchronize(ctx context.Context, _ provd.Device, _ *document.Object) error {
	if p.Wait != nil {
		select {
		case <-p.Wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.syncs++
	return p.SyncErr
}

// RemoteStateTrigger is the device's file.
func (p *Plugin) RemoteStateTrigger(_ context.Context, dev provd.Device) (string, error) {
	return fileName(dev), nil
}

// Extract reads the User-Agent, and vendor class 60 "Test" of a DHCP client.
func (p *Plugin) Extract(_ context.Context, req provd.Request) (provd.Info, error) {
	if p.ExtractErr != nil {
		return nil, p.ExtractErr
	}
	if string(req.Options[60]) == "Test" {
		return provd.Info{"vendor": "Test"}, nil
	}
	f := strings.Fields(req.UserAgent)
	if len(f) != 4 || f[0] != "Test" {
		return nil, nil
	}
	return provd.Info{"vendor": "Test", "model": f[1], "version": f[2], "mac": f[3]}, nil
}

// Score is Level for vendor "Test" and 200 otherwise.
func (p *Plugin) Score(_ context.Context, info provd.Info) (int, error) {
	switch {
	case info["vendor"] != "Test":
		return 200, nil
	case p.Level == 0:
		return 600, nil
	}
	return p.Level, nil
}

// File returns a written file and whether it exists.
func (p *Plugin) File(name string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.files[name]
	return s, ok
}

// SetConfigureErr changes ConfigureErr while the plugin is in use.
func (p *Plugin) SetConfigureErr(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ConfigureErr = err
}

// Syncs returns how often Synchronize was called.
func (p *Plugin) Syncs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.syncs
}

// Plugins is a set of plugins by id, as the Manager needs it.
type Plugins map[string]provd.Plugin

// Plugin returns a plugin of the set.
func (p Plugins) Plugin(id string) (provd.Plugin, bool) {
	found, ok := p[id]
	return found, ok
}

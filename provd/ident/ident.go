package ident

import (
	"context"
	"log/slog"
	"sync/atomic"

	"provbox/provd"
)

// Config is what an Identifier is made from.
type Config struct {
	Devices  Devices         // must not be nil
	Plugins  func() []Plugin // the loaded plugins, in the order in which ties are broken
	Security Security        // nil is told of nothing
	Recorder provd.Recorder  // nil drops events
	Logger   *slog.Logger    // nil discards
}

// Identifier runs the pipeline. It is safe for concurrent use.
type Identifier struct {
	devices  Devices
	plugins  func() []Plugin
	security Security
	events   provd.Recorder
	log      *slog.Logger

	queue   chan provd.Request
	dropped atomic.Int64
}

// queueLength bounds the observations that wait for identification. A phone
// repeats itself, so the ones that do not fit are dropped.
const queueLength = 1024

// New returns an Identifier.
func New(cfg Config) *Identifier {
	i := &Identifier{
		devices: cfg.Devices, plugins: cfg.Plugins, security: cfg.Security, events: cfg.Recorder, log: cfg.Logger,
		queue: make(chan provd.Request, queueLength),
	}
	if i.events == nil {
		i.events = provd.Discard{}
	}
	if i.log == nil {
		i.log = slog.New(slog.DiscardHandler)
	}
	return i
}

// Observe hands over a request whose answer does not depend on identification,
// such as a DHCP lease. It never blocks: what does not fit the queue is dropped
// and counted.
func (i *Identifier) Observe(req provd.Request) {
	select {
	case i.queue <- req:
	default:
		if n := i.dropped.Add(1); n&(n-1) == 0 { // at 1, 2, 4, 8…: a flood must not flood the log
			i.log.Warn("too many requests wait for identification, dropping", "dropped", n)
		}
	}
}

// Serve identifies what was observed until ctx ends.
func (i *Identifier) Serve(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case req := <-i.queue:
			if _, err := i.Identify(ctx, req); err != nil {
				i.log.Error("could not identify a phone", "kind", req.Kind, "ip", req.IP, "mac", req.MAC, "err", err)
			}
		}
	}
}

// Identify finds or adds the device that a request comes from, brings it up to
// date, and makes sure its files are there. A device without an id means that
// the request belongs to no device. The error is the store's.
func (i *Identifier) Identify(ctx context.Context, req provd.Request) (provd.Device, error) {
	plugins := i.plugins()
	info := i.extract(ctx, req, plugins)

	dev, stale, err := i.look(info)
	if err != nil {
		return provd.Device{}, err
	}
	known := dev.Object != nil
	if !known && !adds(req, info) {
		return provd.Device{}, nil
	}
	var choice string
	if !known || !dev.Has("plugin") {
		choice = i.associate(ctx, info, plugins)
	}
	if !known || stale || choice != "" {
		if dev, err = i.apply(ctx, req, info, choice); refused(err) {
			i.log.Warn("could not keep a phone", "kind", req.Kind, "ip", req.IP, "mac", info["mac"], "err", err)
			return provd.Device{}, nil
		} else if err != nil {
			return provd.Device{}, err
		}
	}
	// Another request of the same phone may have stored the device a moment ago
	// and be rendering it still.
	i.devices.Ensure(ctx, dev.ID())
	if req.Kind != provd.DHCP {
		if err := i.devices.Requested(dev.ID(), req.Path); err != nil && provd.CodeOf(err) != provd.NotFound {
			return provd.Device{}, err
		}
	}
	return dev, nil
}

// adds reports whether a request of no known device makes one. Any phone that
// speaks HTTP or TFTP to the box does; a DHCP client only when something says
// that it is a phone, for every laptop of the branch asks for an address.
func adds(req provd.Request, info provd.Info) bool {
	if req.Kind == provd.DHCP && !req.Phone && info["vendor"] == "" {
		return false
	}
	return info["ip"] != ""
}

// refused reports whether the documents' own rules, not the disk, are why a
// device was not stored: a full box, or a value that no device may have.
func refused(err error) bool {
	code := provd.CodeOf(err)
	return code == provd.Unavailable || code == provd.Invalid
}

// look finds the device and whether the request changes anything on it, its
// plugin apart. Most requests change nothing, and those must not write.
func (i *Identifier) look(info provd.Info) (dev provd.Device, stale bool, err error) {
	err = i.devices.View(func(tx provd.Tx) error {
		found, ok := retrieve(tx, info)
		if !ok {
			stale = true
			return nil
		}
		dev = found
		stale = refresh(dev.Clone(), info) || len(outdated(tx, dev, info)) > 0 ||
			!dev.Has("config") && autocreates(tx)
		return nil
	})
	return dev, stale, err
}

// autocreates reports whether there is a config that new ones are made from.
func autocreates(tx provd.Tx) bool {
	for range tx.Configs().Find("role", "autocreate") {
		return true
	}
	return false
}

// apply writes what the request shows, in one transaction.
func (i *Identifier) apply(ctx context.Context, req provd.Request, info provd.Info, plugin string) (dev provd.Device, err error) {
	var added, associated bool
	err = i.devices.Change(ctx, func(c *provd.Change) error {
		added, associated = false, false
		var ok bool
		if dev, ok = retrieve(c, info); !ok {
			dev, added = provd.NewDevice(), true
		}
		for _, other := range outdated(c, dev, info) {
			other.Delete("ip")
			if _, err := c.UpdateDevice(other); err != nil {
				return err
			}
		}
		refresh(dev, info)
		if plugin != "" && !dev.Has("plugin") {
			dev.Set("plugin", plugin)
			associated = true
		}
		if !dev.Has("config") {
			switch id, err := c.Autocreate(); {
			case err == nil:
				dev.Set("config", id)
			case provd.CodeOf(err) != provd.NotFound:
				return err
			}
		}
		if !added {
			_, err := c.UpdateDevice(dev)
			return err
		}
		dev.Set("added", "auto")
		if tenant := i.devices.MasterTenant(); tenant != "" {
			dev.Set("tenant_uuid", tenant)
		}
		_, err := c.InsertSeen(dev)
		return err
	})
	if err != nil {
		return provd.Device{}, err
	}
	if added {
		if i.security != nil {
			i.security.NewDevice(info["ip"], dev.ID())
		}
		i.record(req, dev, "new device")
	}
	if associated {
		i.record(req, dev, "plugin associated", slog.String("plugin", dev.Plugin()))
	}
	return dev, nil
}

func (i *Identifier) record(req provd.Request, dev provd.Device, text string, attrs ...slog.Attr) {
	attrs = append([]slog.Attr{
		slog.String("via", string(req.Kind)), slog.String("vendor", dev.String("vendor")),
		slog.String("model", dev.String("model")), slog.String("version", dev.String("version")),
	}, attrs...)
	i.events.Record(provd.Event{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "ident", Text: text, Attrs: attrs})
}

// Package journal remembers what happened to each device and to the box, in
// memory and bounded, and prints it as structured logs. It feeds timelines; no
// decision depends on it, so losing it changes nothing.
package journal

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Event is one thing that happened. Text and attributes never hold a secret.
type Event struct {
	Time time.Time
	// Device is the device's id; MAC and IP are what was known of the phone.
	// Any of them may be empty.
	Device, MAC, IP string
	Topic           string // dhcp, ident, http, tftp, config, sync, plugin, firmware, box
	Text            string // what happened, in one line
	Attrs           []slog.Attr
}

// Bounds of the memory: so many events of one device, of so many devices, and
// so many of everything.
const (
	perDevice  = 64
	maxDevices = 4096
	recent     = 4096
)

// Journal keeps events. It is safe for concurrent use, and Record never waits
// for a reader.
type Journal struct {
	now func() time.Time
	log *slog.Logger

	mu      sync.Mutex
	all     ring
	devices map[string]*timeline // by device id
	macs    map[string]string    // device ids by MAC
	touched uint64
}

type timeline struct {
	ring
	mac     string
	touched uint64
}

// New returns an empty journal that prints each event to log, which must not be
// nil. now is the clock.
func New(now func() time.Time, log *slog.Logger) *Journal {
	return &Journal{
		now: now, log: log, all: ring{limit: recent},
		devices: make(map[string]*timeline), macs: make(map[string]string),
	}
}

// Record keeps and prints an event. One without a time gets the present one;
// one that names only a MAC goes to the device of that MAC, if there is one.
func (j *Journal) Record(e Event) {
	if e.Time.IsZero() {
		e.Time = j.now()
	}
	e = j.keep(e)
	attrs := make([]slog.Attr, 0, 4+len(e.Attrs))
	for _, a := range []slog.Attr{slog.String("topic", e.Topic), slog.String("device", e.Device), slog.String("mac", e.MAC), slog.String("ip", e.IP)} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	j.log.LogAttrs(context.Background(), slog.LevelInfo, e.Text, append(attrs, e.Attrs...)...)
}

func (j *Journal) keep(e Event) Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e.Device == "" {
		e.Device = j.macs[e.MAC]
	}
	j.all.add(e)
	if e.Device == "" {
		return e
	}
	t := j.devices[e.Device]
	if t == nil {
		t = j.begin(e)
	} else {
		t.add(e)
	}
	if e.MAC != "" && t.mac != e.MAC {
		delete(j.macs, t.mac)
		t.mac = e.MAC
		j.macs[e.MAC] = e.Device
	}
	j.touched++
	t.touched = j.touched
	return e
}

// begin starts a device's timeline with what its MAC did before the device was
// known, e.g. the lease that made it appear.
func (j *Journal) begin(e Event) *timeline {
	if len(j.devices) >= maxDevices {
		j.evict()
	}
	t := &timeline{ring: ring{limit: perDevice}}
	for old := range j.all.each() {
		if old.Device == e.Device || e.MAC != "" && old.MAC == e.MAC && old.Device == "" {
			t.add(old)
		}
	}
	j.devices[e.Device] = t
	return t
}

// evict drops the timeline that was quiet for longest.
func (j *Journal) evict() {
	var oldest string
	for id, t := range j.devices {
		if oldest == "" || t.touched < j.devices[oldest].touched {
			oldest = id
		}
	}
	delete(j.macs, j.devices[oldest].mac)
	delete(j.devices, oldest)
}

// Device returns what is remembered of a device, oldest first.
func (j *Journal) Device(id string) []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.devices[id]
	if t == nil {
		return nil
	}
	return t.events()
}

// Recent returns the newest events of everything, oldest first, at most n.
func (j *Journal) Recent(n int) []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	events := j.all.events()
	return events[max(0, len(events)-n):]
}

// ring keeps the newest limit events.
type ring struct {
	limit int
	buf   []Event
	next  int // where the oldest is once the buffer is full
}

func (r *ring) add(e Event) {
	if len(r.buf) < r.limit {
		r.buf = append(r.buf, e)
		return
	}
	r.buf[r.next] = e
	r.next = (r.next + 1) % r.limit
}

// each iterates over the events, oldest first.
func (r *ring) each() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for i := range r.buf {
			if !yield(r.buf[(r.next+i)%len(r.buf)]) {
				return
			}
		}
	}
}

func (r *ring) events() []Event { return slices.AppendSeq(make([]Event, 0, len(r.buf)), r.each()) }

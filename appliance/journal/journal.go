// Package journal remembers what happened to each device and to the box, in
// memory and bounded, and prints it as structured logs. It feeds timelines; no
// decision depends on it, so losing it changes nothing.
package journal

import (
	"container/list"
	"context"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Event is one thing that happened. Text and attributes never hold a secret.
type Event struct {
	// Seq numbers the events from 1 on since the box started. Record sets it.
	Seq  uint64
	Time time.Time
	// Device is the device's id; MAC and IP are what was known of the phone.
	// Any of them may be empty.
	Device, MAC, IP string
	// Tenant is the tenant that the device belonged to then, "" when that was not
	// known.
	Tenant string
	Topic  string // dhcp, ident, device, http, tftp, config, sync, plugin, firmware, box
	Text   string // what happened, in one line
	Attrs  []slog.Attr
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
	last    uint64                   // of the events' numbers
	wake    chan struct{}            // closed at the next event; nil while nobody waits
	devices map[string]*list.Element // of *timeline, by device id
	quiet   *list.List               // the same, the one that was quiet for longest first
	macs    map[string]string        // device ids by MAC
}

type timeline struct {
	ring
	id, mac string
}

// New returns an empty journal that prints each event to log, which must not be
// nil. now is the clock.
func New(now func() time.Time, log *slog.Logger) *Journal {
	return &Journal{
		now: now, log: log, all: ring{limit: recent},
		devices: make(map[string]*list.Element), quiet: list.New(), macs: make(map[string]string),
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
	j.last++
	e.Seq = j.last
	j.all.add(e)
	if j.wake != nil {
		close(j.wake)
		j.wake = nil
	}
	if e.Device == "" {
		return e
	}
	place := j.devices[e.Device]
	if place == nil {
		place = j.begin(e)
	} else {
		place.Value.(*timeline).add(e)
		j.quiet.MoveToBack(place)
	}
	t := place.Value.(*timeline)
	if e.MAC != "" && t.mac != e.MAC {
		delete(j.macs, t.mac)
		t.mac = e.MAC
		j.macs[e.MAC] = e.Device
	}
	return e
}

// begin starts a device's timeline with what its MAC did before the device was
// known, e.g. the lease that made it appear.
func (j *Journal) begin(e Event) *list.Element {
	if len(j.devices) >= maxDevices {
		j.evict()
	}
	t := &timeline{ring: ring{limit: perDevice}, id: e.Device}
	for old := range j.all.each() {
		if old.Device == e.Device || e.MAC != "" && old.MAC == e.MAC && old.Device == "" {
			t.add(old)
		}
	}
	place := j.quiet.PushBack(t)
	j.devices[e.Device] = place
	return place
}

// evict drops the timeline that was quiet for longest.
func (j *Journal) evict() {
	t := j.quiet.Remove(j.quiet.Front()).(*timeline)
	delete(j.macs, t.mac)
	delete(j.devices, t.id)
}

// Device returns what is remembered of a device, oldest first.
func (j *Journal) Device(id string) []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	place := j.devices[id]
	if place == nil {
		return nil
	}
	return place.Value.(*timeline).events()
}

// Recent returns the newest events of everything, oldest first, at most n.
func (j *Journal) Recent(n int) []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	events := j.all.events()
	return events[max(0, len(events)-n):]
}

// After returns the events that came after the one with number seq, oldest first, at
// most n. missed tells that some of those are not remembered any more. What is
// returned of wake is nil unless there are none yet: it is closed when there are.
func (j *Journal) After(seq uint64, n int) (events []Event, missed bool, wake <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if seq >= j.last {
		if j.wake == nil {
			j.wake = make(chan struct{})
		}
		return nil, false, j.wake
	}
	first := j.last - uint64(len(j.all.buf)) + 1 // the oldest that is remembered
	if missed = seq+1 < first; missed {
		seq = first - 1
	}
	count := min(n, int(j.last-seq))
	skip := int(seq + 1 - first)
	for i := range count {
		events = append(events, j.all.at(skip+i))
	}
	return events, missed, nil
}

// Last returns the number of the newest event, 0 when there is none.
func (j *Journal) Last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
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

// at returns the i-th event, 0 being the oldest.
func (r *ring) at(i int) Event { return r.buf[(r.next+i)%len(r.buf)] }

// each iterates over the events, oldest first.
func (r *ring) each() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for i := range r.buf {
			if !yield(r.at(i)) {
				return
			}
		}
	}
}

func (r *ring) events() []Event { return slices.AppendSeq(make([]Event, 0, len(r.buf)), r.each()) }

package notify_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/notify"
)

// centre is a Sender that plays the centre.
type centre struct {
	mu     sync.Mutex
	away   bool
	refuse map[string]string // reason by device
	choke  string            // a device whose messages always end as if the centre were away
	hold   chan struct{}     // when not nil, messages wait for it
	tries  int
	sent   []sent
	most   int // messages at once
	now    int
}

type sent struct {
	at     time.Time
	device string
	event  string
}

func (c *centre) Send(ctx context.Context, job notify.Job, m notify.Message) error {
	c.mu.Lock()
	c.tries++
	c.now++
	c.most = max(c.most, c.now)
	hold := c.hold
	c.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.away, c.choke == job.Device:
		return fmt.Errorf("%w: 503", notify.ErrAway)
	case c.refuse[job.Device] != "":
		return errors.New(c.refuse[job.Device])
	}
	c.sent = append(c.sent, sent{time.Now(), job.Device, m.Variables[0]})
	return nil
}

func (c *centre) set(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

// log returns what was sent, how often that was tried, and how many were on their
// way at once.
func (c *centre) log() (list []sent, tries, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent), c.tries, c.most
}

// events returns "device event" of what was sent.
func (c *centre) events() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for _, s := range c.sent {
		list = append(list, s.device+" "+s.event)
	}
	return list
}

// disk is a Store in memory.
type disk struct {
	mu   sync.Mutex
	jobs map[string]notify.Job
}

func (d *disk) LoadNotifies(context.Context) ([]notify.Job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []notify.Job
	for _, id := range slices.Sorted(maps.Keys(d.jobs)) {
		list = append(list, d.jobs[id])
	}
	return list, nil
}

func (d *disk) PutNotify(_ context.Context, j notify.Job) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.jobs == nil {
		d.jobs = make(map[string]notify.Job)
	}
	j.Queued = j.Queued.Round(0) // no monotonic reading comes back from a disk
	d.jobs[j.Device] = j
	return nil
}

func (d *disk) DeleteNotify(_ context.Context, device string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.jobs, device)
	return nil
}

func (d *disk) len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.jobs)
}

type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) Record(e provd.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := e.Topic + " " + e.Device + " " + e.Text
	for _, a := range e.Attrs {
		line += " " + a.String()
	}
	r.lines = append(r.lines, line)
}

// serve runs the queue until the returned function is called.
func serve(t *testing.T, q *notify.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Serve(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// synchronize does what the Manager does: a package sends an event.
func synchronize(t *testing.T, q *notify.Queue, device string, events ...string) *provd.Operation {
	t.Helper()
	op := provd.NewOperation("")
	ctx, queue := q.Collect(t.Context(), provd.NewDevice("id", device, "ip", "10.0.0.5", "mac", "00:15:65:aa:bb:01"))
	for _, e := range events {
		if err := q.Notify(ctx, notify.Message{Endpoint: "user-" + device, Variables: []string{e}}); err != nil {
			t.Fatal(err)
		}
	}
	queue(op.Finish)
	return op
}

func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &centre{}
		q := notify.New(notify.Config{Sender: c, Rate: 5})
		defer serve(t, q)()
		start := time.Now()
		for i := range 50 {
			synchronize(t, q, fmt.Sprint("d", i), "Event=check-sync")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		list, _, _ := c.log()
		if len(list) != 50 {
			t.Fatalf("%d were sent", len(list))
		}
		for i, s := range list {
			if want := time.Duration(i) * 200 * time.Millisecond; s.at.Sub(start) != want || s.device != fmt.Sprint("d", i) {
				t.Errorf("number %d went to %s after %v, want %v", i, s.device, s.at.Sub(start), want)
			}
		}
	})
}

func TestNewestWins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d, r := &centre{away: true}, &disk{}, &recorder{}
		q := notify.New(notify.Config{Sender: c, Store: d, Recorder: r})
		stop := serve(t, q)
		defer func() { stop() }()
		var ops []*provd.Operation
		for i := range 5 {
			ops = append(ops, synchronize(t, q, "one", fmt.Sprint("Event=", i)))
			time.Sleep(time.Minute)
		}
		ops = append(ops, synchronize(t, q, "two", "Event=x"))
		time.Sleep(time.Minute)
		synctest.Wait()
		for i, op := range ops {
			if op.State() != provd.Progress {
				t.Errorf("operation %d is %s while the centre is away", i, op)
			}
		}
		if s := q.Status(); s.Waiting != 2 || !s.Away || d.len() != 2 {
			t.Errorf("status %+v, %d stored", s, d.len())
		}
		// At most one try each half minute: an outage is no reason to hammer.
		if _, tries, _ := c.log(); tries > 20 {
			t.Errorf("%d tries in 6 minutes", tries)
		}
		c.set(false)
		time.Sleep(40 * time.Second)
		synctest.Wait()
		got := c.events()
		slices.Sort(got)
		if diff := cmp.Diff([]string{"one Event=4", "two Event=x"}, got); diff != "" {
			t.Error(diff)
		}
		for i, op := range ops {
			if op.State() != provd.Success {
				t.Errorf("operation %d is %s", i, op)
			}
		}
		if s := q.Status(); s.Waiting != 0 || s.Away || d.len() != 0 {
			t.Errorf("status %+v, %d stored", s, d.len())
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		slices.Sort(r.lines)
		want := []string{
			"sync one asked the phone to reload", "sync one the phone will be asked to reload when the centre is back reason=the central stack is away: 503",
			"sync two asked the phone to reload",
		}
		if diff := cmp.Diff(want, slices.DeleteFunc(r.lines, func(s string) bool { return strings.HasPrefix(s, "sync two the phone will") })); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d := &centre{away: true}, &disk{}
		q := notify.New(notify.Config{Sender: c, Store: d, Max: 10})
		defer serve(t, q)()
		var ops []*provd.Operation
		for i := range 100 {
			ops = append(ops, synchronize(t, q, fmt.Sprint("d", i), "Event=x"))
		}
		synctest.Wait()
		if n := d.len(); n > 11 || q.Status().Waiting > 11 { // one may be on its way
			t.Errorf("%d stored, %d waiting", n, q.Status().Waiting)
		}
		if ops[50].State() != provd.Fail || !strings.Contains(ops[50].Reason(), "more than 10") || ops[99].State() != provd.Progress {
			t.Errorf("%s %s, %s", ops[50], ops[50].Reason(), ops[99])
		}
		// Nor can one device collect operations without end.
		again := []*provd.Operation{ops[99]}
		for range 200 {
			again = append(again, synchronize(t, q, "d99", "Event=y"))
		}
		if again[0].State() != provd.Fail || !strings.Contains(again[0].Reason(), "synchronized again") || again[200].State() != provd.Progress {
			t.Errorf("%s %s, %s", again[0], again[0].Reason(), again[200])
		}
	})
}

// A refusal is the outcome of one phone; the others go on.
func TestRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d, r := &centre{refuse: map[string]string{"one": "Endpoint not found"}}, &disk{}, &recorder{}
		q := notify.New(notify.Config{Sender: c, Store: d, Recorder: r})
		defer serve(t, q)()
		one, two := synchronize(t, q, "one", "Event=x"), synchronize(t, q, "two", "Event=x")
		time.Sleep(time.Second)
		synctest.Wait()
		if one.State() != provd.Fail || one.Reason() != "Endpoint not found" || two.State() != provd.Success || d.len() != 0 {
			t.Errorf("%s %s, %s, %d stored", one, one.Reason(), two, d.len())
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		want := []string{"sync one could not ask the phone to reload reason=Endpoint not found", "sync two asked the phone to reload"}
		if diff := cmp.Diff(want, r.lines); diff != "" {
			t.Error(diff)
		}
	})
}

// Messages on their way are few, and a newer job of the same device waits for
// the older one.
func TestSlowCentre(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d := &centre{hold: make(chan struct{})}, &disk{}
		q := notify.New(notify.Config{Sender: c, Store: d, Rate: 1000})
		defer serve(t, q)()
		for i := range 20 {
			synchronize(t, q, fmt.Sprint("d", i), "Event=x")
		}
		time.Sleep(time.Second)
		synchronize(t, q, "d0", "Event=newer")
		time.Sleep(time.Second)
		if _, tries, _ := c.log(); tries != 4 {
			t.Errorf("%d messages were begun", tries)
		}
		close(c.hold)
		time.Sleep(time.Second)
		synctest.Wait()
		got := c.events()
		_, _, most := c.log()
		if len(got) != 21 || most != 4 || slices.Index(got, "d0 Event=x") > slices.Index(got, "d0 Event=newer") {
			t.Errorf("at most %d at once: %v", most, got)
		}
		if d.len() != 0 {
			t.Errorf("%d are still stored", d.len())
		}
	})
}

func TestDeletedDevice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d := &centre{}, &disk{}
		q := notify.New(notify.Config{Sender: c, Store: d, Device: func(id string) (provd.Device, bool) {
			return provd.NewDevice("id", id), id != "gone"
		}})
		defer serve(t, q)()
		op := synchronize(t, q, "gone", "Event=x")
		time.Sleep(time.Second)
		synctest.Wait()
		if op.State() != provd.Fail || len(c.events()) != 0 || d.len() != 0 {
			t.Errorf("%s, sent %v, %d stored", op, c.events(), d.len())
		}
	})
}

func TestCollect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := notify.New(notify.Config{Sender: &centre{}})
		defer serve(t, q)()
		good := notify.Message{URI: "sip:anonymous@10.0.0.5", Variables: []string{"Event=check-sync"}}
		if err := q.Notify(t.Context(), good); provd.CodeOf(err) != provd.Invalid {
			t.Errorf("outside of a synchronization: %v", err)
		}
		ctx, queue := q.Collect(t.Context(), provd.NewDevice("id", "d"))
		for name, m := range map[string]notify.Message{
			"to nobody": {Variables: []string{"Event=x"}}, "two lines": {Endpoint: "a", Variables: []string{"Event=x\r\nVia: y"}},
			"many": {Endpoint: "a", Variables: make([]string, 100)}, "large": {Endpoint: "a", Variables: []string{strings.Repeat("x", 20<<10)}},
			"two lines of a name": {Endpoint: "a\nb", Variables: []string{"Event=x"}},
		} {
			if err := q.Notify(ctx, m); provd.CodeOf(err) != provd.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range 9 {
			if err := q.Notify(ctx, good); (err == nil) != (i < 8) {
				t.Errorf("number %d: %v", i, err)
			}
		}
		done := make(chan error, 2)
		queue(func(err error) { done <- err })
		if err := q.Notify(ctx, good); provd.CodeOf(err) != provd.Invalid {
			t.Errorf("after the end: %v", err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		// A package that reached the phone in another way sent nothing.
		op := synchronize(t, q, "d")
		if op.State() != provd.Success {
			t.Errorf("without a message it is %s", op)
		}
	})
}

package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/notify"
)

// What waits is sent by the box that starts next, whatever its clock says.
func TestRestart(t *testing.T) {
	t.Parallel()
	for name, shift := range map[string]time.Duration{
		"same clock": 0, "clock of 1970 before": -56 * 365 * 24 * time.Hour, "clock ahead before": 1000 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))) // a bubble begins in 2000
				d := &disk{}
				q := notify.New(notify.Config{Sender: &centre{away: true}, Store: d})
				stop := serve(t, q)
				synchronize(t, q, "one", "Event=old")
				synchronize(t, q, "one", "Event=a", "Event=b")
				synchronize(t, q, "two", "Event=c")
				time.Sleep(time.Hour)
				stop()
				for id, job := range d.jobs {
					job.Queued = job.Queued.Add(shift)
					d.jobs[id] = job
				}
				c := &centre{}
				q = notify.New(notify.Config{Sender: c, Store: d})
				// Newer than what was stored, before the queue has even read it.
				synchronize(t, q, "two", "Event=d")
				stop = serve(t, q)
				time.Sleep(10 * time.Second)
				stop()
				if diff := cmp.Diff([]string{"one Event=a", "one Event=b", "two Event=d"}, c.events()); diff != "" {
					t.Error(diff)
				}
				if d.len() != 0 {
					t.Errorf("%d are still stored", d.len())
				}
			})
		})
	}
}

func TestAgeLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, d, r := &centre{away: true}, &disk{}, &recorder{}
		q := notify.New(notify.Config{Sender: c, Store: d, Recorder: r, MaxAge: time.Hour})
		defer serve(t, q)()
		op := synchronize(t, q, "one", "Event=x")
		time.Sleep(time.Hour - time.Second)
		synctest.Wait()
		if op.State() != provd.Progress {
			t.Errorf("before the limit it is %s", op)
		}
		time.Sleep(time.Minute) // a try under way ends first
		synctest.Wait()
		if op.State() != provd.Fail || !strings.Contains(op.Reason(), "waited 1h0m0s") || d.len() != 0 {
			t.Errorf("after it: %s, %s, %d stored", op, op.Reason(), d.len())
		}
		c.set(false)
		time.Sleep(time.Hour)
		if got := c.events(); len(got) != 0 {
			t.Errorf("sent all the same: %v", got)
		}
	})
}

// One job that the centre chokes on does not keep the others waiting.
func TestChokingJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &centre{choke: "bad"}
		q := notify.New(notify.Config{Sender: c, MaxAge: time.Hour})
		defer serve(t, q)()
		bad := synchronize(t, q, "bad", "Event=x")
		for i := range 20 {
			synchronize(t, q, fmt.Sprint("d", i), "Event=x")
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := len(c.events()); n != 20 || bad.State() != provd.Progress {
			t.Errorf("%d of 20 were sent, the bad one is %s", n, bad)
		}
	})
}

func TestRetryWhenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &centre{away: true}
		q := notify.New(notify.Config{Sender: c})
		defer serve(t, q)()
		op := synchronize(t, q, "one", "Event=x")
		time.Sleep(10*time.Minute + 3*time.Second)
		synctest.Wait()
		c.set(false)
		q.Retry()
		synctest.Wait()
		if op.State() != provd.Success {
			t.Errorf("right after word that the centre is back it is %s", op)
		}
	})
}

// What a store holds that was written by something else is not believed.
func TestHostileStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := []notify.Message{{Endpoint: "u", Variables: []string{"Event=x"}}}
		d := &disk{jobs: map[string]notify.Job{
			"": {Messages: m}, "empty": {Device: "empty"}, "port": {Device: "port", Port: -1, Messages: m},
			"line": {Device: "line", Messages: []notify.Message{{Endpoint: "u\n", Variables: []string{"Event=x"}}}},
			"many": {Device: "many", Messages: slices.Repeat(m, 20)}, "good": {Device: "good", Messages: m},
		}}
		c := &centre{}
		q := notify.New(notify.Config{Sender: c, Store: d})
		stop := serve(t, q)
		time.Sleep(10 * time.Second)
		stop()
		if diff := cmp.Diff([]string{"good Event=x"}, c.events()); diff != "" || d.len() != 0 {
			t.Errorf("%d stored\n%s", d.len(), diff)
		}
	})
}

// tenantsOf notes whose each event is.
type tenantsOf struct{ list chan string }

func (r tenantsOf) Record(e provd.Event) { r.list <- e.Tenant }

// What became of a NOTIFY is told to the tenant that the device has by then, and
// not to who gets the device later.
func TestEventsHaveTheTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := tenantsOf{make(chan string, 4)}
		now := provd.NewDevice("id", "d", "ip", "10.0.0.5", "tenant_uuid", "after")
		q := notify.New(notify.Config{Sender: &centre{}, Recorder: r, Device: func(string) (provd.Device, bool) { return now, true }})
		defer serve(t, q)()
		for _, m := range [][]notify.Message{nil, {{URI: "sip:anonymous@10.0.0.5", Variables: []string{"Event=check-sync"}}}} {
			ctx, queue := q.Collect(t.Context(), provd.NewDevice("id", "d", "ip", "10.0.0.5", "tenant_uuid", "before"))
			for _, one := range m {
				if err := q.Notify(ctx, one); err != nil {
					t.Fatal(err)
				}
			}
			queue(func(error) {})
		}
		synctest.Wait()
		close(r.list)
		var got []string
		for tenant := range r.list {
			got = append(got, tenant)
		}
		if diff := cmp.Diff([]string{"before", "after"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

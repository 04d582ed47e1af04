package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"provbox/provd"
)

// Config is what a Queue is made from.
type Config struct {
	Sender Sender // must not be nil
	Store  Store  // nil keeps nothing over a restart
	// Rate is how many messages a second leave at most; default 5.
	Rate float64
	// MaxAge is how long a job waits for the centre before it is given up;
	// default 24 hours.
	MaxAge time.Duration
	// Max bounds the devices that wait; beyond it the one that waits longest is
	// given up. Default provd.MaxDevices.
	Max int
	// Device returns a device as it is now, and false for one that was deleted:
	// a phone can have another address or account when its turn comes than when
	// the job was queued. nil sends jobs as they are.
	Device   func(id string) (provd.Device, bool)
	Recorder provd.Recorder // nil drops events
	Logger   *slog.Logger   // nil discards
}

const (
	// maxRunning is how many messages are on their way at once: a slow centre
	// holds each up for as long as its time limit.
	maxRunning = 4
	// sendTimeout bounds one message.
	sendTimeout = 30 * time.Second
	// firstPause and maxPause bound the time between two tries while the centre
	// is away.
	firstPause = time.Second
	maxPause   = 30 * time.Second
	// maxWaiters bounds the operations that follow one job.
	maxWaiters = 64
)

// Queue sends the messages of jobs, one device after the other. It is safe for
// concurrent use. It implements provd.Notifies.
type Queue struct {
	cfg  Config
	log  *slog.Logger
	wake chan struct{}
	done sync.WaitGroup // messages on their way

	// disk orders what is written: a job's deletion must not overtake the
	// writing of a newer one. It is taken before mu.
	disk sync.Mutex

	mu      sync.Mutex
	waiting map[string]*item // by device
	order   []*item          // those of waiting, oldest first
	running map[string]*item // by device
	away    bool
	awayAt  time.Time
	retryAt time.Time
	pause   time.Duration
	slot    time.Time // when the next message may leave
}

// item is a job with those who wait for its outcome.
type item struct {
	job     Job
	waiters []func(error)
	probe   bool // sent to find out whether the centre is back
	told    bool // whether the journal knows that it is kept
}

// New returns a queue that sends nothing before Serve.
func New(cfg Config) *Queue {
	if cfg.Rate <= 0 {
		cfg.Rate = 5
	}
	if cfg.MaxAge <= 0 {
		cfg.MaxAge = 24 * time.Hour
	}
	if cfg.Max <= 0 {
		cfg.Max = provd.MaxDevices
	}
	if cfg.Recorder == nil {
		cfg.Recorder = provd.Discard{}
	}
	q := &Queue{
		cfg: cfg, log: cfg.Logger, wake: make(chan struct{}, 1), pause: firstPause,
		waiting: make(map[string]*item), running: make(map[string]*item),
	}
	if q.log == nil {
		q.log = slog.New(slog.DiscardHandler)
	}
	return q
}

// Add queues a job in the place of one that waits for the same device. finish is
// called exactly once with the outcome, unless the box stops first, and must not
// block.
func (q *Queue) Add(ctx context.Context, job Job, finish func(error)) {
	if err := job.check(); err != nil {
		q.end(&item{job: job, waiters: []func(error){finish}}, err)
		return
	}
	q.disk.Lock()
	if q.cfg.Store != nil {
		// A disk that is full does not keep a phone from reloading.
		if err := q.cfg.Store.PutNotify(context.WithoutCancel(ctx), job); err != nil {
			q.log.Error("waiting NOTIFY not stored", "device", job.Device, "err", err)
		}
	}
	q.mu.Lock()
	old := q.waiting[job.Device]
	var dropped *item
	it := &item{job: job, waiters: []func(error){finish}}
	if old != nil {
		// The place in the queue is the old one's: who synchronizes a device
		// again and again would else never see it done.
		it.waiters = append(old.waiters, finish)
		it.told = old.told
		q.order[q.indexOf(old)] = it
	} else {
		if len(q.order) >= q.cfg.Max {
			dropped = q.order[0]
			q.remove(dropped)
		}
		q.order = append(q.order, it)
	}
	q.waiting[job.Device] = it
	var early func(error)
	if len(it.waiters) > maxWaiters {
		early, it.waiters = it.waiters[0], it.waiters[1:]
	}
	q.mu.Unlock()
	if dropped != nil {
		q.unstore(ctx, dropped.job.Device)
	}
	q.disk.Unlock()
	if early != nil {
		early(superseded())
	}
	if dropped != nil {
		q.end(dropped, provd.Errorf(provd.Unavailable, "more than %d devices wait for the central stack", q.cfg.Max))
	}
	q.poke()
}

// superseded is the outcome of an operation that nobody can be expected to follow
// any more.
func superseded() error {
	return provd.Errorf(provd.Conflict, "the device was synchronized again %d times since", maxWaiters)
}

// Retry tries at once when the queue waits for the centre: something heard that
// it is back.
func (q *Queue) Retry() {
	q.mu.Lock()
	q.retryAt = time.Time{}
	q.mu.Unlock()
	q.poke()
}

// Status is what the queue does now.
type Status struct {
	Waiting int       // jobs that are not sent yet
	Away    bool      // whether the centre is away
	Since   time.Time // since when, if so
}

// Status returns what the queue does now.
func (q *Queue) Status() Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Status{Waiting: len(q.waiting) + len(q.running), Away: q.away}
	if q.away {
		s.Since = q.awayAt
	}
	return s
}

// Waiting returns what waits for a device or is on its way to it, the newest.
func (q *Queue) Waiting(device string) (Job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	it := q.waiting[device]
	if it == nil {
		it = q.running[device]
	}
	if it == nil {
		return Job{}, false
	}
	return it.job, true
}

// Serve sends until ctx ends, beginning with what waited when the box stopped.
func (q *Queue) Serve(ctx context.Context) error {
	defer q.done.Wait()
	q.load(ctx)
	for {
		next := q.step(ctx, time.Now())
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-q.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// idle is how long the queue sleeps when nothing is due.
const idle = time.Hour

// step sends what is due and returns how long nothing will be.
func (q *Queue) step(ctx context.Context, now time.Time) time.Duration {
	for {
		it, expired, wait := q.next(now)
		if expired {
			q.settle(ctx, it, provd.Errorf(provd.Unavailable, "given up: it waited %v for the central stack", q.cfg.MaxAge))
			continue
		}
		if it == nil {
			return wait
		}
		q.done.Go(func() { q.send(ctx, it) })
	}
}

// next takes the job that is due, or returns how long to wait for one. A job
// that is too old is returned as expired.
func (q *Queue) next(now time.Time) (it *item, expired bool, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait = idle
	for _, it := range q.order {
		left := q.cfg.MaxAge - now.Sub(it.job.Queued)
		if left <= 0 {
			q.remove(it)
			return it, true, 0
		}
		wait = min(wait, left)
	}
	if len(q.running) >= maxRunning || q.away && len(q.running) > 0 || len(q.order) == 0 {
		return nil, false, wait // the end of one that is on its way wakes the queue
	}
	due := q.slot
	if q.away && q.retryAt.After(due) {
		due = q.retryAt
	}
	if left := due.Sub(now); left > 0 {
		return nil, false, min(wait, left)
	}
	for _, it := range q.order {
		if q.running[it.job.Device] != nil {
			continue
		}
		q.remove(it)
		q.running[it.job.Device] = it
		it.probe = q.away
		q.slot = now.Add(q.interval())
		return it, false, 0
	}
	return nil, false, wait
}

// send sends a job's messages and settles it.
func (q *Queue) send(ctx context.Context, it *item) {
	defer q.poke()
	if !q.update(it) {
		q.finish(ctx, it, provd.Errorf(provd.NotFound, "the device was deleted"))
		return
	}
	for len(it.job.Messages) > 0 {
		err := q.sendOne(ctx, it)
		if errors.Is(err, ErrAway) || err != nil && ctx.Err() != nil {
			q.keep(ctx, it, err)
			return
		}
		q.back()
		if err != nil {
			q.finish(ctx, it, err)
			return
		}
		if q.sent(it); len(it.job.Messages) > 0 && !q.turn(ctx) {
			q.keep(ctx, it, ctx.Err())
			return
		}
	}
	q.finish(ctx, it, nil)
}

// update makes a job what it would be if it were queued now; false is that its
// device is gone.
func (q *Queue) update(it *item) bool {
	if q.cfg.Device == nil {
		return true
	}
	dev, ok := q.cfg.Device(it.job.Device)
	if ok {
		job := it.job.update(dev)
		q.mu.Lock()
		it.job = job
		q.mu.Unlock()
	}
	return ok
}

func (q *Queue) sendOne(ctx context.Context, it *item) (err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = provd.Errorf(provd.Internal, "internal error: %v", p)
			q.log.Error("bug: sending a NOTIFY panicked", "device", it.job.Device, "panic", fmt.Sprint(p))
		}
	}()
	return q.cfg.Sender.Send(ctx, it.job, it.job.Messages[0])
}

// back notes that the centre answers.
func (q *Queue) back() {
	q.mu.Lock()
	was := q.away
	q.away, q.pause = false, firstPause
	q.mu.Unlock()
	if was {
		q.log.Info("NOTIFYs are sent again")
	}
}

// keep puts a job back that could not be sent because the centre is away, and
// makes the whole queue wait.
func (q *Queue) keep(ctx context.Context, it *item, reason error) {
	q.mu.Lock()
	delete(q.running, it.job.Device)
	now := time.Now()
	if !q.away || it.probe {
		if !q.away {
			q.away, q.awayAt = true, now
		}
		q.retryAt = now.Add(q.pause)
		q.pause = min(2*q.pause, maxPause)
	}
	tell := !it.told && ctx.Err() == nil // a box that stops says nothing of the centre
	it.told = true
	var early []func(error)
	if newer := q.waiting[it.job.Device]; newer != nil {
		all := append(it.waiters, newer.waiters...)
		most := max(0, len(all)-maxWaiters)
		early, newer.waiters = all[:most], all[most:]
		newer.told = true
	} else {
		// At the end: were it this job that the centre chokes on, the others
		// must not wait behind it.
		q.waiting[it.job.Device] = it
		q.order = append(q.order, it)
	}
	q.mu.Unlock()
	for _, finish := range early {
		finish(superseded())
	}
	if tell {
		q.event(it.job, "the phone will be asked to reload when the centre is back", reason)
	}
}

// remove takes a waiting item out; mu is held.
func (q *Queue) remove(it *item) {
	delete(q.waiting, it.job.Device)
	i := q.indexOf(it)
	q.order = append(q.order[:i:i], q.order[i+1:]...)
}

func (q *Queue) indexOf(it *item) int {
	for i, o := range q.order {
		if o == it {
			return i
		}
	}
	return -1
}

func (q *Queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

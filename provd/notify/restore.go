package notify

import (
	"context"
	"time"
)

// clockFloor is before any job was queued. A box without a battery-backed clock
// starts in 1970, and what it queued then is not decades old.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// load puts the stored jobs in front of what was added meanwhile.
func (q *Queue) load(ctx context.Context) {
	if q.cfg.Store == nil {
		return
	}
	q.disk.Lock()
	defer q.disk.Unlock()
	jobs, err := q.cfg.Store.LoadNotifies(ctx)
	if err != nil {
		q.log.Error("waiting NOTIFYs not read", "err", err)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	var first []*item
	for _, job := range jobs {
		now := time.Now()
		if job.Queued.Before(clockFloor) || job.Queued.After(now) {
			job.Queued = now
		}
		if err := job.check(); err != nil {
			q.log.Warn("stored NOTIFY not used", "device", job.Device, "err", err)
			q.unstore(ctx, job.Device)
			continue
		}
		if q.waiting[job.Device] != nil || len(q.waiting) >= q.cfg.Max {
			continue
		}
		it := &item{job: job, told: true}
		q.waiting[job.Device] = it
		first = append(first, it)
	}
	q.order = append(first, q.order...)
}

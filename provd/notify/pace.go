package notify

import (
	"context"
	"time"
)

// sent takes the first message off a job.
func (q *Queue) sent(it *item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	it.job.Messages = it.job.Messages[1:]
}

// turn waits until another message of a job may leave; false is that ctx ended
// first.
func (q *Queue) turn(ctx context.Context) bool {
	q.mu.Lock()
	at := time.Now()
	if q.slot.After(at) {
		at = q.slot
	}
	q.slot = at.Add(q.interval())
	q.mu.Unlock()
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// interval is the time between two messages.
func (q *Queue) interval() time.Duration {
	return time.Duration(float64(time.Second) / q.cfg.Rate)
}

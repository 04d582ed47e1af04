package notify

import (
	"context"
	"log/slog"

	"provbox/provd"
)

// finish ends a job that is on its way. Until its record is settled the next one
// of the device does not start: its record is the same.
func (q *Queue) finish(ctx context.Context, it *item, err error) {
	q.settle(ctx, it, err)
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, it.job.Device)
}

// settle tells the outcome of a job that does not wait any more, and deletes its
// record unless a newer job has it.
func (q *Queue) settle(ctx context.Context, it *item, err error) {
	q.disk.Lock()
	q.mu.Lock()
	newer := q.waiting[it.job.Device] != nil
	q.mu.Unlock()
	if !newer {
		q.unstore(ctx, it.job.Device)
	}
	q.disk.Unlock()
	q.end(it, err)
}

func (q *Queue) unstore(ctx context.Context, device string) {
	if q.cfg.Store == nil {
		return
	}
	if err := q.cfg.Store.DeleteNotify(context.WithoutCancel(ctx), device); err != nil {
		q.log.Error("NOTIFY that was sent is still stored", "device", device, "err", err)
	}
}

// end tells everybody the outcome.
func (q *Queue) end(it *item, err error) {
	q.record(it.job, err)
	for _, finish := range it.waiters {
		finish(err)
	}
}

func (q *Queue) record(job Job, err error) {
	if err != nil {
		q.event(job, "could not ask the phone to reload", err)
		return
	}
	q.event(job, "asked the phone to reload", nil)
}

func (q *Queue) event(job Job, text string, reason error) {
	e := provd.Event{Device: job.Device, MAC: job.MAC, IP: job.IP, Tenant: job.Tenant, Topic: "sync", Text: text}
	if reason != nil {
		e.Attrs = []slog.Attr{slog.String("reason", reason.Error())}
	}
	q.cfg.Recorder.Record(e)
}

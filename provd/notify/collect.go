package notify

import (
	"context"
	"strconv"
	"sync"
	"time"

	"provbox/provd"
	"provbox/provd/document"
)

// PortMember is the member of a device that tells at which port the phone
// listens for SIP, where that is not 5060. It is only used when the box sends
// NOTIFYs itself.
const PortMember = "X_provbox_sip_port"

// batch gathers what one synchronization sends.
type batch struct {
	mu       sync.Mutex
	messages []Message
	closed   bool
}

type batchKey struct{}

// Collect implements provd.Notifies: messages that are sent with Notify under
// the returned context are gathered, and queued as one job by the returned
// function. finish is called exactly once, at once when nothing was sent, and
// must not block.
func (q *Queue) Collect(ctx context.Context, dev provd.Device) (context.Context, func(finish func(error))) {
	b := &batch{}
	return context.WithValue(ctx, batchKey{}, b), func(finish func(error)) {
		b.mu.Lock()
		messages := b.messages
		b.closed = true
		b.mu.Unlock()
		if len(messages) == 0 {
			q.record(Job{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant()}, nil)
			finish(nil)
			return
		}
		q.Add(ctx, Job{
			Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), User: dev.String("remote_state_sip_username"),
			Port: port(dev), Messages: messages, Queued: time.Now(),
		}, finish)
	}
}

// port returns where a device says it listens for SIP, 0 when it does not.
func port(dev provd.Device) int {
	v, _ := dev.Get(PortMember)
	text, ok := v.(string)
	if !ok {
		b, err := document.Encode(v)
		if err != nil {
			return 0
		}
		text = string(b)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}

// Notify gathers a message under a context of Collect. Under another one it is
// an *provd.Error: a package may only have a phone reload when that was asked
// for.
func (q *Queue) Notify(ctx context.Context, m Message) error {
	b, _ := ctx.Value(batchKey{}).(*batch)
	if b == nil {
		return provd.Errorf(provd.Invalid, "a NOTIFY is only sent while a device is synchronized")
	}
	if err := m.check(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return provd.Errorf(provd.Invalid, "a NOTIFY after the synchronization has ended")
	case len(b.messages) >= maxMessages:
		return provd.Errorf(provd.Invalid, "more than %d NOTIFYs for one synchronization", maxMessages)
	}
	b.messages = append(b.messages, m)
	return nil
}

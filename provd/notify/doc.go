// Package notify is the queue of the SIP NOTIFYs that make phones load their
// configuration again (spec/wazo-link.md section 3).
//
// Promises:
//   - One entry per device: a newer request takes the place of one that waits,
//     and whoever asked for the older one learns the outcome of the newer.
//   - Not more than Config.Rate a second leave the box, however many phones are
//     synchronized at once.
//   - While the centre is away nothing is lost and nothing piles up: entries
//     wait, at most one for each of Config.Max devices, on the disk too, so that
//     a restart does not lose them. They leave when the centre is back, or are
//     given up after Config.MaxAge.
//   - Each entry has exactly one outcome, which reaches the operations that wait
//     for it and the journal.
//   - No phone's request ever waits for this package.
package notify

import (
	"context"
	"errors"
	"time"

	"provbox/provd"
)

// Message is one SIP NOTIFY.
type Message struct {
	// Endpoint is the SIP user name the phone is registered with, or "".
	Endpoint string `json:"endpoint,omitempty"`
	// URI addresses the phone by its IP address when there is no Endpoint, e.g.
	// "sip:anonymous@10.0.0.5".
	URI string `json:"uri,omitempty"`
	// Variables are headers and body lines, "Event=check-sync" first.
	Variables []string `json:"variables"`
}

// Job is what is to be sent to one device.
type Job struct {
	Device string `json:"device"` // the device's id
	MAC    string `json:"mac,omitempty"`
	IP     string `json:"ip,omitempty"`
	// Tenant is the device's, which alone may read in the journal what became of
	// the job.
	Tenant string `json:"tenant,omitempty"`
	// User is the SIP user name the phone took last, or "".
	User string `json:"user,omitempty"`
	// Port is where the phone listens for SIP; 0 is 5060.
	Port     int       `json:"port,omitempty"`
	Messages []Message `json:"messages"`
	Queued   time.Time `json:"queued"`
}

// Sender sends one message. The error wraps ErrAway when what carries the
// messages is not there, so that the whole queue has to wait; any other is the
// outcome of this message. It must return when ctx ends.
type Sender interface {
	Send(ctx context.Context, job Job, m Message) error
}

// ErrAway says that nothing can be sent for now.
var ErrAway = errors.New("the central stack is away")

// Store keeps the jobs that wait, one per device, over a restart.
type Store interface {
	LoadNotifies(ctx context.Context) ([]Job, error)
	PutNotify(ctx context.Context, job Job) error
	// DeleteNotify removes a device's job; one that is not there is no error.
	DeleteNotify(ctx context.Context, device string) error
}

// Bounds of one job.
const (
	maxMessages  = 8
	maxVariables = 64
	maxText      = 16 << 10 // all texts of one message together, in bytes
)

// check refuses a message that is too large or that could be taken for more than
// one header or line by what carries it.
func (m Message) check() error {
	total := len(m.Endpoint) + len(m.URI)
	for _, v := range m.Variables {
		total += len(v)
	}
	if len(m.Variables) > maxVariables || total > maxText {
		return provd.Errorf(provd.Invalid, "a NOTIFY of %d variables with %d bytes; at most %d with %d are sent", len(m.Variables), total, maxVariables, maxText)
	}
	if m.Endpoint == "" && m.URI == "" {
		return provd.Errorf(provd.Invalid, "a NOTIFY to nobody")
	}
	for _, text := range append([]string{m.Endpoint, m.URI}, m.Variables...) {
		for i := range len(text) {
			if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
				return provd.Errorf(provd.Invalid, "a NOTIFY with a control character in %q", text)
			}
		}
	}
	return nil
}

// check refuses a job that the queue would not have taken, of a store that was
// written by something else.
func (j Job) check() error {
	if j.Device == "" || len(j.Messages) == 0 || len(j.Messages) > maxMessages || j.Port < 0 || j.Port > 65535 {
		return provd.Errorf(provd.Invalid, "notify job of device %q: want 1 to %d messages", j.Device, maxMessages)
	}
	for _, m := range j.Messages {
		if err := m.check(); err != nil {
			return err
		}
	}
	return nil
}

package provd

import (
	"errors"
	"log/slog"
	"strings"
)

// Event is one thing that happened to a device, for its timeline. Text and
// attributes never hold a secret.
type Event struct {
	// Device is the device's id; MAC and IP are what was known of the phone.
	// Any of them may be empty.
	Device, MAC, IP string
	// Tenant is the tenant that the device belonged to then, when the event's
	// maker knows it. Other tenants are not told of the event.
	Tenant string
	// Topic is the part of the box that speaks: ident, device, config, sync, http, tftp,
	// plugin, firmware.
	Topic string
	// Text says what happened, in one line.
	Text string
	// Attrs are the facts, in reading order.
	Attrs []slog.Attr
}

// Recorder receives events. Record must not block.
type Recorder interface {
	Record(Event)
}

// Discard is a Recorder that keeps nothing.
type Discard struct{}

// Record drops the event.
func (Discard) Record(Event) {}

// brief is the text of an error for an event. An error in it may have a Brief
// text that holds nothing of the config that was worked on; whoever may read the
// device finds all of it there.
func brief(err error) string {
	var b interface {
		error
		Brief() string
	}
	if !errors.As(err, &b) {
		return err.Error()
	}
	return strings.Replace(err.Error(), b.Error(), b.Brief(), 1)
}

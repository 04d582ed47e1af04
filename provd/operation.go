package provd

import (
	"strconv"
	"strings"
	"sync"
)

// State is how far an operation is.
type State string

// The states of an operation (spec/rest.md section 10).
const (
	Waiting  State = "waiting"
	Progress State = "progress"
	Success  State = "success"
	Fail     State = "fail"
)

// Operation is an operation in progress: something that takes longer than the
// request that started it. It is safe for concurrent use.
type Operation struct {
	label string

	mu           sync.Mutex
	state        State
	current, end int64
	counted      bool
	reason       string
	subs         []*Operation
	done         chan struct{}
}

// NewOperation returns an operation in progress. An empty label is not shown.
func NewOperation(label string, subs ...*Operation) *Operation {
	return &Operation{label: label, state: Progress, subs: subs, done: make(chan struct{})}
}

// NewWaiting returns an operation that waits for Begin.
func NewWaiting(label string) *Operation {
	o := NewOperation(label)
	o.state = Waiting
	return o
}

// Begin puts an operation that waits in progress.
func (o *Operation) Begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == Waiting {
		o.state = Progress
	}
}

// AddPart adds a sub operation in progress without a label, of which nothing of end
// is done. Clients of wazo-provd refuse a status with an empty label, "|progress",
// although spec/rest.md section 10 has it; wazo-link.md has what they parse.
func (o *Operation) AddPart(end int64) *Operation {
	part := NewOperation("")
	part.Count(0, end)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.subs = append(o.subs, part)
	return part
}

// Count sets how much is done of how much; an end of 0 is unknown.
func (o *Operation) Count(current, end int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current, o.end, o.counted = current, end, true
}

// Finish ends the operation: with success when err is nil. Only the first call
// counts.
func (o *Operation) Finish(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == Success || o.state == Fail {
		return
	}
	o.state = Success
	if err != nil {
		o.state, o.reason = Fail, err.Error()
	}
	close(o.done)
}

// Done is closed when the operation has finished.
func (o *Operation) Done() <-chan struct{} { return o.done }

// State returns how far the operation is.
func (o *Operation) State() State {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state
}

// Reason returns why the operation failed, "" otherwise. It is not part of the
// status text, whose grammar has no room for it.
func (o *Operation) Reason() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reason
}

// String formats the status as clients parse it:
//
//	[label "|"] state [";" current ["/" end]] { "(" sub ")" }
func (o *Operation) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b strings.Builder
	if o.label != "" {
		b.WriteString(o.label + "|")
	}
	b.WriteString(string(o.state))
	if o.counted {
		b.WriteString(";" + strconv.FormatInt(o.current, 10))
		if o.end != 0 {
			b.WriteString("/" + strconv.FormatInt(o.end, 10))
		}
	}
	for _, s := range o.subs {
		b.WriteString("(" + s.String() + ")")
	}
	return b.String()
}

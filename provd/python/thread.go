package python

import (
	"context"
	"log/slog"
	"time"
)

// Limits bounds one call into a program. A zero field means its default.
type Limits struct {
	// Steps bounds the work: VM instructions plus iterations of built-in loops.
	Steps int64
	// Alloc bounds the bytes requested over the whole call; memory that became
	// garbage meanwhile is not given back.
	Alloc int64
	// Depth bounds nested calls and the nesting of values that are compared,
	// hashed or shown.
	Depth int
	// Output bounds the bytes print may emit.
	Output int64
}

// Defaults of Limits: far more than rendering a phone's files takes, and no more
// than a small box can lose to a plugin gone wrong.
const (
	DefaultSteps  = 100_000_000
	DefaultAlloc  = 256 << 20
	DefaultDepth  = 1000
	DefaultOutput = 1 << 20
)

// checkEvery is how many steps pass between two looks at the context.
const checkEvery = 1000

// maxIntBits bounds the size of one integer. Arithmetic on big integers is not
// interruptible, so the bound is on the operand, not on the time.
const maxIntBits = 1 << 22

// Thread is the context of one call into a program: its budget, its clock and
// what the host attached. It must not be used by two goroutines at once.
type Thread struct {
	// Now is the clock programs see; NewThread sets time.Now.
	Now func() time.Time
	// Logger receives what programs log; NewThread sets slog.DiscardHandler.
	Logger *slog.Logger
	// Print receives the output of print, one call per print; nil discards it.
	Print func(text string)

	ctx      context.Context
	deadline time.Time          // zero for none
	timed    context.Context    // ctx with the deadline, once somebody asked for it
	cancel   context.CancelFunc // of timed

	limits    Limits
	steps     int64
	nextCheck int64
	alloc     int64
	output    int64
	depth     int
	local     []attached
	attached  [2]attached // the first of local
	active    []Value     // containers being shown, for repr's `[...]`
	buffer    []byte      // see takeBuffer
	frame     *frame      // the running program's innermost frame
	frames    *Frames     // nil for none
}

// attached is what a host attached to a thread: it is one thing or two, for which
// a map would be made in vain.
type attached struct{ key, value any }

// discard is the logger of threads that were given none; it has no state.
var discard = slog.New(slog.DiscardHandler)

// NewThread returns a thread with fresh budgets. The call it is used for ends
// with ctx's error, as a *LimitError, when ctx is done.
func NewThread(ctx context.Context, l Limits) *Thread {
	if l.Steps <= 0 {
		l.Steps = DefaultSteps
	}
	if l.Alloc <= 0 {
		l.Alloc = DefaultAlloc
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	if l.Output <= 0 {
		l.Output = DefaultOutput
	}
	return &Thread{
		Now:       time.Now,
		Logger:    discard,
		ctx:       ctx,
		limits:    l,
		nextCheck: min(checkEvery, l.Steps),
	}
}

// SetTimeout ends the call after d, as if the context had that deadline. It costs
// less: most calls are over before a timer could be of use.
func (t *Thread) SetTimeout(d time.Duration) { t.deadline = time.Now().Add(d) }

// Close ends what waits for the context that Context returned. A thread that was
// given a timeout needs it after its last call.
func (t *Thread) Close() {
	if t.cancel != nil {
		t.cancel()
	}
}

// Context returns the context given to NewThread, with the deadline of SetTimeout,
// for what has to wait.
func (t *Thread) Context() context.Context {
	if t.deadline.IsZero() {
		return t.ctx
	}
	if t.timed == nil {
		t.timed, t.cancel = context.WithDeadline(t.ctx, t.deadline)
	}
	return t.timed
}

// BaseContext returns the context given to NewThread as it is, for what only wants
// its values.
func (t *Thread) BaseContext() context.Context { return t.ctx }

// Frames are what calls need while they run, kept to be used again by the next
// thread. No two threads may have the same ones at once. The zero value is ready.
type Frames struct{ first *frame }

// keptFrames is how deep the calls are nested whose frames are kept.
const keptFrames = 32

// UseFrames makes the thread use frames kept from an earlier one.
func (t *Thread) UseFrames(f *Frames) {
	t.frames = f
	at := f.first
	for n := 1; at != nil && n < keptFrames; n++ {
		at = at.callee
	}
	if at != nil {
		at.callee = nil
	}
}

// Step charges n steps. It returns a *LimitError when the budget is used up or
// the context is done.
func (t *Thread) Step(n int) error {
	t.steps += int64(n)
	if t.steps < t.nextCheck {
		return nil
	}
	return t.checkSteps()
}

func (t *Thread) checkSteps() error {
	if t.steps >= t.limits.Steps {
		return &LimitError{What: "steps"}
	}
	if err := t.ctx.Err(); err != nil {
		return &LimitError{What: "time", Err: err}
	}
	if !t.deadline.IsZero() && !time.Now().Before(t.deadline) {
		return &LimitError{What: "time", Err: context.DeadlineExceeded}
	}
	t.nextCheck = min(t.steps+checkEvery, t.limits.Steps)
	return nil
}

// long charges for an operation that is linear in n bytes but so fast that
// short operands need no charge.
func (t *Thread) long(n int) error {
	if n < 1024 {
		return nil
	}
	return t.Step(n >> 6)
}

// Alloc charges n bytes. It must be called before the memory is requested. It
// returns a *LimitError when the budget does not allow it; n < 0 counts as too
// much, so that an overflowed size is refused.
func (t *Thread) Alloc(n int64) error {
	if n < 0 || n > t.limits.Alloc-t.alloc {
		return &LimitError{What: "memory"}
	}
	t.alloc += n
	return nil
}

// allocN charges n elements of the given size without overflowing.
func (t *Thread) allocN(n, size int64) error {
	if n < 0 || size > 0 && n > t.limits.Alloc/size {
		return &LimitError{What: "memory"}
	}
	return t.Alloc(n * size)
}

// Enter charges one level of nesting; every Enter that returned nil needs a
// Leave. It returns a *LimitError when the nesting is too deep.
func (t *Thread) Enter() error {
	if t.depth >= t.limits.Depth {
		return &LimitError{What: "recursion depth"}
	}
	t.depth++
	return nil
}

// Leave gives back the level taken by Enter.
func (t *Thread) Leave() { t.depth-- }

// Steps returns the steps used so far, for logs and metrics.
func (t *Thread) Steps() int64 { return t.steps }

// Allocated returns the bytes charged so far, for logs and metrics.
func (t *Thread) Allocated() int64 { return t.alloc }

// Write emits text as print does: charged against Limits.Output, then handed to
// Print.
func (t *Thread) Write(text string) error {
	if int64(len(text)) > t.limits.Output-t.output {
		return &LimitError{What: "output"}
	}
	t.output += int64(len(text))
	if t.Print != nil {
		t.Print(text)
	}
	return nil
}

// takeBuffer returns an empty buffer for a text in the making. Until it is given
// back, others who need one get a new one.
func (t *Thread) takeBuffer() []byte {
	if t.buffer == nil {
		return make([]byte, 0, 256)
	}
	b := t.buffer
	t.buffer = nil
	return b[:0]
}

// maxBuffer bounds what a thread keeps.
const maxBuffer = 4096

// giveBuffer gives a buffer back. Nothing may refer to it any more.
func (t *Thread) giveBuffer(b []byte) {
	if cap(b) <= maxBuffer {
		t.buffer = b
	}
}

// Value returns what the host attached under key, or nil. Keys should be of a
// type private to the package that uses them, as with context.Context.
func (t *Thread) Value(key any) any {
	for _, a := range t.local {
		if a.key == key {
			return a.value
		}
	}
	return nil
}

// SetValue attaches host data to the thread.
func (t *Thread) SetValue(key, value any) {
	for i := range t.local {
		if t.local[i].key == key {
			t.local[i].value = value
			return
		}
	}
	if t.local == nil {
		t.local = t.attached[:0]
	}
	t.local = append(t.local, attached{key, value})
}

package plugin

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"provbox/provd"
	"provbox/provd/python"
)

// breaker keeps a hook that ran out of its limits from being called again for a
// pause that grows, so that phones do not pay for it one after the other. The first
// time only requests of the same phone are refused: whoever sends a request that a
// decent package chokes on must not take it from its own phones. When another
// phone's request runs out as well, it is the package, and all are refused.
//
// When the pause is over one request tries, the others are refused until it is back.
type breaker struct {
	ever atomic.Bool // false as long as nothing ever ran out: the usual case, without a lock

	mu     sync.Mutex
	open   bool
	all    bool   // whether every request is refused, or those of who alone
	who    string // the address of the phone whose request ran out first
	trying bool
	pause  time.Duration
	until  time.Time
	place  python.Frame
	what   string // which limit
}

// Pauses of a hook. The first is doubled each time it runs out, until it did not for
// longest after a pause.
const (
	firstPause   = time.Second
	longestPause = 5 * time.Minute
)

// enter reports whether a call for a phone may be made now, and whether it is the
// one that tries again. done is to be called after it.
func (b *breaker) enter(who string, now time.Time) (trial, ok bool) {
	if !b.ever.Load() {
		return false, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open || !b.all && b.who != who {
		return false, true
	}
	if b.trying || now.Before(b.until) {
		return false, false
	}
	b.trying = true
	return true, true
}

// refuses reports whether a call that waited is not to be made any more.
func (b *breaker) refuses(who string) bool {
	if !b.ever.Load() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open && (b.all || b.who == who)
}

// done takes how a call ended: which limit it ran out of, nil for none, and whether
// it shows anything of the package at all. It returns for how long the hook is not
// called now, by all phones or by this one; 0 when nothing changed.
func (b *breaker) done(who string, trial bool, now time.Time, limit *python.LimitError, telling bool) (paused time.Duration, all bool) {
	if limit == nil && !trial {
		return 0, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if trial {
		b.trying = false
	}
	if limit == nil {
		b.open = b.open && !telling
		return 0, false
	}
	switch {
	case b.pause == 0 || now.Sub(b.until) > longestPause:
		b.all, b.who, b.pause = who == "", who, firstPause
	case !b.open:
		b.all, b.who, b.pause = who == "", who, min(2*b.pause, longestPause)
	case !trial && (b.all || b.who == who):
		return 0, false // it was let in before the pause
	default:
		b.all = b.all || b.who != who
		b.pause = min(2*b.pause, longestPause)
	}
	b.open, b.until, b.place, b.what = true, now.Add(b.pause), limit.Pos, limit.What
	b.ever.Store(true)
	return b.pause, b.all
}

// state is why every phone is refused at the moment, nil when not.
func (b *breaker) state(op string, now time.Time) error {
	if !b.ever.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open || !b.all || now.Sub(b.until) > longestPause {
		return nil
	}
	return &pausedError{op, b.place, b.what, b.until}
}

// pausedError says that a hook is not called because it ran out of a limit.
type pausedError struct {
	op    string
	place python.Frame
	what  string
	until time.Time
}

func (e *pausedError) Error() string {
	return fmt.Sprintf("%s is not called until %s: %s: limit exceeded: %s", e.op, e.until.UTC().Format(time.RFC3339), e.place, e.what)
}

// busyError says that a call was not made because an earlier one is still running.
type busyError struct{ err error }

func (e *busyError) Error() string { return "an earlier call is still running: " + e.err.Error() }
func (e *busyError) Unwrap() error { return e.err }

func isBusy(err error) bool {
	_, busy := errors.AsType[*busyError](err)
	return busy
}

// ranOut returns the limit that a call ran out of, nil for none.
func ranOut(err error) *python.LimitError {
	limit, _ := errors.AsType[*python.LimitError](err)
	return limit
}

// askFor runs fn in the interpreter that answers while a phone waits, unless the
// hook is paused. who is the phone's address, "" when it is not known.
func (p *Plugin) askFor(ctx context.Context, op, who string, fn func(*run) error) error {
	b := p.breakers[op]
	trial, ok := b.enter(who, p.cfg.Now())
	if !ok {
		return fmt.Errorf("plugin %s: %w", p.cfg.ID, b.refusal(op))
	}
	if trial {
		// Those who come now do not wait for what hung the last time.
		p.ask.suspect.Add(1)
		defer p.ask.suspect.Add(-1)
	}
	c := call{files: p.files.ReadOnly(), vote: !trial && (op == opExtract || op == opAssociate)}
	if who != "" {
		c.lane = p.lanes.of(who)
	}
	c.admit = func() error {
		if !trial && b.refuses(who) {
			return b.refusal(op) // it ran out while this call waited
		}
		return nil
	}
	err := p.ask.call(ctx, op, p.cfg.Limits.Ask, c, fn)
	limit, telling := ranOut(err), !isBusy(err)
	if ctx.Err() != nil {
		limit, telling = nil, false // who asked went away
	}
	if paused, all := b.done(who, trial, p.cfg.Now(), limit, telling); paused > 0 {
		p.tellPaused(op, who, paused, all, limit.Pos)
	}
	return err
}

// lanes are where phones queue by their address, some of them together.
type lanes [32]chan struct{}

func newLanes() (l lanes) {
	for i := range l {
		l[i] = make(chan struct{}, 1)
	}
	return l
}

func (l *lanes) of(address string) chan struct{} {
	h := fnv.New32a()
	_, _ = h.Write([]byte(address)) // never fails
	return l[h.Sum32()%uint32(len(l))]
}

// refusal is what a call that is not made fails with.
func (b *breaker) refusal(op string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &pausedError{op, b.place, b.what, b.until}
}

// tellPaused tells the operator that a hook is not called for a while.
func (p *Plugin) tellPaused(op, who string, pause time.Duration, all bool, place python.Frame) {
	scope := "of every phone"
	if !all {
		scope = "of this phone"
	}
	if _, ok := p.failures.due("paused "+scope+op, p.cfg.Now()); !ok {
		return
	}
	p.cfg.Recorder.Record(provd.Event{IP: who, Topic: "plugin", Text: "plugin skipped for a while", Attrs: []slog.Attr{
		slog.String("plugin", p.cfg.ID), slog.String("hook", op), slog.String("file", place.File), slog.Int("line", place.Line),
		slog.String("requests", scope), slog.Duration("for", pause),
	}})
}

// Hooks that a phone's request waits for.
const (
	opExtract    = "extract"
	opAssociate  = "associate"
	opTrigger    = "get_remote_state_trigger_filename"
	opSensitive  = "is_sensitive_filename"
	opPreprocess = "path_preprocess"
)

var askHooks = [...]string{opExtract, opAssociate, opTrigger, opSensitive, opPreprocess}

func newBreakers() map[string]*breaker {
	all := make(map[string]*breaker, len(askHooks))
	for _, op := range askHooks {
		all[op] = new(breaker)
	}
	return all
}

// Paused returns why hooks of the package are not called at the moment for any
// phone, with the place where they ran out of their limits; nil when all are.
func (p *Plugin) Paused() error {
	var errs []error
	for _, op := range askHooks {
		if err := p.breakers[op].state(op, p.cfg.Now()); err != nil {
			errs = append(errs, fmt.Errorf("plugin %s: %w", p.cfg.ID, err))
		}
	}
	return errors.Join(errs...)
}

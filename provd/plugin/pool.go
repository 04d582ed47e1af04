package plugin

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// pool are interpreters of one package that work side by side, so that a change of
// many devices uses every core. The first one does everything until more than one
// is needed: each holds its own copy of what the package loads.
type pool struct {
	plugin *Plugin
	slots  chan struct{} // a token for each call under way

	mu   sync.Mutex
	all  []*interpreter
	idle []*interpreter // the one used last at the end
}

// maxWorkers bounds the interpreters of a pool.
const maxWorkers = 4

func newPool(p *Plugin) *pool {
	return &pool{plugin: p, slots: make(chan struct{}, min(maxWorkers, runtime.GOMAXPROCS(0)))}
}

// call is interpreter.call on one that is free, after waiting for one as long as
// the budget's time.
func (o *pool) call(ctx context.Context, op string, b Budget, c call, fn func(*run) error) error {
	if err := o.enter(ctx, b); err != nil {
		return fmt.Errorf("plugin %s: %s: %w", o.plugin.cfg.ID, op, err)
	}
	defer func() { <-o.slots }()
	in := o.take()
	defer o.release(in)
	return in.call(ctx, op, b, c, fn)
}

// alone makes the pool one interpreter, before the second one is needed: a package
// with settings may keep them in its memory.
func (o *pool) alone() { o.slots = make(chan struct{}, 1) }

func (o *pool) take() *interpreter {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.idle); n > 0 {
		in := o.idle[n-1]
		o.idle = o.idle[:n-1]
		return in
	}
	in := newInterpreter(o.plugin)
	o.all = append(o.all, in)
	return in
}

func (o *pool) release(in *interpreter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.idle = append(o.idle, in)
}

func (o *pool) enter(ctx context.Context, b Budget) error {
	select {
	case o.slots <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(b.Time)
	defer timer.Stop()
	select {
	case o.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("earlier calls are still running: %w", ctx.Err())
	case <-timer.C:
		return fmt.Errorf("earlier calls are still running: %w", context.DeadlineExceeded)
	}
}

// forget makes the next call of each execute the package anew.
func (o *pool) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, in := range o.all {
		in.forget()
	}
}

package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// stopTimeout bounds how long one part may take to stop.
const stopTimeout = 5 * time.Second

// stack runs the parts of the box and stops them, the last one started first.
type stack struct {
	log    *slog.Logger
	parts  []*part
	failed chan error // the first part that ended by itself
}

type part struct {
	name   string
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func newStack(log *slog.Logger) *stack {
	return &stack{log: log, failed: make(chan error, 1)}
}

// start runs a part until stop. A part that returns earlier has failed, even
// without an error: nothing of the box is meant to end before the box does.
func (s *stack) start(name string, serve func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &part{name: name, cancel: cancel, done: make(chan struct{})}
	s.parts = append(s.parts, p)
	go func() {
		defer close(p.done)
		err := serve(ctx)
		if ctx.Err() != nil {
			if !errors.Is(err, context.Canceled) {
				p.err = err
			}
			return
		}
		if err == nil {
			err = errors.New("ended unexpectedly")
		}
		select {
		case s.failed <- fmt.Errorf("%s: %w", name, err):
		default:
			s.log.Error("another part failed", "part", name, "err", err)
		}
	}()
}

// onStop registers something to close after every part started later has ended.
func (s *stack) onStop(name string, closer func() error) {
	s.start(name, func(ctx context.Context) error {
		<-ctx.Done()
		return closer()
	})
}

// stop ends every part and returns their errors, each with the part's name.
func (s *stack) stop() error {
	var errs []error
	for len(s.parts) > 0 {
		p := s.parts[len(s.parts)-1]
		s.parts = s.parts[:len(s.parts)-1]
		p.cancel()
		timer := time.NewTimer(stopTimeout)
		select {
		case <-p.done:
			if p.err != nil {
				errs = append(errs, fmt.Errorf("stop %s: %w", p.name, p.err))
			}
		case <-timer.C:
			errs = append(errs, fmt.Errorf("stop %s: still busy after %v, left behind", p.name, stopTimeout))
		}
		timer.Stop()
	}
	return errors.Join(errs...)
}

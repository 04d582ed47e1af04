package provd

import (
	"context"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Rendering is the rendering of many devices' files that one change caused.
type Rendering struct {
	// ID names it, from 1 on since the box started.
	ID int
	// Cause is what changed, in one line.
	Cause string
	// Devices is how many devices are rendered.
	Devices int
	// Operation tells how far it is.
	Operation *Operation

	done, failed atomic.Int64
}

// Done returns how many devices were rendered so far, those that failed included.
func (r *Rendering) Done() int { return int(r.done.Load()) }

// Failed returns how many devices could not be rendered. They keep the files they
// had, and say why in X_provbox_error.
func (r *Rendering) Failed() int { return int(r.failed.Load()) }

const (
	// shownFrom is how many devices a rendering has at least that can be followed.
	shownFrom = 10
	// maxRenderings bounds the renderings that are remembered.
	maxRenderings = 32
	// progressSteps is how often a rendering tells the journal how far it is.
	progressSteps = 10
)

// renderings are those under way and the last that ended, oldest first.
type renderings struct {
	mu   sync.Mutex
	last int
	list []*Rendering
}

func (r *renderings) begin(cause string, devices int) *Rendering {
	op := NewOperation("")
	op.Count(0, int64(devices))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	next := &Rendering{ID: r.last, Cause: cause, Devices: devices, Operation: op}
	r.list = append(r.list, next)
	if len(r.list) > maxRenderings {
		r.list = append(r.list[:0:0], r.list[1:]...)
	}
	return next
}

// Renderings returns the renderings of many devices that are under way and the
// last ones that ended, oldest first.
func (m *Manager) Renderings() []*Rendering {
	m.renderings.mu.Lock()
	defer m.renderings.mu.Unlock()
	return append([]*Rendering(nil), m.renderings.list...)
}

type (
	renderingKey struct{}
	quietKey     struct{}
)

// quietly returns a context for changes whose renderings are parts of something
// else that can be followed.
func quietly(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

// WithRendering returns a context that learns the rendering that a change under it
// causes: found returns it once the change has ended, nil when there was none or
// only one of a few devices.
func WithRendering(ctx context.Context) (next context.Context, found func() *Rendering) {
	var place atomic.Pointer[Rendering]
	return context.WithValue(ctx, renderingKey{}, &place), place.Load
}

// renderAll calls render for each device with bounded parallelism, and stores what
// they came to. Readers and phones go on meanwhile. cause is for whoever watches.
func (m *Manager) renderAll(ctx context.Context, cause string, ids []string, render func(context.Context, string) bool) {
	defer m.storeOutcomes()
	if len(ids) == 1 {
		render(ctx, ids[0])
		return
	}
	step := func(bool) {}
	if len(ids) >= shownFrom && ctx.Value(quietKey{}) == nil {
		r := m.renderings.begin(cause, len(ids))
		if place, ok := ctx.Value(renderingKey{}).(*atomic.Pointer[Rendering]); ok {
			place.Store(r)
		}
		step = func(ok bool) { m.countRendered(r, ok) }
		m.tellRendering(r, "rendering devices")
		defer func() {
			m.storeOutcomes() // whoever sees the end sees the devices' outcomes
			r.Operation.Finish(ctx.Err())
			m.tellRendering(r, "rendered devices")
		}()
	}
	var g errgroup.Group
	g.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			step(render(ctx, id))
			return nil
		})
	}
	_ = g.Wait() // render returns no error: it keeps them on the device
}

// countRendered counts one device.
func (m *Manager) countRendered(r *Rendering, ok bool) {
	if !ok {
		r.failed.Add(1)
	}
	done := r.done.Add(1)
	r.Operation.Count(done, int64(r.Devices))
	if every := int64(max(1, r.Devices/progressSteps)); done%every == 0 && done < int64(r.Devices) {
		m.tellRendering(r, "rendering devices")
	}
}

func (m *Manager) tellRendering(r *Rendering, text string) {
	m.events.Record(Event{Topic: "config", Text: text, Attrs: []slog.Attr{
		slog.String("rendering", strconv.Itoa(r.ID)), slog.String("cause", r.Cause), slog.Int("done", r.Done()),
		slog.Int("devices", r.Devices), slog.Int("failed", r.Failed()),
	}})
}

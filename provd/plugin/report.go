package plugin

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"provbox/provd"
	"provbox/provd/python"
)

// reports tells the operator of failures of a package's code: at once, and then
// once a minute as long as they go on, for a stranger can cause them as often as
// he likes.
type reports struct {
	mu   sync.Mutex
	seen map[string]*repeated // by operation and place
}

type repeated struct {
	told  time.Time
	since int // failures since then
}

const (
	reportEvery = time.Minute
	maxReports  = 64 // places of a package that are told apart
)

// due reports whether a failure is to be told now, and for how many it stands.
func (r *reports) due(key string, now time.Time) (times int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = make(map[string]*repeated)
	}
	s := r.seen[key]
	if s == nil && len(r.seen) >= maxReports {
		key = ""
		s = r.seen[key]
	}
	if s == nil {
		r.seen[key] = &repeated{told: now}
		return 1, true
	}
	s.since++
	if now.Sub(s.told) < reportEvery {
		return 0, false
	}
	times, s.since, s.told = s.since, 0, now
	return times, true
}

// report records that the package's own code failed; other errors are not its.
// What a call with secrets raised is named by its class alone: the device has the
// whole text.
func (p *Plugin) report(op string, dev provd.Device, err error) {
	// Whoever loads it tells; and that an operator's value is refused is his to know.
	if op == opLoad || provd.CodeOf(err) != provd.Internal {
		return
	}
	place, text, ok := failure(err)
	if isBusy(err) && !errors.Is(err, context.Canceled) {
		p.reportBusy(op, dev, err)
	}
	if !ok {
		return
	}
	now := p.cfg.Now()
	times, ok := p.failures.due(op+" "+place.String(), now)
	if !ok {
		return
	}
	if op == opConfigure || op == opSynchronize {
		text, _, _ = strings.Cut(text, ":")
	}
	attrs := []slog.Attr{
		slog.String("plugin", p.cfg.ID), slog.String("hook", op), slog.String("file", place.File), slog.Int("line", place.Line),
		slog.String("err", short(text)),
	}
	if times > 1 {
		attrs = append(attrs, slog.Int("times", times))
	}
	p.cfg.Recorder.Record(provd.Event{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "plugin", Text: "plugin failed", Attrs: attrs})
}

// reportBusy records that the package was not asked because it was still busy; the
// call that keeps it busy has its own event when it fails.
func (p *Plugin) reportBusy(op string, dev provd.Device, err error) {
	times, ok := p.failures.due("busy "+op, p.cfg.Now())
	if !ok {
		return
	}
	p.cfg.Recorder.Record(provd.Event{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "plugin", Text: "plugin was busy", Attrs: []slog.Attr{
		slog.String("plugin", p.cfg.ID), slog.String("hook", op), slog.String("err", short(err.Error())), slog.Int("times", times),
	}})
}

// Operations, as errors and events name them.
const (
	opLoad        = "load"
	opConfigure   = "configure"
	opSynchronize = "synchronize"
)

// failure takes from an error of a package's code where it happened, and what.
func failure(err error) (place python.Frame, text string, ok bool) {
	if exc, ok := errors.AsType[*python.Exception](err); ok {
		if len(exc.Traceback) > 0 {
			place = exc.Traceback[0]
		}
		text, _ = ExceptionText(err)
		return place, text, true
	}
	if limit, ok := errors.AsType[*python.LimitError](err); ok && !errors.Is(err, context.Canceled) {
		return limit.Pos, "limit exceeded (" + limit.What + ")", true
	}
	return python.Frame{}, "", false
}

// short keeps a text that a package made within a line.
func short(s string) string {
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}

package plugin

import (
	"time"

	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// Limits bound what a package may use. Zero fields mean the defaults.
type Limits struct {
	// Load is for executing the package, its constructor and configure_common.
	Load Budget
	// Work is for configure, deconfigure and settings.
	Work Budget
	// Synchronize is for synchronize, which may wait for a phone.
	Synchronize Budget
	// Ask is for what a phone's request waits for: extract, score, sensitive,
	// trigger, path rewriting.
	Ask Budget
	// Files are the bounds of all generated files together.
	Files layer.Limits
	// CallFiles and CallBytes bound what one call may write.
	CallFiles int
	CallBytes int64
}

// Budget bounds one call.
type Budget struct {
	// Time is the wall-clock time, waiting for an earlier call included.
	Time time.Duration
	// Use are steps, memory, depth and output.
	Use python.Limits
}

// DefaultLimits are sized so that the slowest published package stays far below
// them on the slowest board, and a hostile one is stopped before anybody notices.
var DefaultLimits = Limits{
	Load:        Budget{30 * time.Second, python.Limits{Steps: 50_000_000, Alloc: 512 << 20}},
	Work:        Budget{15 * time.Second, python.Limits{Steps: 50_000_000, Alloc: 256 << 20}},
	Synchronize: Budget{60 * time.Second, python.Limits{Steps: 20_000_000, Alloc: 128 << 20}},
	Ask:         Budget{2 * time.Second, python.Limits{Steps: 1_000_000, Alloc: 16 << 20}},
	CallFiles:   1024,
	CallBytes:   32 << 20,
}

// withDefaults fills what is zero.
func (l Limits) withDefaults() Limits {
	d := DefaultLimits
	for _, b := range []struct{ to, from *Budget }{
		{&l.Load, &d.Load}, {&l.Work, &d.Work}, {&l.Synchronize, &d.Synchronize}, {&l.Ask, &d.Ask},
	} {
		if b.to.Time == 0 {
			b.to.Time = b.from.Time
		}
		if b.to.Use == (python.Limits{}) {
			b.to.Use = b.from.Use
		}
	}
	if l.CallFiles == 0 {
		l.CallFiles = d.CallFiles
	}
	if l.CallBytes == 0 {
		l.CallBytes = d.CallBytes
	}
	return l
}

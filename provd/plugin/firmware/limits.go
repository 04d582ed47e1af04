package firmware

import (
	"context"
	"fmt"
	"io"
)

// Limits bound what installing a firmware package may take. A zero field means
// the one of DefaultLimits.
type Limits struct {
	// Unpacked, Entries, Depth and Ratio are for one archive: bytes, files and
	// directories, path elements, and bytes for each byte of the archive.
	Unpacked int64
	Entries  int
	Depth    int
	Ratio    int64
	// TotalBytes and TotalEntries are for all steps of an install together.
	TotalBytes   int64
	TotalEntries int
	// Quota is how many bytes the cache and what is kept for the plugin may take
	// together, when it shares no Space with others.
	Quota int64
}

// DefaultLimits returns the limits of an archive in design/reliability.md section
// 3. The total leaves room for an archive of archives and copies of what is in
// it; the quota for every published package of one plugin but the largest ones
// together.
func DefaultLimits() Limits {
	return Limits{
		Unpacked: 512 << 20, Entries: 5000, Depth: 8, Ratio: 100,
		TotalBytes: 2 << 30, TotalEntries: 20_000, Quota: 4 << 30,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	l.Unpacked = orDefault(l.Unpacked, d.Unpacked)
	l.Entries = orDefault(l.Entries, d.Entries)
	l.Depth = orDefault(l.Depth, d.Depth)
	l.Ratio = orDefault(l.Ratio, d.Ratio)
	l.TotalBytes = orDefault(l.TotalBytes, d.TotalBytes)
	l.TotalEntries = orDefault(l.TotalEntries, d.TotalEntries)
	l.Quota = orDefault(l.Quota, d.Quota)
	return l
}

func orDefault[T int | int64](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

// ratioFrom is what an archive may unpack to whatever its size: padding packs to
// nearly nothing.
const ratioFrom = 4 << 20

// budget is what may still be made.
type budget struct {
	what    string
	bytes   int64
	entries int
	parent  *budget // nil for none
	over    error   // what it is when bytes run out; nil for a text of its own
}

func (b *budget) entry() error {
	if b == nil {
		return nil
	}
	if b.entries--; b.entries < 0 {
		return fmt.Errorf("%s has too many files", b.what)
	}
	return b.parent.entry()
}

func (b *budget) spend(n int64) error {
	if b == nil {
		return nil
	}
	if b.bytes -= n; b.bytes < 0 && b.over != nil {
		return b.over
	}
	if b.bytes < 0 {
		return fmt.Errorf("%s unpacks to more than is allowed", b.what)
	}
	return b.parent.spend(n)
}

// spender counts what is read through it.
type spender struct {
	ctx    context.Context
	r      io.Reader
	budget *budget // nil counts nothing
}

func (s *spender) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	if e := s.budget.spend(int64(n)); e != nil {
		return 0, e
	}
	return n, err
}

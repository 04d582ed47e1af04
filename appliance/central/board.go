package central

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Status is whether one of the links to the centre works.
type Status struct {
	// Name is wazo-auth, wazo-amid, wazo-confd, bus, or "wazo-auth login" for
	// whether the box has a token of its own.
	Name string
	Up   bool
	// Since is when Up became what it is.
	Since time.Time
	// Problem says why the service is not used, "" while it is up.
	Problem string
}

// Board remembers which of the central services answer, for status pages and
// the journal. A nil Board remembers nothing. It is safe for concurrent use.
type Board struct {
	now      func() time.Time
	onChange func(Status)

	mu    sync.Mutex
	links map[string]Status // by name; there are five
}

// NewBoard returns a board without any service. onChange, which may be nil, is
// told each time a service starts or ceases to answer; it must not block.
func NewBoard(now func() time.Time, onChange func(Status)) *Board {
	return &Board{now: now, onChange: onChange, links: make(map[string]Status)}
}

// note takes the outcome of one call.
func (b *Board) note(name string, err error) {
	if b == nil {
		return
	}
	b.mu.Lock()
	s, known := b.links[name]
	changed := !known || s.Up != (err == nil)
	if changed {
		s = Status{Name: name, Up: err == nil, Since: b.now()}
	}
	s.Problem = ""
	if err != nil {
		s.Problem = err.Error()
	}
	b.links[name] = s
	b.mu.Unlock()
	if changed && b.onChange != nil {
		b.onChange(s)
	}
}

// Links returns the links that were tried at least once, by name.
func (b *Board) Links() []Status {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Status, 0, len(b.links))
	for _, s := range b.links {
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y Status) int { return cmp.Compare(x.Name, y.Name) })
	return list
}

package option

import (
	"encoding/binary"
	"sync"
)

// Memo is a Table that remembers what it gave: most phones of a site are of a
// few models, and their packets look the same to the rules. A Memo is bounded
// however many different clients strangers make up, and safe for concurrent use.
type Memo struct {
	table *Table
	codes []byte // options that the rules look at

	mu    sync.Mutex
	known map[Values]map[string]Result
	size  int
}

const (
	// maxMemo bounds the clients remembered; past it all are forgotten.
	maxMemo = 512
	// maxMemoKey bounds what one of them takes; others are decided each time.
	maxMemoKey = 256
)

// NewMemo returns a Memo of a table.
func NewMemo(t *Table) *Memo {
	m := &Memo{table: t, known: map[Values]map[string]Result{}}
	var asked [256]bool
	asked[vendorClass] = true
	for i := range t.rules {
		for _, c := range []cond{t.rules[i].class, t.rules[i].when} {
			if c != nil {
				c.asks(&asked)
			}
		}
	}
	for code, is := range asked {
		if is {
			m.codes = append(m.codes, byte(code))
		}
	}
	return m
}

// Decide is Table.Decide; the result is shared and must not be changed.
func (m *Memo) Decide(c Client, v Values) Result {
	var space [maxMemoKey]byte
	key, ok := m.key(space[:0], c)
	if !ok {
		return m.table.Decide(c, v)
	}
	m.mu.Lock()
	r, ok := m.known[v][string(key)]
	m.mu.Unlock()
	if ok {
		return r
	}
	r = m.table.Decide(c, v)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size >= maxMemo {
		clear(m.known)
		m.size = 0
	}
	if m.known[v] == nil {
		m.known[v] = map[string]Result{}
	}
	m.known[v][string(key)] = r
	m.size++
	return r
}

// key is everything about a client that a rule can look at: its address block,
// and of each option whether it is there, its length and its value. It reports
// false for a client with more to say than is remembered.
func (m *Memo) key(b []byte, c Client) ([]byte, bool) {
	if len(c.MAC) == 6 {
		b = append(append(b, 1), c.MAC[:3]...)
	} else {
		b = append(b, 0)
	}
	for _, code := range m.codes {
		v, ok := c.Get(code)
		if len(b)+len(v)+3 > maxMemoKey {
			return nil, false
		}
		if !ok {
			b = append(b, 0)
			continue
		}
		b = binary.BigEndian.AppendUint16(append(b, 1), uint16(len(v)))
		b = append(b, v...)
	}
	return b, true
}

func (w where) asks(codes *[256]bool) { codes[w.code] = true }

func (m negation) asks(codes *[256]bool) { m.of.asks(codes) }

func (m conjunction) asks(codes *[256]bool) {
	for _, x := range m {
		x.asks(codes)
	}
}

func (m disjunction) asks(codes *[256]bool) {
	for _, x := range m {
		x.asks(codes)
	}
}

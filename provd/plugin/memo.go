package plugin

import (
	"maps"
	"sync"

	"provbox/provd"
	"provbox/provd/plugin/host"
)

// memo remembers what an extractor answered for the attributes of a request that
// it read, and only those: a phone that fetches ten files with the same
// User-Agent is one entry when the extractor never looks at the path.
//
// It is a tree. The first attribute an extractor reads is always the same; given
// its value, so is the next one; a leaf holds the answer.
type memo struct {
	mu      sync.Mutex
	root    *memoNode
	entries int
	bytes   int
}

type memoNode struct {
	attr string // what the extractor reads next, "" for a leaf
	next map[string]*memoNode
	info provd.Info
	err  error
}

// Bounds of one memo. A request with an attribute longer than maxMemoValue is
// not remembered; a full memo is forgotten as a whole.
const (
	maxMemoEntries = 1024
	maxMemoBytes   = 256 << 10
	maxMemoValue   = 512
)

// get returns the remembered answer for a request: an info, which is the caller's,
// or the error the extractor failed with.
func (m *memo) get(req *provd.Request) (info provd.Info, known bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.root
	var buf [128]byte
	for n != nil && n.attr != "" {
		n = n.next[string(host.AppendAttr(buf[:0], req, n.attr))]
	}
	if n == nil {
		return nil, false, nil
	}
	return maps.Clone(n.info), true, n.err
}

// put remembers an answer that was given after reading attrs, in that order.
func (m *memo) put(req *provd.Request, attrs []string, info provd.Info, err error) {
	size := 64
	var room [4]string
	values := room[:0]
	for _, a := range attrs {
		v := host.Attr(req, a)
		if len(v) > maxMemoValue {
			return
		}
		values = append(values, v)
		size += len(v) + 64
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries >= maxMemoEntries || m.bytes+size > maxMemoBytes {
		m.root, m.entries, m.bytes = nil, 0, 0
	}
	m.root = m.root.with(attrs, values, &memoNode{info: maps.Clone(info), err: err})
	m.entries++
	m.bytes += size
}

// with returns the tree with one more answer in it. An extractor that read
// something else before, so one that is no function of the request, loses what
// was known below n.
func (n *memoNode) with(attrs, values []string, leaf *memoNode) *memoNode {
	if len(attrs) == 0 {
		return leaf
	}
	if n == nil || n.attr != attrs[0] {
		n = &memoNode{attr: attrs[0], next: make(map[string]*memoNode)}
	}
	n.next[values[0]] = n.next[values[0]].with(attrs[1:], values[1:], leaf)
	return n
}

// answers remembers what a package said about names. A full one is forgotten as a
// whole, and a name longer than any file's is not remembered.
type answers struct {
	mu sync.Mutex
	by map[string]bool
}

const maxAnswerName = 128

func (a *answers) get(name string) (yes, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	yes, known = a.by[name]
	return yes, known
}

func (a *answers) put(name string, yes bool) {
	if len(name) > maxAnswerName {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil || len(a.by) >= maxMemoEntries {
		a.by = make(map[string]bool)
	}
	a.by[name] = yes
}

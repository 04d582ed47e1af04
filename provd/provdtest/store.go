// Package provdtest holds stand-ins for tests of the provisioning service: a
// store in memory and a plugin that is plain Go.
package provdtest

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"

	"provbox/provd"
	"provbox/provd/document"
)

// Store is a provd.Store in memory. The zero value is ready to use.
type Store struct {
	// Broken, when set, is what every Update returns instead of storing.
	Broken error

	mu      sync.RWMutex
	tables  [3]map[string]*document.Object
	updates int
}

// View runs fn on the stored documents.
func (s *Store) View(fn func(provd.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fn(&tx{s.tables})
}

// Update runs fn on a copy and keeps the copy when fn succeeds.
func (s *Store) Update(fn func(provd.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Broken != nil {
		return s.Broken
	}
	t := &tx{}
	for i, m := range s.tables {
		t.tables[i] = maps.Clone(m)
		if t.tables[i] == nil {
			t.tables[i] = make(map[string]*document.Object)
		}
	}
	if err := fn(t); err != nil {
		return err
	}
	s.tables = t.tables
	s.updates++
	return nil
}

// Updates returns how many transactions were kept.
func (s *Store) Updates() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.updates
}

type tx struct {
	tables [3]map[string]*document.Object
}

func (t *tx) Devices() provd.Collection { return table(t.tables[0]) }
func (t *tx) Configs() provd.Collection { return table(t.tables[1]) }
func (t *tx) Params() provd.Collection  { return table(t.tables[2]) }

type table map[string]*document.Object

func (t table) Get(id string) (*document.Object, error) {
	if doc, ok := t[id]; ok {
		return doc.Clone(), nil
	}
	return nil, provd.Errorf(provd.NotFound, "no document %q", id)
}

func (t table) Put(id string, doc *document.Object) error {
	t[id] = doc.Clone()
	return nil
}

func (t table) Delete(id string) error {
	if _, ok := t[id]; !ok {
		return provd.Errorf(provd.NotFound, "no document %q", id)
	}
	delete(t, id)
	return nil
}

func (t table) Len() int { return len(t) }

func (t table) All() iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		for _, id := range slices.SortedFunc(maps.Keys(t), cmp.Compare[string]) {
			if !yield(id, t[id].Clone()) {
				return
			}
		}
	}
}

func (t table) Find(member, value string) iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		var ids []string
		for id, doc := range t {
			if doc.String(member) == value || slices.Contains(doc.List(member), any(value)) {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			if doc, ok := t[id]; ok && !yield(id, doc.Clone()) {
				return
			}
		}
	}
}

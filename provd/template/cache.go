package template

import (
	"container/list"
	"sync"
)

// cache keeps the compiled templates that were used last, bounded by their
// number and by the length of their sources.
type cache struct {
	mu       sync.Mutex
	maxCount int
	maxBytes int
	bytes    int
	byName   map[string]*list.Element
	recent   *list.List // of *Template, most recent first
	stamps   map[string]Stamp
}

func newCache(maxCount, maxBytes int) *cache {
	return &cache{maxCount: maxCount, maxBytes: maxBytes, byName: map[string]*list.Element{}, recent: list.New(), stamps: map[string]Stamp{}}
}

// stamped returns the template of that name if it has that stamp.
func (c *cache) stamped(name string, s Stamp) *Template {
	c.mu.Lock()
	defer c.mu.Unlock()
	if is, ok := c.stamps[name]; !ok || is != s {
		return nil
	}
	el := c.byName[name]
	c.recent.MoveToFront(el)
	return el.Value.(*Template)
}

// stamp gives a template its stamp, if it is still there.
func (c *cache) stamp(t *Template, s Stamp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.byName[t.name]; el != nil && el.Value == t {
		c.stamps[t.name] = s
	}
}

// get returns the template of that name if it was made from src.
func (c *cache) get(name string, src []byte) *Template {
	c.mu.Lock()
	defer c.mu.Unlock()
	el := c.byName[name]
	if el == nil {
		return nil
	}
	t := el.Value.(*Template)
	if t.source != string(src) {
		c.remove(el)
		return nil
	}
	c.recent.MoveToFront(el)
	return t
}

func (c *cache) put(t *Template) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.byName[t.name]; el != nil {
		c.remove(el)
	}
	c.byName[t.name] = c.recent.PushFront(t)
	c.bytes += len(t.source)
	for c.recent.Len() > 1 && (c.recent.Len() > c.maxCount || c.bytes > c.maxBytes) {
		c.remove(c.recent.Back())
	}
}

func (c *cache) remove(el *list.Element) {
	t := c.recent.Remove(el).(*Template)
	delete(c.byName, t.name)
	delete(c.stamps, t.name)
	c.bytes -= len(t.source)
}

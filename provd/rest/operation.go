package rest

import (
	"container/list"
	"net/http"
	"strconv"
	"sync"

	"provbox/provd"
)

// maxOperations bounds the operations that are remembered. Clients are meant to
// delete theirs and often do not, so the oldest that has ended gives way.
const maxOperations = 512

// operations are the operations in progress by collection and number. Numbers
// begin at 1 in each collection.
type operations struct {
	mu    sync.Mutex
	next  map[string]int // by collection; there are as many as routes that start operations
	byKey map[operationKey]*list.Element
	order *list.List // of *entry, oldest first
}

type operationKey struct{ collection, n string }

type entry struct {
	key operationKey
	op  *provd.Operation
}

func newOperations() *operations {
	return &operations{next: make(map[string]int), byKey: make(map[operationKey]*list.Element), order: list.New()}
}

func (o *operations) add(collection string, op *provd.Operation) (n string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for e := o.order.Front(); e != nil && o.order.Len() >= maxOperations; {
		next := e.Next()
		old := e.Value.(*entry)
		if s := old.op.State(); s == provd.Success || s == provd.Fail {
			o.remove(e)
		}
		e = next
	}
	if o.order.Len() >= maxOperations {
		o.remove(o.order.Front())
	}
	o.next[collection]++
	key := operationKey{collection, strconv.Itoa(o.next[collection])}
	o.byKey[key] = o.order.PushBack(&entry{key, op})
	return key.n
}

func (o *operations) remove(e *list.Element) {
	delete(o.byKey, e.Value.(*entry).key)
	o.order.Remove(e)
}

func (o *operations) get(collection, n string) *provd.Operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.byKey[operationKey{collection, n}]
	if e == nil {
		return nil
	}
	return e.Value.(*entry).op
}

func (o *operations) delete(collection, n string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e := o.byKey[operationKey{collection, n}]; e != nil {
		o.remove(e)
	}
}

// started answers 201 with the place where an operation can be followed.
func (c *call) started(path string, op *provd.Operation) error {
	c.w.Header().Set("Location", location(path, c.oips.add(path, op)))
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

func (c *call) getOperation() error {
	op := c.oips.get(c.collection, c.params["oip"])
	if op == nil { // deleted since the path was matched
		notFoundPage(c.w)
		return nil
	}
	return c.json(http.StatusOK, "status", op.String())
}

func (c *call) deleteOperation() error {
	c.oips.delete(c.collection, c.params["oip"])
	return c.noContent()
}

package central

import (
	"container/list"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"

	"provbox/provd"
)

// maxChecks bounds the answers about tokens that are remembered; beyond it the
// one that was used least recently is forgotten.
const maxChecks = 4096

// maxValues bounds the tenants in all those answers together: one of a large stack
// lists thousands.
const maxValues = 64 << 10

// awayPause is how long wazo-auth is not asked again after it did not answer,
// when there is an answer of the grace time to go by. Without it every request
// of a slow centre would wait for the whole time limit.
const awayPause = 3 * time.Second

// question is what can be asked about a token.
type question struct{ kind, acl, tenant string }

// checkKey names an answer. It holds hashes, for the texts are the caller's:
// secret in the one case and of any length in the other.
type checkKey struct{ token, question [sha256.Size]byte }

func keyOf(token string, q question) checkKey {
	return checkKey{sha256.Sum256([]byte(token)), sha256.Sum256([]byte(q.kind + "\x00" + q.acl + "\x00" + q.tenant))}
}

// answer is what wazo-auth said yes to, and when it was asked.
type answer struct {
	key   checkKey
	at    time.Time
	value []string // not to be changed
}

// checks are the answers that are remembered: only those that said yes.
type checks struct {
	mu    sync.Mutex
	byKey map[checkKey]*list.Element
	order *list.List // of *answer, least recently used first
	size  int        // values in all of them
}

func newChecks() *checks {
	return &checks{byKey: make(map[checkKey]*list.Element), order: list.New()}
}

// get returns an answer that is younger than the limit.
func (c *checks) get(key checkKey, now time.Time, limit time.Duration) ([]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return nil, false
	}
	a := e.Value.(*answer)
	if now.Sub(a.at) >= limit {
		return nil, false
	}
	c.order.MoveToBack(e)
	return a.value, true
}

func (c *checks) put(key checkKey, at time.Time, value []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		c.remove(e)
	}
	if len(value) > maxValues {
		return
	}
	for c.order.Len() >= maxChecks || c.size+len(value) > maxValues {
		c.remove(c.order.Front())
	}
	c.size += len(value)
	c.byKey[key] = c.order.PushBack(&answer{key, at, value})
}

// drop forgets one answer, or all of a token.
func (c *checks) drop(key checkKey, wholeToken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byKey[key]; e != nil {
		c.remove(e)
	}
	if !wholeToken {
		return
	}
	for e := c.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*answer).key.token == key.token {
			c.remove(e)
		}
		e = next
	}
}

func (c *checks) remove(e *list.Element) {
	c.size -= len(e.Value.(*answer).value)
	delete(c.byKey, e.Value.(*answer).key)
	c.order.Remove(e)
}

// ask answers a question about a token: from a fresh answer, from wazo-auth, or
// within the grace time, when wazo-auth does not answer, from an older one.
func (a *Auth) ask(ctx context.Context, token string, q question, call func() ([]string, error)) ([]string, error) {
	key, now := keyOf(token, q), time.Now()
	if v, ok := a.checks.get(key, now, a.cfg.Cache); ok {
		return slices.Clone(v), nil
	}
	// An answer is as old as its question: what happened while it was on its
	// way is not in it.
	old, graced := a.checks.get(key, now, a.cfg.Grace)
	if graced && a.awayLately(now) {
		return slices.Clone(old), nil
	}
	v, err := call()
	var r *refusal
	switch {
	case err == nil:
		a.checks.put(key, now, slices.Clone(v))
		a.noteAway(time.Time{})
		return v, nil
	case errors.As(err, &r):
		a.checks.drop(key, r.unknown)
		return nil, err
	case provd.CodeOf(err) != provd.Unavailable || ctx.Err() != nil:
		return nil, err
	}
	// A request that is refused is no outage: the grace time is not for a caller
	// who can have wazo-auth dislike his.
	if !refused(err) {
		a.noteAway(time.Now())
		if graced {
			return slices.Clone(old), nil
		}
	}
	return nil, &provd.Error{
		Code: provd.Unavailable, Err: err,
		Message: "the token cannot be checked: " + message(err) + " (phones are served all the same)",
	}
}

// message is the text of an error that a client may see.
func message(err error) string {
	if e, ok := errors.AsType[*provd.Error](err); ok {
		return e.Message
	}
	return "wazo-auth cannot be asked"
}

func (a *Auth) awayLately(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.away.IsZero() && now.Sub(a.away) < awayPause
}

func (a *Auth) noteAway(t time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.away = t
}

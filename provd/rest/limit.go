package rest

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"provbox/provd"
)

// errCrowded is the answer when the bodies under way are too much together.
var errCrowded = provd.Errorf(provd.Unavailable, "the box is receiving too much at once; try again")

// enter takes a place among the requests that are at work. Waiting for a client, for
// its body or for it to take the answer, is done outside of these places and of every
// lock.
func (c *call) enter() error {
	if !c.opened {
		select {
		case c.open <- struct{}{}:
			c.opened = true
		default:
			return provd.Errorf(provd.Unavailable, "the box has %d requests under way already; try again", maxOpen)
		}
	}
	select {
	case c.busy <- struct{}{}:
		c.inside = true
		return nil
	default:
		return provd.Errorf(provd.Unavailable, "the box is serving %d requests already; try again", maxConcurrent)
	}
}

// leave gives the place back; it may be called more than once.
func (c *call) leave() {
	if c.inside {
		<-c.busy
		c.inside = false
	}
}

// done gives back all that the request has taken.
func (c *call) done() {
	c.leave()
	c.bodies.Add(-c.taken)
	c.taken = 0
	if c.opened {
		<-c.open
		c.opened = false
	}
}

// counted counts what is read of a body among all bodies under way.
type counted struct {
	io.Reader

	call *call
}

func (r counted) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.call.taken += int64(n)
	if r.call.bodies.Add(int64(n)) > maxBodies {
		return n, errCrowded
	}
	return n, err
}

// withoutPrefix returns the request's path, encoded, as it is below the API's root.
// The central nginx strips /api/provd and tells so in X-Script-Name; whoever comes
// without one may not, and another proxy tells its own prefix there.
func withoutPrefix(r *http.Request) string {
	path := r.URL.EscapedPath()
	for _, prefix := range []string{r.Header.Get("X-Script-Name"), "/api/provd"} {
		prefix = (&url.URL{Path: strings.TrimRight(prefix, "/")}).EscapedPath()
		if rest, ok := strings.CutPrefix(path, prefix); ok && strings.HasPrefix(prefix, "/") && strings.HasPrefix(rest, "/") {
			return rest
		}
	}
	return path
}

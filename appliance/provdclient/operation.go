package provdclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Status is an operation in progress as its text tells (spec/rest.md section 10).
type Status struct {
	Label string // "" if it has none
	State string // waiting, progress, success or fail
	// Current of End is done; 0 is unknown.
	Current, End int64
	Subs         []Status
}

// statusHead is the part of a status before its parts in parentheses.
var statusHead = regexp.MustCompile(`^(?:(\w*)\|)?(waiting|progress|success|fail)(?:;(\d+)(?:/(\d+))?)?`)

// maxDepth bounds how deep the parts of an operation may nest.
const maxDepth = 8

// ParseStatus reads the text of an operation:
//
//	[label "|"] state [";" current ["/" end]] { "(" operation ")" }
func ParseStatus(text string) (Status, error) {
	s, rest, err := parsePart(text, 0)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q is left over", rest)
	}
	if err != nil {
		return Status{}, fmt.Errorf("status %q: %w", text, err)
	}
	return s, nil
}

func parsePart(text string, depth int) (s Status, rest string, err error) {
	if depth > maxDepth {
		return s, "", errors.New("nested too deeply")
	}
	m := statusHead.FindStringSubmatch(text)
	if m == nil {
		return s, "", fmt.Errorf("no state at %q", text)
	}
	s.Label, s.State = m[1], m[2]
	for i, to := range []*int64{&s.Current, &s.End} {
		if m[3+i] == "" {
			continue
		}
		if *to, err = strconv.ParseInt(m[3+i], 10, 64); err != nil {
			return s, "", fmt.Errorf("number %s: %w", m[3+i], err)
		}
	}
	for rest = text[len(m[0]):]; strings.HasPrefix(rest, "("); {
		sub, after, err := parsePart(rest[1:], depth+1)
		if err != nil {
			return s, "", err
		}
		if !strings.HasPrefix(after, ")") {
			return s, "", errors.New("a parenthesis is not closed")
		}
		s.Subs, rest = append(s.Subs, sub), after[1:]
	}
	return s, rest, nil
}

// Ended reports whether nothing more will happen.
func (s Status) Ended() bool { return s.State == "success" || s.State == "fail" }

// pollEvery is how often an operation is asked for.
const pollEvery = 500 * time.Millisecond

// Operation asks how far the operation at a location is.
func (c *Client) Operation(ctx context.Context, location string) (Status, error) {
	v, err := c.Get(ctx, location, nil, "status")
	if err != nil {
		return Status{}, err
	}
	text, ok := v.(string)
	if !ok {
		return Status{}, fmt.Errorf("the status of %s is no text", location)
	}
	return ParseStatus(text)
}

// Wait waits for an operation to end and forgets it on the peer. show is told how
// far it is, each time that was asked. An operation that failed is an error.
func (c *Client) Wait(ctx context.Context, location string, show func(Status)) error {
	if !strings.HasPrefix(location, "/0.2/") {
		return fmt.Errorf("the answer names %q as the operation's place", location)
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		s, err := c.Operation(ctx, location)
		if err != nil {
			return err
		}
		show(s)
		if s.Ended() {
			_, _, err := c.Send(ctx, http.MethodDelete, location, nil)
			if Absent(err) {
				err = nil // somebody else did
			}
			if s.State == "fail" {
				return errors.Join(errors.New("the operation failed; the box's journal says why"), err)
			}
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no longer waiting for %s: %w", location, ctx.Err())
		case <-tick.C:
		}
	}
}

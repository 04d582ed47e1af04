package ctl

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

// status is an operation in progress as its text tells (spec/rest.md section 10).
type status struct {
	Label        string
	State        string
	Current, End int64
	Subs         []status
}

// statusHead is the part of a status before its parts in parentheses.
var statusHead = regexp.MustCompile(`^(?:(\w*)\|)?(waiting|progress|success|fail)(?:;(\d+)(?:/(\d+))?)?`)

// maxDepth bounds how deep the parts of an operation may nest.
const maxDepth = 8

// parseStatus reads the text of an operation:
//
//	[label "|"] state [";" current ["/" end]] { "(" operation ")" }
func parseStatus(text string) (status, error) {
	s, rest, err := parsePart(text, 0)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q is left over", rest)
	}
	if err != nil {
		return status{}, fmt.Errorf("status %q: %w", text, err)
	}
	return s, nil
}

func parsePart(text string, depth int) (s status, rest string, err error) {
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

// ended reports whether nothing more will happen.
func (s status) ended() bool { return s.State == "success" || s.State == "fail" }

// bar shows an operation in one line: what it is at, and how far.
func (s status) bar() string {
	deepest := s
	for at := s; ; {
		var next *status
		for i := range at.Subs {
			if at.Subs[i].State == "progress" {
				next = &at.Subs[i]
			}
		}
		if next == nil {
			break
		}
		at = *next
		label := deepest.Label
		if deepest = at; deepest.Label == "" {
			deepest.Label = label
		}
	}
	const width = 30
	line := deepest.State
	if deepest.Label != "" {
		line = deepest.Label + " " + line
	}
	if deepest.End > 0 {
		done := int(min(deepest.Current, deepest.End) * width / deepest.End)
		return fmt.Sprintf("[%s%s] %3d %% %s", strings.Repeat("#", done), strings.Repeat(".", width-done), min(deepest.Current, deepest.End)*100/deepest.End, line)
	}
	if deepest.Current > 0 {
		line += fmt.Sprintf(" (%d)", deepest.Current)
	}
	return line
}

// pollEvery is how often an operation is asked for.
const pollEvery = 500 * time.Millisecond

// follow waits for an operation to end, showing how far it is, and forgets it on
// the peer.
func (s *session) follow(ctx context.Context, location string) error {
	if !strings.HasPrefix(location, "/0.2/") {
		return fmt.Errorf("the answer names %q as the operation's place", location)
	}
	if s.detach {
		fmt.Fprintln(s.Stdout, location)
		return nil
	}
	last := ""
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		st, err := s.operation(ctx, location)
		if err != nil {
			return err
		}
		if line := st.bar(); line != last {
			s.progress(line, st.ended())
			last = line
		}
		if st.ended() {
			_, _, err := s.client.Send(ctx, http.MethodDelete, location, nil)
			if st.State == "fail" {
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

// progress shows a line: over the one before on a terminal, below it elsewhere.
func (s *session) progress(line string, last bool) {
	switch {
	case s.quiet || s.json:
	case !s.Terminal:
		fmt.Fprintln(s.Stderr, clean(line))
	default:
		fmt.Fprintf(s.Stderr, "\r\x1b[K%s", clean(line))
		if last {
			fmt.Fprintln(s.Stderr)
		}
	}
}

func (s *session) operation(ctx context.Context, location string) (status, error) {
	v, err := s.client.Get(ctx, location, nil, "status")
	if err != nil {
		return status{}, err
	}
	return parseStatus(text(v))
}

func operationCommands() []command {
	place := func(do func(context.Context, *session, string) error) func(context.Context, *session, []string) error {
		return func(ctx context.Context, s *session, args []string) error {
			if err := want(args, "LOCATION"); err != nil {
				return err
			}
			if !strings.HasPrefix(args[0], "/0.2/") {
				return fmt.Errorf("%q is not a location such as /0.2/pg_mgr/install/install/1", args[0])
			}
			return do(ctx, s, args[0])
		}
	}
	return []command{
		{name: "operations show", args: "LOCATION", short: "how far an operation is", run: place(func(ctx context.Context, s *session, location string) error {
			v, err := s.client.Get(ctx, location, nil, "status")
			if err != nil {
				return err
			}
			fmt.Fprintln(s.Stdout, clean(text(v)))
			return nil
		})},
		{name: "operations wait", args: "LOCATION", short: "wait for an operation that was started with --detach", run: place(func(ctx context.Context, s *session, location string) error {
			return s.follow(ctx, location)
		})},
		{name: "operations delete", args: "LOCATION", short: "forget an operation; it goes on", run: place(func(ctx context.Context, s *session, location string) error {
			_, _, err := s.client.Send(ctx, http.MethodDelete, location, nil)
			return err
		})},
		{name: "status", short: "whether the API and the message bus work", run: func(ctx context.Context, s *session, args []string) error {
			if err := want(args); err != nil {
				return err
			}
			v, err := s.client.Get(ctx, "/0.2/status", nil, "")
			if err != nil {
				return err
			}
			return s.printJSON(v)
		}},
	}
}

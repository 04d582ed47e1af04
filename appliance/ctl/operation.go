package ctl

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
)

// bar shows an operation in one line: what it is at, and how far.
func bar(s provdclient.Status) string {
	deepest := s
	for at := s; ; {
		var next *provdclient.Status
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
		// Not in whole numbers: the peer's are of any size.
		part := min(float64(deepest.Current)/float64(deepest.End), 1)
		done := int(part * width)
		return fmt.Sprintf("[%s%s] %3d %% %s", strings.Repeat("#", done), strings.Repeat(".", width-done), int(part*100), line)
	}
	if deepest.Current > 0 {
		line += fmt.Sprintf(" (%d)", deepest.Current)
	}
	return line
}

// follow waits for an operation to end, showing how far it is.
func (s *session) follow(ctx context.Context, location string) error {
	if s.detach {
		fmt.Fprintln(s.Stdout, terminal.Clean(location))
		return nil
	}
	last := ""
	return s.client.Wait(ctx, location, func(st provdclient.Status) {
		if line := bar(st); line != last {
			s.progress(line, st.Ended())
			last = line
		}
	})
}

// progress shows a line: over the one before on a terminal, below it elsewhere.
func (s *session) progress(line string, last bool) {
	switch {
	case s.quiet || s.json:
	case !s.Terminal:
		fmt.Fprintln(s.Stderr, terminal.Clean(line))
	default:
		fmt.Fprintf(s.Stderr, "\r\x1b[K%s", terminal.Clean(line))
		if last {
			fmt.Fprintln(s.Stderr)
		}
	}
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
			fmt.Fprintln(s.Stdout, terminal.Clean(text(v)))
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

package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"provbox/provd"
	"provbox/provd/document"
)

// Bounds of the event streams.
const (
	maxStreams   = 16
	streamBeat   = 20 * time.Second // a sign of life, for proxies
	streamCheck  = time.Minute      // between two looks at the token
	streamWrite  = 10 * time.Second // a reader that takes longer is dropped
	streamChunk  = 128              // events between two looks at everything else
	maxTopics    = 32
	streamReader = "text/event-stream"
)

// defaultTopics are what a stream without ?topics= tells: what is about devices,
// without each of their requests.
var defaultTopics = [...]string{"device", "config", "ident", "sync", "plugin"}

// stream is one reader of events.
type stream struct {
	call    *call
	scope   provd.Scope
	recurse bool
	topics  []string
	seq     uint64 // the last event that was looked at
	beat    <-chan time.Time
	check   <-chan time.Time
	// write sends text and makes sure that it leaves.
	write func(text string) error
}

// events streams what happens to the devices of the caller's tenant, with
// ?recurse=true of those below it, too. Events have the ids of the journal:
// Last-Event-ID continues where an earlier stream ended. "missed" tells that events
// are not remembered any more, "end" that the stream is over and why.
func (c *call) events() error {
	select {
	case c.streams <- struct{}{}:
		defer func() { <-c.streams }()
	default:
		return provd.Errorf(provd.Unavailable, "%d event streams are open already; close one", maxStreams)
	}
	s, missed, err := c.newStream()
	if err != nil {
		return err
	}
	control := http.NewResponseController(c.w)
	// The server's limits are for requests that end.
	if err := control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("stream events: %w", err)
	}
	h := c.w.Header()
	h.Set("Content-Type", streamReader)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // the central nginx would hold events back
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	s.write = func(text string) error {
		if err := control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
			return err
		}
		if _, err := io.WriteString(c.w, text); err != nil {
			return err
		}
		return control.Flush()
	}
	beat, check := time.NewTicker(streamBeat), time.NewTicker(streamCheck)
	defer beat.Stop()
	defer check.Stop()
	s.beat, s.check = beat.C, check.C
	if err := s.run(c.r.Context(), missed); err != nil {
		c.log.Debug("event stream ended", "err", err)
	}
	return nil
}

// newStream reads what the stream is asked for, and where it continues.
func (c *call) newStream() (s *stream, missed bool, err error) {
	q := c.r.URL.Query()
	s = &stream{call: c, topics: defaultTopics[:], seq: c.cfg.Own.Journal.Last()}
	s.recurse = q.Get("recurse") == "true" || q.Get("recurse") == "True"
	if t := q.Get("topics"); t != "" {
		s.topics = strings.SplitN(t, ",", maxTopics+1)
		if len(s.topics) > maxTopics {
			return nil, false, provd.Errorf(provd.Invalid, "topics: more than %d", maxTopics)
		}
	}
	last := c.r.Header.Get("Last-Event-ID")
	if last == "" {
		last = q.Get("last_event_id") // browsers cannot set the header themselves
	}
	if last != "" {
		s.seq, missed = c.resume(last)
	}
	s.scope, err = s.visible()
	return s, missed, err
}

// visible is whose devices the stream is about, as wazo-auth says now.
func (s *stream) visible() (provd.Scope, error) {
	if s.recurse {
		return s.call.scope()
	}
	return s.call.own(), nil
}

// eventID is the id of an event: the start of the box that it happened under, and
// its number.
func (c *call) eventID(seq uint64) string {
	return c.cfg.Own.Journal.Boot() + "-" + strconv.FormatUint(seq, 10)
}

// resume returns the number to continue after. An id from before the box started is
// not remembered: all since the start comes then.
func (c *call) resume(id string) (seq uint64, missed bool) {
	boot, number, _ := strings.Cut(id, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || boot != c.cfg.Own.Journal.Boot() || seq > c.cfg.Own.Journal.Last() {
		return 0, true
	}
	return seq, false
}

// run writes events until the reader or the box goes, or the token does.
func (s *stream) run(ctx context.Context, missed bool) error {
	if err := s.write("retry: 5000\n\n"); err != nil {
		return err
	}
	for {
		entries, gone, wake := s.call.cfg.Own.Journal.After(s.seq, streamChunk)
		var text strings.Builder
		if missed || gone {
			text.WriteString("event: missed\ndata: {}\n\n")
			missed = false
		}
		for _, e := range entries {
			s.seq = e.Seq
			if s.shows(ctx, e) {
				if err := s.encode(&text, e); err != nil {
					return err
				}
			}
		}
		if text.Len() > 0 {
			if err := s.write(text.String()); err != nil {
				return err
			}
		}
		if end, err := s.wait(ctx, wake); end || err != nil {
			return err
		}
	}
}

// wait returns when there is something to do. wake is nil when there are events.
func (s *stream) wait(ctx context.Context, wake <-chan struct{}) (end bool, err error) {
	if wake == nil {
		ready := make(chan struct{})
		close(ready)
		wake = ready
	}
	// The ends come first: an endless flow of events must not hide them.
	select {
	case <-ctx.Done():
		return true, nil
	case <-s.call.cfg.Own.Closing:
		return true, s.end("the box is stopping")
	case <-s.check:
		return s.recheck()
	default:
	}
	select {
	case <-wake:
	case <-ctx.Done():
		return true, nil
	case <-s.call.cfg.Own.Closing:
		return true, s.end("the box is stopping")
	case <-s.check:
		return s.recheck()
	case <-s.beat:
		// An id without data moves the reader's place and shows no event.
		return false, s.write("id: " + s.call.eventID(s.seq) + "\n: alive\n\n")
	}
	return false, nil
}

// recheck ends the stream when the token may not read it any more. While wazo-auth
// cannot be asked the stream goes on as it is.
func (s *stream) recheck() (end bool, err error) {
	err = s.call.authorize("provd.dev_mgr.events.read")
	if err == nil {
		var scope provd.Scope
		if scope, err = s.visible(); err == nil {
			s.scope = scope
		}
	}
	if err != nil && provd.CodeOf(err) != provd.Unavailable {
		return true, s.end("the token is not valid any more")
	}
	return false, nil
}

func (s *stream) end(reason string) error {
	data, err := document.Encode(document.New("reason", reason))
	if err != nil {
		return err
	}
	return s.write("event: end\ndata: " + string(data) + "\n\n")
}

// shows reports whether an event is for this reader: about a device that it may
// see, or about the rendering of many.
func (s *stream) shows(ctx context.Context, e Entry) bool {
	switch {
	case !slices.Contains(s.topics, e.Topic):
		return false
	case e.Tenant != "":
		return s.scope.Has(e.Tenant)
	case e.Device != "":
		_, err := s.call.cfg.Devices.Device(ctx, e.Device, s.scope)
		return err == nil
	}
	return e.Topic == "config"
}

func (s *stream) encode(text *strings.Builder, e Entry) error {
	data, err := document.Encode(s.call.entry(e))
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	// The topic is a word of ours, and JSON has no line breaks.
	fmt.Fprintf(text, "id: %s\nevent: %s\ndata: %s\n\n", s.call.eventID(e.Seq), e.Topic, data)
	return nil
}

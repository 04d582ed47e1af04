package centraltest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// Service is one of the HTTP services of the stack.
type Service string

// The services.
const (
	Auth  Service = "wazo-auth"
	Amid  Service = "wazo-amid"
	Confd Service = "wazo-confd"
)

// Mode is how a service misbehaves; the zero value is well.
type Mode struct {
	Away     bool          // closes each connection without an answer
	Delay    time.Duration // waits so long before each answer
	Status   int           // answers this and no more
	Nonsense bool          // answers 200 and a page that is not JSON
}

// Set makes services behave in a way until it is called again; without any
// service it is for all of them.
func (s *Stack) Set(m Mode, services ...Service) {
	if len(services) == 0 {
		services = []Service{Auth, Amid, Confd}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, service := range services {
		s.modes[service] = m
	}
}

// Fail makes every call answer with a status; 0 ends that.
func (s *Stack) Fail(status int) { s.Set(Mode{Status: status}) }

func (s *Stack) mode(service Service) Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modes[service]
}

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

var errAway = errors.New("connection refused")

func serviceOf(path string) Service {
	switch {
	case strings.HasPrefix(path, "/1.0/"):
		return Amid
	case strings.HasPrefix(path, "/1.1/"):
		return Confd
	}
	return Auth
}

// misbehave does what a service was told to and reports whether it is to answer
// properly after that.
func (s *Stack) misbehave(w http.ResponseWriter, r *http.Request, service Service) bool {
	m := s.mode(service)
	if m.Delay > 0 {
		if r.Body != nil {
			// The server notices that the caller hung up only when it has read what
			// it was sent.
			body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		timer := time.NewTimer(m.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	switch {
	case m.Away:
		panic(http.ErrAbortHandler) // the server closes the connection
	case m.Status != 0:
		w.WriteHeader(m.Status)
	case m.Nonsense:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>Bad Gateway, have a nice day") // the caller hung up
	default:
		return true
	}
	return false
}

// Package centraltest is a stand-in for wazo-auth, wazo-amid, wazo-confd and the
// message bus that answers as they do (spec/wazo-link.md), for tests and for
// trying a box without a central stack. It can be told to be slow, away,
// forbidding, or to talk nonsense.
package centraltest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// The tenants of the stand-in, a master and two below it.
const (
	Master = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"
	Sub1   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee2"
	Sub2   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee3"
)

// Token is what a token of the stand-in stands for.
type Token struct {
	Tenant string
	// ACLs are patterns: * matches within a dotted word, # any rest, and a
	// leading ! denies.
	ACLs []string
}

// Notify is one PJSIPNotify that was asked for.
type Notify struct {
	Variable []string
	Endpoint string
	URI      string
}

// Stack is the stand-in. Its zero value is not usable; call New.
type Stack struct {
	// Service is the id and key that may log in.
	Service, Key string

	mu       sync.Mutex
	modes    map[Service]Mode
	tokens   map[string]Token
	tenants  []string
	life     time.Duration
	amidFail string
	notifies []Notify
	told     chan struct{} // closed at the next notify
	logins   int
	calls    []string
	confd    map[string]any
}

// New returns a stack with the service provbox/secret and the token "root",
// which may do everything for the master tenant.
func New() *Stack {
	return &Stack{
		Service: "provbox", Key: "secret", life: 6 * time.Hour, told: make(chan struct{}),
		modes:   make(map[Service]Mode),
		tokens:  map[string]Token{"root": {Tenant: Master, ACLs: []string{"#"}}},
		tenants: []string{Master, Sub1, Sub2},
		confd:   make(map[string]any),
	}
}

// AddToken makes a token valid.
func (s *Stack) AddToken(name string, t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[name] = t
}

// RemoveToken revokes a token.
func (s *Stack) RemoveToken(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, name)
}

// SetTenants replaces the tenants; the first one is the master tenant.
func (s *Stack) SetTenants(uuids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants = uuids
}

// SetLife sets how long the tokens live that are given from now on, whatever is
// asked for.
func (s *Stack) SetLife(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = d
}

// Logins returns how often somebody logged in.
func (s *Stack) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Calls returns what was asked so far and forgets it, e.g.
// "HEAD /0.1/token/root?scope=provd.read".
func (s *Stack) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// FailNotify makes wazo-amid answer an error with this message; "" ends that.
func (s *Stack) FailNotify(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.amidFail = message
}

// Notifies returns what was asked of wazo-amid so far.
func (s *Stack) Notifies() []Notify {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Notify(nil), s.notifies...)
}

// Notified returns a channel that is closed at the next PJSIPNotify.
func (s *Stack) Notified() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told
}

// ServeHTTP answers for all services: wazo-auth below /0.1, wazo-amid below
// /1.0, wazo-confd below /1.1.
func (s *Stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service := serviceOf(r.URL.Path)
	if !s.misbehave(w, r, service) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(r)
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/0.1/token":
		s.login(w, r)
	case len(path) == 3 && path[0] == "0.1" && path[1] == "token":
		s.token(w, r, path[2])
	case r.Method == http.MethodGet && r.URL.Path == "/0.1/tenants":
		s.listTenants(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/1.0/action/PJSIPNotify":
		s.notify(w, r)
	case r.Method == http.MethodGet && service == Confd:
		s.readConfd(w, r, path[1:])
	default:
		reason(w, http.StatusNotFound, "no such resource")
	}
}

// maxCalls bounds the calls that are remembered.
const maxCalls = 10000

func (s *Stack) note(r *http.Request) {
	call := r.Method + " " + r.URL.Path
	if r.URL.RawQuery != "" {
		call += "?" + r.URL.RawQuery
	}
	if len(s.calls) < maxCalls {
		s.calls = append(s.calls, call)
	}
}

// RoundTrip answers a request without any network, so that a Stack can be the
// Transport of a central.Endpoint.
func (s *Stack) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.mode(serviceOf(r.URL.Path)).Away {
		return nil, errAway
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body) // a RoundTripper must take all of it
		_ = r.Body.Close()
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller hung up
}

// reason is an error as wazo-auth words it.
func reason(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"reason": []string{text}, "status_code": status, "timestamp": []float64{0}})
}

// problem is an error as the services' shared library words it.
func problem(w http.ResponseWriter, status int, id, text string, details map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"message": text, "error_id": id, "details": details, "timestamp": 0})
}

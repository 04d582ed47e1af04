// Package centraltest is a stand-in for wazo-auth and wazo-amid that answers as
// they do (spec/wazo-link.md), for tests and for trying a box without a central
// stack.
package centraltest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
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
	tokens   map[string]Token
	fail     int
	amidFail string
	notifies []Notify
	logins   int
}

// New returns a stack with the service provbox/secret and the token "root",
// which may do everything for the master tenant.
func New() *Stack {
	return &Stack{
		Service: "provbox", Key: "secret",
		tokens: map[string]Token{"root": {Tenant: Master, ACLs: []string{"#"}}},
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

// Fail makes every call answer with a status; 0 ends that.
func (s *Stack) Fail(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = status
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

// ServeHTTP answers for both services: wazo-auth below /0.1, wazo-amid below
// /1.0.
func (s *Stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != 0 {
		w.WriteHeader(s.fail)
		return
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/0.1/token":
		s.login(w, r)
	case len(path) == 3 && path[1] == "token":
		s.token(w, r, path[2])
	case r.Method == http.MethodGet && r.URL.Path == "/0.1/tenants":
		s.tenants(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/1.0/action/PJSIPNotify":
		s.notify(w, r)
	default:
		reason(w, http.StatusNotFound, "no such resource")
	}
}

func (s *Stack) login(w http.ResponseWriter, r *http.Request) {
	id, key, _ := r.BasicAuth()
	if id != s.Service || key != s.Key {
		reason(w, http.StatusUnauthorized, "Authentication Failed")
		return
	}
	s.logins++
	s.tokens["own"] = Token{Tenant: Master, ACLs: []string{"amid.action.PJSIPNotify.create", "auth.tenants.read"}}
	answer(w, map[string]any{"data": data("own", s.tokens["own"])})
}

func data(name string, t Token) map[string]any {
	return map[string]any{
		"token": name, "acl": t.ACLs, "auth_id": "provbox", "session_uuid": "00000000-0000-0000-0000-000000000001",
		"metadata": map[string]any{"tenant_uuid": t.Tenant, "uuid": nil},
	}
}

func (s *Stack) token(w http.ResponseWriter, r *http.Request, name string) {
	t, ok := s.tokens[name]
	q := r.URL.Query()
	switch {
	case !ok:
		reason(w, http.StatusNotFound, "No such token")
	case q.Has("tenant") && !sees(t.Tenant, q.Get("tenant")), q.Has("scope") && !grants(t.ACLs, q.Get("scope")):
		reason(w, http.StatusForbidden, "Forbidden")
	case r.Method == http.MethodHead:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet:
		answer(w, map[string]any{"data": data(name, t)})
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s *Stack) tenants(w http.ResponseWriter, r *http.Request) {
	t, ok := s.tokens[r.Header.Get("X-Auth-Token")]
	tenant := r.Header.Get("Wazo-Tenant")
	if tenant == "" {
		tenant = t.Tenant
	}
	if !ok || !grants(t.ACLs, "auth.tenants.read") || !sees(t.Tenant, tenant) {
		reason(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	var items []any
	for _, uuid := range []string{Master, Sub1, Sub2} {
		if sees(tenant, uuid) {
			items = append(items, map[string]any{"uuid": uuid})
		}
	}
	answer(w, map[string]any{"items": items, "total": len(items), "filtered": len(items)})
}

// sees reports whether a tenant is another one or above it.
func sees(tenant, other string) bool {
	return tenant == other || tenant == Master && (other == Sub1 || other == Sub2)
}

// grants matches an ACL with patterns as wazo-auth does.
func grants(patterns []string, acl string) bool {
	ok := false
	for _, p := range patterns {
		if deny, isDeny := strings.CutPrefix(p, "!"); isDeny {
			if matches(strings.Split(deny, "."), strings.Split(acl, ".")) {
				return false
			}
			continue
		}
		ok = ok || matches(strings.Split(p, "."), strings.Split(acl, "."))
	}
	return ok
}

func matches(pattern, acl []string) bool {
	for i, word := range pattern {
		switch {
		case word == "#":
			return true
		case i >= len(acl) || word != "*" && word != acl[i]:
			return false
		}
	}
	return len(pattern) == len(acl)
}

func (s *Stack) notify(w http.ResponseWriter, r *http.Request) {
	t, ok := s.tokens[r.Header.Get("X-Auth-Token")]
	if !ok || !grants(t.ACLs, "amid.action.PJSIPNotify.create") {
		reason(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	var n Notify
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		reason(w, http.StatusBadRequest, err.Error())
		return
	}
	if s.amidFail != "" {
		answer(w, []any{map[string]any{"Response": "Error", "Message": s.amidFail}})
		return
	}
	s.notifies = append(s.notifies, n)
	answer(w, []any{map[string]any{"Response": "Success", "Message": "NOTIFY sent"}})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller hung up
}

func reason(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"reason": []string{text}, "status_code": status, "timestamp": []float64{0}})
}

package centraltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Stack) login(w http.ResponseWriter, r *http.Request) {
	id, key, _ := r.BasicAuth()
	if id != s.Service || key != s.Key {
		reason(w, http.StatusUnauthorized, "Authentication Failed")
		return
	}
	s.logins++
	name := "own"
	if s.logins > 1 {
		name = fmt.Sprintf("own%d", s.logins)
	}
	s.tokens[name] = Token{Tenant: s.master(), ACLs: []string{
		"amid.action.PJSIPNotify.create", "auth.tenants.read",
		"confd.devices.*.lines.read", "confd.lines.*.read", "confd.registrars.*.read",
	}}
	answer(w, map[string]any{"data": s.data(name)})
}

func (s *Stack) master() string {
	if len(s.tenants) == 0 {
		return Master
	}
	return s.tenants[0]
}

// data is a token as wazo-auth shows it.
func (s *Stack) data(name string) map[string]any {
	t := s.tokens[name]
	now := time.Now()
	const local, utc = "2006-01-02T15:04:05.000000", "2006-01-02T15:04:05.000000"
	return map[string]any{
		"token": name, "acl": t.ACLs, "auth_id": "provbox", "session_uuid": "00000000-0000-0000-0000-000000000001",
		"issued_at": now.Format(local), "expires_at": now.Add(s.life).Format(local),
		"utc_issued_at": now.UTC().Format(utc), "utc_expires_at": now.UTC().Add(s.life).Format(utc),
		"xivo_uuid": "00000000-0000-0000-0000-000000000002", "remote_addr": "127.0.0.1", "user_agent": "",
		"metadata": map[string]any{"tenant_uuid": t.Tenant, "uuid": nil},
	}
}

func (s *Stack) token(w http.ResponseWriter, r *http.Request, name string) {
	t, ok := s.tokens[name]
	q := r.URL.Query()
	switch {
	case !ok:
		reason(w, http.StatusNotFound, "No such token")
	case q.Has("scope") && !grants(t.ACLs, q.Get("scope")):
		reason(w, http.StatusForbidden, "Unauthorized for "+q.Get("scope"))
	case q.Has("tenant") && !s.sees(t.Tenant, q.Get("tenant")):
		reason(w, http.StatusForbidden, "Unauthorized for tenant "+q.Get("tenant"))
	case r.Method == http.MethodHead:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet:
		answer(w, map[string]any{"data": s.data(name)})
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// allowed answers for a token without an ACL or a tenant, as the services' shared
// library does, and reports whether the request goes on.
func (s *Stack) allowed(w http.ResponseWriter, r *http.Request, acl string) (t Token, ok bool) {
	name := r.Header.Get("X-Auth-Token")
	t, known := s.tokens[name]
	details := map[string]any{"invalid_token": name, "reason": "not_found_or_expired", "required_access": acl}
	switch {
	case !known:
	case !grants(t.ACLs, acl):
		details["reason"] = "missing_permission_or_invalid_tenant"
	default:
		return t, true
	}
	problem(w, http.StatusUnauthorized, "unauthorized", "Unauthorized", details)
	return t, false
}

func (s *Stack) listTenants(w http.ResponseWriter, r *http.Request) {
	t, ok := s.allowed(w, r, "auth.tenants.read")
	if !ok {
		return
	}
	tenant := r.Header.Get("Wazo-Tenant")
	if tenant == "" {
		tenant = t.Tenant
	}
	if !s.sees(t.Tenant, tenant) {
		problem(w, http.StatusUnauthorized, "unauthorized-tenant", "Unauthorized tenant", map[string]any{"tenant_uuid": tenant})
		return
	}
	items := []any{}
	for _, uuid := range s.tenants {
		if s.sees(tenant, uuid) {
			items = append(items, map[string]any{"uuid": uuid, "parent_uuid": s.master(), "name": "tenant " + uuid[len(uuid)-1:]})
		}
	}
	answer(w, map[string]any{"items": items, "total": len(items), "filtered": len(items)})
}

// sees reports whether a tenant is another one or above it.
func (s *Stack) sees(tenant, other string) bool {
	return slices.Contains(s.tenants, other) && (tenant == other || tenant == s.master())
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
	if _, ok := s.allowed(w, r, "amid.action.PJSIPNotify.create"); !ok {
		return
	}
	var n Notify
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		problem(w, http.StatusBadRequest, "invalid-data", err.Error(), nil)
		return
	}
	if s.amidFail != "" {
		answer(w, []any{map[string]any{"Response": "Error", "Message": s.amidFail}})
		return
	}
	s.notifies = append(s.notifies, n)
	close(s.told)
	s.told = make(chan struct{})
	answer(w, []any{map[string]any{"Response": "Success", "Message": "NOTIFY sent"}})
}

// AddLine makes wazo-confd know a line of a device, with one user and one
// extension, registered at the registrar.
func (s *Stack) AddLine(device string, id int, user, exten, registrar string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := "devices/" + device + "/lines"
	association := map[string]any{"line_id": id, "device_id": device}
	known, _ := s.confd[key].(map[string]any)
	items, _ := known["items"].([]any)
	s.confd[key] = map[string]any{"total": len(items) + 1, "items": append(items, association)}
	first, last, _ := strings.Cut(user, " ")
	s.confd[fmt.Sprintf("lines/%d", id)] = map[string]any{
		"id": id, "name": fmt.Sprintf("line%d", id), "position": id, "registrar": registrar, "device_id": device, "caller_id_name": user,
		"extensions": []any{map[string]any{"id": 1, "exten": exten, "context": "default"}},
		"users":      []any{map[string]any{"uuid": "u", "firstname": first, "lastname": last}},
	}
	s.confd["registrars/"+registrar] = map[string]any{"id": registrar, "name": "Registrar " + registrar, "main_host": "10.0.0.1", "main_port": nil}
}

func (s *Stack) readConfd(w http.ResponseWriter, r *http.Request, path []string) {
	acl := "confd." + strings.Join(path, ".") + ".read"
	if _, ok := s.allowed(w, r, acl); !ok {
		return
	}
	doc, ok := s.confd[strings.Join(path, "/")]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		answer(w, []string{"Resource Not Found"})
		return
	}
	answer(w, doc)
}

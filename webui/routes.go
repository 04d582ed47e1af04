package webui

import (
	"net/http"

	"provbox/webui/assets"
)

// routes is every path of the page.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, s.assets)
	for pattern, handle := range map[string]handler{
		"GET /claim":  s.getClaim,
		"POST /claim": s.postClaim,
		"GET /login":  s.getLogin,
		"POST /login": s.postLogin,
		"/":           func(*visit) error { return errNotFound },
	} {
		mux.Handle(pattern, s.open(handle))
	}
	for pattern, handle := range map[string]handler{
		"POST /logout":             s.postLogout,
		"GET /password":            s.getPassword,
		"POST /password":           s.postPassword,
		"GET /{$}":                 s.getOverview,
		"GET /dhcp/rules":          s.getRules,
		"GET /dhcp/rules/edit":     s.getRule,
		"POST /dhcp/rules/edit":    s.postRule,
		"POST /dhcp/rules/delete":  s.deleteRule,
		"POST /dhcp/rules/disable": s.disableRule,
	} {
		mux.Handle(pattern, s.inside(handle))
	}
	return s.guard(mux)
}

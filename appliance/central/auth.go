package central

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"provbox/provd"
)

// AuthConfig is what an Auth is made from.
type AuthConfig struct {
	Endpoint
	// Credentials gives the service id and key. It is asked before each login,
	// so that a key file may appear or change while the box runs.
	Credentials func() (id, key string, err error)
	// OnMaster is told the tenant of the box's own token, each time one was
	// got. It may be nil.
	OnMaster func(tenant string)
	// Cache is how long an answer about a caller's token is used again without
	// asking, and so how long a revoked token can go on at most while wazo-auth
	// answers. 0 asks each time.
	Cache time.Duration
	// Grace is how long a successful check holds while wazo-auth does not
	// answer: same token, same ACL, same tenant. 0 refuses all callers then.
	Grace  time.Duration
	Logger *slog.Logger // nil discards
}

// Auth is the client of wazo-auth. It is safe for concurrent use.
type Auth struct {
	cfg    AuthConfig
	http   *client
	log    *slog.Logger
	checks *checks
	kick   chan struct{} // makes Serve log in at once

	mu      sync.Mutex
	own     ownToken
	refusal time.Time     // when a peer refused the own token last
	changed chan struct{} // closed when the own token changes
	away    time.Time     // when wazo-auth did not answer last
}

// NewAuth returns a client that has no token of its own yet; Serve gets one.
func NewAuth(cfg AuthConfig) *Auth {
	a := &Auth{
		cfg: cfg, http: newClient("wazo-auth", cfg.Endpoint, "/0.1"), log: cfg.Logger,
		checks: newChecks(), kick: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a
}

// maxToken bounds a caller's token; wazo-auth's are UUIDs.
const maxToken = 512

// maxTenant and maxACL bound the tenant and, through the ids in paths, the ACL
// that a caller can have asked for. wazo-auth's tenants are UUIDs; a proxy's limit
// on a URL is some 8 KiB.
const (
	maxTenant = 64
	maxACL    = 2048
)

// tokenPath is the resource of a token, or false for what cannot be one.
func tokenPath(token string) (string, bool) {
	return "/token/" + token, len(token) <= maxToken && segment(token)
}

// segment reports whether a text from elsewhere can stand in a path as it is
// (RFC 3986 section 2.3). Escaping is not enough: a proxy in front of a service
// takes %2F for a slash and resolves "..", so that a caller whose token is
// "../backends" would have a page that is there for everybody answer the question
// whether the token is good.
func segment(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte("-._~", c) < 0 {
			return false
		}
	}
	return s != "" && s != "." && s != ".."
}

// nobodys reports whether no tenant has this name. It is not asked for: whatever a
// caller can have a server or a proxy refuse would look like an outage.
func nobodys(tenant string) bool {
	return tenant != "" && (len(tenant) > maxTenant || !segment(tenant))
}

// Refusals by wazo-auth. One of the whole token ends what was remembered of it.
type refusal struct{ unknown bool }

func (r *refusal) Error() string {
	if r.unknown {
		return "no such token"
	}
	return "not granted"
}

func denied(unknown bool) error {
	return &provd.Error{Code: provd.Denied, Message: "wazo-auth does not accept the token", Err: &refusal{unknown}}
}

// Tenant returns the tenant that a request is for: the wanted one if the token
// may act for it, or the token's own (spec/wazo-link.md section 2.2).
func (a *Auth) Tenant(ctx context.Context, token, wanted string) (string, error) {
	path, ok := tokenPath(token)
	if !ok || nobodys(wanted) {
		return "", denied(!ok)
	}
	list, err := a.ask(ctx, token, question{kind: "tenant", tenant: wanted}, func() ([]string, error) {
		if wanted != "" {
			return []string{wanted}, a.head(ctx, path, url.Values{"tenant": {wanted}})
		}
		tenant, err := a.tokenTenant(ctx, path)
		return []string{tenant}, err
	})
	if err != nil {
		return "", err
	}
	return list[0], nil
}

// tokenTenant asks for a token's own tenant.
func (a *Auth) tokenTenant(ctx context.Context, path string) (string, error) {
	var answer struct {
		Data struct {
			Metadata metadata `json:"metadata"`
		} `json:"data"`
	}
	code, err := a.http.do(ctx, request{method: http.MethodGet, path: path}, &answer, http.StatusOK, http.StatusForbidden, http.StatusNotFound)
	switch {
	case err != nil:
		return "", err
	case code != http.StatusOK:
		return "", denied(code == http.StatusNotFound)
	case answer.Data.Metadata.Tenant == "" || nobodys(answer.Data.Metadata.Tenant):
		return "", provd.Errorf(provd.Unavailable, "wazo-auth answered a token without a tenant")
	}
	return answer.Data.Metadata.Tenant, nil
}

// Check returns nil if the token grants the ACL, on behalf of the wanted tenant
// when there is one.
func (a *Auth) Check(ctx context.Context, token, acl, wanted string) error {
	path, ok := tokenPath(token)
	if !ok || nobodys(wanted) || len(acl) > maxACL {
		return denied(!ok)
	}
	q := url.Values{"scope": {acl}}
	if wanted != "" {
		q.Set("tenant", wanted)
	}
	_, err := a.ask(ctx, token, question{kind: "acl", acl: acl, tenant: wanted}, func() ([]string, error) {
		return nil, a.head(ctx, path, q)
	})
	return err
}

func (a *Auth) head(ctx context.Context, path string, q url.Values) error {
	code, err := a.http.do(ctx, request{method: http.MethodHead, path: path, query: q}, nil,
		http.StatusNoContent, http.StatusOK, http.StatusForbidden, http.StatusNotFound)
	if err != nil {
		return err
	}
	if code == http.StatusForbidden || code == http.StatusNotFound {
		return denied(code == http.StatusNotFound)
	}
	return nil
}

// Tenants returns a tenant and those below it, as far as the token sees them. A
// token that may not list tenants is Denied; the caller then acts for the
// request's tenant alone (spec/rest.md section 2.1).
func (a *Auth) Tenants(ctx context.Context, token, tenant string) ([]string, error) {
	return a.ask(ctx, token, question{kind: "tenants", tenant: tenant}, func() ([]string, error) {
		var answer tenantList
		code, err := a.http.do(ctx, request{method: http.MethodGet, path: "/tenants", token: token, tenant: tenant}, &answer,
			http.StatusOK, http.StatusUnauthorized, http.StatusForbidden)
		if err != nil {
			return nil, err
		}
		if code != http.StatusOK {
			return nil, denied(false)
		}
		tenants := make([]string, len(answer.Items))
		for i, item := range answer.Items {
			if item.UUID == "" || nobodys(item.UUID) {
				return nil, provd.Errorf(provd.Unavailable, "wazo-auth answered a list with an entry that is no tenant")
			}
			tenants[i] = item.UUID
		}
		return tenants, nil
	})
}

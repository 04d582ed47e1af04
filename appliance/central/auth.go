package central

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
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
	Logger   *slog.Logger // nil discards
}

// Auth is the client of wazo-auth. It is safe for concurrent use.
type Auth struct {
	cfg  AuthConfig
	http *client
	log  *slog.Logger

	mu    sync.Mutex
	token string
}

// NewAuth returns a client that has no token of its own yet; Serve gets one.
func NewAuth(cfg AuthConfig) *Auth {
	a := &Auth{cfg: cfg, http: newClient("wazo-auth", cfg.Endpoint, "/0.1"), log: cfg.Logger}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a
}

// tokenLife is how long the box's own token is asked for; it is renewed after
// four fifths of what it got (spec/wazo-link.md section 2.1).
const tokenLife = 6 * time.Hour

// maxBackoff bounds the time between two tries to log in.
const maxBackoff = 32 * time.Second

// metadata is the part of a token that is used.
type metadata struct {
	Tenant string `json:"tenant_uuid"`
}

// Serve keeps the box's own token valid until ctx ends. A centre that cannot be
// reached is tried again, ever less often; nothing else of the box waits for it.
func (a *Auth) Serve(ctx context.Context) error {
	backoff := time.Second
	for {
		wait := tokenLife * 4 / 5
		if err := a.login(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			wait = backoff
			backoff = min(2*backoff, maxBackoff)
			a.log.Warn("no token of our own yet", "err", err, "retry", wait)
		} else {
			backoff = time.Second
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// login gets a new token and learns the master tenant from it.
func (a *Auth) login(ctx context.Context) error {
	id, key, err := a.cfg.Credentials()
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Token    string   `json:"token"`
			Metadata metadata `json:"metadata"`
		} `json:"data"`
	}
	code, err := a.http.do(ctx, request{
		method: http.MethodPost, path: "/token", user: id, pass: key,
		body: map[string]int{"expiration": int(tokenLife / time.Second)},
	}, &answer, http.StatusOK, http.StatusUnauthorized)
	switch {
	case err != nil:
		return err
	case code == http.StatusUnauthorized:
		return provd.Errorf(provd.Denied, "wazo-auth does not accept the service id and key; check auth.key_file")
	case answer.Data.Token == "":
		return provd.Errorf(provd.Unavailable, "wazo-auth answered without a token")
	}
	a.mu.Lock()
	a.token = answer.Data.Token
	a.mu.Unlock()
	// The tenant comes with the token; asking for it again is what wazo-provd
	// does and some answers lack it.
	tenant := answer.Data.Metadata.Tenant
	if tenant == "" {
		if tenant, err = a.Tenant(ctx, answer.Data.Token, ""); err != nil {
			return err
		}
	}
	if a.cfg.OnMaster != nil {
		a.cfg.OnMaster(tenant)
	}
	return nil
}

// Token returns the box's own token, or an *provd.Error with Unavailable while
// there is none.
func (a *Auth) Token() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token == "" {
		return "", provd.Errorf(provd.Unavailable, "the box has no token of wazo-auth yet")
	}
	return a.token, nil
}

// maxToken bounds a caller's token; wazo-auth's are UUIDs.
const maxToken = 512

// path is the resource of a token, or false for what cannot be one.
func tokenPath(token string) (string, bool) {
	return "/token/" + url.PathEscape(token), token != "" && len(token) <= maxToken && token != "." && token != ".."
}

func denied() error { return provd.Errorf(provd.Denied, "wazo-auth does not accept the token") }

// Tenant returns the tenant that a request is for: the wanted one if the token
// may act for it, or the token's own (spec/wazo-link.md section 2.2).
func (a *Auth) Tenant(ctx context.Context, token, wanted string) (string, error) {
	path, ok := tokenPath(token)
	if !ok {
		return "", denied()
	}
	if wanted != "" {
		return wanted, a.head(ctx, path, url.Values{"tenant": {wanted}})
	}
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
		return "", denied()
	case answer.Data.Metadata.Tenant == "":
		return "", provd.Errorf(provd.Unavailable, "wazo-auth answered a token without a tenant")
	}
	return answer.Data.Metadata.Tenant, nil
}

// Check returns nil if the token grants the ACL, on behalf of the wanted tenant
// when there is one.
func (a *Auth) Check(ctx context.Context, token, acl, wanted string) error {
	path, ok := tokenPath(token)
	if !ok {
		return denied()
	}
	q := url.Values{"scope": {acl}}
	if wanted != "" {
		q.Set("tenant", wanted)
	}
	return a.head(ctx, path, q)
}

func (a *Auth) head(ctx context.Context, path string, q url.Values) error {
	code, err := a.http.do(ctx, request{method: http.MethodHead, path: path, query: q}, nil,
		http.StatusNoContent, http.StatusOK, http.StatusForbidden, http.StatusNotFound)
	if err != nil {
		return err
	}
	if code == http.StatusForbidden || code == http.StatusNotFound {
		return denied()
	}
	return nil
}

// Tenants returns a tenant and those below it, as far as the token sees them.
func (a *Auth) Tenants(ctx context.Context, token, tenant string) ([]string, error) {
	var answer struct {
		Items []struct {
			UUID string `json:"uuid"`
		} `json:"items"`
	}
	code, err := a.http.do(ctx, request{method: http.MethodGet, path: "/tenants", token: token, tenant: tenant}, &answer,
		http.StatusOK, http.StatusUnauthorized, http.StatusForbidden)
	if err != nil {
		return nil, err
	}
	if code != http.StatusOK {
		return nil, denied()
	}
	tenants := make([]string, len(answer.Items))
	for i, item := range answer.Items {
		tenants[i] = item.UUID
	}
	return tenants, nil
}

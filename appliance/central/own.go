package central

import (
	"context"
	"net/http"
	"time"

	"provbox/provd"
)

// ownToken is the box's own token.
type ownToken struct {
	token  string
	tenant string
	end    time.Time // when it expires
}

// tokenLife is how long the box's own token is asked for. How long it then
// lives is wazo-auth's to say (spec/wazo-link.md section 2.1).
const tokenLife = 6 * time.Hour

// loginLink is the name that the board has for the own token.
const loginLink = "wazo-auth login"

// minRenew and maxRenew bound the time between two logins, whatever lifetime
// wazo-auth states.
const (
	minRenew = time.Second
	maxRenew = 24 * time.Hour
)

// maxBackoff bounds the time between two tries to log in.
const maxBackoff = 32 * time.Second

// refusalPause is how long a token that replaced a refused one is kept although
// a peer refuses it, too: then it is the peer or the policy that is wrong, and
// logging in again does not help.
const refusalPause = time.Minute

// renewWait bounds how long a call waits for a new own token.
const renewWait = 10 * time.Second

// metadata is the part of a token that is used.
type metadata struct {
	Tenant string `json:"tenant_uuid"`
}

// lifetime is the part of a token that tells how long it lives. Both times are
// of wazo-auth's clock, so their difference holds for a box without a clock.
type lifetime struct {
	Issued  string `json:"utc_issued_at"`
	Expires string `json:"utc_expires_at"`
}

// life returns how long the token lives, or what was asked for when the answer
// does not tell.
func (l lifetime) life() time.Duration {
	from, err1 := utc(l.Issued)
	to, err2 := utc(l.Expires)
	if err1 != nil || err2 != nil || !to.After(from) {
		return tokenLife
	}
	return to.Sub(from)
}

// utc reads a time as Python prints one in UTC, with or without a zone.
func utc(s string) (time.Time, error) {
	if t, err := time.Parse("2006-01-02T15:04:05", s); err == nil { // takes a fraction, too
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// renewAfter is when a token of this lifetime is replaced: after four fifths.
func renewAfter(life time.Duration) time.Duration {
	return min(max(life/5*4, minRenew), maxRenew)
}

// Serve keeps the box's own token valid until ctx ends. A centre that cannot be
// reached is tried again, ever less often; nothing else of the box waits for it.
func (a *Auth) Serve(ctx context.Context) error {
	backoff, told := time.Second, ""
	for {
		wait, err := a.login(ctx)
		if ctx.Err() != nil {
			return nil
		}
		a.http.board.note(loginLink, err)
		switch {
		case err != nil:
			wait, backoff = backoff, min(2*backoff, maxBackoff)
			if text := err.Error(); text != told { // once per reason: an outage lasts
				a.log.Warn("no token of our own", "err", err, "retry", wait)
				told = text
			}
		default:
			backoff, told = time.Second, ""
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		case <-a.kick:
			timer.Stop()
		}
	}
}

// login gets a new token, learns the master tenant from it, and returns when to
// renew it.
func (a *Auth) login(ctx context.Context) (time.Duration, error) {
	id, key, err := a.cfg.Credentials()
	if err != nil {
		return 0, err
	}
	var answer struct {
		Data struct {
			lifetime
			Token    string   `json:"token"`
			Metadata metadata `json:"metadata"`
		} `json:"data"`
	}
	asked := time.Now()
	code, err := a.http.do(ctx, request{
		method: http.MethodPost, path: "/token", user: id, pass: key,
		body: map[string]int{"expiration": int(tokenLife / time.Second)},
	}, &answer, http.StatusOK, http.StatusUnauthorized)
	switch {
	case err != nil:
		return 0, err
	case code == http.StatusUnauthorized:
		return 0, provd.Errorf(provd.Denied, "wazo-auth does not accept the service id and key; check auth.key_file")
	}
	path, ok := tokenPath(answer.Data.Token)
	if !ok {
		return 0, provd.Errorf(provd.Unavailable, "wazo-auth answered without a token")
	}
	// The tenant comes with the token; some answers lack it.
	tenant := answer.Data.Metadata.Tenant
	if tenant == "" {
		if tenant, err = a.tokenTenant(ctx, path); err != nil {
			return 0, err
		}
	}
	if nobodys(tenant) {
		return 0, provd.Errorf(provd.Unavailable, "wazo-auth answered with a token of something that is no tenant")
	}
	life := answer.Data.life()
	a.mu.Lock()
	a.own = ownToken{answer.Data.Token, tenant, asked.Add(life)}
	close(a.changed)
	a.changed = make(chan struct{})
	a.mu.Unlock()
	if a.cfg.OnMaster != nil {
		a.cfg.OnMaster(tenant)
	}
	return renewAfter(life), nil
}

// Token returns the box's own token, or an *provd.Error with Unavailable while
// there is none that lives.
func (a *Auth) Token() (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.own.valid()
}

func (o ownToken) valid() (string, error) {
	switch {
	case o.token == "":
		return "", provd.Errorf(provd.Unavailable, "the box has no token of wazo-auth yet")
	case !time.Now().Before(o.end):
		return "", provd.Errorf(provd.Unavailable, "the box's token has expired and wazo-auth gives no new one")
	}
	return o.token, nil
}

// Renew is called with an own token that a peer refused: it logs in again at
// once and returns the new token. When that was done a short time ago it is an
// *provd.Error with Denied, for then the peer or the policy is wrong; without a
// new token in time it is one with Unavailable.
func (a *Auth) Renew(ctx context.Context, refused string) (string, error) {
	a.mu.Lock()
	if a.own.token != "" && a.own.token != refused {
		defer a.mu.Unlock()
		return a.own.valid()
	}
	if a.own.token == refused {
		now := time.Now()
		if !a.refusal.IsZero() && now.Sub(a.refusal) < refusalPause {
			a.mu.Unlock()
			return "", provd.Errorf(provd.Denied, "the box's token is refused although it is new; check the policy of its service in wazo-auth")
		}
		a.refusal = now
		a.own.token = ""
		select {
		case a.kick <- struct{}{}:
		default:
		}
	}
	changed := a.changed
	a.mu.Unlock()
	timer := time.NewTimer(renewWait)
	defer timer.Stop()
	select {
	case <-changed:
		return a.Token()
	case <-timer.C:
	case <-ctx.Done():
	}
	return "", provd.Errorf(provd.Unavailable, "the box's token was refused and wazo-auth gives no new one")
}

// master returns the tenant of the own token.
func (a *Auth) master() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.own.tenant
}

// Tokens gives the box's own token to the clients of the other services; Auth
// does.
type Tokens interface {
	Token() (string, error)
	Renew(ctx context.Context, refused string) (string, error)
}

// withToken makes a call with the own token, and once more with a new one when
// it is refused. call returns the status of the answer.
func withToken(ctx context.Context, tokens Tokens, call func(token string) (status int, err error)) error {
	token, err := tokens.Token()
	if err != nil {
		return err
	}
	status, err := call(token)
	if err != nil || status != http.StatusUnauthorized {
		return err
	}
	if token, err = tokens.Renew(ctx, token); err != nil {
		return err
	}
	if status, err = call(token); err == nil && status == http.StatusUnauthorized {
		return provd.Errorf(provd.Denied, "the box's token is refused although it is new; check the policy of its service in wazo-auth")
	}
	return err
}

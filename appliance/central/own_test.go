package central_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
	"provbox/provd"
)

// inMemory is an endpoint without a network, for tests in a bubble of their own
// time.
func inMemory(stack *centraltest.Stack) central.Endpoint {
	return central.Endpoint{Host: "stack.test", Port: 1, Transport: stack}
}

// serve runs the client until the end of the test.
func serve(t *testing.T, a *central.Auth) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestOwnTokenIsRenewed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ life, renew time.Duration }{
		"as asked":        {6 * time.Hour, 4*time.Hour + 48*time.Minute},
		"shorter":         {10 * time.Minute, 8 * time.Minute},
		"hardly any":      {time.Second, time.Second},
		"longer than use": {365 * 24 * time.Hour, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stack := centraltest.New()
				stack.SetLife(tt.life)
				serve(t, central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials(stack.Service, stack.Key)}))
				for i := range 3 {
					synctest.Wait()
					if n := stack.Logins(); n != i+1 {
						t.Fatalf("%d logins, want %d", n, i+1)
					}
					time.Sleep(tt.renew - time.Millisecond)
					synctest.Wait()
					if n := stack.Logins(); n != i+1 {
						t.Fatalf("renewed early: %d logins", n)
					}
					time.Sleep(time.Millisecond)
				}
			})
		})
	}
}

func TestOwnTokenExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		stack.SetLife(10 * time.Minute)
		board := central.NewBoard(time.Now, nil)
		e := inMemory(stack)
		e.Board = board
		a := central.NewAuth(central.AuthConfig{Endpoint: e, Credentials: credentials(stack.Service, stack.Key)})
		serve(t, a)
		synctest.Wait()
		stack.Calls()
		stack.Set(centraltest.Mode{Away: true})
		start := time.Now()
		time.Sleep(10*time.Minute - time.Second)
		if token, err := a.Token(); err != nil || token != "own" {
			t.Errorf("before its end: %s, %v", token, err)
		}
		time.Sleep(2 * time.Second)
		if _, err := a.Token(); provd.CodeOf(err) != provd.Unavailable || !strings.Contains(err.Error(), "expired") {
			t.Errorf("after its end: %v", err)
		}
		for _, link := range board.Links() {
			if link.Up || link.Since != start.Add(8*time.Minute) || link.Problem == "" {
				t.Errorf("the board says %v", link)
			}
		}
		// 32 seconds is the longest that passes between two tries.
		stack.Set(centraltest.Mode{})
		time.Sleep(32 * time.Second)
		synctest.Wait()
		if token, err := a.Token(); err != nil || token != "own2" {
			t.Errorf("when the centre is back: %s, %v", token, err)
		}
		links := board.Links()
		if len(links) != 2 || links[0].Name != "wazo-auth" || links[1].Name != "wazo-auth login" {
			t.Errorf("the board has %v", links)
		}
		for _, link := range links {
			if !link.Up || link.Problem != "" {
				t.Errorf("the board says %v", link)
			}
		}
	})
}

// A stack that answers and does not let the box in is told apart from one that
// is away.
func TestLoginIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []string
		stack := centraltest.New()
		e := inMemory(stack)
		e.Board = central.NewBoard(time.Now, func(s central.Status) { told = append(told, fmt.Sprint(s.Name, " ", s.Up, " ", s.Problem)) })
		serve(t, central.NewAuth(central.AuthConfig{Endpoint: e, Credentials: credentials("provbox", "canary")}))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		want := []string{"wazo-auth true ", "wazo-auth login false wazo-auth does not accept the service id and key; check auth.key_file"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLoginBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		stack.Fail(503)
		tries := make(chan time.Time, 100)
		a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: func() (string, string, error) {
			tries <- time.Now()
			return "provbox", "secret", nil
		}})
		start := time.Now()
		serve(t, a)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		var at []int
		for len(tries) > 0 {
			at = append(at, int((<-tries).Sub(start)/time.Second))
		}
		if want := []int{0, 1, 3, 7, 15, 31, 63, 95}; !slices.Equal(at, want) {
			t.Errorf("tries after %v seconds, want %v", at, want)
		}
	})
}

// A service that answers nonsense, slowly or with errors gives no token and ends
// nothing.
func TestLoginSurvivesNonsense(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]centraltest.Mode{
		"nonsense": {Nonsense: true}, "slow": {Delay: time.Minute}, "forbids": {Status: http.StatusForbidden}, "away": {Away: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stack := centraltest.New()
				stack.Set(m)
				a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
				serve(t, a)
				time.Sleep(5 * time.Minute)
				if _, err := a.Token(); provd.CodeOf(err) != provd.Unavailable {
					t.Errorf("token: %v", err)
				}
				stack.Set(centraltest.Mode{})
				time.Sleep(40 * time.Second)
				if _, err := a.Token(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestRefusedTokenWaitsForTheCentre(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
		serve(t, a)
		synctest.Wait()
		amid := central.NewAmid(inMemory(stack), a)
		stack.RemoveToken("own")
		stack.Set(centraltest.Mode{Away: true}, centraltest.Auth)
		if err := amid.PJSIPNotify(t.Context(), "u", "", nil); provd.CodeOf(err) != provd.Unavailable {
			t.Errorf("got %v", err)
		}
		stack.Set(centraltest.Mode{})
		time.Sleep(32 * time.Second)
		if err := amid.PJSIPNotify(t.Context(), "u", "", nil); err != nil {
			t.Errorf("got %v", err)
		}
	})
}

func TestAmidAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		mode centraltest.Mode
		fail string
		code provd.Code
		text string
	}{
		{name: "asterisk says no", fail: "Unable to retrieve endpoint", code: provd.Invalid, text: "Unable to retrieve endpoint"},
		{name: "bad request", mode: centraltest.Mode{Status: 400}, code: provd.Invalid, text: "does not understand"},
		{name: "asterisk away", mode: centraltest.Mode{Status: 503}, code: provd.Unavailable, text: "503"},
		{name: "nonsense", mode: centraltest.Mode{Nonsense: true}, code: provd.Unavailable, text: "web page"},
		{name: "away", mode: centraltest.Mode{Away: true}, code: provd.Unavailable, text: "cannot be reached"},
		{name: "slow", mode: centraltest.Mode{Delay: time.Hour}, code: provd.Unavailable, text: "cannot be reached"},
		{name: "token refused for ever", mode: centraltest.Mode{Status: 401}, code: provd.Denied, text: "amid.action.PJSIPNotify.create"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stack := centraltest.New()
				a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
				serve(t, a)
				synctest.Wait()
				stack.Set(tt.mode, centraltest.Amid)
				stack.FailNotify(tt.fail)
				err := central.NewAmid(inMemory(stack), a).PJSIPNotify(t.Context(), "", "sip:anonymous@10.0.0.5", []string{"Event=check-sync"})
				if provd.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestAllTenantsIsGuarded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       []string
		problem    string
	}{
		{name: "all", body: `{"items":[{"uuid":"MASTER","parent_uuid":"MASTER"},{"uuid":"b","parent_uuid":"MASTER"}],"total":2,"filtered":2}`, want: []string{centraltest.Master, "b"}},
		{name: "empty", body: `{"items":[],"total":0,"filtered":0}`, problem: "empty"},
		{name: "null", body: `null`, problem: "empty"},
		{name: "cut short", body: `{"items":[{"uuid":"MASTER","parent_uuid":"MASTER"}],"total":2,"filtered":2}`, problem: "counts"},
		{name: "filtered", body: `{"items":[{"uuid":"MASTER"}],"total":2,"filtered":1}`, problem: "counts"},
		{name: "no counts", body: `{"items":[{"uuid":"MASTER"}]}`, problem: "counts"},
		{name: "without ours", body: `{"items":[{"uuid":"b"}],"total":1,"filtered":1}`, problem: "own tenant"},
		{name: "not the master tenant", body: `{"items":[{"uuid":"MASTER","parent_uuid":"top"}],"total":1,"filtered":1}`, problem: "not the master tenant"},
		{name: "twice the same", body: `{"items":[{"uuid":"MASTER"},{"uuid":"MASTER"}],"total":2,"filtered":2}`, problem: "uuid of its own"},
		{name: "no uuid", body: `{"items":[{"uuid":"MASTER"},{"name":"x"}],"total":2,"filtered":2}`, problem: "uuid of its own"},
		{name: "other shape", body: `{"items":{"a":1}}`, problem: "expected JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stack := centraltest.New()
				list := strings.ReplaceAll(tt.body, "MASTER", centraltest.Master)
				e := central.Endpoint{Host: "stack.test", Port: 1, Transport: canned{stack, "/0.1/tenants", list}}
				a := central.NewAuth(central.AuthConfig{Endpoint: e, Credentials: credentials("provbox", "secret")})
				serve(t, a)
				synctest.Wait()
				got, err := a.AllTenants(t.Context())
				if tt.problem == "" {
					if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
						t.Errorf("%v\n%s", err, diff)
					}
					return
				}
				if provd.CodeOf(err) != provd.Unavailable || err == nil || !strings.Contains(err.Error(), tt.problem) {
					t.Errorf("got %v, %v", got, err)
				}
			})
		})
	}
}

// canned answers one path with a fixed body.
type canned struct {
	*centraltest.Stack
	path, body string
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != c.path {
		return c.Stack.RoundTrip(r)
	}
	return respond(r, c.body), nil
}

func TestTenantGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := centraltest.New()
		a := central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Credentials: credentials("provbox", "secret")})
		serve(t, a)
		synctest.Wait()
		for tenant, want := range map[string]bool{centraltest.Sub1: false, "nowhere": true} {
			if gone, err := a.TenantGone(t.Context(), tenant); err != nil || gone != want {
				t.Errorf("%s: %v, %v", tenant, gone, err)
			}
		}
		// A dead token of our own is no statement about the tenant.
		stack.RemoveToken("own")
		if gone, err := a.TenantGone(t.Context(), centraltest.Sub1); err != nil || gone {
			t.Errorf("with a new token: %v, %v", gone, err)
		}
		stack.Set(centraltest.Mode{Nonsense: true})
		if gone, _ := a.TenantGone(t.Context(), "nowhere"); gone {
			t.Error("nonsense was believed")
		}
	})
}

package central_test

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
	"provbox/provd"
)

// respond is a 200 answer.
func respond(r *http.Request, body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}
}

const (
	cacheTime = 5 * time.Second
	graceTime = 5 * time.Minute
)

// checker is a client with the default times, and its stack.
func checker() (*centraltest.Stack, *central.Auth) {
	stack := centraltest.New()
	stack.AddToken("one", centraltest.Token{Tenant: centraltest.Sub1, ACLs: []string{"provd.#", "auth.tenants.read"}})
	return stack, central.NewAuth(central.AuthConfig{Endpoint: inMemory(stack), Cache: cacheTime, Grace: graceTime})
}

// The calls are those of spec/rest.md section 2.1, in that order.
func TestCallsOfACheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack, a := checker()
		check := func(wanted string) {
			t.Helper()
			if _, err := a.Tenant(t.Context(), "root", wanted); err != nil {
				t.Error(err)
			}
			if err := a.Check(t.Context(), "root", "provd.read", wanted); err != nil {
				t.Error(err)
			}
			if _, err := a.Tenants(t.Context(), "root", centraltest.Sub1); err != nil {
				t.Error(err)
			}
		}
		check("")
		check(centraltest.Sub1)
		check(centraltest.Sub1) // fresh answers are not asked for again
		want := []string{
			"GET /0.1/token/root", "HEAD /0.1/token/root?scope=provd.read", "GET /0.1/tenants",
			"HEAD /0.1/token/root?tenant=" + centraltest.Sub1, "HEAD /0.1/token/root?scope=provd.read&tenant=" + centraltest.Sub1,
		}
		if diff := cmp.Diff(want, stack.Calls()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(cacheTime)
		check(centraltest.Sub1)
		if n := len(stack.Calls()); n != 3 {
			t.Errorf("after the cache time there are %d calls, want 3", n)
		}
	})
}

func TestRevokedTokenEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack, a := checker()
		check := func(acl string) error { return a.Check(t.Context(), "one", acl, "") }
		for _, acl := range []string{"provd.read", "provd.status.read"} {
			if err := check(acl); err != nil {
				t.Fatal(err)
			}
		}
		stack.RemoveToken("one")
		time.Sleep(cacheTime - time.Millisecond)
		if err := check("provd.read"); err != nil {
			t.Errorf("within the cache time: %v", err)
		}
		time.Sleep(time.Millisecond)
		if err := check("provd.read"); provd.CodeOf(err) != provd.Denied {
			t.Errorf("after it: %v", err)
		}
		// One answer that the token does not exist ends all that was granted to it,
		// also for an outage that follows.
		stack.Set(centraltest.Mode{Away: true})
		if err := check("provd.status.read"); provd.CodeOf(err) != provd.Unavailable {
			t.Errorf("the other check of a dead token: %v", err)
		}
	})
}

func TestGrace(t *testing.T) {
	t.Parallel()
	modes := map[string]centraltest.Mode{
		"away": {Away: true}, "slow": {Delay: time.Hour}, "errors": {Status: 502}, "nonsense": {Nonsense: true},
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stack, a := checker()
				ask := func(acl, wanted string) error {
					if _, err := a.Tenant(t.Context(), "one", wanted); err != nil {
						return err
					}
					if _, err := a.Tenants(t.Context(), "one", centraltest.Sub1); err != nil {
						return err
					}
					return a.Check(t.Context(), "one", acl, wanted)
				}
				if err := ask("provd.read", ""); err != nil {
					t.Fatal(err)
				}
				stack.Set(mode)
				time.Sleep(cacheTime)
				if err := ask("provd.read", ""); err != nil {
					t.Errorf("within the grace time: %v", err)
				}
				for _, other := range []struct{ acl, wanted string }{{"provd.other", ""}, {"provd.read", centraltest.Sub1}} {
					err := ask(other.acl, other.wanted)
					if provd.CodeOf(err) != provd.Unavailable || !strings.Contains(err.Error(), "cannot be checked") {
						t.Errorf("%v: %v", other, err)
					}
				}
				time.Sleep(graceTime)
				if err := ask("provd.read", ""); provd.CodeOf(err) != provd.Unavailable {
					t.Errorf("after the grace time: %v", err)
				}
				stack.Set(centraltest.Mode{})
				if err := ask("provd.read", ""); err != nil {
					t.Errorf("when the centre is back: %v", err)
				}
			})
		})
	}
}

// A slow centre is not waited for again and again by callers with an answer of
// the grace time.
func TestGraceDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack, a := checker()
		if err := a.Check(t.Context(), "one", "provd.read", ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(cacheTime)
		stack.Set(centraltest.Mode{Delay: time.Hour})
		start := time.Now()
		for range 100 {
			if err := a.Check(t.Context(), "one", "provd.read", ""); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(start); waited != 5*time.Second { // the bubble's time: one call's limit
			t.Errorf("100 checks waited %v", waited)
		}
	})
}

// Callers cannot make the box remember without bound, nor push each other out
// of what was used last.
func TestChecksAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack, a := checker()
		acl := func(i int) string { return fmt.Sprintf("provd.dev_mgr.devices.%d.read", i) }
		const many = 4096 + 100
		for i := range many {
			if err := a.Check(t.Context(), "root", acl(i), ""); err != nil {
				t.Fatal(err)
			}
		}
		stack.Calls()
		stack.Set(centraltest.Mode{Away: true})
		time.Sleep(cacheTime)
		for i, want := range map[int]provd.Code{0: provd.Unavailable, 99: provd.Unavailable, 100: 0, many - 1: 0} {
			err := a.Check(t.Context(), "root", acl(i), "")
			if (err == nil) != (want == 0) || err != nil && provd.CodeOf(err) != want {
				t.Errorf("check %d: %v", i, err)
			}
		}
	})
}

// normalizing answers as nginx does whose proxy_pass names a path: it takes %2F for
// a slash, resolves "..", and what it finds then is there for everybody.
type normalizing struct{ calls []string }

func (n *normalizing) RoundTrip(r *http.Request) (*http.Response, error) {
	n.calls = append(n.calls, r.Method+" "+path.Clean(r.URL.Path))
	return respond(r, `{"data":{"metadata":{"tenant_uuid":"`+centraltest.Master+`"}}}`), nil
}

// A token, tenant or ACL that no proxy may see is refused without asking.
func TestTokenIsNoPath(t *testing.T) {
	t.Parallel()
	n := &normalizing{}
	a := central.NewAuth(central.AuthConfig{Endpoint: central.Endpoint{Host: "stack.test", Port: 1, Prefix: "/api/auth", Transport: n}})
	for _, tt := range []struct{ name, token, acl, tenant string }{
		{name: "another resource", token: "../backends", acl: "provd.read"},
		{name: "escaped", token: "..%2fbackends", acl: "provd.read"},
		{name: "backslash", token: `..\backends`, acl: "provd.read"},
		{name: "query", token: "x?scope=", acl: "provd.read"},
		{name: "long tenant", token: "x", acl: "provd.read", tenant: strings.Repeat("e", 65)},
		{name: "no tenant", token: "x", acl: "provd.read", tenant: "e e"},
		{name: "long ACL", token: "x", acl: "provd.dev_mgr.devices." + strings.Repeat("e", 9000) + ".read"},
	} {
		if err := a.Check(t.Context(), tt.token, tt.acl, tt.tenant); provd.CodeOf(err) != provd.Denied {
			t.Errorf("%s: check: %v", tt.name, err)
		}
		if tt.name == "long ACL" {
			continue
		}
		if tenant, err := a.Tenant(t.Context(), tt.token, tt.tenant); provd.CodeOf(err) != provd.Denied {
			t.Errorf("%s: tenant %q: %v", tt.name, tenant, err)
		}
	}
	if len(n.calls) > 0 {
		t.Errorf("asked: %q", n.calls)
	}
}

// A request that wazo-auth dislikes does not have it count as away, which would
// let tokens live on that were revoked.
func TestRefusedRequestIsNoOutage(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestURITooLong} {
		synctest.Test(t, func(t *testing.T) {
			stack, a := checker()
			if err := a.Check(t.Context(), "one", "provd.read", ""); err != nil {
				t.Fatal(err)
			}
			stack.Fail(status)
			time.Sleep(cacheTime)
			if err := a.Check(t.Context(), "one", "provd.read", ""); provd.CodeOf(err) != provd.Unavailable || !strings.Contains(err.Error(), fmt.Sprint(status)) {
				t.Errorf("%d: %v", status, err)
			}
			stack.Fail(0)
			stack.RemoveToken("one")
			if err := a.Check(t.Context(), "one", "provd.read", ""); provd.CodeOf(err) != provd.Denied {
				t.Errorf("revoked, after a %d: %v", status, err)
			}
		})
	}
}

// answering gives one answer to all, none when it is empty.
type answering struct{ body string }

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.body == "" {
		return nil, io.ErrUnexpectedEOF
	}
	return respond(r, a.body), nil
}

// Nor do the lists of a stack with many tenants add up without bound, and what
// cannot be a tenant is not taken for one.
func TestTenantListsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const many = 25_000
		stack := &answering{`{"items":[` + strings.Repeat(`{"uuid":"t"},`, many-1) + `{"uuid":"t"}]}`}
		a := central.NewAuth(central.AuthConfig{Endpoint: central.Endpoint{Host: "stack.test", Port: 1, Transport: stack}, Cache: cacheTime, Grace: graceTime})
		tokens := []string{"first", "second", "third"}
		for _, token := range tokens {
			if list, err := a.Tenants(t.Context(), token, centraltest.Master); len(list) != many || err != nil {
				t.Fatalf("%s: %d tenants, %v", token, len(list), err)
			}
		}
		stack.body = ""
		time.Sleep(cacheTime)
		for i, token := range tokens {
			if _, err := a.Tenants(t.Context(), token, centraltest.Master); (err == nil) != (i > 0) {
				t.Errorf("%s: %v", token, err)
			}
		}
		time.Sleep(graceTime)
		for _, odd := range []string{"", strings.Repeat("x", 1<<20), "a b"} {
			stack.body = `{"items":[{"uuid":"` + odd + `"}],"data":{"metadata":{"tenant_uuid":"` + odd + `"}}}`
			if list, err := a.Tenants(t.Context(), "first", centraltest.Master); provd.CodeOf(err) != provd.Unavailable {
				t.Errorf("%.10q: %d tenants, %v", odd, len(list), err)
			}
			if tenant, err := a.Tenant(t.Context(), "first", ""); provd.CodeOf(err) != provd.Unavailable {
				t.Errorf("%.10q: tenant of %d bytes, %v", odd, len(tenant), err)
			}
		}
	})
}

package central

import (
	"context"
	"net/http"
	"net/url"

	"provbox/provd"
)

// tenantList is an answer of GET /tenants, as far as it is used.
type tenantList struct {
	Items []struct {
		UUID   string `json:"uuid"`
		Parent string `json:"parent_uuid"`
	} `json:"items"`
	Total    *int `json:"total"`
	Filtered *int `json:"filtered"`
}

// AllTenants returns every tenant of the stack, asked with the box's own token.
// What could be less than all of them is an *provd.Error with Unavailable,
// because devices of tenants that are not in the list are deleted: an empty
// list, one whose counts do not match or are missing, one without the box's own
// tenant, one of a token that is not the master tenant's, and one with an entry
// that is no tenant.
func (a *Auth) AllTenants(ctx context.Context) ([]string, error) {
	var list tenantList
	err := withToken(ctx, a, func(token string) (int, error) {
		list = tenantList{}
		return a.http.do(ctx, request{method: http.MethodGet, path: "/tenants", token: token}, &list, http.StatusOK, http.StatusUnauthorized)
	})
	if err != nil {
		return nil, err
	}
	return list.complete(a.master())
}

// complete returns the tenants if there is no doubt that these are all.
func (l tenantList) complete(master string) ([]string, error) {
	refuse := func(format string, args ...any) ([]string, error) {
		return nil, provd.Errorf(provd.Unavailable, "the list of tenants is not used: "+format, args...)
	}
	if len(l.Items) == 0 {
		return refuse("it is empty")
	}
	if l.Total == nil || l.Filtered == nil || *l.Total != len(l.Items) || *l.Filtered != len(l.Items) {
		return refuse("it has %d entries, and the counts beside it do not say the same", len(l.Items))
	}
	seen := make(map[string]bool, len(l.Items))
	found := false
	tenants := make([]string, 0, len(l.Items))
	for _, item := range l.Items {
		if item.UUID == "" || len(item.UUID) > maxToken || seen[item.UUID] {
			return refuse("an entry has no uuid of its own")
		}
		seen[item.UUID] = true
		tenants = append(tenants, item.UUID)
		if item.UUID != master {
			continue
		}
		if found = true; item.Parent != "" && item.Parent != master {
			return refuse("the box's token belongs to tenant %s, which is not the master tenant", master)
		}
	}
	if !found {
		return refuse("the box's own tenant %s is not in it", master)
	}
	return tenants, nil
}

// TenantGone asks in another way whether a tenant does not exist: whether the
// box's own token, which may act for every tenant, may not act for this one.
func (a *Auth) TenantGone(ctx context.Context, tenant string) (gone bool, err error) {
	err = withToken(ctx, a, func(token string) (int, error) {
		path, _ := tokenPath(token)
		code, err := a.http.do(ctx, request{method: http.MethodHead, path: path, query: url.Values{"tenant": {tenant}}}, nil,
			http.StatusNoContent, http.StatusOK, http.StatusForbidden, http.StatusNotFound)
		gone = code == http.StatusForbidden
		if code == http.StatusNotFound { // it is the token that does not exist
			code = http.StatusUnauthorized
		}
		return code, err
	})
	return gone && err == nil, err
}

// Package rest is the wazo-provd 0.2 API (spec/rest.md): it decodes a request,
// calls one use case of the Manager, and encodes the answer. wazo-confd, wazo-ui
// and wazo-provd-client drive it unchanged.
//
// Where the contract marks an accident of wazo-provd (a 500 for a client's
// mistake, a request that never ends) the answer here is 400 with a text that
// says what is wrong.
//
// What wazo-provd does not have lies below paths of its own (own.go, bulk.go,
// events.go, templates.go, firmware.go) and changes nothing of the rest.
//
// Promises: every route but OPTIONS and the API description is checked with
// wazo-auth under the ACL of the route table; a document of a tenant that the
// caller may not act for does not exist; requests are bounded in size, number
// and time.
package rest

import (
	"context"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/query"
)

// Authenticator checks callers with wazo-auth. Its errors are *provd.Error:
// Denied when wazo-auth says no, Unavailable when it cannot be asked. wanted is
// the tenant that the caller asks to act for, "" for the token's own.
type Authenticator interface {
	// Tenant returns the tenant that the request is for.
	Tenant(ctx context.Context, token, wanted string) (tenant string, err error)
	// Check returns nil if the token grants the ACL.
	Check(ctx context.Context, token, acl, wanted string) error
	// Tenants returns a tenant and those below it, as far as the token sees
	// them.
	Tenants(ctx context.Context, token, tenant string) ([]string, error)
}

// Devices are the use cases on devices; provd.Manager has them.
type Devices interface {
	Devices(ctx context.Context, q query.Query, tenants []string) ([]*document.Object, error)
	Device(ctx context.Context, id string, s provd.Scope) (provd.Device, error)
	CreateDevice(ctx context.Context, dev provd.Device, s provd.Scope) (id string, err error)
	UpdateDevice(ctx context.Context, id string, dev provd.Device, s provd.Scope) error
	DeleteDevice(ctx context.Context, id string, s provd.Scope) error
	Reconfigure(ctx context.Context, id string, s provd.Scope) error
	Synchronize(ctx context.Context, id string, s provd.Scope) (*provd.Operation, error)
}

// Configs are the use cases on configs; provd.Manager has them.
type Configs interface {
	Configs(ctx context.Context, q query.Query) ([]*document.Object, error)
	Config(ctx context.Context, id string) (*document.Object, error)
	RawConfig(ctx context.Context, id string) (*document.Object, error)
	CreateConfig(ctx context.Context, doc *document.Object) (id string, err error)
	UpdateConfig(ctx context.Context, id string, doc *document.Object) error
	DeleteConfig(ctx context.Context, id string) error
	Autocreate(ctx context.Context) (id string, err error)
}

// Params are the service's parameters; provd.Manager has them.
type Params interface {
	Params(ctx context.Context, tenant string) ([]provd.Param, error)
	Param(ctx context.Context, tenant, id string) (provd.Param, error)
	SetParam(ctx context.Context, tenant, id string, value any) error
}

// Plugins shows the loaded plugins.
type Plugins interface {
	// IDs returns the ids of the loaded plugins in a stable order.
	IDs() []string
	// Info returns a loaded plugin's plugin-info, and false for one that is not
	// loaded.
	Info(id string) (*document.Object, bool)
	// Failed returns why packages could not be loaded, by id.
	Failed() map[string]string
	// Reload loads a plugin's package again.
	Reload(ctx context.Context, id string) error
}

// Installer installs, upgrades and removes plugin packages. What takes long is an
// operation that goes on when the request has ended; what is wrong with a request
// is an error with the text of spec/rest.md section 11.
type Installer interface {
	Install(ctx context.Context, id string) (*provd.Operation, error)
	Upgrade(ctx context.Context, id string) (*provd.Operation, error)
	Uninstall(ctx context.Context, id string) error
	// Update gets the list of packages from the plugin server. Without a server it
	// is a *provd.Error with Denied.
	Update(ctx context.Context) (*provd.Operation, error)
	// Installed and Installable return {id: plugin-info}.
	Installed(ctx context.Context) (*document.Object, error)
	Installable(ctx context.Context) (*document.Object, error)
}

// Templates are the templates of packages, and those of the site that are used in
// their place (spec/plugins.md section 10). Packages that do not load have them too;
// one that is not installed is NotFound.
type Templates interface {
	// Templates lists them: objects with the members name, custom, packaged,
	// changed and size.
	Templates(ctx context.Context, plugin string) ([]*document.Object, error)
	// Template returns one, with the members content and, for one of the site that
	// hides one of the package, original.
	Template(ctx context.Context, plugin, name string) (*document.Object, error)
	// SetTemplate keeps one of the site, unless something is wrong with it, and
	// renders the plugin's devices again; DeleteTemplate removes one.
	SetTemplate(ctx context.Context, plugin, name, content string) error
	DeleteTemplate(ctx context.Context, plugin, name string) error
}

// Observer takes what an outside DHCP server reports. It must not block.
type Observer interface {
	Observe(req provd.Request)
}

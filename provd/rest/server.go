package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"provbox/provd"
	"provbox/provd/document"
)

// Config is what the API is made from. All but Installer, Services, Templates,
// Uplink, Logger and BusStatus must be set.
type Config struct {
	Auth     Authenticator
	Devices  Devices
	Configs  Configs
	Params   Params
	Plugins  Plugins
	Observer Observer
	// Uplink gives the route /uplink; nil leaves it out.
	Uplink Uplink
	// Installer gives the routes below /pg_mgr/install; nil leaves them out.
	Installer Installer
	// Services gives the routes of plugins' own services; nil leaves them out.
	Services Services
	// Templates gives the routes below /pg_mgr/plugins/{id}/templates; nil leaves
	// them out.
	Templates Templates
	// Own gives the routes that wazo-provd does not have; nil leaves them out.
	Own *Own
	// DHCP gives the routes below /dhcp; nil leaves them out.
	DHCP DHCP
	// BusStatus reports whether the message bus is connected; nil is never.
	BusStatus func() bool
	Logger    *slog.Logger // nil discards
}

// Limits of the API. A config with hundreds of function keys is some 50 kB.
const (
	maxBody        = 4 << 20
	maxConcurrent  = 64  // at work
	maxOpen        = 256 // at work, or with a body or an answer under way
	maxBodies      = 64 << 20
	headerTimeout  = 10 * time.Second
	readTimeout    = 30 * time.Second
	writeTimeout   = 3 * time.Minute
	changeTimeout  = 30 * time.Minute
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
)

// api answers requests.
type api struct {
	cfg    Config
	log    *slog.Logger
	routes []route
	// openAPI describes the routes, in YAML.
	openAPI string
	busy    chan struct{}
	open    chan struct{}
	bodies  atomic.Int64 // bytes of the bodies under way, at most maxBodies
	// uploads are places for files that are sent.
	uploads chan struct{}
	// streams are places for answers that do not end by themselves.
	streams chan struct{}
	oips    *operations
}

// New returns the API as a handler.
func New(cfg Config) http.Handler {
	a := &api{cfg: cfg, log: cfg.Logger, busy: make(chan struct{}, maxConcurrent), open: make(chan struct{}, maxOpen), uploads: make(chan struct{}, maxUploads), streams: make(chan struct{}, maxStreams), oips: newOperations()}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.routes = a.table()
	var err error
	if a.openAPI, err = yaml(openAPI(a.routes)); err != nil {
		a.log.Error("the API has no description", "err", err)
	}
	return a
}

// NewServer returns an HTTP server with the API's limits.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, DisableGeneralOptionsHandler: true,
	}
	if log != nil {
		s.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	}
	return s
}

// call is one request on its way through a handler.
type call struct {
	*api
	w      http.ResponseWriter
	r      *http.Request
	token  string
	wanted string // Wazo-Tenant header
	tenant string // what it comes to
	body   any    // of POST and PUT, decoded
	caused func() *provd.Rendering
	opened bool  // it counts among those open
	inside bool  // it counts among those at work
	taken  int64 // what its body counts for
	resource
}

// resource is what a path names.
type resource struct {
	methods    map[string]route
	params     map[string]string // the {names} of the route, decoded
	collection string            // the path without its last segment
}

// ServeHTTP evaluates a request in the order that clients can observe
// (spec/rest.md section 1.1).
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cors(w.Header())
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusOK)
		return
	}
	defer a.recovered(w, r)
	found, ok := a.match(withoutPrefix(r))
	if !ok {
		notFoundPage(w)
		return
	}
	route, ok := found.methods[r.Method]
	if !ok && r.Method == http.MethodHead {
		route, ok = found.methods[http.MethodGet]
	}
	if !ok {
		methodPage(w, r.Method, found.methods)
		return
	}
	c := &call{api: a, w: w, r: r, resource: found}
	if err := c.serve(route); err != nil {
		c.fail(err)
	}
}

func (c *call) serve(route route) error {
	defer c.done()
	if err := c.enter(); err != nil {
		return err
	}
	if route.acl != "" {
		if err := c.authorize(route.acl); err != nil {
			return err
		}
	}
	switch c.r.Method {
	case http.MethodGet, http.MethodHead:
		if route.accept && !accepts(c.r.Header.Values("Accept")) {
			return &status{http.StatusNotAcceptable, `You must accept the "` + mediaType + `" MIME type.`}
		}
	case http.MethodPost, http.MethodPut:
		if route.file {
			return c.upload(route)
		}
		if err := c.decode(); err != nil {
			return err
		}
	}
	if route.stream {
		c.leave() // it has a place of its own
	}
	ctx, caused := provd.WithRendering(c.r.Context())
	c.r, c.caused = c.r.WithContext(ctx), caused
	if c.body != nil || c.r.Method == http.MethodDelete {
		// The request is here and the answer is small, but a change of a shared
		// config renders all its devices before it.
		_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(changeTimeout)) // not every writer has one
	}
	return route.handle(c)
}

// authorize finds the request's tenant and checks the ACL with wazo-auth
// (spec/rest.md section 2.1).
func (c *call) authorize(acl string) error {
	c.token = c.r.Header.Get("X-Auth-Token")
	c.wanted = c.r.Header.Get("Wazo-Tenant")
	if c.token == "" {
		return &status{http.StatusUnauthorized, "Unauthorized"}
	}
	var err error
	if c.tenant, err = c.cfg.Auth.Tenant(c.r.Context(), c.token, c.wanted); err != nil {
		return unauthorized(err)
	}
	return unauthorized(c.cfg.Auth.Check(c.r.Context(), c.token, c.expand(acl), c.wanted))
}

// unauthorized marks a refusal by wazo-auth, which has an answer of its own.
func unauthorized(err error) error {
	if provd.CodeOf(err) == provd.Denied && err != nil {
		return &status{http.StatusUnauthorized, "Unauthorized"}
	}
	return err
}

// expand fills the {names} of an ACL; a dot inside an id would split it into
// words, so it becomes an underscore.
func (c *call) expand(acl string) string {
	words := strings.Split(acl, ".")
	for i, word := range words {
		if !strings.HasPrefix(word, "{") {
			continue
		}
		name := strings.Trim(word, "{}")
		value := c.params[name]
		if name == "tenant_uuid" {
			value = c.tenant
		}
		words[i] = strings.ReplaceAll(value, ".", "_")
	}
	return strings.Join(words, ".")
}

// scope is the caller's tenant with every tenant below it.
func (c *call) scope() (provd.Scope, error) {
	tenants, err := c.cfg.Auth.Tenants(c.r.Context(), c.token, c.tenant)
	switch {
	case provd.CodeOf(err) == provd.Denied && err != nil:
		tenants = nil // a token without that right acts for its own tenant
	case err != nil:
		return provd.Scope{}, err
	}
	if !slices.Contains(tenants, c.tenant) {
		tenants = append(tenants, c.tenant)
	}
	return provd.Scope{Tenant: c.tenant, Tenants: tenants}, nil
}

// own is the caller's tenant alone.
func (c *call) own() provd.Scope { return provd.Scope{Tenant: c.tenant, Tenants: []string{c.tenant}} }

// recovered answers 500 for a handler's panic: one request must not end the
// program.
func (a *api) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	a.log.Error("request handler panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	processingFailed(w)
}

// match finds what a path names. Segments are decoded one by one, so that an id
// with an encoded slash stays one id.
func (a *api) match(escaped string) (found resource, ok bool) {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == "" {
			return resource{}, false
		}
		segments[i] = plain
	}
	found = resource{methods: make(map[string]route), collection: "/" + strings.Join(segments[:len(segments)-1], "/")}
	for _, r := range a.routes {
		if params, ok := r.matches(segments); ok {
			found.methods[r.method], found.params = r, params
		}
	}
	return found, len(found.methods) > 0 && a.exists(found)
}

// exists reports whether the plugin or operation that a path names is there: an
// unknown one is an unknown path, before any token is looked at.
func (a *api) exists(r resource) bool {
	if id, ok := r.params["plugin_id"]; ok {
		if _, ok := a.cfg.Plugins.Info(id); !ok {
			return false
		}
	}
	if !a.offers(r) {
		return false
	}
	n, ok := r.params["oip"]
	return !ok || a.oips.get(r.collection, n) != nil
}

// object returns the member of the request's body that wraps the document.
func (c *call) object(wrapper string) (*document.Object, error) {
	body, ok := c.body.(*document.Object)
	if !ok {
		return nil, provd.Errorf(provd.Invalid, `the body must be an object {%q: …}`, wrapper)
	}
	o, ok := body.Object(wrapper), body.Has(wrapper)
	switch {
	case !ok:
		return nil, provd.Errorf(provd.Invalid, `missing %q in the body`, wrapper)
	case o == nil:
		return nil, provd.Errorf(provd.Invalid, `%q must be an object`, wrapper)
	}
	return o, nil
}

// background is for effects that must not end when the client hangs up.
func (c *call) background() context.Context { return context.WithoutCancel(c.r.Context()) }

package fileserver

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"path"
	"strings"
	"time"

	"provbox/provd"
)

// Config is what a Router is made from.
type Config struct {
	Identifier Identifier // must not be nil
	Files      Files      // must not be nil
	// Keys, when not nil, turns on the url_key strategy: the first segment of
	// an HTTP path must be the provisioning key of a tenant.
	Keys Keys
	// Services are the plugins with an HTTP service of their own; nil for none.
	Services Services
	// Secrets and Security, when both are set, log requests for secrets.
	Secrets  Secrets
	Security Security
	Recorder provd.Recorder // nil drops events
	Logger   *slog.Logger   // nil discards
}

// Router answers requests of either transport.
type Router struct {
	cfg    Config
	log    *slog.Logger
	events provd.Recorder
}

// NewRouter returns a Router.
func NewRouter(cfg Config) *Router {
	r := &Router{cfg: cfg, log: cfg.Logger, events: cfg.Recorder}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.events == nil {
		r.events = provd.Discard{}
	}
	return r
}

// errIdentify wraps what kept a phone from being identified, so that the
// transport blames the box and not the phone.
var errIdentify = errors.New("internal processing error")

// target is what a request comes to: a device, and the path below its plugin's
// root, as the protocol has it.
type target struct {
	dev       provd.Device
	route     string
	sensitive bool // the file may hold secrets
}

// identify finds out whose request it is. The path is as the protocol has it:
// percent-encoded for HTTP, plain for TFTP.
func (r *Router) identify(ctx context.Context, req provd.Request) (t target, err error) {
	t.route = req.Path
	if r.cfg.Keys != nil && req.Kind == provd.HTTP {
		key, rest, _ := strings.Cut(strings.TrimPrefix(t.route, "/"), "/")
		if plain, err := url.PathUnescape(key); err != nil || !r.cfg.Keys.HasKey(plain) {
			return target{}, ErrNoService
		}
		t.route = "/" + rest
	}
	if t.dev, err = r.cfg.Identifier.Identify(ctx, req); err != nil {
		r.log.Error("could not identify a phone", "kind", req.Kind, "ip", req.IP, "err", err)
		return target{}, errIdentify
	}
	if t.dev.Object == nil || t.dev.Plugin() == "" {
		return t, ErrNoService
	}
	// Before anything is looked up: who asks for what is not there counts too.
	base := req.Path[strings.LastIndexByte(req.Path, '/')+1:]
	if r.cfg.Secrets != nil && r.cfg.Security != nil && r.cfg.Secrets.Sensitive(ctx, t.dev, req.Kind, base) {
		t.sensitive = true
		r.cfg.Security.SensitiveFile(req.IP, base)
	}
	return t, nil
}

// file opens the file that a request comes to.
func (r *Router) file(ctx context.Context, req provd.Request, t target) (File, error) {
	name, err := clean(t.route, req.Kind == provd.HTTP)
	if err != nil {
		return nil, err
	}
	return r.cfg.Files.Open(ctx, t.dev, req, name)
}

// open identifies the phone and opens the file it asks for.
func (r *Router) open(ctx context.Context, req provd.Request) (File, target, error) {
	t, err := r.identify(ctx, req)
	if err != nil {
		return nil, t, err
	}
	f, err := r.file(ctx, req, t)
	return f, t, err
}

// clean turns the path of a request into a name below the root, or says why
// there can be no such name. HTTP paths are decoded once, segment by segment, so
// that an encoded slash or dot never becomes a path of its own.
func clean(route string, escaped bool) (string, error) {
	segments := strings.Split(strings.TrimPrefix(route, "/"), "/")
	for i, s := range segments {
		if escaped {
			plain, err := url.PathUnescape(s)
			if err != nil {
				return "", fs.ErrNotExist
			}
			s = plain
		}
		switch {
		case s == "":
			// The root, a trailing slash, or an empty segment: a directory.
			return "", ErrDirectory
		case s == "." || s == ".." || strings.ContainsAny(s, "/\\\x00"):
			return "", fs.ErrNotExist
		}
		segments[i] = s
	}
	name := path.Join(segments...)
	if !fs.ValidPath(name) {
		return "", fs.ErrNotExist
	}
	return name, nil
}

// record puts the outcome of a request on the device's timeline.
func (r *Router) record(req provd.Request, t target, status string, bytes int64, took time.Duration) {
	e := provd.Event{
		MAC: req.MAC, IP: req.IP, Topic: string(req.Kind), Text: status,
		Attrs: []slog.Attr{slog.String("file", r.shown(req)), slog.Int64("bytes", bytes), slog.Duration("took", took.Round(time.Microsecond))},
	}
	if t.dev.Object != nil {
		e.Device, e.MAC, e.Tenant = t.dev.ID(), t.dev.MAC(), t.dev.Tenant()
		e.Attrs = append(e.Attrs, slog.String("plugin", t.dev.Plugin()))
	}
	if t.sensitive {
		e.Attrs = append(e.Attrs, slog.Bool("sensitive", true))
	}
	r.events.Record(e)
}

// shown is the path as the journal may have it: without the provisioning key,
// and of bounded length.
func (r *Router) shown(req provd.Request) string {
	const most = 200
	p := strings.TrimPrefix(req.Path, "/")
	if r.cfg.Keys != nil && req.Kind == provd.HTTP {
		_, p, _ = strings.Cut(p, "/")
	}
	if len(p) > most {
		p = p[:most] + "…"
	}
	return strings.ToValidUTF8(p, "\ufffd")
}

package webui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"provbox/webui/assets"
	"provbox/webui/box"
	"provbox/webui/session"
	"provbox/webui/words"
)

// Box is the box as the overview shows it.
type Box interface {
	// Overview is how it does now. It must be quick: nothing is waited for.
	Overview(ctx context.Context) []box.Group
}

// Rules are the DHCP vendor rules. Errors of theirs are shown as they are: they say
// what is wrong with what was asked.
type Rules interface {
	// Rules lists them in the order they are tried.
	Rules() ([]box.Rule, error)
	// PutRule stores a rule, given as YAML, in the place of the one called name; ""
	// adds one.
	PutRule(ctx context.Context, name, source string) error
	// DeleteRule takes an operator's rule away; a built-in one is as it was.
	DeleteRule(ctx context.Context, name string) error
	// DisableRule switches a built-in rule off.
	DisableRule(ctx context.Context, name string) error
	// Explain tells what a phone would be sent, and why.
	Explain(q box.Question) (box.Explanation, error)
}

// Config is what the page is made from; every field must be set but Version.
type Config struct {
	Sessions *session.Guard
	Box      Box
	Rules    Rules
	Logger   *slog.Logger
	Version  string
}

// server serves the page.
type server struct {
	Config
	words  *words.Catalogue
	assets *assets.Assets
}

// New returns the handler of the local page.
func New(cfg Config) (http.Handler, error) {
	if cfg.Sessions == nil || cfg.Box == nil || cfg.Rules == nil || cfg.Logger == nil {
		return nil, errors.New("webui: Sessions, Box, Rules and Logger must be set")
	}
	catalogue, err := words.Load()
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	files, err := assets.Load()
	if err != nil {
		return nil, fmt.Errorf("webui: %w", err)
	}
	s := &server{cfg, catalogue, files}
	return s.routes(), nil
}

// Bounds of a client that is in no hurry, or asks for much.
const (
	readTimeout  = 20 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	maxHeader    = 16 << 10
	maxBody      = 64 << 10
)

// NewServer returns an HTTP server for the handler, with bounds on what a client may
// take.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

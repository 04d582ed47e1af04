package appliance

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"provbox/appliance/central"
	"provbox/appliance/journal"
	"provbox/appliance/perm"
	"provbox/appliance/store"
	"provbox/appliance/uplink"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/fileserver"
	"provbox/webui"
	"provbox/webui/box"
	"provbox/webui/session"
)

// Web returns the address of the local page, nil where there is none; valid after
// Start.
func (a *App) Web() net.Addr {
	if a.sessions == nil {
		return nil
	}
	return a.web.Addr()
}

// ClaimCode returns what somebody needs to make the box theirs on the local page, ""
// once somebody has and without a page. Who sees the box's console may know it.
func (a *App) ClaimCode() string {
	if a.sessions == nil {
		return ""
	}
	return a.sessions.Code()
}

// webState is what the ready line says of the page.
func (a *App) webState() []slog.Attr {
	if a.Web() == nil {
		return nil
	}
	attrs := []slog.Attr{slog.Any("web", a.Web())}
	if code := a.ClaimCode(); code != "" {
		attrs = append(attrs, slog.String("claim_code", code))
	}
	return attrs
}

// listenWeb opens the socket of the local page. The phones need a box that cannot
// have the port, too, so that is no failure.
func (a *App) listenWeb(socks *sockets) {
	if a.s.Web.Listen == "" {
		return
	}
	host, service, err := net.SplitHostPort(a.s.Web.Listen)
	port := 0
	if err == nil {
		port, err = net.LookupPort("tcp", service)
	}
	if err == nil {
		a.web, err = socks.listen("web", host, port)
	}
	a.noPage(err)
}

// noPage tells why there is no local page.
func (a *App) noPage(err error) {
	if err == nil {
		return
	}
	a.log.Error("no local page", "err", err)
	a.journal.Record(journal.Event{Topic: "box", Text: "no local page", Attrs: []slog.Attr{slog.Any("err", err)}})
}

// webVault keeps the sessions' document in the store.
type webVault struct{ *store.Store }

func (v webVault) Load(ctx context.Context) (*document.Object, error) {
	return v.Setting(ctx, store.SettingWeb)
}

func (v webVault) Save(ctx context.Context, doc *document.Object) error {
	return v.PutSetting(ctx, store.SettingWeb, doc)
}

// Connections of browsers. A page has a handful of files.
const (
	webConns        = 128
	webConnsPerHost = 32
)

func (a *App) startWeb(ctx context.Context) error {
	if a.web == nil {
		return nil
	}
	sessions, err := session.New(ctx, session.Config{Vault: webVault{a.store}, Now: time.Now, Logger: a.log, Reset: a.s.Web.Reset})
	if err != nil {
		a.noPage(err)
		return nil
	}
	var page http.Handler
	if page, err = webui.New(webui.Config{
		Sessions: sessions, Box: webBox{a}, Rules: webDHCP{restDHCP{a.dhcp, a.manager}}, Logger: a.log, Version: a.opts.Version,
	}); err != nil {
		return err
	}
	a.sessions = sessions
	if code := sessions.Code(); code != "" && perm.OnGokrazy() {
		tell([]string{"/dev/console", "/dev/tty1"}, fmt.Sprintf("\r\nProvbox: http://%s/  claim code %s\r\n", ownAddress(a.s), code))
	}
	server := webui.NewServer(page, a.log)
	a.stack.start("local page", httpService(server, func() error {
		return server.Serve(fileserver.LimitTo(a.web, webConns, webConnsPerHost))
	}))
	return nil
}

// tell shows a text on the screens there are: who is in front of an image has no
// log to read.
func tell(screens []string, text string) {
	for _, screen := range screens {
		// A box without a screen or a serial console has nothing to write to.
		if f, err := os.OpenFile(screen, os.O_WRONLY|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0); err == nil {
			_, _ = f.WriteString(text)
			_ = f.Close()
		}
	}
}

// webBox shows the box on the local page.
type webBox struct{ app *App }

// Overview implements webui.Box.
func (w webBox) Overview(ctx context.Context) []box.Group {
	groups := []box.Group{w.box(), w.phones(), w.centre(ctx)}
	if s := w.app.uplink.Status(); s.State != uplink.Off {
		groups = append(groups, tunnel(s))
	}
	return groups
}

func (w webBox) box() box.Group {
	devices := ""
	if err := w.app.manager.View(func(tx provd.Tx) error {
		devices = fmt.Sprint(tx.Devices().Len())
		return nil
	}); err != nil {
		devices = err.Error()
	}
	return box.Group{Key: "box", Facts: []box.Fact{
		{Key: "version", Value: w.app.opts.Version},
		{Key: "since", Value: w.app.started.UTC().Format(time.DateTime) + " UTC"},
		{Key: "devices", Value: devices},
	}}
}

func (w webBox) phones() box.Group {
	dhcp := w.app.dhcp.Status()
	mode := box.Fact{Key: "dhcp", Word: dhcp.String("mode"), Value: strings.TrimPrefix(w.app.dhcpState(), dhcp.String("mode"))}
	if mode.Word == "server" {
		mode.Kind = "good"
	}
	g := box.Group{Key: "phones", Facts: []box.Fact{
		{Key: "url", Value: w.app.http.Addr().String()},
		{Key: "tftp", Value: w.app.tftp.LocalAddr().String()},
		mode,
	}}
	if dhcp.Has("servers") {
		others := box.Fact{Key: "others", Word: "none"}
		for _, v := range dhcp.List("servers") {
			if s, ok := v.(*document.Object); ok {
				others.Word, others.Kind = "heard", "bad"
				others.Value = strings.TrimPrefix(others.Value+", "+s.String("server_id")+" ("+s.String("mac")+", "+s.String("interface")+")", ", ")
			}
		}
		g.Facts = append(g.Facts, others)
	}
	return g
}

func (w webBox) centre(ctx context.Context) box.Group {
	g := box.Group{Key: "centre", Facts: []box.Fact{{Key: "rest", Value: w.app.rest.Addr().String()}}}
	if https := w.app.RESTS(); https != nil {
		g.Facts = append(g.Facts, box.Fact{Key: "rests", Value: https.String()},
			box.Fact{Key: "fingerprint", Value: w.app.Fingerprint(), Copy: true})
	}
	links := map[string]central.Status{}
	for _, s := range w.app.Centre() {
		links[s.Name] = s
	}
	for _, name := range []string{"wazo-auth", "bus"} {
		key := strings.TrimPrefix(name, "wazo-")
		switch s, tried := links[name]; {
		case !tried:
			g.Facts = append(g.Facts, box.Fact{Key: key, Word: "unset"})
		case s.Up:
			g.Facts = append(g.Facts, box.Fact{Key: key, Word: "up", Kind: "good"})
		default:
			g.Facts = append(g.Facts, box.Fact{Key: key, Word: "down", Kind: "bad", Value: s.Problem})
		}
	}
	g.Facts = append(g.Facts, w.missing(ctx))
	return g
}

// missing tells which of the configs that the centre expects are not there.
func (w webBox) missing(ctx context.Context) box.Fact {
	f := box.Fact{Key: "missing", Word: "complete", Kind: "good"}
	states, err := w.app.manager.Needed(ctx)
	if err != nil {
		return box.Fact{Key: "missing", Value: err.Error()}
	}
	for _, s := range states {
		if !s.Present {
			f.Word, f.Kind = "incomplete", "warn"
			f.Value = strings.TrimPrefix(f.Value+", "+s.ID, ", ")
		}
	}
	return f
}

func tunnel(s uplink.Status) box.Group {
	state := box.Fact{Key: "state", Word: "down", Kind: "bad", Value: s.Error}
	if s.State == uplink.Connected {
		state.Word, state.Kind = "up", "good"
	}
	g := box.Group{Key: "uplink", Facts: []box.Fact{state, {Key: "public_key", Value: s.PublicKey, Copy: true}}}
	for _, p := range s.Peers {
		f := box.Fact{Key: "handshake", Word: "never", Kind: "warn"}
		if !p.Handshake.IsZero() {
			f = box.Fact{Key: "handshake", Value: p.Handshake.UTC().Format(time.DateTime) + " UTC, " + p.Age.Round(time.Second).String()}
		}
		g.Facts = append(g.Facts, f)
	}
	return g
}

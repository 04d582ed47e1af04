package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"provbox/appliance/journal"
	"provbox/appliance/netcfg"
	"provbox/appliance/perm"
	"provbox/appliance/settings"
	"provbox/appliance/store"
	"provbox/appliance/uplink"
	"provbox/dhcp"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/fileserver"
	"provbox/provd/ident"
	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
	"provbox/provd/rest"
	"provbox/webui/session"
)

// Options are what a box is made from.
type Options struct {
	Settings *settings.Settings // must not be nil
	Logger   *slog.Logger       // must not be nil
	Version  string             // shown in the ready line
	// DHCP changes the DHCP server's configuration before it starts, for runs
	// without privileges; nil leaves it.
	DHCP func(*dhcp.Config)
	// PluginLimits bound the calls into plugin packages; zero fields mean
	// plugin.DefaultLimits.
	PluginLimits plugin.Limits
}

// App is one box. Its methods are not for concurrent use, but Addr is.
type App struct {
	opts Options
	s    *settings.Settings
	log  *slog.Logger

	stack   *stack
	journal *journal.Journal
	store   *store.Store
	base    *document.Object // the base raw config, complete
	links   links
	plugins *plugin.Set
	// repository installs plugins; nil when its folders cannot be used.
	repository *repository.Repository
	// firmware installs plugins' firmware; nil when its folder cannot be used.
	firmware *firmwares
	manager  *provd.Manager
	ident    *ident.Identifier
	security *provd.Security // nil when it cannot be written
	dhcp     *dhcpBox
	uplink   *uplink.Uplink

	http, rest  net.Listener
	rests       net.Listener // HTTPS beside rest, nil for none
	fingerprint string       // of the certificate for HTTPS
	tftp        *net.UDPConn
	web         net.Listener // nil without a page
	sessions    *session.Guard
	started     time.Time
}

// New returns a box that does nothing yet.
func New(opts Options) *App {
	return &App{
		opts: opts, s: opts.Settings, log: opts.Logger, stack: newStack(opts.Logger),
		journal: journal.New(time.Now, opts.Logger),
	}
}

// Run starts the box, tells systemd, and runs it until ctx ends or a part fails.
func (a *App) Run(ctx context.Context) error {
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Stop())
	}
	// Not being run by systemd is no error; a failure to tell it is its own.
	if _, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		a.log.Warn("could not tell systemd that the box is ready", "err", err)
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-a.stack.failed:
	}
	_, _ = daemon.SdNotify(false, daemon.SdNotifyStopping) // the stop goes on either way
	return errors.Join(failure, a.Stop())
}

// Start starts every part. When it fails, Stop ends those that run.
func (a *App) Start(ctx context.Context) error {
	a.started = time.Now()
	for _, step := range []struct {
		name  string
		start func(context.Context) error
	}{
		{"network", a.startNetwork},
		{"store", a.startStore},
		{"uplink", a.startUplink},
		{"sockets", a.startSockets},
		{"central", a.startCentral},
		{"plugins", a.startPlugins},
		{"devices", a.startDevices},
		{"links to the centre", a.startLinks},
		{"file plane", a.startFiles},
		{"dhcp settings", a.prepareDHCP},
		{"REST", a.startREST},
		{"dhcp", a.startDHCP},
		{"local page", a.startWeb},
	} {
		if err := step.start(ctx); err != nil {
			return fmt.Errorf("start %s: %w", step.name, err)
		}
	}
	a.logReady(ctx)
	return nil
}

// Stop ends every part, the last one started first.
func (a *App) Stop() error { return a.stack.stop() }

// HTTP returns the address of the phones' HTTP server, valid after Start.
func (a *App) HTTP() net.Addr { return a.http.Addr() }

// TFTP returns the address of the phones' TFTP server, valid after Start.
func (a *App) TFTP() net.Addr { return a.tftp.LocalAddr() }

// REST returns the address of the REST API, valid after Start.
func (a *App) REST() net.Addr { return a.rest.Addr() }

// DHCP returns the DHCP server, nil when it is off.
func (a *App) DHCP() *dhcp.Server {
	if a.dhcp == nil {
		return nil
	}
	return a.dhcp.running()
}

// dhcpState says where the DHCP server listens, for the ready line.
func (a *App) dhcpState() string {
	d, _ := a.dhcp.current()
	state := d.Mode
	if d.Mode != "off" {
		for _, i := range d.Interfaces {
			state += " " + i.Name
		}
	}
	return state
}

// Journal returns the box's journal.
func (a *App) Journal() *journal.Journal { return a.journal }

// networkWait is how long the start waits for the interfaces that the settings
// name; what comes later is set when it comes.
const networkWait = 10 * time.Second

func (a *App) startNetwork(ctx context.Context) error {
	if !a.s.Network.Enabled() {
		return nil
	}
	resolv := ""
	if perm.OnGokrazy() {
		resolv = "/tmp/resolv.conf"
	}
	n := netcfg.New(a.s.Network, netcfg.Netlink{}, resolv, a.log)
	ctx, cancel := context.WithTimeout(ctx, networkWait)
	defer cancel()
	if err := n.Await(ctx); err != nil {
		a.log.Error("network not set as the settings ask", "err", err)
	}
	a.stack.start("network", n.Serve)
	return nil
}

// backupEvery is the time between two backups of the store. The first one waits
// until the box has run for a while: restarts in a row, after a loss above all,
// must not push out the good generations.
const (
	backupEvery = 24 * time.Hour
	backupFirst = 30 * time.Minute
)

func (a *App) startStore(ctx context.Context) error {
	s, report, err := store.Open(ctx, store.Config{Dir: filepath.Join(a.s.General.BaseStorageDir, "store")})
	if err != nil {
		return err
	}
	a.store = s
	a.stack.onStop("store", s.Close)
	for _, problem := range report.Problems() {
		a.journal.Record(journal.Event{Topic: "box", Text: problem})
	}
	a.stack.start("backup", func(ctx context.Context) error {
		for wait := backupFirst; ; wait = backupEvery {
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				return nil
			case <-timer.C:
			}
			if _, err := s.Backup(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("no backup of the store", "err", err)
			}
		}
	})
	return nil
}

func (a *App) startDevices(context.Context) error {
	cfg := provd.ManagerConfig{
		Store: a.store, Plugins: a.plugins,
		BaseRawConfig: a.base, Autoprov: autoprov(a.s), URLKey: a.urlKey(),
		PluginServer: a.s.General.PluginServer, Recorder: recorder{a.journal}, Logger: a.log,
	}
	if a.links.notifies != nil {
		cfg.Notifies = a.links.notifies
	}
	m, err := provd.NewManager(cfg)
	if err != nil {
		return err
	}
	before := a.proxies()
	if a.manager = m; !document.Equal(before, a.proxies()) {
		a.plugins.Forget()
	}
	a.openSecurity()
	a.ident = ident.New(ident.Config{Devices: m, Plugins: a.identPlugins, Security: a.security, Recorder: recorder{a.journal}, Logger: a.log})
	a.stack.start("devices", m.Serve)
	a.stack.start("identification", a.ident.Serve)
	if a.repository != nil {
		a.stack.onStop("plugin repository", a.repository.Close)
	}
	return nil
}

// startSockets opens every socket before anything is told its number: a port of
// 0 is settled here.
func (a *App) startSockets(context.Context) error {
	socks, err := inherited()
	if err != nil {
		return err
	}
	a.stack.onStop("sockets", a.closeSockets)
	g := a.s.General
	if a.http, err = socks.listen("http", g.HTTPInterface, g.HTTPPort); err != nil {
		return err
	}
	if err = a.listenREST(socks); err != nil {
		return err
	}
	a.listenWeb(socks)
	a.tftp, err = socks.tftp(g.TFTPInterface, g.TFTPPort)
	return err
}

// closeSockets closes those that no server closed, after a start that failed.
func (a *App) closeSockets() error {
	var errs []error
	if a.http != nil {
		errs = append(errs, a.http.Close())
	}
	if a.rest != nil {
		errs = append(errs, a.rest.Close())
	}
	if a.rests != nil {
		errs = append(errs, a.rests.Close())
	}
	if a.web != nil {
		errs = append(errs, a.web.Close())
	}
	if a.tftp != nil {
		errs = append(errs, a.tftp.Close())
	}
	for i, err := range errs {
		if errors.Is(err, net.ErrClosed) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

func (a *App) startFiles(context.Context) error {
	files := pluginFiles{a.plugins}
	cfg := fileserver.Config{
		Identifier: a.ident, Files: files, Services: files, Secrets: files, Security: a.security,
		Recorder: recorder{a.journal}, Logger: a.log,
	}
	if a.urlKey() {
		cfg.Keys = tenantKeys{a.manager}
	}
	router := fileserver.NewRouter(cfg)
	server := fileserver.NewHTTP(fileserver.HTTPConfig{Router: router, TrustedProxies: a.s.General.TrustedProxies, Logger: a.log})
	a.stack.start("http", httpService(server, func() error { return server.Serve(fileserver.Limit(a.http)) }))
	tftp := fileserver.NewTFTP(fileserver.TFTPConfig{Router: router, Logger: a.log})
	a.stack.start("tftp", func(ctx context.Context) error { return tftp.Serve(ctx, a.tftp) })
	return nil
}

func (a *App) urlKey() bool { return a.s.General.HTTPAuthStrategy == "url_key" }

func (a *App) startREST(context.Context) error {
	cfg := rest.Config{
		Auth: a.links.auth, Devices: a.manager, Configs: a.manager, Params: liveParams{a.manager, a.plugins},
		Plugins: restPlugins{a}, Services: pluginServices{a}, Observer: a.ident, Logger: a.log,
		Templates: restTemplates{a},
	}
	cfg.Uplink = restUplink{a.uplink}
	if a.repository != nil {
		cfg.Installer = a.repository
	}
	if a.links.bus != nil {
		cfg.BusStatus = a.links.bus.Connected
	}
	closing := make(chan struct{})
	cfg.Own = a.ownRoutes(closing)
	cfg.DHCP = restDHCP{a.dhcp, a.manager}
	server := rest.NewServer(rest.New(cfg), a.log)
	server.RegisterOnShutdown(func() { close(closing) })
	serve, err := a.serveREST(server)
	if err != nil {
		return err
	}
	a.stack.start("rest", httpService(server, serve))
	return nil
}

// shutdownGrace is how long requests under way may take to end.
const shutdownGrace = 3 * time.Second

// httpService runs a server until ctx ends, then lets its requests finish.
func httpService(s *http.Server, serve func() error) func(context.Context) error {
	return func(ctx context.Context) error {
		ended := make(chan error, 1)
		go func() { ended <- serve() }()
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
		}
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		if err := s.Shutdown(grace); err != nil {
			_ = s.Close() // a download that would not end: it is cut
		}
		<-ended
		return nil
	}
}

package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/appliance/store"
	"provbox/dhcp"
	"provbox/provd"
	"provbox/provd/document"
)

// dhcpStore keeps the settings of an operator; store.Store does.
type dhcpStore interface {
	Setting(ctx context.Context, name string) (*document.Object, error)
	PutSetting(ctx context.Context, name string, doc *document.Object) error
}

// dhcpBox runs the DHCP server and keeps its settings: those of the file until an
// operator changes them, over REST or in the page; from then on the stored ones
// (spec/config.md).
//
// A change is checked as a whole and stored before it is put to work; when that
// fails, what was stored before is stored again. The server that runs takes the
// change on without dropping a lease or a packet. Only switching between off,
// observe and server makes a new one.
type dhcpBox struct {
	file  settings.DHCP
	store dhcpStore
	// config makes the server's configuration of settings.
	config func(settings.DHCP) dhcp.Config
	// deps are the server's; its Reservations are set here.
	deps dhcp.Deps
	// find looks for other servers on an interface; nil does not.
	find   func(name string) ([]dhcp.Rogue, error)
	record func(journal.Event)
	log    *slog.Logger

	changing sync.Mutex // one change at a time; taken before mu and the server's locks
	putting  *pending   // the reservation that the server is storing; under changing

	mu     sync.Mutex
	now    settings.DHCP
	stored bool
	server *dhcp.Server // nil while it is off

	swaps   chan swap
	stopped chan struct{} // closed when serve has ended
}

// swap asks serve to run another server, or none.
type swap struct {
	server *dhcp.Server
	done   chan struct{}
}

// maxDHCPSettings bounds what is stored, in bytes.
const maxDHCPSettings = 1 << 20

// load finds out which settings hold and makes the server. Stored ones that an
// older or newer version wrote and this one cannot use are left alone, and the
// file's are used: the phones of a branch must not be without addresses.
func (b *dhcpBox) load(ctx context.Context) error {
	b.swaps, b.stopped = make(chan swap), make(chan struct{})
	b.deps.Reservations = b
	b.now = b.file
	doc, err := b.store.Setting(ctx, store.SettingDHCP)
	if err == nil && doc != nil {
		var d settings.DHCP
		if d, err = settings.ReadDHCP(doc); err == nil {
			b.now, b.stored = d, true
		}
	}
	if err != nil {
		b.log.Error("the stored DHCP settings cannot be used; those of the file hold", "err", err)
		b.record(journal.Event{Topic: "box", Text: "the stored DHCP settings cannot be used; those of the file hold", Attrs: []slog.Attr{slog.Any("err", err)}})
	}
	b.server, err = b.newServer(b.now)
	return err
}

// newServer makes a server, nil if it is to be off.
func (b *dhcpBox) newServer(d settings.DHCP) (*dhcp.Server, error) {
	if d.Mode == "off" {
		return nil, nil
	}
	return dhcp.New(b.config(d), b.deps)
}

// serve runs the server, and others in its place, until ctx ends.
func (b *dhcpBox) serve(ctx context.Context) error {
	defer close(b.stopped)
	server := b.running()
	for {
		run, cancel := context.WithCancel(ctx)
		ended := make(chan error, 1)
		if server == nil {
			go func() { <-run.Done(); ended <- nil }()
		} else {
			go func() { ended <- server.Serve(run) }()
		}
		select {
		case err := <-ended:
			cancel()
			return err
		case s := <-b.swaps:
			cancel()
			// The next one reads the leases that this one has yet to write.
			if err := <-ended; err != nil {
				b.log.Error("the DHCP server did not stop in order", "err", err)
			}
			b.mu.Lock()
			server, b.server = s.server, s.server
			b.mu.Unlock()
			close(s.done)
		}
	}
}

// running returns the server, nil while it is off.
func (b *dhcpBox) running() *dhcp.Server {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.server
}

// current returns the settings in force and whether they are stored.
func (b *dhcpBox) current() (settings.DHCP, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now, b.stored
}

// dhcpDocument is the settings as a document of the caller's own.
func dhcpDocument(d settings.DHCP) *document.Object {
	doc := document.New("mode", d.Mode)
	if d.Document != nil {
		doc.Merge(d.Document)
	}
	doc.Set("mode", d.Mode)
	return doc
}

// Settings implements rest.DHCP.
func (b *dhcpBox) Settings() (*document.Object, bool) {
	d, stored := b.current()
	return dhcpDocument(d), stored
}

// Change implements rest.DHCP.
func (b *dhcpBox) Change(ctx context.Context, force bool, edit func(*document.Object) (*document.Object, error)) ([]string, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	was, _ := b.current()
	doc, err := edit(dhcpDocument(was))
	if err != nil {
		return nil, err
	}
	d := b.file
	if doc != nil {
		if d, err = readDHCP(doc); err != nil {
			return nil, err
		}
	}
	fresh, err := b.newServer(d) // checks it, too
	if err != nil {
		return nil, &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	var warnings []string
	if d.Mode == "server" && was.Mode != "server" && !force {
		warnings = b.others(d)
	}
	if err := b.put(ctx, d, doc, func() error { return b.apply(ctx, d, was.Mode, fresh) }); err != nil {
		return nil, err
	}
	b.record(journal.Event{Topic: "dhcp", Text: "the DHCP settings were changed", Attrs: []slog.Attr{slog.String("mode", d.Mode), slog.Bool("stored", doc != nil)}})
	// Not every answer has room for them.
	for _, w := range warnings[:min(len(warnings), maxDHCPWarnings)] {
		b.record(journal.Event{Topic: "dhcp", Text: "the DHCP server was switched on with a warning", Attrs: []slog.Attr{slog.String("warning", w)}})
	}
	return warnings, nil
}

// readDHCP checks settings that came from outside.
func readDHCP(doc *document.Object) (settings.DHCP, error) {
	content, err := document.Encode(doc)
	if err != nil {
		return settings.DHCP{}, &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	if len(content) > maxDHCPSettings {
		return settings.DHCP{}, provd.Errorf(provd.Invalid, "dhcp: the settings are larger than %d bytes", maxDHCPSettings)
	}
	d, err := settings.ReadDHCP(doc.Clone())
	if err != nil {
		return d, &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	return d, nil
}

// put stores settings, puts them to work with apply, and says that they hold. When
// apply fails, what was stored is stored again.
func (b *dhcpBox) put(ctx context.Context, d settings.DHCP, doc *document.Object, apply func() error) error {
	was, stored := b.current()
	if err := b.store.PutSetting(ctx, store.SettingDHCP, doc); err != nil {
		return unavailable("the DHCP settings could not be stored", err)
	}
	if err := apply(); err != nil {
		old := was.Document
		if !stored {
			old = nil
		}
		err = unavailable("the DHCP settings could not be put to work; nothing has changed", err)
		if undo := b.store.PutSetting(ctx, store.SettingDHCP, old); undo != nil {
			err = unavailable("the DHCP settings could not be put to work, and will hold at the next start", errors.Join(err, undo))
		}
		return err
	}
	b.mu.Lock()
	b.now, b.stored = d, doc != nil
	b.mu.Unlock()
	return nil
}

func unavailable(what string, err error) error {
	return &provd.Error{Code: provd.Unavailable, Message: what + ": " + err.Error(), Err: err}
}

// apply puts settings to work.
func (b *dhcpBox) apply(ctx context.Context, d settings.DHCP, mode string, fresh *dhcp.Server) error {
	if d.Mode == mode {
		if server := b.running(); server != nil {
			return server.Apply(b.config(d))
		}
		return nil
	}
	s := swap{fresh, make(chan struct{})}
	select {
	case b.swaps <- s:
	case <-b.stopped:
		return errors.New("the box is stopping")
	case <-ctx.Done():
		return ctx.Err()
	}
	<-s.done
	return nil
}

// maxDHCPWarnings bounds what one change puts into the journal: strangers make
// the warnings.
const maxDHCPWarnings = 64

// findFor is how long other servers get to answer before this one is switched on.
const findFor = 2 * time.Second

// others warns of the other servers on the interfaces that this one is to serve.
func (b *dhcpBox) others(d settings.DHCP) (warnings []string) {
	if server := b.running(); server != nil {
		// It has listened all the time.
		for _, r := range server.Rogues() {
			warnings = append(warnings, "there is another "+r.String())
		}
		return warnings
	}
	if b.find == nil {
		return nil
	}
	found := make([][]string, len(d.Interfaces))
	var all sync.WaitGroup
	for i, ifc := range d.Interfaces {
		all.Go(func() {
			rogues, err := b.find(ifc.Name)
			if err != nil {
				found[i] = []string{fmt.Sprintf("could not look for other DHCP servers on %s: %s", ifc.Name, strings.TrimPrefix(err.Error(), "look for DHCP servers: "))}
			}
			for _, r := range rogues {
				found[i] = append(found[i], "there is another "+r.String())
			}
		})
	}
	all.Wait()
	for _, list := range found {
		warnings = append(warnings, list...)
	}
	return warnings
}

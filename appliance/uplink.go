package appliance

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"time"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/appliance/uplink"
	"provbox/provd/document"
)

// startUplink starts the tunnel to the centre. It does not wait for it: the
// branch has to work without.
func (a *App) startUplink(context.Context) error {
	a.uplink = uplink.New(a.s.Uplink, uplink.Deps{
		Dir: filepath.Join(a.s.General.BaseStorageDir, "uplink"), Local: a.s.Local(), Logger: a.log,
		Record: func(text string, attrs ...slog.Attr) {
			a.journal.Record(journal.Event{Topic: "box", Text: text, Attrs: attrs})
		},
	})
	a.stack.start("uplink", a.uplink.Serve)
	return nil
}

// Uplink returns the tunnel to the centre, valid after Start.
func (a *App) Uplink() *uplink.Uplink { return a.uplink }

// followInterface binds the REST API to the interface of the settings alone.
func (a *App) followInterface(socks *sockets, name string, port int) (net.Listener, error) {
	if len(socks.streams[name]) > 0 {
		return nil, errors.New("rest_api.interface binds the REST API to one interface, and a socket for it was handed over by the parent; mask provbox-rest.socket or take the setting away")
	}
	l := uplink.Listen(a.s.REST.Interface, port, a.log)
	a.stack.start(name+" address", l.Serve)
	return l, nil
}

// inTunnel reports whether an address is the box's own in the tunnel, which no
// phone can reach.
func inTunnel(s *settings.Settings, a netip.Addr) bool {
	own, err := netip.ParsePrefix(s.Uplink.Address)
	return err == nil && s.Uplink.Enabled && own.Addr() == a
}

// restUplink shows the tunnel over REST.
type restUplink struct{ *uplink.Uplink }

func (r restUplink) Describe() *document.Object {
	s := r.Status()
	peers := make([]any, len(s.Peers))
	for i, p := range s.Peers {
		allowed := make([]any, len(p.AllowedIPs))
		for j, n := range p.AllowedIPs {
			allowed[j] = n
		}
		var handshake, age any // null before the first one
		if !p.Handshake.IsZero() {
			handshake, age = p.Handshake.UTC().Format(time.RFC3339), seconds(p.Age)
		}
		peers[i] = document.New("public_key", p.PublicKey, "endpoint", p.Endpoint, "address", p.Address,
			"allowed_ips", allowed, "keepalive", seconds(p.Keepalive), "connected", p.Connected,
			"last_handshake", handshake, "handshake_age", age,
			"received_bytes", document.Number(int(p.Received)), "sent_bytes", document.Number(int(p.Sent)), "error", p.Error)
	}
	return document.New("state", s.State, "interface", s.Interface, "kind", s.Kind, "address", s.Address,
		"public_key", s.PublicKey, "listen_port", document.Number(s.ListenPort), "error", s.Error, "peers", peers)
}

func seconds(d time.Duration) json.Number { return document.Number(int(d / time.Second)) }

package uplink

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

func TestConnects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), nil)
		after(time.Second)
		s := x.Status()
		if s.State != Connecting || s.Kind != UserSpace || s.Error != "" || s.PublicKey == "" || s.Peers[0].Address != "203.0.113.1:51820" {
			t.Errorf("before an answer: %+v", s)
		}
		x.handshake("")
		after(2 * time.Second)
		if s := x.Status(); s.State != Connected || s.Peers[0].Age != 2*time.Second || !s.Peers[0].Connected {
			t.Errorf("after an answer: %+v", s)
		}
		if got, _ := x.machine.State(""); !got.Link.Up || len(got.Routes) != 2 {
			t.Errorf("machine: %+v", got)
		}
		after(live)
		if s := x.Status(); s.State != Connecting {
			t.Errorf("long after an answer: %+v", s)
		}
		if diff := cmp.Diff("uplink connected\nuplink lost\n", x.events.String()); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
		tun := x.machine.tunnel
		x.stop()
		if s := x.Status(); !tun.closed || s.State != Off || s.PublicKey == "" || len(s.Peers) != 0 {
			t.Errorf("stopped: closed %v, %+v", tun.closed, s)
		}
		if private := tun.dev.PrivateKey.String(); strings.Contains(x.log.String(), private) || !strings.Contains(x.log.String(), x.Status().PublicKey) {
			t.Errorf("log:\n%s", x.log.String())
		}
	})
}

// The centre has moved: its name is looked up when it does not answer, and only
// then, so that a centre that was heard from elsewhere is not called back.
func TestFollowsTheName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), nil)
		after(time.Second)
		x.handshake("198.51.100.7:4000") // it has roamed
		x.names.set("203.0.113.2")
		for range 10 {
			after(10 * time.Second)
			x.handshake("")
		}
		if got := x.Status().Peers[0].Address; got != "198.51.100.7:4000" || x.names.count() != 1 {
			t.Fatalf("while it answers: called at %s, name asked for %d times", got, x.names.count())
		}
		after(stale + lookConnected)
		if got := x.Status().Peers[0].Address; got != "203.0.113.2:51820" {
			t.Fatalf("when it does not answer: called at %s", got)
		}
		x.names.set() // DNS is away as well
		after(findMost)
		if s := x.Status().Peers[0]; s.Address != "203.0.113.2:51820" || !strings.Contains(s.Error, "no such host") {
			t.Errorf("without DNS: %+v", s)
		}
		asked := x.names.count()
		after(time.Hour)
		if more := x.names.count() - asked; more < 20 || more > 40 {
			t.Errorf("name asked for %d times in an hour", more)
		}
		x.names.set("203.0.113.3", "203.0.113.4")
		called := map[string]bool{}
		for range 10 {
			after(findMost)
			called[x.Status().Peers[0].Address] = true
		}
		if !called["203.0.113.3:51820"] || !called["203.0.113.4:51820"] {
			t.Errorf("called at %v, want both addresses tried", called)
		}
		x.handshake("")
		after(lookConnecting)
		if s := x.Status(); s.State != Connected || s.Peers[0].Error != "" {
			t.Errorf("when it answers again: %+v", s)
		}
	})
}

func TestNameUnknownAtFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), func(x *trial) { x.names.set() })
		after(time.Second)
		if s := x.Status(); s.State != Connecting || s.Peers[0].Address != "" || !strings.Contains(s.Peers[0].Error, "no such host") {
			t.Errorf("got %+v", s)
		}
		x.names.set("203.0.113.1")
		after(2 * findFirst)
		if s := x.Status().Peers[0]; s.Address != "203.0.113.1:51820" || s.Error != "" {
			t.Errorf("got %+v", s)
		}
	})
}

func TestTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), func(x *trial) { x.machine.open = errors.New("operation not permitted") })
		after(time.Hour)
		if s := x.Status(); s.State != Failed || s.Error != "operation not permitted" || s.PublicKey == "" {
			t.Errorf("got %+v", s)
		}
		x.machine.do(func() {
			if n := len(x.machine.opened); n < 55 || n > 70 {
				t.Errorf("tried %d times in an hour", n)
			}
			x.machine.open = nil
		})
		if n := strings.Count(x.log.String(), "not permitted"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, x.log.String())
		}
		after(retryMost)
		if s := x.Status(); s.State != Connecting || s.Error != "" {
			t.Errorf("got %+v", s)
		}
	})
}

func TestMendsWhatOthersChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), nil)
		after(time.Second)
		m := x.machine
		m.do(func() { m.state.Link.Up, m.state.Routes = false, nil })
		m.events <- struct{}{}
		after(settle)
		if s, _ := m.State(""); !s.Link.Up || len(s.Routes) != 2 {
			t.Errorf("after the link was down: %+v", s)
		}
		first := m.tunnel
		m.do(func() { m.state.Link = nil })
		m.events <- struct{}{}
		after(settle)
		if s := x.Status(); s.State != Failed || !strings.Contains(s.Error, "wg0 was removed") || !first.closed {
			t.Errorf("after the interface was removed: closed %v, %+v", first.closed, s)
		}
		after(retryFirst)
		second := m.tunnel
		if s := x.Status(); s.State != Connecting || second == first {
			t.Errorf("a moment later: %+v", s)
		}
		close(second.done)
		after(2 * retryFirst)
		if s := x.Status(); s.State != Connecting || m.tunnel == second || !second.closed {
			t.Errorf("after the interface ended: %+v", s)
		}
	})
}

// Routes past the tunnel are no part of the interface, and do not go with it.
func TestStopRemovesRoutesElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := good()
		cfg.DefaultRoute, cfg.Peers[0].AllowedIPs = true, []string{"0.0.0.0/0"}
		x := try(t, cfg, func(x *trial) {
			x.machine.state.Gateways = []route{{To: netip.MustParsePrefix("0.0.0.0/0"), Link: "eth0", Gateway: netip.MustParseAddr("192.168.77.254")}}
		})
		after(time.Second)
		elsewhere := func() (list []string) {
			s, _ := x.machine.State("")
			for _, r := range s.Routes {
				if r.Link != "wg0" {
					list = append(list, r.String())
				}
			}
			return list
		}
		if diff := cmp.Diff([]string{"203.0.113.1/32 via 192.168.77.254 on eth0"}, elsewhere()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		x.stop()
		if got := elsewhere(); got != nil {
			t.Errorf("left behind: %v", got)
		}
	})
}

func TestWithoutUplink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, Config{}, nil)
		after(time.Minute)
		if s := x.Status(); s.State != Off || s.PublicKey == "" || s.Error != "" || len(x.machine.opened) != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	missing := good()
	missing.Peers[0].PresharedKeyFile = "/nonexistent/psk"
	for _, tt := range []struct {
		name string
		cfg  Config
		file string
		want string
	}{
		{"damaged", good(), "gibberish", "does not hold a key"},
		{"the peer's is the box's own", good(), wgtypes.Key{31: 0x40}.String(), "is the box's own"},
		{"no preshared key", missing, wgtypes.Key{8, 31: 0x40}.String(), "preshared key: open /nonexistent/psk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				own := wgtypes.Key{31: 0x40}
				if tt.want == "is the box's own" {
					tt.cfg.Peers = append([]Peer(nil), tt.cfg.Peers...)
					tt.cfg.Peers[0].PublicKey = own.PublicKey().String()
				}
				x := try(t, tt.cfg, func(x *trial) {
					if err := os.WriteFile(filepath.Join(x.dir, keyFile), []byte(tt.file), 0o600); err != nil {
						t.Fatal(err)
					}
				})
				after(time.Second)
				if s := x.Status(); s.State != Failed || !strings.Contains(s.Error, tt.want) || strings.Contains(s.Error, tt.file) {
					t.Errorf("got %+v", s)
				}
				if tun := x.machine.tunnel; tun != nil && !tun.closed {
					t.Error("an interface was left")
				}
			})
		})
	}
}

// Without a clock of its own a box starts in the past, and the centre takes its
// calls for old ones that somebody repeats.
func TestSaysThatTheClockIsNotSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := try(t, good(), func(x *trial) { x.ahead = 0 })
		after(time.Second)
		if s := x.Status().Peers[0]; !strings.Contains(s.Error, "clock is not set") {
			t.Errorf("got %+v", s)
		}
	})
}

package appliance_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// curlRefused is how curl ends when it cannot connect; a wait in vain ends in
// another way.
const curlRefused = 7

func TestUplink(t *testing.T) {
	t.Parallel()
	b := newBranch(t, "10.1.0.1:51820", "10.1.0.1:51820")
	b.start() // the uplink has nobody to talk to yet: the start does not wait
	key := b.boxKey()
	b.startCentre(key)
	b.reachable("at first")

	var answer struct {
		Uplink struct {
			State, Kind, Interface, Error string
			PublicKey                     string `json:"public_key"`
			ListenPort                    int    `json:"listen_port"`
			Peers                         []struct {
				PublicKey    string `json:"public_key"`
				Address      string
				HandshakeAge *int `json:"handshake_age"`
				Received     int  `json:"received_bytes"`
				Sent         int  `json:"sent_bytes"`
			}
		}
	}
	b.eventually("the state over REST", func() error {
		text, err := b.fromCentre("/uplink")
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			return err
		}
		if answer.Uplink.State != "connected" {
			return fmt.Errorf("%s", text)
		}
		return nil
	})
	u := answer.Uplink
	if u.PublicKey != key || u.Interface != b.iface || u.Kind == "" || u.Error != "" || u.ListenPort == 0 || len(u.Peers) != 1 {
		t.Fatalf("uplink: %+v", u)
	}
	if p := u.Peers[0]; p.PublicKey != b.key.PublicKey().String() || p.Address != "10.1.0.1:51820" || p.HandshakeAge == nil || p.Received == 0 || p.Sent == 0 {
		t.Errorf("peer: %+v", p)
	}

	// The LAN cannot get at the API, not even at the address of the tunnel.
	b.run(b.pc, "ip", "route", "add", "10.9.0.0/24", "via", "192.168.77.1")
	for _, addr := range []string{"192.168.77.1", "10.9.0.2"} {
		out, err := b.try(b.pc, "curl", "-sS", "-m", "60", "http://"+addr+":8666/0.2/status")
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != curlRefused {
			t.Errorf("REST from the LAN at %s: %v %s", addr, err, out)
		}
	}
	if out, err := b.try(b.pc, "curl", "-sS", "-m", "60", "-o", "/dev/null", "http://192.168.77.1:8667/"); err != nil {
		t.Errorf("the phones' files from the LAN: %v %s", err, out)
	}

	// With no traffic but the keepalive, the centre hears where the box is now.
	b.order("forget")
	b.reachable("after the NAT has forgotten the box")

	b.ip("link", "set", b.iface, "down")
	b.reachable("after the interface was down")
	b.ip("link", "del", b.iface)
	b.reachable("after the interface was removed")
	b.ip("route", "del", "10.9.0.0/24", "dev", b.iface)
	b.reachable("after its route was removed")
	b.ip("link", "set", "eth0", "down")
	b.ip("link", "set", "eth0", "up")
	b.ip("addr", "del", "10.1.0.2/24", "dev", "eth0")
	b.ip("addr", "add", "10.1.0.77/24", "dev", "eth0")
	b.reachable("after the way out was cut and got another address")

	b.kill()
	b.start()
	if got := b.boxKey(); got != key {
		t.Errorf("key after a restart is %s, want %s", got, key)
	}
	b.reachable("after a power cut of the box")

	end(b.centre)
	b.startCentre(key)
	b.eventually("REST through the tunnel, after a restart of the centre", func() error {
		// A box asks its centre for tokens now and then; this stands for it.
		_, _ = b.try(b.switchHost, "curl", "-s", "-m", "1", "http://10.9.0.1/")
		_, err := b.fromCentre("/status")
		return err
	})

	if strings.Contains(b.log.String(), b.privateKey()) {
		t.Error("the private key is in the log")
	}
	if err := b.box.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := b.box.Wait(); err != nil {
		t.Errorf("stop: %v\n%s", err, b.log)
	}
	if out := b.ip("-o", "addr") + b.ip("route"); strings.Contains(out, b.iface) || strings.Contains(out, "10.9.0.") {
		t.Errorf("left behind:\n%s", out)
	}
}

// The centre's name leads nowhere at first, then to the centre. The preshared key
// is there late as well, which must not keep the box from starting.
func TestUplinkFollowsName(t *testing.T) {
	t.Parallel()
	needs(t, "unshare", "mount")
	b := newBranch(t, "centre.example.org:51820", "10.1.0.1:51820")
	psk, err := wgtypes.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	b.preshared = psk.String()
	file := filepath.Join(b.dir, "psk")
	b.edit("keepalive:", "preshared_key_file: "+file+", keepalive:")
	hosts := filepath.Join(b.dir, "hosts")
	point := func(addr string) {
		t.Helper()
		if err := os.WriteFile(hosts, []byte(addr+" centre.example.org\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	point("10.1.0.66")
	b.startIn("unshare", "--mount", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, hosts)
	b.startCentre(b.boxKey())
	b.eventually("the missing preshared key in the log", func() error {
		if !strings.Contains(b.log.String(), file) {
			return errors.New("it is not there")
		}
		return nil
	})
	if err := os.WriteFile(file, []byte(b.preshared+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.eventually("the interface", func() error {
		_, err := b.try(b.switchHost, "ip", "link", "show", b.iface)
		return err
	})
	if out, err := b.fromCentre("/status"); err == nil {
		t.Fatalf("REST through a tunnel to nowhere: %s", out)
	}
	point("10.1.0.1")
	b.reachable("when the name leads to the centre")
	if strings.Contains(b.log.String(), b.preshared) {
		t.Error("the preshared key is in the log")
	}
}

// With the default route in the tunnel, the peer itself, the LAN and the box's own
// default route stay what they were.
func TestUplinkDefaultRoute(t *testing.T) {
	t.Parallel()
	b := newBranch(t, "203.0.113.1:51820", "203.0.113.1:51820")
	b.ip("route", "add", "default", "via", "10.1.0.1")
	before := b.ip("route")
	b.edit("enabled: true", "enabled: true\n  default_route: true")
	b.edit("10.9.0.0/24", "0.0.0.0/0")
	b.start()
	b.startCentre(b.boxKey())
	b.reachable("with a default route")
	b.run(b.centreHost, "ip", "addr", "add", "198.51.100.1/32", "dev", fmt.Sprintf("wgc%d", b.centreHost.Process.Pid))
	var exit *exec.ExitError
	// Refused by the centre, which nothing but the tunnel leads to.
	if out, err := b.try(b.switchHost, "curl", "-sS", "-m", "60", "http://198.51.100.1/"); !errors.As(err, &exit) || exit.ExitCode() != curlRefused {
		t.Errorf("the Internet: %v %s\n%s", err, out, b.ip("route"))
	}
	if out := b.ip("route"); !strings.Contains(out, "203.0.113.1 via 10.1.0.1 dev eth0") || !strings.Contains(out, "default via 10.1.0.1 dev eth0") {
		t.Errorf("routes:\n%s", out)
	}
	if out, err := b.try(b.pc, "curl", "-sS", "-m", "60", "-o", "/dev/null", "http://192.168.77.1:8667/"); err != nil {
		t.Errorf("the phones' files from the LAN: %v %s", err, out)
	}
	if err := b.box.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := b.box.Wait(); err != nil {
		t.Errorf("stop: %v\n%s", err, b.log)
	}
	if after := b.ip("route"); after != before {
		t.Errorf("routes before:\n%s\nand after:\n%s", before, after)
	}
}

package appliance_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"provbox/appliance/lan"
	"provbox/appliance/uplink/uplinktest"
)

// centreVar has the centre's part as JSON, natVar the two ends of the NAT.
const (
	centreVar = "PROVBOX_TEST_CENTRE"
	natVar    = "PROVBOX_TEST_NAT"
)

func playCentre() {
	var c uplinktest.Centre
	err := json.Unmarshal([]byte(os.Getenv(centreVar)), &c)
	if err == nil {
		err = c.Run()
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	select {} // until it is killed
}

// playNAT forwards, and takes orders line by line: "forget", or "to address:port".
func playNAT() {
	inside, target, _ := strings.Cut(os.Getenv(natVar), " ")
	n, err := uplinktest.NewNAT(netip.MustParseAddrPort(inside), netip.MustParseAddrPort(target))
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	go func() {
		for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
			if to, ok := strings.CutPrefix(orders.Text(), "to "); ok {
				n.To(netip.MustParseAddrPort(to))
			} else {
				n.Forget()
			}
		}
	}()
	fmt.Println("ready")
	fmt.Println("error", n.Serve())
}

// branch is a site behind NAT: box (10.1.0.2) - NAT - centre (203.0.113.2), and a
// PC on the box's LAN. Nothing but the NAT's forwarding connects box and centre.
type branch struct {
	*site
	nat, centreHost, pc *exec.Cmd
	orders              io.Writer // to the NAT
	centre              *exec.Cmd
	key                 wgtypes.Key // the centre's
	preshared           string      // base64
	iface               string
}

const uplinkSettings = `
general:
  base_storage_dir: %s
auth: {host: 127.0.0.1, port: 9497, username: provbox, password: secret}
rest_api: {interface: IFACE}
uplink:
  enabled: true
  interface: IFACE
  address: 10.9.0.2/32
  peers:
    - {public_key: "KEY", endpoint: "ENDPOINT", allowed_ips: [10.9.0.0/24], keepalive: 1s}
dhcp:
  mode: server
  interfaces:
    - name: lan0
      subnets: [{subnet: 192.168.77.0/24, pools: [{start: 192.168.77.50, end: 192.168.77.99}], router: 192.168.77.1}]
`

// newBranch makes the branch without starting the box. The NAT listens for the box
// at inside.
func newBranch(t *testing.T, endpoint, inside string) *branch {
	t.Helper()
	needs(t, "curl", "ip", "nsenter")
	if f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		t.Skipf("no tun devices here: %v", err)
	} else {
		_ = f.Close() // only tried
	}
	key, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	b := &branch{key: key}
	// Interfaces in user space have sockets of their name in one folder of the
	// machine: the name is one that no other test has.
	text := strings.NewReplacer("KEY", key.PublicKey().String(), "ENDPOINT", endpoint).Replace(uplinkSettings)
	b.site = newLAN(t, text)
	b.iface = fmt.Sprintf("wgt%d", b.switchHost.Process.Pid)
	b.edit("IFACE", b.iface)
	// A box that is killed leaves it. (It is gone as a rule.)
	t.Cleanup(func() { _ = os.Remove(filepath.Join("/var/run/wireguard", b.iface+".sock")) })
	b.nat, b.centreHost = b.idle(), b.idle()
	box, nat, centre := b.switchHost.Process.Pid, b.nat.Process.Pid, b.centreHost.Process.Pid
	for _, err := range []error{
		lan.Bridge(nat, "inside", netip.MustParsePrefix("10.1.0.1/24")),
		lan.Bridge(nat, "outside", netip.MustParsePrefix("203.0.113.1/24")),
		lan.Plug(nat, "inside", box, "52:54:00:00:00:02"),
		lan.Plug(nat, "outside", centre, "52:54:00:00:00:03"),
		lan.SetAddr(box, "eth0", netip.MustParsePrefix("10.1.0.2/24")),
		lan.SetAddr(centre, "eth0", netip.MustParsePrefix("203.0.113.2/24")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.pc = b.phone("52:54:00:00:00:04")
	if err := lan.SetAddr(b.pc.Process.Pid, "eth0", netip.MustParsePrefix("192.168.77.20/24")); err != nil {
		t.Fatal(err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = in.Close(), out.Close() })
	b.orders = out
	b.play(b.nat, "nat", in, natVar+"="+inside+" 203.0.113.2:51820")
	return b
}

// edit replaces text in the settings file.
func (b *branch) edit(old, text string) {
	b.t.Helper()
	data, err := os.ReadFile(b.settings)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.settings, []byte(strings.ReplaceAll(string(data), old, text)), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *branch) order(text string) {
	b.t.Helper()
	if _, err := io.WriteString(b.orders, text+"\n"); err != nil {
		b.t.Fatal(err)
	}
}

var publicKey = regexp.MustCompile(`public_key="?([A-Za-z0-9+/]{43}=)`)

// boxKey is what the box shows for the centre to be told.
func (b *branch) boxKey() string {
	b.t.Helper()
	var key string
	b.eventually("the public key in the log", func() error {
		m := publicKey.FindStringSubmatch(b.log.String())
		if m == nil {
			return fmt.Errorf("none in:\n%s", b.log)
		}
		key = m[1]
		return nil
	})
	return key
}

// startCentre starts the other end, which knows the box by this key.
func (b *branch) startCentre(box string) {
	b.t.Helper()
	part, err := json.Marshal(uplinktest.Centre{
		Interface: fmt.Sprintf("wgc%d", b.centreHost.Process.Pid), Address: "10.9.0.1/24", Port: 51820,
		PrivateKey: b.key.String(), Box: box, BoxAddress: "10.9.0.2/32", Preshared: b.preshared,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.centre, _ = b.play(b.centreHost, "centre", nil, centreVar+"="+string(part))
}

// patience is how long something that has to happen may take. The longest that is
// waited for is a box noticing that its centre has restarted.
const patience = 4 * time.Minute

func (b *branch) eventually(what string, check func() error) {
	b.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
	}
	b.t.Fatalf("%s: %v\nbox:\n%s", what, err, b.log)
}

// fromCentre calls the REST API through the tunnel.
func (b *branch) fromCentre(path string) (string, error) {
	out, err := b.try(b.centreHost, "curl", "-sS", "-m", "3", "-f", "-H", "X-Auth-Token: root", "http://10.9.0.2:8666/0.2"+path)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return out, nil
}

func (b *branch) reachable(when string) {
	b.t.Helper()
	b.eventually("REST through the tunnel, "+when, func() error {
		_, err := b.fromCentre("/status")
		return err
	})
}

func (b *branch) ip(args ...string) string {
	b.t.Helper()
	return b.run(b.switchHost, "ip", args...)
}

// privateKey is the content of the key file, which nobody else may read.
func (b *branch) privateKey() string {
	b.t.Helper()
	file := filepath.Join(b.dir, "data", "uplink", "uplink.key")
	info, err := os.Stat(file)
	if err != nil {
		b.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		b.t.Errorf("%s has mode %v", file, info.Mode())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

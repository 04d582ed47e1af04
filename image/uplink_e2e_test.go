//go:build e2e

package image_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"provbox/appliance/central/centraltest"
	"provbox/appliance/uplink/uplinktest"
	"provbox/image"
)

// centreVar makes the test binary, run again in a namespace, the centre that it
// describes as JSON.
const centreVar = "PROVBOX_TEST_CENTRE"

func TestMain(m *testing.M) {
	if part := os.Getenv(centreVar); part != "" {
		fmt.Fprintln(os.Stderr, playCentre(part))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// playCentre is one end of the tunnel with a central stack that is in it alone.
func playCentre(part string) error {
	var c uplinktest.Centre
	if err := json.Unmarshal([]byte(part), &c); err != nil {
		return err
	}
	if err := c.Run(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "10.9.0.1:9497")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return (&http.Server{Handler: centraltest.New(), ReadHeaderTimeout: time.Second}).Serve(l)
}

const uplinkSettings = `
general: {base_storage_dir: /perm/provbox}
network: {interfaces: [{name: eth0, address: 192.168.77.1/24}]}
auth: {host: 10.9.0.1, port: 9497, username: provbox, password: secret}
rest_api: {interface: wg0}
uplink:
  enabled: true
  address: 10.9.0.2/32
  peers: [{public_key: %q, endpoint: "192.168.77.2:51820", allowed_ips: [10.9.0.0/24], keepalive: 1s}]
`

var shownKey = regexp.MustCompile(`public_key="?([A-Za-z0-9+/]{43}=)`)

// TestUplink boots the image with a tunnel, which is the kernel's there, and calls
// its REST API from the other end; the box asks the central stack through it.
func TestUplink(t *testing.T) {
	needs(t)
	if f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		t.Skipf("skipped: no tun devices here: %v", err)
	} else {
		_ = f.Close() // only tried
	}
	key, err := wgtypes.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(settings, fmt.Appendf(nil, uplinkSettings, key.PublicKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	disk := filepath.Join(t.TempDir(), "disk.img")
	if err := image.Pack(t.Context(), image.Options{
		Root: root, Board: "amd64", Out: disk, Version: "e2e", Settings: settings, Packages: []string{"provbox/image/consolelog"},
	}); err != nil {
		t.Fatal(err)
	}
	out := new(console)
	t.Cleanup(func() { out.show(t) })
	lan := newLAN(t)
	centre := lan.newPhone(t, "00:15:65:aa:bb:09", "")
	centre.must(t, "ip", "addr", "add", "192.168.77.2/24", "dev", "eth0")

	box := lan.boot(t, disk, out)
	out.await(t, "kind=kernel")
	startCentre(t, centre, key, out.key(t))
	if got := state(t, centre); got.State != "connected" || got.Kind != "kernel" || got.Error != "" {
		t.Errorf("uplink: %+v", got)
	}
	_, err = centre.try(t, "curl", "--silent", "--noproxy", "*", "--max-time", "60", "http://192.168.77.1:8666/0.2/status")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 { // cannot connect
		t.Errorf("REST from the LAN: %v", err)
	}

	before := out.key(t)
	box.cutPower()
	lan.boot(t, disk, out)
	out.await(t, "kind=kernel")
	if again := out.key(t); again != before {
		t.Fatalf("after a power cut the key is %s and was %s", again, before)
	}
	if got := state(t, centre); got.State != "connected" {
		t.Errorf("uplink after a power cut: %+v", got)
	}
}

// patience is how long a box may take for what takes minutes on a busy machine: the
// first boot formats its disk. It is only reached when the test fails.
const patience = 8 * time.Minute

// await returns when the running box has said something.
func (c *console) await(t *testing.T, text string) {
	t.Helper()
	c.mu.Lock()
	told := make(chan struct{})
	if bytes.Contains(c.text[c.from:], []byte(text)) {
		close(told)
	} else {
		c.waiting[text] = told
	}
	c.mu.Unlock()
	select {
	case <-told:
	case <-time.After(patience):
		t.Fatalf("the box has not said %q", text)
	}
}

// key is the public key that the running box has shown.
func (c *console) key(t *testing.T) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	m := shownKey.FindSubmatch(c.text[c.from:])
	if m == nil {
		t.Fatal("the box has shown no public key")
	}
	return string(m[1])
}

func startCentre(t *testing.T, host *phone, key wgtypes.Key, box string) {
	t.Helper()
	part, err := json.Marshal(uplinktest.Centre{
		Interface: "wgc0", Address: "10.9.0.1/24", Port: 51820, PrivateKey: key.String(), Box: box, BoxAddress: "10.9.0.2/32",
	})
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := host.command(t.Context(), self)
	cmd.Env = append(os.Environ(), centreVar+"="+string(part))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have failed
		_ = cmd.Wait()
	})
}

type uplinkState struct{ State, Kind, Error string }

// state asks the box through the tunnel, which takes a while to come up.
func state(t *testing.T, centre *phone) uplinkState {
	t.Helper()
	var answer struct{ Uplink uplinkState }
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Second) {
		var out string
		out, err = centre.try(t, "curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "5",
			"--header", "X-Auth-Token: root", "http://10.9.0.2:8666/0.2/uplink")
		if err != nil {
			continue
		}
		if err = json.NewDecoder(strings.NewReader(out)).Decode(&answer); err == nil && answer.Uplink.State == "connected" {
			break
		}
	}
	if err != nil {
		t.Fatalf("REST through the tunnel: %v", err)
	}
	return answer.Uplink
}

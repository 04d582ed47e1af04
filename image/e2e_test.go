//go:build e2e

package image_test

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"provbox/appliance/perm"
	"provbox/image"
)

const (
	yealinkClass = "yealink"
	yealinkAgent = "Yealink SIP-T46S 66.85.0.5 "
	// The zero byte is part of what the phone sends.
	ciscoClass = "Cisco Systems, Inc. IP Phone CP-7960G\x00"
)

// TestImage boots the image for PCs four times from one disk and provisions
// phones from it with stock programs: a first boot, one after a power cut, one
// with settings of its own on /perm, and one with a damaged /perm.
func TestImage(t *testing.T) {
	needs(t)
	disk := pack(t)
	part := permOf(t, disk)
	if got := part.content(t); got != perm.Blank {
		t.Fatalf("/perm of a new image holds %v, want it blank", got)
	}
	out := new(console)
	t.Cleanup(func() { out.show(t) })

	net := newLAN(t)
	yealink := net.newPhone(t, "00:15:65:aa:bb:01", yealinkClass)
	cisco := net.newPhone(t, "00:1b:54:aa:bb:02", ciscoClass)

	t.Log("first boot: /perm is formatted, phones get addresses and files")
	box := net.boot(t, disk, out)
	first := lookYealink(t, yealink, "192.168.77.1")
	second := lookCisco(t, cisco, "192.168.77.1")
	if first["domain"] != "factory.example.org" {
		t.Errorf("domain is %q, want the one of the settings in the image", first["domain"])
	}
	closedDoors(t, yealink, "192.168.77.1")
	claim(t, yealink, out, "192.168.77.1")
	box.cutPower()
	if got := part.content(t); got != perm.Ext {
		t.Fatalf("after the first boot /perm holds %v, want %v", got, perm.Ext)
	}
	id := part.uuid(t)

	t.Log("second boot, after a power cut: leases are known, /perm is kept")
	box = net.boot(t, disk, out)
	// In the other order, so that a server that has forgotten does not give the
	// same addresses by counting.
	if again := lookCisco(t, cisco, "192.168.77.1"); again["ip"] != second["ip"] {
		t.Errorf("Cisco phone has %s after the power cut and had %s", again["ip"], second["ip"])
	}
	again := lookYealink(t, yealink, "192.168.77.1")
	if again["ip"] != first["ip"] || again["reason"] != "REBOOT" {
		t.Errorf("Yealink phone has %s (%s) after the power cut and had %s; want the box to confirm it",
			again["ip"], again["reason"], first["ip"])
	}
	box.pressPower(t)
	if got := part.uuid(t); got != id {
		t.Errorf("/perm has the file system %s and had %s: it was formatted again", got, id)
	}
	part.e2fs(t, "e2fsck", "-fn")

	t.Log("third boot, with settings on /perm: they hold")
	part.e2fs(t, "debugfs", "-w", "-R", "write testdata/e2e-perm.yml provbox/config.yml")
	box = net.boot(t, disk, out)
	if lease := lookYealink(t, yealink, "192.168.77.3"); lease["domain"] != "branch.example.org" {
		t.Errorf("domain is %q, want the one of the settings on /perm", lease["domain"])
	}
	box.pressPower(t)

	t.Log("fourth boot, with a damaged /perm: it is left alone and the console says so")
	// A byte of the superblock's volume name, so that its checksum is wrong.
	part.flip(t, 1024+120)
	damaged := part.sum(t)
	net.bootUntil(t, disk, out, perm.ErrDamaged.Error()).cutPower()
	if part.sum(t) != damaged {
		t.Error("the damaged /perm has changed")
	}
}

// lookYealink boots a Yealink phone from the box and returns its lease.
func lookYealink(t *testing.T, p *phone, box string) map[string]string {
	t.Helper()
	lease := p.dhclient(t)
	lookLease(t, p, lease, box)
	if want := "http://" + box + ":8667"; lease["tftp"] != want {
		t.Errorf("Yealink phone got option 66 %q, want %q", lease["tftp"], want)
	}
	status, body := p.httpGet(t, yealinkAgent+p.mac, "http://"+box+":8667/"+p.macName()+".cfg")
	if status != "200" || !strings.Contains(body, "e2e-autoprov") {
		t.Errorf("Yealink phone got status %s and a file without the autoprov account:\n%s", status, body)
	}
	return lease
}

// lookCisco boots a Cisco phone from the box and returns its lease.
func lookCisco(t *testing.T, p *phone, box string) map[string]string {
	t.Helper()
	lease := p.udhcpc(t)
	lookLease(t, p, lease, box)
	if lease["tftp"] != box {
		t.Errorf("Cisco phone got option 66 %q, want %q", lease["tftp"], box)
	}
	name := "SEP" + strings.ToUpper(p.macName()) + ".cnf.xml"
	if body := p.tftpGet(t, box, name); !strings.Contains(body, "<device") {
		t.Errorf("Cisco phone got a %s that is none:\n%s", name, body)
	}
	return lease
}

func lookLease(t *testing.T, p *phone, lease map[string]string, box string) {
	t.Helper()
	ip, err := netip.ParseAddr(lease["ip"])
	if err != nil || ip.Less(netip.MustParseAddr("192.168.77.50")) || netip.MustParseAddr("192.168.77.199").Less(ip) {
		t.Errorf("%s got the address %q, want one of the pool", p.mac, lease["ip"])
	}
	if lease["serverid"] != box || lease["router"] != "192.168.77.254" {
		t.Errorf("%s got server %q and router %q, want %s and 192.168.77.254", p.mac, lease["serverid"], lease["router"], box)
	}
}

// closedDoors looks for what must not be open to the LAN.
func closedDoors(t *testing.T, p *phone, box string) {
	t.Helper()
	// gokrazy's page, with which anybody could replace the software.
	for _, path := range []string{"/status", "/update/features", "/log?path=/user/provbox&stream=stderr"} {
		out, err := p.try(t, "curl", "--silent", "--noproxy", "*", "--max-time", "5", "http://"+box+path)
		if err == nil && (strings.Contains(out, "gokrazy") || strings.Contains(out, "partuuid")) {
			t.Errorf("gokrazy answers the LAN on port 80:\n%.300s", out)
		}
	}
	if status, _ := p.httpGet(t, "curl", "http://"+box+":8666/0.2/dev_mgr/devices"); status != "401" {
		t.Errorf("REST without a token answers %s, want 401", status)
	}
}

// claim makes the box the tester's, with the code that its console shows.
func claim(t *testing.T, p *phone, out *console, box string) {
	t.Helper()
	code := out.find(regexp.MustCompile(`Provbox: http://` + regexp.QuoteMeta(box) + `/  claim code ([0-9A-Z]{4}-[0-9A-Z]{4})`))
	if code == "" {
		t.Error("the console shows no claim code")
		return
	}
	const password = "correct horse battery"
	answer, err := p.try(t, "curl", "--silent", "--noproxy", "*", "--max-time", "30", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}",
		"--data", "code="+code, "--data-urlencode", "password="+password, "--data-urlencode", "again="+password, "http://"+box+"/claim")
	if want := "303 http://" + box + "/"; err != nil || answer != want {
		t.Errorf("claiming the box with %s answers %q (%v), want %q", code, answer, err, want)
	}
}

// needs skips the test with one line where it cannot run.
func needs(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("skipped: needs root, for a network of its own")
	}
	for program, pkg := range map[string]string{
		"qemu-system-x86_64": "qemu-system-x86", "ip": "iproute2", "nsenter": "util-linux", "udhcpc": "udhcpc", "dhclient": "isc-dhcp-client",
		"curl": "curl", "tftp": "tftp-hpa", "e2fsck": "e2fsprogs", "debugfs": "e2fsprogs",
	} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: needs %s (Debian package %s)", program, pkg)
		}
	}
}

// pack builds the image with the settings of the test.
func pack(t *testing.T) (disk string) {
	t.Helper()
	disk = filepath.Join(t.TempDir(), "disk.img")
	err := image.Pack(t.Context(), image.Options{
		Root: root, Board: "amd64", Out: disk, Version: "e2e",
		Settings: filepath.Join("testdata", "e2e.yml"),
		Packages: []string{"provbox/image/consolelog"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

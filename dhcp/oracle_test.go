package dhcp

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"provbox/dhcp/message"
	"provbox/dhcp/option"
)

// oracleEnv turns the test binary into the client of TestBesideDnsmasq; its
// value is the interface.
const oracleEnv = "PROVBOX_TEST_DHCP_ORACLE"

// asked is one request of the comparison.
type asked struct {
	name        string
	mac         string
	class, user string
	params      []byte
	discover    bool // a DISCOVER instead of an INFORM
}

// oracleCases are phones of every kind of rule, and two that are none.
func oracleCases() []asked {
	all := []byte{1, 3, 6, 15, 28, 42, 43, 66, 67, 114, 150, 160}
	some := []byte{66, 3, 43}
	var out []asked
	for _, c := range []asked{
		{name: "yealink", mac: "00:15:65", class: "yealink"},
		{name: "yealink block", mac: "00:15:65"},
		{name: "yealink class", mac: "02:00:00", class: "yealink"},
		{name: "snom300", mac: "02:00:00", class: "snom300"},
		{name: "snom block", mac: "00:04:13"},
		{name: "snom new", mac: "00:04:13", class: "snomD999"},
		{name: "cisco 7941", mac: "02:00:00", class: "Cisco Systems, Inc. IP Phone CP-7941G\x00"},
		{name: "cisco new", mac: "02:00:00", class: "Cisco Systems, Inc. IP Phone CP-9999"},
		{name: "cisco plain", mac: "02:00:00", class: "Cisco Systems, Inc."},
		{name: "cisco mpp", mac: "02:00:00", class: "Cisco Systems, Inc. IP Phone CP-7821-3PCC\x00"},
		{name: "cisco mpp new", mac: "02:00:00", class: "Cisco Systems, Inc. IP Phone CP-9871-3PCC"},
		{name: "spa", mac: "02:00:00", class: "Cisco SPA525G2"},
		{name: "ata", mac: "02:00:00", class: "CISCO ATA190"},
		{name: "aastra", mac: "00:08:5d", class: "AastraIPPhone6757i"},
		{name: "aastra new", mac: "00:08:5d", class: "AastraIPPhone6999i"},
		{name: "aastra block", mac: "08:00:0f", class: "other"},
		{name: "mitel", mac: "14:00:e9", class: "MitelIPPhone"},
		{name: "noe", mac: "02:00:00", class: "alcatel.noe.0"},
		{name: "ale sip", mac: "02:00:00", class: "alcatel.sip.0"},
		{name: "ictouch", mac: "02:00:00", class: "ictouch.0"},
		{name: "polycom", mac: "00:04:f2", class: "Polycom-VVX"},
		{name: "gigaset", mac: "7c:2f:80"},
		{name: "gigaset class", mac: "02:00:00", class: "Gigaset_N720_DM_PRO"},
		{name: "grandstream", mac: "00:0b:82", class: "Grandstream GXP"},
		{name: "fanvil", mac: "00:a8:59"},
		{name: "panasonic", mac: "02:00:00", class: "Panasonic"},
		{name: "patton", mac: "00:a0:ba"},
		{name: "patton class", mac: "00:a0:ba", class: "SN4112/JS"},
		{name: "nortel sip", mac: "02:00:00", class: "Nortel-SIP-Phone"},
		{name: "nortel", mac: "02:00:00", class: "Nortel-i2004-A"},
		{name: "thomson", mac: "02:00:00", user: "Thomson ST2030S"},
		{name: "swissvoice", mac: "00:05:90"},
		{name: "digium", mac: "02:00:00", class: "digium_D40_1_1"},
		{name: "audiocodes", mac: "00:90:8f"},
		{name: "pc", mac: "02:00:00", class: "MSFT 5.0"},
		{name: "printer", mac: "02:00:00"},
	} {
		for i, p := range [][]byte{all, some} {
			d := c
			d.params = p
			d.mac += fmt.Sprintf(":00:%02x:%02x", i, len(out))
			d.name += []string{", all", ", some"}[i]
			out = append(out, d)
		}
	}
	for i := range 6 {
		d := out[i*10]
		d.name, d.discover = strings.Replace(d.name, ",", " discovers,", 1), true
		out = append(out, d)
	}
	return out
}

// packet is an INFORM mostly, so that no lease comes between the cases.
func (a asked) packet() []byte {
	mac, _ := net.ParseMAC(a.mac)
	r := req{t: message.Inform, mac: mac, ciaddr: "10.0.0.77", opts: []message.Option{{Code: 55, Data: a.params}}}
	if a.discover {
		r.t, r.ciaddr, r.flags = message.Discover, "", message.FlagBroadcast
	}
	if a.class != "" {
		r.opts = append(r.opts, message.Option{Code: 60, Data: []byte(a.class)})
	}
	if a.user != "" {
		r.opts = append(r.opts, message.Option{Code: 77, Data: []byte(a.user)})
	}
	return r.bytes()
}

// told is an answer as text by option; header fields are options without a
// number.
type told map[string]string

// TestNamespaceOracle is not a test: it asks a server everything and prints
// what it was told.
func TestNamespaceOracle(t *testing.T) {
	name := os.Getenv(oracleEnv)
	if name == "" {
		t.Skip("only runs as the client of TestBesideDnsmasq")
	}
	conn, err := net.ListenPacket("udp4", "0.0.0.0:68")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), name) })
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	for i, a := range oracleCases() {
		p := a.packet()
		p[7] = byte(i)
		var got told
		for try := 0; got == nil && try < 3; try++ {
			if _, err := conn.WriteTo(p, &net.UDPAddr{IP: net.IP{10, 0, 0, 2}, Port: 67}); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			for {
				n, _, err := conn.ReadFrom(buf)
				if err != nil {
					break
				}
				if m, err := message.ParseReply(buf[:n]); err == nil && m.XID&0xff == uint32(i) {
					got = tellOf(buf[:n], m)
					break
				}
			}
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("told %s\n", b)
	}
}

func tellOf(raw []byte, m *message.Message) told {
	out := told{}
	for _, o := range m.Options {
		out[fmt.Sprint(o.Code)] = hex.EncodeToString(o.Data)
	}
	if s := netip.AddrFrom4([4]byte(raw[20:24])); !s.IsUnspecified() {
		out["siaddr"] = s.String()
	}
	if f := strings.TrimRight(string(raw[108:236]), "\x00"); f != "" {
		out["file"] = f
	}
	if f := strings.TrimRight(string(raw[44:108]), "\x00"); f != "" {
		out["sname"] = f
	}
	return out
}

// difference is one option that two servers do not say the same of.
type difference struct{ name, option, ours, theirs string }

func (d difference) String() string {
	return fmt.Sprintf("%s: option %s: ours %q, theirs %q", d.name, d.option, d.ours, d.theirs)
}

func differ(name string, ours, theirs told) []difference {
	keys := slices.Concat(slices.Collect(maps.Keys(ours)), slices.Collect(maps.Keys(theirs)))
	slices.Sort(keys)
	var out []difference
	for _, k := range slices.Compact(keys) {
		if ours[k] != theirs[k] {
			out = append(out, difference{name, k, ours[k], theirs[k]})
		}
	}
	return out
}

// allowed are the differences that are meant, each with its reason.
var allowed = []struct {
	reason string
	match  func(difference) bool
}{
	{"66, 67: dnsmasq ends the text with a NUL byte, which RFC 2132 section 2 advises against", func(d difference) bool {
		return (d.option == "66" || d.option == "67") && d.theirs == d.ours+"00"
	}},
	{"siaddr: dnsmasq names itself as the next server; we name one only where a rule says so", func(d difference) bool {
		return d.option == "siaddr" && d.ours == "" && d.theirs == "10.0.0.2"
	}},
	{"file: dnsmasq has one boot file, in option 67 for who asks for that and in the header for who does not; a rule says which it is", func(d difference) bool {
		return strings.HasPrefix(d.name, "noe, all") && (d.option == "67" || d.option == "file") || d.name == "swissvoice, some" && d.option == "file"
	}},
	{"28: dnsmasq sends the broadcast address unasked; RFC 2132 section 9.8 has the client's list decide", func(d difference) bool {
		return d.option == "28" && d.ours == "" && strings.HasSuffix(d.name, ", some")
	}},
}

// Test A5: dnsmasq with the exported rules tells phones what we tell them.
func TestBesideDnsmasq(t *testing.T) {
	if _, err := exec.LookPath("dnsmasq"); err != nil {
		t.Skip("dnsmasq is not installed")
	}
	l := newLAN(t)
	l.must("ip", "-n", l.ns("c"), "addr", "add", "10.0.0.77/24", "dev", "phone0")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ask := func() []told {
		ctx, cancel := context.WithTimeout(l.ctx, time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "ip", "netns", "exec", l.ns("c"), exe, "-test.run=^TestNamespaceOracle$")
		cmd.Env = append(os.Environ(), oracleEnv+"=phone0")
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		var out []told
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "told "); ok {
				var a told
				if err := json.Unmarshal([]byte(rest), &a); err != nil {
					t.Fatal(err)
				}
				out = append(out, a)
			}
		}
		return out
	}
	t.Setenv(helperEnv+"_ALL", "1")
	l.serve()
	ours := ask()
	l.crash()

	rules, err := option.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	text, err := rules.Export("dnsmasq", testConfig().Values(netip.Prefix{}, ip("10.0.0.2")))
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(l.dir, "dnsmasq.conf")
	text += `
port=0
interface=eth0
bind-interfaces
user=root
dhcp-authoritative
no-ping
dhcp-range=10.0.0.50,10.0.0.59,255.255.255.0,1h
dhcp-option=3,10.0.0.1
dhcp-option=6,10.0.0.1,10.0.0.2
dhcp-option=15,branch.example.org
dhcp-option=42,10.0.0.1
dhcp-leasefile=` + filepath.Join(l.dir, "dnsmasq.leases") + "\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, _ := l.program("s", "dnsmasq", "-k", "--log-facility=-", "-C", conf)
	l.await(log, "sockets bound exclusively")
	theirs := ask()

	cases := oracleCases()
	if len(ours) != len(cases) || len(theirs) != len(cases) {
		t.Fatalf("%d and %d answers to %d requests", len(ours), len(theirs), len(cases))
	}
	used := make([]int, len(allowed))
	for i, c := range cases {
		if ours[i] == nil || theirs[i] == nil {
			t.Errorf("%s: no answer: ours %v, theirs %v", c.name, ours[i], theirs[i])
			continue
		}
		for _, d := range differ(c.name, ours[i], theirs[i]) {
			known := false
			for n, a := range allowed {
				if a.match(d) {
					known = true
					used[n]++
				}
			}
			if !known {
				t.Error(d)
			}
		}
	}
	t.Logf("%d requests", len(cases))
	for n, a := range allowed {
		t.Logf("%d answers differ in %s", used[n], a.reason)
		if used[n] == 0 {
			t.Errorf("no answer differs in %q any more: take it from the list", a.reason)
		}
	}
}

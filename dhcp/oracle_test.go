package dhcp

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"provbox/dhcp/message"
)

// oracleEnv turns the test binary into the client of TestBesideOtherServers; its
// value is the file of the requests.
const oracleEnv = "PROVBOX_TEST_DHCP_ORACLE"

// asked is one request of the comparison; what is empty is not sent.
type asked struct {
	Name        string
	MAC         string
	Class, User string
	Host        string // option 12
	Agent, Own  []byte // options 82 and 43
	Params      []byte
	Discover    bool // a DISCOVER instead of an INFORM
	// Maybe says that no answer is one: a phone asks after it, and what did
	// not come before that one's answer does not come.
	Maybe bool
}

var (
	askAll  = []byte{1, 3, 6, 15, 28, 42, 43, 66, 67, 114, 150, 160}
	askSome = []byte{66, 3, 43}
	askWide = append(askAll[:len(askAll):len(askAll)], 2, 19, 26, 44, 63, 69, 70, 81, 100, 119, 120, 121, 124, 125, 128, 132, 176, 242, 252)
)

// oracleCases are phones of every kind of rule, and two that are none.
func oracleCases() []asked {
	var out []asked
	for _, c := range []asked{
		{Name: "yealink", MAC: "00:15:65", Class: "yealink"},
		{Name: "yealink block", MAC: "00:15:65"},
		{Name: "yealink class", MAC: "02:00:00", Class: "yealink"},
		{Name: "snom300", MAC: "02:00:00", Class: "snom300"},
		{Name: "snom block", MAC: "00:04:13"},
		{Name: "snom new", MAC: "00:04:13", Class: "snomD999"},
		{Name: "cisco 7941", MAC: "02:00:00", Class: "Cisco Systems, Inc. IP Phone CP-7941G\x00"},
		{Name: "cisco new", MAC: "02:00:00", Class: "Cisco Systems, Inc. IP Phone CP-9999"},
		{Name: "cisco plain", MAC: "02:00:00", Class: "Cisco Systems, Inc."},
		{Name: "cisco mpp", MAC: "02:00:00", Class: "Cisco Systems, Inc. IP Phone CP-7821-3PCC\x00"},
		{Name: "cisco mpp new", MAC: "02:00:00", Class: "Cisco Systems, Inc. IP Phone CP-9871-3PCC"},
		{Name: "spa", MAC: "02:00:00", Class: "Cisco SPA525G2"},
		{Name: "ata", MAC: "02:00:00", Class: "CISCO ATA190"},
		{Name: "aastra", MAC: "00:08:5d", Class: "AastraIPPhone6757i"},
		{Name: "aastra new", MAC: "00:08:5d", Class: "AastraIPPhone6999i"},
		{Name: "aastra block", MAC: "08:00:0f", Class: "other"},
		{Name: "mitel", MAC: "14:00:e9", Class: "MitelIPPhone"},
		{Name: "noe", MAC: "02:00:00", Class: "alcatel.noe.0"},
		{Name: "ale sip", MAC: "02:00:00", Class: "alcatel.sip.0"},
		{Name: "ictouch", MAC: "02:00:00", Class: "ictouch.0"},
		{Name: "polycom", MAC: "00:04:f2", Class: "Polycom-VVX"},
		{Name: "gigaset", MAC: "7c:2f:80"},
		{Name: "gigaset class", MAC: "02:00:00", Class: "Gigaset_N720_DM_PRO"},
		{Name: "grandstream", MAC: "00:0b:82", Class: "Grandstream GXP"},
		{Name: "fanvil", MAC: "00:a8:59"},
		{Name: "panasonic", MAC: "02:00:00", Class: "Panasonic"},
		{Name: "patton", MAC: "00:a0:ba"},
		{Name: "patton class", MAC: "00:a0:ba", Class: "SN4112/JS"},
		{Name: "nortel sip", MAC: "02:00:00", Class: "Nortel-SIP-Phone"},
		{Name: "nortel", MAC: "02:00:00", Class: "Nortel-i2004-A"},
		{Name: "thomson", MAC: "02:00:00", User: "Thomson ST2030S"},
		{Name: "swissvoice", MAC: "00:05:90"},
		{Name: "digium", MAC: "02:00:00", Class: "digium_D40_1_1"},
		{Name: "audiocodes", MAC: "00:90:8f"},
		{Name: "pc", MAC: "02:00:00", Class: "MSFT 5.0"},
		{Name: "printer", MAC: "02:00:00"},
	} {
		for i, p := range [][]byte{askAll, askSome} {
			d := c
			d.Params = p
			d.MAC += fmt.Sprintf(":00:%02x:%02x", i, len(out))
			d.Name += []string{", all", ", some"}[i]
			out = append(out, d)
		}
	}
	for i := range 6 {
		d := out[i*10]
		d.Name, d.Discover = strings.Replace(d.Name, ",", " discovers,", 1), true
		out = append(out, d)
	}
	return out
}

// packet is an INFORM mostly, so that no lease comes between the cases.
func (a asked) packet() []byte {
	mac, _ := net.ParseMAC(a.MAC)
	r := req{t: message.Inform, mac: mac, ciaddr: "10.0.0.77", opts: []message.Option{{Code: 55, Data: a.Params}}}
	if a.Discover {
		r.t, r.ciaddr, r.flags = message.Discover, "", message.FlagBroadcast
	}
	for _, o := range []message.Option{{Code: 60, Data: []byte(a.Class)}, {Code: 77, Data: []byte(a.User)}, {Code: 12, Data: []byte(a.Host)}, {Code: 43, Data: a.Own}, {Code: 82, Data: a.Agent}} {
		if len(o.Data) > 0 {
			r.opts = append(r.opts, o)
		}
	}
	return r.bytes()
}

// told is an answer as text by option; header fields are options without a
// number.
type told map[string]string

// TestNamespaceOracle is not a test: it asks a server everything in a file and
// prints what it was told.
func TestNamespaceOracle(t *testing.T) {
	file := os.Getenv(oracleEnv)
	if file == "" {
		t.Skip("only runs as the client of TestBesideOtherServers")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []asked
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
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
	_ = raw.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), "phone0") })
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	for i, a := range cases {
		p := a.packet()
		binary.BigEndian.PutUint32(p[4:], uint32(i))
		var got told
		packets, last := [][]byte{p}, uint32(i)
		if a.Maybe {
			after := asked{MAC: "00:15:65:ff:ff:ff", Class: "yealink", Params: askAll, Discover: true}.packet()
			last |= 1 << 31
			binary.BigEndian.PutUint32(after[4:], last)
			packets = append(packets, after)
		}
		done := false
		for try := 0; !done && try < 30; try++ {
			for _, p := range packets {
				if _, err := conn.WriteTo(p, &net.UDPAddr{IP: net.IP{10, 0, 0, 2}, Port: 67}); err != nil {
					t.Fatal(err)
				}
			}
			_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			for !done {
				n, _, err := conn.ReadFrom(buf)
				if err != nil {
					break
				}
				m, err := message.ParseReply(buf[:n])
				if err == nil && m.XID == uint32(i) {
					got = tellOf(buf[:n], m)
				}
				done = err == nil && m.XID == last
			}
		}
		if a.Maybe && !done {
			t.Fatalf("%s: the phone that asked after it has no answer", a.Name)
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("told %s\n", b)
	}
}

// ask puts the requests to the server in the LAN; an answer that did not come
// is nil.
func (l *lanTest) ask(cases []asked) []told {
	l.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	text, err := json.Marshal(cases)
	if err != nil {
		l.t.Fatal(err)
	}
	file := filepath.Join(l.dir, "asked")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		l.t.Fatal(err)
	}
	cmd := l.command("c", exe, "-test.run=^TestNamespaceOracle$")
	cmd.Env = append(os.Environ(), oracleEnv+"="+file)
	said, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Fatalf("%v\n%s", err, said)
	}
	var out []told
	for line := range strings.Lines(string(said)) {
		if rest, ok := strings.CutPrefix(line, "told "); ok {
			var a told
			if err := json.Unmarshal([]byte(rest), &a); err != nil {
				l.t.Fatal(err)
			}
			out = append(out, a)
		}
	}
	if len(out) != len(cases) {
		l.t.Fatalf("%d answers to %d requests", len(out), len(cases))
	}
	return out
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
type difference struct {
	name, option, ours, theirs string
	asked                      bool // the client listed the option
}

func (d difference) String() string {
	return fmt.Sprintf("%s: option %s: ours %q, theirs %q", d.name, d.option, d.ours, d.theirs)
}

func differ(c asked, ours, theirs told) []difference {
	keys := slices.Concat(slices.Collect(maps.Keys(ours)), slices.Collect(maps.Keys(theirs)))
	slices.Sort(keys)
	var out []difference
	for _, k := range slices.Compact(keys) {
		if ours[k] != theirs[k] {
			out = append(out, difference{c.Name, k, ours[k], theirs[k], slices.ContainsFunc(c.Params, func(code byte) bool { return fmt.Sprint(code) == k })})
		}
	}
	return out
}

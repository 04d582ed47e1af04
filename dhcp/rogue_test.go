package dhcp

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

var rogueMAC = net.HardwareAddr{0x02, 0, 0, 0, 0, 0x99}

// offerTo is what another server answers to a question.
func offerTo(t *testing.T, asked []byte, kind message.Type, server, addr string) []byte {
	t.Helper()
	m, err := message.Parse(asked)
	if err != nil {
		t.Fatal(err)
	}
	r := &message.Reply{
		HType: 1, HLen: 6, XID: m.XID, CHAddr: m.CHAddr, Type: kind, YIAddr: ip(addr),
		Required: []message.Option{addrOpt(54, server)},
	}
	b, _ := r.Append(nil)
	return b
}

func TestRogueServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		asked := r.conn.Asked()
		if len(asked) != 2 {
			t.Fatalf("asked %d times at the start", len(asked))
		}
		m, err := message.Parse(asked[0])
		if err != nil || m.Type != message.Discover || !m.Broadcast() || [3]byte(m.CHAddr) != seekPrefix {
			t.Fatalf("question: %+v %v", m, err)
		}
		// Our own server is no answer to it, another box's question is.
		for _, b := range asked {
			r.conn.Deliver(b, wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast})
		}
		synctest.Wait()
		if got := r.replies(); len(got) != 0 {
			t.Errorf("answers its own question: %v", got)
		}
		r.conn.Answer(rogueMAC, ip("10.0.0.2"), offerTo(t, asked[0], message.Offer, "10.0.0.2", "10.0.0.50"))
		r.conn.Answer(rogueMAC, ip("10.0.0.9"), []byte("junk"))
		if got := r.Rogues(); len(got) != 0 {
			t.Errorf("reports itself, or junk: %v", got)
		}
		r.conn.Answer(rogueMAC, ip("10.0.0.9"), offerTo(t, asked[0], message.Offer, "10.0.0.9", "192.168.1.7"))
		r.conn.Answer(rogueMAC, ip("10.0.0.9"), offerTo(t, asked[0], message.Nak, "10.0.0.9", "0.0.0.0"))
		got := r.Rogues()
		if len(got) != 1 || got[0].String() != "DHCP server 10.0.0.9 at 10.0.0.9 (02:00:00:00:00:99) on eth0, which offers 192.168.1.7" {
			t.Errorf("found %v", got)
		}
		// Every five minutes, more or less; at most one question each time.
		questions := 0
		for range 60 {
			time.Sleep(time.Minute)
			questions += len(r.conn.Asked())
		}
		if questions < 20 || questions > 30 {
			t.Errorf("%d questions in an hour", questions)
		}
		if len(r.RogueChecked()) != 1 {
			t.Errorf("checked: %v", r.RogueChecked())
		}
		if got := r.Rogues(); len(got) != 0 {
			t.Errorf("still there an hour later: %v", got)
		}
		r.stop()
		for _, want := range []string{"SERVER||10.0.0.9|||heard a DHCP server 10.0.0.9", "SERVER||10.0.0.9|||not heard any more: DHCP server"} {
			if strings.Count(r.rec.lines(), want) != 1 {
				t.Errorf("journal lacks %q, or has it twice:\n%s", want, r.rec.lines())
			}
		}
		if !strings.Contains(r.log.String(), "another DHCP server answers") {
			t.Error("the log does not warn")
		}
	})
}

func TestRogueServersAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Mode = ModeObserve
		r := start(t, c, &memStore{})
		b, _ := question("x", 7)
		for i := range 1000 {
			a := netip.AddrFrom4([4]byte{10, 9, byte(i >> 8), byte(i)})
			r.conn.Answer(rogueMAC, a, offerTo(t, b, message.Ack, a.String(), "10.0.0.7"))
		}
		if n := len(r.Rogues()); n != maxRogues {
			t.Errorf("%d servers remembered", n)
		}
		time.Sleep(time.Hour)
		if n := len(r.conn.Asked()); n != 0 {
			t.Errorf("%d questions in observe mode, which sends nothing", n)
		}
		r.stop()
	})
}

// The check between real servers: ours and, where it is installed, dnsmasq.
func TestRogueOnALAN(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	l.serve()
	found := func(ns, dev string) string {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := l.command(ns, exe, "-test.run=^TestNamespaceSeeker$")
		cmd.Env = append(os.Environ(), seekEnv+"="+dev)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	// It looks for two seconds, in which a busy machine may not get to answer.
	find := func(ns, dev string, parts ...string) {
		t.Helper()
		var got string
		lacks := func(part string) bool { return !strings.Contains(got, part) }
		for end := time.Now().Add(patience); time.Now().Before(end); {
			if got = found(ns, dev); !slices.ContainsFunc(parts, lacks) {
				return
			}
		}
		t.Errorf("not all of %q is found:\n%s", parts, got)
	}
	find("r", "up0", "found DHCP server 10.0.0.2 at 10.0.0.2 (")
	if got := found("d", "phone0"); strings.Contains(got, "found") {
		t.Errorf("found where there is none:\n%s", got)
	}
	if _, err := exec.LookPath("dnsmasq"); err != nil {
		t.Skip("dnsmasq is not installed")
	}
	l.crash()
	log, _ := l.program("r", "dnsmasq", "-k", "--log-facility=-", "--log-dhcp", "--port=0", "--conf-file=/dev/null", "--interface=up0", "--bind-interfaces",
		"--dhcp-range=10.0.0.200,10.0.0.210,2m", "--no-ping", "--user=root", "--dhcp-leasefile="+filepath.Join(l.dir, "dnsmasq.leases"))
	l.await(log, "sockets bound exclusively")
	l.serve()
	// It asks first of all, so the answer may come before it is ready.
	heard := func(s string) bool { return strings.Contains(s, "event SERVER/ ") && strings.Contains(s, "10.0.0.1") }
	if !slices.ContainsFunc(l.early, heard) {
		l.await(l.journal, "event SERVER/ ", "10.0.0.1")
	}
	find("c", "phone0", "found DHCP server 10.0.0.1 at 10.0.0.1 (", "which offers 10.0.0.2")
	leases, _ := os.ReadFile(filepath.Join(l.dir, "dnsmasq.leases"))
	if len(leases) > 0 {
		t.Errorf("a lease was taken: %s", leases)
	}
}

// seekEnv turns the test binary into one that looks for servers on an
// interface of its namespace.
const seekEnv = "PROVBOX_TEST_DHCP_SEEK"

func TestNamespaceSeeker(t *testing.T) {
	name := os.Getenv(seekEnv)
	if name == "" {
		t.Skip("only runs as a part of TestRogueOnALAN")
	}
	found, err := FindServers(name, 2*time.Second, rand.Uint64)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range found {
		fmt.Println("found", r)
	}
}

func TestNoRogueCheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.RogueCheck = -1
		r := start(t, c, &memStore{})
		time.Sleep(time.Hour)
		if len(r.conn.Asked()) != 0 || len(r.RogueChecked()) != 0 {
			t.Error("asked all the same")
		}
		r.stop()
	})
}

package dhcp

import (
	"encoding/json"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provbox/dhcp/message"
	"provbox/dhcp/option"
)

// peer is another DHCP server that can take our rules.
type peer struct {
	program string // as it is called on PATH
	format  string // of Export
	// config completes the exported rules to a configuration whose subnet is
	// that of testConfig, for phones only if closed.
	config func(dir, rules string, closed bool) (string, error)
	start  func(dir, conf string) []string
	ready  string // what it says once it answers
	begins bool   // it cannot test for a whole value
	// allowed are the differences that are meant.
	allowed []reason
}

// reason excuses the differences that match.
type reason struct {
	why   string
	match func(difference) bool
}

var peers = []peer{
	{
		program: "dnsmasq", format: "dnsmasq", begins: true, ready: "sockets bound exclusively",
		config: func(dir, rules string, closed bool) (string, error) {
			addresses := "10.0.0.100,10.0.0.250,255.255.255.0"
			if closed {
				addresses = "tag:provbox,10.0.100.0,10.0.119.250,255.255.0.0"
			}
			return rules + `
port=0
interface=eth0
bind-interfaces
user=root
dhcp-authoritative
no-ping
dhcp-range=` + addresses + `,1h
dhcp-option=3,10.0.0.1
dhcp-option=6,10.0.0.1,10.0.0.2
dhcp-option=15,branch.example.org
dhcp-option=42,10.0.0.1
dhcp-leasefile=` + filepath.Join(dir, "dnsmasq.leases") + "\n", nil
		},
		start: func(_, conf string) []string { return []string{"dnsmasq", "-k", "--log-facility=-", "-C", conf} },
		allowed: []reason{
			{"66, 67: dnsmasq ends the text with a NUL byte, which RFC 2132 section 2 advises against", func(d difference) bool {
				return (d.option == "66" || d.option == "67") && d.theirs == d.ours+"00"
			}},
			{"siaddr: dnsmasq names itself as the next server; we name one only where a rule says so", func(d difference) bool {
				return d.option == "siaddr" && d.ours == "" && d.theirs == "10.0.0.2"
			}},
			{"file: dnsmasq has one boot file, in option 67 for who asks for that and in the header for who does not; a rule says which it is", func(d difference) bool {
				return d.option == "67" || d.option == "file"
			}},
			{"dnsmasq cannot test for a whole value, as the export says", func(d difference) bool {
				return strings.HasSuffix(d.name, longer)
			}},
			{"28: dnsmasq sends the broadcast address unasked; RFC 2132 section 9.8 has the client's list decide", func(d difference) bool {
				return d.option == "28" && d.ours == "" && !d.asked
			}},
		},
	},
	{
		program: "dhcpd", format: "isc", ready: "Server starting service",
		config: func(dir, rules string, closed bool) (string, error) {
			mask, pool := "255.255.255.0", "range 10.0.0.100 10.0.0.250;"
			if closed {
				mask, pool = "255.255.0.0", `range 10.0.100.0 10.0.119.250; allow members of "provbox-phones";`
			}
			return rules + `
authoritative;
ping-check false;
default-lease-time 3600;
subnet 10.0.0.0 netmask ` + mask + ` {
  option routers 10.0.0.1;
  option domain-name-servers 10.0.0.1, 10.0.0.2;
  option domain-name "branch.example.org";
  option ntp-servers 10.0.0.1;
  option broadcast-address 10.0.0.255;
  pool { ` + pool + ` }
}
`, os.WriteFile(filepath.Join(dir, "dhcpd.leases"), nil, 0o600)
		},
		start: func(dir, conf string) []string {
			return []string{"dhcpd", "-f", "-d", "-4", "-cf", conf, "-lf", filepath.Join(dir, "dhcpd.leases"), "-pf", filepath.Join(dir, "dhcpd.pid"), "eth0"}
		},
		allowed: []reason{
			{"1: dhcpd sends the netmask only to who asks for it; RFC 2132 section 3.3 leaves that open", func(d difference) bool {
				return d.option == "1" && d.theirs == "" && !d.asked
			}},
			{"58, 59: dhcpd sends T1 and T2 only where it is told them; RFC 2131 section 4.4.5 has a default for who gets none", func(d difference) bool {
				return (d.option == "58" || d.option == "59") && d.theirs == ""
			}},
		},
	},
	{
		program: "kea-dhcp4", format: "kea", ready: "DHCP4_STARTED",
		config: func(dir, rules string, closed bool) (string, error) {
			var bare strings.Builder
			for line := range strings.Lines(rules) {
				if !strings.HasPrefix(strings.TrimSpace(line), "//") {
					bare.WriteString(line)
				}
			}
			var doc map[string]map[string]any
			if err := json.Unmarshal([]byte(bare.String()), &doc); err != nil {
				return "", err
			}
			subnet, pool := "10.0.0.0/24", map[string]any{"pool": "10.0.0.100 - 10.0.0.250"}
			if closed {
				subnet, pool = "10.0.0.0/16", map[string]any{"pool": "10.0.100.0 - 10.0.119.250", "client-class": "provbox-phones"}
			}
			data := func(name, value string) map[string]string { return map[string]string{"name": name, "data": value} }
			d := doc["Dhcp4"]
			d["interfaces-config"] = map[string]any{"interfaces": []string{"eth0"}, "service-sockets-max-retries": 100, "service-sockets-retry-wait-time": 100}
			d["lease-database"] = map[string]any{"type": "memfile", "persist": false}
			d["multi-threading"] = map[string]any{"enable-multi-threading": false}
			d["valid-lifetime"], d["authoritative"] = 3600, true
			d["option-data"] = []any{data("routers", "10.0.0.1"), data("domain-name-servers", "10.0.0.1, 10.0.0.2"), data("domain-name", "branch.example.org"), data("ntp-servers", "10.0.0.1"), data("broadcast-address", "10.0.0.255")}
			d["subnet4"] = []any{map[string]any{"id": 1, "subnet": subnet, "pools": []any{pool}}}
			out, err := json.Marshal(doc)
			return string(out), err
		},
		start: func(dir, conf string) []string {
			return []string{"env", "KEA_PIDFILE_DIR=" + dir, "KEA_LOCKFILE_DIR=none", "KEA_LOGGER_DESTINATION=stdout", "kea-dhcp4", "-c", conf}
		},
		allowed: []reason{
			{"1: Kea sends no netmask to who has an address already; RFC 2132 section 3.3 leaves that open", func(d difference) bool {
				return d.option == "1" && d.theirs == ""
			}},
			{"3, 6, 15: Kea sends routers, DNS servers and domain unasked; RFC 2131 section 4.3.1 lets it", func(d difference) bool {
				return (d.option == "3" || d.option == "6" || d.option == "15") && d.ours == "" && !d.asked
			}},
			{"58, 59: Kea sends T1 and T2 only where it is told them; RFC 2131 section 4.4.5 has a default for who gets none", func(d difference) bool {
				return (d.option == "58" || d.option == "59") && d.theirs == ""
			}},
			{"82: Kea gives relay information back to relays only; no relay is in the way here", func(d difference) bool {
				return d.option == "82" && d.theirs == ""
			}},
		},
	},
}

// phone reports whether the rules take a client for a phone.
func (a asked) phone(rules *option.Table, v option.Values) bool {
	mac, _ := net.ParseMAC(a.MAC)
	return rules.Decide(option.Client{MAC: mac, Get: func(code byte) ([]byte, bool) {
		m, err := message.Parse(a.packet())
		if err != nil {
			return nil, false
		}
		return m.Option(code)
	}}, v).Phone
}

// Test A5: another server with the exported rules tells phones what we tell
// them, and its pool for phones is for what we take for phones.
func TestBesideOtherServers(t *testing.T) {
	t.Parallel()
	var installed []peer
	for _, p := range peers {
		if _, err := exec.LookPath(p.program); err != nil {
			t.Run(p.program, func(t *testing.T) { t.Skipf("%s is not installed", p.program) })
			continue
		}
		installed = append(installed, p)
	}
	if len(installed) == 0 {
		t.Skip("no other DHCP server is installed")
	}
	used := map[string]int{} // answers that each reason excuses
	ran := 0
	t.Run("built-in", func(t *testing.T) {
		besideOthers(t, used, installed, "", append(oracleCases(), tableCases(t, "option/table.yaml")...))
		ran++
	})
	t.Run("operators", func(t *testing.T) {
		besideOthers(t, used, installed, operatorRules, tableCases(t, operatorRules))
		ran++
	})
	t.Run("every option", func(t *testing.T) {
		file, cases := everyOption(t)
		besideOthers(t, used, installed, file, cases)
		ran++
	})
	for _, p := range installed {
		for _, a := range p.allowed {
			t.Logf("%s: %d answers differ in %s", p.program, used[a.why], a.why)
			if used[a.why] == 0 && ran == 3 {
				t.Errorf("%s: no answer differs in %q any more: take it from the list", p.program, a.why)
			}
		}
	}
}

func besideOthers(t *testing.T, used map[string]int, installed []peer, own string, cases []asked) {
	rules, err := tableOf(own)
	if err != nil {
		t.Fatal(err)
	}
	l := newLAN(t)
	l.must("ip", "-n", l.ns("c"), "addr", "add", "10.0.0.77/24", "dev", "phone0")
	l.env = []string{helperEnv + "_ALL=1", rulesEnv + "=" + own}
	l.serve()
	ours := l.ask(cases)
	l.crash()
	values := testConfig().Values(netip.Prefix{}, ip("10.0.0.2"))
	for _, p := range installed {
		t.Run(p.program, func(t *testing.T) {
			text, err := rules.Export(p.format, values)
			if err != nil {
				t.Fatal(err)
			}
			l.t = t
			stop := l.peer(p, text, false)
			p.compare(t, used, cases, text, ours, l.ask(cases))
			stop()
			stop = l.peer(p, text, true)
			p.admits(t, cases, text, rules, values, l.ask(discovers(cases)))
			stop()
		})
	}
}

// peer starts a server with exported rules; the returned function ends it.
func (l *lanTest) peer(p peer, rules string, closed bool) (stop func()) {
	l.t.Helper()
	text, err := p.config(l.dir, rules, closed)
	if err != nil {
		l.t.Fatal(err)
	}
	conf := filepath.Join(l.dir, p.program+".conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	log, cmd := l.program("s", p.start(l.dir, conf)...)
	for _, line := range l.awaitAll(log, p.ready) {
		if strings.Contains(line, "WARN") || strings.Contains(line, "ERROR") {
			l.t.Log(line)
		}
	}
	go func() {
		for range log { // so that it is not held up by what it says
		}
	}()
	return func() {
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
	}
}

// discovers are requests as DISCOVERs, which may have no answer.
func discovers(cases []asked) []asked {
	var out []asked
	for _, c := range cases {
		c.Discover, c.Maybe = true, true
		out = append(out, c)
	}
	return out
}

// admits compares who gets an address of a pool for phones with who is one.
func (p peer) admits(t *testing.T, cases []asked, text string, rules *option.Table, v option.Values, answers []told) {
	t.Helper()
	said := readUnsaid(text)
	phones := 0
	for i, c := range cases {
		phone := c.phone(rules, v)
		if phone {
			phones++
		}
		if got := answers[i] != nil; got != phone {
			if said.excuses(c.Name, "") || strings.HasSuffix(c.Name, longer) && p.begins {
				continue
			}
			t.Errorf("%s: an address is offered: %v, the client is a phone: %v", c.Name, got, phone)
		}
	}
	t.Logf("%d of %d clients are phones", phones, len(cases))
}

// noted finds what an export says it cannot write.
var noted = regexp.MustCompile(`(?m)^\S+  - rule ([^ :]+)(.*)$`)

// unsaid is what an export says it cannot write, by rule.
type unsaid map[string][]string

func readUnsaid(text string) unsaid {
	out := unsaid{}
	for _, m := range noted.FindAllStringSubmatch(text, -1) {
		out[m[1]] = append(out[m[1]], m[2])
	}
	return out
}

// excuses reports whether a note is about an option of a case's rule, or about
// whom the rule is for; option is empty where that alone counts.
func (u unsaid) excuses(name, option string) bool {
	rule, _, _ := strings.Cut(name, " ")
	return slices.ContainsFunc(u[rule], func(note string) bool {
		for word := range strings.FieldsSeq(note) {
			if option != "" && strings.TrimRight(word, ".;") == option {
				return true
			}
		}
		return strings.Contains(note, "cannot be looked at") || strings.Contains(note, "cannot be tested for")
	})
}

func (p peer) compare(t *testing.T, used map[string]int, cases []asked, text string, ours, theirs []told) {
	t.Helper()
	said := readUnsaid(text)
	for i, c := range cases {
		if ours[i] == nil || theirs[i] == nil {
			t.Errorf("%s: no answer: ours %v, theirs %v", c.Name, ours[i], theirs[i])
			continue
		}
		for _, d := range differ(c, ours[i], theirs[i]) {
			n := slices.IndexFunc(p.allowed, func(a reason) bool { return a.match(d) })
			if n < 0 {
				if said.excuses(c.Name, d.option) {
					t.Logf("as its head says: %s", d)
					continue
				}
				t.Error(d)
				continue
			}
			used[p.allowed[n].why]++
		}
	}
	t.Logf("%d requests", len(cases))
}

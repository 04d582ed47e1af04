package option

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var values = Values{URI: "http://192.0.2.1:8667", TFTPHost: "192.0.2.1", TFTPIP: netip.MustParseAddr("192.0.2.1")}

func builtinTable(t testing.TB) *Table {
	t.Helper()
	tab, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// phone makes a client; an empty class is an absent one.
func phone(mac, class, user string) Client {
	m := []byte{2, 0, 0, 0, 0, 1}
	if mac != "" {
		m = nil
		for _, h := range strings.Split(mac, ":") {
			b, err := strconv.ParseUint(h, 16, 8)
			if err != nil {
				panic(err)
			}
			m = append(m, byte(b))
		}
	}
	opts := map[byte]string{60: class, 77: user}
	return Client{MAC: m, Get: func(code byte) ([]byte, bool) { return []byte(opts[code]), opts[code] != "" }}
}

// show writes a result like testdata/upstream.tsv does.
func show(r Result) string {
	var out []string
	for _, o := range r.Options {
		switch {
		case o.Code == 43 && len(o.Data) > 2 && o.Data[0] < ' ':
			for d := o.Data; len(d) >= 2; d = d[2+d[1]:] {
				v := string(d[2 : 2+d[1]])
				if v == "\x00" {
					v = `\x00`
				}
				out = append(out, fmt.Sprintf("43.%d=%s", d[0], v))
			}
		case o.Code == 43 && len(o.Data) > 2 && o.Data[0] >= 66 && o.Data[0] <= 67 && int(o.Data[1]) == len(o.Data)-2:
			out = append(out, fmt.Sprintf("43.%d=%s", o.Data[0], o.Data[2:]))
		case o.Code == 6 || o.Code == 150:
			for d := o.Data; len(d) >= 4; d = d[4:] {
				out = append(out, fmt.Sprintf("%d=%s", o.Code, netip.AddrFrom4([4]byte(d))))
			}
		default:
			out = append(out, fmt.Sprintf("%d=%s", o.Code, o.Data))
		}
	}
	if r.NextServer.IsValid() {
		out = append(out, "next-server="+r.NextServer.String())
	}
	if r.Filename != "" {
		out = append(out, "filename="+r.Filename)
	}
	slices.Sort(out)
	if out == nil {
		return "-"
	}
	return strings.Join(out, " ")
}

// The models of issue 2, one by one.
func TestPhones(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	for name, tc := range map[string]struct {
		mac, class, user string
		rules, want      string
	}{
		"Yealink by address block":      {"80:5e:c0:01:02:03", "yealink", "", "yealink-class yealink-oui", "66=http://192.0.2.1:8667"},
		"Yealink without a class":       {"00:15:65:01:02:03", "", "", "yealink-oui", "66=http://192.0.2.1:8667"},
		"Yealink with a new block":      {"fe:00:00:01:02:03", "yealink", "", "yealink-class", "66=http://192.0.2.1:8667"},
		"Snom by class":                 {"00:04:13:01:02:03", "snom320", "", "Snom320", "66=http://192.0.2.1:8667 6=192.0.2.1"},
		"Snom by block, no class":       {"00:04:13:01:02:03", "", "", "snom-oui", "66=http://192.0.2.1:8667"},
		"Snom of a model not listed":    {"00:04:13:01:02:03", "snomD865", "", "snom-class", "66=http://192.0.2.1:8667 6=192.0.2.1"},
		"Snom DECT base":                {"00:08:7b:01:02:03", "snomM900-8", "", "SnomM900", "66=http://192.0.2.1:8667 6=192.0.2.1"},
		"Polycom by block":              {"64:16:7f:01:02:03", "", "", "polycom-oui", "66=http://192.0.2.1:8667/000000000000.cfg"},
		"Polycom with its class":        {"64:16:7f:01:02:03", "PolycomVVX-VVX_400", "", "polycom-class polycom-oui", "160=http://192.0.2.1:8667/000000000000.cfg 66=http://192.0.2.1:8667/000000000000.cfg"},
		"Aastra by class":               {"00:08:5d:01:02:03", "AastraIPPhone6757i", "", "Aastra6757i", `43.2=http://192.0.2.1:8667/Aastra 43.3=\x00`},
		"Aastra by block":               {"00:08:5d:01:02:03", "", "", "aastra-oui", "66=http://192.0.2.1:8667/Aastra"},
		"Mitel 6900, Aastra class":      {"14:00:e9:01:02:03", "AastraIPPhone6920", "", "aastra-class mitel-oui", `43.2=http://192.0.2.1:8667/Aastra 43.3=\x00 66=http://192.0.2.1:8667/Aastra`},
		"Mitel 6900, Mitel class":       {"14:00:e9:01:02:03", "MitelIPPhone6940", "", "mitel-class mitel-oui", "66=http://192.0.2.1:8667/Aastra"},
		"Cisco 7940":                    {"00:1b:54:01:02:03", "Cisco Systems, Inc. IP Phone CP-7940G\x00", "", "CiscoCP-7940G", "150=192.0.2.1 66=192.0.2.1"},
		"Cisco 7941":                    {"00:1e:7a:01:02:03", "Cisco Systems, Inc. IP Phone CP-7941G\x00", "", "CiscoCP-7941G", "150=192.0.2.1 66=192.0.2.1"},
		"Cisco 7941G-GE is not a 7941G": {"00:1e:7a:01:02:03", "Cisco Systems, Inc. IP Phone CP-7941G-GE\x00", "", "CiscoCP-7941G-GE", "150=192.0.2.1 66=192.0.2.1"},
		"Cisco of a model not listed":   {"00:1e:7a:01:02:03", "Cisco Systems, Inc. IP Phone CP-7999\x00", "", "cisco-class", "150=192.0.2.1 66=192.0.2.1"},
		"Cisco multiplatform":           {"00:56:2b:01:02:03", "CP-7841-3PCC", "", "cisco-mpp-class", "66=http://192.0.2.1:8667"},
		"Cisco SPA keeps $PSN":          {"00:02:fd:01:02:03", "Cisco SPA508G", "", "CiscoSMBSPA508G", "66=http://192.0.2.1:8667/spa$PSN.cfg"},
		"Grandstream":                   {"c0:74:ad:01:02:03", "HT8XX Grandstream", "", "grandstream-class grandstream-oui", "66=http://192.0.2.1:8667/Grandstream"},
		"Fanvil keeps $mac":             {"0c:38:3e:01:02:03", "", "", "fanvil-oui", "43=http://192.0.2.1:8667/Fanvil/$mac.cfg 66=http://192.0.2.1:8667/Fanvil/$mac.cfg"},
		"Patton keeps $(system.mac)":    {"00:a0:ba:01:02:03", "", "", "patton-oui", "66=http://192.0.2.1:8667/$(system.mac).cfg"},
		"Alcatel NOE":                   {"", "alcatel.noe.0", "", "Alcatel-NOE", "filename=sipconfig.txt next-server=192.0.2.1"},
		"Gigaset whatever its class":    {"7c:2f:80:01:02:03", "N510_IP_PRO", "", "gigaset-oui", "114=http://192.0.2.1:8667"},
		"Thomson by user class":         {"", "", "Thomson ST2030S", "ThomsonST2030S", "43=http://192.0.2.1:8667/ST2030S.inf"},
		"a PC":                          {"", "MSFT 5.0", "", "", "-"},
		"nothing at all":                {"", "", "", "", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tab.Decide(phone(tc.mac, tc.class, tc.user), values)
			slices.Sort(r.Rules)
			if got := strings.Join(r.Rules, " "); got != tc.rules {
				t.Errorf("rules %q, want %q", got, tc.rules)
			}
			if got := show(r); got != tc.want {
				t.Errorf("sent %q, want %q", got, tc.want)
			}
			if r.Phone != (tc.rules != "") {
				t.Errorf("Phone = %v", r.Phone)
			}
		})
	}
}

// Every row of spec/dhcp.md section 4: the class of the row fires and what it
// sends is sent, with nothing more than the differences the table declares.
func TestUpstreamTable(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	names := tab.Names()
	f, err := os.Open("testdata/upstream.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows := 0
	classes := map[string]bool{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		rows++
		c := strings.Split(sc.Text(), "\t")
		if len(c) != 5 {
			t.Fatalf("row %q has %d columns", sc.Text(), len(c))
		}
		for i := 1; i < 3; i++ {
			if c[i] == "-" {
				c[i] = ""
			} else if c[i], err = strconv.Unquote(`"` + c[i] + `"`); err != nil {
				t.Fatalf("row %q: %v", sc.Text(), err)
			}
		}
		r := tab.Decide(phone(c[3], c[1], c[2]), values)
		if !r.Phone {
			t.Errorf("%s: not served", sc.Text())
		}
		if slices.Contains(names, c[0]) {
			classes[c[0]] = true
			if !slices.Contains(r.Rules, c[0]) {
				t.Errorf("%s: fired %v", sc.Text(), r.Rules)
			}
		}
		got := strings.Fields(show(r))
		want := strings.Fields(c[4])
		// Declared difference: 150 for every TFTP phone of Cisco. The rows of
		// Aastra's address blocks say nothing of what its classes send.
		got = slices.DeleteFunc(got, func(s string) bool {
			added := s == "150=192.0.2.1" && r.Vendor == "cisco" || strings.HasPrefix(s, "43.") && c[0] == "aastra"
			return added && !slices.Contains(want, s)
		})
		if len(got) == 0 {
			got = []string{"-"}
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: sent (-want +got):\n%s", sc.Text(), d)
		}
	}
	if rows < 300 || len(classes) != 143 {
		t.Errorf("%d rows with %d of the 143 classes", rows, len(classes))
	}
}

func TestValuesMissing(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	if got := show(tab.Decide(phone("", "snom320", ""), Values{TFTPIP: values.TFTPIP})); got != "6=192.0.2.1" {
		t.Errorf("without a URL: %q", got)
	}
	if got := show(tab.Decide(phone("", "alcatel.noe.0", ""), Values{TFTPHost: "tftp.example.org", TFTPIP: values.TFTPIP})); got != "filename=sipconfig.txt next-server=192.0.2.1" {
		t.Errorf("next-server by name: %q", got)
	}
	if got := show(tab.Decide(phone("00:15:65:01:02:03", "", ""), Values{URI: "http://h/"})); got != "66=http://h" {
		t.Errorf("trailing slash: %q", got)
	}
}

func TestSent(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	for class, want := range map[string]string{
		"snom320":            "http://192.0.2.1:8667",
		"AastraIPPhone6757i": "http://192.0.2.1:8667/Aastra",
		"alcatel.noe.0":      "tftp://192.0.2.1/sipconfig.txt",
		"KIRK.IP6000":        "",
	} {
		if got := tab.Decide(phone("", class, ""), values).Sent; got != want {
			t.Errorf("%s: sent %q, want %q", class, got, want)
		}
	}
}

func TestOperatorRulesWin(t *testing.T) {
	t.Parallel()
	mine, err := Parse("mine", []byte(`
- vendor: mine
  set: {66: "http://other/", 132: "40", 128: {ip: [10.0.0.1, "{TFTPIP}"]}, 161: {u16: 258}, 125: {enterprise: 3561, 1: "{URI}", 2: {u8: 7}}, 224: {hex: "00ff"}}
  classes:
    Snom320: {all: [snom320, {option: 82.1, starts: hall}]}
- vendor: mine
  name: yealink-oui
  oui: ["00:15:65"]
  when: {option: 77, present: true}
  set: {66: "{URI}/x"}
`))
	if err != nil {
		t.Fatal(err)
	}
	tab := builtinTable(t).With(mine)
	c := phone("00:04:13:01:02:03", "snom320", "")
	base := c.Get
	c.Get = func(code byte) ([]byte, bool) {
		if code == 82 {
			return []byte("\x02\x01x\x01\x06hall/3"), true
		}
		return base(code)
	}
	got := map[byte]string{}
	r := tab.Decide(c, values)
	for _, o := range r.Options {
		got[o.Code] = string(o.Data)
	}
	want := map[byte]string{
		66: "http://other/", 132: "40", 128: "\x0a\x00\x00\x01\xc0\x00\x02\x01", 161: "\x01\x02",
		125: "\x00\x00\x0d\xe9\x1a\x01\x15http://192.0.2.1:8667\x02\x01\x07", 224: "\x00\xff",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("options (-want +got):\n%s", d)
	}
	if r.Rules[0] != "Snom320" {
		t.Errorf("rules %v", r.Rules)
	}
	if r := tab.Decide(phone("00:15:65:01:02:03", "", ""), values); !r.Phone || show(r) != "-" {
		t.Errorf("guarded rule: %+v", r)
	}
	if r := tab.Decide(phone("00:15:65:01:02:03", "", "u"), values); show(r) != "66=http://192.0.2.1:8667/x" {
		t.Errorf("guard met: %+v", r)
	}
	if got := builtinTable(t).With(nil); len(got.Names()) != len(builtinTable(t).Names()) {
		t.Error("With(nil) changed the table")
	}
}

func TestParseReportsAllProblems(t *testing.T) {
	t.Parallel()
	_, err := Parse("rules.yaml", []byte(`- vendor: a
  colour: red
  set: {66: "{URL}", 53: x, 300: y, 161: 5, 125: {1: a}, 128: {ip: [nonsense]}, 43: {0: a}, 77: {hex: zz}}
  classes:
    A: {is: x, ends: y}
    A: {at: 2, is: abc}
    B: {option: 0, is: x}
    C: []
    D: {}
    E: {colour: red}
- vendor: b
  name: b
- name: b
  oui: ["00:15", "00:15:65", "00-15-65"]
- oui: ["00:15:66"]
- name: c
  oui: ["00:15:67"]
  classes: {F: x}
- nonsense
`))
	want := []string{
		`rules.yaml:2:3: unknown key "colour"`,
		`rules.yaml:3:13: unknown value {URL}; there are {URI}, {TFTPHOST} and {TFTPIP}`,
		`rules.yaml:3:22: cannot set "53": expected an option number that rules may set, next-server or filename`,
		`rules.yaml:3:29: cannot set "300": expected an option number that rules may set, next-server or filename`,
		`rules.yaml:3:42: a number needs a size, like {u8: 5}`,
		`rules.yaml:3:50: option 125 needs the vendor's enterprise number`,
		`rules.yaml:3:69: "nonsense" is no IPv4 address`,
		`rules.yaml:3:86: "0" is no sub-option number from 1 to 254, nor ip, hex, u8, u16 or u32`,
		`rules.yaml:3:103: expected up to 255 bytes in hexadecimal`,
		`rules.yaml:6:5: "A" is given twice`,
		`rules.yaml:5:16: is and ends in one match: use all`,
		`rules.yaml:6:5: rule "A" exists already`,
		`rules.yaml:6:8: at goes with is, and with a len that is not shorter than the text`,
		`rules.yaml:6:8: a match that tests nothing`,
		`rules.yaml:7:17: option "0": expected a number from 1 to 254, or one with a sub-option like 82.1`,
		`rules.yaml:8:8: empty list matches nothing`,
		`rules.yaml:9:8: a match that tests nothing`,
		`rules.yaml:10:9: unknown test "colour"`,
		`rules.yaml:10:8: a match that tests nothing`,
		`rules.yaml:11:3: a group needs classes or oui`,
		`rules.yaml:14:9: address block "00:15": expected three bytes like 00:15:65`,
		`rules.yaml:14:30: address block "00-15-65" is given twice`,
		`rules.yaml:15:3: a group with oui needs a name`,
		`rules.yaml:17:8: a group has classes or oui, not both`,
		`rules.yaml:19:3: expected a mapping`,
	}
	if err == nil {
		t.Fatal("no error")
	}
	if d := cmp.Diff(want, strings.Split(err.Error(), "\n")); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	for name, in := range map[string]string{
		"not YAML": "{", "not a list": "a: b", "an alias": "- &x {vendor: a, classes: {A: b}}\n- *x",
		"deep":  "- classes: {A: " + strings.Repeat("{not: ", 40) + "x" + strings.Repeat("}", 40) + "}",
		"large": strings.Repeat("#", MaxTable+1),
	} {
		if _, err := Parse("t", []byte(in)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`- {vendor: a, set: {66: "{URI}"}, classes: {A: {starts: b}}}`))
	f.Add([]byte(`- {name: a, oui: ["00:15:65"], when: [{absent: true}], set: {43: {2: x}}}`))
	f.Add(builtin[:4000])
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Parse("fuzz", data)
		if err != nil {
			return
		}
		for _, c := range []Client{phone("00:15:65:01:02:03", "b", "u"), phone("", "", "")} {
			r := tab.Decide(c, values)
			seen := map[byte]bool{}
			for _, o := range r.Options {
				if seen[o.Code] || managed[int(o.Code)] || len(o.Data) == 0 {
					t.Errorf("option %d set wrongly: %x", o.Code, o.Data)
				}
				seen[o.Code] = true
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	tab := builtinTable(b)
	c := phone("80:5e:c0:01:02:03", "yealink", "")
	for b.Loop() {
		if r := tab.Decide(c, values); !r.Phone {
			b.Fatal("no phone")
		}
	}
}

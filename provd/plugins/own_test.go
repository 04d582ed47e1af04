package plugins_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// ownRender is a golden render of one of our packages.
type ownRender struct{ name, model, config string }

// ownHostile has every value that a user can write try to end its line, its
// attribute and its element.
const ownHostile = `{
  "timezone": "Asia/Kathmandu", "locale": "xx_YY", "sip_srtp_mode": "preferred", "ntp_enabled": true, "ntp_ip": "n\nevil: 1",
  "admin_username": "a\"&<\nevil: 1", "admin_password": "a\nevil = 1\r\n<evil/>", "user_username": "u]]><evil/>", "user_password": "]]><evil/>' evil=\"1\"",
  "exten_voicemail": "v\nevil: 1", "exten_pickup_call": "*8\nevil: 1", "exten_park": "7\nevil: 1",
  "X_xivo_phonebook_ip": "192.0.2.30", "X_xivo_user_uuid": "u\"><evil/>\nevil: 1",
  "sip_lines": {"1": {"username": "u\r\nevil: 1", "auth_username": "\" evil=\"1", "password": "a b\u0000c\u001b\u0085\u2028d", "number": "</a>&amp;",
    "display_name": "\"Q\" & <b>'x'</b> ]]> {{ 7*7 }} \uffff\nevil: 1", "proxy_ip": "192.0.2.20"}},
  "funckeys": {"1": {"type": "blf", "value": "1\n2", "label": "l\u2029m\" evil=\"1"}, "2": {"type": "speeddial", "value": "$P1N4$<evil/>\nevil: 1"},
    "3": {"type": "park", "value": "\"'&\nevil: 1"}}}`

// testOwn renders a package and compares the files of the phone.
func testOwn(t *testing.T, id string, renders []ownRender) {
	t.Helper()
	for _, tt := range renders {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, id)
			dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc")
			if tt.model != "" {
				dev.Set("model", tt.model)
			}
			if err := p.Configure(t.Context(), dev, config(t, tt.config)); err != nil {
				t.Fatal(err)
			}
			files := make(map[string][]byte)
			for name, content := range p.DeviceFiles("dev1") {
				files[path.Base(name)] = content
			}
			if len(files) == 0 {
				t.Fatal("no file")
			}
			golden(t, path.Join("own", id+"-"+tt.name), files)
		})
	}
}

// ownExtract is a row of spec/ident.md section 14.
type ownExtract struct {
	name string
	req  provd.Request
	want provd.Info
}

func testOwnIdentification(t *testing.T, id string, rows []ownExtract) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, id).Extract(t.Context(), tt.req)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ownFacts is what a package says of files and of other phones.
type ownFacts struct {
	trigger   string
	sensitive map[string]bool
	scores    []ownScore
}

type ownScore struct {
	info provd.Info
	want int
}

func testOwnFacts(t *testing.T, id, model string, facts ownFacts) {
	t.Helper()
	p := load(t, id)
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", model)
	if got, err := p.RemoteStateTrigger(t.Context(), dev); err != nil || got != facts.trigger {
		t.Errorf("trigger %q, %v; want %q", got, err, facts.trigger)
	}
	if got, err := p.RemoteStateTrigger(t.Context(), provd.NewDevice("id", "x")); err != nil || got != "" {
		t.Errorf("trigger without MAC: %q, %v", got, err)
	}
	for name, want := range facts.sensitive {
		if got, err := p.Sensitive(t.Context(), name); err != nil || got != want {
			t.Errorf("%s sensitive: %v, %v; want %v", name, got, err, want)
		}
	}
	for _, s := range facts.scores {
		if got, err := p.Score(t.Context(), s.info); err != nil || got != s.want {
			t.Errorf("%v scores %d, %v; want %d", s.info, got, err, s.want)
		}
	}
	if err := p.Configure(t.Context(), provd.NewDevice("id", "x"), config(t, "{}")); err == nil {
		t.Error("a phone without a MAC address was configured")
	}
}

// ownFiles renders the hostile config.
func ownFiles(t *testing.T, id, model string) map[string][]byte {
	t.Helper()
	p := load(t, id)
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", model)
	files, err := p.Preview(t.Context(), dev, config(t, ownHostile))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no file")
	}
	return files
}

// xmlDecoder reads the files of phones; those in ISO 8859-1 have ASCII alone.
func xmlDecoder(content []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(content))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) {
		if i := bytes.IndexFunc(content, func(c rune) bool { return c >= 0x80 }); i >= 0 {
			return nil, fmt.Errorf("byte %d is not ASCII", i)
		}
		return r, nil
	}
	return d
}

// checkOwnXML checks that files are XML and that no value of the hostile config
// made an element or an attribute.
func checkOwnXML(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		d := xmlDecoder(content)
		for elements := 0; ; elements++ {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				if elements < 3 {
					t.Errorf("%s is almost empty", name)
				}
				break
			}
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, content)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			seen := make(map[string]bool)
			for _, a := range start.Attr {
				if a.Name.Local == "evil" || seen[a.Name.Local] {
					t.Errorf("%s: attribute %s of %s", name, a.Name.Local, start.Name.Local)
				}
				seen[a.Name.Local] = true
			}
			if start.Name.Local == "evil" || start.Name.Local == "b" || start.Name.Local == "x" {
				t.Errorf("%s: element %s", name, start.Name.Local)
			}
		}
	}
}

// TestOwnZones renders every package in zones of every kind: half hours, no
// change of the clocks, changes in the south, a change that is no whole hour.
func TestOwnZones(t *testing.T) {
	t.Parallel()
	zones := []string{
		"Europe/Paris", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney",
		"Pacific/Auckland", "Pacific/Kiritimati", "Africa/Casablanca", "UTC", "Asia/Tehran", "America/Santiago",
	}
	for id, model := range map[string]string{
		snom: "D785", polycom: "VVX450", ciscoSIP: "8851", grandstream: "GXP2170", fanvil: "X6U", aastra: "6867i",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			p := load(t, id)
			dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", model)
			seen := make(map[string]string)
			for _, zone := range zones {
				files, err := p.Preview(t.Context(), dev, config(t, `{"timezone": "`+zone+`"}`))
				if err != nil {
					t.Errorf("%s: %v", zone, err)
					continue
				}
				var all []byte
				for _, content := range files {
					all = append(all, content...)
				}
				if other, ok := seen[string(all)]; ok {
					t.Errorf("%s and %s give the same file", zone, other)
				}
				seen[string(all)] = zone
			}
		})
	}
}

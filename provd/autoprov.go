package provd

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"provbox/provd/document"
)

// ownConfig marks a config that the box made for itself, so that a client's
// document of the same id may replace it.
const ownConfig = "X_provbox_own"

// AutoprovSettings is what a box knows of its site before anybody manages it.
// Empty members are left out of the documents.
type AutoprovSettings struct {
	Registrar string // host or address of the SIP registrar and proxy
	NTP       string // address of the time server
	Username  string // account that unassigned phones register with; random when empty
	Password  string // its password; random when empty
}

// AutoprovConfigs returns the documents that wazo-confd's wizard posts to a new
// wazo-provd (spec/wazo-link.md section 5), made from the box's own settings.
func AutoprovConfigs(s AutoprovSettings) []*document.Object {
	if s.Username == "" {
		s.Username = "ap" + randomText(8)
	}
	if s.Password == "" {
		s.Password = randomText(8)
	}
	base, device := document.New(), document.New()
	for _, raw := range []*document.Object{base, device} {
		if s.NTP != "" {
			raw.Set("ntp_enabled", true)
			raw.Set("ntp_ip", s.NTP)
		}
	}
	device.Merge(document.New(
		"sip_dtmf_mode", "RTP-out-of-band",
		"admin_username", "admin", "admin_password", randomText(16),
		"user_username", "user", "user_password", randomText(16),
	))
	line := document.New("display_name", "Autoprov", "number", "autoprov", "username", s.Username, "password", s.Password)
	raw := document.New("sip_lines", document.New("1", line))
	if s.Registrar != "" {
		line.Set("proxy_ip", s.Registrar)
		line.Set("registrar_ip", s.Registrar)
		raw.Set("sccp_call_managers", document.New("1", document.New("ip", s.Registrar)))
	}
	return []*document.Object{
		document.New("id", "base", "X_type", "internal", "deletable", false, "parent_ids", []any{}, "raw_config", base),
		document.New("id", "default", "X_type", "registrar", "deletable", false, "displayname", "local", "parent_ids", []any{},
			"raw_config", document.New("X_key", "xivo"), "proxy_main", s.Registrar, "registrar_main", s.Registrar),
		document.New("id", "defaultconfigdevice", "X_type", "device", "deletable", false, "label", "Default config device",
			"parent_ids", []any{}, "raw_config", device),
		document.New("id", "autoprov", "X_type", "internal", "role", "autocreate", "deletable", false,
			"parent_ids", []any{"base", "defaultconfigdevice"}, "raw_config", raw),
	}
}

// seed recalls the master tenant, and gives a box that has no config at all a
// set of its own, so that a phone that nobody manages yet still gets a valid
// file.
func (m *Manager) seed() error {
	return m.cfg.Store.Update(func(tx Tx) error {
		m.master, _ = stored(tx, masterParam).(string)
		if tx.Configs().Len() > 0 {
			return nil
		}
		c := &Change{Tx: tx, stale: make(map[string]struct{})}
		for _, doc := range m.cfg.Autoprov {
			doc.Set(ownConfig, true)
			if _, err := c.InsertConfig(doc); err != nil {
				return err
			}
		}
		return nil
	})
}

// AutoprovAccount reports whether a SIP user name has the form of the account that
// all phones nobody claimed yet share: "ap" and eight more characters. A NOTIFY to it
// would reach each of them (spec/wazo-link.md section 3).
func AutoprovAccount(name string) bool {
	return strings.HasPrefix(name, "ap") && utf8.RuneCountInString(name) == 10
}

// autoprovAlphabet leaves out what is easily mistaken for something else.
const autoprovAlphabet = "2346789bcdfghjkmnpqrtvwxyzBCDFGHJKLMNPQRTVWXYZ"

// randomText returns n characters that are easy to read out over a phone.
func randomText(n int) string {
	out := make([]byte, 0, n)
	buf := make([]byte, 1)
	for len(out) < n {
		_, _ = rand.Read(buf) // never fails: crypto/rand ends the program instead
		// Values past the last whole multiple would favour some characters.
		if int(buf[0]) < 256/len(autoprovAlphabet)*len(autoprovAlphabet) {
			out = append(out, autoprovAlphabet[int(buf[0])%len(autoprovAlphabet)])
		}
	}
	return string(out)
}

// dashed formats a UUID in its canonical form.
func dashed(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// NeededConfig is a config that wazo-confd expects a provd to have, posted once by
// its wizard (spec/wazo-link.md section 5).
type NeededConfig struct {
	ID string
	// Without says what does not work while it is missing.
	Without string
}

// NeededConfigs returns the configs that wazo-confd expects, in the order in which
// they are made.
func NeededConfigs() []NeededConfig {
	return []NeededConfig{
		{"base", "devices get neither the time server nor the phonebook of the site"},
		{"default", "wazo-confd has no registrar, so lines cannot be given to devices"},
		{"defaultconfigdevice", "devices get neither passwords for their web pages nor the DTMF mode; wazo-confd has no template to give them"},
		{"autoprov", "a phone that nobody has claimed gets no account, so it cannot dial a provisioning code, and a device cannot be reset to autoprov"},
	}
}

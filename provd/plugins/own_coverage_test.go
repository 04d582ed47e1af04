package plugins_test

import (
	"html"
	"maps"
	"slices"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugins"
)

// marked is a raw config in which every setting has a value of its own.
const marked = `{
  "locale": "fr_FR", "timezone": "Europe/Paris", "ntp_enabled": true, "ntp_ip": "ntp.mark", "dns_enabled": true, "dns_ip": "198.51.100.53",
  "vlan_enabled": true, "vlan_id": 2749, "vlan_priority": 5, "syslog_enabled": true, "syslog_ip": "syslog.mark", "syslog_port": 5147,
  "admin_username": "adminmark", "admin_password": "adminsecret", "user_username": "usermark", "user_password": "usersecret",
  "sip_transport": "tls", "sip_srtp_mode": "required", "sip_dtmf_mode": "SIP-INFO", "sip_subscribe_mwi": true,
  "exten_pickup_group": "*71", "exten_pickup_call": "*81", "exten_voicemail": "*98",
  "X_xivo_phonebook_ip": "phonebook.mark", "X_xivo_user_uuid": "0d5f1e2c",
  "sccp_call_managers": {"1": {"ip": "manager.mark"}},
  "sip_lines": {
    "1": {"username": "line1user", "auth_username": "line1auth", "password": "line1secret", "display_name": "Line One", "number": "1001",
      "proxy_ip": "proxy.mark", "registrar_ip": "proxy.mark", "backup_proxy_ip": "backup.mark", "backup_registrar_ip": "backup.mark",
      "outbound_proxy_ip": "outbound.mark", "voicemail": "*981"},
    "2": {"username": "line2user", "password": "line2secret", "display_name": "Line Two", "number": "1002", "proxy_ip": "proxy.mark"}},
  "funckeys": {
    "3": {"type": "blf", "value": "5553", "label": "Watched"},
    "4": {"type": "speeddial", "value": "5554", "label": "Dialled"},
    "5": {"type": "park", "value": "5555", "label": "Parked"}}}`

// TestCoverage checks that every package writes every setting of a raw config
// that phones of its vendor have.
func TestCoverage(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"time":        {"ntp.mark"},
		"name server": {"198.51.100.53"},
		"VLAN":        {"2749"},
		"syslog":      {"syslog.mark"},
		"admin":       {"adminsecret"},
		"user":        {"usersecret"},
		"phonebook":   {"phonebook.mark", "0d5f1e2c"},
		"line":        {"line1user", "line1auth", "line1secret", "Line One", "proxy.mark"},
		"second line": {"line2user", "line2secret", "Line Two"},
		"backup":      {"backup.mark"},
		"outbound":    {"outbound.mark"},
		"voicemail":   {"*981"},
		"watch":       {"5553", "Watched"},
		"speed dial":  {"5554", "Dialled"},
		"park":        {"5555"},
		"pickup":      {"*81"},
	}
	keys := []string{"watch", "speed dial", "park", "pickup"}
	// What phones cannot be told, or what the box does not know how to tell them.
	none := map[string][]string{
		// SCCP has no accounts: lines and keys are the call manager's.
		"provbox-cisco-sccp": append([]string{
			"line", "second line", "backup", "outbound", "voicemail", "name server", "syslog",
			"sip_transport", "sip_srtp_mode", "sip_dtmf_mode", "sip_subscribe_mwi",
		}, keys...),
		// The VLAN of this model is not in its file, but in what LLDP tells it; a
		// station has no keys.
		gigaset: append([]string{"name server", "syslog", "user", "VLAN", "vlan_enabled"}, keys...),
		// The phones take it from DHCP.
		fanvil: {"name server"},
		// The phones subscribe when there is a mailbox.
		snom: {"sip_subscribe_mwi"},
		// The address is in four parts.
		grandstream: {"name server"},
	}
	models := map[string]string{
		aastra: "6867i", "provbox-cisco-sccp": "7941G", ciscoSIP: "8851", fanvil: "X6U", gigaset: "N870 IP PRO",
		grandstream: "GXP2170", polycom: "VVX450", snom: "D785", "provbox-yealink": "T46U",
	}
	for _, id := range plugins.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			all := rendered(t, id, models[id], config(t, marked))
			for _, name := range slices.Sorted(maps.Keys(want)) {
				if slices.Contains(none[id], name) {
					continue
				}
				for _, mark := range want[name] {
					if !strings.Contains(all, mark) {
						t.Errorf("%s: no %s", name, mark)
					}
				}
			}
			// These are written in each vendor's words, so a change must show.
			for name, other := range map[string]any{
				"locale": "de_DE", "timezone": "America/New_York", "sip_transport": "udp", "sip_srtp_mode": "disabled", "sip_dtmf_mode": "RTP-in-band",
				"sip_subscribe_mwi": false, "vlan_enabled": false,
			} {
				if slices.Contains(none[id], name) {
					continue
				}
				changed := config(t, marked)
				changed.Set(name, other)
				if rendered(t, id, models[id], changed) == all {
					t.Errorf("%s changes nothing", name)
				}
			}
		})
	}
}

// rendered returns all files of a phone in one text.
func rendered(t *testing.T, id, model string, raw *document.Object) string {
	t.Helper()
	files, err := load(t, id).Preview(t.Context(), provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", model), raw)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all.Write(files[name])
	}
	return html.UnescapeString(all.String())
}

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
	rows := []struct {
		id, model string
		none      []string
	}{
		{aastra, "6867i", nil},
		{aastra, "6731i", nil},
		// SCCP has no accounts: lines and keys are the call manager's.
		{ciscoSCCP, "7941G", append([]string{
			"line", "second line", "backup", "outbound", "voicemail", "name server", "syslog",
			"sip_transport", "sip_srtp_mode", "sip_dtmf_mode", "sip_subscribe_mwi",
		}, keys...)},
		// The fifth key is none of this phone; the lamp of a line follows its mailbox.
		{ciscoSCCP, "8945", []string{"name server", "park", "pickup", "sip_subscribe_mwi"}},
		{ciscoSCCP, "ATA190", append([]string{"name server", "sip_subscribe_mwi"}, keys...)},
		{ciscoSIP, "8851", nil},
		{ciscoSIP, "9861", nil},
		{ciscoSIP, "SPA504G", nil},
		{ciscoSIP, "ATA192", []string{"backup", "watch", "speed dial", "park"}},
		{ciscoSIP, "SPA122", []string{"backup", "watch", "speed dial", "park"}},
		// The phones take it from DHCP.
		{fanvil, "X6U", []string{"name server"}},
		{fanvil, "X4", []string{"name server", "sip_subscribe_mwi"}},
		// The VLAN of these models is not in their file, but in what LLDP tells them; a
		// station has no keys.
		{gigaset, "N870 IP PRO", append([]string{"name server", "syslog", "user", "VLAN", "vlan_enabled"}, keys...)},
		// The VLAN is hexadecimal, and the password must be of four digits.
		{gigaset, "N510 IP PRO", append([]string{
			"name server", "syslog", "user", "admin", "VLAN", "backup", "sip_srtp_mode", "sip_subscribe_mwi",
		}, keys...)},
		{gigaset, "N720 DM PRO", append([]string{
			"name server", "syslog", "user", "VLAN", "backup", "sip_srtp_mode", "sip_subscribe_mwi",
		}, keys...)},
		// The address is in four parts.
		{grandstream, "GXP2170", []string{"name server"}},
		{grandstream, "GXP1630", []string{"name server"}},
		// The number of the mailbox is the same for all handsets.
		{grandstream, "DP750", append([]string{"name server", "locale", "voicemail"}, keys...)},
		{grandstream, "HT802", append([]string{"name server", "phonebook", "locale", "voicemail"}, keys...)},
		{grandstream, "HT818", append([]string{"name server", "phonebook", "locale", "voicemail"}, keys...)},
		{polycom, "VVX450", nil},
		{polycom, "SPIP335", []string{"watch", "speed dial", "park"}},
		// The phones subscribe when there is a mailbox.
		{snom, "D785", []string{"sip_subscribe_mwi"}},
		{snom, "M900", append([]string{"backup", "sip_subscribe_mwi"}, keys...)},
		{"provbox-yealink", "T46U", nil},
		{"provbox-yealink", "T28P", nil},
		{"provbox-yealink", "W70B", []string{"watch", "speed dial", "park"}},
	}
	tested := make(map[string]bool)
	for _, row := range rows {
		tested[row.id] = true
		t.Run(row.id+"/"+row.model, func(t *testing.T) {
			t.Parallel()
			checkCoverage(t, row.id, row.model, want, row.none)
		})
	}
	for _, id := range plugins.IDs() {
		if !tested[id] {
			t.Errorf("%s is not tested", id)
		}
	}
}

// checkCoverage checks that a phone is told everything but none, and that what it
// is not told is none of what its files have.
func checkCoverage(t *testing.T, id, model string, want map[string][]string, none []string) {
	t.Helper()
	all := rendered(t, id, model, config(t, marked))
	for _, name := range slices.Sorted(maps.Keys(want)) {
		missing := slices.DeleteFunc(slices.Clone(want[name]), func(mark string) bool { return strings.Contains(all, mark) })
		if (len(missing) > 0) != slices.Contains(none, name) {
			t.Errorf("%s: no %q", name, missing)
		}
	}
	// These are written in each vendor's words, so a change must show.
	for name, other := range map[string]any{
		"locale": "de_DE", "timezone": "America/New_York", "sip_transport": "udp", "sip_srtp_mode": "disabled", "sip_dtmf_mode": "RTP-in-band",
		"sip_subscribe_mwi": false, "vlan_enabled": false,
	} {
		changed := config(t, marked)
		changed.Set(name, other)
		if same := rendered(t, id, model, changed) == all; same != slices.Contains(none, name) {
			t.Errorf("%s: the same files: %v", name, same)
		}
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

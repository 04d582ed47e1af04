package rawconfig

import (
	"fmt"
	"slices"
	"strings"

	"provbox/provd/document"
)

// check tests one value and reports what is wrong with it. Where it stands, p knows.
type check func(p *problems, v any)

// at tests the value of a member.
func (c check) at(p *problems, name string, v any) {
	p.path = append(p.path, name)
	c(p, v)
	p.path = p.path[:len(p.path)-1]
}

// member is one known member of an object.
type member struct {
	name  string
	check check
}

// The enumerations of the schema, in the order error texts list them.
var (
	syslogLevels = []string{"critical", "error", "warning", "info", "debug"}
	dtmfModes    = []string{"RTP-in-band", "RTP-out-of-band", "SIP-INFO"}
	srtpModes    = []string{"disabled", "preferred", "required"}
	transports   = []string{"udp", "tcp", "tls"}
	funckeyTypes = []string{"speeddial", "blf", "park"}
)

// rawMembers is the schema of a raw config (spec/rest.md section 7).
var rawMembers = join(
	[]member{
		{"ip", optional(text)},
		{"http_port", optional(integer)},
		{"http_base_url", optional(text)},
		{"tftp_port", optional(integer)},
		{"dns_enabled", optional(boolean)},
		{"dns_ip", optional(text)},
		{"ntp_enabled", optional(boolean)},
		{"ntp_ip", optional(text)},
		{"vlan_enabled", optional(boolean)},
		// The bounds that the original declares for the three VLAN members
		// were never enforced, and documents outside them exist.
		{"vlan_id", optional(integer)},
		{"vlan_priority", optional(integer)},
		{"vlan_pc_port_id", optional(integer)},
		{"syslog_enabled", optional(boolean)},
		{"syslog_ip", optional(text)},
		{"syslog_port", integer},
		{"syslog_level", oneOf(syslogLevels)},
		{"admin_username", optional(text)},
		{"admin_password", optional(text)},
		{"user_username", optional(text)},
		{"user_password", optional(text)},
		{"timezone", optional(timezone)},
		{"locale", optional(locale)},
		{"protocol", optional(protocol)},
	},
	hosts("sip_"),
	[]member{
		{"sip_dtmf_mode", optional(oneOf(dtmfModes))},
		{"sip_srtp_mode", optional(oneOf(srtpModes))},
		{"sip_transport", optional(oneOf(transports))},
		{"sip_servers_root_and_intermediate_certificates", optional(texts)},
		{"sip_local_root_and_intermediate_certificates", optional(texts)},
		{"sip_local_certificate", optional(text)},
		{"sip_local_key", optional(text)},
		{"sip_subscribe_mwi", optional(boolean)},
		{"sip_lines", dict(anyKey, object(lineMembers, nil))},
		{"sccp_call_managers", dict(numericKey, object(callManagerMembers, []string{"ip"}))},
		{"exten_dnd", optional(text)},
		{"exten_fwd_unconditional", optional(text)},
		{"exten_fwd_no_answer", optional(text)},
		{"exten_fwd_busy", optional(text)},
		{"exten_fwd_disable_all", optional(text)},
		{"exten_park", optional(text)},
		{"exten_pickup_group", optional(text)},
		{"exten_pickup_call", optional(text)},
		{"exten_voicemail", optional(text)},
		{"funckeys", dict(numericKey, funckey)},
		{"X_xivo_phonebook_ip", optional(text)},
		{"config_version", optional(integer)},
	},
)

// lineMembers are the known members of a SIP line; others are allowed.
var lineMembers = join(
	hosts(""),
	[]member{
		{"username", optional(text)},
		{"password", optional(text)},
		{"auth_username", optional(text)},
		{"display_name", optional(text)},
		{"number", optional(text)},
		{"dtmf_mode", optional(oneOf(dtmfModes))},
		{"srtp_mode", optional(oneOf(srtpModes))},
		{"voicemail", optional(text)},
	},
)

var callManagerMembers = []member{
	{"ip", text},
	{"port", optional(integer)},
}

var funckeyMembers = []member{
	{"type", oneOf(funckeyTypes)},
	{"value", optional(text)},
	{"label", optional(text)},
	{"line", optional(text)},
}

// configMembers are the typed members of a config document besides parent_ids
// and raw_config.
var configMembers = []member{
	{"id", optional(text)},
	{"transient", optional(boolean)},
	{"deletable", optional(boolean)},
	{"role", optional(text)},
}

// required names the member that must not be empty when its group is enabled.
var required = []struct{ group, member string }{
	{"dns", "ip"}, {"ntp", "ip"}, {"vlan", "id"}, {"syslog", "ip"},
}

// rawNames are the names of rawMembers. It is only read.
var rawNames = names(rawMembers)

func checkRaw(p *problems, raw *document.Object) {
	var failed []string
	for _, m := range rawMembers {
		if v, ok := raw.Get(m.name); ok {
			before := p.count
			m.check.at(p, m.name, v)
			if p.count > before {
				failed = append(failed, m.name)
			}
		}
	}
	for _, r := range required {
		name, enabled := r.group+"_"+r.member, r.group+"_enabled"
		if slices.Contains(failed, name) || slices.Contains(failed, enabled) {
			continue // said already
		}
		v, _ := raw.Get(name)
		on, _ := raw.Get(enabled)
		if yes, _ := asBool(on); yes && emptyMember(r.member, v) {
			// The two words are swapped, as they have always been; clients
			// match on the text.
			p.addAt("__root__", fmt.Sprintf("Field `%s_%s` is required if %s is enabled (type=value_error)", r.member, r.group, r.member))
		}
	}
	var odd []string
	for name := range raw.All() {
		if !rawNames[name] && !strings.HasPrefix(name, "X_") {
			odd = append(odd, repr(clip(name)))
		}
	}
	if len(odd) > maxProblems {
		odd = append(odd[:maxProblems], fmt.Sprintf("and %d more", len(odd)-maxProblems))
	}
	if len(odd) > 0 {
		p.addAt("__root__", fmt.Sprintf("('Custom fields must start with `X_`', [%s]) (type=value_error)", strings.Join(odd, ", ")))
	}
}

// emptyMember reports whether a required member is missing: 0 counts as missing
// for a VLAN id, and so does the text of a number that is 0.
func emptyMember(name string, v any) bool {
	if name == "id" {
		n, ok := asInteger(v)
		return !ok || n == "0"
	}
	return isBlank(v)
}

// hosts are the address and port members that a raw config has with the prefix
// "sip_" and a SIP line without.
func hosts(prefix string) []member {
	var all []member
	for _, h := range []string{"proxy", "backup_proxy", "registrar", "backup_registrar", "outbound_proxy"} {
		all = append(all, member{prefix + h + "_ip", optional(text)}, member{prefix + h + "_port", optional(integer)})
	}
	return all
}

func join(lists ...[]member) []member {
	var all []member
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func names(ms []member) map[string]bool {
	set := make(map[string]bool, len(ms))
	for _, m := range ms {
		set[m.name] = true
	}
	return set
}

func anyKey(string) bool { return true }

// numericKey reports whether a key is made of digits, one at least.
func numericKey(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// dict checks an object whose members all have one form. An empty list passes
// for an empty object: some clients are written in PHP.
func dict(key func(string) bool, each check) check {
	return func(p *problems, v any) {
		if l, ok := v.([]any); ok && len(l) == 0 {
			return
		}
		o, ok := v.(*document.Object)
		if !ok {
			p.addValue(v, errDict)
			return
		}
		bad := false
		for name, e := range o.All() {
			bad = bad || !key(name)
			each.at(p, name, e)
		}
		if bad {
			p.add("Dictionary keys must be a positive integer in string format. (type=value_error)")
		}
	}
}

func object(members []member, need []string) check {
	return func(p *problems, v any) {
		o, ok := v.(*document.Object)
		if !ok {
			p.addValue(v, errDict)
			return
		}
		for _, name := range need {
			if !o.Has(name) {
				p.addAt(name, errRequired)
			}
		}
		for _, m := range members {
			if e, ok := o.Get(m.name); ok {
				m.check.at(p, m.name, e)
			}
		}
	}
}

// funckeyObject is the form of a function key, but for what funckey says.
var funckeyObject = object(funckeyMembers, []string{"type"})

func funckey(p *problems, v any) {
	before := p.count
	funckeyObject(p, v)
	o, ok := v.(*document.Object)
	if !ok || p.count > before {
		return
	}
	value, _ := o.Get("value")
	if kind := o.String("type"); (kind == "blf" || kind == "speeddial") && isBlank(value) {
		p.addAt("__root__", "Value is required for BLF and Speed Dial types. (type=value_error)")
	}
}

// isBlank reports whether a text member holds nothing. A number is text once
// coerced, and 0 is not blank then.
func isBlank(v any) bool {
	s, ok := v.(string)
	return v == nil || (ok && s == "")
}

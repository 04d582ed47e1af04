package rawconfig

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/document"
)

func decode(t *testing.T, s string) *document.Object {
	t.Helper()
	o, err := document.Decode([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return o
}

func TestValidateAccepts(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"empty":                         `{}`,
		"nulls":                         `{"ip":null,"http_port":null,"timezone":null,"protocol":null,"sip_transport":null,"sip_srtp_mode":null}`,
		"numeric strings":               `{"http_port":"8667","sip_proxy_port":" 5060 ","tftp_port":"6_9"}`,
		"float and bool for an integer": `{"http_port":1.5,"tftp_port":true,"sip_proxy_port":1e3}`,
		"integers of any size":          `{"http_port":9223372036854775808,"tftp_port":"-00012","sip_proxy_port":"+7","vlan_enabled":true,"vlan_id":"184467440737095516160"}`,
		"number for text":               `{"admin_password":1234,"exten_dnd":25}`,
		"spellings of yes and no":       `{"dns_enabled":"no","ntp_enabled":"OFF","sip_subscribe_mwi":"Yes","vlan_enabled":0}`,
		"vlan outside its bounds":       `{"vlan_enabled":true,"vlan_id":5000,"vlan_priority":8,"vlan_pc_port_id":-1}`,
		"locale matched at its start":   `{"locale":"fr_FR.UTF-8"}`,
		"time zones":                    `{"timezone":"America/Argentina/Buenos_Aires"}`,
		"empty time zone":               `{"timezone":""}`,
		"PHP's empty objects":           `{"sip_lines":[],"sccp_call_managers":[],"funckeys":[]}`,
		"line numbers are any text":     `{"sip_lines":{"first":{"username":"a","extra":{"x":1}}}}`,
		"integer line of a key":         `{"funckeys":{"0":{"type":"blf","value":"1001","label":"","line":1}}}`,
		"park without value":            `{"funckeys":{"1":{"type":"park"}}}`,
		"numeric value of a key":        `{"funckeys":{"1":{"type":"blf","value":0}}}`,
		"custom members":                `{"X_key":{"any":[1]},"X_wazo_phoned_x":null}`,
		"required members present":      `{"dns_enabled":true,"dns_ip":"10.0.0.1","vlan_enabled":"yes","vlan_id":"100"}`,
		"call manager":                  `{"sccp_call_managers":{"1":{"ip":"10.0.0.1","port":"2000"}}}`,
	} {
		if err := Validate(decode(t, raw)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	one := func(path, text string) string {
		return "1 validation error for RawConfigSchema\n" + path + "\n  " + text
	}
	const enum = "value is not a valid enumeration member; permitted: "
	tests := []struct{ name, raw, want string }{
		{"text for an integer", `{"http_port":"x"}`, one("http_port", errInteger)},
		{"underscores in a row", `{"http_port":"1__0"}`, one("http_port", errInteger)},
		{"digits of another script", `{"http_port":"١"}`, one("http_port", errInteger)},
		{"no digits", `{"http_port":"+"}`, one("http_port", errInteger)},
		{"huge integer", `{"http_port":1e400}`, one("http_port", errInteger)},
		{"object for text", `{"ip":{}}`, one("ip", errString)},
		{"text for a boolean", `{"dns_enabled":"maybe"}`, one("dns_enabled", errBool)},
		{"null port of syslog", `{"syslog_port":null}`, one("syslog_port", errNone)},
		{"null level", `{"syslog_level":null}`, one("syslog_level", errNone)},
		{"case of an enumeration", `{"sip_transport":"UDP"}`, one("sip_transport", enum+"'udp', 'tcp', 'tls' (type=type_error.enum)")},
		{"protocol", `{"protocol":"sip"}`, one("protocol", "unexpected value; permitted: 'SIP', 'SCCP' (type=value_error.const)")},
		{"locale", `{"locale":"xfr_FR"}`, one("locale", `string does not match regex "[a-z]{2}_[A-Z]{2}" (type=value_error.str.regex; pattern=[a-z]{2}_[A-Z]{2})`)},
		{"short locale", `{"locale":"fr_F"}`, one("locale", `string does not match regex "[a-z]{2}_[A-Z]{2}" (type=value_error.str.regex; pattern=[a-z]{2}_[A-Z]{2})`)},
		{"locale in lower case", `{"locale":"fr_fr"}`, one("locale", `string does not match regex "[a-z]{2}_[A-Z]{2}" (type=value_error.str.regex; pattern=[a-z]{2}_[A-Z]{2})`)},
		{"unknown zone", `{"timezone":"Moon/X"}`, one("timezone", `'No time zone found with key Moon/X' (type=value_error)`)},
		{"zone outside the database", `{"timezone":"../../etc/passwd"}`, one("timezone", `'No time zone found with key ../../etc/passwd' (type=value_error)`)},
		{"the machine's zone", `{"timezone":"Local"}`, one("timezone", `'No time zone found with key Local' (type=value_error)`)},
		{"number as zone", `{"timezone":1}`, one("timezone", `'No time zone found with key 1' (type=value_error)`)},
		{"null lines", `{"sip_lines":null}`, one("sip_lines", errNone)},
		{"null line", `{"sip_lines":{"1":null}}`, one("sip_lines -> 1", errNone)},
		{"text for lines", `{"sip_lines":"x"}`, one("sip_lines", errDict)},
		{"line port", `{"sip_lines":{"1":{"proxy_port":"a"}}}`, one("sip_lines -> 1 -> proxy_port", errInteger)},
		{"key position", `{"funckeys":{"a":{"type":"park"}}}`, one("funckeys", "Dictionary keys must be a positive integer in string format. (type=value_error)")},
		{"key position in another script", `{"funckeys":{"١":{"type":"park"}}}`, one("funckeys", "Dictionary keys must be a positive integer in string format. (type=value_error)")},
		{"key without position", `{"funckeys":{"":{"type":"park"}}}`, one("funckeys", "Dictionary keys must be a positive integer in string format. (type=value_error)")},
		{"key without value", `{"funckeys":{"1":{"type":"blf","value":""}}}`, one("funckeys -> 1 -> __root__", "Value is required for BLF and Speed Dial types. (type=value_error)")},
		{"key without type", `{"funckeys":{"1":{"value":"1"}}}`, one("funckeys -> 1 -> type", errRequired)},
		{"call manager without address", `{"sccp_call_managers":{"1":{}}}`, one("sccp_call_managers -> 1 -> ip", errRequired)},
		{"null address of a call manager", `{"sccp_call_managers":{"1":{"ip":null}}}`, one("sccp_call_managers -> 1 -> ip", errNone)},
		{"certificates", `{"sip_local_root_and_intermediate_certificates":["a",[]]}`, one("sip_local_root_and_intermediate_certificates -> 1", errString)},
		{"certificates not a list", `{"sip_local_root_and_intermediate_certificates":"a"}`, one("sip_local_root_and_intermediate_certificates", errList)},
		{"unknown member", `{"foo":1}`, one("__root__", "('Custom fields must start with `X_`', ['foo']) (type=value_error)")},
		{"almost custom", `{"XX_a":1,"_comment":2}`, one("__root__", "('Custom fields must start with `X_`', ['XX_a', '_comment']) (type=value_error)")},
		{"ntp without address", `{"ntp_enabled":true,"ntp_ip":""}`, one("__root__", "Field `ip_ntp` is required if ip is enabled (type=value_error)")},
		{"vlan -0", `{"vlan_enabled":true,"vlan_id":"-0"}`, one("__root__", "Field `id_vlan` is required if id is enabled (type=value_error)")},
		{"vlan 0", `{"vlan_enabled":"on","vlan_id":"0"}`, one("__root__", "Field `id_vlan` is required if id is enabled (type=value_error)")},
		{
			"everything at once", `{"http_port":"x","dns_enabled":1,"foo":1,"locale":"fr"}`,
			"4 validation errors for RawConfigSchema\nhttp_port\n  " + errInteger +
				"\nlocale\n  string does not match regex \"[a-z]{2}_[A-Z]{2}\" (type=value_error.str.regex; pattern=[a-z]{2}_[A-Z]{2})" +
				"\n__root__\n  Field `ip_dns` is required if ip is enabled (type=value_error)" +
				"\n__root__\n  ('Custom fields must start with `X_`', ['foo']) (type=value_error)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := Validate(decode(t, tt.raw))
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorsAreBounded(t *testing.T) {
	t.Parallel()
	lines := document.New()
	for i := range 5000 {
		lines.Set(strings.Repeat("k", 500)+fmt.Sprint(i), nil)
	}
	odd := document.New("sip_lines", lines)
	for i := range 5000 {
		odd.Set(strings.Repeat("o", 500)+fmt.Sprint(i), "")
	}
	err := Validate(odd)
	if err == nil {
		t.Fatal("accepted")
	}
	if n := len(err.Error()); n > 64<<10 {
		t.Errorf("the error is %d bytes", n)
	}
	if !strings.Contains(err.Error(), "and 4951 more") {
		t.Errorf("the error does not say how many more there are: …%s", err.Error()[len(err.Error())-80:])
	}
}

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, doc, want string }{
		{"fine", `{"id":"a","parent_ids":["b"],"raw_config":{"ip":"1"},"deletable":false,"label":{"any":1}}`, ""},
		{"no parents", `{"raw_config":{}}`, `missing "parent_ids" field in config`},
		{"parents not a list", `{"parent_ids":"base","raw_config":{}}`, `"parent_ids" field must be a list; is <class 'str'>`},
		{"parents an object", `{"parent_ids":{},"raw_config":{}}`, `"parent_ids" field must be a list; is <class 'dict'>`},
		{"number as parent", `{"parent_ids":["a",1],"raw_config":{}}`, `parent id must be a string; is <class 'int'>`},
		{"float as parent", `{"parent_ids":[1.5],"raw_config":{}}`, `parent id must be a string; is <class 'float'>`},
		{"no raw_config", `{"parent_ids":[]}`, `missing "raw_config" field in config`},
		{"both missing", `{}`, "missing \"parent_ids\" field in config\nmissing \"raw_config\" field in config"},
		{"raw_config null", `{"parent_ids":[],"raw_config":null}`, "1 validation error for ConfigSchema\nraw_config\n  " + errNone},
		{"raw_config a list", `{"parent_ids":[],"raw_config":[]}`, "1 validation error for ConfigSchema\nraw_config\n  " + errDict},
		{"bad port", `{"parent_ids":[],"raw_config":{"http_port":"x"}}`, "1 validation error for ConfigSchema\nraw_config -> http_port\n  " + errInteger},
		{"bad role", `{"parent_ids":[],"raw_config":{},"role":[],"transient":"x"}`, "2 validation errors for ConfigSchema\ntransient\n  " + errBool + "\nrole\n  " + errString},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := CheckConfig(decode(t, tt.doc)); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSetDefaults(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"empty", `{}`, `{"sip_srtp_mode":"disabled","sip_transport":"udp","sip_lines":{},"sccp_call_managers":{},"funckeys":{}}`},
		{
			"syslog only when enabled", `{"syslog_enabled":true,"sip_srtp_mode":null,"sip_transport":"tls","sip_lines":{},"sccp_call_managers":{},"funckeys":{}}`,
			`{"syslog_enabled":true,"sip_srtp_mode":null,"sip_transport":"tls","sip_lines":{},"sccp_call_managers":{},"funckeys":{},"syslog_port":514,"syslog_level":"warning"}`,
		},
		{
			"registrar and lines", `{"sip_proxy_ip":"1.1.1.1","sip_srtp_mode":"required","sip_transport":"tcp","funckeys":{},"sccp_call_managers":{},"sip_lines":{"1":{"proxy_ip":"2.2.2.2","username":"u"},"2":{"registrar_ip":null,"proxy_ip":"x","auth_username":"a","username":"b"},"3":null}}`,
			`{"sip_proxy_ip":"1.1.1.1","sip_srtp_mode":"required","sip_transport":"tcp","funckeys":{},"sccp_call_managers":{},"sip_lines":{"1":{"proxy_ip":"2.2.2.2","username":"u","registrar_ip":"2.2.2.2","auth_username":"u"},"2":{"registrar_ip":null,"proxy_ip":"x","auth_username":"a","username":"b"},"3":null},"sip_registrar_ip":"1.1.1.1"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := decode(t, tt.raw)
			SetDefaults(raw)
			got, _ := json.Marshal(raw)
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStripNulls(t *testing.T) {
	t.Parallel()
	const members = `"a":null,"raw_config":{"ntp_ip":null,"sip_lines":{"1":{"x":null}},"l":[null,{"y":null}]}}`
	tests := []struct{ name, doc, want string }{
		{"device", `{"X_type":"device",` + members, `{"X_type":"device","raw_config":{"sip_lines":{"1":{}},"l":[null,{}]}}`},
		{"registrar", `{"X_type":"registrar",` + members, `{"X_type":"registrar",` + members},
	}
	for _, tt := range tests {
		d := decode(t, tt.doc)
		StripNulls(d)
		got, _ := json.Marshal(d)
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte(`{"sip_lines":{"1":{"proxy_port":"5060"}},"funckeys":{"1":{"type":"blf"}},"timezone":"Europe/Paris"}`))
	f.Add([]byte(`{"parent_ids":[1],"raw_config":{"vlan_enabled":"yes","vlan_id":1e300}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := document.Decode(data)
		if err != nil {
			return
		}
		before, _ := json.Marshal(d)
		_ = Validate(d)
		_ = CheckConfig(d)
		after, _ := json.Marshal(d)
		if string(before) != string(after) {
			t.Fatalf("checking changed %s to %s", before, after)
		}
		SetDefaults(d)
		once, _ := json.Marshal(d)
		SetDefaults(d)
		twice, _ := json.Marshal(d)
		if string(once) != string(twice) {
			t.Fatalf("defaults are not stable: %s then %s", once, twice)
		}
	})
}

package rest_test

import (
	"strings"
	"testing"
)

// Section 12: the service's parameters.
func TestSection12(t *testing.T) {
	t.Parallel()
	set := func(param, value string) request {
		return put("/0.2/configure/"+param, `{"param":{"value":`+value+`}}`)
	}
	is := func(param, value string) step {
		return step{read("/0.2/configure/" + param), 200, `{"param":{"value":` + value + `}}`}
	}
	accepted := func(param, value, shown string) []step { return []step{{set(param, value), 204, ""}, is(param, shown)} }
	refused := func(param, value, text string) []step { return []step{{set(param, value), 400, text}} }
	const key = "`provisioning_key` should "
	section(t, map[string][]step{
		"order":                                 {{read("/0.2/configure"), 200, `…"id":"plugin_server"`}, {read("/0.2/configure"), 200, `…{"rel":"srv.configure.param","href":"/0.2/configure/NAT"}`}},
		"description in French":                 {{set("locale", `"fr_FR"`), 204, ""}, {read("/0.2/configure"), 200, `…plugin_server","description":"L'URL`}},
		"missing keys":                          {{put("/0.2/configure/NAT", `{}`), 400, "Wrong information in entity"}, {put("/0.2/configure/NAT", `{"param":{}}`), 400, "Wrong information in entity"}, {put("/0.2/configure/NAT", `{"param":null}`), 400, "Wrong information in entity"}},
		"unknown":                               {{read("/0.2/configure/x"), 404, "No such resource"}, {set("x", "1"), 404, "No such resource"}},
		"plugin_server":                         accepted("plugin_server", `"https://h/p"`, `"https://h/p"`),
		"plugin_server: null":                   accepted("plugin_server", `null`, `null`),
		"plugin_server: no scheme":              refused("plugin_server", `"x"`, "no scheme: x"),
		"plugin_server: no host":                refused("plugin_server", `"http:///x"`, "no hostname: http:///x"),
		"plugin_server: number":                 refused("plugin_server", `1`, ""),
		"http_proxy":                            accepted("http_proxy", `"http://p:3128"`, `"http://p:3128"`),
		"http_proxy: null":                      accepted("http_proxy", `null`, `null`),
		"http_proxy: no scheme":                 refused("http_proxy", `"x"`, "No scheme: x"),
		"http_proxy: path":                      refused("http_proxy", `"http://p/x"`, "Path: /x"),
		"http_proxy: empty":                     refused("http_proxy", `""`, ""),
		"ftp_proxy":                             accepted("ftp_proxy", `"http://p:3128"`, `"http://p:3128"`),
		"https_proxy":                           accepted("https_proxy", `"p:3128"`, `"p:3128"`),
		"https_proxy: a URL":                    refused("https_proxy", `"http://p:1"`, "scheme and hostname: http://p:1"),
		"https_proxy: empty":                    refused("https_proxy", `""`, "zero-length value"),
		"locale":                                accepted("locale", `"fr_CA"`, `"fr_CA"`),
		"locale: empty is none":                 accepted("locale", `""`, `null`),
		"locale: invalid":                       refused("locale", `"xx-YY"`, "Invalid locale xx-YY"),
		"locale: number":                        refused("locale", `3`, ""),
		"NAT: 1":                                accepted("NAT", `"1"`, `1`),
		"NAT: 0":                                accepted("NAT", `"0"`, `0`),
		"NAT: null":                             accepted("NAT", `null`, `0`),
		"NAT: number":                           refused("NAT", `1`, "1"),
		"NAT: boolean":                          refused("NAT", `true`, "True"),
		"NAT: text":                             refused("NAT", `"2"`, "2"),
		"provisioning_key: 8":                   accepted("provisioning_key", `"aB3-$~.x"`, `"aB3-$~.x"`),
		"provisioning_key: 256":                 accepted("provisioning_key", `"`+strings.Repeat("a", 256)+`"`, `"`+strings.Repeat("a", 256)+`"`),
		"provisioning_key: null":                accepted("provisioning_key", `null`, `null`),
		"provisioning_key: 7":                   refused("provisioning_key", `"1234567"`, key+"be [8, 256] characters long."),
		"provisioning_key: 257":                 refused("provisioning_key", `"`+strings.Repeat("a", 257)+`"`, key+"be [8, 256] characters long."),
		"provisioning_key: characters":          refused("provisioning_key", `"with/slash"`, key+"only contain the following characters: `a-z, A-Z, 0-9, -, $, ~, .`"),
		"provisioning_key: number":              refused("provisioning_key", `12345678`, ""),
		"provisioning_key: one for each tenant": {{set("provisioning_key", `"12345678"`).as(sub1), 204, ""}, is("provisioning_key", "null"), {set("provisioning_key", `"12345678"`).as(sub1), 204, ""}, {set("provisioning_key", `"12345678"`), 400, "another tenant already uses this provisioning key."}},
		"tenants: hidden": {
			{set("provisioning_key", `"12345678"`).as(sub1), 204, ""},
			is("tenants", `{"`+sub1+`":{"provisioning_key":"12345678"}}`),
			{set("tenants", `{"`+sub2+`":{"provisioning_key":"87654321"}}`), 204, ""},
			{read("/0.2/configure/provisioning_key").as(sub2), 200, `{"param":{"value":"87654321"}}`},
			{read("/0.2/configure/provisioning_key").as(sub1), 200, `{"param":{"value":null}}`},
			{set("tenants", `null`), 204, ""},
			is("tenants", `{}`),
		},
		"tenants: the master tenant's alone": {{read("/0.2/configure/tenants").by("one"), 404, "No such resource"}, {set("tenants", `{}`).by("one"), 404, "No such resource"}},
		"tenants: not such a map":            {{set("tenants", `[]`), 400, "…tenants"}, {set("tenants", `{"a":1}`), 400, "…'a'"}, {set("tenants", `{"a":{"provisioning_key":"x"}}`), 400, "…'a'"}},
		"tenants: one key twice":             {{set("tenants", `{"a":{"provisioning_key":"12345678"},"b":{"provisioning_key":"12345678"}}`), 400, "…same provisioning key"}},
	})
}

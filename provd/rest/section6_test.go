package rest_test

import (
	"fmt"
	"testing"
)

// Sections 6 and 8: configs and what they inherit.
func TestSection6(t *testing.T) {
	t.Parallel()
	create := func(members string) request {
		return post(configs, `{"config":{"parent_ids":[],"raw_config":{},`+members+`}}`)
	}
	raw := func(id, parents, raw string) step {
		return step{post(configs, fmt.Sprintf(`{"config":{"id":%q,"parent_ids":%s,"raw_config":%s}}`, id, parents, raw)), 201, ""}
	}
	const base = `{"raw_config":{"http_base_url":"http://box:8667"`
	section(t, map[string][]step{
		"6 id: null is none":              {{create(`"id":null`), 201, `…{"id":"`}},
		"6 id: duplicate":                 {{create(`"id":"c.1"`), 400, "c.1"}},
		"6 id: a slash":                   {{create(`"id":"a/b"`), 400, "…'a/b'"}},
		"6 id: a dot":                     {{create(`"id":"."`), 400, "…'.'"}},
		"6 deletable: any falsy value":    {{create(`"id":"a","deletable":0`), 201, ""}, {remove(configs + "/a"), 403, "The document a is not deletable"}},
		"6 deletable: null":               {{create(`"id":"a","deletable":null`), 201, ""}, {remove(configs + "/a"), 403, "The document a is not deletable"}},
		"6 any other member":              {{create(`"id":"a","X_type":"registrar","label":1,"foo":null`), 201, ""}, {read(configs + "/a"), 200, `…"X_type":"registrar","label":1,"foo":null`}},
		"6 numbers as they came":          {{post(configs, `{"config":{"id":"a","parent_ids":[],"raw_config":{"sip_proxy_port":"5060","http_port":80}}}`), 201, ""}, {read(configs + "/a"), 200, `…{"sip_proxy_port":"5060","http_port":80}`}},
		"6 nulls of a device template":    {{post(configs, `{"config":{"id":"a","X_type":"device","parent_ids":[],"label":null,"raw_config":{"locale":null,"X_l":[{"a":null}],"sip_lines":{"1":{"username":null}}}}}`), 201, ""}, {read(configs + "/a"), 200, `{"config":{"id":"a","X_type":"device","parent_ids":[],"raw_config":{"X_l":[{}],"sip_lines":{"1":{}}}}}`}},
		"6 nulls of others":               {{post(configs, `{"config":{"id":"a","parent_ids":[],"raw_config":{"locale":null}}}`), 201, ""}, {read(configs + "/a"), 200, `…{"locale":null}`}},
		"6 PUT: path id wins":             {{put(configs+"/c.1", `{"config":{"id":"z","parent_ids":[],"raw_config":{}}}`), 204, ""}, {read(configs + "/c.1"), 200, `…"id":"c.1"`}},
		"6 PUT: not valid":                {{put(configs+"/c.1", `{"config":{"parent_ids":{},"raw_config":{}}}`), 400, `…"parent_ids" field must be a list; is <class 'dict'>`}},
		"6 PUT: without its wrapper":      {{put(configs+"/c.1", `{"raw_config":{}}`), 400, `…"config"`}},
		"6 side effect: PUT of a parent":  {{put(configs+"/base", `{"config":{"parent_ids":[],"raw_config":{}}}`), 204, ""}, {read(devices + "/d.1"), 200, `…"configured":true`}},
		"6 side effect: DELETE":           {{remove(configs + "/c.1"), 204, ""}, {read(devices + "/d.1"), 200, `…"configured":false`}},
		"6.1 missing parent_ids":          {{post(configs, `{"config":{"raw_config":{}}}`), 400, `missing "parent_ids" field in config`}},
		"6.1 parent_ids not a list":       {{post(configs, `{"config":{"parent_ids":"a","raw_config":{}}}`), 400, `"parent_ids" field must be a list; is <class 'str'>`}},
		"6.1 parent id not text":          {{post(configs, `{"config":{"parent_ids":[1],"raw_config":{}}}`), 400, `parent id must be a string; is <class 'int'>`}},
		"6.1 missing raw_config":          {{post(configs, `{"config":{"parent_ids":[]}}`), 400, `missing "raw_config" field in config`}},
		"6.1 wrong type":                  {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"http_port":"x"}}}`), 400, "1 validation error for ConfigSchema\nraw_config -> http_port\n  value is not a valid integer (type=type_error.integer)"}},
		"6.1 unknown member":              {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"foo":1}}}`), 400, "…raw_config -> __root__\n  ('Custom fields must start with `X_`', ['foo']) (type=value_error)"}},
		"6.1 time zone":                   {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"timezone":"Moon/X"}}}`), 400, "…'No time zone found with key Moon/X'"}},
		"6.1 ntp without address":         {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"ntp_enabled":true}}}`), 400, "…Field `ip_ntp` is required if ip is enabled"}},
		"6.1 positions":                   {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"funckeys":{"a":{"type":"park"}}}}}`), 400, "…Dictionary keys must be a positive integer in string format."}},
		"6.1 value of a function key":     {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"funckeys":{"1":{"type":"blf"}}}}}`), 400, "…Value is required for BLF and Speed Dial types."}},
		"6.1 every problem is named":      {{post(configs, `{"config":{"parent_ids":[],"raw_config":{"http_port":"x","locale":"fr","foo":1}}}`), 400, "…3 validation errors for ConfigSchema"}},
		"6.2 any JSON":                    {{post("/0.2/cfg_mgr/autocreate", `[1]`), 201, `…{"id":"autoprov`}, {post("/0.2/cfg_mgr/autocreate", `null`), 201, ""}},
		"6.2 the document":                {{post("/0.2/cfg_mgr/autocreate", `{}`), 201, ""}, {read(configs + `?fields=parent_ids,raw_config,transient,role,X_type&q={"transient":true}`), 200, `…"parent_ids":["autoprov"],"raw_config":{"sip_lines":{"1":{"username":"apabcdefgh"}}},"transient":true}`}},
		"6.2 without a source":            {{remove(configs + "/autoprov"), 204, ""}, {post("/0.2/cfg_mgr/autocreate", `{}`), 400, "…autocreate"}},
		"6.2 source without a first line": {{put(configs+"/autoprov", `{"config":{"role":"autocreate","parent_ids":[],"raw_config":{}}}`), 204, ""}, {post("/0.2/cfg_mgr/autocreate", `{}`), 400, "…sip_lines"}},
		"8 a later parent wins":           {raw("a", `[]`, `{"X_v":"a","X_a":1}`), raw("b", `[]`, `{"X_v":"b","X_b":1}`), raw("c", `["a","b"]`, `{}`), {read(configs + "/c/raw"), 200, base + `,"X_v":"b","X_a":1,"X_b":1}}`}},
		"8 the document wins":             {raw("a", `[]`, `{"X_v":"a"}`), raw("c", `["a"]`, `{"X_v":null}`), {read(configs + "/c/raw"), 200, base + `,"X_v":null}}`}},
		"8 objects merge, lists do not":   {raw("a", `[]`, `{"X_o":{"x":1,"y":{"a":1}},"X_l":[1,2]}`), raw("c", `["a"]`, `{"X_o":{"y":{"b":2}},"X_l":[3]}`), {read(configs + "/c/raw"), 200, base + `,"X_o":{"x":1,"y":{"a":1,"b":2}},"X_l":[3]}}`}},
		"8 cycles":                        {raw("a", `["b"]`, `{"X_a":1}`), raw("b", `["a"]`, `{"X_b":1}`), {read(configs + "/a/raw"), 200, base + `,"X_b":1,"X_a":1}}`}},
		"8 itself as its parent":          {raw("a", `["a"]`, `{"X_a":1}`), {read(configs + "/a/raw"), 200, base + `,"X_a":1}}`}},
		"8 diamonds: once":                {raw("top", `[]`, `{"X_v":"top"}`), raw("l", `["top"]`, `{"X_v":"l"}`), raw("r", `["top"]`, `{}`), raw("c", `["l","r"]`, `{}`), {read(configs + "/c/raw"), 200, base + `,"X_v":"l"}}`}},
		"8 missing parents":               {raw("c", `["none"]`, `{"X_a":1}`), {read(configs + "/c/raw"), 200, base + `,"X_a":1}}`}},
		"8 unknown config":                {{read(configs + "/nope/raw"), 404, "No such resource"}},
		"8 no defaults":                   {raw("c", `[]`, `{"sip_proxy_ip":"10.0.0.1"}`), {read(configs + "/c/raw"), 200, base + `,"sip_proxy_ip":"10.0.0.1"}}`}},
	})
}

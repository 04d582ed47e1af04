package rest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Section 5: devices.
func TestSection5(t *testing.T) {
	t.Parallel()
	tenantOf := func(id, tenant string, isNew bool) step {
		return step{read(devices + "/" + id), 200, fmt.Sprintf(`…"tenant_uuid":"%s"…"is_new":%v`, tenant, isNew)}
	}
	many := func(n int, id string) string { return strings.Repeat(id, n) }
	section(t, map[string][]step{
		"5.1 id: uuid4 hex by default":         {{post(devices, `{"device":{}}`), 201, ""}, {read(devices + `?fields=id&q={"mac":null}`), 200, `{"devices":[]}`}},
		"5.1 id: null is none":                 {{post(devices, `{"device":{"id":null}}`), 201, `…{"id":"`}},
		"5.1 id: a number":                     {{post(devices, `{"device":{"id":3}}`), 400, "…id"}},
		"5.1 id: too long for a key":           {{post(devices, `{"device":{"id":"`+many(256, "a")+`"}}`), 400, "…id"}},
		"5.1 mac: upper case":                  {{post(devices, `{"device":{"mac":"00:15:65:AA:BB:CC"}}`), 400, "…Non-normalized MAC address '00:15:65:AA:BB:CC'"}},
		"5.1 mac: null":                        {{post(devices, `{"device":{"id":"a","mac":null}}`), 201, ""}},
		"5.1 ip: leading zeros":                {{post(devices, `{"device":{"id":"a","ip":"010.0.0.1"}}`), 201, ""}},
		"5.1 ip: empty":                        {{post(devices, `{"device":{"id":"a","ip":""}}`), 201, ""}},
		"5.1 ip: out of range":                 {{post(devices, `{"device":{"ip":"10.0.0.256"}}`), 400, "…Non-normalized IP address '10.0.0.256'"}},
		"5.1 ip: three parts":                  {{post(devices, `{"device":{"ip":"10.0.1"}}`), 400, "…Non-normalized IP address '10.0.1'"}},
		"5.1 configured: the server's alone":   {{post(devices, `{"device":{"id":"a","configured":true}}`), 201, ""}, {read(devices + "/a"), 200, `…"configured":false`}},
		"5.1 is_new: the server's alone":       {{post(devices, `{"device":{"id":"a","is_new":true}}`).as(sub1), 201, ""}, tenantOf("a", sub1, false)},
		"5.1 added, X_ and any other member":   {{post(devices, `{"device":{"id":"a","added":"me","X_y":{"z":[1,null]},"foo":1.50}}`), 201, ""}, {read(devices + "/a"), 200, `…"added":"me","X_y":{"z":[1,null]},"foo":1.50`}},
		"5.1 model: not text":                  {{post(devices, `{"device":{"model":{}}}`), 400, "…model"}},
		"5.1 several problems at once":         {{post(devices, `{"device":{"mac":"x","ip":"y"}}`), 400, "…'x'"}, {post(devices, `{"device":{"mac":"x","ip":"y"}}`), 400, "…'y'"}},
		"5.2 recurse: the tenants below":       {{read(devices + "?fields=id&recurse=true&sort=id"), 200, `{"devices":[{"id":"d.1"},{"id":"new"}]}`}},
		"5.2 tenant_uuid of a selector":        {{read(devices + `?fields=id&q={"tenant_uuid":"` + sub2 + `"}`), 200, `{"devices":[{"id":"new"}]}`}},
		"5.3 tenant_uuid of the body":          {{post(devices, `{"device":{"id":"a","tenant_uuid":"`+sub2+`"}}`).as(sub1), 201, `{"id":"a"}`}, tenantOf("a", sub1, false)},
		"5.3 duplicate id":                     {{post(devices, `{"device":{"id":"d.1"}}`), 400, "d.1"}},
		"5.3 duplicate id of another tenant":   {{post(devices, `{"device":{"id":"new"}}`).by("one"), 400, "new"}},
		"5.3 id with a slash leaves no ghost":  {{post(devices, `{"device":{"id":"a/b"}}`), 400, "…'a/b'"}, {read(devices + `?fields=id&q={"id":"a/b"}`), 200, `{"devices":[]}`}},
		"5.3 id that no path can name":         {{post(devices, `{"device":{"id":".."}}`), 400, "…'..'"}},
		"5.3 text that is not UTF-8":           {{post(devices, "{\"device\":{\"id\":\"a\",\"description\":\"\xe9\"}}"), 400, "…at byte 35: the text is not UTF-8"}, {read(devices + "/a"), 404, ""}},
		"5.3 configured at once":               {{post(devices, `{"device":{"id":"a","mac":"00:15:65:00:00:01","plugin":"test","config":"c.1"}}`), 201, ""}, {read(devices + "/a"), 200, `…"configured":true`}},
		"5.4 unknown":                          {{put(devices+"/nope", `{"device":{}}`), 404, "No such resource"}},
		"5.4 path id wins":                     {{put(devices+"/new", `{"device":{"id":"other"}}`), 204, ""}, {read(devices + "/new"), 200, `…"id":"new"`}, {read(devices + "/other"), 404, ""}},
		"5.4 is_new: claimed":                  {{put(devices+"/new", `{"device":{"tenant_uuid":"`+sub2+`"}}`).as(sub1), 204, ""}, tenantOf("new", sub1, false)},
		"5.4 foreign tenant":                   {{put(devices+"/d.1", `{"device":{}}`).as(sub2), 404, "No such resource"}},
		"5.4 without tenant_uuid":              {{put(devices+"/d.1", `{"device":{"mac":"00:15:65:aa:bb:cc"}}`), 204, ""}, tenantOf("d.1", sub1, false)},
		"5.4 tenant_uuid of a tenant below":    {{put(devices+"/d.1", `{"device":{"tenant_uuid":"`+sub2+`"}}`), 204, ""}, tenantOf("d.1", sub2, false)},
		"5.4 tenant_uuid of an unknown tenant": {{put(devices+"/d.1", `{"device":{"tenant_uuid":"x"}}`), 400, "…'x'"}, tenantOf("d.1", sub1, false)},
		"5.4 bad mac changes nothing": {
			{put(devices+"/d.1", `{"device":{"mac":"x","plugin":"test","config":"c.1"}}`), 400, "…'x'"},
			{read(devices + "/d.1"), 200, `…"configured":true`},
		},
		"5.4 identical document":        {{put(devices+"/new", `{"device":{"mac":"00:15:65:aa:bb:dd","ip":"10.0.0.9"}}`), 204, ""}, tenantOf("new", master, true)},
		"5.4 step 2: plugin goes":       {{put(devices+"/d.1", `{"device":{"mac":"00:15:65:aa:bb:cc","config":"c.1"}}`), 204, ""}, {read(devices + "/d.1"), 200, `…"configured":false`}},
		"5.4 step 2: config is not yet": {{put(devices+"/d.1", `{"device":{"mac":"00:15:65:aa:bb:cc","plugin":"test","config":"later"}}`), 204, ""}, {read(devices + "/d.1"), 200, `…"configured":false`}, {post(configs, `{"config":{"id":"later","parent_ids":[],"raw_config":{}}}`), 201, ""}, {read(devices + "/d.1"), 200, `…"configured":true`}},
		"5.4 step 6: transient config goes": {
			{post(configs, `{"config":{"id":"t","transient":true,"parent_ids":[],"raw_config":{}}}`), 201, ""},
			{put(devices+"/d.1", `{"device":{"plugin":"test","config":"t"}}`), 204, ""},
			{put(devices+"/new", `{"device":{"plugin":"test","config":"t"}}`), 204, ""},
			{put(devices+"/d.1", `{"device":{"plugin":"test","config":"c.1"}}`), 204, ""},
			{read(configs + "/t"), 200, ""},
			{put(devices+"/new", `{"device":{"plugin":"test","config":"c.1"}}`), 204, ""},
			{read(configs + "/t"), 404, "No such resource"},
		},
		"5.5 unknown":                     {{remove(devices + "/nope"), 404, "No such resource"}},
		"5.5 not visible":                 {{remove(devices + "/new").by("one"), 404, "No such resource"}},
		"5.5 transient config goes":       {{post(configs, `{"config":{"id":"t","transient":true,"parent_ids":[],"raw_config":{}}}`), 201, ""}, {put(devices+"/d.1", `{"device":{"config":"t"}}`), 204, ""}, {remove(devices + "/d.1"), 204, ""}, {read(configs + "/t"), 404, ""}},
		"5.7 synchronize: missing id":     {{post("/0.2/dev_mgr/synchronize", `{"device":"d.1"}`), 400, `Missing "id" key`}},
		"5.7 synchronize: unknown":        {{post("/0.2/dev_mgr/synchronize", `{"id":"nope"}`), 404, "No such resource"}},
		"5.7 synchronize: foreign":        {{post("/0.2/dev_mgr/synchronize", `{"id":"new"}`).by("one"), 404, "No such resource"}},
		"5.7 synchronize: not configured": {{post("/0.2/dev_mgr/synchronize", `{"id":"new"}`), 201, ""}, {read("/0.2/dev_mgr/synchronize/1"), 200, `…{"status":"`}},
		"5.7 reconfigure: fails, 204":     {{post("/0.2/dev_mgr/reconfigure", `{"id":"new"}`), 204, ""}},
		"5.7 reconfigure: unknown":        {{post("/0.2/dev_mgr/reconfigure", `{"id":"nope"}`), 400, `invalid device ID "nope"`}},
		"5.7 reconfigure: foreign":        {{post("/0.2/dev_mgr/reconfigure", `{"id":"new"}`).by("one"), 400, "Tenant invalid for device"}},
		"5.7 reconfigure: missing id":     {{post("/0.2/dev_mgr/reconfigure", `{}`), 400, `Missing "id" key`}},
		"5.1 text members take numbers, as stored": {
			{post(devices, `{"device":{"id":"n","model":6731,"version":7.5,"vendor":true}}`), 201, ""},
			{read(devices + "/n"), 200, `…"model":6731,"version":7.5,"vendor":true`},
			{put(devices+"/n", `{"device":{"model":["6731"]}}`), 400, "model: want a string"},
		},
		"5.1 types told once":               {{post(devices, `{"device":{"id":5,"mac":6}}`), 400, "id: want a string; mac: want a string"}},
		"5.2 selector's tenant is nobody's": {{read(devices + "?fields=&q=" + url.QueryEscape(`{"id":"d.1","tenant_uuid":{"$nonsense":1}}`)).by("one"), 200, `{"devices":[{"id":"d.1"}]}`}},
		"5.4 tenant of another type":        {{put(devices+"/d.1", `{"device":{"tenant_uuid":5}}`).by("one"), 400, "tenant_uuid: want a string"}},
		"5.8 back to the master tenant":     {{put(devices+"/d.1", `{"device":{"tenant_uuid":"`+master+`"}}`).by("one"), 204, ""}, tenantOf("d.1", master, true)},
	})
}

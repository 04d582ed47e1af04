package rest_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Section 9: what lists are asked for.
func TestSection9(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, c := range []string{
		`{"id":"a","parent_ids":[],"X_n":1,"X_t":"abc","X_l":["x",["y"]],"raw_config":{"sip_lines":{"1":{"username":"u"}}}}`,
		`{"id":"b","parent_ids":["a"],"X_n":10,"X_t":null,"X_o":[{"k":1},{"k":2}],"raw_config":{}}`,
		`{"id":"c","parent_ids":["a","b"],"X_n":2,"X_t":"ABC","raw_config":{}}`,
	} {
		if a := s.do(t, post(configs, `{"config":`+c+`}`)); a.code != 201 {
			t.Fatal(a.body)
		}
	}
	q := func(selector string) string { return "q=" + url.QueryEscape(selector) }
	q64 := func(selector string) string {
		return "q64=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(selector)))
	}
	const bad = "400"
	for _, tt := range []struct{ name, query, want string }{ // the ids, in order if sorted
		{"q", q(`{"X_n":1}`), "a"},
		{"q: bad JSON is ignored", "q=%7B", "a b c"},
		{"q: no object", q(`[1]`), bad},
		{"q64", q64(`{"id":"b"}`), "b"},
		{"q64: wins over q", q(`{"id":"a"}`) + "&" + q64(`{"id":"b"}`), "b"},
		{"q64: undecodable is ignored", q(`{"id":"a"}`) + "&q64=***", "a b c"},
		{"skip", "sort=id&skip=1", "b c"},
		{"skip: invalid is ignored", "skip=x", "a b c"},
		{"skip: more digits than a machine's number", "skip=99999999999999999999", ""},
		{"limit: more digits than a machine's number", "sort=id&skip=1&limit=99999999999999999999", "b c"},
		{"limit: so far below zero", "limit=-99999999999999999999", ""},
		{"limit", "sort=id&limit=2", "a b"},
		{"limit: 0 is all", "limit=0", "a b c"},
		{"limit: negative is none", "limit=-1", ""},
		{"limit: invalid is ignored", "limit=x", "a b c"},
		{"sort: as text", "sort=X_n", "a b c"},
		{"sort: null and missing first", "sort=X_t", "b c a"},
		{"sort_ord", "sort=id&sort_ord=DESC", "c b a"},
		{"sort_ord: others are ASC", "sort=id&sort_ord=desc", "a b c"},
		{"sort: by what fields leave out", "sort=id&sort_ord=DESC&fields=X_n", "c b a"},
		{"sort: with skip and limit", "sort=id&sort_ord=DESC&skip=1&limit=1", "b"},
		{"repeated: the first", "limit=1&limit=2&sort=id", "a"},
		{"9.1 all members match", q(`{"X_n":1,"X_t":"abc"}`), "a"},
		{"9.1 dotted", q(`{"raw_config.sip_lines.1.username":"u"}`), "a"},
		{"9.1 a list in the middle", q(`{"X_o.k.z":1}`), ""},
		{"9.1 a list at the last segment", q(`{"X_o.k":2}`), "b"},
		{"9.1 true is 1", q(`{"X_n":true}`), "a"},
		{"9.1 1.0 is 1", q(`{"X_n":1.0}`), "a"},
		{"9.1 objects in depth", q(`{"raw_config":{"sip_lines":{"1":{"username":"u"}}}}`), "a"},
		{"9.1 a scalar and a list", q(`{"parent_ids":"a"}`), ""},
		{"9.1 null: present only", q(`{"X_t":null}`), "b"},
		{"9.1 null: missing", q(`{"X_o":null}`), ""},
		{"9.1 $in", q(`{"id":{"$in":["a","c","z"]}}`), "a c"},
		{"9.1 $in: no list", q(`{"id":{"$in":"a"}}`), bad},
		{"9.1 $nin", q(`{"X_n":{"$nin":[1,2]}}`), "b"},
		{"9.1 $nin: missing", q(`{"X_o":{"$nin":[1]}}`), "a b c"},
		{"9.1 $contains: text", q(`{"X_t":{"$contains":"b"}}`), "a"},
		{"9.1 $contains: list", q(`{"parent_ids":{"$contains":"a"}}`), "b c"},
		{"9.1 $contains: object", q(`{"raw_config":{"$contains":"sip_lines"}}`), "a"},
		{"9.1 $gt", q(`{"X_n":{"$gt":1}}`), "b c"},
		{"9.1 $ge", q(`{"X_n":{"$ge":2}}`), "b c"},
		{"9.1 $lt", q(`{"X_n":{"$lt":2}}`), "a"},
		{"9.1 $le", q(`{"X_n":{"$le":2}}`), "a c"},
		{"9.1 $gt and $lt", q(`{"X_n":{"$gt":1,"$lt":10}}`), "c"},
		{"9.1 $gt: no order", q(`{"X_n":{"$gt":null}}`), bad},
		{"9.1 $gt: other types do not match", q(`{"X_t":{"$gt":"Z"}}`), "a"},
		{"9.1 $ne", q(`{"X_n":{"$ne":1}}`), "b c"},
		{"9.1 $ne: missing", q(`{"X_o":{"$ne":1}}`), "a b c"},
		{"9.1 $exists", q(`{"X_o":{"$exists":true}}`), "b"},
		{"9.1 $exists: false", q(`{"X_o":{"$exists":false}}`), "a c"},
		{"9.1 $exists: truthiness", q(`{"X_o":{"$exists":[]}}`), "a c"},
		{"9.1 unknown operator", q(`{"id":{"$eq":"a"}}`), bad},
		{"9.1 an operator among names", q(`{"id":{"$ne":"a","x":1}}`), bad},
		{"9.1 $or is a name", q(`{"$or":[{"id":"a"}]}`), ""},
		{"9.1 id alone", q(`{"id":"c"}`), "c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := configs + "?" + tt.query
			if !strings.Contains(tt.query, "fields") {
				path += "&fields="
			}
			a := s.do(t, read(path))
			if tt.want == bad {
				if a.code != http.StatusBadRequest || a.body == "" {
					t.Errorf("%d %s", a.code, a.body)
				}
				return
			}
			var got []string
			for _, item := range strings.Split(a.body, `"id":"`)[1:] {
				got = append(got, item[:1])
			}
			if !strings.Contains(tt.query, "sort=") {
				slices.Sort(got)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" || a.code != http.StatusOK {
				t.Errorf("%d %s\n%s", a.code, a.body, diff)
			}
		})
	}
	for _, tt := range []struct{ name, query, want string }{
		{"fields: id is always there", "fields=X_n", `{"configs":[{"id":"a","X_n":1}]}`},
		{"fields: none", "fields=", `{"configs":[{"id":"a"}]}`},
		{"fields: dotted", "fields=raw_config.sip_lines", `{"configs":[{"id":"a","raw_config":{"sip_lines":{"1":{"username":"u"}}}}]}`},
		{"fields: unknown", "fields=nope,X_t", `{"configs":[{"id":"a","X_t":"abc"}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a := s.do(t, read(configs+"?"+q(`{"id":"a"}`)+"&"+tt.query)); a.body != tt.want {
				t.Errorf("%d %s", a.code, a.body)
			}
		})
	}
}

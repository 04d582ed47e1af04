package query

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/document"
)

func decode(t testing.TB, s string) *document.Object {
	t.Helper()
	o, err := document.Decode([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return o
}

func seq(docs []*document.Object) iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		for _, d := range docs {
			if !yield(d.String("id"), d) {
				return
			}
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	const doc = `{"id":"a","n":5,"f":1.0,"t":true,"z":null,"s":"hello","l":["x",["y"],{"k":1}],"o":{"p":{"q":"deep"}},
		"raw_config":{"sip_lines":{"1":{"username":"bob"}}},"$or":1}`
	tests := []struct {
		selector string
		want     bool
	}{
		{`{}`, true},
		{`{"s":"hello"}`, true},
		{`{"s":"hello","n":6}`, false},
		{`{"raw_config.sip_lines.1.username":"bob"}`, true},
		{`{"raw_config.sip_lines.2.username":"bob"}`, false},
		{`{"n":5.0}`, true},
		{`{"f":true}`, true},
		{`{"t":1}`, true},
		{`{"n":"5"}`, false},
		{`{"o":{"p":{"q":"deep"}}}`, true},
		{`{"o.p":{"q":"deep"}}`, true},
		// A list is not searched by equality, but its objects are by path.
		{`{"l":"x"}`, false},
		{`{"l.k":1}`, true},
		{`{"l.k.x":1}`, false},
		{`{"s.x":1}`, false},
		{`{"z":null}`, true},
		{`{"missing":null}`, false},
		{`{"s":{"$in":["a","hello"]}}`, true},
		{`{"s":{"$in":[]}}`, false},
		{`{"s":{"$nin":["a"]}}`, true},
		{`{"s":{"$nin":["hello"]}}`, false},
		{`{"missing":{"$nin":["hello"]}}`, true},
		{`{"missing":{"$in":["hello"]}}`, false},
		{`{"s":{"$contains":"ell"}}`, true},
		{`{"s":{"$contains":1}}`, false},
		{`{"l":{"$contains":"x"}}`, true},
		{`{"o":{"$contains":"p"}}`, true},
		{`{"n":{"$contains":5}}`, false},
		{`{"n":{"$gt":4}}`, true},
		{`{"n":{"$gt":5}}`, false},
		{`{"n":{"$ge":5}}`, true},
		{`{"n":{"$lt":5}}`, false},
		{`{"n":{"$le":5}}`, true},
		{`{"n":{"$gt":4,"$lt":6}}`, true},
		{`{"n":{"$gt":4,"$lt":5}}`, false},
		{`{"s":{"$ge":"h"}}`, true},
		// No common order: no match, and no failed request.
		{`{"s":{"$gt":4}}`, false},
		{`{"z":{"$lt":4}}`, false},
		{`{"n":{"$ne":5}}`, false},
		{`{"n":{"$ne":"5"}}`, true},
		{`{"missing":{"$ne":5}}`, true},
		{`{"z":{"$exists":true}}`, true},
		{`{"missing":{"$exists":true}}`, false},
		{`{"missing":{"$exists":0}}`, true},
		{`{"s":{"$exists":[1]}}`, true},
		{`{"$or":[{"n":5}]}`, false},
		{`{"$or":1}`, true},
	}
	d := decode(t, doc)
	for _, tt := range tests {
		got, err := Query{Selector: decode(t, tt.selector)}.Match(d)
		if err != nil {
			t.Errorf("%s: %v", tt.selector, err)
		} else if got != tt.want {
			t.Errorf("%s: got %v", tt.selector, got)
		}
	}
}

func TestBadSelectors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, selector, want string }{
		{"unknown operator", `{"a":{"$regex":"x"}}`, `selector: key "a": unknown operator "$regex", want one of`},
		{"mixed operator and member", `{"a":{"$gt":1,"b":2}}`, `unknown operator "b"`},
		{"in without list", `{"a":{"$in":"x"}}`, "the operand of $in must be a list"},
		{"nin without list", `{"a":{"$nin":{}}}`, "the operand of $nin must be a list"},
		{"order of null", `{"a":{"$gt":null}}`, "the operand of $gt must be a string or a number"},
		{"order of a list", `{"a":{"$le":[1]}}`, "the operand of $le must be a string or a number"},
		{"two at once", `{"a":{"$in":1},"b":{"$x":1}}`, "selector: key \"b\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := Query{Selector: decode(t, tt.selector)}
			_, err := q.Match(document.New())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Match: %v, want it to say %q", err, tt.want)
			}
			if _, err := q.Apply(seq(nil)); err == nil {
				t.Error("Apply accepted it")
			}
			if _, err := Parse(url.Values{"q": {tt.selector}}); err == nil {
				t.Error("Parse accepted it")
			}
		})
	}
	many := document.New()
	for i := range MaxConditions + 1 {
		many.Set(strings.Repeat("k", i+1), "")
	}
	if _, err := (Query{Selector: many}).Match(document.New()); err == nil {
		t.Error("a selector of very many conditions passed")
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	docs := []*document.Object{
		decode(t, `{"id":"1","mac":"c","o":{"x":1,"y":2},"n":10}`),
		decode(t, `{"id":"2","mac":"a","o":{"x":3},"n":9,"k":"same"}`),
		decode(t, `{"id":"3","mac":"b","n":null,"k":"same"}`),
		decode(t, `{"id":"4"}`),
	}
	tests := []struct{ name, params, want string }{
		{"all", "", `1 2 3 4`},
		{"skip", "skip=1", `2 3 4`},
		{"skip past the end", "skip=9", ``},
		{"limit", "limit=2", `1 2`},
		{"skip and limit", "skip=1&limit=2", `2 3`},
		{"limit 0", "limit=0", `1 2 3 4`},
		{"negative limit", "limit=-1", ``},
		{"negative skip", "skip=-1", `1 2 3 4`},
		{"bad numbers", "skip=x&limit=1.5", `1 2 3 4`},
		{"sorted, missing first", "sort=mac", `4 2 3 1`},
		{"descending", "sort=mac&sort_ord=DESC", `1 3 2 4`},
		{"unknown order", "sort=mac&sort_ord=desc", `4 2 3 1`},
		{"numbers sort as text, null is empty", "sort=n", `3 4 1 2`},
		{"dotted key", "sort=o.x", `3 4 1 2`},
		{"equal ones keep their order", "sort=k&sort_ord=DESC", `2 3 1 4`},
		{"sort and limit", "sort=mac&limit=2", `4 2`},
		{"sort, skip and limit", "sort=mac&skip=1&limit=2", `2 3`},
		{"sort and skip past the end", "sort=mac&skip=9&limit=2", ``},
		{"selector with skip", `q={"k":"same"}&skip=1`, `3`},
		{"repeated parameter", "limit=1&limit=3", `1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := url.ParseQuery(tt.params)
			if err != nil {
				t.Fatal(err)
			}
			q, err := Parse(v)
			if err != nil {
				t.Fatal(err)
			}
			found, err := q.Apply(seq(docs))
			if err != nil {
				t.Fatal(err)
			}
			ids := []string{}
			for _, d := range found {
				ids = append(ids, d.String("id"))
			}
			if diff := cmp.Diff(tt.want, strings.Join(ids, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProjection(t *testing.T) {
	t.Parallel()
	const doc = `{"mac":"m","id":"1","raw_config":{"ip":"x","sip_lines":{"1":{"u":"a","p":"b"},"2":{"u":"c"}}},"l":[{"a":1}]}`
	tests := []struct{ fields, want string }{
		{"", `{"id":"1"}`},
		{"mac", `{"id":"1","mac":"m"}`},
		{"mac,nothing,l.a,mac.x", `{"id":"1","mac":"m"}`},
		{"raw_config.ip", `{"id":"1","raw_config":{"ip":"x"}}`},
		{"raw_config.sip_lines.1.u,raw_config.sip_lines.2", `{"id":"1","raw_config":{"sip_lines":{"1":{"u":"a"},"2":{"u":"c"}}}}`},
		{"raw_config,raw_config.ip,l", `{"id":"1","raw_config":{"ip":"x","sip_lines":{"1":{"u":"a","p":"b"},"2":{"u":"c"}}},"l":[{"a":1}]}`},
		{"raw_config.sip_lines,raw_config.sip_lines.1.u", `{"id":"1","raw_config":{"sip_lines":{"1":{"u":"a","p":"b"},"2":{"u":"c"}}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			d := decode(t, doc)
			before, _ := json.Marshal(d)
			q, err := Parse(url.Values{"fields": {tt.fields}})
			if err != nil {
				t.Fatal(err)
			}
			// The sort key need not be among the fields.
			q.Sort = "mac"
			found, err := q.Apply(seq([]*document.Object{d}))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := json.Marshal(found[0])
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if after, _ := json.Marshal(d); string(before) != string(after) {
				t.Errorf("the document changed to %s", after)
			}
		})
	}
}

func TestParseSelector(t *testing.T) {
	t.Parallel()
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	// 0xfb 0xff in the text make a "+" and a "/" in base64.
	const odd = `{"a":"ûÿ>>>???"}`
	tests := []struct {
		name string
		v    url.Values
		want string
	}{
		{"none", url.Values{}, `{}`},
		{"q", url.Values{"q": {`{"a":1}`}}, `{"a":1}`},
		{"first of two", url.Values{"q": {`{"a":1}`, `{"a":2}`}}, `{"a":1}`},
		{"not JSON is ignored", url.Values{"q": {`{a:1}`}}, `{}`},
		{"q64 wins", url.Values{"q": {`{"a":1}`}, "q64": {b64(`{"b":2}`)}}, `{"b":2}`},
		{"broken q64 wins too", url.Values{"q": {`{"a":1}`}, "q64": {"!!"}}, `{}`},
		{"q64 without padding", url.Values{"q64": {strings.TrimRight(b64(`{"a":11}`), "=")}}, `{"a":11}`},
		{"q64 unescaped", url.Values{"q64": {strings.ReplaceAll(b64(odd), "+", " ")}}, `{"a":"\u00fb\u00ff>>>???"}`},
		{"q64 in the other alphabet", url.Values{"q64": {base64.URLEncoding.EncodeToString([]byte(odd))}}, `{"a":"\u00fb\u00ff>>>???"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q, err := Parse(tt.v)
			if err != nil {
				t.Fatal(err)
			}
			got := "{}"
			if q.Selector != nil {
				b, _ := document.Encode(q.Selector)
				got = string(b)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, v := range map[string]url.Values{
		"a list":          {"q": {`[1]`}},
		"null":            {"q": {`null`}},
		"q64 of a string": {"q64": {b64(`"x"`)}},
		"too long":        {"q": {strings.Repeat(" ", MaxSelector) + `{}`}},
		"q64 too long":    {"q64": {strings.Repeat("A", 3*MaxSelector)}},
		"too many fields": {"fields": {strings.Repeat("a,", MaxFields+1)}},
	} {
		if _, err := Parse(v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestExact(t *testing.T) {
	t.Parallel()
	q := Query{Selector: decode(t, `{"mac":"m","n":1,"ip":{"$ne":"x"},"a.b":"c"}`)}
	for member, want := range map[string]string{"mac": "m", "n": "", "ip": "", "a.b": "", "missing": ""} {
		got, ok := q.Exact(member)
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v", member, got, ok)
		}
	}
	if _, ok := (Query{}).Exact("mac"); ok {
		t.Error("a query without selector has an exact member")
	}
}

func FuzzQuery(f *testing.F) {
	f.Add(`q={"a.b":{"$in":[1,"x"]},"l":{"$contains":"y"}}&fields=a.b,id&sort=a.b&limit=2`)
	f.Add(`q64=eyJhIjp7IiRndCI6MX19&skip=1&sort=l&sort_ord=DESC`)
	docs := []*document.Object{
		decode(f, `{"id":"1","a":{"b":1,"c":[{"d":[{"e":null}]}]},"l":["y",true]}`),
		decode(f, `{"id":"2","a":[[1,2],{"b":"x"}],"l":"yy"}`),
		decode(f, `{"id":"3"}`),
	}
	var before [3]string
	for i, d := range docs {
		b, _ := json.Marshal(d)
		before[i] = string(b)
	}
	f.Fuzz(func(t *testing.T, params string) {
		v, err := url.ParseQuery(params)
		if err != nil {
			return
		}
		q, err := Parse(v)
		if err != nil {
			return
		}
		found, err := q.Apply(seq(docs))
		if err != nil {
			t.Fatalf("Parse accepted what Apply refuses: %v", err)
		}
		if q.Limit > 0 && len(found) > q.Limit {
			t.Fatalf("%d documents with limit %d", len(found), q.Limit)
		}
		for i, d := range docs {
			if b, _ := json.Marshal(d); string(b) != before[i] {
				t.Fatalf("document %d changed to %s", i, b)
			}
		}
	})
}

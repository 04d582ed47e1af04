package document

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeKeepsOrderAndText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"order", `{"b":1,"a":{"z":null,"y":[1,{"d":1,"c":2}]}}`, ""},
		{"numbers as written", `{"a":1.0,"b":1e3,"c":123456789012345678901234567890}`, ""},
		{"non-ascii escaped", `{"n":"é€𝄞"}`, `{"n":"\u00e9\u20ac\ud834\udd1e"}`},
		{"control characters", `{"n":"\u0001\n\t\r\"\\/"}`, `{"n":"\u0001\n\t\r\"\\/"}`},
		{"duplicate keeps place, takes last value", `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{"empty", `{}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, err := Decode([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want == "" {
				want = tt.in
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"list":      `[]`,
		"truncated": `{"a":`,
		"trailing":  `{} {}`,
		"deep":      strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100),
		"empty":     ``,
		"bad":       `{a:1}`,
	} {
		if _, err := Decode([]byte(in)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	base, _ := Decode([]byte(`{"a":1,"lines":{"1":{"u":"x","p":1},"2":{"u":"y"}},"l":[1,2]}`))
	over, _ := Decode([]byte(`{"lines":{"1":{"u":"z"}},"l":[3],"new":{"k":true},"a":null}`))
	base.Merge(over)
	over.Object("new").Set("k", false)
	got, _ := json.Marshal(base)
	want := `{"a":null,"lines":{"1":{"u":"z","p":1},"2":{"u":"y"}},"l":[3],"new":{"k":true}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	o, _ := Decode([]byte(`{"a":{"b":[{"c":1}]}}`))
	c := o.Clone()
	c.Object("a").List("b")[0].(*Object).Set("c", "changed")
	got, _ := json.Marshal(o)
	if string(got) != `{"a":{"b":[{"c":1}]}}` {
		t.Errorf("the original changed: %s", got)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true},
		{`1`, `true`, true},
		{`0`, `false`, true},
		{`"1"`, `1`, false},
		{`null`, `null`, true},
		{`null`, `0`, false},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{`[1,2]`, `[2,1]`, false},
		{`1e999999999`, `1e999999999`, true},
		{`10`, `1e1`, true},
	}
	for _, tt := range tests {
		a, err := DecodeValue([]byte(tt.a))
		if err != nil {
			t.Fatal(err)
		}
		b, err := DecodeValue([]byte(tt.b))
		if err != nil {
			t.Fatal(err)
		}
		if got := Equal(a, b); got != tt.want {
			t.Errorf("Equal(%s, %s) = %v", tt.a, tt.b, got)
		}
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	o := New("a", "1", "b", "2", "c", "3")
	if !o.Delete("b") || o.Delete("b") {
		t.Fatal("Delete must report whether the member was there")
	}
	if diff := cmp.Diff([]string{"a", "c"}, o.Keys()); diff != "" {
		t.Error(diff)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"c":"\ud834\udd1e"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := Decode(data)
		if err != nil {
			return
		}
		enc, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(enc)
		if err != nil {
			t.Fatalf("own encoding does not decode: %v: %s", err, enc)
		}
		if !Equal(o, again) {
			t.Fatalf("round trip changed %s", enc)
		}
	})
}

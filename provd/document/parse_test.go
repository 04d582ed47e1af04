package document

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// wide is an object with n members.
func wide(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"k` + strconv.Itoa(i) + `":` + strconv.Itoa(i))
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

// ordinary are documents that the parser reads itself, odd ones those it leaves to
// encoding/json.
var (
	ordinary = []string{
		`{}`, `[]`, `{"a":[]}`, `{"a":{}}`, `null`, `true`, `false`, `""`, `0`, `-0`, `1.50`, `-1e5`, `1E+05`, `0.1e-2`, ` { "a" : [ 1 , "x" ] } ` + "\r\n\t",
		`{"":""}`, `{"a":"\"\\\/\b\f\n\r\t"}`, `{"\u0061":"\u00e9\u20AC\ud834\udd1e"}`, `{"é":"€𝄞"}`, "[\"\x7f\"]",
		`{"1":{"a":1,"b":2},"2":{"a":3,"b":4},"3":{"a":5},"4":{"a":6,"c":7},"5":{"b":1,"a":2},"6":{"a":1,"c":2,"b":3}}`,
		`[{"a":{"a":{"a":1}}},{"a":{"a":{"a":2}}},[{"a":1}],{"b":{"a":1}}]`,
		wide(scanLimit), wide(scanLimit + 1), wide(100), `[` + wide(20) + `,` + wide(20) + `,` + wide(21) + `,` + wide(3) + `]`,
		strings.Repeat(`[`, MaxDepth) + `{}` + strings.Repeat(`]`, MaxDepth),
	}
	odd = []string{
		``, ` `, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{1:2}`, `{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`, `[`, `[1`, `[1,`, `[1,]`, `[,]`, `[1 2]`, `{]`, `[}`, `{"a":1]`, `[1}`,
		`nul`, `nulll`, `tru`, `falsey`, `True`, `01`, `-`, `+1`, `1.`, `.5`, `1e`, `1e+`, `-01`, `0x1`, `1_000`, `NaN`, `Infinity`, `1 2`, `{} {}`, `{}x`, "\x00", "1\x00",
		`"`, `"a`, `"\`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\ud834"`, `"\ud834x"`, `"\ud834\n"`, `"\ud834\u0041"`, `"\udd1e\ud834"`, "\"\n\"", "\"\x01\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc3\"", "\xef\xbb\xbf{}", `'a'`, `/**/1`, "\u00a01",
		`{"a":1,"a":2}`, `{"a":1,"b":2,"a":3}`, `{"a":1,"\u0061":2}`, strings.Replace(wide(30), "k29", "k3", 1), `[{"a":1,"b":2},{"a":1,"b":2,"a":3}]`,
		strings.Repeat(`[`, MaxDepth+1) + `1` + strings.Repeat(`]`, MaxDepth+1), strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100),
	}
)

func TestParserTakesWhatIsOrdinary(t *testing.T) {
	t.Parallel()
	for _, in := range ordinary {
		if _, ok := parse([]byte(in)); !ok {
			t.Errorf("%s is left to encoding/json", in)
		}
	}
	for _, in := range odd {
		if v, ok := parse([]byte(in)); ok {
			t.Errorf("%q is read as %v", in, v)
		}
	}
}

// FuzzParse: whatever the parser reads is what encoding/json reads.
func FuzzParse(f *testing.F) {
	for _, in := range append(ordinary, odd...) {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := parse(data)
		if !ok {
			return
		}
		want, err := decodeSlowly(data)
		if err != nil {
			t.Fatalf("%q is read as %v, encoding/json says %v", data, got, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as %v, want %v", data, got, want)
		}
	})
}

// What is done to one object of a document does not show in those beside it.
func TestParsedObjectsStandAlone(t *testing.T) {
	t.Parallel()
	v, err := Decode([]byte(`{"1":{"a":1,"b":2},"2":{"a":3,"b":4},"l":[1,2],"m":[3,4]}`))
	if err != nil {
		t.Fatal(err)
	}
	first := v.Object("1")
	first.Set("a", "changed")
	first.Set("c", "new")
	first.Delete("b")
	_ = append(v.List("l"), "new")
	got, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"1":{"a":"changed","c":"new"},"2":{"a":3,"b":4},"l":[1,2],"m":[3,4]}`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func BenchmarkDecode(b *testing.B) {
	in := []byte(`{"id":"0123","parent_ids":["base","defaults"],"raw_config":{"protocol":"SIP","sip_lines":{"1":{"username":"u1","password":"p1","display_name":"Ren\u00e9e"},` +
		`"2":{"username":"u2","password":"p2","display_name":"B"}},"funckeys":{"1":{"type":"blf","value":"1101","label":"Key 1","line":1},"2":{"type":"blf","value":"1102","label":"Key 2","line":1}}}}`)
	for name, decode := range map[string]func([]byte) (any, error){"parse": DecodeValue, "encoding-json": decodeSlowly} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, err := decode(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

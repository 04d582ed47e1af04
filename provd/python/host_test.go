package python

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestUnpack(t *testing.T) {
	t.Parallel()
	class := mustClass(t, "C")
	type result struct {
		Name  string
		Count int
		Flag  bool
		Ratio float64
		Items int
	}
	unpack := func(args []Value, kwargs ...Keyword) (result, error) {
		r := result{Count: -1}
		var items *List
		err := Unpack("f", args, kwargs, "name", &r.Name, "count?", &r.Count, "$", "flag?", &r.Flag, "ratio??", &r.Ratio, "items?", &items)
		if items != nil {
			r.Items = items.Len()
		}
		return r, err
	}
	tests := map[string]struct {
		args   []Value
		kwargs []Keyword
		want   result
		err    string
	}{
		"positional":        {[]Value{Str("a"), Int(2)}, nil, result{Name: "a", Count: 2}, ""},
		"optional absent":   {[]Value{Str("a")}, nil, result{Name: "a", Count: -1}, ""},
		"keywords":          {nil, []Keyword{{"name", Str("a")}, {"flag", True}, {"ratio", Int(2)}}, result{Name: "a", Count: -1, Flag: true, Ratio: 2}, ""},
		"none is absent":    {[]Value{Str("a")}, []Keyword{{"ratio", None}}, result{Name: "a", Count: -1}, ""},
		"truth of anything": {[]Value{Str("a")}, []Keyword{{"flag", Str("x")}}, result{Name: "a", Count: -1, Flag: true}, ""},
		"list":              {[]Value{Str("a")}, []Keyword{{"items", NewList([]Value{None})}}, result{Name: "a", Count: -1, Items: 1}, ""},
		"missing":           {nil, nil, result{Count: -1}, "TypeError: f() missing required argument 'name' (pos 1)"},
		"too many":          {[]Value{Str("a"), Int(1), Int(2)}, nil, result{Count: -1}, "TypeError: f() takes at most 2 positional arguments (3 given)"},
		"unknown":           {[]Value{Str("a")}, []Keyword{{"x", None}}, result{Count: -1}, "TypeError: 'x' is an invalid keyword argument for f()"},
		"twice":             {[]Value{Str("a")}, []Keyword{{"name", None}}, result{Count: -1}, "TypeError: argument for f() given by name ('name') and position (1)"},
		"wrong type":        {[]Value{None}, nil, result{Count: -1}, "TypeError: f() argument 'name' must be str, not None"},
		"wrong keyword":     {[]Value{Str("a")}, []Keyword{{"items", class}}, result{Name: "a", Count: -1}, "TypeError: f() argument 'items' must be list, not type"},
		"no integer":        {[]Value{Str("a"), Str("b")}, nil, result{Name: "a", Count: -1}, "TypeError: 'str' object cannot be interpreted as an integer"},
		"huge integer":      {[]Value{Str("a"), NewBigInt(truncated(1e30))}, nil, result{Name: "a", Count: -1}, "OverflowError: Python int too large to convert to C long"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := unpack(test.args, test.kwargs...)
			if diff := cmp.Diff(test.want, got); diff != "" || message(err) != test.err {
				t.Errorf("got error %q, want %q; values (-want +got):\n%s", message(err), test.err, diff)
			}
		})
	}
}

// orderedObject is an ordered document as FromGo takes it.
type orderedObject []Member

func (o orderedObject) Len() int { return len(o) }

func (o orderedObject) At(i int) (string, any) { return o[i].Key, o[i].Value }

func TestConvert(t *testing.T) {
	t.Parallel()
	document := orderedObject{
		{"z", nil},
		{"a", true},
		{"n", []any{json.Number("12"), json.Number("-1.50"), json.Number("1e2"), json.Number("123456789012345678901234567890"), "text"}},
		{"o", orderedObject{{"y", "é"}, {"x", []any{}}}},
	}
	v, err := FromGo(document)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Repr(testThread(), v)
	const want = `{'z': None, 'a': True, 'n': [12, -1.5, 100.0, 123456789012345678901234567890, 'text'], 'o': {'y': 'é', 'x': []}}`
	if err != nil || shown != want {
		t.Errorf("got %s (%v)\nwant %s", shown, err, want)
	}
	back, err := ToGo(v, func(members []Member) any { return orderedObject(members) })
	if err != nil {
		t.Fatal(err)
	}
	document[2].Value = []any{json.Number("12"), json.Number("-1.5"), json.Number("100.0"), json.Number("123456789012345678901234567890"), "text"}
	if diff := cmp.Diff(any(document), back); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
}

func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	loop := NewList(nil)
	loop.items = append(loop.items, loop)
	nan := NewList([]Value{Float(math.NaN())})
	badKey := NewDict(0)
	if err := badKey.Set(testThread(), Tuple{Int(1)}, None); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		v    Value
		want string
	}{
		"loop":   {loop, "ValueError: value is nested too deeply or contains itself"},
		"nan":    {nan, "ValueError: Out of range float values are not JSON compliant"},
		"key":    {badKey, "TypeError: keys must be str, int, float, bool or None, not tuple"},
		"set":    {NewSet(false), "TypeError: Object of type set is not JSON serializable"},
		"object": {NewInstance(mustClass(t, "C"), nil), "TypeError: Object of type C is not JSON serializable"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ToGo(test.v, nil); message(err) != test.want {
				t.Errorf("got %q, want %q", message(err), test.want)
			}
		})
	}
	if _, err := FromGo(struct{}{}); message(err) != "TypeError: a Go value of type struct {} has no Python form" {
		t.Errorf("got %v", err)
	}
	deep := any("x")
	for range 1000 {
		deep = []any{deep}
	}
	if _, err := FromGo(deep); !IsException(err, ValueError) {
		t.Errorf("a deep document gave %v", err)
	}
}

func TestFromJSON(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"b": [1, 2.5, null, true], "a": "\u00e9", "b2": {}}`: `{'b': [1, 2.5, None, True], 'a': 'é', 'b2': {}}`,
		` 12 `: "12", `"x"`: "'x'", `[]`: "[]", `1e400`: "inf",
		``: "ValueError", `{`: "ValueError", `[1,]`: "ValueError", `1 2`: "ValueError", `{"a" 1}`: "ValueError", `[1}`: "ValueError",
		strings.Repeat("[", 1000) + strings.Repeat("]", 1000): "ValueError",
		`[` + strings.Repeat("9", 5000) + `]`:                 "ValueError",
	}
	for src, want := range tests {
		v, err := FromJSON([]byte(src))
		if want == "ValueError" {
			if !IsException(err, ValueError) {
				t.Errorf("%.20s: got %v, %v; want a ValueError", src, v, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%.20s: %v", src, err)
			continue
		}
		if got, err := Repr(testThread(), v); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", src, got, err, want)
		}
	}
}

func TestThreadLimits(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	th := NewThread(ctx, Limits{Steps: 5000, Alloc: 100, Depth: 3, Output: 10})
	check := func(what string, err error) {
		t.Helper()
		var limit *LimitError
		if !errors.As(err, &limit) || limit.What != what {
			t.Errorf("got %v, want the limit %q", err, what)
		}
	}
	if err := th.Alloc(60); err != nil {
		t.Fatal(err)
	}
	check("memory", th.Alloc(41))
	check("memory", th.Alloc(-1))
	check("memory", th.Alloc(math.MaxInt64))
	check("memory", th.allocN(math.MaxInt64/2, 16))
	if err := th.Alloc(40); err != nil {
		t.Errorf("a refused request was charged: %v", err)
	}
	for range 3 {
		if err := th.Enter(); err != nil {
			t.Fatal(err)
		}
	}
	check("recursion depth", th.Enter())
	th.Leave()
	if err := th.Enter(); err != nil {
		t.Errorf("a level that was given back is gone: %v", err)
	}
	if err := th.Write("0123456789"); err != nil {
		t.Fatal(err)
	}
	check("output", th.Write("0"))
	if err := th.Step(2000); err != nil {
		t.Fatal(err)
	}
	cancel()
	err := th.Step(2000)
	check("time", err)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the reason is lost: %v", err)
	}
	check("steps", th.Step(2000))
	type key struct{}
	th.SetValue(key{}, 5)
	if th.Value(key{}) != 5 || th.Value("other") != nil {
		t.Error("the host's data is lost")
	}
}

// TestDecodeRune checks that text survives being taken apart, whatever it is.
func TestDecodeRune(t *testing.T) {
	t.Parallel()
	tests := map[string][]rune{
		"aé€\U0001f600":        {'a', 0xe9, 0x20ac, 0x1f600},
		"\xed\xa0\x80":         {0xd800},
		"\xed\xbf\xbfx":        {0xdfff, 'x'},
		"\xff":                 {0xdcff},
		"\xed\xa0":             {0xdced, 0xdca0},
		"\xc3":                 {0xdcc3},
		"\xf4\x90\x80\x80":     {0xdcf4, 0xdc90, 0xdc80, 0xdc80},
		string(utf8.RuneError): {utf8.RuneError},
	}
	for s, want := range tests {
		if diff := cmp.Diff(want, decodeRunes(s)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", s, diff)
		}
		var back []rune
		for rest := s; rest != ""; {
			r, n := decodeLastRune(rest)
			back = append([]rune{r}, back...)
			rest = rest[:len(rest)-n]
		}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Errorf("%q from the end (-want +got):\n%s", s, diff)
		}
	}
	if got := string(AppendRune(AppendRune(nil, 0xd83d), 0xde00)); got != "\xed\xa0\xbd\xed\xb8\x80" {
		t.Errorf("two surrogates became %q", got)
	}
}

// TestNewIterator checks that an iterator is not asked again after its end.
func TestNewIterator(t *testing.T) {
	t.Parallel()
	th := testThread()
	asked := 0
	it := NewIterator(nil, func(*Thread) (Value, bool, error) {
		asked++
		return NewInt(asked), asked%3 != 0, nil
	})
	items, err := ListOf(th, it)
	if err != nil || len(items) != 2 {
		t.Fatalf("got %v, %v", items, err)
	}
	if _, ok, err := it.Next(th); ok || err != nil || asked != 3 {
		t.Errorf("asked %d times after the end: %v %v", asked, ok, err)
	}
}

// TestIdentity pins what `is` means for values without identity.
func TestIdentity(t *testing.T) {
	t.Parallel()
	shared := Tuple{Int(1)}
	list := NewList(nil)
	tests := map[string]struct {
		a, b Value
		want bool
	}{
		"none":              {None, None, true},
		"ints":              {Int(1000), Int(1000), true},
		"int and bool":      {Int(1), True, false},
		"int and float":     {Int(1), Float(1), false},
		"nan":               {Float(math.NaN()), Float(math.NaN()), true},
		"strings":           {Str("a"), Str("a"), true},
		"str and bytes":     {Str("a"), Bytes("a"), false},
		"one tuple":         {shared, shared, true},
		"two tuples":        {Tuple{Int(1)}, Tuple{Int(1)}, false},
		"empty tuples":      {Tuple{}, Tuple(nil), true},
		"tuple and none":    {Tuple{}, None, false},
		"none and tuple":    {None, Tuple{}, false},
		"one list":          {list, list, true},
		"two lists":         {list, NewList(nil), false},
		"part of a tuple":   {shared[:0], shared, false},
		"class":             {IntClass, IntClass, true},
		"different classes": {IntClass, StrClass, false},
	}
	for name, test := range tests {
		if got := Is(test.a, test.b); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func truncated(f float64) *big.Int {
	b, _ := big.NewFloat(f).Int(nil)
	return b
}

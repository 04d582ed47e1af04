package regex

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// TestReplacement compares replacement texts with what CPython's sub made.
func TestReplacement(t *testing.T) {
	t.Parallel()
	var all []struct {
		Text   string `json:"t"`
		Bytes  bool   `json:"b"`
		Result string `json:"r"`
		Err    string `json:"err"`
	}
	readJSON(t, "replacements.json", &all)
	for _, c := range all {
		t.Run(fmt.Sprintf("%q %v", c.Text, c.Bytes), func(t *testing.T) {
			t.Parallel()
			enc := func(s string) string {
				if c.Bytes {
					return latin1(s)
				}
				return s
			}
			re, err := Compile(`(a)(?P<n>b)?`, c.Bytes, 0)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := re.CompileReplacement(enc(c.Text))
			if c.Err != "" || err != nil {
				got := fmt.Sprint(err)
				var unknown *UnknownGroupError
				if errors.As(err, &unknown) {
					got = "IndexError: " + got
				} else if err != nil {
					got = errorText(err)
				}
				if got != c.Err {
					t.Errorf("error %q, CPython %q", got, c.Err)
				}
				return
			}
			s, err := NewSubject(nil, enc("xab-ac-é"), c.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			last, size := 0, 0
			for sc := re.Scan(s, 0, s.Len()); ; {
				m, err := sc.Next(nil)
				if err != nil {
					t.Fatal(err)
				}
				if m == nil {
					break
				}
				out.WriteString(s.Slice(last, m.Spans[0]))
				size += rep.Size(s, m)
				before := out.Len()
				rep.Expand(&out, s, m)
				if size -= out.Len() - before; size != 0 {
					t.Errorf("Size is off by %d", size)
				}
				last = m.Spans[1]
			}
			out.WriteString(s.Slice(last, s.Len()))
			if out.String() != enc(c.Result) {
				t.Errorf("got %q, CPython %q", out.String(), enc(c.Result))
			}
			if lit, ok := rep.Literal(); ok && strings.Contains(c.Text, `\g`) {
				t.Errorf("literal %q from a text with a group", lit)
			}
		})
	}
}

// TestFolds compares the sets of equal characters under IGNORECASE.
func TestFolds(t *testing.T) {
	t.Parallel()
	var all []string
	readJSON(t, "folds.json", &all)
	if len(all) < 1000 {
		t.Fatalf("%d sets recorded", len(all))
	}
	for _, set := range all {
		members := []rune(set)
		n := 1
		for r := nextFold(members[0]); r != members[0]; r = nextFold(r) {
			n++
			if !strings.ContainsRune(set, r) {
				t.Errorf("%q: %q is folded into it", set, r)
			}
		}
		if n < len(members) {
			t.Errorf("%q: only %d of %d", set, n, len(members))
		}
	}
}

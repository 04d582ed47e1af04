package regex

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded is one pattern of testdata/cases.json, with what CPython did.
type recorded struct {
	Pattern string         `json:"p"`
	Flags   Flags          `json:"f"`
	Bytes   bool           `json:"b"`
	Err     string         `json:"err"`
	Final   Flags          `json:"rf"`
	Groups  int            `json:"g"`
	Names   map[string]int `json:"n"`
	Cases   []struct {
		Subject string            `json:"s"`
		Results [][]int           `json:"r"`
		Iter    [][]int           `json:"i"`
		Ops     []json.RawMessage `json:"o"`
	} `json:"c"`
}

func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func flat(m *Match) []int {
	if m == nil {
		return nil
	}
	return append(append([]int(nil), m.Spans...), m.LastIndex)
}

func errorText(err error) string {
	switch err.(type) {
	case *SyntaxError:
		return "error: " + err.Error()
	case *FlagError:
		return "ValueError: " + err.Error()
	case *OverflowError:
		return "OverflowError: " + err.Error()
	}
	return fmt.Sprintf("%T: %v", err, err)
}

// TestCPython compares both engines with what CPython recorded.
func TestCPython(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	fast, matches, absent := 0, 0, 0
	for _, c := range all {
		name := fmt.Sprintf("%q flags %d bytes %v", c.Pattern, c.Flags, c.Bytes)
		text := c.Pattern
		if c.Bytes {
			text = latin1(text)
		}
		re, err := Compile(text, c.Bytes, c.Flags)
		if c.Err != "" || err != nil {
			got := ""
			if err != nil {
				got = errorText(err)
			}
			if got != c.Err {
				t.Errorf("%s: error %q, CPython %q", name, got, c.Err)
			}
			continue
		}
		if re.Flags() != c.Final || re.Groups() != c.Groups {
			t.Errorf("%s: flags %d groups %d, CPython %d %d", name, re.Flags(), re.Groups(), c.Final, c.Groups)
		}
		for n, g := range c.Names {
			if got, ok := re.GroupIndex(n); !ok || got != g {
				t.Errorf("%s: group %q is %d, CPython %d", name, n, got, g)
			}
		}
		for _, k := range c.Cases {
			str := k.Subject
			if c.Bytes {
				str = latin1(str)
			}
			s, err := NewSubject(nil, str, c.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, pos, end int, mo mode, want []int) {
				t.Helper()
				got, err := re.do(nil, s, pos, end, mo, false)
				if diff := cmp.Diff(want, flat(got)); diff != "" || err != nil {
					t.Errorf("%s on %q: %s (%d,%d): error %v, -CPython +got\n%s", name, k.Subject, what, pos, end, err, diff)
				}
				if p, e := min(pos, s.Len()), min(end, s.Len()); p <= e {
					slow, err := re.backtrack(nil, s, p, e, mo, false)
					if diff := cmp.Diff(want, flat(slow)); diff != "" || err != nil {
						t.Errorf("%s on %q: backtracking %s (%d,%d): error %v, -CPython +got\n%s", name, k.Subject, what, pos, end, err, diff)
					}
					if _, ok, _ := re.fast(nil, s, p, e, mo); ok {
						fast++
					}
				}
				matches++
			}
			if !c.Bytes {
				for i, want := range [][]int{k.Results[0], k.Results[1]} {
					none, err := re.Absent(nil, str, i == 1)
					if none && want != nil || err != nil {
						t.Errorf("%s on %q: absent, %v; CPython finds %v", name, k.Subject, err, want)
					}
					if none {
						absent++
					}
				}
			}
			n := s.Len()
			check("search", 0, n, search, k.Results[0])
			check("match", 0, n, match, k.Results[1])
			check("fullmatch", 0, n, fullMatch, k.Results[2])
			for _, raw := range k.Ops {
				var op []any
				if err := json.Unmarshal(raw, &op); err != nil {
					t.Fatal(err)
				}
				pos, end := int(op[0].(float64)), int(op[1].(float64))
				check("search", pos, end, search, ints(op[2]))
				check("match", pos, end, match, ints(op[3]))
				check("fullmatch", pos, end, fullMatch, ints(op[4]))
			}
			got := [][]int{}
			for sc := re.Scan(s, 0, n); len(got) < 40; {
				m, err := sc.Next(nil)
				if err != nil {
					t.Fatal(err)
				}
				if m == nil {
					break
				}
				got = append(got, flat(m))
			}
			if diff := cmp.Diff(k.Iter, got); diff != "" {
				t.Errorf("%s on %q: finditer -CPython +got\n%s", name, k.Subject, diff)
			}
		}
	}
	if absent*20 < matches {
		t.Errorf("only %d matches of %d were seen to be absent", absent, matches)
	}
	if fast*4 < matches {
		t.Errorf("only %d of %d matches ran on Go's regexp", fast, matches)
	}
}

func ints(v any) []int {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	out := make([]int, len(list))
	for i, x := range list {
		out[i] = int(x.(float64))
	}
	return out
}

package regex

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

var errBudget = errors.New("budget used up")

// purse is a Budget of fixed amounts.
type purse struct {
	steps int
	alloc int64
}

func (p *purse) Step(n int) error {
	if p.steps -= n; p.steps < 0 {
		return errBudget
	}
	return nil
}

func (p *purse) Alloc(n int64) error {
	if p.alloc -= n; p.alloc < 0 {
		return errBudget
	}
	return nil
}

func mustCompile(t *testing.T, pattern string, flags Flags) *Regexp {
	t.Helper()
	re, err := Compile(pattern, false, flags)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func mustSubject(t *testing.T, s string) *Subject {
	t.Helper()
	sub, err := NewSubject(nil, s, false)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// TestBombs runs patterns that backtrack without end; each has to end with the
// budget's error.
func TestBombs(t *testing.T) {
	t.Parallel()
	a := strings.Repeat("a", 5000)
	for _, c := range []struct{ name, pattern, subject string }{
		{"nested repeats", `(?=x?)(a+)+$`, a + "b"},
		{"alternatives", `(?!x)(a|a)*$`, a + "b"},
		{"back reference", `(a*)*\1b`, a},
		{"nullable", `(a*)*$`, a + "b"},
		{"look-ahead", `(?=(a+)+$)a`, a + "b"},
		{"empty rounds", `(?:(?:){10000}){10000}`, ""},
		{"cubic", `(?=a).*.*.*=x`, a},
		{"lazy", `(?=a)(?:.*?){5}=x`, a},
		{"wide text", `(?=x?)(é+)+$`, strings.Repeat("é", 5000) + "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			re := mustCompile(t, c.pattern, 0)
			_, err := re.Search(&purse{steps: 200_000, alloc: 64 << 20}, mustSubject(t, c.subject), 0, 1<<30)
			if !errors.Is(err, errBudget) {
				t.Errorf("error %v, want %v", err, errBudget)
			}
		})
	}
}

// TestOwnLimits shows that a call without a Budget is bounded, too.
func TestOwnLimits(t *testing.T) {
	t.Parallel()
	re := mustCompile(t, `(?!x)(?:a|a)*$`, 0)
	_, err := re.Search(nil, mustSubject(t, strings.Repeat("a", 5000)+"b"), 0, 1<<30)
	var limit *LimitError
	if !errors.As(err, &limit) || limit.What != "step" {
		t.Errorf("error %v, want the step limit", err)
	}
	re = mustCompile(t, `(?!x)(?:a|b)*$`, 0)
	s := mustSubject(t, strings.Repeat("ab", 4<<20))
	if _, err = re.Search(nil, s, 0, s.Len()); !errors.As(err, &limit) || limit.What != "backtracking" {
		t.Errorf("error %v, want the backtracking limit", err)
	}
}

// TestLinear shows that patterns Go's regexp can express do not backtrack.
func TestLinear(t *testing.T) {
	t.Parallel()
	re := mustCompile(t, `(a+)+$`, 0)
	s := mustSubject(t, strings.Repeat("a", 20000)+"b")
	m, err := re.Search(&purse{steps: 200_000}, s, 0, s.Len())
	if m != nil || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

// TestCharge shows that work on Go's regexp is charged.
func TestCharge(t *testing.T) {
	t.Parallel()
	re := mustCompile(t, `(?:[a-c]x?){300}y`, 0)
	s := mustSubject(t, strings.Repeat("a", 20000))
	if _, err := re.Search(&purse{steps: 10_000}, s, 0, s.Len()); !errors.Is(err, errBudget) {
		t.Errorf("error %v, want %v", err, errBudget)
	}
}

// TestScanCost shows that scanning a long text for many matches costs about its
// length, not its square.
func TestScanCost(t *testing.T) {
	t.Parallel()
	s := mustSubject(t, strings.Repeat("word ", 40000))
	for _, p := range []string{`\w+`, `(?!x)\w+`, `\bw(o)rd\b`} {
		b := &purse{steps: 10_000_000, alloc: 64 << 20}
		n := 0
		for sc := mustCompile(t, p, 0).Scan(s, 0, s.Len()); ; n++ {
			m, err := sc.Next(b)
			if err != nil {
				t.Fatalf("%s: %v after %d matches", p, err, n)
			}
			if m == nil {
				break
			}
		}
		if n != 40000 {
			t.Errorf("%s: %d matches", p, n)
		}
	}
}

func TestPatternLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, pattern, want string }{
		{"length", strings.Repeat("a", maxPattern+1), "regular expression is too long"},
		{"groups", strings.Repeat("(a)", maxGroups+1), "too many groups at position 1500"},
		{"nesting", strings.Repeat("(?:", 1000) + strings.Repeat(")", 1000), "regular expression is nested too deeply at position 225"},
		{"conditions", "(a)" + strings.Repeat("(?(1)", 1000), "regular expression is nested too deeply at position 753"},
		{"name", "(?P<" + strings.Repeat("n", 300) + ">a)", "group name is too long at position 261"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Compile(c.pattern, false, 0)
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// TestBigRepeats shows that repeat counts cost no program space.
func TestBigRepeats(t *testing.T) {
	t.Parallel()
	re := mustCompile(t, `((((a{1000}){1000}){1000}){1000}|b)`, 0)
	m, err := re.Search(&purse{steps: 1_000_000, alloc: 1 << 20}, mustSubject(t, "aab"), 0, 3)
	if err != nil || m == nil || m.Spans[0] != 2 {
		t.Errorf("got %v, %v", m, err)
	}
	if n := len(re.slow().insts); n > 100 {
		t.Errorf("%d instructions", n)
	}
}

// TestSurrogates matches lone surrogates, which a str may hold.
func TestSurrogates(t *testing.T) {
	t.Parallel()
	const lone = "\xed\xa0\x80" // U+D800
	s := mustSubject(t, "a"+lone+"b")
	if s.Len() != 3 {
		t.Fatalf("length %d", s.Len())
	}
	for _, p := range []string{lone, `\ud800`, `[\ud000-\udfff]`, `a(.)b`, `[^a]`} {
		m, err := mustCompile(t, p, 0).Search(nil, s, 0, 3)
		if err != nil || m == nil || m.Spans[0] > 1 {
			t.Errorf("%q: %v, %v", p, m, err)
		}
	}
	if m, _ := mustCompile(t, `\ud800`, 0).Search(nil, mustSubject(t, "\ufffd"), 0, 1); m != nil {
		t.Error("a surrogate matches U+FFFD")
	}
}

// TestConcurrent runs one expression from many goroutines; the race detector
// judges.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	for _, p := range []string{`(\w+)-(\d+)`, `(?!x)(\w+)-(\d+)`} {
		re := mustCompile(t, p, 0)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for _, text := range []string{"ab-12", "é ab-12", ""} {
					s, _ := NewSubject(nil, text, false)
					if m, err := re.Search(nil, s, 0, s.Len()); err != nil || (m == nil) != (text == "") {
						t.Errorf("%q: %v, %v", text, m, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`(?P<a>x)(?(a)b|c)(?<=q)[^\w]{2,3}+\1`, "xyz\n", false, uint16(0))
	f.Add(`(?i)a*?|(?>b)`, "éa", true, uint16(10))
	f.Fuzz(func(t *testing.T, pattern, subject string, isBytes bool, flags uint16) {
		if len(pattern) > 2000 || len(subject) > 2000 {
			return
		}
		b := &purse{steps: 50_000, alloc: 16 << 20}
		re, err := Compile(pattern, isBytes, Flags(flags)&0x1ff)
		if err != nil {
			return
		}
		s, err := NewSubject(b, subject, isBytes)
		if err != nil {
			return
		}
		for _, mo := range []mode{search, match, fullMatch} {
			fast, ok, err := re.fast(b, s, 0, s.Len(), mo)
			if err != nil || !ok {
				continue
			}
			slow, err := re.backtrack(b, s, 0, s.Len(), mo, false)
			if err != nil {
				continue
			}
			if got, want := flat(slow), flat(fast); len(got) != len(want) {
				t.Fatalf("mode %d: %v and %v", mo, fast, slow)
			} else {
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("mode %d: %v and %v", mo, fast, slow)
					}
				}
			}
		}
		sc := re.Scan(s, 0, s.Len())
		for range 100 {
			if m, err := sc.Next(b); m == nil || err != nil {
				break
			}
		}
		if _, err := re.CompileReplacement(subject); err != nil {
			return
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, c := range []struct{ name, pattern, subject string }{
		{"yealink", `^[yY]ealink\s+SIP(?: VP)?-(\w+)\s+([\d.]+)\s+([\da-fA-F:]{17})$`, "Yealink SIP-T46S 66.83.0.35 80:5e:c0:aa:bb:cc"},
		{"miss", `^[yY]ealink\s+SIP(?: VP)?-(\w+)\s+([\d.]+)\s+([\da-fA-F:]{17})$`, "Grandstream Model HW GXP2160 SW 1.0.9.69 DevId 000b82aabbcc"},
		{"search", `\bsnom(\w+)-SIP ([\d.]+)`, "Mozilla/4.0 (compatible; snom370-SIP 8.4.35 1.1.3-u)"},
	} {
		re, err := Compile(c.pattern, false, 0)
		if err != nil {
			b.Fatal(err)
		}
		s, _ := NewSubject(nil, c.subject, false)
		b.Run(c.name+"/go", func(b *testing.B) {
			for b.Loop() {
				if _, ok, _ := re.fast(nil, s, 0, s.Len(), search); !ok {
					b.Fatal("not on Go's regexp")
				}
			}
		})
		b.Run(c.name+"/backtracking", func(b *testing.B) {
			for b.Loop() {
				if _, err := re.backtrack(nil, s, 0, s.Len(), search, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

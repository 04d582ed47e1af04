package pluginctl

import (
	"cmp"
	"strings"
)

// compareVersions orders versions of packages: number by number between the dots,
// then by what follows a "-", where "dev…" comes before nothing and nothing before
// anything else.
func compareVersions(a, b string) int {
	a, aSuffix, _ := strings.Cut(a, "-")
	b, bSuffix, _ := strings.Cut(b, "-")
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		if c := comparePart(part(as, i), part(bs, i)); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(rank(aSuffix), rank(bSuffix)), comparePart(aSuffix, bSuffix))
}

// part returns an element; "1" and "1.0" are equal.
func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return "0"
}

func rank(suffix string) int {
	switch {
	case strings.HasPrefix(suffix, "dev"):
		return 0
	case suffix == "":
		return 1
	}
	return 2
}

// comparePart compares runs of digits as numbers and the rest as text.
func comparePart(a, b string) int {
	for a != "" && b != "" {
		aRun, bRun := run(a), run(b)
		aText, bText := a[:aRun], b[:bRun]
		a, b = a[aRun:], b[bRun:]
		if digit(aText[0]) && digit(bText[0]) {
			aText, bText = strings.TrimLeft(aText, "0"), strings.TrimLeft(bText, "0")
			if c := cmp.Compare(len(aText), len(bText)); c != 0 {
				return c
			}
		}
		if c := strings.Compare(aText, bText); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// run returns the length of the digits, or of what is none, at the start of s.
func run(s string) int {
	n := 1
	for n < len(s) && digit(s[n]) == digit(s[0]) {
		n++
	}
	return n
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

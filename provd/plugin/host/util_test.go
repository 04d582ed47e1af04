package host

import (
	"regexp"
	"strings"
	"testing"
)

// macForms is what wazo-provd takes for a MAC address, as its patterns say it.
var macForms = regexp.MustCompile(`^[\da-fA-F]{1,2}(:[\da-fA-F]{1,2}){5}\n?$|^[\da-fA-F]{1,2}(-[\da-fA-F]{1,2}){5}\n?$|^[\da-fA-F]{12}$`)

func FuzzParseMAC(f *testing.F) {
	for _, s := range []string{
		"", "00:15:65:aa:bb:cc", "0:15:65:A:bb:cC", "00-15-65-aa-bb-cc\n", "001565aabbcc", "001565aabbcc\n", "00:15-65:aa:bb:cc",
		"00:15:65:aa:bb", "00:15:65:aa:bb:cc:dd", "::::::", ":0:1:2:3:4:5", "0:1:2:3:4:5:", "00:15:65:aa:bb:ccc", "0015:65:aa:bb:cc", "\x100:15:65:aa:bb:cc", "`0:15:65:aa:bb:cc", "0g:15:65:aa:bb:cc", "001565aabbc", "é01565aabbcc",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mac, err := parseMAC(s)
		if (err == nil) != macForms.MatchString(s) {
			t.Fatalf("%q: error %v", s, err)
		}
		if err != nil {
			return
		}
		// Read again as it is written, and written as it was read but for zeros.
		plain := joinMAC(mac, ":", false)
		if again, err := parseMAC(plain); err != nil || again != mac {
			t.Fatalf("%q is %v, and %v when it is written %q: %v", s, mac, again, plain, err)
		}
		var digits []string
		for _, part := range strings.FieldsFunc(strings.TrimSuffix(s, "\n"), func(r rune) bool { return r == ':' || r == '-' }) {
			digits = append(digits, strings.Repeat("0", len(part)%2)+strings.ToLower(part))
		}
		if got := joinMAC(mac, "", false); got != strings.Join(digits, "") {
			t.Fatalf("%q is %s", s, got)
		}
	})
}

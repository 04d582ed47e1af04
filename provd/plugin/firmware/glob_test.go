package firmware

import "testing"

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "a.bin", true},
		{"*", ".hidden", false},
		{".*", ".hidden", true},
		{"?.bin", "a.bin", true},
		{"?.bin", ".bin", false},
		{"*.bin", "a.BIN", false},
		{"a*b*c", "aXbXbc", true},
		{"a*b*c", "aXbXb", false},
		{"[ab]x", "bx", true},
		{"[!ab]x", "bx", false},
		{"[^a]x", "^x", true},
		{"[a-c]", "b", true},
		{"[]a]", "]", true},
		{"[a", "[a", true},
		{"é?", "éà", true},
		{"", "", true},
	} {
		if got := matches(tt.pattern, tt.name); got != tt.want {
			t.Errorf("matches(%q, %q) = %v", tt.pattern, tt.name, got)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"A": "x y", "A1": "$A"}
	for _, tt := range []struct{ word, want string }{
		{"$A.bin", "x y.bin"},
		{"${A}1", "x y1"},
		{"$A1", "$A"},
		{`\$A`, "$A"},
		{"$", ""},
		{"${A", ""},
		{"$B", ""},
	} {
		got, err := expand(tt.word, vars)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("expand(%q) = %q, %v", tt.word, got, err)
		}
	}
}

package pluginctl

import "testing"

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"1.0", "1.0", 0},
		{"1", "1.0.0", 0},
		{"1.02", "1.2", 0},
		{"1.9", "1.10", -1},
		{"1.10.1", "1.10", 1},
		{"2", "1.99", 1},
		{"1.0-dev2", "1.0", -1},
		{"1.0-dev2", "1.0-dev10", -1},
		{"1.0-1", "1.0", 1},
		{"1.0-dev1", "1.0-rc1", -1},
		{"1.0-9", "1.0-10", -1},
		{"1.2a", "1.2", 1},
		{"1.2b", "1.2a", 1},
		{"83.v2", "83.v10", -1},
		{"", "1", -1},
		{"99999999999999999999", "100000000000000000000", -1},
	} {
		if got := compareVersions(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := compareVersions(tt.b, tt.a); got != -tt.want {
			t.Errorf("%q and %q: got %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

package main

import (
	"strings"
	"testing"
)

func TestCollector(t *testing.T) {
	t.Parallel()
	const pi3 = "MemTotal:         944136 kB\nMemFree:           81928 kB\n"
	tests := []struct {
		name    string
		meminfo string
		env     map[string]string
		want    collector
	}{
		{"a small board", pi3, nil, collector{gcPercent, 944136 * 1024 / 100 * memoryShare}},
		{"another line first", "MemFree: 1 kB\n" + pi3, nil, collector{gcPercent, 944136 * 1024 / 100 * memoryShare}},
		{"GOGC is set", pi3, map[string]string{"GOGC": "50"}, collector{0, 944136 * 1024 / 100 * memoryShare}},
		{"GOMEMLIMIT is set", pi3, map[string]string{"GOMEMLIMIT": "200MiB"}, collector{gcPercent, 0}},
		{"both are set", pi3, map[string]string{"GOGC": "off", "GOMEMLIMIT": "200MiB"}, collector{}},
		{"unknown memory", "", nil, collector{}},
		{"no number", "MemTotal: lots kB\n", nil, collector{}},
		{"negative", "MemTotal: -5 kB\n", nil, collector{}},
		{"overflow", "MemTotal: 9223372036854775807 kB\n", nil, collector{}},
		{"other unit", "MemTotal: 5 MB\n", nil, collector{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := collectorFor(strings.NewReader(tt.meminfo), func(k string) string { return tt.env[k] }); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

package zone

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want Info
	}{
		{"Europe/Paris", Info{Offset: 3600, DST: &DST{Start: Change{3, 5, 7, 7200}, End: Change{10, 4, 7, 10800}, Save: 3600}}},
		{"America/New_York", Info{Offset: -18000, DST: &DST{Start: Change{3, 2, 7, 7200}, End: Change{11, 1, 7, 7200}, Save: 3600}}},
		{"Asia/Tokyo", Info{Offset: 32400}},
		{"Asia/Kathmandu", Info{Offset: 20700}},
		{"America/St_Johns", Info{Offset: -12600, DST: &DST{Start: Change{3, 2, 7, 7200}, End: Change{11, 1, 7, 7200}, Save: 3600}}},
		// Standard time is the summer's there, and the clocks go back in winter.
		{"Europe/Dublin", Info{Offset: 3600, DST: &DST{Start: Change{10, 4, 7, 7200}, End: Change{3, 5, 7, 3600}, Save: -3600}}},
		// The change is an hour before midnight of the last Sunday.
		{"America/Nuuk", Info{Offset: -7200, DST: &DST{Start: Change{3, 5, 6, 82800}, End: Change{10, 4, 7, 0}, Save: 3600}}},
		{"UTC", Info{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := Get(tt.name, 2025)
			if !ok {
				t.Fatal("not found")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, name := range []string{"", "Europe/Nowhere", "paris", "Europe/Paris CET", "Europe", "CET-1CEST,M3.5.0,M10.5.0/3", "\n"} {
		if info, ok := Get(name, 2025); ok {
			t.Errorf("%q is %+v", name, info)
		}
	}
}

// TestAgainstGo compares every zone of the table with Go's own time zones: the
// offsets in the middle of each month of a year after the last Ramadan that the
// files predict.
func TestAgainstGo(t *testing.T) {
	t.Parallel()
	const year = 2090
	checked := 0
	for line := range strings.Lines(table) {
		name, _, _ := strings.Cut(line, " ")
		info, ok := Get(name, year)
		if !ok {
			t.Errorf("%s: rule cannot be read", name)
			continue
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			continue // a machine with fewer zones than the table
		}
		checked++
		r, _ := find(name)
		for month := time.January; month <= time.December; month++ {
			at := time.Date(year, month, 15, 12, 0, 0, 0, time.UTC)
			want := info.Offset
			if info.DST != nil {
				start, end := r.start.in(year), r.end.in(year)
				begun, ended := at.After(start), at.After(end)
				if begun != ended == start.Before(end) {
					want += info.DST.Save
				}
			}
			if _, got := at.In(loc).Zone(); got != want {
				t.Errorf("%s in %v: offset %d, want %d", name, month, want, got)
			}
		}
	}
	if checked < 100 {
		t.Skipf("this machine has only %d zones", checked)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"CET-1CEST,M3.5.0,M10.5.0/3", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "EST5EDT,J60,300/25:30:10", "UTC0", "<", "A1", "AAA1BBB", "AAA1BBB,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := parse(s)
		if !ok || !r.hasDST {
			return
		}
		for _, d := range []day{r.start, r.end} {
			if y := d.in(2024).Year(); y < 2023 || y > 2025 {
				t.Fatalf("%q changes in %d", s, y)
			}
		}
	})
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Europe/Paris": true, "UTC": true, "Africa/Abidjan": true, "Zulu": true, "America/Argentina/Buenos_Aires": true,
		"": false, "Europe": false, "Europe/Pari": false, "Europe/Paris ": false, "europe/paris": false, "CET-1CEST,M3.5.0,M10.5.0/3": false, "\n": false, "zzz": false, "0": false,
	} {
		if Known(name) != want {
			t.Errorf("%q: got %v", name, !want)
		}
	}
}

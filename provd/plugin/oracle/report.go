package oracle

import (
	"fmt"
	"strings"
)

// Report counts what was compared and lists what differs.
type Report struct {
	// Cases is the number of recorded cases: a device with a config.
	Cases int
	// Checked is the number of comparisons.
	Checked     int
	Differences []Difference
	// Skipped counts what was recorded but not compared, by the reason.
	Skipped map[string]int
}

// Equal is the number of comparisons without a difference.
func (r *Report) Equal() int { return r.Checked - len(r.Differences) }

// Difference is one thing that a package does otherwise than recorded.
type Difference struct {
	// Check is what was compared: load, info, serves, firmware, static, common,
	// schema, configure, deconfigure, remaining, removed, trigger, synchronize, http,
	// tftp, dhcp, score, sensitive.
	Check string
	// Case is the case it belongs to, e.g. "T46S/full_fr_udp"; "" for none.
	Case string
	// Name is which of them, e.g. "T46S/full_fr_udp 001565.cfg".
	Name string
	// Want is what was recorded and Got what the package does, shortened to the
	// place where they part.
	Want, Got string
}

// String returns the difference on a few lines.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s\n    recorded: %s\n    now:      %s", d.Check, d.Name, d.Want, d.Got)
}

// compare notes a comparison and, when the texts differ, where.
func (c *check) compare(what, name, want, got string) {
	c.report.Checked++
	if want == got {
		return
	}
	c.report.Differences = append(c.report.Differences, Difference{
		Check: what, Case: c.current, Name: name, Want: around(want, got), Got: around(got, want),
	})
}

// skip notes that something recorded was not compared.
func (c *check) skip(reason string) {
	if c.report.Skipped == nil {
		c.report.Skipped = make(map[string]int)
	}
	c.report.Skipped[reason]++
}

// around shows s near the first place where it differs from other.
func around(s, other string) string {
	const before, shown = 40, 160
	i := 0
	for i < len(s) && i < len(other) && s[i] == other[i] {
		i++
	}
	from := max(0, i-before)
	to := min(len(s), from+shown)
	out := fmt.Sprintf("%q", s[from:to])
	if from > 0 {
		out = fmt.Sprintf("… line %d: %s", strings.Count(s[:i], "\n")+1, out)
	}
	return out
}

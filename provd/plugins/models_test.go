package plugins_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/plugins"
)

// modelRow is a line of the table of models of an entry.py.
var modelRow = regexp.MustCompile(`(?m)^    '([^']+)': (\{.*\}|\d+),$`)

// modelCount is a number in such a line.
var modelCount = regexp.MustCompile(`'(lines|accounts)': (\d+)`)

// TestModels checks that each package says what it can do of every model in its
// table, of no other, and with the number of lines that it writes.
func TestModels(t *testing.T) {
	t.Parallel()
	for _, id := range plugins.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			entry, err := fs.ReadFile(plugins.FS(id), "entry.py")
			if err != nil {
				t.Fatal(err)
			}
			_, table, ok := strings.Cut(string(entry), "\nMODELS = {")
			if !ok {
				t.Fatal("no table")
			}
			table, _, _ = strings.Cut(table, "\n}\n")
			lines := make(map[string]string)
			rows := modelRow.FindAllStringSubmatch(table, -1)
			for _, row := range rows {
				lines[row[1]] = row[2]
				if count := modelCount.FindStringSubmatch(row[2]); count != nil {
					lines[row[1]] = count[2]
				}
			}
			if got := strings.Count(strings.TrimSpace(table), "\n") + 1; len(lines) != got {
				t.Errorf("%d models in %d lines", len(lines), got)
			}
			info, err := fs.ReadFile(plugins.FS(id), "plugin-info")
			if err != nil {
				t.Fatal(err)
			}
			var declared struct {
				Capabilities map[string]struct {
					Lines json.Number `json:"lines"`
				} `json:"capabilities"`
			}
			if err := json.Unmarshal(info, &declared); err != nil {
				t.Fatal(err)
			}
			got := make(map[string]string)
			for _, key := range slices.Sorted(maps.Keys(declared.Capabilities)) {
				_, model := triple(t, key)
				got[model] = declared.Capabilities[key].Lines.String()
			}
			if diff := cmp.Diff(lines, got); diff != "" {
				t.Errorf("table and plugin-info (-table +info):\n%s", diff)
			}
		})
	}
}

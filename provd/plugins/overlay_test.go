package plugins_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"provbox/provd/plugins"
)

// TestFS checks that every package holds all that it needs, and that its files
// are a file system like any other.
func TestFS(t *testing.T) {
	t.Parallel()
	for _, id := range plugins.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			files := plugins.FS(id)
			if err := fstest.TestFS(files, "entry.py", "common.py", "shared.py", "plugin-info"); err != nil {
				t.Fatal(err)
			}
			// What is copied out of it is a package that loads without the others.
			entry, err := fs.ReadFile(files, "entry.py")
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(entry)) {
				_, call, ok := strings.Cut(line, "execfile_('")
				if !ok {
					continue
				}
				name, _, _ := strings.Cut(call, "'")
				if _, err := fs.Stat(files, name); err != nil {
					t.Errorf("entry.py executes %s: %v", name, err)
				}
			}
		})
	}
	if plugins.FS("shared") != nil || plugins.FS("provbox-none") != nil || plugins.FS("../plugins") != nil {
		t.Error("files of a package that is none")
	}
}

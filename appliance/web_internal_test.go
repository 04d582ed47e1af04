package appliance

import (
	"os"
	"path/filepath"
	"testing"
)

// What the image shows on its screens reaches all there are, and a missing one is
// no failure.
func TestTell(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	screen := filepath.Join(dir, "console")
	if err := os.WriteFile(screen, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tell([]string{filepath.Join(dir, "none"), screen}, "claim code X")
	if got, err := os.ReadFile(screen); err != nil || string(got) != "claim code X" {
		t.Errorf("%q, %v", got, err)
	}
}

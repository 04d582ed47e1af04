package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The files in Config.Dir. Backups and damaged files are numbered as well as
// dated: a box without a battery-backed clock makes some of them in 1970.
const (
	fileStore     = "provbox.db"
	fileLock      = "provbox.lock"
	prefixBackup  = "backup-"
	prefixDamaged = "damaged-"
	suffix        = ".db"
	suffixTemp    = ".tmp"
	stampLayout   = "20060102T150405Z"

	// keepBackups is how many generations of backups are kept.
	keepBackups = 2
	// keepDamaged is how many damaged files are kept aside for whoever wants to
	// look, besides the very first one: in a series of failures that one holds
	// the most.
	keepDamaged = 2
)

// setAside renames a damaged file.
func setAside(cfg Config, file string) (string, error) {
	name, err := nextName(cfg, prefixDamaged)
	if err != nil {
		return "", err
	}
	aside := filepath.Join(cfg.Dir, name)
	if err := os.Rename(file, aside); err != nil {
		return "", fmt.Errorf("keep the damaged file aside: %w", err)
	}
	if err := syncDir(cfg.Dir); err != nil {
		return "", err
	}
	names, err := generations(cfg.Dir, prefixDamaged)
	if err != nil || len(names) < 2 {
		return aside, err
	}
	return aside, prune(cfg.Dir, names[1:], keepDamaged)
}

// writeFile makes a file appear whole or not at all: written beside its place,
// synced, checked, then renamed.
func writeFile(file string, write func(io.Writer) error, check func(temp string) error) error {
	temp := file + suffixTemp
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = check(temp)
	}
	if err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		_ = os.Remove(temp)
		return err
	}
	return syncDir(filepath.Dir(file))
}

// sweep removes what writeFile left when the power went.
func sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, "*"+suffixTemp))
	for _, n := range names {
		_ = os.Remove(n) // on a read-only disk they stay, and do no harm
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// generations returns the files of a kind, oldest first.
func generations(dir, prefix string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); strings.HasPrefix(n, prefix) && strings.HasSuffix(n, suffix) {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return number(a, prefix) - number(b, prefix) })
	return names, nil
}

// number returns the generation in a file's name, 0 if it has none.
func number(name, prefix string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(name, prefix), "-")
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// nextName is the name of the next file of a kind, e.g.
// backup-0007-20261122T190000Z.db.
func nextName(cfg Config, prefix string) (string, error) {
	names, err := generations(cfg.Dir, prefix)
	if err != nil {
		return "", err
	}
	n := 1
	if len(names) > 0 {
		n += number(names[len(names)-1], prefix)
	}
	return fmt.Sprintf("%s%04d-%s%s", prefix, n, cfg.Now().UTC().Format(stampLayout), suffix), nil
}

// prune removes all but the last of these files.
func prune(dir string, names []string, keep int) error {
	for _, n := range names[:max(0, len(names)-keep)] {
		if err := os.Remove(filepath.Join(dir, n)); err != nil {
			return err
		}
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// keepBackups is how many generations of backups are kept.
const keepBackups = 2

// Backup writes a copy of the store beside it, checks the copy, and drops the
// oldest one beyond two. It returns the name of the new file. Writers wait for
// nothing: the copy is made from a snapshot.
func (s *Store) Backup(ctx context.Context) (string, error) {
	s.backup.Lock()
	defer s.backup.Unlock()
	if err := stopped(ctx, "backup"); err != nil {
		return "", err
	}
	file := filepath.Join(s.cfg.Dir, prefixBackup+stamp(s.cfg)+suffix)
	err := writeFile(file, func(w io.Writer) error {
		return s.read(func(b *bbolt.Tx) error {
			_, err := b.WriteTo(w)
			return err
		})
	})
	if err != nil {
		return "", fmt.Errorf("store: backup: %w", err)
	}
	if err := prune(s.cfg.Dir, prefixBackup, keepBackups); err != nil {
		return "", fmt.Errorf("store: backup: %w", err)
	}
	return file, nil
}

// restore puts the newest good backup in the place of the store and returns its
// name, "" when there is none.
func restore(cfg Config, history []migration) (string, error) {
	names, err := generations(cfg.Dir, prefixBackup)
	if err != nil {
		return "", err
	}
	for _, name := range slices.Backward(names) {
		file := filepath.Join(cfg.Dir, name)
		if checkPath(file) != nil || !readable(cfg, file, history) {
			continue
		}
		err := writeFile(filepath.Join(cfg.Dir, fileStore), func(w io.Writer) error {
			src, err := os.Open(file)
			if err != nil {
				return err
			}
			defer src.Close()
			_, err = io.Copy(w, src)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("restore %s: %w", file, err)
		}
		return file, nil
	}
	return "", nil
}

// readable reports whether a backup holds a store of a schema that this version
// can use.
func readable(cfg Config, file string, history []migration) bool {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true, Timeout: cfg.LockWait})
	if err != nil {
		return false
	}
	defer db.Close()
	return db.View(func(b *bbolt.Tx) error {
		schema, err := schemaOf(b)
		if err == nil && (schema == 0 || schema > newest(history)) {
			err = ErrNewer
		}
		return err
	}) == nil
}

// writeFile makes a file appear whole or not at all: written beside its place,
// synced, checked, then renamed.
func writeFile(file string, write func(io.Writer) error) error {
	temp := file + ".tmp"
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Sync())
	if err = errors.Join(err, f.Close()); err == nil {
		err = checkPath(temp)
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

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// generations returns the files of a kind, oldest first: their names hold the
// time.
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
	slices.Sort(names)
	return names, nil
}

// prune removes all but the newest files of a kind.
func prune(dir, prefix string, keep int) error {
	names, err := generations(dir, prefix)
	if err != nil {
		return err
	}
	for _, n := range names[:max(0, len(names)-keep)] {
		if err := os.Remove(filepath.Join(dir, n)); err != nil {
			return err
		}
	}
	return nil
}

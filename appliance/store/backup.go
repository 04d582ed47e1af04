package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of the store beside it, opens the copy and reads every
// record of it, and then drops the oldest copy beyond two. A copy that is not
// good replaces none. It returns the name of the new file. Writers wait for
// nothing: the copy is made from a snapshot.
func (s *Store) Backup(ctx context.Context) (string, error) {
	s.backup.Lock()
	defer s.backup.Unlock()
	file, err := s.makeBackup(ctx)
	if err != nil {
		return "", fmt.Errorf("store: backup: %w", err)
	}
	return file, nil
}

func (s *Store) makeBackup(ctx context.Context) (string, error) {
	name, err := nextName(s.cfg, prefixBackup)
	if err != nil {
		return "", err
	}
	file := filepath.Join(s.cfg.Dir, name)
	err = writeFile(file, func(w io.Writer) error {
		return s.read(func(b *bbolt.Tx) error {
			_, err := b.WriteTo(untilDone{ctx, w})
			return err
		})
	}, func(temp string) error {
		schema, bad, err := inspect(s.cfg, temp)
		if err == nil && schema == newest(migrations) && bad > 0 {
			err = fmt.Errorf("%d records of the store cannot be read", bad)
		}
		return err
	})
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // bbolt says it in words of its own
		}
		return "", err
	}
	names, err := generations(s.cfg.Dir, prefixBackup)
	if err != nil {
		return "", err
	}
	return file, prune(s.cfg.Dir, names, keepBackups)
}

// untilDone is a writer that fails once its context has ended.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// restore puts the newest good backup in the place of the store and returns its
// name, "" when there is none.
func restore(cfg Config, history []migration) (string, error) {
	names, err := generations(cfg.Dir, prefixBackup)
	if err != nil {
		return "", err
	}
	place := filepath.Join(cfg.Dir, fileStore)
	for _, name := range slices.Backward(names) {
		file := filepath.Join(cfg.Dir, name)
		if schema, _, err := inspect(cfg, file); err != nil || schema == 0 || schema > newest(history) {
			continue
		}
		err := writeFile(place, func(w io.Writer) error {
			src, err := os.Open(file)
			if err != nil {
				return err
			}
			defer src.Close()
			_, err = io.Copy(w, src)
			return err
		}, func(temp string) error {
			_, err := checkPath(temp)
			return err
		})
		if err != nil {
			// A disk without room for a copy, perhaps because the damaged file
			// is kept, has room for the backup itself.
			if os.Rename(file, place) != nil {
				return "", fmt.Errorf("restore %s: %w", file, err)
			}
			return file, syncDir(cfg.Dir)
		}
		return file, nil
	}
	return "", nil
}

// rebuild writes every record of a file into a new one that takes its place.
// What no store of ours has, such as an empty key, is left out; the counts tell.
func rebuild(cfg Config, file string) error {
	src, err := openDB(cfg, file, true)
	if err != nil {
		return err
	}
	defer src.Close()
	temp := file + suffixTemp
	dst, err := openDB(cfg, temp, false)
	if err != nil {
		return err
	}
	err = src.View(func(from *bbolt.Tx) error {
		return dst.Update(func(to *bbolt.Tx) error { return copyRecords(to, from) })
	})
	if err = errors.Join(err, dst.Close()); err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("rebuild the file: %w", err)
	}
	return syncDir(cfg.Dir)
}

func copyRecords(to, from *bbolt.Tx) error {
	return from.ForEach(func(name []byte, src *bbolt.Bucket) error {
		if src == nil || len(name) == 0 {
			return nil
		}
		dst, err := to.CreateBucket(name)
		if err != nil {
			return err
		}
		if err := dst.SetSequence(src.Sequence()); err != nil {
			return err
		}
		return src.ForEach(func(k, v []byte) error {
			if v == nil || len(k) == 0 || len(k) > bbolt.MaxKeySize {
				return nil
			}
			return dst.Put(k, v)
		})
	})
}

// inspect reads a file that is not the store in use: its schema, and how many
// records of it cannot be read. The error tells a file of no use.
func inspect(cfg Config, file string) (schema uint64, bad int, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = panicked(recover(), err) }()
	if _, err := checkPath(file); err != nil {
		return 0, 0, err
	}
	db, err := openDB(cfg, file, true)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	err = db.View(func(b *bbolt.Tx) error {
		if schema, err = schemaOf(b); err != nil || schema == 0 {
			return err
		}
		for _, n := range bucketNames() {
			// Older schemas may lack some.
			if bucket := b.Bucket(n); bucket != nil {
				bad += len(badRecords(n, bucket))
			}
		}
		return nil
	})
	return schema, bad, err
}

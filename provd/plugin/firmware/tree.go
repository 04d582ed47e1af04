package firmware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// tree is the content of a node.
type tree struct {
	root *os.Root
	dir  string // in root
	// names are the only files of the source node; they may hold any character,
	// brackets too, and are taken literally. Nil for other nodes.
	names []string
}

// match returns what a word of a filter's arguments stands for.
func (t *tree) match(word string) ([]string, error) {
	if t.names == nil {
		sub, err := fs.Sub(t.root.FS(), t.dir)
		if err != nil {
			return nil, err
		}
		return glob(sub, word)
	}
	if slices.Contains(t.names, word) {
		return []string{word}, nil
	}
	if err := checkPath(word); err != nil {
		return nil, err
	}
	var found []string
	for _, n := range t.names {
		if matches(path.Clean(word), n) {
			found = append(found, n)
		}
	}
	return found, nil
}

// matchAll returns what any of the words stands for, each name once. That nothing
// does is an error.
func (t *tree) matchAll(words []string) ([]string, error) {
	var found []string
	for _, w := range words {
		names, err := t.match(w)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("nothing matches %s", strings.Join(words, " "))
	}
	return found, nil
}

// open opens a file; what is none is an error.
func (t *tree) open(name string) (*os.File, int64, error) {
	f, err := t.root.Open(path.Join(t.dir, name))
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// copyTo copies a file, or a directory with what is in it, to a name in another
// tree. What is there is replaced. skip leaves out names; nil skips none.
func (t *tree) copyTo(ctx context.Context, to *tree, from, name string, b *budget, skip func(string) bool) error {
	return fs.WalkDir(t.root.FS(), path.Join(t.dir, from), func(full string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		below := strings.TrimPrefix(strings.TrimPrefix(full, path.Join(t.dir, from)), "/")
		if skip != nil && skip(path.Join(from, below)) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err := b.entry(); err != nil {
			return err
		}
		target := path.Join(to.dir, name, below)
		if d.IsDir() {
			return to.root.MkdirAll(target, 0o755)
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a file", path.Join(from, below))
		}
		return t.copyFile(ctx, to, full, target, b)
	})
}

func (t *tree) copyFile(ctx context.Context, to *tree, full, target string, b *budget) error {
	if err := to.root.MkdirAll(path.Dir(target), 0o755); err != nil {
		return err
	}
	if err := removeFile(to.root, target); err != nil {
		return err
	}
	// Nobody writes into a file that is there, so that two names for one do.
	if t.root == to.root && t.root.Link(full, target) == nil {
		return nil
	}
	f, err := t.root.Open(full)
	if err != nil {
		return err
	}
	defer f.Close()
	return writeFile(to.root, target, &spender{ctx, f, b})
}

// removeFile makes place for a file. A directory in its place is an error.
func removeFile(root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a directory and a file at once", name)
	}
	return root.Remove(name)
}

// writeFile makes a file that is not there yet, and has it on the disk.
func writeFile(root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

package plugins

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// overlay lays the files that all packages share over the root of one. A file of
// the package's own wins.
type overlay struct{ own, shared fs.FS }

// Immutable says that the files are those of the program, see layer.Immutable.
func (overlay) Immutable() {}

// Open opens a file of the package or a shared one.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.own.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.shared.Open(name)
	}
	if err != nil || name != "." {
		return f, err
	}
	entries, err := o.ReadDir(name)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &rootDir{File: f, entries: entries}, nil
}

// ReadDir lists a folder; the root lists the shared files too.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.own, name)
	if err != nil || name != "." {
		return entries, err
	}
	shared, err := fs.ReadDir(o.shared, name)
	if err != nil {
		return nil, err
	}
	for _, e := range shared {
		if !slices.ContainsFunc(entries, func(own fs.DirEntry) bool { return own.Name() == e.Name() }) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// rootDir is the opened root of an overlay.
type rootDir struct {
	fs.File
	entries []fs.DirEntry
}

// ReadDir is that of fs.ReadDirFile.
func (d *rootDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(d.entries) {
		if n > 0 && len(d.entries) == 0 {
			return nil, io.EOF
		}
		n = len(d.entries)
	}
	head := d.entries[:n:n]
	d.entries = d.entries[n:]
	return head, nil
}

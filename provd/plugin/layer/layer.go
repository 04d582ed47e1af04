// Package layer holds the layered file system of one plugin package.
//
// A package believes it owns a directory and writes files under var/tftpboot. In
// Provbox it sees read-only layers below (the package's own files, above them
// what was installed for it on disk: firmware and custom templates) and, on top,
// generated files that live in memory. Phones fetch from the same layers.
//
// Promises: every path is checked to be a plain path below the package's
// directory before any layer sees it; the files of one device appear, change and
// disappear together; a rendering that fails changes nothing; memory is bounded
// by Limits; looking a file up never waits for a rendering.
package layer

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Common is the owner of files that belong to no device, those that
// configure_common writes.
const Common = "common"

// Limits bound what one package may keep in memory.
type Limits struct {
	Files int   // generated files; 0 means DefaultLimits.Files
	Bytes int64 // sum of their sizes; 0 means DefaultLimits.Bytes
}

// DefaultLimits hold as many devices as a box keeps, with four files each, and a
// quarter of the memory of the smallest board.
var DefaultLimits = Limits{Files: 4*16384 + 1024, Bytes: 256 << 20}

// ErrFull is returned when a commit would exceed the Limits.
var ErrFull = errors.New("the generated layer is full")

// ErrReadOnly is returned for a change to a file of a lower layer, or outside
// the directory packages may write to.
var ErrReadOnly = errors.New("read-only file system")

// FS is the layered file system of one package. It is safe for concurrent use.
type FS struct {
	lower  []fs.FS   // highest first
	seen   []lookups // of each of them
	limits Limits
	born   time.Time

	mu     sync.RWMutex
	files  map[string]*node
	owners map[string][]string // owner -> its paths, sorted
	dirs   map[string]int      // directory -> generated files below it
	bytes  int64
}

// node is one generated file. It is immutable once published.
type node struct {
	content string
	mod     time.Time
	owner   string
}

// New returns a layered file system over lower layers, the highest first; nil
// layers are skipped. born is the modification time of lower files that have
// none, such as embedded ones.
func New(limits Limits, born time.Time, lower ...fs.FS) *FS {
	if limits.Files == 0 {
		limits.Files = DefaultLimits.Files
	}
	if limits.Bytes == 0 {
		limits.Bytes = DefaultLimits.Bytes
	}
	f := &FS{limits: limits, born: born, files: make(map[string]*node), owners: make(map[string][]string), dirs: make(map[string]int)}
	for _, l := range lower {
		if l != nil {
			f.lower = append(f.lower, l)
		}
	}
	f.seen = make([]lookups, len(f.lower))
	return f
}

// Valid reports whether name is a path that the layers accept: slash-separated,
// relative, without empty, "." or ".." elements, backslashes or NULs. The root
// itself is ".".
func Valid(name string) bool {
	return len(name) <= maxName && strings.IndexByte(name, '\\') < 0 && strings.IndexByte(name, 0) < 0 && fs.ValidPath(name)
}

// maxName bounds a path, in bytes. Linux refuses longer ones anyway.
const maxName = 4096

// Open opens the file, generated ones before lower ones. A directory is a File
// that says so. Errors are *fs.PathError; an unsafe name does not exist.
func (f *FS) Open(name string) (*File, error) {
	if !Valid(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.open(name)
}

// open is Open for a valid name.
func (f *FS) open(name string) (*File, error) {
	f.mu.RLock()
	n, isDir := f.files[name], name == "." || f.dirs[name] > 0
	f.mu.RUnlock()
	if n != nil {
		return n.open(name), nil
	}
	file, err := f.openLower(name)
	if isDir && errors.Is(err, fs.ErrNotExist) {
		return directory(name, f.born), nil
	}
	return file, err
}

func (f *FS) openLower(name string) (*File, error) {
	for _, l := range f.lower {
		file, err := openFS(l, name, f.born)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Owner returns who owns a generated file: a device id, Common, or "" when the
// file is not a generated one.
func (f *FS) Owner(name string) string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if n := f.files[name]; n != nil {
		return n.owner
	}
	return ""
}

// Owned returns the contents of the generated files of one owner by path.
func (f *FS) Owned(owner string) map[string]string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	files := make(map[string]string, len(f.owners[owner]))
	for _, p := range f.owners[owner] {
		files[p] = f.files[p].content
	}
	return files
}

// Size returns how many generated files there are and their total size.
func (f *FS) Size() (files int, bytes int64) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.files), f.bytes
}

// Drop removes every generated file of an owner and returns how many there were.
func (f *FS) Drop(owner string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	paths := slices.Clone(f.owners[owner])
	for _, p := range paths {
		f.unlink(p)
	}
	return len(paths)
}

// Adopt takes over the generated files of devices from another layered file
// system, so that phones are served while their files are made anew. Files the
// receiver has, and what would not fit its limits, are left out.
func (f *FS) Adopt(from *FS) {
	from.mu.RLock()
	nodes := make(map[string]*node, len(from.files))
	for p, n := range from.files {
		if n.owner != Common {
			nodes[p] = n
		}
	}
	from.mu.RUnlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	for p, n := range nodes {
		if f.files[p] == nil && len(f.files) < f.limits.Files && f.bytes+int64(len(n.content)) <= f.limits.Bytes {
			f.link(p, n)
		}
	}
}

// isFile reports whether there is a generated file of that name.
func (f *FS) isFile(name string) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.files[name] != nil
}

// replace publishes the files of one owner: those in files and no others. Paths
// in removed are unlinked whoever owns them. It changes nothing when the result
// would be over the limits.
func (f *FS) replace(owner string, files map[string]string, removed map[string]bool, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rewrite(owner, files, removed, now) {
		return nil
	}
	gone := make(map[string]bool, len(removed))
	for p := range removed {
		gone[p] = true
	}
	for _, p := range f.owners[owner] {
		gone[p] = true
	}
	count, size := len(f.files), f.bytes
	forget := func(p string) {
		if n := f.files[p]; n != nil {
			count--
			size -= int64(len(n.content))
		}
	}
	for p := range gone {
		forget(p)
	}
	for p, c := range files {
		if !gone[p] {
			forget(p)
		}
		count++
		size += int64(len(c))
	}
	if count > f.limits.Files || size > f.limits.Bytes {
		return fmt.Errorf("%w: %d files with %d bytes, at most %d and %d are kept", ErrFull, count, size, f.limits.Files, f.limits.Bytes)
	}
	old := make(map[string]*node, len(files))
	for p := range files {
		old[p] = f.files[p]
	}
	for p := range gone {
		f.unlink(p)
	}
	for p, c := range files {
		f.unlink(p)
		f.link(p, old[p].becomes(c, owner, now))
	}
	return nil
}

// becomes returns the node that takes the place of n, which is nil for a new file.
// A file that did not change keeps its time, so that a phone's If-Modified-Since
// still saves it the transfer.
func (n *node) becomes(content, owner string, now time.Time) *node {
	switch {
	case n == nil || n.content != content:
		return &node{content: content, mod: now, owner: owner}
	case n.owner == owner:
		return n
	}
	return &node{content: n.content, mod: n.mod, owner: owner}
}

// rewrite is replace for what is done most often: the owner has the same files as
// before, none of others is removed, and the result is within the limits. It
// reports whether that was so. The caller holds mu.
func (f *FS) rewrite(owner string, files map[string]string, removed map[string]bool, now time.Time) bool {
	if len(files) != len(f.owners[owner]) {
		return false
	}
	size := f.bytes
	for p, c := range files {
		n := f.files[p]
		if n == nil || n.owner != owner {
			return false
		}
		size += int64(len(c)) - int64(len(n.content))
	}
	for p := range removed {
		if f.files[p] != nil {
			return false
		}
	}
	if size > f.limits.Bytes || len(f.files) > f.limits.Files {
		return false
	}
	for p, c := range files {
		f.files[p] = f.files[p].becomes(c, owner, now)
	}
	f.bytes = size
	return true
}

// link publishes one file under a path that has none. The caller holds mu.
func (f *FS) link(p string, n *node) {
	f.files[p] = n
	f.bytes += int64(len(n.content))
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		f.dirs[dir]++
	}
	paths := f.owners[n.owner]
	i, _ := slices.BinarySearch(paths, p)
	f.owners[n.owner] = slices.Insert(paths, i, p)
}

// unlink forgets one generated file, if it is there. The caller holds mu.
func (f *FS) unlink(p string) {
	n := f.files[p]
	if n == nil {
		return
	}
	delete(f.files, p)
	f.bytes -= int64(len(n.content))
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if f.dirs[dir]--; f.dirs[dir] == 0 {
			delete(f.dirs, dir)
		}
	}
	paths := f.owners[n.owner]
	if i, ok := slices.BinarySearch(paths, p); ok {
		paths = slices.Delete(paths, i, i+1)
	}
	if len(paths) == 0 {
		delete(f.owners, n.owner)
		return
	}
	f.owners[n.owner] = paths
}

// clean turns a path a package asked for into the form the layers use.
func clean(name string) string { return path.Clean(name) }

package layer

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// Writable is the directory packages may write below.
const Writable = "var"

// Scratch is one rendering in progress: reads see the layers with the writes of
// this rendering on top, and nobody else sees those until Commit. A Scratch is
// used by one goroutine.
type Scratch struct {
	fs       *FS
	maxFiles int
	maxBytes int64
	writes   map[string]string // nil until something is written
	removed  map[string]bool   // nil until something is removed
	dirs     map[string]bool   // made with Mkdir
	bytes    int64
	readOnly bool
}

// Scratch starts a rendering that may write at most files files of bytes bytes
// together; 0 means the limits of the whole layer.
func (f *FS) Scratch(files int, bytes int64) *Scratch {
	if files == 0 {
		files = f.limits.Files
	}
	if bytes == 0 {
		bytes = f.limits.Bytes
	}
	return &Scratch{fs: f, maxFiles: files, maxBytes: bytes}
}

// ReadOnly returns a view in which every change fails with ErrReadOnly.
func (f *FS) ReadOnly() *Scratch {
	return &Scratch{fs: f, readOnly: true}
}

// Files returns what was written so far, by path.
func (s *Scratch) Files() map[string]string { return s.writes }

// Removed returns the paths that were removed so far and not written again, sorted.
func (s *Scratch) Removed() []string { return slices.Sorted(maps.Keys(s.removed)) }

// Commit publishes what was written as the files of owner, in place of all it
// had before, and unlinks what was removed. On an error nothing changed.
func (s *Scratch) Commit(owner string, now time.Time) error {
	if s.readOnly {
		return ErrReadOnly
	}
	return s.fs.replace(owner, s.writes, s.removed, now)
}

// Unlink publishes only the removals.
func (s *Scratch) Unlink() {
	s.fs.mu.Lock()
	defer s.fs.mu.Unlock()
	for p := range s.removed {
		s.fs.unlink(p)
	}
}

// Stat describes a file or directory.
func (s *Scratch) Stat(name string) (fs.FileInfo, error) {
	f, err := s.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

// Open opens a file for reading.
func (s *Scratch) Open(name string) (*File, error) {
	name = clean(name)
	if !Valid(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.open(name)
}

// open is Open for a name that is clean and valid.
func (s *Scratch) open(name string) (*File, error) {
	if content, ok := s.writes[name]; ok {
		return (&node{content: content, mod: s.fs.born}).open(name), nil
	}
	if s.removed[name] {
		if f, err := s.fs.openLower(name); err == nil {
			return f, nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := s.fs.open(name)
	if err != nil && s.hasDir(name) {
		return directory(name, s.fs.born), nil
	}
	return f, err
}

func (s *Scratch) hasDir(name string) bool {
	if s.dirs[name] {
		return true
	}
	for p := range s.writes {
		if strings.HasPrefix(p, name+"/") {
			return true
		}
	}
	return false
}

// ReadFile returns the content of a file, refusing one of more than limit bytes.
func (s *Scratch) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := s.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.IsDir {
		return nil, &fs.PathError{Op: "read", Path: name, Err: ErrIsDirectory}
	}
	if f.Size > limit {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%d bytes, at most %d are read", f.Size, limit)}
	}
	return io.ReadAll(f)
}

// WriteFile sets the content of a file. It is kept as it is: not a part of a string
// that is much longer.
func (s *Scratch) WriteFile(name, content string) error {
	name, err := s.writable("open", name)
	if err != nil {
		return err
	}
	old, had := s.writes[name]
	if !had && (s.removed[name] || !s.fs.isFile(name)) {
		if f, err := s.open(name); err == nil {
			f.Close()
			if f.IsDir {
				return &fs.PathError{Op: "open", Path: name, Err: ErrIsDirectory}
			}
		}
	}
	bytes := s.bytes - int64(len(old)) + int64(len(content))
	if bytes > s.maxBytes || (!had && len(s.writes) >= s.maxFiles) {
		return &fs.PathError{Op: "write", Path: name, Err: fmt.Errorf("%w: one call may write %d files of %d bytes together", ErrFull, s.maxFiles, s.maxBytes)}
	}
	if s.writes == nil {
		s.writes = make(map[string]string)
	}
	s.writes[name], s.bytes = content, bytes
	delete(s.removed, name)
	return nil
}

// Remove unlinks a generated file. One of a lower layer cannot be removed.
func (s *Scratch) Remove(name string) error {
	name, err := s.writable("remove", name)
	if err != nil {
		return err
	}
	f, err := s.Open(name)
	if err != nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	f.Close()
	if f.IsDir {
		return &fs.PathError{Op: "remove", Path: name, Err: ErrIsDirectory}
	}
	if content, ok := s.writes[name]; ok {
		s.bytes -= int64(len(content))
		delete(s.writes, name)
	} else if s.fs.Owner(name) == "" {
		return &fs.PathError{Op: "remove", Path: name, Err: ErrReadOnly}
	}
	if s.removed == nil {
		s.removed = make(map[string]bool)
	}
	s.removed[name] = true
	return nil
}

// maxDirs bounds the directories one rendering makes.
const maxDirs = 256

// Mkdir makes a directory for this rendering. Others see it once it holds a
// file; directories without one are not kept.
func (s *Scratch) Mkdir(name string) error {
	name, err := s.writable("mkdir", name)
	if err != nil {
		return err
	}
	if f, err := s.Open(name); err == nil {
		f.Close()
		return &fs.PathError{Op: "mkdir", Path: name, Err: fs.ErrExist}
	}
	if len(s.dirs) >= maxDirs {
		return &fs.PathError{Op: "mkdir", Path: name, Err: ErrFull}
	}
	if s.dirs == nil {
		s.dirs = make(map[string]bool)
	}
	s.dirs[name] = true
	return nil
}

// Rename moves a generated file, over another one if there is one.
func (s *Scratch) Rename(from, to string) error {
	from, err := s.writable("rename", from)
	if err != nil {
		return err
	}
	if to, err = s.writable("rename", to); err != nil {
		return err
	}
	content, ok := s.writes[from]
	if !ok {
		data, err := s.ReadFile(from, s.maxBytes)
		if err != nil {
			return err
		}
		content = string(data)
	}
	if from == to {
		return nil
	}
	if err := s.Remove(from); err != nil {
		return err
	}
	return s.WriteFile(to, content)
}

// ReadDir lists a directory's names in order, without their kind: packages only
// look for names.
func (s *Scratch) ReadDir(name string) ([]string, error) {
	name = clean(name)
	f, err := s.Open(name)
	if err != nil {
		return nil, err
	}
	f.Close()
	if !f.IsDir {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fmt.Errorf("not a directory")}
	}
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var names []string
	add := func(p string) {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			first, _, _ := strings.Cut(rest, "/")
			names = append(names, first)
		}
	}
	for p := range s.writes {
		add(p)
	}
	s.fs.mu.RLock()
	for p := range s.fs.files {
		if !s.removed[p] {
			add(p)
		}
	}
	s.fs.mu.RUnlock()
	for _, l := range s.fs.lower {
		entries, err := fs.ReadDir(l, name)
		if err != nil {
			continue // a layer without that directory
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (s *Scratch) writable(op, name string) (string, error) {
	name = clean(name)
	if s.readOnly || !Valid(name) || !strings.HasPrefix(name, Writable+"/") {
		return "", &fs.PathError{Op: op, Path: name, Err: ErrReadOnly}
	}
	return name, nil
}

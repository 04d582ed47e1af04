package layer

import (
	"errors"
	"io/fs"
	"sync"
)

// Immutable is a lower layer whose files never change, such as one that is part of
// the program. Which versions they have is remembered.
type Immutable interface {
	fs.FS
	// Immutable marks the type; it does nothing.
	Immutable()
}

// Fixed makes a layer an Immutable one, for files that nobody changes as long as
// the layer is used.
func Fixed(fsys fs.FS) Immutable {
	if same, ok := fsys.(Immutable); ok {
		return same
	}
	return fixed{fsys}
}

type fixed struct{ fs.FS }

// Immutable implements Immutable.
func (fixed) Immutable() {}

// Stat and ReadDir hand on what the layer can do without opening a file.
func (f fixed) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// ReadDir lists a folder.
func (f fixed) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// Version tells the contents of a file of a lower layer apart: when it is the same
// as before, so is the content, as far as sizes and modification times tell.
type Version struct {
	Layer   int   // from 1, the highest
	Size    int64 // in bytes
	ModTime int64 // in nanoseconds since 1970, 0 when the layer has none
}

// Version returns the version of the file that Open opens. known is false for what
// has none: generated files, directories, files that cannot be looked at. The only
// error is fs.ErrNotExist.
func (f *FS) Version(name string) (v Version, known bool, err error) {
	if !Valid(name) {
		return Version{}, false, fs.ErrNotExist
	}
	f.mu.RLock()
	generated := f.files[name] != nil || f.dirs[name] > 0
	f.mu.RUnlock()
	if generated {
		return Version{}, false, nil
	}
	for i, l := range f.lower {
		v, err := f.seen[i].version(l, name)
		switch {
		case err == nil:
			v.Layer = i + 1
			return v, v != Version{Layer: i + 1}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return Version{}, false, nil
		}
	}
	return Version{}, false, fs.ErrNotExist
}

// lookups are what is remembered of an immutable layer.
type lookups struct {
	mu    sync.Mutex
	known map[string]looked
}

type looked struct {
	v       Version
	missing bool
}

// maxLookups bounds what is remembered of one layer: the names come from packages,
// which make them of the devices there are. A full map is forgotten.
const maxLookups = 2048

func (s *lookups) version(l fs.FS, name string) (Version, error) {
	if _, ok := l.(Immutable); !ok {
		return versionOf(l, name)
	}
	s.mu.Lock()
	r, ok := s.known[name]
	s.mu.Unlock()
	if !ok {
		v, err := versionOf(l, name)
		r = looked{v, errors.Is(err, fs.ErrNotExist)}
		if err != nil && !r.missing {
			return v, err
		}
		s.mu.Lock()
		if s.known == nil || len(s.known) >= maxLookups {
			s.known = make(map[string]looked)
		}
		s.known[name] = r
		s.mu.Unlock()
	}
	if r.missing {
		return Version{}, fs.ErrNotExist
	}
	return r.v, nil
}

// versionOf is the zero Version for what is no regular file.
func versionOf(l fs.FS, name string) (Version, error) {
	info, err := fs.Stat(l, name)
	if err != nil {
		return Version{}, err
	}
	if !info.Mode().IsRegular() {
		return Version{}, nil
	}
	v := Version{Size: info.Size()}
	if mod := info.ModTime(); !mod.IsZero() {
		v.ModTime = mod.UnixNano()
	}
	return v, nil
}

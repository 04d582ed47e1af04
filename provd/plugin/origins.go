package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"time"

	"provbox/provd/plugin/bounded"
)

// originsFile is in a plugin's site folder and has, for each custom template, the
// SHA-256 of the package's template of that name when it was made.
const originsFile = ".templates.json"

// maxOrigins bounds the size of the file.
const maxOrigins = 1 << 20

// readOrigins returns what is remembered. Without it, or when it is damaged, the
// originals of now count: the operator misses a warning and nothing else.
func (s *Set) readOrigins(id string) map[string]string {
	origins := make(map[string]string)
	data, err := bounded.ReadFile(s.site(id), originsFile, maxOrigins)
	if errors.Is(err, fs.ErrNotExist) {
		return origins
	}
	if err == nil {
		err = json.Unmarshal(data, &origins)
	}
	if err != nil {
		s.log.Warn("what custom templates were made from is lost", "plugin", id, "err", err)
		return make(map[string]string)
	}
	return origins
}

// changeOrigins changes what is remembered.
func (s *Set) changeOrigins(id string, change func(map[string]string)) error {
	s.origins.Lock()
	defer s.origins.Unlock()
	was := s.readOrigins(id)
	now := maps.Clone(was)
	change(now)
	if maps.Equal(was, now) {
		return nil
	}
	data, err := json.Marshal(now)
	if err == nil {
		err = keep(s.cfg.Site, path.Join(id, originsFile), data)
	}
	if err != nil {
		return fmt.Errorf("remember what custom templates of plugin %s were made from: %w", id, err)
	}
	return nil
}

// memFile is an open file that is in memory.
type memFile struct {
	*bytes.Reader
	name string
}

func newMemFile(name string, content []byte) *memFile {
	return &memFile{bytes.NewReader(content), name}
}

// Stat describes the file.
func (f *memFile) Stat() (fs.FileInfo, error) { return memInfo{f.name, f.Size()}, nil }

// Close does nothing.
func (f *memFile) Close() error { return nil }

type memInfo struct {
	name string
	size int64
}

func (i memInfo) Name() string     { return i.name }
func (i memInfo) Size() int64      { return i.size }
func (memInfo) Mode() fs.FileMode  { return 0o444 }
func (memInfo) ModTime() time.Time { return time.Time{} }
func (memInfo) IsDir() bool        { return false }
func (memInfo) Sys() any           { return nil }

// Package assets holds the files that the local page needs beside its HTML. They
// are part of the program: the page never asks another host for anything.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed *.css *.js *.svg
var files embed.FS

// Prefix is where the files are, each under a name that changes with its content.
const Prefix = "/assets/"

// Assets serves the files.
type Assets struct {
	paths  map[string]string // name -> path
	byPath map[string]asset
}

type asset struct {
	content []byte
	kind    string
}

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// Load reads the files.
func Load() (*Assets, error) {
	a := &Assets{paths: map[string]string{}, byPath: map[string]asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		sum := sha256.Sum256(content)
		base, ext, _ := strings.Cut(name, ".")
		path := Prefix + base + "." + hex.EncodeToString(sum[:6]) + "." + ext
		a.paths[name] = path
		a.byPath[path] = asset{content, kinds["."+ext]}
		return err
	})
	return a, err
}

// Path returns where a file is, "" for one that there is not.
func (a *Assets) Path(name string) string { return a.paths[name] }

// ServeHTTP serves the files below Prefix. A name stands for one content, so
// browsers keep them.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byPath[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(f.content) // a browser that went away
}

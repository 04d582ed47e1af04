package repository

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"provbox/provd/document"
	"provbox/provd/plugin"
)

// Bounds of a plugins.db; the published one has 114 packages and some 300 KB.
const (
	maxIndex   = 8 << 20
	maxEntries = 1024
)

// maxTarball bounds the size of a package's archive. The largest published one
// has less than 2 MB: firmware is not in it.
const maxTarball = 64 << 20

var (
	// validID is the form of a plugin's id, as in package plugin.
	validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	// validFile is the form of an archive's name: one path element that is safe in
	// a URL and in a folder.
	validFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,191}\.tar\.bz2$`)
)

// index is a parsed plugins.db: what a server offers.
type index struct {
	ids     []string // in the order of the file
	entries map[string]entry
	signed  signed
}

// entry is one package that a server offers.
type entry struct {
	info     plugin.Info // with all members of the entry in its Document
	filename string
	size     int64  // of the archive, bytes
	sha1     string // lower-case hex
	sha256   string // lower-case hex; "" where the server gives none
}

// parseIndex reads a plugins.db. Entries that cannot be used are left out and
// reported in bad, so that one of them does not hide the others; a file with
// nothing but such entries is an error.
func parseIndex(data []byte) (ix *index, bad []error, err error) {
	doc, err := document.Decode(data)
	if err != nil {
		return nil, nil, fmt.Errorf("invalid plugins.db: %w", err)
	}
	if doc.Len() > maxEntries {
		return nil, nil, fmt.Errorf("invalid plugins.db: it lists %d plugins, at most %d can be", doc.Len(), maxEntries)
	}
	ix = &index{entries: make(map[string]entry, doc.Len())}
	owner := make(map[string]string) // of an archive
	for id, v := range doc.All() {
		e, err := parseEntry(id, v)
		if other, ok := owner[e.filename]; ok && err == nil {
			err = fmt.Errorf("invalid plugin info: filename %s is that of %s in %s", e.filename, other, id)
		}
		if err != nil {
			bad = append(bad, err)
			continue
		}
		owner[e.filename] = id
		ix.ids = append(ix.ids, id)
		ix.entries[id] = e
	}
	if len(ix.ids) == 0 && len(bad) > 0 {
		return nil, nil, fmt.Errorf("invalid plugins.db: no usable plugin in it, the first problem is: %w", bad[0])
	}
	return ix, bad, nil
}

func parseEntry(id string, v any) (entry, error) {
	doc, ok := v.(*document.Object)
	if !validID.MatchString(id) {
		return entry{}, fmt.Errorf("invalid plugin info: %q cannot be the id of a plugin", id)
	}
	if !ok {
		return entry{}, fmt.Errorf("invalid plugin info: %s is not an object", id)
	}
	data, err := document.Encode(doc)
	if err != nil {
		return entry{}, fmt.Errorf("invalid plugin info of %s: %w", id, err)
	}
	e := entry{filename: doc.String("filename"), sha1: doc.String("sha1sum"), sha256: doc.String("sha256sum")}
	var problems []error
	if e.info, err = plugin.ParseInfo(id, data); err != nil {
		problems = append(problems, err)
	}
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("invalid plugin info: "+format+" in %s", append(args, id)...))
	}
	for _, key := range []string{"dsize", "filename", "sha1sum"} {
		if !doc.Has(key) {
			bad("missing %s key", key)
		}
	}
	size, _ := doc.Get("dsize")
	if n, ok := size.(json.Number); ok {
		e.size, err = n.Int64()
		if err != nil || e.size <= 0 || e.size > maxTarball {
			bad("dsize %s is not between 1 and %d", n, maxTarball)
		}
	} else if doc.Has("dsize") {
		bad("dsize is no number")
	}
	if doc.Has("filename") && !validFile.MatchString(e.filename) {
		bad("filename %q is not the name of a .tar.bz2 file", e.filename)
	}
	for key, length := range map[string]int{"sha1sum": 20, "sha256sum": 32} {
		if !doc.Has(key) {
			continue
		}
		if sum, err := hex.DecodeString(doc.String(key)); err != nil || len(sum) != length {
			bad("%s is not the hex form of %d bytes", key, length)
		}
	}
	return e, errors.Join(problems...)
}

// listing is the entry as clients see it: the description in their language, and
// no file name (spec/rest.md section 11).
func (e entry) listing(locale string) *document.Object {
	doc := e.info.Localized(locale)
	doc.Delete("filename")
	return doc
}

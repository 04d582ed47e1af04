package oracle

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"provbox/provd"
)

// describe compares what the package says of itself.
func (c *check) describe() {
	if c.rec.Info != nil {
		c.compare("info", "plugin-info", canonical(c.rec.Info), canonical(c.plugin.Info().Localized("")))
	}
	for _, s := range []struct {
		kind  provd.Kind
		class *string
	}{{provd.HTTP, c.rec.HTTPService}, {provd.TFTP, c.rec.TFTPService}} {
		// These two classes are there to reject everything.
		want := s.class != nil && *s.class != "NoResource" && *s.class != "_UnsafeNoResource" && *s.class != "TFTPNullService"
		c.compare("serves", string(s.kind), fmt.Sprint(want), fmt.Sprint(c.plugin.Serves(s.kind)))
	}
	if c.rec.Services == nil {
		return
	}
	db, _ := c.plugin.Firmware()
	got := make(map[string]any)
	for _, p := range db.Packages {
		got[p.ID] = map[string]any{"version": p.Version, "description": p.Description, "dsize": db.DownloadSize(p)}
	}
	want := c.rec.Services.Install.Installable
	for _, id := range names(want, got) {
		c.compare("firmware", id, canonicalJSON(want[id]), canonicalJSON(got[id]))
	}
}

func names(a, b map[string]any) []string {
	all := slices.Collect(maps.Keys(a))
	all = slices.AppendSeq(all, maps.Keys(b))
	slices.Sort(all)
	return slices.Compact(all)
}

// static compares the files that come with the package.
func (c *check) static() {
	for _, name := range slices.Sorted(maps.Keys(c.rec.Static)) {
		var want string
		var link struct{ Symlink string }
		if err := json.Unmarshal(c.rec.Static[name], &want); err != nil {
			// A link is served as what it leads to, which is beside it.
			if json.Unmarshal(c.rec.Static[name], &link) != nil || json.Unmarshal(c.rec.Static[link.Symlink], &want) != nil {
				c.skip(skipLink)
				continue
			}
		}
		if _, ok := c.rec.CommonFiles[name]; ok {
			c.skip(skipHidden)
			continue
		}
		got, err := c.hash(name)
		if err != nil {
			got = err.Error()
		}
		c.compare("static", name, want, got)
	}
}

// hash returns the SHA-1 of a file that the package serves.
func (c *check) hash(name string) (string, error) {
	for _, kind := range []provd.Kind{provd.HTTP, provd.TFTP} {
		f, err := c.plugin.File(kind, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		defer f.Close()
		h := sha1.New()
		if _, err := io.Copy(h, f); err != nil {
			return "", err
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	return "", fs.ErrNotExist
}

package repository

import (
	"archive/tar"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// What those who publish packages need, so that they refuse what a box would.

// Limits of what is published, see Unpack.
const (
	// MaxArchive bounds an archive, in bytes.
	MaxArchive = maxTarball
	// MaxDepth bounds how deep a file is, its package's folder not counted.
	MaxDepth = maxDepth
)

// ValidArchiveName reports whether an archive of that name can be offered.
func ValidArchiveName(name string) bool { return validFile.MatchString(name) }

// Unpack unpacks an archive of size bytes into the folder id below root, which
// must not be there, and returns id: the only folder at the top of the archive. It
// refuses everything that an installation refuses.
func Unpack(ctx context.Context, archive io.ReadSeeker, size int64, root *os.Root) (id string, err error) {
	if size > maxTarball {
		return "", fmt.Errorf("the archive has %d bytes, at most %d are taken", size, maxTarball)
	}
	if id, err = top(ctx, archive); err != nil {
		return "", err
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return id, unpack(ctx, archive, size, root, id, id)
}

// top returns the folder that the first member of an archive is in.
func top(ctx context.Context, archive io.Reader) (string, error) {
	// Headers and comments may come first, but not much of them.
	r := tar.NewReader(&budget{ctx: ctx, r: bzip2.NewReader(archive), left: ratioFrom})
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return "", errors.New("the archive is empty")
		}
		if err != nil {
			return "", err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(h.Name, "./"), "/")
		if h.Typeflag == tar.TypeXGlobalHeader || name == "" {
			continue
		}
		id, _, _ := strings.Cut(name, "/")
		if !validID.MatchString(id) || !fs.ValidPath(name) {
			return "", fmt.Errorf("member %q: %q cannot be the id of a plugin", h.Name, id)
		}
		return id, nil
	}
}

// CheckIndex returns everything that a box would not take of a plugins.db.
func CheckIndex(data []byte) error {
	if len(data) > maxIndex {
		return fmt.Errorf("plugins.db has %d bytes, at most %d are taken", len(data), maxIndex)
	}
	_, bad, err := parseIndex(data)
	return errors.Join(append(bad, err)...)
}

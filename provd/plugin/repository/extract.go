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
	"path"
	"strings"
)

// The limits of an archive (design/reliability.md section 3).
const (
	maxUnpacked = 512 << 20
	maxMembers  = 5000
	maxDepth    = 8
	maxRatio    = 100
	// ratioFrom is what may be unpacked whatever the ratio: tar pads its files, and
	// padding packs to nearly nothing.
	ratioFrom = 4 << 20
)

// extractor unpacks one archive into a folder.
type extractor struct {
	root *os.Root
	id   string // the only top-level folder of the archive
	to   string // folder below root that takes its place
	left int64  // bytes that may still be unpacked
	seen map[string]bool
	same [][2]string // names below to: a copy and the file it is a copy of
}

// extract unpacks a .tar.bz2 of a package into the folder to below root, which must
// not be there. On an error what was unpacked stays, for the caller to remove.
func extract(ctx context.Context, archive io.Reader, size int64, root *os.Root, id, to string) error {
	if err := unpack(ctx, archive, size, root, id, to); err != nil {
		return err
	}
	return syncTree(root, to)
}

// unpack is extract for a folder that need not outlive a power cut.
func unpack(ctx context.Context, archive io.Reader, size int64, root *os.Root, id, to string) error {
	limit := min(maxUnpacked, max(ratioFrom, size*maxRatio))
	// The stream has headers and padding in addition to the files.
	stream := &budget{ctx: ctx, r: bzip2.NewReader(archive), left: limit + maxMembers*4096}
	x := &extractor{root: root, id: id, to: to, left: limit, seen: make(map[string]bool)}
	if err := root.Mkdir(to, 0o755); err != nil {
		return err
	}
	if err := x.all(tar.NewReader(stream)); err != nil {
		return err
	}
	// What follows the end of the archive shows whether the compressed stream is
	// whole: its checksum comes last.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return fmt.Errorf("end of the archive: %w", err)
	}
	return nil
}

func (x *extractor) all(r *tar.Reader) error {
	for members := 0; ; members++ {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			if len(x.seen) == 0 {
				return errors.New("the archive is empty")
			}
			return x.copies()
		}
		if err != nil {
			return err
		}
		if members >= maxMembers {
			return fmt.Errorf("the archive has more than %d members", maxMembers)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue // a comment that some tools write first
		}
		if err := x.member(h, r); err != nil {
			return fmt.Errorf("member %q: %w", h.Name, err)
		}
	}
}

func (x *extractor) member(h *tar.Header, r io.Reader) error {
	// wazo-cisco-sccp-legacy has a second name for a file of the same folder. It
	// becomes a copy: no link ever gets to the disk.
	second := h.Typeflag == tar.TypeSymlink && h.Linkname != "." && fs.ValidPath(h.Linkname) && !strings.ContainsAny(h.Linkname, "/\\\x00")
	if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir && !second {
		return fmt.Errorf("it is neither a file nor a folder but of type %q", h.Typeflag)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(h.Name, "./"), "/")
	if name == "" && h.Typeflag == tar.TypeDir {
		return nil // "./", the folder that the archive was made in
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return errors.New("its name is no path inside the package")
	}
	if x.seen[name] {
		return errors.New("it is in the archive twice")
	}
	x.seen[name] = true
	top, rest, inside := strings.Cut(name, "/")
	if top != x.id {
		return fmt.Errorf("it is outside of the folder %s", x.id)
	}
	if strings.Count(name, "/") > maxDepth {
		return fmt.Errorf("it is more than %d folders deep", maxDepth)
	}
	switch {
	case !inside && h.Typeflag == tar.TypeDir:
		return nil
	case !inside:
		return errors.New("it should be a folder")
	case h.Typeflag == tar.TypeDir:
		return x.root.MkdirAll(path.Join(x.to, rest), 0o755)
	case second:
		x.same = append(x.same, [2]string{rest, path.Join(path.Dir(rest), h.Linkname)})
		return nil
	}
	if x.left -= h.Size; x.left < 0 {
		return errTooLarge
	}
	return x.file(path.Join(x.to, rest), h.Size, r)
}

// copies makes the second names of files, when all files are there.
func (x *extractor) copies() error {
	for _, names := range x.same {
		if err := x.duplicate(names[0], names[1]); err != nil {
			return fmt.Errorf("member %q, a second name of %q: %w", names[0], names[1], err)
		}
	}
	return nil
}

func (x *extractor) duplicate(to, from string) error {
	f, err := x.root.Open(path.Join(x.to, from))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("that is no file")
	}
	if x.left -= info.Size(); x.left < 0 {
		return errTooLarge
	}
	return x.file(path.Join(x.to, to), info.Size(), f)
}

func (x *extractor) file(name string, size int64, r io.Reader) error {
	if err := x.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := x.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, r, size)
	return errors.Join(err, f.Close())
}

// errTooLarge says that an archive is a bomb, or at least no package.
var errTooLarge = fmt.Errorf("the archive unpacks to more than %d MiB or more than %d times its size", maxUnpacked>>20, maxRatio)

// budget is a reader that fails after so many bytes, and when ctx ends.
type budget struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

func (b *budget) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// syncTree writes every file and folder of a tree to the disk, so that the rename
// which follows never shows a package with holes.
func syncTree(root *os.Root, dir string) error {
	return fs.WalkDir(root.FS(), dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(root, name)
	})
}

func syncPath(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

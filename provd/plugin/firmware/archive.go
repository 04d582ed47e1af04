package firmware

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/mikelolasagasti/xz"
	"github.com/nwaples/rardecode/v2"
	"golang.org/x/text/encoding/charmap"
)

// maxDictionary bounds the memory that a packed stream may ask for; xz and rar use
// 64 MiB at most unless told otherwise.
const maxDictionary = 64 << 20

// archive is a file to unpack.
type archive struct {
	io.ReaderAt
	size int64
}

func (a *archive) stream() io.Reader { return io.NewSectionReader(a, 0, a.size) }

// sink takes the content of one archive into a node.
type sink struct {
	to     *tree
	budget *budget
	depth  int
	seen   map[string]bool
}

// unpack unpacks one archive.
func (w *work) unpack(ctx context.Context, from, to *tree, name string, format func(context.Context, *sink, *archive) error) (err error) {
	f, size, err := from.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	// The decoders of formats that the standard library has not are not made for
	// strangers: a mistake in one must not end the program.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("invalid archive: %v", r)
		}
	}()
	limits := w.limits
	s := &sink{to: to, depth: limits.Depth, seen: make(map[string]bool), budget: &budget{
		what: "the archive", entries: limits.Entries, parent: w.total,
		// The largest published archives are larger than the limit: packed they were
		// verified and found room, so that they may take twice that.
		bytes: min(max(limits.Unpacked, 2*size), max(ratioFrom, size*limits.Ratio)),
	}}
	if w.turn == nil {
		return format(ctx, s, &archive{f, size})
	}
	return locked(ctx, w.turn, func() error { return format(ctx, s, &archive{f, size}) })
}

// clean returns the name of a member in the node.
func (s *sink) clean(name string) (string, error) {
	plain := strings.TrimSuffix(name, "/")
	for strings.HasPrefix(plain, "./") {
		plain = strings.TrimLeft(strings.TrimPrefix(plain, "./"), "/")
	}
	if plain == "" {
		plain = "."
	}
	if !fs.ValidPath(plain) || strings.ContainsAny(plain, "\\\x00") {
		return "", fmt.Errorf("member %.200q: the name leads out of the archive or is none", name)
	}
	if strings.Count(plain, "/")+1 > s.depth {
		return "", fmt.Errorf("member %.200q: more than %d directories deep", name, s.depth)
	}
	return plain, nil
}

// member takes one member; r is nil for a directory.
func (s *sink) member(ctx context.Context, name string, mode fs.FileMode, r io.Reader) error {
	plain, err := s.clean(name)
	if err == nil {
		err = s.budget.entry()
	}
	if err != nil {
		return err
	}
	target := path.Join(s.to.dir, plain)
	if mode.IsDir() {
		return s.to.root.MkdirAll(target, 0o755)
	}
	if !mode.IsRegular() || plain == "." {
		return fmt.Errorf("member %.200q: links and devices are not unpacked", name)
	}
	if s.seen[plain] {
		return fmt.Errorf("member %.200q is there twice", name)
	}
	s.seen[plain] = true
	if err := s.to.root.MkdirAll(path.Dir(target), 0o755); err != nil {
		return err
	}
	if err := removeFile(s.to.root, target); err != nil {
		return err
	}
	if err := writeFile(s.to.root, target, &spender{ctx, r, s.budget}); err != nil {
		return fmt.Errorf("member %.200q: %w", name, err)
	}
	return nil
}

// maxDirectory bounds the directory of a zip archive: one of 5000 files with names
// of hundreds of bytes is below.
const maxDirectory = 4 << 20

// metered is an archive of which only some may be read.
type metered struct {
	io.ReaderAt
	left int64
}

// ReadAt implements io.ReaderAt.
func (m *metered) ReadAt(p []byte, at int64) (int, error) {
	if int64(len(p)) > m.left {
		return 0, errors.New("the directory of the archive is too large")
	}
	n, err := m.ReaderAt.ReadAt(p, at)
	m.left -= int64(n)
	return n, err
}

func unzip(ctx context.Context, s *sink, a *archive) error {
	// The whole directory is read into memory before anybody can count what is in it.
	directory := &metered{a, maxDirectory}
	r, err := zip.NewReader(directory, a.size)
	if err != nil {
		return err
	}
	directory.left = math.MaxInt64
	for _, f := range r.File {
		if err := unzipMember(ctx, s, f); err != nil {
			return err
		}
	}
	return nil
}

func unzipMember(ctx context.Context, s *sink, f *zip.File) error {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return fmt.Errorf("member %.200q is encrypted", f.Name)
	}
	name := f.Name
	if !utf8.ValidString(name) {
		// Names of old archives are in the code page of the IBM PC.
		var err error
		if name, err = charmap.CodePage437.NewDecoder().String(name); err != nil {
			return err
		}
	}
	mode := f.Mode()
	if strings.HasSuffix(name, "/") {
		mode = fs.ModeDir
	}
	if mode.IsDir() {
		return s.member(ctx, name, fs.ModeDir, nil)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("member %.200q: %w", name, err)
	}
	return errors.Join(s.member(ctx, name, mode, r), r.Close())
}

func untar(ctx context.Context, s *sink, a *archive) error {
	r, err := uncompress(a.stream())
	if err != nil {
		return err
	}
	// Headers and padding of a tar come on top of its files.
	limit := &budget{what: "the archive", bytes: s.budget.bytes + int64(s.budget.entries+1)*4096}
	stream := &spender{ctx, r, limit}
	for t := tar.NewReader(stream); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeDir:
			err = s.member(ctx, h.Name, h.FileInfo().Mode().Type(), t)
		case tar.TypeXGlobalHeader:
		default:
			err = fmt.Errorf("member %.200q: links and devices are not unpacked", h.Name)
		}
		if err != nil {
			return err
		}
	}
	// What follows the end of the tar shows whether the compressed stream is whole.
	_, err = io.Copy(io.Discard, stream)
	return err
}

// uncompress undoes the compression of a stream, which its first bytes tell.
func uncompress(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return gzip.NewReader(b)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(b), nil
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return xz.NewReader(b, maxDictionary)
	}
	return b, nil
}

// flat takes a member without its directories, as the tools do that plugin
// packages are written for.
func (s *sink) flat(ctx context.Context, name string, mode fs.FileMode, r io.Reader) error {
	plain, err := s.clean(name)
	if err != nil || mode.IsDir() {
		return err
	}
	return s.member(ctx, path.Base(plain), mode, r)
}

// unrar bounds the dictionary. What it cannot bound is the memory of the method for
// text in archives of RAR 3 and 4: their stream chooses, up to 256 MB, for which the
// decoder makes room for 341 MiB. Archives are unpacked one at a time on a box, so that
// is all there is of it.
func unrar(ctx context.Context, s *sink, a *archive) error {
	r, err := rardecode.NewReader(a.stream(), rardecode.MaxDictionarySize(maxDictionary))
	if err != nil {
		return err
	}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		mode := h.Mode().Type()
		if h.LinkType != 0 {
			mode = fs.ModeSymlink
		}
		if h.Encrypted {
			return fmt.Errorf("member %.200q is encrypted", h.Name)
		}
		if err := s.flat(ctx, h.Name, mode, r); err != nil {
			return err
		}
	}
}

package layer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// File is an open file or directory, an fs.File that can seek. The caller closes
// it. Reading or seeking a directory fails.
type File struct {
	io.ReadSeeker

	Name    string // the last element of its path
	Size    int64
	ModTime time.Time
	IsDir   bool
	// Owner is the device the file was generated for, Common, or "" for a file
	// of a lower layer.
	Owner string

	closer io.Closer
}

// Close releases the file.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Stat describes the file.
func (f *File) Stat() (fs.FileInfo, error) { return fileInfo{f}, nil }

func (n *node) open(name string) *File {
	return &File{ReadSeeker: strings.NewReader(n.content), Name: path.Base(name), Size: int64(len(n.content)), ModTime: n.mod, Owner: n.owner}
}

func directory(name string, mod time.Time) *File {
	return &File{ReadSeeker: noContent{}, Name: path.Base(name), ModTime: mod, IsDir: true}
}

// noContent is what a directory reads as.
type noContent struct{}

func (noContent) Read([]byte) (int, error)       { return 0, ErrIsDirectory }
func (noContent) Seek(int64, int) (int64, error) { return 0, ErrIsDirectory }

// ErrIsDirectory is returned for reading or writing a directory as a file.
var ErrIsDirectory = errors.New("is a directory")

type fileInfo struct{ file *File }

func (i fileInfo) Name() string       { return i.file.Name }
func (i fileInfo) Size() int64        { return i.file.Size }
func (i fileInfo) ModTime() time.Time { return i.file.ModTime }
func (i fileInfo) IsDir() bool        { return i.file.IsDir }
func (i fileInfo) Sys() any           { return nil }

// Mode returns the bits of a readable file or directory.
func (i fileInfo) Mode() fs.FileMode {
	if i.file.IsDir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// maxBuffered bounds what is read into memory of a lower file that cannot seek.
const maxBuffered = 32 << 20

// openFS opens a file of one lower layer. Whatever is neither a regular file
// nor a directory does not exist.
func openFS(fsys fs.FS, name string, born time.Time) (*File, error) {
	src, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := src.Stat()
	if err != nil {
		src.Close()
		return nil, err
	}
	f := &File{Name: path.Base(name), Size: info.Size(), ModTime: info.ModTime(), closer: src}
	if f.ModTime.IsZero() {
		f.ModTime = born
	}
	switch {
	case info.IsDir():
		src.Close()
		return directory(name, f.ModTime), nil
	case !info.Mode().IsRegular():
		src.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if s, ok := src.(io.ReadSeeker); ok {
		f.ReadSeeker = s
		return f, nil
	}
	data, err := io.ReadAll(io.LimitReader(src, maxBuffered+1))
	if err == nil && len(data) > maxBuffered {
		err = fmt.Errorf("larger than %d bytes", maxBuffered)
	}
	if err != nil {
		src.Close()
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	f.ReadSeeker, f.Size = bytes.NewReader(data), int64(len(data))
	return f, nil
}

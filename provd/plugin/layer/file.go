package layer

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// File is an open file. The caller closes it.
type File struct {
	io.ReadSeeker // nil for a directory

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

func (n *node) open() *File {
	return &File{ReadSeeker: bytes.NewReader(n.content), Size: int64(len(n.content)), ModTime: n.mod, Owner: n.owner}
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
	f := &File{Size: info.Size(), ModTime: info.ModTime(), closer: src}
	if f.ModTime.IsZero() {
		f.ModTime = born
	}
	switch {
	case info.IsDir():
		f.Size, f.IsDir = 0, true
		return f, nil
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

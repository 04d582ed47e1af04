package stdlib

import (
	"errors"
	"io/fs"

	"provbox/provd/python"
)

// FileSystem is what the file functions of os and os.path act on. Names are as
// the program gave them, absolute or relative to Options.Dir; the implementation
// decides what they mean and must not let them out of the package's own files.
//
// Errors are judged with errors.Is against the errors of io/fs and become the
// OSError of that kind; an error that is a Python exception already is raised
// unchanged.
type FileSystem interface {
	// Stat describes a file or directory.
	Stat(t *python.Thread, name string) (fs.FileInfo, error)
	// ReadDir returns the names in a directory.
	ReadDir(t *python.Thread, name string) ([]string, error)
	// Mkdir makes a directory; its parent exists.
	Mkdir(t *python.Thread, name string) error
	// Remove removes a file or an empty directory.
	Remove(t *python.Thread, name string) error
	// Rename moves a file, replacing one that is there.
	Rename(t *python.Thread, from, to string) error
}

// ErrNotDirectory is what a FileSystem returns where a directory was needed,
// ErrIsDirectory where a file was.
var (
	ErrNotDirectory = errors.New("not a directory")
	ErrIsDirectory  = errors.New("is a directory")
)

// noFiles is the file system of a library without one.
type noFiles struct{}

func (noFiles) Stat(*python.Thread, string) (fs.FileInfo, error) { return nil, fs.ErrPermission }
func (noFiles) ReadDir(*python.Thread, string) ([]string, error) { return nil, fs.ErrPermission }
func (noFiles) Mkdir(*python.Thread, string) error               { return fs.ErrPermission }
func (noFiles) Remove(*python.Thread, string) error              { return fs.ErrPermission }
func (noFiles) Rename(t *python.Thread, from, to string) error   { return fs.ErrPermission }

// osError raises the OSError for an error of the file system.
func osError(t *python.Thread, err error, names ...string) error {
	var exc *python.Exception
	var limit *python.LimitError
	if errors.As(err, &exc) || errors.As(err, &limit) {
		return err
	}
	class, number := python.OSError, "EIO"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		class, number = python.FileNotFoundError, "ENOENT"
	case errors.Is(err, fs.ErrExist):
		class, number = python.FileExistsError, "EEXIST"
	case errors.Is(err, fs.ErrPermission):
		class, number = python.PermissionError, "EACCES"
	case errors.Is(err, ErrNotDirectory):
		class, number = python.NotADirectoryError, "ENOTDIR"
	case errors.Is(err, ErrIsDirectory):
		class, number = python.IsADirectoryError, "EISDIR"
	}
	args := []python.Value{python.Int(5), python.Str("Input/output error")}
	for _, e := range errnos {
		if e.name == number {
			args = []python.Value{python.NewInt(e.code), python.Str(e.text)}
		}
	}
	for i, n := range names {
		if i > 0 {
			args = append(args, python.None) // winerror
		}
		args = append(args, python.Str(n))
	}
	v, callErr := python.Call(t, class, args, nil)
	if callErr != nil {
		return callErr
	}
	inst, ok := v.(*python.Instance)
	if !ok {
		return err
	}
	return python.Throw(inst)
}

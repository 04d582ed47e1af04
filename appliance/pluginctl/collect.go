package pluginctl

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dsnet/compress/bzip2"

	"provbox/provd/plugin/bounded"
	"provbox/provd/plugin/repository"
)

// standardDirs are there in every package (spec/plugins.md section 1).
var standardDirs = []string{"var", "var/cache", "var/installed", "var/templates", "var/tftpboot"}

// source is what goes into a package.
type source struct {
	dirs    map[string]bool
	files   map[string]bool
	leftOut []string
}

// collect looks at everything in a source folder and reports all that cannot be
// packed at once.
func collect(root *os.Root) (*source, error) {
	s := &source{dirs: make(map[string]bool), files: make(map[string]bool)}
	for _, dir := range standardDirs {
		s.dirs[dir] = true
	}
	var problems []error
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if leaveOut(name) {
			s.leftOut = append(s.leftOut, name)
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err := s.add(root, name, d.Type()); err != nil {
			problems = append(problems, err)
		}
		return nil
	})
	return s, errors.Join(append(problems, err)...)
}

func (s *source) add(root *os.Root, name string, kind fs.FileMode) error {
	if strings.ContainsAny(name, "\\\x00") || !fs.ValidPath(name) {
		return fmt.Errorf("%q: this name is not possible in a package", name)
	}
	if strings.Count(name, "/") >= repository.MaxDepth {
		return fmt.Errorf("%s: it is in more than %d folders", name, repository.MaxDepth)
	}
	switch {
	case kind.IsDir():
		s.dirs[name] = true
		return nil
	case kind.IsRegular():
		s.files[name] = true
		return nil
	case kind&fs.ModeSymlink != 0:
		// A package has no links; what they lead to is packed.
		info, err := root.Stat(name)
		if err != nil {
			return fmt.Errorf("%s: the link leads out of the folder or to nothing; replace it by the file", name)
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s: the link does not lead to a file; replace it by what it leads to", name)
		}
		s.files[name] = true
		return nil
	}
	return fmt.Errorf("%s: it is neither a file nor a folder; remove it", name)
}

// leaveOut reports whether a file is a tool's or a box's, not the package's.
func leaveOut(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(name, "var/installed/") {
		return true // what a box noted; var/cache may hold firmware that no server has
	}
	if base == name && strings.HasSuffix(name, archiveSuffix) {
		return true // a package that was built right here
	}
	return strings.HasPrefix(base, ".") || base == "__pycache__" || strings.HasSuffix(base, ".pyc") || strings.HasSuffix(base, "~")
}

// write writes the package. Names are sorted and everything else in the headers is
// fixed, so that the same files give the same bytes.
func (s *source) write(w io.Writer, root *os.Root, id string, date time.Time) error {
	z, err := bzip2.NewWriter(w, &bzip2.WriterConfig{Level: bzip2.BestCompression})
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	header := func(name string, kind byte, mode, size int64) error {
		return t.WriteHeader(&tar.Header{Name: name, Typeflag: kind, Mode: mode, Size: size, ModTime: date})
	}
	if err := header(id+"/", tar.TypeDir, 0o755, 0); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.dirs)) {
		if err := header(id+"/"+name+"/", tar.TypeDir, 0o755, 0); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		data, err := bounded.ReadFile(root.FS(), name, maxFile)
		if err != nil {
			return err
		}
		if err := header(id+"/"+name, tar.TypeReg, 0o644, int64(len(data))); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := t.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// maxFile bounds one file of a package; firmware does not belong in one.
const maxFile = repository.MaxArchive

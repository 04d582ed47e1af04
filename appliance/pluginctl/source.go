package pluginctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
	"provbox/provd/plugins"
)

// archiveSuffix is how the file name of a package ends.
const archiveSuffix = ".tar.bz2"

// infoFile is what makes a folder a package.
const infoFile = "plugin-info"

// pack is a package that is open for reading.
type pack struct {
	id    string
	files fs.FS
	close func() error
}

// open opens a package that is a folder, an archive, or one of Provbox's own by its
// id when there is no such file.
func open(ctx context.Context, path string) (*pack, error) {
	info, err := os.Stat(path)
	if files := plugins.FS(path); files != nil && errors.Is(err, fs.ErrNotExist) {
		return &pack{path, files, func() error { return nil }}, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return openArchive(ctx, path)
	}
	id, err := folderID(path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	// Opening a pipe would wait for ever, and what a link shows is not in the package.
	if _, err := collect(root); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), root.Close())
	}
	return &pack{id, root.FS(), root.Close}, nil
}

// unpackOwn writes one of Provbox's own packages into a folder that remove removes;
// the folder is the path itself when it is not the id of such a package. Their
// sources share a file, so that a folder of them alone is no package.
func unpackOwn(path string) (dir string, remove func() error, err error) {
	nothing := func() error { return nil }
	files := plugins.FS(path)
	if files == nil {
		return path, nothing, nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, nothing, nil
	}
	temp, err := os.MkdirTemp("", "provbox-plugin-")
	if err != nil {
		return "", nil, err
	}
	remove = func() error { return os.RemoveAll(temp) }
	dir = filepath.Join(temp, path)
	if err := os.CopyFS(dir, files); err != nil {
		return "", nil, errors.Join(fmt.Errorf("unpack %s: %w", path, err), remove())
	}
	return dir, remove, nil
}

// folderID returns the plugin id that a folder stands for: its name.
func folderID(path string) (string, error) {
	if !isPackage(path) {
		return "", fmt.Errorf("%s is no plugin package: there is no %s in it", path, infoFile)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	id := filepath.Base(abs)
	if !plugin.ValidID(id) {
		return "", fmt.Errorf("%s: %q cannot be the id of a plugin; rename the folder to letters, digits, '.', '_' and '-', at most 128", path, id)
	}
	return id, nil
}

// openArchive unpacks an archive into a folder that close removes.
func openArchive(ctx context.Context, path string) (p *pack, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "provbox-plugin-")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(temp)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	remove := func() error { return errors.Join(root.Close(), os.RemoveAll(temp)) }
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("unpack %s: %w", path, err), remove())
		}
	}()
	id, err := repository.Unpack(ctx, f, info.Size(), root)
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(root.FS(), id)
	if err != nil {
		return nil, err
	}
	return &pack{id, files, remove}, nil
}

// expand turns arguments into packages: a folder of packages stands for all of
// them, and a pattern that the shell left alone for what it matches.
func expand(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			matches, globErr := filepath.Glob(arg)
			if globErr != nil || len(matches) == 0 {
				return nil, err
			}
			below, err := expand(matches)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
			continue
		}
		if !info.IsDir() || isPackage(arg) {
			all = append(all, arg)
			continue
		}
		found, err := packagesIn(arg)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func packagesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasSuffix(path, archiveSuffix) || isPackage(path) {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s is no plugin package and holds none", dir)
	}
	slices.Sort(found)
	return found, nil
}

func isPackage(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, infoFile))
	return err == nil && info.Mode().IsRegular()
}

// baseRawConfig is what a box without settings would add to every config, with an
// address for documentation (RFC 5737).
func baseRawConfig() *document.Object {
	return document.New(
		"ip", "192.0.2.1", "http_port", "8667", "tftp_port", document.Number(69),
		"http_base_url", "http://192.0.2.1:8667",
	)
}

// loadConfig is what packages are loaded with.
func (p *pack) loadConfig() plugin.Config {
	return plugin.Config{ID: p.id, Package: p.files, BaseRawConfig: baseRawConfig()}
}

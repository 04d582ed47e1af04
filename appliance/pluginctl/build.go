package pluginctl

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
)

func buildCommand() *command {
	return &command{
		name: "build", args: "DIR [-o FILE|FOLDER]",
		short: "make a package of a source folder",
		long: `Makes <plugin id>-<version>.tar.bz2 of the folder DIR. The name of the folder is the
plugin id, and plugin-info in it has the version. The package is unpacked and loaded
as a box would do it before it gets its name: plugin-info, the code with its common
files, pkgs/*.db and the syntax of every template are checked.

The id of one of Provbox's own packages stands for it when there is no such folder:
provbox-yealink makes the package that is built into this program.

  -o FILE|FOLDER   where it goes; the current folder by default

The empty folders below var are added. Hidden files, __pycache__, *.pyc, *~, packages
beside plugin-info and what is in var/installed are left out; firmware that no server
has may be in var/cache. Links inside the folder are replaced by the files they lead
to. The same files give the same bytes; SOURCE_DATE_EPOCH sets the date of all files
(seconds since 1970).
`,
		run: runBuild,
	}
}

func runBuild(ctx context.Context, _ *command, env Env, args []string) error {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	out := flags.String("o", ".", "")
	dir, err := parseOne(flags, args, "DIR")
	if err != nil {
		return err
	}
	date, err := sourceDate(env)
	if err != nil {
		return err
	}
	b, err := build(ctx, dir, *out, date)
	if err != nil {
		return err
	}
	t := new(table)
	t.row("plugin", b.id)
	t.row("version", b.info.Version)
	t.row("file", b.path)
	t.row("size", fmt.Sprintf("%d bytes, %d files", b.size, b.files))
	t.row("sha1sum", b.sha1)
	for _, name := range b.leftOut {
		t.row("left out", strconv.Quote(name))
	}
	for _, key := range oddCapabilities(b.info) {
		t.row("warning", fmt.Sprintf(`capability %q is not "Vendor, Model, Version", so it is of no phone`, key))
	}
	t.print(env.Stdout)
	return nil
}

// defaultDate is the date of files in packages; an old one, so that a copy that
// somebody changed by hand looks newer.
var defaultDate = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// sourceDate follows the convention of reproducible builds.
func sourceDate(env Env) (time.Time, error) {
	text := env.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return defaultDate, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<33-1 { // what a tar header holds
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH=%q: want seconds since 1970", text)
	}
	return time.Unix(n, 0).UTC(), nil
}

// built describes a package that was made.
type built struct {
	id      string
	info    plugin.Info
	path    string
	size    int64
	files   int
	sha1    string
	leftOut []string
}

// validVersion is the form of a version, which is a part of file names and URLs.
var validVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

func build(ctx context.Context, dir, out string, date time.Time) (b *built, err error) {
	dir, remove, err := unpackOwn(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	id, err := folderID(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	src, err := collect(root)
	if err != nil {
		return nil, err
	}
	info, err := plugin.ReadInfo(id, root.FS())
	if err != nil {
		return nil, err
	}
	if !validVersion.MatchString(info.Version) {
		return nil, fmt.Errorf("plugin %s: version %q in %s: want letters, digits, '.', '_', '+' and '-', at most 64", id, info.Version, infoFile)
	}
	name := strings.ReplaceAll(id, "_", "-") + "-" + info.Version + archiveSuffix
	if !repository.ValidArchiveName(name) {
		return nil, fmt.Errorf("plugin %s: %s cannot be the name of a package; shorten the id or the version", id, name)
	}
	path, err := target(out, name)
	if err != nil {
		return nil, err
	}
	b = &built{id: id, info: info, path: path, files: len(src.files), leftOut: src.leftOut}
	err = replace(path, func(f *os.File) error {
		h := sha1.New()
		if err := src.write(io.MultiWriter(f, h), root, id, date); err != nil {
			return err
		}
		b.sha1 = hex.EncodeToString(h.Sum(nil))
		stat, err := f.Stat()
		if err != nil {
			return err
		}
		b.size = stat.Size()
		return verifyArchive(ctx, f.Name(), id)
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// verifyArchive looks at a package as a box that installs it.
func verifyArchive(ctx context.Context, path, id string) (err error) {
	p, err := openArchive(ctx, path)
	if err != nil {
		return fmt.Errorf("plugin %s: a box would not take this package: %w", id, err)
	}
	defer func() { err = errors.Join(err, p.close()) }()
	return p.verify(ctx)
}

// target returns the path of the package.
func target(out, name string) (string, error) {
	info, err := os.Stat(out)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(out, name), nil
	case out == "" || os.IsPathSeparator(out[len(out)-1]):
		return "", fmt.Errorf("folder %q does not exist; make it first", out)
	case err == nil && !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no file; give another one with -o", out)
	case !strings.HasSuffix(out, archiveSuffix):
		return "", fmt.Errorf("%s is no folder, and the file of a package ends in %s", out, archiveSuffix)
	}
	return out, nil
}

// replace writes a file beside path and gives it the name path when write and the
// disk had no objections.
func replace(path string, write func(f *os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if rm := os.Remove(f.Name()); !errors.Is(rm, fs.ErrNotExist) {
				err = errors.Join(err, rm)
			}
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

package firmware

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// journal is the file in a work folder that says that what is staged is whole and
// is to be installed. Until it is there the folder is rubbish; from then on the
// install is finished whatever happens, at the next start if need be.
const journal = "journal"

// prepare writes the journal of what is staged.
func (in *Installer) prepare(w *work, r Record) error {
	if err := syncTree(w.root, w.dir); err != nil {
		return err
	}
	data, err := r.encode()
	if err != nil {
		return err
	}
	return replaceFile(w.root, path.Join(w.dir, journal), data)
}

// conflicts looks for files where directories are to be and the other way round.
func (in *Installer) conflicts(r Record) error {
	for _, name := range r.Files {
		info, err := in.cfg.Site.Lstat(path.Join(in.cfg.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.IsDir() != strings.HasSuffix(name, "/") {
			return fmt.Errorf("%s is in the way: it is both a file and a directory; remove it", path.Join(in.cfg.Dir, name))
		}
	}
	return nil
}

// redo moves what is staged below dir to its place, as often as it takes: what is
// not staged any more has been moved.
func (in *Installer) redo(dir string, r Record) error {
	site := in.cfg.Site
	old, err := readRecord(site, r.ID)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		in.log.Warn("old record of the package cannot be read; its files stay", "package", r.ID, "err", err)
	}
	if err := site.MkdirAll(in.cfg.Dir, 0o755); err != nil {
		return err
	}
	for _, name := range r.Files {
		target := path.Join(in.cfg.Dir, name)
		if strings.HasSuffix(name, "/") {
			if err := site.MkdirAll(target, 0o755); err != nil {
				return err
			}
			continue
		}
		err := site.Rename(path.Join(dir, "stage", name), target)
		if errors.Is(err, fs.ErrNotExist) {
			_, err = site.Lstat(target)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range append([]string{"."}, r.Files...) {
		if name == "." || strings.HasSuffix(name, "/") {
			if err := syncDir(site, path.Join(in.cfg.Dir, name)); err != nil {
				return err
			}
		}
	}
	if err := writeRecord(site, r); err != nil {
		return err
	}
	stale := slices.DeleteFunc(old.Files, func(f string) bool { return slices.Contains(r.Files, f) })
	if err := in.removeFiles(r.ID, stale); err != nil {
		return err
	}
	return site.RemoveAll(dir)
}

// recover finishes or undoes what was going on when the program ended.
func (in *Installer) recover() error {
	site := in.cfg.Site
	entries, err := fs.ReadDir(site.FS(), workDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var problems []error
	for _, e := range entries {
		problems = append(problems, in.recoverWork(path.Join(workDir, e.Name())))
	}
	entries, err = fs.ReadDir(site.FS(), recordDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), removing):
			r, err := readRecord(site, e.Name())
			if err == nil {
				r.ID = strings.TrimPrefix(e.Name(), removing)
				err = in.finishRemoving(r)
			}
			problems = append(problems, err)
		case strings.HasPrefix(e.Name(), ".tmp-"):
			problems = append(problems, site.Remove(path.Join(recordDir, e.Name())))
		}
	}
	return errors.Join(problems...)
}

func (in *Installer) recoverWork(dir string) error {
	f, err := in.cfg.Site.Open(path.Join(dir, journal))
	if err != nil {
		return in.cfg.Site.RemoveAll(dir)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxRecord))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	r, err := decodeRecord(data)
	if err != nil || r.ID != path.Base(dir) {
		return errors.Join(err, in.cfg.Site.RemoveAll(dir))
	}
	in.log.Info("finishing an install that was interrupted", "package", r.ID)
	return in.redo(dir, r)
}

// remove uninstalls a package: from the first step on it is not recorded as
// installed, and what remains is removed at the next start if need be.
func (in *Installer) remove(r Record) error {
	from, to := path.Join(recordDir, r.ID), path.Join(recordDir, removing+r.ID)
	if err := in.cfg.Site.Rename(from, to); err != nil {
		return err
	}
	if err := syncDir(in.cfg.Site, recordDir); err != nil {
		return err
	}
	return in.finishRemoving(r)
}

func (in *Installer) finishRemoving(r Record) error {
	if err := in.removeFiles(r.ID, r.Files); err != nil {
		return err
	}
	return in.cfg.Site.Remove(path.Join(recordDir, removing+r.ID))
}

// removeFiles removes files of a package, those in a directory before it. What is
// not there, what another package has installed too, and a directory with other
// files in it are left.
func (in *Installer) removeFiles(id string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	records, err := readRecords(in.cfg.Site)
	if err != nil {
		in.log.Warn("records of packages cannot be read", "err", err)
	}
	kept := make(map[string]bool)
	for _, r := range records {
		for _, f := range r.Files {
			kept[f] = kept[f] || r.ID != id
		}
	}
	var problems []error
	for _, name := range slices.Backward(files) {
		if kept[name] {
			continue
		}
		err := in.cfg.Site.Remove(path.Join(in.cfg.Dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(name, "/") {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

package firmware

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"provbox/provd"
)

// job is one install.
type job struct {
	in       *Installer
	id       string // what was asked for
	packages []Package
	files    map[string]*provd.Operation // by the file's id, those that are downloaded
}

func (j *job) run(ctx context.Context, download, install *provd.Operation) error {
	if err := j.room(); err != nil {
		return err
	}
	fetched := make(map[string]bool)
	for _, p := range j.packages {
		for _, id := range p.Files {
			if fetched[id] {
				continue
			}
			fetched[id] = true
			if err := j.fetch(ctx, j.in.cfg.DB.Files[id]); err != nil {
				return fmt.Errorf("package %s: %w", p.ID, err)
			}
		}
	}
	download.Finish(nil)
	for _, p := range j.packages {
		if err := j.install(ctx, p); err != nil {
			return fmt.Errorf("package %s: %w", p.ID, err)
		}
	}
	install.Finish(nil)
	return nil
}

func (j *job) fetch(ctx context.Context, f File) error {
	op := j.files[f.ID]
	var count func(int64)
	if op != nil {
		count = func(have int64) { op.Count(min(have, f.Size), f.Size) }
	}
	err := j.in.fetch(ctx, f, count)
	if op != nil {
		if err == nil {
			op.Count(f.Size, f.Size)
		}
		op.Finish(err)
	}
	return err
}

// room looks whether what is to be downloaded has room.
func (j *job) room() error {
	var need int64
	seen := make(map[string]bool)
	for _, p := range j.packages {
		for _, id := range p.Files {
			f := j.in.cfg.DB.Files[id]
			if seen[id] || j.in.cached(f) {
				continue
			}
			seen[id] = true
			if need += f.Size; need < 0 || f.Size > j.in.cfg.Limits.Quota {
				return errFull(f.Size, 0, j.in.cfg.Limits.Quota)
			}
			if info, err := j.in.cfg.Cache.Lstat(part(f)); err == nil {
				need -= min(info.Size(), f.Size)
			}
		}
	}
	return j.in.room(need)
}

// room looks whether so many more bytes have room.
func (in *Installer) room(need int64) error {
	cache, err := usage(in.cfg.Cache, ".")
	if err != nil {
		return err
	}
	var site int64
	for _, dir := range []string{in.cfg.Dir, workDir} {
		n, err := usage(in.cfg.Site, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		site += n
	}
	if cache+site+need > in.cfg.Limits.Quota {
		return errFull(need, cache+site, in.cfg.Limits.Quota)
	}
	return nil
}

func errFull(need, used, quota int64) error {
	return provd.Errorf(provd.Unavailable,
		"no room: %d MB more are needed, %d of the %d MB for this plugin's firmware are used; remove packages or files in the cache",
		(need+1<<20-1)>>20, used>>20, quota>>20)
}

// install makes one package ready and puts it in place.
func (j *job) install(ctx context.Context, p Package) (err error) {
	in := j.in
	// An earlier install that is decided on and could not be finished comes first.
	if err := in.recoverWork(path.Join(workDir, p.ID)); err != nil {
		return err
	}
	w, err := newWork(in.cfg.Site, p.ID, in.cfg.Limits)
	if err != nil {
		return err
	}
	prepared := false
	defer func() {
		if !prepared {
			err = errors.Join(err, w.close())
		}
	}()
	files, err := w.run(ctx, in.cfg.DB, p, in.cfg.Cache)
	if err != nil {
		return err
	}
	if err := w.dropNodes(); err != nil {
		return err
	}
	if err := in.room(0); err != nil {
		return err
	}
	r := Record{
		ID: p.ID, Version: p.Version, Description: p.Description, Descriptions: p.Descriptions,
		Files: files, Explicit: p.ID == j.id, Depends: p.Depends,
	}
	if !r.Explicit {
		if old, err := readRecord(in.cfg.Site, p.ID); err == nil {
			r.Explicit = old.Explicit
		}
	}
	if err := in.conflicts(r); err != nil {
		return err
	}
	if err := in.prepare(w, r); err != nil {
		return err
	}
	// From here on the install is finished, now or at the next start.
	prepared = true
	return in.redo(w.dir, r)
}

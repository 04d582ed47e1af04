package firmware

import (
	"context"
	"errors"
	"fmt"
	"path"

	"provbox/provd"
)

// job is one install.
type job struct {
	in       *Installer
	id       string // what was asked for
	packages []Package
	// download and put are the two halves of the operation.
	download, put *provd.Operation
	room          *claim
	have          map[string]int64 // bytes on the disk by the file's id
}

func (j *job) run(ctx context.Context) error {
	if err := locked(ctx, j.in.downloads, func() error { return j.fetchAll(ctx) }); err != nil {
		return err
	}
	return locked(ctx, j.in.turn, func() error {
		j.put.Begin()
		for _, p := range j.packages {
			if err := j.install(ctx, p); err != nil {
				return fmt.Errorf("package %s: %w", p.ID, err)
			}
		}
		j.put.Finish(nil)
		return nil
	})
}

func (j *job) fetchAll(ctx context.Context) error {
	j.download.Begin()
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
	j.download.Finish(nil)
	return nil
}

// fetch has a file in the cache. One that has to be downloaded is a part of the
// operation.
func (j *job) fetch(ctx context.Context, f File) error {
	var op *provd.Operation
	err := j.in.fetch(ctx, f, func(have int64) {
		if op == nil {
			op = j.download.AddPart(f.Size)
		}
		op.Count(min(have, f.Size), f.Size)
		j.room.spend(have - j.have[f.ID])
		j.have[f.ID] = have
	})
	if op != nil {
		op.Finish(err)
	}
	return err
}

// claimRoom looks whether what is to be downloaded has room.
func (j *job) claimRoom() (err error) {
	var need int64
	seen := make(map[string]bool)
	for _, p := range j.packages {
		for _, id := range p.Files {
			f := j.in.cfg.DB.Files[id]
			if seen[id] {
				continue
			}
			seen[id] = true
			if j.in.cached(f) {
				j.have[id] = f.Size
				continue
			}
			if info, err := j.in.cfg.Cache.Lstat(part(f)); err == nil {
				j.have[id] = min(info.Size(), f.Size)
			}
			if need += f.Size - j.have[id]; need < 0 {
				return provd.Errorf(provd.Invalid, "package %s: its files are larger than any disk", j.id)
			}
		}
	}
	j.room, err = j.in.space.claim(need)
	return err
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
	w.turn = in.space.unpacking
	free, err := in.space.free()
	if err != nil {
		return err
	}
	if free < w.total.bytes {
		w.total.bytes = free
		w.total.over = provd.Errorf(provd.Conflict,
			"no room for firmware: unpacking needs more than the %s that are left of the quota of %s; remove firmware packages or files, or raise the quota",
			size(free), size(in.space.quota))
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

package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"provbox/provd"
	"provbox/provd/plugin"
	"provbox/provd/plugin/bounded"
)

// Install begins to install a package and returns the operation to follow
// (spec/rest.md section 10). The errors that are returned at once have the texts of
// section 11.
//
// A package that is unpacked but cannot be loaded stays installed, as wazo-provd
// has it: the operation fails, Installed lists it, and an upgrade may repair it.
func (r *Repository) Install(ctx context.Context, id string) (*provd.Operation, error) {
	return r.begin(ctx, id, "installed", func() error {
		if r.onDisk(id) || r.embedded(id) {
			return provd.Errorf(provd.Invalid, "plugin %s is already installed", id)
		}
		return nil
	})
}

// Upgrade begins to install a package in place of the one that is there. When any
// of it fails, the one that is there stays. Files that the new version does not
// have go; the site's own files are elsewhere and stay.
func (r *Repository) Upgrade(ctx context.Context, id string) (*provd.Operation, error) {
	return r.begin(ctx, id, "upgraded", func() error {
		if !r.onDisk(id) && !r.embedded(id) {
			return provd.Errorf(provd.Invalid, "plugin %s is not already installed", id)
		}
		return nil
	})
}

// event records what happened to a plugin.
func (r *Repository) event(text, id string, attrs ...slog.Attr) {
	r.cfg.Recorder.Record(provd.Event{Topic: "plugin", Text: text, Attrs: append([]slog.Attr{slog.String("plugin", id)}, attrs...)})
}

// begin checks what can be checked at once and starts the rest; done is what the
// plugin then is.
func (r *Repository) begin(ctx context.Context, id, done string, check func() error) (op *provd.Operation, err error) {
	if !validID.MatchString(id) { // too long to be quoted, perhaps
		if err := check(); err != nil {
			return nil, err
		}
		return nil, unknown(id)
	}
	release, err := r.claim(id)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	if err := check(); err != nil {
		return nil, err
	}
	ix := r.index.Load()
	e, ok := ix.entries[id]
	if !ok {
		return nil, unknown(id)
	}
	if err := r.fresh(ix.signed.expires); err != nil {
		return nil, err
	}
	job := job{id: id, entry: e}
	if f, err := r.openCached(e); err == nil {
		_ = f.Close() // nothing was written
		job.op = provd.NewOperation("install")
	} else {
		s, err := r.cfg.Settings(ctx)
		if err != nil {
			return nil, err
		}
		if job.client, err = newClient(s, r.cfg.Limits); err != nil {
			return nil, err
		}
		job.download = provd.NewOperation("download")
		job.download.Count(0, e.size)
		job.op = provd.NewOperation("install", job.download)
	}
	go func() {
		err := r.install(job)
		release() // first: whoever sees the end may begin something else
		if err != nil {
			r.event("plugin not "+done, id, slog.String("version", e.info.Version), slog.Any("err", err))
		} else {
			r.event("plugin "+done, id, slog.String("version", e.info.Version))
		}
		if job.download != nil {
			job.download.Finish(err) // if it did not come that far
		}
		job.op.Finish(err)
	}()
	return job.op, nil
}

// job is one installation or upgrade.
type job struct {
	id       string
	entry    entry
	op       *provd.Operation
	client   *client          // nil when the archive is in the cache
	download *provd.Operation // likewise
}

func (r *Repository) install(j job) error {
	done, err := r.turn()
	if err != nil {
		return err
	}
	defer done()
	if j.download != nil {
		err := r.download(r.life, j.client, j.entry, func(n int64) { j.download.Count(n, j.entry.size) })
		j.download.Finish(err)
		if err != nil {
			return err
		}
	}
	if err := r.unpack(j); err != nil {
		return errors.Join(fmt.Errorf("unpack plugin %s: %w", j.id, err), r.cfg.Dir.RemoveAll(newPrefix+j.id))
	}
	if r.cfg.DropArchives {
		r.forget(j.entry)
	}
	return r.replace(j.id)
}

// unpack unpacks the archive beside the package that may be installed and looks
// whether it is a package.
func (r *Repository) unpack(j job) error {
	temp := newPrefix + j.id
	if err := r.cfg.Dir.RemoveAll(temp); err != nil {
		return err
	}
	f, err := r.openCached(j.entry)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := extract(r.life, f, j.entry.size, r.cfg.Dir, j.id, temp); err != nil {
		return err
	}
	sub, err := fs.Sub(r.cfg.Dir.FS(), temp)
	if err != nil {
		return err
	}
	info, err := plugin.ReadInfo(j.id, sub)
	if err != nil {
		return err
	}
	return info.Compatible(r.cfg.Compat)
}

// replace puts the unpacked package into service. Each step is one rename, and
// recoverDir knows what to do after each.
func (r *Repository) replace(id string) error {
	dir := r.cfg.Dir
	had := r.onDisk(id)
	if had {
		if err := errors.Join(dir.RemoveAll(oldPrefix+id), dir.Rename(id, oldPrefix+id)); err != nil {
			return errors.Join(fmt.Errorf("put plugin %s aside: %w", id, err), dir.RemoveAll(newPrefix+id))
		}
	}
	if err := errors.Join(dir.Rename(newPrefix+id, id), syncPath(dir, ".")); err != nil {
		err = errors.Join(fmt.Errorf("put plugin %s in place: %w", id, err), dir.RemoveAll(newPrefix+id))
		if had {
			err = errors.Join(err, r.putBack(id))
		}
		return err
	}
	err := r.cfg.Loader.Load(r.life, id)
	switch {
	case err == nil && had:
		// From this rename on a crash keeps the new version.
		return errors.Join(dir.RemoveAll(gonePrefix+id), dir.Rename(oldPrefix+id, gonePrefix+id), syncPath(dir, "."), dir.RemoveAll(gonePrefix+id))
	case err == nil:
		return nil
	case had:
		err = errors.Join(err, r.putBack(id))
	case r.embedded(id):
		err = errors.Join(err, r.discard(id))
	default:
		return err
	}
	if again := r.cfg.Loader.Load(context.WithoutCancel(r.life), id); again != nil {
		err = errors.Join(err, fmt.Errorf("load the version before again: %w", again))
	}
	return err
}

// discard removes an installed package's files; from the rename on it is gone.
func (r *Repository) discard(id string) error {
	dir := r.cfg.Dir
	if err := errors.Join(dir.RemoveAll(gonePrefix+id), dir.Rename(id, gonePrefix+id), syncPath(dir, ".")); err != nil {
		return err
	}
	return dir.RemoveAll(gonePrefix + id)
}

// Uninstall removes an installed package and everything in its folder. A built-in
// package of the same id takes its place; built-in ones themselves stay.
func (r *Repository) Uninstall(ctx context.Context, id string) error {
	if !validID.MatchString(id) {
		return provd.Errorf(provd.Invalid, "plugin not found")
	}
	release, err := r.claim(id)
	if err != nil {
		return err
	}
	defer release()
	if !r.onDisk(id) {
		if r.embedded(id) {
			return provd.Errorf(provd.Invalid, "plugin %s is built in and cannot be uninstalled", id)
		}
		return provd.Errorf(provd.Invalid, "plugin not found")
	}
	if err := r.discard(id); err != nil {
		return fmt.Errorf("uninstall plugin %s: %w", id, err)
	}
	r.event("plugin uninstalled", id)
	if e, ok := r.index.Load().entries[id]; ok {
		r.forget(e)
	}
	return r.cfg.Loader.Unload(ctx, id)
}

// Update begins to get the server's list of packages. Without a server it returns
// a *provd.Error with Denied.
func (r *Repository) Update(ctx context.Context) (*provd.Operation, error) {
	s, err := r.cfg.Settings(ctx)
	if err != nil {
		return nil, err
	}
	c, err := newClient(s, r.cfg.Limits)
	if errors.Is(err, errNoServer) {
		return nil, &provd.Error{Code: provd.Denied, Message: errNoServer.Message}
	}
	if err != nil {
		return nil, err
	}
	release, err := r.claim(updating)
	if err != nil {
		return nil, err
	}
	op := provd.NewOperation("update")
	op.Count(0, 0)
	go func() {
		err := r.update(c, op)
		release()
		if err != nil {
			r.cfg.Recorder.Record(provd.Event{Topic: "plugin", Text: "list of plugins not updated", Attrs: []slog.Attr{slog.Any("err", err)}})
		}
		op.Finish(err)
	}()
	return op, nil
}

// update replaces plugins.db with the server's, once that was found usable.
func (r *Repository) update(c *client, op *provd.Operation) error {
	done, err := r.turn()
	if err != nil {
		return err
	}
	defer done()
	dir := r.cfg.Dir
	keep := func() error {
		if err := download(r.life, c, dir, indexFile, indexTemp, maxIndex, func(n int64) { op.Count(n, 0) }); err != nil {
			return err
		}
		data, err := bounded.ReadFile(dir.FS(), indexTemp, maxIndex)
		if err != nil {
			return err
		}
		if _, _, err := parseIndex(data); err != nil {
			return err
		}
		var s signed
		if r.key != nil {
			if s, err = r.verifyNew(r.life, c, data); err != nil {
				return err
			}
			// After a crash between the two the list that is there does not fit and is
			// not used until it is updated.
			if err := dir.Rename(signatureTemp, signatureFile); err != nil {
				return err
			}
		}
		if err := errors.Join(dir.Rename(indexTemp, indexFile), syncPath(dir, ".")); err != nil {
			return err
		}
		return r.publish(data, s)
	}
	if err := keep(); err != nil {
		return errors.Join(err, dir.RemoveAll(indexTemp), dir.RemoveAll(signatureTemp))
	}
	return nil
}

// unknown has wazo-provd's text for a package that no server offers.
func unknown(id string) error { return provd.Errorf(provd.Invalid, "'%.200s'", id) }

// claim makes the caller the only one who works on a plugin, or on the list when
// id is updating. Close waits until release was called.
func (r *Repository) claim(id string) (release func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.running[id]; ok {
		if id == updating {
			return nil, provd.Errorf(provd.Conflict, "an update operation is already in progress")
		}
		return nil, provd.Errorf(provd.Conflict, "an install/upgrade operation for plugin %s is already in progress", id)
	}
	if r.closed {
		return nil, stopping()
	}
	if len(r.running) >= maxRunning {
		return nil, provd.Errorf(provd.Unavailable, "%d plugin operations are under way; try again later", maxRunning)
	}
	r.running[id] = struct{}{}
	r.background.Add(1)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.running, id)
		r.background.Done()
	}, nil
}

func stopping() error { return provd.Errorf(provd.Unavailable, "the box is stopping") }

// turn waits until few enough operations work.
func (r *Repository) turn() (done func(), err error) {
	select {
	case r.turns <- struct{}{}:
		return func() { <-r.turns }, nil
	case <-r.life.Done():
		return nil, stopping()
	}
}

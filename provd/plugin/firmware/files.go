package firmware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"provbox/provd"
)

// FileState is a file that packages are made of, and whether it is there.
type FileState struct {
	File
	// Packages are the ids of those that need it.
	Packages []string
	// Cached is true when the cache or the plugin package has a file of this name and
	// size. Its hash is looked at when it is used.
	Cached bool
}

// Files lists the files that the packages need, by name. One with an empty URL has
// to be uploaded; any other may be, on a site without the Internet say.
func (in *Installer) Files() []FileState {
	byID := make(map[string]*FileState)
	for _, p := range in.cfg.DB.Packages {
		for _, id := range p.Files {
			if byID[id] == nil {
				f := in.cfg.DB.Files[id]
				byID[id] = &FileState{File: f, Cached: checkFile(f) == nil && (in.cached(f) || in.ships(f))}
			}
			byID[id].Packages = append(byID[id].Packages, p.ID)
		}
	}
	files := make([]FileState, 0, len(byID))
	for _, f := range byID {
		files = append(files, *f)
	}
	slices.SortFunc(files, func(a, b FileState) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) })
	return files
}

// named returns the files that a name stands for: a plugin package may mean several
// versions by one.
func (in *Installer) named(name string) (files []File, err error) {
	for _, f := range in.cfg.DB.Files {
		if f.Name == name && name != "" {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil, provd.Errorf(provd.NotFound, "no firmware package of the plugin needs a file named %q", name)
	}
	usable := slices.DeleteFunc(slices.Clone(files), func(f File) bool { return checkFile(f) != nil })
	if len(usable) == 0 {
		return nil, checkFile(files[0])
	}
	return usable, nil
}

// uploading marks files that are being uploaded; no file of a package begins with a
// dot.
const uploading = ".upload-"

// Upload puts a file of the operator into the cache, once its size and hash are
// found to be those that the plugin package states. Errors are a provd.Error:
// NotFound for a name that no package needs, Invalid for a wrong content, Conflict
// for one that is being uploaded already or has no room.
func (in *Installer) Upload(ctx context.Context, name string, content io.Reader) error {
	leave, err := in.enter()
	if err != nil {
		return err
	}
	defer leave()
	files, err := in.named(name)
	if err != nil {
		return err
	}
	var limit int64
	for _, f := range files {
		limit = max(limit, f.Size)
	}
	if !in.mark(uploading + name) {
		return provd.Errorf(provd.Conflict, "file %s is being uploaded already", name)
	}
	defer in.unmark(uploading + name)
	room, err := in.space.claim(limit)
	if err != nil {
		return err
	}
	defer room.release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(in.life, cancel)()
	if err := in.keep(ctx, name, files, io.LimitReader(content, limit+1), room); err != nil {
		return errors.Join(err, in.cfg.Cache.RemoveAll(uploading+name))
	}
	in.event("firmware file uploaded", nil, "file", name)
	return nil
}

// claimed writes into room that was promised.
type claimed struct {
	io.Writer

	room *claim
}

func (c claimed) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.room.spend(int64(n))
	return n, err
}

func (in *Installer) keep(ctx context.Context, name string, files []File, content io.Reader, room *claim) error {
	temp, cache := uploading+name, in.cfg.Cache
	out, err := cache.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(claimed{out, room}, &spender{ctx: ctx, r: content})
	if err == nil {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("upload of %s: %w", name, err)
	}
	var problem error
	for _, f := range files {
		if problem = in.verify(ctx, temp, f); problem == nil {
			break
		}
	}
	if errors.Is(problem, errContent) {
		return &provd.Error{Code: provd.Invalid, Message: fmt.Sprintf("file %s: %v", name, problem)}
	}
	if problem != nil {
		return problem
	}
	if err := cache.Rename(temp, name); err != nil {
		return err
	}
	return syncDir(cache, ".")
}

// RemoveFile removes a file from the cache, and what there is of its download. One
// that is not there is a provd.Error with NotFound, one with Conflict says that a
// download is under way.
func (in *Installer) RemoveFile(name string) error {
	leave, err := in.enter()
	if err != nil {
		return err
	}
	defer leave()
	if _, err := in.named(name); err != nil {
		return err
	}
	select {
	case in.downloads <- struct{}{}:
		defer func() { <-in.downloads }()
	default:
		return provd.Errorf(provd.Conflict, "firmware is being downloaded; remove %s when that is done", name)
	}
	found := false
	for _, n := range []string{name, part(File{Name: name})} {
		switch err := in.cfg.Cache.Remove(n); {
		case err == nil:
			found = true
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	if !found {
		return provd.Errorf(provd.NotFound, "file %s is not there", name)
	}
	in.event("firmware file removed", nil, "file", name)
	return nil
}

// sweep removes uploads that a crash cut off.
func (in *Installer) sweep() error {
	entries, err := fs.ReadDir(in.cfg.Cache.FS(), ".")
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), uploading) {
			err = errors.Join(err, in.cfg.Cache.Remove(e.Name()))
		}
	}
	return err
}

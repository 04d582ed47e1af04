package repository

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"provbox/provd"
)

// Bounds of the cache of archives; the oldest go.
const (
	maxCached      = 256
	maxCachedBytes = 256 << 20
)

// tempSuffix marks archives that are being downloaded. No valid archive
// name ends in it.
const tempSuffix = ".part"

// openCached opens the archive of a package after it has checked its size and
// hashes: a cache is a place where files rot.
func (r *Repository) openCached(e entry) (*os.File, error) {
	return openChecked(r.cfg.Cache, e.filename, e)
}

func openChecked(root *os.Root, name string, e entry) (*os.File, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	if err := e.verify(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// verify compares a file with what the server says about it and leaves the file at
// its beginning.
func (e entry) verify(f *os.File) error {
	h1, h2 := sha1.New(), sha256.New()
	n, err := io.Copy(io.MultiWriter(h1, h2), io.LimitReader(f, e.size+1))
	if err != nil {
		return err
	}
	if n != e.size {
		return provd.Errorf(provd.Unavailable, "archive %s does not have the %d bytes that plugins.db says; update the list", e.filename, e.size)
	}
	for _, sum := range []struct{ name, want, got string }{
		{"sha1", e.sha1, hex.EncodeToString(h1.Sum(nil))}, {"sha256", e.sha256, hex.EncodeToString(h2.Sum(nil))},
	} {
		if sum.want != "" && !strings.EqualFold(sum.want, sum.got) {
			return provd.Errorf(provd.Unavailable, "archive %s has the %s sum %s, plugins.db says %s; it was altered, or the list must be updated", e.filename, sum.name, sum.got, sum.want)
		}
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// download gets the archive of a package into the cache.
func (r *Repository) download(ctx context.Context, c *client, e entry, progress func(n int64)) error {
	cache, temp := r.cfg.Cache, e.filename+tempSuffix
	get := func() error {
		if err := download(ctx, c, cache, e.filename, temp, e.size, progress); err != nil {
			return err
		}
		f, err := openChecked(cache, temp, e)
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), cache.Rename(temp, e.filename))
	}
	if err := get(); err != nil {
		return errors.Join(err, cache.RemoveAll(temp))
	}
	if err := r.sweepCache(e.filename); err != nil {
		r.log.Warn("cache of plugin archives not cleaned up", "err", err)
	}
	return nil
}

// download gets a file of the server into a file of root that is on the disk when
// it returns.
func download(ctx context.Context, c *client, root *os.Root, name, to string, limit int64, progress func(n int64)) error {
	f, err := root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("download %s: %w", name, err)
	}
	err = c.get(ctx, name, limit, f, func(n, _ int64) { progress(min(n, limit)) })
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// forget removes a package's archive from the cache.
func (r *Repository) forget(e entry) {
	if err := r.cfg.Cache.RemoveAll(e.filename); err != nil {
		r.log.Warn("cached archive not removed", "err", err)
	}
}

// sweepCache removes the oldest archives until the cache is within its bounds, but
// never those named. Without names, at the start, it also removes downloads that a
// crash cut off.
func (r *Repository) sweepCache(keep ...string) error {
	entries, err := fs.ReadDir(r.cfg.Cache.FS(), ".")
	if err != nil {
		return err
	}
	var (
		files []fs.FileInfo
		total int64
		errs  []error
	)
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil: // removed by another operation since it was listed
		case strings.HasSuffix(e.Name(), tempSuffix):
			if len(keep) == 0 {
				errs = append(errs, r.cfg.Cache.RemoveAll(e.Name()))
			}
		case info.Mode().IsRegular():
			files = append(files, info)
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for left := len(files); len(files) > 0 && (left > maxCached || total > maxCachedBytes); files = files[1:] {
		if slices.Contains(keep, files[0].Name()) {
			continue
		}
		errs = append(errs, r.cfg.Cache.RemoveAll(files[0].Name()))
		left--
		total -= files[0].Size()
	}
	return errors.Join(errs...)
}

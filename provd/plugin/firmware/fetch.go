package firmware

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // the hash that published packages have
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"provbox/provd"
)

// Downloader gets the content of files.
type Downloader interface {
	// Download begins to read the file at a URL from an offset, 0 for all of it. at
	// is where the content begins: the offset, or 0 when the server sends the whole
	// file all the same. Ending ctx ends reading.
	Download(ctx context.Context, url string, offset int64) (content io.ReadCloser, at int64, err error)
}

// HTTPDownloader downloads with a client, which decides on addresses, proxies,
// redirects and credentials.
type HTTPDownloader struct {
	Client *http.Client // must not be nil
	// Idle ends a download that brings nothing for so long; 0 never does.
	Idle time.Duration
}

// errIdle ends a download that brings nothing.
var errIdle = errors.New("the server sent nothing for too long")

// watched is a body that must keep coming.
type watched struct {
	io.ReadCloser

	timer *time.Timer
	idle  time.Duration
	ctx   context.Context
	end   context.CancelCauseFunc
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.timer.Reset(w.idle)
	if err != nil && !errors.Is(err, io.EOF) && errors.Is(context.Cause(w.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

func (w *watched) Close() error {
	w.timer.Stop()
	w.end(nil)
	return w.ReadCloser.Close()
}

// userAgent is what vendors' servers know (spec/plugins.md section 9).
const userAgent = "xivo-fetchfw/1.0"

// Download is for Downloader. An answer that is not the file is a provd.Error with
// Unavailable.
func (d HTTPDownloader) Download(ctx context.Context, url string, offset int64) (io.ReadCloser, int64, error) {
	if d.Idle <= 0 {
		return d.get(ctx, url, offset)
	}
	ctx, end := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d.Idle, func() { end(errIdle) })
	body, at, err := d.get(ctx, url, offset)
	if err != nil {
		timer.Stop()
		end(nil)
		if errors.Is(context.Cause(ctx), errIdle) {
			err = errIdle
		}
		return nil, 0, err
	}
	return &watched{body, timer, d.Idle, ctx, end}, at, nil
}

func (d HTTPDownloader) get(ctx context.Context, url string, offset int64) (io.ReadCloser, int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("User-Agent", userAgent)
	// Sizes and hashes are those of the file as it is, and offsets too.
	req.Header.Set("Accept-Encoding", "identity")
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := d.Client.Do(req)
	if err != nil {
		return nil, 0, err
	}
	want := fmt.Sprintf("bytes %d-", offset)
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, 0, nil
	case resp.StatusCode == http.StatusPartialContent && strings.HasPrefix(resp.Header.Get("Content-Range"), want):
		return resp.Body, offset, nil
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && offset > 0:
		_ = resp.Body.Close()
		return d.get(ctx, url, 0)
	}
	_ = resp.Body.Close()
	return nil, 0, provd.Errorf(provd.Unavailable, "the server answered %s", resp.Status)
}

// attempts is how often a download that breaks off is taken up again.
const attempts = 3

// errContent is wrapped when a file is not the one that the package means.
var errContent = errors.New("not the file that the plugin package means")

// part is the name under which a file that is not complete is kept.
func part(f File) string { return f.Name + ".tmp" }

// checkFile looks for files that can never be installed.
func checkFile(f File) error {
	if f.Name == "" {
		return provd.Errorf(provd.Invalid, "file %s: the plugin package gives it neither a URL nor a name", f.ID)
	}
	if strings.HasPrefix(f.Name, ".") {
		return provd.Errorf(provd.Invalid, "file %s: %q cannot be the name of a file", f.ID, f.Name)
	}
	if len(f.SHA1) != sha1.Size {
		return provd.Errorf(provd.Invalid, "file %s: the plugin package gives a hash of %d bytes, a SHA-1 has %d; the file cannot be verified", f.ID, len(f.SHA1), sha1.Size)
	}
	return nil
}

// cached reports whether the cache has a file, going by its size.
func (in *Installer) cached(f File) bool {
	info, err := in.cfg.Cache.Lstat(f.Name)
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size
}

// verify compares a file in the cache with what the package says.
func (in *Installer) verify(ctx context.Context, name string, f File) error {
	file, err := in.cfg.Cache.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha1.New() //nolint:gosec // see the import
	n, err := io.Copy(sum, &spender{ctx: ctx, r: io.LimitReader(file, f.Size+1)})
	if err != nil {
		return err
	}
	if n != f.Size {
		info, err := file.Stat()
		if err == nil {
			n = info.Size()
		}
		return fmt.Errorf("%w: it has %d bytes, not %d", errContent, n, f.Size)
	}
	if got := sum.Sum(nil); !bytes.Equal(got, f.SHA1) {
		return fmt.Errorf("%w: its SHA-1 is %x, not %x", errContent, got, f.SHA1)
	}
	return nil
}

// fetch has a file in the cache, verified. count is told of progress, and may be
// nil.
func (in *Installer) fetch(ctx context.Context, f File, count func(have int64)) error {
	err := in.verify(ctx, f.Name, f)
	if err == nil {
		return nil
	}
	wrong := errors.Is(err, errContent)
	if !wrong && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file %s: %w", f.Name, err)
	}
	d, err := in.source(f, wrong, err)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		err = in.download(ctx, d, f, count)
		if err == nil {
			err = in.verify(ctx, part(f), f)
		}
		if err == nil {
			break
		}
		if errors.Is(err, errContent) {
			// A part of an older file that was continued looks like this too.
			err = errors.Join(err, in.cfg.Cache.Remove(part(f)))
		}
		if i+1 == attempts || ctx.Err() != nil {
			return fmt.Errorf("download %s: %w", f.Name, err)
		}
		in.log.Warn("download broke off, trying again", "file", f.Name, "err", err)
	}
	if err := in.cfg.Cache.Rename(part(f), f.Name); err != nil {
		return err
	}
	return syncDir(in.cfg.Cache, ".")
}

// source returns where a file comes from that the cache does not have; wrong says that
// it has another one of that name, and why that is not it.
func (in *Installer) source(f File, wrong bool, why error) (Downloader, error) {
	if in.ships(f) {
		return shipped{in.cfg.Shipped, f.Name}, nil
	}
	if f.URL == "" {
		if wrong {
			return nil, fmt.Errorf("file %s in the cache: %w; the vendor gives it to customers only: upload the right one", f.Name, why)
		}
		return nil, provd.Errorf(provd.NotFound, "file %s cannot be downloaded: the vendor gives it to customers only; upload it and install again", f.Name)
	}
	d, ok := in.cfg.Downloaders[f.Downloader]
	if !ok {
		return nil, provd.Errorf(provd.Invalid, "file %s: there is no downloader %q", f.Name, f.Downloader)
	}
	return d, nil
}

// ships reports whether the plugin package itself has a file, going by its size.
func (in *Installer) ships(f File) bool {
	if in.cfg.Shipped == nil {
		return false
	}
	file, err := in.cfg.Shipped(f.Name)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size
}

// shipped reads a file of the plugin package as if it were downloaded.
type shipped struct {
	open func(name string) (fs.File, error)
	name string
}

func (s shipped) Download(context.Context, string, int64) (io.ReadCloser, int64, error) {
	f, err := s.open(s.name)
	return f, 0, err
}

// download reads a file, or the rest of it, into its part.
func (in *Installer) download(ctx context.Context, d Downloader, f File, count func(int64)) (err error) {
	out, err := in.cfg.Cache.OpenFile(part(f), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if have >= f.Size {
		have = 0 // the caller has found it wrong, or the package changed
	}
	if count != nil {
		count(have)
	}
	content, at, err := d.Download(ctx, f.URL, have)
	if err != nil {
		return err
	}
	defer content.Close()
	if at != have && at != 0 {
		return fmt.Errorf("the content begins at %d, not at %d", at, have)
	}
	if err := out.Truncate(at); err != nil {
		return err
	}
	if _, err := out.Seek(at, io.SeekStart); err != nil {
		return err
	}
	n, err := io.Copy(out, &counter{r: &spender{ctx: ctx, r: io.LimitReader(content, f.Size-at+1)}, have: at, count: count})
	if err == nil && at+n < f.Size {
		err = io.ErrUnexpectedEOF
	}
	return errors.Join(err, out.Sync())
}

// counter tells how much has been read.
type counter struct {
	r     io.Reader
	have  int64
	count func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.have += int64(n); n > 0 && c.count != nil {
		c.count(c.have)
	}
	return n, err
}

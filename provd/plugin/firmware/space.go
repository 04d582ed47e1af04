package firmware

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"provbox/provd"
)

// Space is the room on the disk that firmware may take, the files in the caches and
// what is installed, and in memory while it is unpacked. The installers of a box share one. It is safe for concurrent
// use.
type Space struct {
	quota int64
	used  func() (int64, error)
	// unpacking is held while an archive is unpacked. One at a time is what bounds
	// the memory that the decoders take together.
	unpacking chan struct{}

	mu       sync.Mutex
	promised int64 // to what is under way, beyond what it has on the disk already
}

// NewSpace returns a Space of so many bytes; used tells how many of them are taken
// on the disk.
func NewSpace(quota int64, used func() (int64, error)) *Space {
	return &Space{quota: quota, used: used, unpacking: make(chan struct{}, 1)}
}

// claim is room promised to one install or upload.
type claim struct {
	space *Space
	left  int64
}

// claim promises room for need more bytes. That there is none is a provd.Error with
// Conflict that names the quota, its use and the need.
func (s *Space) claim(need int64) (*claim, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	used, err := s.used()
	if err != nil {
		return nil, fmt.Errorf("look how much room firmware takes: %w", err)
	}
	used += s.promised
	if need > s.quota-used {
		return nil, provd.Errorf(provd.Conflict,
			"no room for firmware: %s more are needed, %s of the quota of %s are used; remove firmware packages or files, or raise the quota",
			size(need), size(used), size(s.quota))
	}
	s.promised += need
	return &claim{s, need}, nil
}

// spend says that n of the promised bytes are on the disk now; less than 0 when
// some are not any more.
func (c *claim) spend(n int64) {
	c.space.mu.Lock()
	defer c.space.mu.Unlock()
	n = min(n, c.left)
	c.left -= n
	c.space.promised -= n
}

// release gives back what was not spent.
func (c *claim) release() { c.spend(c.left) }

// free returns how many bytes are left.
func (s *Space) free() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	used, err := s.used()
	return max(0, s.quota-used-s.promised), err
}

// size shows a number of bytes.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// Usage returns how many bytes the files below a folder take; a folder that is not
// there takes none.
func Usage(root *os.Root, dir string) (total int64, err error) {
	err = fs.WalkDir(root.FS(), dir, func(_ string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // renamed or removed meanwhile, or never there
		case err != nil:
			return err
		case d.IsDir():
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// usage is the Space of an Installer that shares none.
func (in *Installer) usage() (total int64, err error) {
	for _, place := range []struct {
		root *os.Root
		dir  string
	}{{in.cfg.Cache, "."}, {in.cfg.Site, in.cfg.Dir}, {in.cfg.Site, workDir}} {
		n, err := Usage(place.root, place.dir)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

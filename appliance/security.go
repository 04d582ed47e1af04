package appliance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"provbox/provd"
)

// The security log has wazo-provd's name, below the folder that everything is
// written to; it and the one before it are kept.
const (
	securityLog    = "wazo-provd-fail2ban.log"
	securityLogMax = 1 << 20
)

// openSecurity opens the security log (spec/ident.md section 12). Without it
// phones are served all the same.
func (a *App) openSecurity() {
	dir := filepath.Join(a.s.General.BaseStorageDir, "log")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		a.log.Error("no security log", "err", err)
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		a.log.Error("no security log", "err", err)
		return
	}
	w := &rotated{root: root, name: securityLog, most: securityLogMax}
	a.stack.onStop("security log", w.Close)
	a.security = provd.NewSecurity(w, time.Now, a.log)
}

// rotated is a file that is put aside when it is full. It is not for concurrent
// use.
type rotated struct {
	root *os.Root
	name string
	most int64

	f    *os.File
	size int64
}

// Write appends to the file.
func (r *rotated) Write(p []byte) (int, error) {
	if r.f == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	if r.size > 0 && r.size+int64(len(p)) > r.most {
		err := errors.Join(r.f.Close(), r.root.Rename(r.name, r.name+".1"))
		r.f = nil
		if err != nil {
			return 0, fmt.Errorf("put %s aside: %w", r.name, err)
		}
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	n, err := r.f.Write(p)
	r.size += int64(n)
	return n, err
}

func (r *rotated) open() error {
	// Readable for fail2ban, which may run as another user.
	f, err := r.root.OpenFile(r.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r.f, r.size = f, info.Size()
	return nil
}

// Close closes the file.
func (r *rotated) Close() error {
	if r.f == nil {
		return r.root.Close()
	}
	return errors.Join(r.f.Close(), r.root.Close())
}

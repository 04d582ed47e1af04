package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sys/unix"
)

// The files in Config.Dir.
const (
	fileStore     = "provbox.db"
	fileLock      = "provbox.lock"
	prefixBackup  = "backup-"
	prefixDamaged = "damaged-"
	suffix        = ".db"
	stampLayout   = "20060102T150405.000000000Z"

	// keepDamaged is how many damaged files are kept aside for whoever wants to
	// look; each may be as large as the store.
	keepDamaged = 2
)

// Report tells what Open had to do. The zero value is an orderly start.
type Report struct {
	// Damaged is the damaged file that was kept aside, Cause what is wrong with
	// it; empty for a sound store.
	Damaged, Cause string
	// Restored is the backup that took its place; empty when there was none, in
	// which case the store starts without documents.
	Restored string
	// Lost is true when the store file was not there although backups are.
	Lost bool
	// Quarantined is how many records could not be read and were moved aside.
	Quarantined int
	// Reindexed is how many index entries did not match their records.
	Reindexed int
	// From and To are the schemas, different after a migration.
	From, To uint64
}

// Problems describes what an operator must know, one line each.
func (r Report) Problems() []string {
	var lines []string
	switch {
	case r.Damaged != "" && r.Restored != "":
		lines = append(lines, fmt.Sprintf("the store was damaged (%s): the newest good backup %s is in use, what came after it is lost; the damaged file is kept as %s", r.Cause, r.Restored, r.Damaged))
	case r.Damaged != "":
		lines = append(lines, fmt.Sprintf("the store was damaged (%s) and there is no good backup: the box starts without documents; the damaged file is kept as %s", r.Cause, r.Damaged))
	case r.Lost:
		lines = append(lines, fmt.Sprintf("the store file was missing: the newest good backup %s is in use", r.Restored))
	}
	if r.Quarantined > 0 {
		lines = append(lines, fmt.Sprintf("%d records of the store could not be read and were set aside", r.Quarantined))
	}
	if r.Reindexed > 0 {
		lines = append(lines, fmt.Sprintf("%d index entries of the store did not match their records and were mended", r.Reindexed))
	}
	return lines
}

// Open opens the store in cfg.Dir, makes it when it is not there, and mends or
// replaces it when it is damaged.
func Open(ctx context.Context, cfg Config) (*Store, Report, error) {
	return open(ctx, cfg.withDefaults(), migrations)
}

func open(ctx context.Context, cfg Config, history []migration) (*Store, Report, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, Report{}, fmt.Errorf("open store: %w", err)
	}
	lock, err := lockFile(ctx, cfg)
	if err != nil {
		return nil, Report{}, fmt.Errorf("open store %s: %w", cfg.Dir, err)
	}
	s, report, err := openLocked(cfg, history)
	if err != nil {
		_ = lock.Close()
		return nil, report, fmt.Errorf("open store %s: %w", cfg.Dir, err)
	}
	s.lock = lock
	return s, report, nil
}

// lockFile keeps every other process from the store until it is closed. bbolt
// has a lock of its own, but the file is read and may be replaced before bbolt
// opens it.
func lockFile(ctx context.Context, cfg Config) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(cfg.Dir, fileLock), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			err = fmt.Errorf("lock: %w", err)
		case waited >= cfg.LockWait:
			err = ErrInUse
		case ctx.Err() != nil:
			err = ctx.Err()
		default:
			time.Sleep(pause)
			continue
		}
		_ = f.Close()
		return nil, err
	}
}

func openLocked(cfg Config, history []migration) (*Store, Report, error) {
	var report Report
	file := filepath.Join(cfg.Dir, fileStore)
	switch _, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		// Either the first start, or the power went between setting a damaged
		// file aside and putting a backup in its place.
		if report.Restored, err = restore(cfg, history); err != nil {
			return nil, report, err
		}
		report.Lost = report.Restored != ""
	case err != nil:
		return nil, report, err
	}
	s, err := openFile(cfg, file, history, &report)
	var broken *damage
	if !errors.As(err, &broken) {
		return s, report, err
	}
	report.Cause = broken.Error()
	if report.Damaged, err = setAside(cfg, file); err != nil {
		return nil, report, err
	}
	if report.Restored, err = restore(cfg, history); err != nil {
		return nil, report, err
	}
	s, err = openFile(cfg, file, history, &report)
	return s, report, err
}

// openFile checks and opens one file, brings it to the newest schema, and mends
// its records and indexes. A *damage error means that the file is of no use.
func openFile(cfg Config, file string, history []migration, report *Report) (*Store, error) {
	if err := checkPath(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := openDB(cfg, file)
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, db: db}
	if err := s.settle(history, report); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// checkPath is checkFile for a file by name. A file of no length is a store that
// was about to be made.
func checkPath(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	return checkFile(f, info.Size())
}

func openDB(cfg Config, file string) (db *bbolt.DB, err error) {
	gerr := guard(func() error {
		// The map freelist stays fast when many pages are free; it is not
		// synced (NoFreelistSync is off) because reading it back is faster
		// than rebuilding it. NoSync stays off: that is the promise.
		db, err = bbolt.Open(file, 0o600, &bbolt.Options{
			Timeout: cfg.LockWait, FreelistType: bbolt.FreelistMapType, MaxSize: cfg.MaxSize,
		})
		return err
	})
	switch {
	case gerr == nil:
		return db, nil
	case errors.Is(gerr, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(gerr, berrors.ErrInvalid), errors.Is(gerr, berrors.ErrVersionMismatch), errors.Is(gerr, berrors.ErrChecksum):
		return nil, &damage{gerr}
	}
	return nil, gerr
}

// settle migrates, quarantines and reindexes, in one transaction each so that a
// power cut in between leaves a store of a known schema.
func (s *Store) settle(history []migration, report *Report) error {
	err := s.db.View(func(b *bbolt.Tx) error {
		var err error
		report.From, err = schemaOf(b)
		return err
	})
	if err != nil {
		return &damage{err}
	}
	report.To = newest(history)
	if report.From > report.To {
		return fmt.Errorf("schema %d, this version knows %d: %w", report.From, report.To, ErrNewer)
	}
	if report.From < report.To {
		if err := s.db.Update(func(b *bbolt.Tx) error { return migrate(b, history, report.From) }); err != nil {
			return err
		}
	}
	if err := s.db.View(complete); err != nil {
		return &damage{err}
	}
	return s.mend(report)
}

// complete checks that every bucket is there: a flipped bit in a name leaves a
// sound file without it.
func complete(b *bbolt.Tx) error {
	for _, n := range bucketNames() {
		if b.Bucket(n) == nil {
			return fmt.Errorf("bucket %s is missing", n)
		}
	}
	return nil
}

// setAside renames a damaged file and drops the oldest ones beyond keepDamaged.
func setAside(cfg Config, file string) (string, error) {
	aside := filepath.Join(cfg.Dir, prefixDamaged+stamp(cfg)+suffix)
	if err := os.Rename(file, aside); err != nil {
		return "", fmt.Errorf("keep the damaged file aside: %w", err)
	}
	if err := syncDir(cfg.Dir); err != nil {
		return "", err
	}
	return aside, prune(cfg.Dir, prefixDamaged, keepDamaged)
}

func stamp(cfg Config) string { return cfg.Now().UTC().Format(stampLayout) }

package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sys/unix"
)

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
	s, report, err := openLocked(ctx, cfg, history)
	if err != nil {
		_ = lock.Close()
		return nil, report, fmt.Errorf("open store %s: %w", cfg.Dir, err)
	}
	s.lock = lock
	return s, report, nil
}

// lockFile keeps every other process from the store until it is closed. bbolt
// has a lock of its own, but the file is read and may be replaced before bbolt
// opens it. On a read-only disk there may be no file to lock, and nobody to
// write: the result is nil then, which can be closed as well.
func lockFile(ctx context.Context, cfg Config) (*os.File, error) {
	name := filepath.Join(cfg.Dir, fileLock)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if readOnly(err) {
		f, err = os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
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

// readOnly reports whether an error says that the disk takes no writes.
func readOnly(err error) bool {
	return errors.Is(err, unix.EROFS) || errors.Is(err, fs.ErrPermission)
}

func openLocked(ctx context.Context, cfg Config, history []migration) (*Store, Report, error) {
	var report Report
	file := filepath.Join(cfg.Dir, fileStore)
	sweep(cfg.Dir)
	switch _, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		// Either the first start, or the power went between setting a damaged
		// file aside and putting a backup in its place.
		if report.Restored, err = replace(cfg, history, file); err != nil {
			return nil, report, err
		}
		report.Lost = report.Restored != ""
	case err != nil:
		return nil, report, err
	}
	s, err := openFile(ctx, cfg, file, history, &report)
	var broken *damage
	if !errors.As(err, &broken) {
		return s, report, err
	}
	report = Report{Cause: broken.Error()}
	if report.Damaged, err = setAside(cfg, file); err != nil {
		return nil, report, err
	}
	if report.Restored, err = replace(cfg, history, file); err != nil {
		return nil, report, err
	}
	s, err = openFile(ctx, cfg, file, history, &report)
	if report.Restored == "" || !errors.As(err, &broken) {
		return s, report, err
	}
	// The backup looked good and is not. Better an empty box than none.
	report = Report{Damaged: report.Damaged, Cause: report.Cause}
	if _, err := setAside(cfg, file); err != nil {
		return nil, report, err
	}
	if err := create(cfg, file); err != nil {
		return nil, report, err
	}
	s, err = openFile(ctx, cfg, file, history, &report)
	return s, report, err
}

// replace makes the store file from the newest good backup, whose name it
// returns, or an empty one.
func replace(cfg Config, history []migration, file string) (restored string, err error) {
	restored, err = restore(cfg, history)
	if err == nil && restored == "" {
		err = create(cfg, file)
	}
	return restored, err
}

// create makes an empty file, which appears whole: bbolt alone would leave one
// that is of no use when the power goes in the middle.
func create(cfg Config, file string) error {
	temp := file + suffixTemp
	db, err := openDB(cfg, temp, false)
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp, file); err != nil {
		return err
	}
	return syncDir(cfg.Dir)
}

// openFile checks and opens one file, brings it to the newest schema, and mends
// its records and indexes. A *damage error means that the file is of no use.
func openFile(ctx context.Context, cfg Config, file string, history []migration, report *Report) (s *Store, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = panicked(recover(), err) }()
	v, err := checkPath(file)
	if err != nil {
		return nil, err
	}
	report.Older = v.older
	var db *bbolt.DB
	if v.loose {
		if err := rebuild(cfg, file); err != nil {
			// A write to such a file could end the program.
			report.Unmended = err.Error()
			report.ReadOnly = true
		}
	}
	if !report.ReadOnly {
		db, err = openDB(cfg, file, false)
		report.ReadOnly = readOnly(err)
	}
	if report.ReadOnly {
		db, err = openDB(cfg, file, true)
	}
	if err != nil {
		return nil, err
	}
	s = &Store{cfg: cfg, db: db}
	if err := s.settle(ctx, history, report); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// panicked makes a panic a *damage error. checkFile lets nothing through that
// makes bbolt panic, as far as we know; what we do not know must not keep the
// box from starting. What is left of bbolt keeps the file open and locked, which
// is why such a file is renamed and never written over.
func panicked(recovered any, err error) error {
	if recovered != nil {
		return damagef("reading it failed: %v", recovered)
	}
	return err
}

// checkPath is checkFile for a file by name.
func checkPath(file string) (verdict, error) {
	f, err := os.Open(file)
	if err != nil {
		return verdict{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return verdict{}, err
	}
	return checkFile(f, info.Size())
}

// mapSize is how much of the address space the store is mapped to at once. A
// writer that has to map more waits for every reader, so this is more than a
// full box needs; it costs nothing until it is used.
const mapSize = 64 << 20

func openDB(cfg Config, file string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{
		Timeout: cfg.LockWait, ReadOnly: readOnly, MaxSize: cfg.MaxSize, InitialMmapSize: mapSize,
		// Stays fast when many pages are free. The list is synced with every
		// commit (NoFreelistSync is off): that way each page is known to be in
		// use or free, and checkFile finds one that is neither. NoSync and
		// NoGrowSync stay off: that is the promise.
		FreelistType: bbolt.FreelistMapType,
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, &damage{err}
	}
	return db, err
}

// settle migrates, quarantines and reindexes, in one transaction each so that a
// power cut in between leaves a store of a known schema.
func (s *Store) settle(ctx context.Context, history []migration, report *Report) error {
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
		if report.From > 0 {
			// For whoever wants to go back to the version before. A disk that
			// is too full for it does not take the migration either.
			if _, err := s.Backup(ctx); err != nil {
				return fmt.Errorf("before the migration: %w", err)
			}
		}
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

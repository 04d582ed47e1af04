// Package store keeps the box's documents, parameters and leases in one bbolt
// file.
//
// Promises:
//   - A write that returned nil is on stable storage; one that failed left
//     nothing behind. A commit whose last sync the disk refuses may be visible
//     until the next start although it was reported as failed: its fate is up
//     to the disk.
//   - No file, however damaged, stops the box from starting: Open checks every
//     page before bbolt sees it and every record by checksum, keeps a damaged
//     file aside, restores the newest good backup, moves single bad records to
//     a quarantine, and reports all of that. Only a newer schema, another
//     process that holds the file, and a directory that cannot be used are
//     errors.
//   - The indexes are written in the transaction of the record and compared
//     with the records at every start.
//   - With the disk full or read-only, writes return errors (provd.Unavailable)
//     and reads go on.
//
// What lies on the disk is described in schema.go, the form of one record in
// record.go.
package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"provbox/provd"
)

// Config says where the store is. Dir is required.
type Config struct {
	// Dir is the directory of the store file, its backups and the damaged
	// files kept aside. It is made when it does not exist. It holds secrets and
	// is made readable by its owner only.
	Dir string
	// LockWait is how long Open waits for another process to let go of the
	// store; default 1 s.
	LockWait time.Duration
	// Now tells the time, for the names of files kept aside; default time.Now.
	Now func() time.Time
	// MaxSize bounds the store file, in bytes; default 256 MiB, which is many
	// times what a full box needs. Writes beyond it fail.
	MaxSize int
}

func (c Config) withDefaults() Config {
	if c.LockWait <= 0 {
		c.LockWait = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxSize <= 0 {
		c.MaxSize = 256 << 20
	}
	return c
}

// ErrInUse is returned by Open when another process has the store open.
var ErrInUse = errors.New("the store is in use by another process: stop it first")

// ErrNewer is returned by Open for a store that a newer version of the program
// wrote.
var ErrNewer = errors.New("the store was written by a newer version: install that version again, or restore a backup of this one")

// Store is an open store. It implements provd.Store and lease.Store and is safe
// for concurrent use.
type Store struct {
	cfg    Config
	db     *bbolt.DB
	lock   *os.File   // held until Close
	backup sync.Mutex // one backup at a time
}

// Close waits for the transactions under way and closes the file. Later calls
// of the other methods return errors.
func (s *Store) Close() error {
	err := s.db.Close()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// View implements provd.Store.
func (s *Store) View(fn func(provd.Tx) error) error {
	return s.read(func(b *bbolt.Tx) error { return fn(&tx{b: b}) })
}

// Update implements provd.Store. It must not be called from within a View or an
// Update.
func (s *Store) Update(fn func(provd.Tx) error) error {
	err := s.write(func(b *bbolt.Tx) error {
		t := &tx{b: b}
		if err := fn(t); err != nil {
			return err
		}
		if t.changes == 0 {
			return errUnchanged
		}
		return nil
	})
	if err == errUnchanged {
		return nil
	}
	return err
}

// errUnchanged ends a transaction that wrote nothing: committing it would cost a
// sync of the disk all the same.
var errUnchanged = errors.New("nothing was written")

// read runs fn in a read transaction.
func (s *Store) read(fn func(*bbolt.Tx) error) error {
	var inner error
	err := guard(nil, func() error {
		return s.db.View(func(b *bbolt.Tx) error {
			inner = fn(b)
			return inner
		})
	})
	return classify("read", err, inner)
}

// write runs fn in a write transaction; when it returns nil the changes are on
// disk.
func (s *Store) write(fn func(*bbolt.Tx) error) error {
	var (
		inner      error
		committing bool
	)
	err := guard(&committing, func() error {
		return s.db.Update(func(b *bbolt.Tx) error {
			inner = fn(b)
			committing = inner == nil
			return inner
		})
	})
	return classify("write", err, inner)
}

// classify passes fn's own error on as it is and makes a failing disk one that
// callers can tell from a bug.
func classify(op string, err, inner error) error {
	if err == nil || err == inner {
		return err
	}
	return provd.Errorf(provd.Unavailable, "store: %s: %w", op, err)
}

// guard turns a fault into an error: bbolt reads the file through a memory map,
// where a failing disk shows as a fault at the address that is read. So it does
// with a panic of bbolt's own while it commits, which is damage that Open did
// not find; it has rolled back then. Other panics are bugs and go on.
func guard(committing *bool, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		_, fault := r.(interface {
			runtime.Error
			Addr() uintptr
		})
		switch {
		case r == nil:
		case fault:
			err = fmt.Errorf("the disk failed: %v", r)
		case committing != nil && *committing:
			err = fmt.Errorf("the store is damaged: %v", r)
		default:
			panic(r)
		}
	}()
	return fn()
}

// stopped returns ctx's error with the operation's name.
func stopped(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return nil
}

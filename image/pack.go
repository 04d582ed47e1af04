package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// DefaultSize is the size of a disk image in bytes. It fits every SD card sold,
// is a power of two as QEMU's SD cards must be, and leaves 0.9 GB for /perm.
const DefaultSize = 2 << 30

// minSize is what the packer needs: the fixed partitions and 100 MB of /perm
// (spec/image.md, "Building").
const minSize = 1258299392

// Options say what to pack.
type Options struct {
	// Root is the folder with go.mod.
	Root string
	// Board is one of Boards.
	Board string
	// Out is the file to write: an update bundle if it ends in ".gaf",
	// otherwise an image of a whole disk.
	Out string
	// Size of a disk image in bytes; 0 means DefaultSize.
	Size int64
	// Version is what the program will call itself; empty leaves it to the
	// program.
	Version string
	// Settings is the file to seed as factory settings; empty means the
	// board's.
	Settings string
	// Packages are more programs to put into the image and to start.
	Packages []string
}

// Pack builds everything and writes the file. It needs Go and, the first time,
// the Go module proxy. Nothing is left at Out if it fails.
func Pack(ctx context.Context, o Options) (err error) {
	cfg, err := Load(o.Root, o.Board)
	if err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	if err := o.apply(cfg); err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	// The packer runs in Root, and is told these.
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	// The packer looks for go.mod in the folders above the configuration, so
	// that has to be inside the project.
	work := filepath.Join(root, "out")
	if err := errors.Join(os.MkdirAll(work, 0o755), os.MkdirAll(filepath.Dir(out), 0o755)); err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	dir, err := os.MkdirTemp(work, "pack-")
	if err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config, err := cfg.write(dir)
	if err != nil {
		return fmt.Errorf("pack image: %w", err)
	}

	part := out + ".part"
	defer os.Remove(part) // is gone after the rename
	args := []string{"tool", "monogok", "--config", config, "overwrite"}
	if strings.HasSuffix(out, ".gaf") {
		args = append(args, "--gaf", part)
	} else {
		args = append(args, "--full", part, "--target_storage_bytes", strconv.FormatInt(o.size(), 10))
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	// The packer leaves files behind where it is told to put temporary ones.
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pack image: %w\n%s", err, log.Bytes())
	}
	if err := os.Rename(part, out); err != nil {
		return fmt.Errorf("pack image: %w", err)
	}
	return nil
}

func (o Options) size() int64 {
	if o.Size == 0 {
		return DefaultSize
	}
	return o.Size
}

// apply puts the options into the board's configuration.
func (o Options) apply(cfg *Config) error {
	if size := o.size(); size < minSize || size%512 != 0 {
		return fmt.Errorf("size %d: want a multiple of 512 of at least %d bytes", size, minSize)
	}
	program, ok := cfg.PackageConfig[Program]
	if !ok {
		return fmt.Errorf("board %s has no entry for %s", o.Board, Program)
	}
	if o.Version != "" {
		if strings.ContainsAny(o.Version, " \t\n'\"") {
			return fmt.Errorf("version %q: want one word", o.Version)
		}
		flags := make([]string, 0, len(program.GoBuildFlags))
		for _, f := range program.GoBuildFlags {
			if strings.HasPrefix(f, "-ldflags=") {
				f += " -X main.version=" + o.Version
			}
			flags = append(flags, f)
		}
		program.GoBuildFlags = flags
	}
	if o.Settings != "" {
		file, err := filepath.Abs(o.Settings)
		if err != nil {
			return err
		}
		// The packer takes a file that is not there for a folder.
		if st, err := os.Stat(file); err != nil {
			return err
		} else if !st.Mode().IsRegular() {
			return fmt.Errorf("settings %s: not a file", file)
		}
		program.ExtraFilePaths = map[string]string{SettingsPath: file}
	}
	cfg.PackageConfig[Program] = program
	cfg.Packages = append(cfg.Packages, o.Packages...)
	return nil
}

package firmware

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// filter makes the content of node to out of that of node from.
type filter func(ctx context.Context, w *work, from, to *tree, args []string) error

// lookupFilter returns the filter of a name and how many arguments it takes; most
// is -1 for any number (spec/plugins.md section 8).
func lookupFilter(name string) (f filter, least, most int, err error) {
	switch name {
	case "unzip":
		return unpack(unzip), 1, 1, nil
	case "untar":
		return unpack(untar), 1, 1, nil
	case "unrar":
		return unpack(unrar), 1, 1, nil
	case "7z":
		return unpack(un7z), 1, 1, nil
	case "unsign":
		return unsign, 2, 2, nil
	case "cp":
		return cp, 2, -1, nil
	case "include":
		return include, 1, -1, nil
	case "exclude":
		return exclude, 1, -1, nil
	case "null":
		return func(context.Context, *work, *tree, *tree, []string) error { return nil }, 0, -1, nil
	}
	return nil, 0, 0, fmt.Errorf("there is no filter %s", name)
}

// unpack returns the filter that unpacks every file its argument matches.
func unpack(format func(context.Context, *sink, *archive) error) filter {
	return func(ctx context.Context, w *work, from, to *tree, args []string) error {
		names, err := from.matchAll(args)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := w.unpack(ctx, from, to, name, format); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
}

// signature is how far into a signed file its content begins at most.
const signature = 512

// unsign copies a file from where its gzip stream begins: Cisco puts a signature
// in front.
func unsign(ctx context.Context, w *work, from, to *tree, args []string) error {
	names, err := from.matchAll(args[:1])
	if err == nil && len(names) > 1 {
		err = fmt.Errorf("%s matches %d files, only one can be unsigned", args[0], len(names))
	}
	if err == nil {
		err = checkPath(args[1])
	}
	if err != nil {
		return err
	}
	f, _, err := from.open(names[0])
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, signature)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	at := bytes.Index(head[:n], []byte{0x1f, 0x8b, 0x08})
	if at < 0 {
		return fmt.Errorf("%s: no gzip stream begins in its first %d bytes", names[0], signature)
	}
	if _, err := f.Seek(int64(at), io.SeekStart); err != nil {
		return err
	}
	target := path.Join(to.dir, args[1])
	if err := to.root.MkdirAll(path.Dir(target), 0o755); err != nil {
		return err
	}
	return writeFile(to.root, target, &spender{ctx, f, w.total})
}

// cp copies what its patterns match into a directory, which ends with a slash, or
// the only match to a name.
func cp(ctx context.Context, w *work, from, to *tree, args []string) error {
	patterns, target := args[:len(args)-1], args[len(args)-1]
	if err := checkPath(target); err != nil {
		return err
	}
	names, err := from.matchAll(patterns)
	if err != nil {
		return err
	}
	into := strings.HasSuffix(target, "/")
	if !into && len(names) > 1 {
		return fmt.Errorf("%d files match and %s is one; a directory ends with /", len(names), target)
	}
	for _, name := range names {
		dst := target
		if into {
			dst = path.Join(target, path.Base(name))
		}
		if err := from.copyTo(ctx, to, name, dst, w.total, nil); err != nil {
			return err
		}
	}
	return nil
}

// include keeps what its patterns match.
func include(ctx context.Context, w *work, from, to *tree, args []string) error {
	names, err := from.matchAll(args)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := from.copyTo(ctx, to, name, name, w.total, nil); err != nil {
			return err
		}
	}
	return nil
}

// exclude keeps what its patterns do not match.
func exclude(ctx context.Context, w *work, from, to *tree, args []string) error {
	names, err := from.matchAll(args)
	if err != nil {
		return err
	}
	excluded := make(map[string]bool, len(names))
	for _, n := range names {
		excluded[n] = true
	}
	if from.names == nil {
		return from.copyTo(ctx, to, ".", ".", w.total, func(name string) bool { return excluded[name] })
	}
	for _, n := range from.names {
		if excluded[n] {
			continue
		}
		if err := from.copyTo(ctx, to, n, n, w.total, nil); err != nil {
			return err
		}
	}
	return nil
}

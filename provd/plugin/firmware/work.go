package firmware

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// workDir holds a folder for each package that is being installed, below the
// plugin's folder so that what is ready can be moved and need not be copied.
const workDir = "var/firmware"

// work is the folder in which one package is made ready.
type work struct {
	root   *os.Root // the plugin's folder
	dir    string   // below it
	limits Limits
	total  *budget
	turn   chan struct{} // held while an archive is unpacked; nil for no other work
}

// newWork returns an empty folder.
func newWork(root *os.Root, id string, limits Limits) (*work, error) {
	w := &work{root: root, dir: path.Join(workDir, id), limits: limits}
	w.total = &budget{what: "the install", bytes: limits.TotalBytes, entries: limits.TotalEntries}
	if err := root.RemoveAll(w.dir); err != nil {
		return nil, err
	}
	return w, root.MkdirAll(w.stage(), 0o755)
}

// stage is where what is to be installed is put together.
func (w *work) stage() string { return path.Join(w.dir, "stage") }

func (w *work) close() error { return w.root.RemoveAll(w.dir) }

// run runs the steps of a package's install on the files in the cache and returns
// what is to be installed, see list.
func (w *work) run(ctx context.Context, db *DB, p Package, cache *os.Root) ([]string, error) {
	if p.Install == "" {
		return nil, nil
	}
	steps, terminals, err := db.Installs[p.Install].order()
	if err != nil {
		return nil, err
	}
	vars := db.variables(p)
	names := make([]string, 0, len(p.Files))
	for _, id := range p.Files {
		names = append(names, db.Files[id].Name)
	}
	nodes := map[string]*tree{source: {root: cache, dir: ".", names: names}}
	for i, s := range steps {
		to := &tree{root: w.root, dir: path.Join(w.dir, "node"+strconv.Itoa(i))}
		if err := w.root.Mkdir(to.dir, 0o755); err != nil {
			return nil, err
		}
		if err := w.step(ctx, s, nodes[s.From], to, vars); err != nil {
			return nil, fmt.Errorf("install %s: step %s-%s: %s: %w", p.Install, s.From, s.To, s.Filter, err)
		}
		nodes[s.To] = to
	}
	stage := &tree{root: w.root, dir: w.stage()}
	for _, t := range terminals {
		if err := nodes[t].copyTo(ctx, stage, ".", ".", w.total, nil); err != nil {
			return nil, fmt.Errorf("install %s: node %s: %w", p.Install, t, err)
		}
	}
	return w.list()
}

func (w *work) step(ctx context.Context, s Step, from, to *tree, vars map[string]string) error {
	f, least, most, err := lookupFilter(s.Filter)
	if err != nil {
		return err
	}
	args := make([]string, len(s.Args))
	for i, a := range s.Args {
		if args[i], err = expand(a, vars); err != nil {
			return err
		}
	}
	if len(args) < least || most >= 0 && len(args) > most {
		return fmt.Errorf("%d arguments are not what it takes", len(args))
	}
	return f(ctx, w, from, to, args)
}

// list returns what is staged: files, and directories with a slash at the end,
// each after the directory it is in.
func (w *work) list() ([]string, error) {
	var names []string
	err := fs.WalkDir(w.root.FS(), w.stage(), func(full string, d fs.DirEntry, err error) error {
		if err != nil || full == w.stage() {
			return err
		}
		name := strings.TrimPrefix(full, w.stage()+"/")
		if d.IsDir() {
			name += "/"
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// dropNodes removes everything but what is staged.
func (w *work) dropNodes() error {
	entries, err := fs.ReadDir(w.root.FS(), w.dir)
	for _, e := range entries {
		if e.Name() != path.Base(w.stage()) {
			err = errors.Join(err, w.root.RemoveAll(path.Join(w.dir, e.Name())))
		}
	}
	return err
}

// syncTree has the directories below dir, and dir, on the disk. The files are
// already.
func syncTree(root *os.Root, dir string) error {
	return fs.WalkDir(root.FS(), dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(root, name)
	})
}

func syncDir(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// replaceFile writes a file so that after a power cut it is the old or the new
// one.
func replaceFile(root *os.Root, name string, content []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), ".tmp-"+path.Base(name))
	if err := removeFile(root, temp); err != nil {
		return err
	}
	if err := writeFile(root, temp, strings.NewReader(string(content))); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return err
	}
	return syncDir(root, path.Dir(name))
}

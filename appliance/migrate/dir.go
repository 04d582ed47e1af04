package migrate

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"provbox/provd/document"
	"provbox/provd/plugins"
)

// Bounds of a state directory.
const (
	maxDocument  = 4 << 20
	maxDocuments = 200_000
	maxPlugins   = 1024
	maxTemplates = 1024 // of a plugin
)

// ReadDir reads a wazo-provd's state directory. What cannot be read is in the
// problems; the error says that the folder is none.
func ReadDir(dir string) (*State, []Problem, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open state directory: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat("jsondb"); err != nil {
		return nil, nil, fmt.Errorf("%s is not a wazo-provd's state directory: %w", dir, err)
	}
	r := reader{fs: root.FS()}
	s := &State{Params: document.New()}
	s.Devices = r.documents("device", "jsondb/devices")
	s.Configs = r.documents("config", "jsondb/configs")
	if params := r.object("parameters", "app.json"); params != nil {
		s.Params = params
	}
	for _, name := range r.names("plugins", "plugins", maxPlugins, fs.FileMode.IsDir) {
		s.Plugins = append(s.Plugins, r.plugin(name))
	}
	s.Notes = r.notes.all()
	return s, r.problems.all(), nil
}

// irregular is why a symbolic link or a device file stays behind.
const irregular = "is neither a file nor a folder, and what it may lead to is not read; put a copy in its place"

// reader reads a state directory and collects what is wrong with it.
type reader struct {
	fs fs.FS
	problems
	notes problems
}

// names lists a folder; one that is not there is empty.
func (r *reader) names(what, dir string, bound int, want func(fs.FileMode) bool) []string {
	entries, err := fs.ReadDir(r.fs, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.add(what, err)
	}
	var names []string
	for _, e := range entries {
		if len(names) == bound {
			r.add(what, fmt.Sprintf("there are more than %d", bound))
			break
		}
		switch t := e.Type(); {
		case strings.HasPrefix(e.Name(), "."):
		case !t.IsDir() && !t.IsRegular():
			r.add(what+" "+e.Name(), irregular)
		case !want(t):
		case !utf8.ValidString(e.Name()):
			r.add(what+" "+e.Name(), "its name is not UTF-8, which an id has to be; rename it")
		default:
			names = append(names, e.Name())
		}
	}
	return names
}

// read reads a file up to a bound; what is missing is nil and no problem.
func (r *reader) read(what, name string) []byte {
	f, err := r.fs.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		r.add(what, err)
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	switch {
	case err != nil:
		r.add(what, err)
		return nil
	case len(b) > maxDocument:
		r.add(what, fmt.Sprintf("is larger than %d bytes", maxDocument))
		return nil
	}
	return b
}

func (r *reader) object(what, name string) *document.Object {
	b := r.read(what, name)
	if b == nil {
		return nil
	}
	o, err := document.Decode(b)
	if err != nil {
		r.add(what, fmt.Sprintf("%s is not a JSON object: %v", name, err))
		return nil
	}
	return o
}

// documents reads a collection. The id is the name of the file (spec/rest.md
// section 14).
func (r *reader) documents(kind, dir string) []*document.Object {
	var docs []*document.Object
	for _, id := range r.names(kind+"s", dir, maxDocuments, fs.FileMode.IsRegular) {
		doc := r.object(kind+" "+id, path.Join(dir, id))
		if doc == nil {
			continue
		}
		if inside, ok := doc.Get("id"); !ok || inside != id {
			// A number is what somebody's program wrote; it says the same.
			if _, number := inside.(json.Number); ok && (!number || fmt.Sprint(inside) != id) {
				r.notes.add(kind+" "+id, fmt.Sprintf("has the id %v inside; the name of its file is what counts", inside))
			}
			doc.Set("id", id)
		}
		docs = append(docs, doc)
	}
	return docs
}

func (r *reader) plugin(id string) Plugin {
	what, dir := "plugin "+id, path.Join("plugins", id)
	p := Plugin{ID: id, Info: r.object(what, path.Join(dir, "plugin-info"))}
	if p.Info == nil {
		r.add(what, "has no plugin-info that can be read")
	}
	p.Version = p.Info.String("version")
	p.Firmware = r.names(what, path.Join(dir, "var/installed"), maxDocuments, fs.FileMode.IsRegular)
	templates := path.Join(dir, "var/templates")
	err := fs.WalkDir(r.fs, templates, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == templates:
			return nil
		case err != nil:
			return err
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			r.add(what+" template "+strings.TrimPrefix(name, templates+"/"), irregular)
			return nil
		case len(p.Templates) == maxTemplates:
			return fmt.Errorf("there are more than %d custom templates", maxTemplates)
		}
		content := r.read(what, name)
		if content == nil {
			return nil
		}
		if !utf8.Valid(content) {
			r.add(what+" template "+strings.TrimPrefix(name, templates+"/"), "is not UTF-8; convert it first")
			return nil
		}
		if p.Templates == nil {
			p.Templates = make(map[string]string)
		}
		p.Templates[strings.TrimPrefix(name, templates+"/")] = string(content)
		return nil
	})
	if err != nil {
		r.add(what, err)
	}
	return p
}

// WriteDir writes a state directory that a wazo-provd can be started with. The
// folder must be empty or not exist. A document whose id cannot be the name of a
// file is a problem.
func WriteDir(dir string, s *State) ([]Problem, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make %s: %w", dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty; name a folder that is, so that nothing of yours is mixed with the export", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	defer root.Close()
	w := &writer{root: root}
	for _, sub := range []string{"jsondb/devices", "jsondb/configs", "plugins"} {
		if err := root.MkdirAll(sub, 0o755); err != nil {
			return nil, fmt.Errorf("make %s: %w", sub, err)
		}
	}
	w.documents("device", "jsondb/devices", s.Devices)
	w.documents("config", "jsondb/configs", s.Configs)
	if s.Params.Len() > 0 {
		w.object("parameters", "app.json", s.Params)
	}
	for _, p := range s.Plugins {
		w.plugin(p)
	}
	return w.all(), w.err
}

// writer writes files until one cannot be written.
type writer struct {
	root *os.Root
	err  error
	problems
}

func (w *writer) write(name string, content []byte) {
	if w.err != nil {
		return
	}
	if err := w.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		w.err = fmt.Errorf("make folder for %s: %w", name, err)
		return
	}
	if err := w.root.WriteFile(name, content, 0o600); err != nil {
		w.err = fmt.Errorf("write %s: %w", name, err)
	}
}

func (w *writer) object(what, name string, o *document.Object) {
	b, err := document.Encode(o)
	if err != nil {
		w.add(what, err)
		return
	}
	w.write(name, b)
}

func (w *writer) documents(kind, dir string, docs []*document.Object) {
	for _, d := range docs {
		id := d.String("id")
		if !fileName(id) {
			w.add(kind+" "+id, "its id cannot be the name of a file, which a wazo-provd's documents have")
			continue
		}
		w.object(kind+" "+id, path.Join(dir, id), foreign(d))
	}
}

// fileName reports whether an id can be a file of wazo-provd's store. One that
// begins with a dot is not read back.
func fileName(id string) bool {
	return id != "" && len(id) <= 255 && !strings.HasPrefix(id, ".") && !strings.ContainsAny(id, "/\x00")
}

// plugin writes a package that is built into the program as a whole, since no
// server has it; of any other what tells that it was installed, so that an upgrade
// brings the rest.
func (w *writer) plugin(p Plugin) {
	what, dir := "plugin "+p.ID, path.Join("plugins", p.ID)
	if !fileName(p.ID) {
		w.add(what, "its id cannot be the name of a folder")
		return
	}
	if slices.Contains(plugins.IDs(), p.ID) {
		pkg := plugins.FS(p.ID)
		err := fs.WalkDir(pkg, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := fs.ReadFile(pkg, name)
			if err == nil {
				w.write(path.Join(dir, name), b)
			}
			return err
		})
		if err != nil {
			w.add(what, err)
		}
	} else {
		info := document.New("version", cmp.Or(p.Version, "0"), "description", "", "capabilities", document.New())
		info.Merge(p.Info)
		w.object(what, path.Join(dir, "plugin-info"), info)
		w.add(what, "only its name and templates are exported; upgrade it on the other side to get its files")
	}
	for name, content := range p.Templates {
		if !fs.ValidPath(name) {
			w.add(what, fmt.Sprintf("%q cannot be the name of a template", name))
			continue
		}
		w.write(path.Join(dir, "var/templates", name), []byte(content))
	}
	for _, id := range p.Firmware {
		w.add(what, "firmware package "+id+" is not exported; install it on the other side")
	}
}

// sortByID puts documents in a stable order.
func sortByID(docs []*document.Object) {
	slices.SortFunc(docs, func(a, b *document.Object) int { return strings.Compare(a.String("id"), b.String("id")) })
}

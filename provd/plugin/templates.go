package plugin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"provbox/provd"
	"provbox/provd/plugin/bounded"
	"provbox/provd/plugin/host"
	"provbox/provd/template"
)

// Bounds of custom templates, of one plugin. The largest published template has
// 120 KB.
const (
	MaxTemplates    = 128
	MaxTemplateSize = 256 << 10
	maxListed       = 1024 // of a package
	maxTemplateName = 200
	maxTemplateDir  = 4 // folders in each other, the name included
)

// Template is one template of a package as an operator sees it (spec/plugins.md
// section 10).
type Template struct {
	// Name is relative to the template folders, e.g. "base.tpl" or
	// "common/model.tpl".
	Name string
	// Custom is true when the site has a template of its own, which then is the one
	// that is used; Packaged when the package has one.
	Custom, Packaged bool
	// Changed is true for a custom template whose original is not the one any more
	// that it was made from: it came, changed or went with an upgrade.
	Changed bool
	Size    int64 // of the one that is used, in bytes
}

// templateName is what an element of a template's name may be. A device's template
// is named after its file, a model's after the model.
var templateName = regexp.MustCompile(`^[A-Za-z0-9_$][A-Za-z0-9 ._()+@,$-]*$`)

func checkTemplateName(name string) error {
	parts := strings.Split(name, "/")
	ok := len(name) <= maxTemplateName && len(parts) <= maxTemplateDir && !strings.HasSuffix(name, tempSuffix)
	for _, p := range parts {
		ok = ok && templateName.MatchString(p)
	}
	if !ok {
		return provd.Errorf(provd.Invalid, "%.200q cannot be the name of a template; one is like base.tpl, 6731i.tpl or 001565aabbcc.cfg.tpl", name)
	}
	return nil
}

// templates finds what Templates and the rest work on.
func (s *Set) templates(id string) (pkg fs.FS, site fs.FS, err error) {
	if validID.MatchString(id) {
		pkg = s.files(id)
	}
	if pkg == nil {
		return nil, nil, provd.Errorf(provd.NotFound, "plugin %.200q is not installed", id)
	}
	if s.cfg.Site == nil {
		return nil, nil, provd.Errorf(provd.Unavailable, "the box has no place for custom templates")
	}
	return pkg, s.site(id), nil
}

// Templates lists the templates of a package, loaded or not, by name. An id that is
// not installed is a provd.Error with NotFound.
func (s *Set) Templates(id string) ([]Template, error) {
	pkg, site, err := s.templates(id)
	if err != nil {
		return nil, err
	}
	s.edit.Lock()
	defer s.edit.Unlock()
	return s.listTemplates(id, pkg, site)
}

func (s *Set) listTemplates(id string, pkg, site fs.FS) ([]Template, error) {
	packaged, err := sizes(pkg, host.TemplateDir, maxListed)
	if err != nil {
		return nil, fmt.Errorf("list templates of plugin %s: %w", id, err)
	}
	custom, err := sizes(site, host.CustomTemplateDir, maxListed)
	if err != nil {
		return nil, fmt.Errorf("list custom templates of plugin %s: %w", id, err)
	}
	origins := s.readOrigins(id)
	var list []Template
	for name, size := range packaged {
		if _, hidden := custom[name]; !hidden {
			list = append(list, Template{Name: name, Packaged: true, Size: size})
		}
	}
	for name, size := range custom {
		t := Template{Name: name, Custom: true, Size: size}
		_, t.Packaged = packaged[name]
		if was, known := origins[name]; known {
			t.Changed = was != origin(pkg, name)
		}
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Template) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Template returns the source of a template that is used and, when that is a custom
// one, of the package's that it hides; original is nil when there is none.
func (s *Set) Template(id, name string) (t Template, source, original []byte, err error) {
	pkg, site, err := s.templates(id)
	if err != nil {
		return Template{}, nil, nil, err
	}
	s.edit.Lock()
	defer s.edit.Unlock()
	list, err := s.listTemplates(id, pkg, site)
	if err != nil {
		return Template{}, nil, nil, err
	}
	i := slices.IndexFunc(list, func(t Template) bool { return t.Name == name })
	if i < 0 {
		return Template{}, nil, nil, noTemplate(id, name)
	}
	t = list[i]
	if t.Packaged {
		if source, err = bounded.ReadFile(pkg, path.Join(host.TemplateDir, name), maxTemplate); err != nil {
			return Template{}, nil, nil, err
		}
	}
	if t.Custom {
		original = source
		source, err = bounded.ReadFile(site, path.Join(host.CustomTemplateDir, name), maxTemplate)
	}
	return t, source, original, err
}

func noTemplate(id, name string) error {
	return provd.Errorf(provd.NotFound, "plugin %s has no template %.200q", id, name)
}

// SetTemplate makes or replaces a custom template, and loads the package again so
// that it is used; the caller renders the plugin's devices. A name or a source that
// cannot be one, and a source with which the package does not load, is a provd.Error
// with Invalid that says why, and nothing is changed.
func (s *Set) SetTemplate(ctx context.Context, id, name string, source []byte) error {
	pkg, site, err := s.templates(id)
	if err != nil {
		return err
	}
	if err := checkTemplateName(name); err != nil {
		return err
	}
	if err := checkSource(name, source); err != nil {
		return err
	}
	s.edit.Lock()
	defer s.edit.Unlock()
	file := path.Join(host.CustomTemplateDir, name)
	custom, err := sizes(site, host.CustomTemplateDir, maxListed)
	if err != nil {
		return fmt.Errorf("list custom templates of plugin %s: %w", id, err)
	}
	if _, has := custom[name]; !has && len(custom) >= MaxTemplates {
		return provd.Errorf(provd.Unavailable, "plugin %s has %d custom templates, that is all a box takes", id, len(custom))
	}
	for other := range custom {
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
			return provd.Errorf(provd.Invalid, "%s cannot be both a template and a folder: there is %s", name, other)
		}
	}
	if err := s.try(ctx, id, changed{site, file, source}); err != nil {
		return err
	}
	if err := keep(s.cfg.Site, path.Join(id, file), source); err != nil {
		return fmt.Errorf("keep template %s of plugin %s: %w", name, id, err)
	}
	// In this order: a crash in between leaves a warning too many, not one too few.
	err = s.changeOrigins(id, func(origins map[string]string) { origins[name] = origin(pkg, name) })
	if err != nil {
		return err
	}
	return s.again(ctx, id)
}

// checkSource reports why a source is no template.
func checkSource(name string, source []byte) error {
	if len(source) > MaxTemplateSize {
		return provd.Errorf(provd.Invalid, "a template has at most %d bytes, this one has %d", MaxTemplateSize, len(source))
	}
	if !utf8.Valid(source) {
		return provd.Errorf(provd.Invalid, "a template is text in UTF-8")
	}
	if _, err := template.New(template.Config{}).Parse(name, source); err != nil {
		return &provd.Error{Code: provd.Invalid, Message: short(err.Error()), Err: err}
	}
	return nil
}

// DeleteTemplate removes a custom template, so that the package's is used again.
// One that is not there is a provd.Error with NotFound; one that others need for the
// package to load, with Invalid.
func (s *Set) DeleteTemplate(ctx context.Context, id, name string) error {
	_, site, err := s.templates(id)
	if err != nil {
		return err
	}
	s.edit.Lock()
	defer s.edit.Unlock()
	custom, err := sizes(site, host.CustomTemplateDir, maxListed)
	if err != nil {
		return fmt.Errorf("list custom templates of plugin %s: %w", id, err)
	}
	if _, has := custom[name]; !has {
		return noTemplate(id, name)
	}
	file := path.Join(host.CustomTemplateDir, name)
	if err := s.try(ctx, id, changed{site, file, nil}); err != nil {
		return err
	}
	if err := s.cfg.Site.Remove(path.Join(id, file)); err != nil {
		return fmt.Errorf("remove template %s of plugin %s: %w", name, id, err)
	}
	for dir := path.Dir(file); dir != host.CustomTemplateDir; dir = path.Dir(dir) {
		if s.cfg.Site.Remove(path.Join(id, dir)) != nil {
			break // it is not empty
		}
	}
	if err := s.changeOrigins(id, func(origins map[string]string) { delete(origins, name) }); err != nil {
		return err
	}
	return s.again(ctx, id)
}

// try loads a package with files that are not there yet, and forgets it. For one
// that is not loaded now, a failure says nothing about the change.
func (s *Set) try(ctx context.Context, id string, site fs.FS) error {
	if _, loaded := s.Get(id); !loaded {
		return nil
	}
	cfg, err := s.config(id)
	if err != nil {
		return err
	}
	cfg.Site, cfg.Keep, cfg.Recorder, cfg.Notifier = site, nil, nil, nil
	if _, err := Load(ctx, cfg); err != nil {
		return &provd.Error{Code: provd.Invalid, Message: "the plugin does not load with this: " + short(err.Error()), Err: err}
	}
	return nil
}

// again loads a package whose templates changed. One that does not load now did not
// before either, and the journal tells.
func (s *Set) again(ctx context.Context, id string) error {
	_, loaded := s.Get(id)
	if err := s.Reload(ctx, id); err != nil && loaded {
		return err
	}
	return nil
}

// changed is a file system with one file that is another, or is gone when its
// content is nil.
type changed struct {
	fs.FS
	name    string
	content []byte
}

// Open opens a file.
func (c changed) Open(name string) (fs.File, error) {
	if name != c.name {
		return c.FS.Open(name)
	}
	if c.content == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return newMemFile(path.Base(name), c.content), nil
}

// sizes returns the sizes of the regular files below a folder, by their path in it;
// none when there is no such folder. It stops at most of them.
func sizes(fsys fs.FS, dir string, most int) (map[string]int64, error) {
	found := make(map[string]int64)
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case len(found) >= most:
			return fs.SkipAll
		case d.IsDir() && strings.Count(name, "/")-strings.Count(dir, "/") >= maxTemplateDir:
			return fs.SkipDir
		case !d.Type().IsRegular() || strings.HasSuffix(name, tempSuffix) || strings.HasPrefix(d.Name(), "."):
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil // gone meanwhile
		}
		found[strings.TrimPrefix(name, dir+"/")] = info.Size()
		return nil
	})
	return found, err
}

// origin identifies the package's template of a name; "" when it has none.
func origin(pkg fs.FS, name string) string {
	data, err := bounded.ReadFile(pkg, path.Join(host.TemplateDir, name), maxTemplate)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// follow remembers the originals of custom templates that are new, and tells of
// those whose originals are not what they were. It is called when a package was
// loaded.
func (s *Set) follow(p *Plugin) {
	if s.cfg.Site == nil {
		return
	}
	id, site := p.ID(), s.site(p.ID())
	custom, err := sizes(site, host.CustomTemplateDir, maxListed)
	if err != nil {
		s.log.Warn("custom templates cannot be listed", "plugin", id, "err", err)
		return
	}
	if len(custom) == 0 && len(s.readOrigins(id)) == 0 {
		return
	}
	var outdated, forms []string
	err = s.changeOrigins(id, func(origins map[string]string) {
		maps.DeleteFunc(origins, func(name, _ string) bool { _, is := custom[name]; return !is })
		for name := range custom {
			is := origin(p.cfg.Package, name)
			if was, known := origins[name]; !known {
				origins[name] = is
			} else if was != is {
				outdated = append(outdated, name)
				forms = append(forms, name+" "+is)
			}
		}
	})
	if err != nil {
		s.log.Error("custom templates are not followed", "plugin", id, "err", err)
	}
	slices.Sort(outdated)
	if s.tell(id, forms) {
		s.events.Record(provd.Event{Topic: "plugin", Text: "the package's templates changed below custom ones", Attrs: []slog.Attr{
			slog.String("plugin", id), slog.String("version", p.Info().Version), slog.String("templates", short(strings.Join(outdated, " "))),
		}})
	}
}

// tell reports whether there is one among the originals, each a name and a hash,
// that was not told yet: one may change with every upgrade.
func (s *Set) tell(id string, outdated []string) bool {
	s.change.Lock()
	defer s.change.Unlock()
	told := s.told[id]
	s.told[id] = outdated
	return slices.ContainsFunc(outdated, func(name string) bool { return !slices.Contains(told, name) })
}

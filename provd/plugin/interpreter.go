package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// interpreter is one running copy of a package. It runs one call at a time.
type interpreter struct {
	plugin *Plugin
	busy   chan struct{} // holds a token while a call runs
	env    *python.Env
	// object is the package's plugin object, once it is loaded.
	object python.Value
}

func newInterpreter(p *Plugin) *interpreter {
	in := &interpreter{plugin: p, busy: make(chan struct{}, 1)}
	builtins := python.Builtins()
	builtins.SetStr("open", host.Open())
	modules := &importer{
		library: stdlib.New(stdlib.Options{Files: host.FileSystem{}}),
		loaders: host.Modules(),
		loaded:  make(map[string]*python.Module),
	}
	in.env = &python.Env{Builtins: builtins, Import: modules.Import}
	return in
}

// call is what one call into a package may reach.
type call struct {
	files  *layer.Scratch
	device provd.Device // the phone it is about; its zero value for none
}

// run is a call in progress.
type run struct {
	*interpreter
	thread *python.Thread
}

// call runs fn in the interpreter within a budget. Its error names the plugin
// and the operation; a panic in our own code is one too.
func (in *interpreter) call(ctx context.Context, op string, b Budget, c call, fn func(*run) error) (err error) {
	p := in.plugin
	ctx, cancel := context.WithTimeout(ctx, b.Time)
	defer cancel()
	defer func() {
		if err != nil {
			err = fmt.Errorf("plugin %s: %s: %w", p.cfg.ID, op, err)
		}
	}()
	select {
	case in.busy <- struct{}{}:
		defer func() { <-in.busy }()
	case <-ctx.Done():
		return fmt.Errorf("an earlier call is still running: %w", ctx.Err())
	}
	defer func() {
		if e := recover(); e != nil {
			p.log.Error("bug: a plugin call panicked", "op", op, "panic", fmt.Sprint(e), "stack", string(debug.Stack()))
			err = &provd.Error{Code: provd.Internal, Message: fmt.Sprintf("internal error: %v", e)}
		}
	}()
	t := python.NewThread(ctx, b.Use)
	t.Now = p.cfg.Now
	t.Logger = p.log
	t.Print = func(text string) { p.log.Info("plugin prints", "text", text) }
	hc := &host.Call{
		Root:      p.root(),
		Files:     c.files,
		Templates: host.TemplateFiles(p.templates),
		Notifier:  p.cfg.Notifier,
	}
	if p.cfg.Device != nil && c.device.IP() != "" {
		hc.Device = p.cfg.Device(c.device.IP())
	}
	if p.cfg.Learn != nil && c.device.ID() != "" {
		hc.Learn = func(info map[string]string) { p.cfg.Learn(c.device.ID(), info) }
	}
	if p.cfg.Thread != nil {
		hc.Thread = func(function string, args []python.Value) bool {
			values := make([]any, len(args))
			for i, a := range args {
				if b, ok := a.(python.Bytes); ok {
					values[i] = string(b)
				} else if v, err := python.ToGo(a, toDocument); err == nil {
					values[i] = v
				}
			}
			return p.cfg.Thread(function, values)
		}
	}
	host.Attach(t, hc)
	if err := fn(&run{in, t}); err != nil {
		return err
	}
	return hc.Finish(t)
}

// root is the directory the package believes to live in. It is nowhere on the
// machine.
func (p *Plugin) root() string { return "/var/lib/wazo-provd/plugins/" + p.cfg.ID }

// load executes the package and makes its plugin object.
func (r *run) load() error {
	globals := python.NewDict(64)
	globals.SetStr("execfile_", r.execfile(globals))
	if err := r.exec("entry.py", globals); err != nil {
		return err
	}
	class, err := r.pluginClass(globals)
	if err != nil {
		return err
	}
	general, err := fromDocument(r.plugin.cfg.General)
	if err != nil {
		return err
	}
	specific, err := fromDocument(r.plugin.cfg.Specific)
	if err != nil {
		return err
	}
	args := []python.Value{host.App(), python.Str(r.plugin.root()), general, specific}
	r.object, err = python.Call(r.thread, class, args, nil)
	if err != nil {
		return err
	}
	return python.SetAttr(r.thread, r.object, "id", python.Str(r.plugin.cfg.ID))
}

func (r *run) exec(name string, globals *python.Dict) error {
	program, err := r.plugin.sources.program(name)
	if err != nil {
		return err
	}
	return program.Exec(r.thread, globals, r.env)
}

// pluginClass returns the first class among the globals that says it is the
// plugin (spec/plugins.md section 1).
func (r *run) pluginClass(globals *python.Dict) (python.Value, error) {
	for _, v := range globals.All() {
		class, ok := v.(*python.Class)
		if !ok || !class.IsSubclass(host.PluginClass()) {
			continue
		}
		flag, ok, err := python.LookupAttr(r.thread, class, "IS_PLUGIN")
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if yes, err := python.Truth(r.thread, flag); err != nil || yes {
			return class, err
		}
	}
	return nil, errors.New("entry.py has no class with IS_PLUGIN")
}

// execfile returns the function by which a package executes its other files. With
// one argument they share the globals of entry.py.
func (r *run) execfile(entry *python.Dict) *python.Builtin {
	in := r.interpreter
	var fn *python.Builtin
	fn = python.NewBuiltin("execfile_", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var filename string
		globals := entry
		if err := python.Unpack("execfile_", args, kwargs, "filename", &filename, "globals?", &globals); err != nil {
			return nil, err
		}
		if _, ok := globals.GetStr("execfile_"); !ok {
			globals.SetStr("execfile_", fn)
		}
		name, ok := host.RelativeName(in.plugin.root(), filename)
		if !ok {
			return nil, python.Raise(python.FileNotFoundError, "%s: no such file in the package", filename)
		}
		program, err := in.plugin.sources.program(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, python.Raise(python.FileNotFoundError, "%s: no such file in the package", filename)
		}
		if err != nil {
			return nil, err
		}
		return python.None, program.Exec(t, globals, in.env)
	})
	return fn
}

// method calls a method of the plugin object.
func (r *run) method(name string, args ...python.Value) (python.Value, error) {
	return python.CallMethod(r.thread, r.object, name, args...)
}

// fromDocument makes a dict of a document, an empty one of nil.
func fromDocument(doc *document.Object) (python.Value, error) {
	if doc == nil {
		return python.NewDict(0), nil
	}
	return python.FromGo(doc)
}

// toDocument makes an ordered object of the members of a dict.
func toDocument(members []python.Member) any {
	o := document.New()
	for _, m := range members {
		o.Set(m.Key, m.Value)
	}
	return o
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

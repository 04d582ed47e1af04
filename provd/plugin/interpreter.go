package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"sync/atomic"
	"time"

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
	frames *python.Frames
	names  *python.Names
	print  func(text string)
	// object is the package's plugin object; nil until the package is executed,
	// which the first call does, and again after a call that was cut off.
	object python.Value
	stale  atomic.Bool // reset before the next call
	// calls counts those that were started; suspect is more than 0 while one tries
	// what ran out of a limit before.
	calls   atomic.Int64
	suspect atomic.Int32
}

func newInterpreter(p *Plugin) *interpreter {
	in := &interpreter{plugin: p, busy: make(chan struct{}, 1)}
	in.print = func(text string) { p.log.Info("plugin prints", "text", text) }
	in.reset()
	return in
}

// reset forgets everything the package made. A call that was cut off in the
// middle may have left it half changed.
func (in *interpreter) reset() {
	builtins := python.Builtins()
	builtins.SetStr("open", host.Open())
	modules := &importer{
		library: stdlib.New(stdlib.Options{
			Files: host.FileSystem{}, Open: host.Open(), Programs: in.plugin.cfg.Modules, Sleep: sleep,
		}),
		loaders: host.Modules(),
		loaded:  make(map[string]*python.Module),
	}
	in.env = &python.Env{Builtins: builtins, Import: modules.Import}
	in.frames, in.names = new(python.Frames), python.NewNames()
	in.object = nil
}

// sleep waits for a package that gives a phone time to start again. The call's
// own time limit ends it.
func sleep(t *python.Thread, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.Context().Done():
		return &python.LimitError{What: "time", Err: t.Context().Err()}
	}
}

// call is what one call into a package may reach.
type call struct {
	files  *layer.Scratch
	device provd.Device // the phone it is about; its zero value for none
	// vote says that the phone can do without the answer: rather than behind a call
	// that takes long it does not wait.
	vote bool
	// lane is where those of the same phone queue, so that one that asks a lot has
	// one place in the queue, as the others have; nil for none.
	lane  chan struct{}
	admit func() error // asked again when the wait is over; nil for always
	// dumped, when not nil, is told which template a file came from.
	dumped func(file, template string)
}

// run is a call in progress.
type run struct {
	*interpreter
	thread *python.Thread
}

// call runs fn in the interpreter within a budget, after waiting for an earlier
// call as long as the budget's time. Its error names the plugin and the
// operation; a panic in our own code is one too. A failure of the package's code is
// reported.
func (in *interpreter) call(ctx context.Context, op string, b Budget, c call, fn func(*run) error) (err error) {
	p := in.plugin
	defer func() {
		if err != nil {
			err = fmt.Errorf("plugin %s: %s: %w", p.cfg.ID, op, err)
			p.report(op, c.device, err)
		}
	}()
	if err := in.enter(ctx, b, c); err != nil {
		return err
	}
	in.calls.Add(1)
	defer in.leave(c)
	defer func() {
		if e := recover(); e != nil {
			in.reset()
			p.log.Error("bug: a plugin call panicked", "op", op, "panic", fmt.Sprint(e), "stack", string(debug.Stack()))
			err = &provd.Error{Code: provd.Internal, Message: fmt.Sprintf("internal error: %v", e)}
		}
	}()
	if c.admit != nil {
		if err := c.admit(); err != nil {
			return err
		}
	}
	if in.stale.Swap(false) {
		in.reset()
	}
	if in.object == nil {
		err = in.timed(ctx, p.cfg.Limits.Load, c, (*run).load)
	}
	if err == nil {
		err = in.timed(ctx, b, c, fn)
	}
	if _, cut := errors.AsType[*python.LimitError](err); cut {
		in.reset()
	}
	return err
}

// enter waits until the interpreter is free and takes it.
func (in *interpreter) enter(ctx context.Context, b Budget, c call) error {
	laned := c.lane == nil || free(c.lane)
	if laned && free(in.busy) {
		return nil // mostly, and without a timer
	}
	ctx, cancel := context.WithTimeout(ctx, b.Time)
	defer cancel()
	if !laned {
		if err := in.wait(ctx, b, c.vote, c.lane); err != nil {
			return err
		}
	}
	err := in.wait(ctx, b, c.vote, in.busy)
	if err != nil && c.lane != nil {
		<-c.lane
	}
	return err
}

// free puts a token into a channel, when there is room at once.
func free(to chan struct{}) bool {
	select {
	case to <- struct{}{}:
		return true
	default:
		return false
	}
}

// leave gives back what enter took.
func (in *interpreter) leave(c call) {
	<-in.busy
	if c.lane != nil {
		<-c.lane
	}
}

// wait puts a token into a channel.
func (in *interpreter) wait(ctx context.Context, b Budget, vote bool, to chan struct{}) error {
	if free(to) {
		return nil
	}
	if vote && in.suspect.Load() > 0 {
		return &busyError{errSuspect}
	}
	look := time.NewTicker(max(b.Time/4, time.Millisecond))
	defer look.Stop()
	for running := in.calls.Load(); ; {
		select {
		case to <- struct{}{}:
			return nil
		case <-ctx.Done():
			return &busyError{ctx.Err()}
		case <-look.C:
			// A row of short calls is worth waiting for, one long call is not.
			now := in.calls.Load()
			if vote && now == running {
				return &busyError{errLong}
			}
			running = now
		}
	}
}

var (
	errSuspect = errors.New("it is tried again after it ran out of a limit")
	errLong    = errors.New("it takes long")
)

// forget makes the next call execute the package anew.
func (in *interpreter) forget() { in.stale.Store(true) }

// timed runs fn on a thread of its own.
func (in *interpreter) timed(ctx context.Context, b Budget, c call, fn func(*run) error) error {
	p := in.plugin
	t := python.NewThread(ctx, b.Use)
	defer t.Close()
	t.SetTimeout(b.Time)
	t.UseFrames(in.frames)
	t.Now = p.cfg.Now
	t.Logger = p.log
	t.Print = in.print
	hc := &host.Call{
		Root:      p.root(),
		Files:     c.files,
		Templates: p.templates,
		Notifier:  p.cfg.Notifier,
		Thread:    p.threadHook(),
		Dumped:    c.dumped,
	}
	if p.cfg.Device != nil && c.device.IP() != "" {
		hc.Device = p.cfg.Device(c.device.IP())
	}
	if p.cfg.Learn != nil && c.device.ID() != "" {
		hc.Learn = func(info map[string]string) { p.cfg.Learn(c.device.ID(), info) }
	}
	host.Attach(t, hc)
	if err := fn(&run{in, t}); err != nil {
		return err
	}
	return hc.Finish(t)
}

// threadHook makes Config.Thread what the host calls.
func (p *Plugin) threadHook() func(string, []python.Value) bool {
	if p.cfg.Thread == nil {
		return nil
	}
	return func(function string, args []python.Value) bool {
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

// root is the directory the package believes to live in. It is nowhere on the
// machine.
func (p *Plugin) root() string { return p.folder }

// packages is the directory that holds those of all packages.
const packages = "/var/lib/wazo-provd/plugins/"

// load executes the package and makes its plugin object.
func (r *run) load() (err error) {
	defer func() {
		if err != nil {
			r.reset()
		}
	}()
	globals := python.NewDict(64)
	globals.SetStr("execfile_", r.execfile(globals))
	if err := r.exec("entry.py", globals); err != nil {
		return err
	}
	class, err := r.pluginClass(globals)
	if err != nil {
		return err
	}
	general, err := r.fromDocument(r.plugin.general())
	if err != nil {
		return err
	}
	specific, err := r.fromDocument(r.plugin.cfg.Specific)
	if err != nil {
		return err
	}
	args := []python.Value{host.App(), python.Str(r.plugin.root()), general, specific}
	object, err := python.Call(r.thread, class, args, nil)
	if err != nil {
		return err
	}
	if err := python.SetAttr(r.thread, object, "id", python.Str(r.plugin.cfg.ID)); err != nil {
		return err
	}
	r.object = object
	return nil
}

// general returns the general settings with the proxies of the moment.
func (p *Plugin) general() *document.Object {
	doc := document.New()
	if p.cfg.General != nil {
		doc = p.cfg.General.Clone()
	}
	proxies := document.New()
	if p.cfg.Proxies != nil {
		proxies = p.cfg.Proxies()
	}
	doc.Set("proxies", proxies)
	return doc
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

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

package stdlib

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"provbox/provd/python"
)

const (
	// maxLogText bounds one logged text in bytes.
	maxLogText = 4096
	// maxLogRecords bounds the records of one call; what is over is dropped.
	maxLogRecords = 1000
	// maxLoggers bounds the loggers of one program.
	maxLoggers = 1000
)

// logMessage is the slog message of every record a program logs.
const logMessage = "message of a plugin"

type logLevel struct {
	name  string
	value int
	to    slog.Level
}

// logLevels are logging's levels with the slog levels they go to.
func logLevels() []logLevel {
	return []logLevel{
		{"CRITICAL", 50, slog.LevelError},
		{"ERROR", 40, slog.LevelError},
		{"WARNING", 30, slog.LevelWarn},
		{"INFO", 20, slog.LevelInfo},
		{"DEBUG", 10, slog.LevelDebug},
		{"NOTSET", 0, slog.LevelDebug},
	}
}

func slogLevel(n int) slog.Level {
	for _, l := range logLevels() {
		if n >= l.value {
			return l.to
		}
	}
	return slog.LevelDebug
}

// logger is logging.Logger.
type logger struct {
	class     *python.Class
	name      string
	level     int
	disabled  bool
	propagate bool
	handlers  *python.List
}

func (g *logger) Type() *python.Class { return g.class }

// loggerRecords counts, in a Thread, the records of one call.
type loggerRecords struct{}

func buildLogging(_ *Library, b builder) {
	loggers := map[string]*logger{}
	methods := map[string]python.MethodFunc{
		"log": method(func(t *python.Thread, g *logger, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(args) == 0 {
				return nil, python.TypeErrorf("Logger.log() missing 2 required positional arguments: 'level' and 'msg'")
			}
			n, err := asInt(t, args[0])
			if err != nil {
				return nil, python.TypeErrorf("level must be an integer")
			}
			return python.None, g.log(t, "log", int(n), args[1:], kwargs)
		}),
		"setLevel": method(func(t *python.Thread, g *logger, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("setLevel", args, kwargs, "level", &v); err != nil {
				return nil, err
			}
			n, err := levelArg(t, v)
			g.level = n
			return python.None, err
		}),
		"isEnabledFor": method(func(t *python.Thread, g *logger, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var n int
			if err := python.Unpack("isEnabledFor", args, kwargs, "level", &n); err != nil {
				return nil, err
			}
			return truth(g.enabled(t, n)), nil
		}),
		"hasHandlers": method(func(*python.Thread, *logger, []python.Value, []python.Keyword) (python.Value, error) {
			return python.True, nil
		}),
		"__repr__": method(func(t *python.Thread, g *logger, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			level, err := levelName(t, python.NewInt(g.effective(t)))
			if err != nil {
				return nil, err
			}
			return python.Str(fmt.Sprintf("<Logger %s (%s)>", g.name, level)), nil
		}),
		"__deepcopy__": itself, "__copy__": itself,
	}
	methods["getEffectiveLevel"] = method(func(t *python.Thread, g *logger, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		return python.NewInt(g.effective(t)), nil
	})
	for _, name := range []string{"addHandler", "removeHandler", "addFilter", "removeFilter"} {
		methods[name] = ignore
	}
	for name, level := range map[string]int{
		"debug": 10, "info": 20, "warning": 30, "warn": 30, "error": 40, "exception": 40, "critical": 50, "fatal": 50,
	} {
		methods[name] = method(func(t *python.Thread, g *logger, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return python.None, g.log(t, name, level, args, kwargs)
		})
	}
	flag := func(f func(g *logger) *bool) (python.GetFunc, python.SetFunc) {
		return getter(func(_ *python.Thread, g *logger) (python.Value, error) { return truth(*f(g)), nil }),
			func(t *python.Thread, self, v python.Value) error {
				g, ok := self.(*logger)
				if !ok || v == nil {
					return python.AttributeErrorf("cannot delete attribute")
				}
				on, err := python.Truth(t, v)
				*f(g) = on
				return err
			}
	}
	getDisabled, setDisabled := flag(func(g *logger) *bool { return &g.disabled })
	getPropagate, setPropagate := flag(func(g *logger) *bool { return &g.propagate })
	var class *python.Class
	spec := python.ClassSpec{
		Name: "Logger", NoNew: true, Methods: methods,
		Getters: map[string]python.GetFunc{
			"name":     getter(func(_ *python.Thread, g *logger) (python.Value, error) { return python.Str(g.name), nil }),
			"level":    getter(func(_ *python.Thread, g *logger) (python.Value, error) { return python.NewInt(g.level), nil }),
			"handlers": getter(func(_ *python.Thread, g *logger) (python.Value, error) { return g.handlers, nil }),
			"disabled": getDisabled, "propagate": getPropagate,
		},
		Setters: map[string]python.SetFunc{"disabled": setDisabled, "propagate": setPropagate},
	}
	get := func(name string) (*logger, error) {
		g, ok := loggers[name]
		if !ok {
			if len(loggers) >= maxLoggers {
				return nil, python.RuntimeErrorf("too many loggers")
			}
			g = &logger{class: class, name: name, propagate: true, handlers: python.NewList(nil)}
			loggers[name] = g
		}
		return g, nil
	}
	methods["getChild"] = method(func(_ *python.Thread, g *logger, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var suffix string
		if err := python.Unpack("getChild", args, kwargs, "suffix", &suffix); err != nil {
			return nil, err
		}
		if g.name != "root" {
			suffix = g.name + "." + suffix
		}
		return logValue(get(suffix))
	})
	class = b.class(spec)
	root, _ := get("root")
	b.set("root", root)
	b.fn("getLogger", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		name := "root"
		if err := python.Unpack("getLogger", args, kwargs, "name??", &name); err != nil {
			return nil, err
		}
		return logValue(get(name))
	})
	for _, l := range logLevels() {
		b.set(l.name, python.NewInt(l.value))
	}
	b.alias("WARN", "WARNING")
	b.alias("FATAL", "CRITICAL")
	for _, name := range []string{"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"} {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return methods[name](t, root, args, kwargs)
		})
	}
	for _, name := range []string{"basicConfig", "disable", "captureWarnings", "shutdown"} {
		b.fn(name, func(*python.Thread, []python.Value, []python.Keyword) (python.Value, error) { return python.None, nil })
	}
	b.fn("getLevelName", oneArg("getLevelName", levelName))
	handlers(b)
}

// logValue keeps a nil logger from becoming a Value.
func logValue(g *logger, err error) (python.Value, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
}

// ignore is a method that does nothing.
func ignore(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
	return python.None, nil
}

// handlers defines handler and formatter classes. They may be made and attached;
// where records go is the host's business, so they do nothing.
func handlers(b builder) {
	methods := map[string]python.MethodFunc{"__init__": ignore}
	for _, name := range []string{"setLevel", "setFormatter", "addFilter", "removeFilter", "close", "flush", "emit", "handle"} {
		methods[name] = ignore
	}
	base := b.class(python.ClassSpec{Name: "Handler", Methods: methods})
	b.class(python.ClassSpec{Name: "NullHandler", Bases: []*python.Class{base}})
	b.class(python.ClassSpec{Name: "StreamHandler", Bases: []*python.Class{base}})
	b.class(python.ClassSpec{Name: "Formatter", Methods: map[string]python.MethodFunc{"__init__": ignore}})
	b.class(python.ClassSpec{Name: "Filter", Methods: map[string]python.MethodFunc{"__init__": ignore}})
}

func levelName(t *python.Thread, v python.Value) (python.Value, error) {
	if s, ok := asStr(v); ok {
		for _, l := range logLevels() {
			if l.name == s {
				return python.NewInt(l.value), nil
			}
		}
		return str(t, "Level "+s)
	}
	if n, err := asInt(t, v); err == nil {
		for _, l := range logLevels() {
			if int64(l.value) == n {
				return python.Str(l.name), nil
			}
		}
	}
	s, err := python.ToStr(t, v)
	if err != nil {
		return nil, err
	}
	return str(t, "Level "+s)
}

func levelArg(t *python.Thread, v python.Value) (int, error) {
	if s, ok := asStr(v); ok {
		for _, l := range logLevels() {
			if l.name == s {
				return l.value, nil
			}
		}
		return 0, python.ValueErrorf("Unknown level: '%s'", s)
	}
	n, err := asInt(t, v)
	if err != nil {
		return 0, python.TypeErrorf("Level not an integer or a valid string: %s", python.TypeName(v))
	}
	return int(n), nil
}

func (g *logger) enabled(t *python.Thread, level int) bool {
	return !g.disabled && level >= g.level && t.Logger.Enabled(t.BaseContext(), slogLevel(level))
}

// effective is the level from which on records are logged: the logger's own, or
// the one of the host's logger, which stands for the root.
func (g *logger) effective(t *python.Thread) int {
	if g.level > 0 {
		return g.level
	}
	for _, level := range []int{10, 20, 30, 40} {
		if t.Logger.Enabled(t.BaseContext(), slogLevel(level)) {
			return level
		}
	}
	return 50
}

// log hands one record to the thread's logger. As with CPython, a message that
// cannot be formatted does not raise.
func (g *logger) log(t *python.Thread, name string, level int, args []python.Value, kwargs []python.Keyword) error {
	if len(args) == 0 {
		return python.TypeErrorf("Logger.%s() missing 1 required positional argument: 'msg'", name)
	}
	if err := t.Step(4); err != nil {
		return err
	}
	if !g.enabled(t, level) {
		return nil
	}
	n, _ := t.Value(loggerRecords{}).(*int)
	if n == nil {
		n = new(int)
		t.SetValue(loggerRecords{}, n)
	}
	if *n++; *n > maxLogRecords {
		if *n == maxLogRecords+1 {
			t.Logger.WarnContext(t.BaseContext(), "further messages of a plugin are dropped", "logger", g.name)
		}
		return nil
	}
	text, err := logText(t, args)
	if err != nil {
		return err
	}
	attrs := []any{"logger", g.name, "text", text}
	var info python.Value
	for _, kw := range kwargs {
		if kw.Name == "exc_info" {
			info = kw.Value
		}
	}
	if exc, ok := info.(*python.Instance); ok && python.IsInstance(exc, python.BaseException) {
		s, err := python.ToStr(t, exc)
		if err != nil && !python.IsException(err, python.BaseException) {
			return err
		}
		attrs = append(attrs, "exception", clip(python.TypeName(exc)+": "+s))
	}
	t.Logger.Log(t.BaseContext(), slogLevel(level), logMessage, attrs...)
	return nil
}

// logText formats a message with its arguments.
func logText(t *python.Thread, args []python.Value) (string, error) {
	text, err := python.ToStr(t, args[0])
	if err == nil && len(args) > 1 {
		var arg python.Value = python.Tuple(append([]python.Value(nil), args[1:]...))
		if d, ok := python.Native(args[1]).(*python.Dict); ok && len(args) == 2 && d.Len() > 0 {
			arg = args[1]
		}
		var v python.Value
		if v, err = python.PercentFormat(t, python.Str(text), arg); err == nil {
			text, _ = asStr(v)
		}
	}
	if err != nil {
		if !python.IsException(err, python.BaseException) {
			return "", err
		}
		text += " (" + err.Error() + ")"
	}
	return clip(text), nil
}

// clip cuts a text to log after maxLogText bytes, between characters.
func clip(s string) string {
	if len(s) > maxLogText {
		cut := maxLogText
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

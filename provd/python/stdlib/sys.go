package stdlib

import (
	"math"

	"provbox/provd/python"
)

// version is the Python version the dialect follows.
var version = [3]int{3, 11, 7}

// buildSys makes sys: facts about the dialect, nothing of the machine.
func buildSys(_ *Library, b builder) {
	info := b.hidden(python.ClassSpec{
		Name: "version_info", Bases: []*python.Class{python.TupleClass},
		Getters: map[string]python.GetFunc{
			"major": tupleField(0), "minor": tupleField(1), "micro": tupleField(2), "releaselevel": tupleField(3), "serial": tupleField(4),
		},
	})
	b.set("version_info", python.NewInstance(info, python.Tuple{
		python.NewInt(version[0]), python.NewInt(version[1]), python.NewInt(version[2]), python.Str("final"), python.Int(0),
	}))
	b.set("version", python.Str("3.11.7 (provbox)"))
	b.set("hexversion", python.Int(0x030b07f0))
	b.set("platform", python.Str("linux"))
	b.set("byteorder", python.Str("little"))
	b.set("maxsize", python.Int(math.MaxInt64))
	b.set("maxunicode", python.Int(0x10ffff))
	b.set("argv", python.NewList([]python.Value{python.Str("")}))
	b.set("path", python.NewList(nil))
	b.set("executable", python.Str(""))
	b.set("prefix", python.Str("/"))
	b.set("dont_write_bytecode", python.True)
	b.fn("getrecursionlimit", noArgs("getrecursionlimit", func(*python.Thread) (python.Value, error) {
		return python.NewInt(python.DefaultDepth), nil
	}))
	text := func(name, value string) {
		b.fn(name, noArgs(name, func(*python.Thread) (python.Value, error) { return python.Str(value), nil }))
	}
	text("getdefaultencoding", "utf-8")
	text("getfilesystemencoding", "utf-8")
	b.fn("intern", oneArg("intern", func(_ *python.Thread, v python.Value) (python.Value, error) {
		_, err := wantStr("intern() argument", v)
		return v, err
	}))
	b.fn("getsizeof", oneArg("getsizeof", func(*python.Thread, python.Value) (python.Value, error) { return python.NewInt(64), nil }))
	stream := b.hidden(python.ClassSpec{Name: "TextIOWrapper", NoNew: true, Methods: map[string]python.MethodFunc{
		"write": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var s string
			if err := python.Unpack("write", args, kwargs, "s", &s); err != nil {
				return nil, err
			}
			n, err := python.Len(t, python.Str(s))
			if err != nil {
				return nil, err
			}
			return python.NewInt(n), t.Write(s)
		},
		"flush": ignore,
	}})
	for _, name := range []string{"stdout", "stderr"} {
		b.set(name, python.NewInstance(stream, nil))
	}
	b.fn("exit", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		return nil, python.Throw(python.NewException(python.SystemExit, args...))
	})
}

// tupleField reads a member of an instance of a tuple class.
func tupleField(i int) python.GetFunc {
	return func(_ *python.Thread, self python.Value) (python.Value, error) {
		if tuple, ok := python.Native(self).(python.Tuple); ok && i < len(tuple) {
			return tuple[i], nil
		}
		return python.None, nil
	}
}

// buildFuture makes __future__.
func buildFuture(_ *Library, b builder) {
	names := python.NewList(nil)
	for _, name := range []string{
		"nested_scopes", "generators", "division", "absolute_import", "with_statement",
		"print_function", "unicode_literals", "barry_as_FLUFL", "generator_stop", "annotations",
	} {
		b.set(name, python.None)
		_ = names.Append(b.t, python.Str(name)) // ten strings; a spent budget shows at the next step
	}
	b.set("all_feature_names", names)
}

// buildTypes makes types.
func buildTypes(_ *Library, b builder) {
	for name, c := range map[string]*python.Class{
		"FunctionType": python.FunctionClass, "LambdaType": python.FunctionClass, "BuiltinFunctionType": python.BuiltinFunctionClass,
		"BuiltinMethodType": python.BuiltinFunctionClass, "MethodType": python.MethodClass, "ModuleType": python.ModuleClass,
		"GeneratorType": python.GeneratorClass, "NoneType": python.NoneClass, "EllipsisType": python.EllipsisClass,
		"NotImplementedType": python.NotImplementedClass, "GetSetDescriptorType": python.GetSetClass,
		"MethodDescriptorType": python.MethodDescriptorClass, "MappingProxyType": python.DictClass,
	} {
		b.set(name, c)
	}
}

// buildWarnings makes warnings. A warning becomes a log record.
func buildWarnings(l *Library, b builder) {
	b.fn("warn", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) == 0 {
			return nil, python.TypeErrorf("warn() missing required argument 'message' (pos 1)")
		}
		get, err := l.attr(t, "logging", "getLogger")
		if err != nil {
			return nil, err
		}
		log, err := python.Call(t, get, []python.Value{python.Str("py.warnings")}, nil)
		if err != nil {
			return nil, err
		}
		_, err = python.CallMethod(t, log, "warning", python.Str("%s"), args[0])
		return python.None, err
	})
	for _, name := range []string{"filterwarnings", "simplefilter", "resetwarnings", "warn_explicit", "showwarning"} {
		b.fn(name, func(*python.Thread, []python.Value, []python.Keyword) (python.Value, error) { return python.None, nil })
	}
	b.class(python.ClassSpec{Name: "catch_warnings", Methods: map[string]python.MethodFunc{
		"__init__": ignore,
		"__enter__": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.NewList(nil), nil
		},
		"__exit__": ignore,
	}})
}

package host

import "provbox/provd/python"

var fileClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "TextIOWrapper", Module: "_io", NoNew: true, Final: true,
	Getters: map[string]python.GetFunc{
		"closed": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Bool(self.(*file).closed), nil
		},
		"name": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Str(self.(*file).name), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"__enter__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return self, self.(*file).use(true, "")
		},
		"__exit__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.None, self.(*file).close(t)
		},
		"__iter__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return self, nil
		},
		"__next__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			v, ok, err := self.(*file).Next(t)
			if err == nil && !ok {
				err = python.NewStopIteration(nil)
			}
			return v, err
		},
		"close": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.None, self.(*file).close(t)
		},
		"flush": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.None, self.(*file).flush(t)
		},
		"read": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			limit := -1
			if err := python.Unpack("read", args, kwargs, "size??", &limit); err != nil {
				return nil, err
			}
			f := self.(*file)
			data, err := f.read(t, limit)
			if err != nil {
				return nil, err
			}
			return f.decode(t, data)
		},
		"readline": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			f := self.(*file)
			line, err := f.line(t)
			if err != nil {
				return nil, err
			}
			return f.decode(t, line)
		},
		"readlines": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			lines, err := python.ListOf(t, self)
			return python.NewList(lines), err
		},
		"seek": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var offset int64
			whence := 0
			if err := python.Unpack("seek", args, kwargs, "cookie", &offset, "whence?", &whence); err != nil {
				return nil, err
			}
			f := self.(*file)
			return python.NewInt(f.pos), f.seek(offset, whence)
		},
		"tell": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.NewInt(self.(*file).pos), nil
		},
		"write": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("write", args, kwargs, "text", &v); err != nil {
				return nil, err
			}
			n, err := self.(*file).write(t, v)
			return python.NewInt(n), err
		},
		"writelines": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var lines python.Value
			if err := python.Unpack("writelines", args, kwargs, "lines", &lines); err != nil {
				return nil, err
			}
			return python.None, python.Iterate(t, lines, func(v python.Value) error {
				_, err := self.(*file).write(t, v)
				return err
			})
		},
	},
})

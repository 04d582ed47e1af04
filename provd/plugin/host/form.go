package host

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"provbox/provd"
	"provbox/provd/python"
)

// maxArgs bounds the parameters a package sees, of the query and of the form each.
const maxArgs = 100

// requestArgs makes twisted's request.args: lists of values by name, in bytes.
// What a form says hides what the query says.
func requestArgs(t *python.Thread, req *provd.Request) (*python.Dict, error) {
	d := python.NewDict(0)
	if err := addArgs(t, d, req.Query); err != nil {
		return nil, err
	}
	posted := python.NewDict(0)
	if err := addArgs(t, posted, form(req)); err != nil {
		return nil, err
	}
	for k, v := range posted.All() {
		if err := d.Set(t, k, v); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func addArgs(t *python.Thread, d *python.Dict, query string) error {
	n := 0
	for pair := range strings.SplitSeq(query, "&") {
		if n++; n > maxArgs {
			break
		}
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		key := python.Bytes(unquote(name))
		var values []python.Value
		if v, found, err := d.Get(t, key); err != nil {
			return err
		} else if list, ok := v.(*python.List); found && ok {
			values = list.Items()
		}
		if err := d.Set(t, key, python.NewList(append(values, python.Bytes(unquote(value))))); err != nil {
			return err
		}
	}
	return nil
}

// form returns what a POST says as a form, undecoded.
func form(req *provd.Request) string {
	if req.Method != http.MethodPost || len(req.Body) == 0 {
		return ""
	}
	types := req.Header["Content-Type"]
	if len(types) == 0 {
		return ""
	}
	if t, _, err := mime.ParseMediaType(types[0]); err != nil || t != "application/x-www-form-urlencoded" {
		return ""
	}
	return string(req.Body)
}

// body is the body of a request, request.content: a file to read from.
type body struct {
	data []byte
	at   int
}

// Type returns the class of bodies.
func (*body) Type() *python.Class { return bodyClass }

// take returns the next n bytes, all that is left when n is negative.
func (b *body) take(n int) []byte {
	rest := b.data[min(b.at, len(b.data)):]
	if n >= 0 {
		rest = rest[:min(n, len(rest))]
	}
	b.at += len(rest)
	return rest
}

var bodyClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "BytesIO", Module: "_io", NoNew: true, Final: true,
	Methods: map[string]python.MethodFunc{
		"close": nothing,
		"getvalue": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return charged(t, self.(*body).data)
		},
		"read": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			size := python.Value(python.None)
			if err := python.Unpack("read", args, kwargs, "size?", &size); err != nil {
				return nil, err
			}
			n := -1
			if i, ok := size.(python.Int); ok {
				n = int(i)
			}
			return charged(t, self.(*body).take(n))
		},
		"readline": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			b := self.(*body)
			line, _, _ := strings.Cut(string(b.data[min(b.at, len(b.data)):]), "\n")
			return charged(t, b.take(len(line)+1))
		},
		"seek": func(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var to, whence int
			if err := python.Unpack("seek", args, kwargs, "pos", &to, "whence?", &whence); err != nil {
				return nil, err
			}
			b := self.(*body)
			switch whence {
			case io.SeekCurrent:
				to += b.at
			case io.SeekEnd:
				to += len(b.data)
			}
			if to < 0 {
				return nil, python.ValueErrorf("negative seek value %d", to)
			}
			b.at = min(to, 1<<40)
			return python.NewInt(b.at), nil
		},
		"tell": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.NewInt(self.(*body).at), nil
		},
	},
})

// charged makes bytes that count against the memory of the call.
func charged(t *python.Thread, data []byte) (python.Value, error) {
	return python.Bytes(data), t.Alloc(int64(len(data)))
}

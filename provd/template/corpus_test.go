package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
	"provbox/provd/template/syntax"
)

// corpusCase is one render that Jinja2 3.1.2 on CPython 3.11 did: the sources,
// the variables, the settings, and what came of it.
type corpusCase struct {
	Source  json.RawMessage `json:"t"`
	Vars    json.RawMessage `json:"v"`
	Options struct {
		Trim       bool   `json:"trim_blocks"`
		Lstrip     bool   `json:"lstrip_blocks"`
		Keep       bool   `json:"keep_trailing_newline"`
		Newline    string `json:"newline_sequence"`
		Autoescape bool   `json:"autoescape"`
	} `json:"o"`
	Out     string `json:"out"`
	Err     string `json:"err"`
	Message string `json:"msg"`
	Line    int    `json:"line"`
	In      string `json:"in"`
}

// outcome is what a render gives, in the form of the corpus.
type outcome struct {
	Out, Err, Message string
	Line              int
}

// mapLoader holds sources by name.
type mapLoader map[string]string

func (m mapLoader) Source(name string) ([]byte, error) {
	src, ok := m[name]
	if !ok {
		return nil, fmt.Errorf("source %q: %w", name, fs.ErrNotExist)
	}
	return []byte(src), nil
}

func (c *corpusCase) files(t testing.TB) mapLoader {
	t.Helper()
	if c.Source[0] == '"' {
		var main string
		if err := json.Unmarshal(c.Source, &main); err != nil {
			t.Fatal(err)
		}
		return mapLoader{"main": main}
	}
	files := mapLoader{}
	if err := json.Unmarshal(c.Source, &files); err != nil {
		t.Fatal(err)
	}
	return files
}

func (c *corpusCase) run(t *testing.T) outcome {
	t.Helper()
	env := New(Config{
		Loader: c.files(t),
		Options: syntax.Options{
			TrimBlocks: c.Options.Trim, LstripBlocks: c.Options.Lstrip,
			KeepTrailingNewline: c.Options.Keep, NewlineSequence: c.Options.Newline,
		},
		Autoescape: c.Options.Autoescape,
	})
	vars := python.NewDict(0)
	if len(c.Vars) > 0 {
		v, err := python.FromJSON(c.Vars)
		if err != nil {
			t.Fatal(err)
		}
		vars = v.(*python.Dict)
	}
	thread := python.NewThread(t.Context(), python.Limits{})
	tpl, err := env.Get("main")
	var out string
	if err == nil {
		out, err = tpl.Render(thread, vars)
	}
	if err == nil {
		return outcome{Out: out}
	}
	var exc *python.Exception
	if !errors.As(err, &exc) {
		return outcome{Err: fmt.Sprintf("%T", err), Message: err.Error()}
	}
	o := outcome{Err: exc.Value.Type().Name()}
	if o.Message, err = python.ToStr(thread, exc.Value); err != nil {
		t.Fatal(err)
	}
	if len(exc.Traceback) > 0 {
		o.Line = exc.Traceback[0].Line
	}
	return o
}

// looseMessages are the kinds of errors whose texts are CPython's and not
// Jinja2's: only the class must agree.
func looseMessage(class string) bool {
	switch class {
	case "TemplateSyntaxError", "TemplateAssertionError", "UndefinedError", "TemplateRuntimeError",
		"TemplateNotFound", "TemplatesNotFound", "FilterArgumentError":
		return false
	}
	return true
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var cases []corpusCase
			if err := json.NewDecoder(bytes.NewReader(data)).Decode(&cases); err != nil {
				t.Fatal(err)
			}
			bad := 0
			for i := range cases {
				c := &cases[i]
				want := outcome{Out: c.Out, Err: c.Err, Message: c.Message, Line: c.Line}
				got := c.run(t)
				if looseMessage(want.Err) {
					want.Message, got.Message = "", ""
				}
				if want.Line == 0 {
					got.Line = 0
				}
				if diff := cmp.Diff(want, got); diff != "" {
					bad++
					t.Errorf("case %d: %s with %s (-jinja +got):\n%s", i, c.Source, c.Vars, diff)
				}
			}
			t.Logf("%d cases, %d differ", len(cases), bad)
		})
	}
}

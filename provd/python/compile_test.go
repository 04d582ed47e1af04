package python

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provbox/provd/python/internal/chunked"
)

// verify checks the stack discipline of compiled code by walking all its paths:
// every instruction is reached with one depth only, the depth stays within
// bounds, jumps stay inside, and code does not fall off its end.
func verify(c *code) error {
	depths := make([]int, len(c.instrs))
	for i := range depths {
		depths[i] = -1
	}
	type state struct{ pc, depth int }
	work := []state{{0, len(c.locals)}}
	for _, h := range c.handlers {
		if h.start >= h.end || h.end > len(c.instrs) || h.target < 0 {
			return fmt.Errorf("%s: bad handler %+v", c.qualname, h)
		}
	}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if s.pc < 0 || s.pc >= len(c.instrs) {
			return fmt.Errorf("%s: control reaches %d of %d", c.qualname, s.pc, len(c.instrs))
		}
		if d := depths[s.pc]; d >= 0 {
			if d != s.depth {
				return fmt.Errorf("%s: instruction %d (line %d) reached with depth %d and %d", c.qualname, s.pc, c.at(s.pc).Line, d, s.depth)
			}
			continue
		}
		depths[s.pc] = s.depth
		in := c.instrs[s.pc]
		g := codegen{code: c, depth: s.depth}
		peak, effect := g.effect(in.op(), in.arg())
		next := s.depth + effect
		if next < len(c.locals) || s.depth+peak > c.size {
			return fmt.Errorf("%s: instruction %d: depth %d%+d, limit %d", c.qualname, s.pc, s.depth, effect, c.size)
		}
		for _, h := range c.handlers {
			if s.pc >= h.start && s.pc < h.end && mayRaise(in.op()) {
				if s.depth < h.depth {
					return fmt.Errorf("%s: instruction %d: depth %d below its handler's %d", c.qualname, s.pc, s.depth, h.depth)
				}
				if h.depth+1 > c.size {
					return fmt.Errorf("%s: handler at %d needs depth %d, limit %d", c.qualname, h.target, h.depth+1, c.size)
				}
				work = append(work, state{h.target, h.depth + 1})
			}
		}
		switch in.op() {
		case opJump:
			work = append(work, state{in.arg(), next})
			continue
		case opJumpIfFalse, opJumpIfTrue:
			work = append(work, state{in.arg(), next})
		case opJumpIfFalseKeep, opJumpIfTrueKeep:
			work = append(work, state{in.arg(), next + 1})
		case opForIter:
			work = append(work, state{in.arg(), next - 2})
		case opPushResume, opPushReturn:
			// The finally block comes next, by a jump; the target is reached
			// when it is over. Leaving a with statement drops its exit, too.
			entry := c.instrs[s.pc+1].arg()
			after := next - 1
			if c.instrs[entry].op() == opWithExit {
				after--
			}
			if in.op() == opPushReturn {
				after++
			}
			work = append(work, state{in.arg(), after})
		case opReturn, opRaise, opReraise, opAssertError:
			continue
		}
		work = append(work, state{s.pc + 1, next})
	}
	for _, f := range c.funcs {
		if err := verify(f.code); err != nil {
			return err
		}
	}
	return nil
}

// mayRaise excludes the instructions that leave a finally block's range: they
// stand inside it with the stack cut below its depth.
func mayRaise(op opcode) bool {
	switch op {
	case opJump, opUnwind, opUnwindKeep, opPushResume, opPushReturn, opReturn:
		return false
	}
	return true
}

func TestStackDiscipline(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		chunks, err := chunked.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range chunks {
			p, err := Compile(file, []byte(c.Source))
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			if err := verify(p.code); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	var names, withs strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&names, "a%d, ", i)
	}
	withs.WriteString("def f():\n with " + strings.Repeat("a, ", 1000) + "a:\n")
	withs.WriteString(strings.Repeat("  return\n", 2000))
	tests := []struct{ name, src, want string }{
		{"syntax", "x = ", "invalid syntax"},
		{"many starred targets", strings.Repeat("a, ", 5000) + "*b = x", "too many expressions in star-unpacking"},
		{"many targets", strings.Repeat("a, ", 5000) + "b = x", "too large"},
		{"clauses", "[x " + strings.Repeat("for x in y ", 5000) + "]", "too large"},
		{"returns in withs", withs.String(), "program is too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Compile("bad.py", []byte(tt.src))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if _, ok := err.(*SyntaxError); !ok {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

// TestPositions checks which source places instructions carry, through the
// tracebacks of failing expressions that span lines.
func TestCompilePositions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src string
		line, col int
	}{
		{"name", "x = (1 +\n  missing)", 2, 3},
		{"attribute in a chain", "x = [1]\nx = (x\n  .copy()\n  .missing())", 4, 4},
		{"second argument", "len(\n  [],\n  missing)", 3, 3},
		{"call", "\n  \nx = len(\n  5)", 3, 5},
		{"subscript", "x = {}\ny = x[\n 'k']", 2, 5},
		{"default", "def f(\n  a=missing): pass", 2, 5},
		{"decorator", "@len\n@missing\ndef f(): pass", 2, 2},
		{"base", "class C(\n  missing): pass", 2, 3},
		{"for target", "for a, b in [\n 1]: pass", 1, 5},
		{"f-string", "x = f'''\n{1}{\nmissing}'''", 3, 1},
		{"comprehension condition", "[x\n for x in [1]\n if missing]", 3, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			exc := mustRaise(t, tt.src)
			got := exc.Traceback[0]
			if got.Line != tt.line || got.Col != tt.col {
				t.Errorf("%d:%d, want %d:%d (%v)", got.Line, got.Col, tt.line, tt.col, exc)
			}
		})
	}
}

// TestCorpus compiles the Python files under $PROVBOX_PYTHON_CORPUS, if set: a
// checkout of plugin packages.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("PROVBOX_PYTHON_CORPUS")
	if dir == "" {
		t.Skip("PROVBOX_PYTHON_CORPUS is not set")
	}
	n := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".py" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p, err := Compile(path, src)
		if err != nil {
			t.Error(err)
			return nil
		}
		if err := verify(p.code); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		n++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files compile", n)
}

package python

import (
	"strings"
	"testing"
)

// The text of an exception ends up in logs and in the store: it is bounded, and
// there is a form of it without what the program works on.
func TestExceptionMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 3000)
	for name, tt := range map[string]struct{ source, text, brief string }{
		"value":     {"raise ValueError('s3cret')", "test.py:1: ValueError: s3cret", "test.py:1: ValueError"},
		"key":       {"{}['s3cret']", "test.py:1: KeyError: 's3cret'", "test.py:1: KeyError"},
		"int":       {"int('s3cret')", "test.py:1: ValueError: invalid literal for int() with base 10: 's3cret'", "test.py:1: ValueError"},
		"attribute": {"''.x", "test.py:1: AttributeError: 'str' object has no attribute 'x'", "test.py:1: AttributeError: 'str' object has no attribute 'x'"},
		"its own":   {"class E(AttributeError): pass\nraise E('s3cret')", "test.py:2: E: s3cret", "test.py:2: E"},
		"long":      {"raise ValueError('" + long + "')", "test.py:1: ValueError: " + strings.Repeat("é", 2048) + "…", "test.py:1: ValueError"},
		"long attr": {"raise TypeError('x" + long + "')", "test.py:1: TypeError: x" + strings.Repeat("é", 2047) + "…", "test.py:1: TypeError: x" + strings.Repeat("é", 2047) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := execSource(t, Limits{}, tt.source+"\n")
			exc, ok := err.(*Exception)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if exc.Error() != tt.text {
				t.Errorf("got %q", exc.Error())
			}
			if exc.Brief() != tt.brief {
				t.Errorf("in brief %q", exc.Brief())
			}
		})
	}
}

package template

import (
	"testing"

	"provbox/provd/python"
)

// TestTypeErrors has the messages that CPython 3.11 gives with Jinja2 3.1 for
// filters, tests and tags that do not get what they want.
func TestTypeErrors(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`{{ "a"|replace }}`:                `TypeError: do_replace() missing 2 required positional arguments: 'old' and 'new'`,
		`{{ "a"|upper(1) }}`:               `TypeError: do_upper() takes 1 positional argument but 2 were given`,
		`{{ "a"|join(1,2,3,4) }}`:          `TypeError: sync_do_join() takes from 2 to 4 positional arguments but 6 were given`,
		`{{ "a"|length(1) }}`:              `TypeError: len() takes exactly one argument (2 given)`,
		`{{ "a"|count(1) }}`:               `TypeError: len() takes exactly one argument (2 given)`,
		`{{ "a"|first(1) }}`:               `TypeError: sync_do_first() takes 2 positional arguments but 3 were given`,
		`{{ "a"|dictsort(1,2,3,4) }}`:      `TypeError: do_dictsort() takes from 1 to 4 positional arguments but 5 were given`,
		`{{ "a"|tojson(sort_keys=1) }}`:    `TypeError: do_tojson() got an unexpected keyword argument 'sort_keys'`,
		`{{ "a"|trim(value=1) }}`:          `TypeError: do_trim() got multiple values for argument 'value'`,
		`{{ "a"|batch }}`:                  `TypeError: do_batch() missing 1 required positional argument: 'linecount'`,
		`{{ "a"|slice }}`:                  `TypeError: sync_do_slice() missing 1 required positional argument: 'slices'`,
		`{{ "a"|safe(1) }}`:                `TypeError: do_mark_safe() takes 1 positional argument but 2 were given`,
		`{{ "a"|default(1,2,3) }}`:         `TypeError: do_default() takes from 1 to 3 positional arguments but 4 were given`,
		`{{ 1 is odd(1) }}`:                `TypeError: test_odd() takes 1 positional argument but 2 were given`,
		`{{ 1 is divisibleby }}`:           `TypeError: test_divisibleby() missing 1 required positional argument: 'num'`,
		`{{ 1 is sameas }}`:                `TypeError: test_sameas() missing 1 required positional argument: 'other'`,
		`{{ 1 is in }}`:                    `TypeError: test_in() missing 1 required positional argument: 'seq'`,
		`{{ 1 is eq }}`:                    `TypeError: eq expected 2 arguments, got 1`,
		`{{ 1 is equalto }}`:               `TypeError: eq expected 2 arguments, got 1`,
		`{{ 1 is callable(1) }}`:           `TypeError: callable() takes exactly one argument (2 given)`,
		`{{ 1 is filter(1) }}`:             `TypeError: test_filter() takes 2 positional arguments but 3 were given`,
		`{{ "a"|e + 1 }}`:                  `TypeError: unsupported operand type(s) for +: 'Markup' and 'int'`,
		`{{ "a"|e * 1.5 }}`:                `TypeError: 'float' object cannot be interpreted as an integer`,
		`{{ "a"|round }}`:                  `TypeError: type str doesn't define __round__ method`,
		`{{ (3 * "1"|e)|round }}`:          `TypeError: type Markup doesn't define __round__ method`,
		`{% extends [] %}`:                 `TypeError: unhashable type: 'list'`,
		`{% include {} %}`:                 `TemplatesNotFound: Tried to select from an empty list of templates.`,
		`{% import {} as x %}`:             `TypeError: unhashable type: 'dict'`,
		`{{ ["a"]|map("replace")|list }}`:  `TypeError: do_replace() missing 2 required positional arguments: 'old' and 'new'`,
		`{{ ["a"]|select("odd",1)|list }}`: `TypeError: test_odd() takes 1 positional argument but 2 were given`,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			thread := python.NewThread(t.Context(), python.Limits{})
			tpl, err := New(Config{Loader: mapLoader{"main": source}}).Get("main")
			if err != nil {
				t.Fatal(err)
			}
			out, err := tpl.Render(thread, python.NewDict(0))
			if err == nil {
				t.Fatalf("rendered %q", out)
			}
			got := err.Error()
			if exc := python.ExceptionOf(err, python.ExceptionClass); exc != nil {
				text, err := python.ToStr(thread, exc)
				if err != nil {
					t.Fatal(err)
				}
				got = exc.Type().Name() + ": " + text
			}
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

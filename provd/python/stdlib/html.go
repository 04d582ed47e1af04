package stdlib

import (
	"html"
	"strings"

	"provbox/provd/python"
)

// buildHTML makes html.
func buildHTML(_ *Library, b builder) {
	b.fn("escape", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var s string
		quote := true
		if err := python.Unpack("escape", args, kwargs, "s", &s, "quote?", &quote); err != nil {
			return nil, err
		}
		if err := t.Alloc(6 * int64(len(s))); err != nil {
			return nil, err
		}
		s = escapeMarkup(s)
		if quote {
			s = strings.NewReplacer(`"`, "&quot;", "'", "&#x27;").Replace(s)
		}
		return python.Str(s), t.Step(1 + len(s)/32)
	})
	b.fn("unescape", oneArg("unescape", func(t *python.Thread, v python.Value) (python.Value, error) {
		s, err := wantStr("argument", v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(2 * int64(len(s))); err != nil {
			return nil, err
		}
		return python.Str(html.UnescapeString(s)), t.Step(1 + len(s)/32)
	}))
}

// escapeMarkup replaces the three characters that begin or end markup.
func escapeMarkup(s string) string {
	if !strings.ContainsAny(s, "&<>") {
		return s
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// replaceEntities makes the replacements of saxutils' entities argument, in the
// dict's order.
func replaceEntities(t *python.Thread, s string, entities python.Value) (string, error) {
	if isNone(entities) {
		return s, nil
	}
	d, ok := python.Native(entities).(*python.Dict)
	if !ok {
		return "", python.TypeErrorf("entities must be a dict, not %s", python.TypeName(entities))
	}
	for k, v := range d.All() {
		from, err := wantStr("replace() argument 1", k)
		if err != nil {
			return "", err
		}
		to, err := wantStr("replace() argument 2", v)
		if err != nil {
			return "", err
		}
		// The size is known only by counting, and may grow with every entity.
		n := strings.Count(s, from)
		if err := t.Alloc(int64(len(s)) + int64(n)*int64(len(to))); err != nil {
			return "", err
		}
		if err := t.Step(1 + len(s)/32); err != nil {
			return "", err
		}
		s = strings.ReplaceAll(s, from, to)
	}
	return s, nil
}

// buildSaxutils makes xml.sax.saxutils.
func buildSaxutils(_ *Library, b builder) {
	define := func(name string, f func(t *python.Thread, s string, entities python.Value) (string, error)) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v, entities python.Value
			if err := python.Unpack(name, args, kwargs, "data", &v, "entities?", &entities); err != nil {
				return nil, err
			}
			s, ok := asStr(v)
			if !ok {
				// CPython calls data.replace, which other types lack.
				_, err := python.GetAttr(t, v, "replace")
				if err == nil {
					err = python.TypeErrorf("%s() argument must be str, not %s", name, python.TypeName(v))
				}
				return nil, err
			}
			if err := t.Alloc(5 * int64(len(s))); err != nil {
				return nil, err
			}
			if err := t.Step(1 + len(s)/32); err != nil {
				return nil, err
			}
			s, err := f(t, s, entities)
			return python.Str(s), err
		})
	}
	escape := func(t *python.Thread, s string, entities python.Value) (string, error) {
		return replaceEntities(t, escapeMarkup(s), entities)
	}
	define("escape", escape)
	define("unescape", func(t *python.Thread, s string, entities python.Value) (string, error) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "&gt;", ">"), "&lt;", "<")
		s, err := replaceEntities(t, s, entities)
		return strings.ReplaceAll(s, "&amp;", "&"), err
	})
	define("quoteattr", func(t *python.Thread, s string, entities python.Value) (string, error) {
		// The caller's entities win over the three of quoteattr, but come first.
		s, err := escape(t, s, entities)
		if err != nil {
			return "", err
		}
		s = strings.NewReplacer("\n", "&#10;", "\r", "&#13;", "\t", "&#9;").Replace(s)
		switch {
		case !strings.Contains(s, `"`):
			return `"` + s + `"`, nil
		case !strings.Contains(s, "'"):
			return "'" + s + "'", nil
		}
		return `"` + strings.ReplaceAll(s, `"`, "&quot;") + `"`, nil
	})
}

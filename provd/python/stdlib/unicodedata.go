package stdlib

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"provbox/provd/python"
)

// normForm finds a normalization form by its Python name.
func normForm(name string) (norm.Form, error) {
	switch name {
	case "NFC":
		return norm.NFC, nil
	case "NFD":
		return norm.NFD, nil
	case "NFKC":
		return norm.NFKC, nil
	case "NFKD":
		return norm.NFKD, nil
	}
	return 0, python.ValueErrorf("invalid normalization form")
}

// oneChar takes a str of one character.
func oneChar(name string, v python.Value) (rune, error) {
	s, ok := asStr(v)
	if ok && s != "" {
		if r, size := python.DecodeRune(s); size == len(s) {
			return r, nil
		}
	}
	return 0, python.TypeErrorf("%s() argument must be a unicode character, not %s", name, python.TypeName(v))
}

// generalCategory is the general category of a character.
func generalCategory(r rune) string {
	for _, name := range []string{
		"Ll", "Lu", "Nd", "Zs", "Po", "Mn", "Lo", "So", "Sm", "Pd", "Ps", "Pe", "Sk", "Sc", "Pc", "Pi", "Pf", "Cc",
		"Lm", "Lt", "Mc", "Me", "Nl", "No", "Zl", "Zp", "Cf", "Co", "Cs",
	} {
		if unicode.Is(unicode.Categories[name], r) {
			return name
		}
	}
	return "Cn"
}

// buildUnicodedata makes unicodedata, without the names of characters.
func buildUnicodedata(_ *Library, b builder) {
	b.set("unidata_version", python.Str(unicode.Version))
	two := func(name string, f func(t *python.Thread, form norm.Form, s string) (python.Value, error)) {
		b.fn(name, twoArgs(name, func(t *python.Thread, form, v python.Value) (python.Value, error) {
			n, err := wantStr(name+"() argument 1", form)
			if err != nil {
				return nil, err
			}
			s, err := wantStr(name+"() argument 2", v)
			if err != nil {
				return nil, err
			}
			nf, err := normForm(n)
			if err != nil {
				return nil, err
			}
			if err := t.Step(1 + len(s)); err != nil {
				return nil, err
			}
			return f(t, nf, s)
		}))
	}
	two("normalize", func(t *python.Thread, form norm.Form, s string) (python.Value, error) {
		if form.IsNormalString(s) {
			return python.Str(s), nil
		}
		// One character becomes at most 18 (NFKD of U+FDFA), 11 times its bytes.
		if err := t.Alloc(11 * int64(len(s))); err != nil {
			return nil, err
		}
		return python.Str(form.String(s)), nil
	})
	two("is_normalized", func(_ *python.Thread, form norm.Form, s string) (python.Value, error) {
		return truth(form.IsNormalString(s)), nil
	})
	char := func(name string, f func(r rune) (python.Value, bool)) {
		b.fn(name, func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v, missing python.Value
			if err := python.Unpack(name, args, kwargs, "chr", &v, "default?", &missing); err != nil {
				return nil, err
			}
			r, err := oneChar(name, v)
			if err != nil {
				return nil, err
			}
			if out, ok := f(r); ok {
				return out, nil
			}
			if missing == nil {
				return nil, python.ValueErrorf("not a %s", name)
			}
			return missing, nil
		})
	}
	char("category", func(r rune) (python.Value, bool) { return python.Str(generalCategory(r)), true })
	char("combining", func(r rune) (python.Value, bool) {
		return python.NewInt(int(norm.NFD.PropertiesString(string(r)).CCC())), true
	})
	for _, name := range []string{"decimal", "digit"} {
		char(name, func(r rune) (python.Value, bool) {
			if !unicode.IsDigit(r) {
				return nil, false
			}
			return python.NewInt(digitValue(r)), true
		})
	}
	char("name", func(rune) (python.Value, bool) { return nil, false })
}

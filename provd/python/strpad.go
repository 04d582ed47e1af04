package python

import "strings"

func addStrPad(m methodTable) {
	justify := func(name string, split func(pad, width int) (left int)) {
		add(m, name, 1, 2, func(t *Thread, s Str, args []Value) (Value, error) {
			width, err := indexArg(t, args[0])
			if err != nil {
				return nil, err
			}
			fill := " "
			if len(args) == 2 {
				f, ok := Native(args[1]).(Str)
				if !ok {
					return nil, TypeErrorf("The fill character must be a unicode character, not %s", TypeName(args[1]))
				}
				if strLen(string(f)) != 1 {
					return nil, TypeErrorf("The fill character must be exactly one character long")
				}
				fill = string(f)
			}
			pad := width - strLen(string(s))
			if pad <= 0 {
				return s, nil
			}
			left := split(pad, width)
			return text(padded(t, string(s), fill, left, pad-left))
		})
	}
	justify("ljust", func(int, int) int { return 0 })
	justify("rjust", func(pad, _ int) int { return pad })
	justify("center", func(pad, width int) int { return pad/2 + pad&width&1 })
	add(m, "zfill", 1, 1, func(t *Thread, s Str, args []Value) (Value, error) {
		width, err := indexArg(t, args[0])
		if err != nil {
			return nil, err
		}
		return text(zeroFill(t, string(s), width-strLen(string(s))))
	})
}

// zeroFill puts zeros after the sign of s.
func zeroFill(t *Thread, s string, pad int) (string, error) {
	if pad <= 0 {
		return s, nil
	}
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	z, err := padded(t, s, "0", pad, 0)
	return sign + z, err
}

// padded puts fill before and after s.
func padded(t *Thread, s, fill string, left, right int) (string, error) {
	if left+right < 0 {
		return "", &LimitError{What: "memory"}
	}
	if err := t.allocN(int64(left+right), int64(len(fill))); err != nil {
		return "", err
	}
	if err := t.Alloc(int64(len(s))); err != nil {
		return "", err
	}
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, right), nil
}

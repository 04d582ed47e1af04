package regex

// Flags are the compilation flags of Python's re module, with the values that
// Python code sees (re.I == 2 and so on).
type Flags uint32

// The flags of Python 3.11's re.RegexFlag.
const (
	Template   Flags = 1   // accepted and ignored, as CPython does
	IgnoreCase Flags = 2   // re.I
	Locale     Flags = 4   // re.L; bytes patterns only, behaves as in the C locale
	Multiline  Flags = 8   // re.M
	DotAll     Flags = 16  // re.S
	Unicode    Flags = 32  // re.U; the default of str patterns
	Verbose    Flags = 64  // re.X
	Debug      Flags = 128 // accepted and ignored: there is nowhere to print
	ASCII      Flags = 256 // re.A
)

const (
	typeFlags   = ASCII | Locale | Unicode
	globalFlags = Debug | Template
)

// flagOf maps the letter of an inline flag to its value.
func flagOf(r rune) (Flags, bool) {
	switch r {
	case 'i':
		return IgnoreCase, true
	case 'L':
		return Locale, true
	case 'm':
		return Multiline, true
	case 's':
		return DotAll, true
	case 'x':
		return Verbose, true
	case 'a':
		return ASCII, true
	case 't':
		return Template, true
	case 'u':
		return Unicode, true
	}
	return 0, false
}

// fixFlags completes and checks the flags after parsing, once the kind of
// pattern and all inline global flags are known.
func fixFlags(f Flags, isBytes bool) (Flags, error) {
	if !isBytes {
		switch {
		case f&Locale != 0:
			return 0, &FlagError{"cannot use LOCALE flag with a str pattern"}
		case f&ASCII == 0:
			f |= Unicode
		case f&Unicode != 0:
			return 0, &FlagError{"ASCII and UNICODE flags are incompatible"}
		}
		return f, nil
	}
	switch {
	case f&Unicode != 0:
		return 0, &FlagError{"cannot use UNICODE flag with a bytes pattern"}
	case f&Locale != 0 && f&ASCII != 0:
		return 0, &FlagError{"ASCII and LOCALE flags are incompatible"}
	}
	return f, nil
}

package python

// bytesPercent evaluates `format % arg` on bytes.
func bytesPercent(t *Thread, format string, arg Value) (string, error) {
	p := percentFormatter{t: t, format: format, arg: arg, bytes: true, args: []Value{arg}}
	switch a := Native(arg).(type) {
	case Tuple:
		p.args = a
	case Bytes, *ByteArray, Str:
	default:
		_, p.mapping = lookupSpecial(arg, "__getitem__")
	}
	return p.run()
}

// oneOfBytes formats a value by a conversion that bytes do otherwise than str;
// done is false for the others.
func (p *percentFormatter) oneOfBytes(s percentSpec, v Value) (text string, done bool, err error) {
	switch s.kind {
	case 's', 'b':
		if text, done = bytesLike(v); done {
			break
		}
		if _, ok := lookupSpecial(v, "__bytes__"); !ok {
			return "", true, TypeErrorf("%%b requires a bytes-like object, or an object that implements __bytes__, not '%s'", TypeName(v))
		}
		if text, err = bytesOf(p.t, v, "bytes"); err != nil {
			return "", true, err
		}
	case 'r', 'a':
		if text, _, err = convert(p.t, v, 'a'); err != nil {
			return "", true, err
		}
	case 'c':
		text, err = percentByte(p.t, v)
		if err == nil {
			text, err = s.pad(p.t, "", text, false)
		}
		return text, true, err
	case 'e', 'E', 'f', 'F', 'g', 'G':
		if _, err := FloatOf(p.t, v); err != nil {
			return "", true, TypeErrorf("float argument required, not %s", TypeName(v))
		}
		return "", false, nil
	default:
		return "", false, nil
	}
	if s.precision >= 0 && s.precision < len(text) {
		text = text[:s.precision]
	}
	text, err = s.pad(p.t, "", text, false)
	return text, true, err
}

// percentByte is the %c of bytes.
func percentByte(t *Thread, v Value) (string, error) {
	if b, ok := bytesLike(v); ok && len(b) == 1 {
		return b, nil
	} else if !ok {
		i, isInt, err := clampIndex(t, v)
		switch {
		case err != nil:
			return "", err
		case isInt && (i < 0 || i > 255):
			return "", OverflowErrorf("%s", "%c arg not in range(256)")
		case isInt:
			return string([]byte{byte(i)}), nil
		}
	}
	return "", TypeErrorf("%s", "%c requires an integer in range(256) or a single byte")
}

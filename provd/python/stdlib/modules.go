package stdlib

// buildFunc fills the namespace of a module written in Go.
type buildFunc func(l *Library, b builder)

// goModule finds the module written in Go of that name, nil when there is none.
func goModule(name string) buildFunc {
	switch name {
	case "re":
		return buildRe
	case "logging":
		return buildLogging
	case "os":
		return buildOS
	case "os.path":
		return buildOSPath
	case "posixpath":
		return sameAs("os.path")
	case "operator", "_operator":
		return buildOperator
	case "math":
		return buildMath
	case "struct":
		return buildStruct
	case "binascii":
		return buildBinascii
	case "base64":
		return buildBase64
	case "hashlib":
		return buildHashlib
	case "itertools":
		return buildItertools
	case "copy":
		return buildCopy
	case "io", "_io":
		return buildIO
	case "json":
		return buildJSON
	case "json.decoder", "json.encoder":
		return sameAs("json")
	case "datetime":
		return buildDatetime
	case "time":
		return buildTime
	case "typing", "typing_extensions":
		return buildTyping
	case "types":
		return buildTypes
	case "sys":
		return buildSys
	case "__future__":
		return buildFuture
	case "warnings":
		return buildWarnings
	case "html":
		return buildHTML
	case "urllib.parse":
		return buildURLParse
	case "xml", "xml.sax", "urllib", "packaging":
		return func(*Library, builder) {}
	case "xml.sax.saxutils":
		return buildSaxutils
	case "random":
		return buildRandom
	case "unicodedata":
		return buildUnicodedata
	case "uuid":
		return buildUUID
	case "errno":
		return buildErrno
	}
	return nil
}

// sameAs makes a module with the contents of another one.
func sameAs(name string) buildFunc {
	return func(l *Library, b builder) {
		m, err := l.module(b.t, name)
		if err != nil || m == nil {
			return
		}
		for k, v := range m.Dict().All() {
			if s, ok := asStr(k); ok && s != "__name__" {
				b.set(s, v)
			}
		}
	}
}

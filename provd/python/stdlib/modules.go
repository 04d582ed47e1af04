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
	case "os.path", "posixpath":
		return buildOSPath
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
	case "errno":
		return buildErrno
	}
	return nil
}

package python

func notReady() error { return TypeErrorf("not ready") }

func bytesContains(t *Thread, s Bytes, item Value) (bool, error)        { return false, notReady() }
func linkBytes()                                                        {}
func bytesOf(t *Thread, v Value) (string, error)                        { return "", notReady() }
func decodeBytes(t *Thread, s, encoding, errors string) (string, error) { return "", notReady() }
func encodeStr(t *Thread, s, encoding, errors string) (string, error)   { return "", notReady() }

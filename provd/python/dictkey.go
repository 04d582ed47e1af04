package python

// GetStr returns the member for a string key. It needs no thread because
// strings compare without running code.
func (d *Dict) GetStr(key string) (Value, bool) {
	if d.live == 0 {
		return nil, false
	}
	i := d.findStr(hashString(key), key)
	if i < 0 {
		return nil, false
	}
	return d.entries[i].value, true
}

// SetStr stores a member under a string key without charging memory.
func (d *Dict) SetStr(key string, value Value) {
	h := hashString(key)
	if i := d.findStr(h, key); i >= 0 {
		d.entries[i].value = value
		return
	}
	d.insert(h, Str(key), value)
}

// Key is a string key with all that a dict wants to know of it, for those who set or
// look up the same ones again and again.
type Key struct {
	hash  uint64
	value Value
}

// NewKey makes a Key of a string.
func NewKey(s string) Key { return Key{hashString(s), Str(s)} }

// SetKey stores a member without charging memory.
func (d *Dict) SetKey(key Key, value Value) {
	if i := d.findStr(key.hash, string(key.value.(Str))); i >= 0 {
		d.entries[i].value = value
		return
	}
	d.insert(key.hash, key.value, value)
}

// GetKey returns the member for a key.
func (d *Dict) GetKey(key Key) (Value, bool) {
	if d.live == 0 {
		return nil, false
	}
	i := d.findStr(key.hash, string(key.value.(Str)))
	if i < 0 {
		return nil, false
	}
	return d.entries[i].value, true
}

// Value returns the key as a str.
func (k Key) Value() Value { return k.value }

// String returns the key as a string of Go.
func (k Key) String() string { return string(k.value.(Str)) }

// DeleteStr removes a member and reports whether it was there.
func (d *Dict) DeleteStr(key string) bool {
	i := d.findStr(hashString(key), key)
	if i < 0 {
		return false
	}
	d.remove(i)
	return true
}

package python

// Name is a string that members of dicts are looked up by again and again: it knows
// its hash. NewName makes it.
type Name struct {
	text string
	hash uint64
}

// NewName returns the name for a string.
func NewName(s string) Name { return Name{s, hashString(s)} }

// String returns the string.
func (n Name) String() string { return n.text }

// GetName is GetStr for a name.
func (d *Dict) GetName(n Name) (Value, bool) {
	if i := d.findStr(n.hash, n.text); i >= 0 {
		return d.entries[i].value, true
	}
	return nil, false
}

// LookupName is LookupMethod for a name.
func LookupName(t *Thread, v Value, n Name) (fn, self Value, err error) {
	return lookupMethod(t, v, n.text, n.hash)
}

package host

import (
	"slices"

	"provbox/provd"
	"provbox/provd/python"
)

// mapping is a read-only dict that tells which of its members were read. TFTP
// and DHCP requests are plain dicts in wazo-provd.
type mapping struct {
	read func(attr string)
	keys string // attribute that stands for the set of keys
	// items are its members; value makes one when it is read.
	items []mappingItem
	// missing names the attribute a key that is not there stands for.
	missing func(key python.Value) (attr string)
}

type mappingItem struct {
	key   python.Value
	attr  string
	value func() python.Value
}

// Type returns the class of mappings.
func (*mapping) Type() *python.Class { return mappingClass }

// lookup returns a member, or nil.
func (m *mapping) lookup(t *python.Thread, key python.Value) (python.Value, error) {
	for _, item := range m.items {
		ok, err := python.Equal(t, item.key, key)
		if err != nil {
			return nil, err
		}
		if ok {
			m.read(item.attr)
			return item.value(), nil
		}
	}
	if m.missing != nil {
		if attr := m.missing(key); attr != "" {
			m.read(attr)
		}
	}
	return nil, nil
}

// dict makes a real dict of it.
func (m *mapping) dict(t *python.Thread) (*python.Dict, error) {
	if m.keys != "" {
		m.read(m.keys)
	}
	d := python.NewDict(len(m.items))
	for _, item := range m.items {
		m.read(item.attr)
		if err := d.Set(t, item.key, item.value()); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// viaDict makes a method that works on a real dict of the mapping.
func viaDict(name string) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
		d, err := self.(*mapping).dict(t)
		if err != nil {
			return nil, err
		}
		return python.CallMethod(t, d, name, args...)
	}
}

var mappingClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "dict", NoNew: true, Final: true,
	Methods: map[string]python.MethodFunc{
		"__contains__": func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			v, err := self.(*mapping).lookup(t, args[0])
			return python.Bool(v != nil), err
		},
		"__getitem__": func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			v, err := self.(*mapping).lookup(t, args[0])
			if err == nil && v == nil {
				err = python.NewKeyError(args[0])
			}
			return v, err
		},
		"get": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var key python.Value
			fallback := python.Value(python.None)
			if err := python.Unpack("get", args, kwargs, "key", &key, "default?", &fallback); err != nil {
				return nil, err
			}
			v, err := self.(*mapping).lookup(t, key)
			if err == nil && v == nil {
				v = fallback
			}
			return v, err
		},
		"__iter__": viaDict("__iter__"),
		"__len__":  viaDict("__len__"),
		"__repr__": viaDict("__repr__"),
		"copy":     viaDict("copy"),
		"items":    viaDict("items"),
		"keys":     viaDict("keys"),
		"values":   viaDict("values"),
	},
})

// optionCodes returns the codes of the DHCP options, in order.
func optionCodes(req *provd.Request) []byte {
	codes := make([]byte, 0, len(req.Options))
	for code := range req.Options {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// dhcpRequest makes the dict of a DHCP request: ip, mac, and options by code as
// str, one character for each byte.
func dhcpRequest(req provd.Request, read func(string)) python.Value {
	options := &mapping{read: read, keys: AttrOptions, missing: func(key python.Value) string {
		if code, ok := key.(python.Int); ok && code >= 0 && code <= 255 {
			return AttrOption + string([]byte{byte(code)})
		}
		return ""
	}}
	for _, code := range optionCodes(&req) {
		options.items = append(options.items, mappingItem{
			python.NewInt(int(code)), AttrOption + string([]byte{code}),
			func() python.Value { return latin1(req.Options[code]) },
		})
	}
	return &mapping{read: read, items: []mappingItem{
		{python.Str("ip"), AttrIP, func() python.Value { return python.Str(req.IP) }},
		{python.Str("mac"), AttrMAC, func() python.Value { return python.Str(req.MAC) }},
		{python.Str("options"), "", func() python.Value { return options }},
	}}
}

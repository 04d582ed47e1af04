package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"provbox/provd/document"
)

// InterfaceVersion is the version of the interface between packages and the
// service that Provbox offers, wazo-provd's. Packages may ask for a least and a
// greatest one.
const InterfaceVersion = 0.2

// infoFile is the file that describes a package.
const infoFile = "plugin-info"

// maxInfo bounds the size of a plugin-info file; the largest published one has
// 12 KB.
const maxInfo = 1 << 20

// Info describes a package (spec/plugins.md section 2).
type Info struct {
	// Version is the package's version, not that of any firmware.
	Version string
	// Description is in English.
	Description string
	// Capabilities are objects by "Vendor, Model, Version", in the order of the
	// file. Nothing in them is mandatory.
	Capabilities *document.Object
	// Document is the whole file. It must not be changed.
	Document *document.Object

	least, most float64 // interface versions; 0 when not asked for
}

// ParseInfo reads a plugin-info file and reports all its problems at once. id is
// the plugin's, for the error.
func ParseInfo(id string, data []byte) (Info, error) {
	doc, err := document.Decode(data)
	if err != nil {
		return Info{}, fmt.Errorf("invalid plugin info of %s: %w", id, err)
	}
	info := Info{Document: doc}
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("invalid plugin info: "+format+" in %s", append(args, id)...))
	}
	for _, key := range []string{"capabilities", "description", "version"} {
		if !doc.Has(key) {
			bad("missing %s key", key)
		}
	}
	text := func(key string, to *string) {
		v, ok := doc.Get(key)
		if *to, _ = v.(string); ok && *to == "" {
			if _, isText := v.(string); !isText {
				bad("%s is not a string", key)
			}
		}
	}
	text("version", &info.Version)
	text("description", &info.Description)
	if v, ok := doc.Get("capabilities"); ok {
		info.Capabilities, ok = v.(*document.Object)
		if !ok {
			bad("capabilities is not an object")
		}
		for key, c := range info.Capabilities.All() {
			if _, ok := c.(*document.Object); !ok {
				bad("capability %q is not an object", key)
			}
		}
	}
	for key, to := range map[string]*float64{"plugin_iface_version_min": &info.least, "plugin_iface_version_max": &info.most} {
		switch v, _ := doc.Get(key); v := v.(type) {
		case nil:
		case json.Number:
			if *to, err = v.Float64(); err != nil {
				bad("%s is no number", key)
			}
		default:
			bad("%s is no number", key)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return Info{}, err
	}
	return info, nil
}

// ReadInfo reads the description of a package in a file system.
func ReadInfo(id string, fsys fs.FS) (Info, error) {
	f, err := fsys.Open(infoFile)
	if err != nil {
		return Info{}, fmt.Errorf("plugin %s: %w", id, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxInfo+1))
	if err != nil {
		return Info{}, fmt.Errorf("plugin %s: read %s: %w", id, infoFile, err)
	}
	if len(data) > maxInfo {
		return Info{}, fmt.Errorf("plugin %s: %s is larger than %d bytes", id, infoFile, maxInfo)
	}
	return ParseInfo(id, data)
}

// Compat says which bounds on the interface version are let pass.
type Compat struct{ IgnoreMin, IgnoreMax bool }

// Compatible returns an error when the package asks for an interface that
// Provbox does not offer.
func (i Info) Compatible(c Compat) error {
	switch {
	case i.least != 0 && InterfaceVersion < i.least && !c.IgnoreMin:
		return fmt.Errorf("plugin min compat not satisfied: it needs interface %v, this is %v", i.least, InterfaceVersion)
	case i.most != 0 && InterfaceVersion > i.most && !c.IgnoreMax:
		return fmt.Errorf("plugin max compat not satisfied: it needs interface %v or older, this is %v", i.most, InterfaceVersion)
	}
	return nil
}

// Localized returns the document with its description in the language of a
// locale such as "fr_FR", and without the descriptions in other languages.
func (i Info) Localized(locale string) *document.Object {
	doc := i.Document.Clone()
	language, _, _ := strings.Cut(locale, "_")
	for _, l := range []string{language, locale} {
		if text, ok := i.Document.Get("description_" + l); ok && l != "" {
			doc.Set("description", text)
		}
	}
	for key := range i.Document.All() {
		if strings.HasPrefix(key, "description_") {
			doc.Delete(key)
		}
	}
	return doc
}

// Model is one phone a package supports, a key of its capabilities.
type Model struct{ Vendor, Model, Version string }

// Models returns the phones the package says it supports, in order. Keys that
// are not three comma separated fields are passed over.
func (i Info) Models() []Model {
	var models []Model
	for key := range i.Capabilities.All() {
		f := strings.Split(key, ",")
		if len(f) == 3 {
			models = append(models, Model{strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), strings.TrimSpace(f[2])})
		}
	}
	return models
}

// Package plugins holds Provbox's own plugin packages, so that a box without a
// connection to any repository provisions phones.
//
// They are packages in wazo-provd's format, written from the vendors' documented
// parameters, one package for each vendor and file format. They associate with
// lower scores than packages made for a model and firmware, so that such a package
// takes over once it is installed.
package plugins

import (
	"embed"
	"io/fs"
)

//go:embed provbox-yealink provbox-cisco-sccp provbox-cisco-sip provbox-gigaset
//go:embed provbox-snom provbox-polycom provbox-grandstream provbox-fanvil provbox-aastra
//go:embed shared
var packages embed.FS

// IDs are the ids of the packages, in order.
func IDs() []string {
	return []string{
		"provbox-aastra",
		"provbox-cisco-sccp",
		"provbox-cisco-sip",
		"provbox-fanvil",
		"provbox-gigaset",
		"provbox-grandstream",
		"provbox-polycom",
		"provbox-snom",
		"provbox-yealink",
	}
}

// FS returns the files of one package, those that all packages share among them,
// so that what is copied out of it needs nothing else; nil when there is none of
// that id.
func FS(id string) fs.FS {
	if _, err := fs.Stat(packages, id+"/plugin-info"); err != nil {
		return nil
	}
	own, err := fs.Sub(packages, id)
	if err != nil {
		return nil
	}
	shared, err := fs.Sub(packages, "shared")
	if err != nil {
		return nil
	}
	return overlay{own: own, shared: shared}
}

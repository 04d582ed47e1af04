// Package migrate moves what a wazo-provd knows to a box and back (spec/rest.md
// section 14, spec/plugins.md sections 1 and 5):
//
//	provbox import DIR           from a wazo-provd's state directory
//	provbox import --from URL    from another provd over its REST API
//	provbox export DIR           the same layout, from a box
//
// A State is what is moved. It is read from a folder or a peer, compared with what
// the target has, shown, and then applied over the target's REST API, which checks
// each document as it would any client's.
//
// Promises: nothing is changed before it was shown; a document that cannot be moved
// is named with its reason and the others are moved all the same; running an import
// again does only what is left to do.
package migrate

import (
	"fmt"
	"slices"

	"provbox/provd/document"
)

// State is what a wazo-provd knows.
type State struct {
	// Devices and Configs are documents with their ids, in the order of the ids.
	Devices, Configs []*document.Object
	// Params are the service's parameters by name, as app.json has them: also
	// "tenants", an object of tenant to {"provisioning_key": key}. Empty is none.
	Params *document.Object
	// Plugins are what is installed.
	Plugins []Plugin
	// Notes are what is odd about it and keeps nothing from being moved.
	Notes []Problem
}

// Plugin is an installed plugin package.
type Plugin struct {
	ID, Version string
	// Info is its plugin-info, nil if it cannot be had.
	Info *document.Object
	// Templates are the custom templates by name, with slashes.
	Templates map[string]string
	// Firmware are the ids of the firmware packages that are installed.
	Firmware []string
}

// Problem is something that cannot be moved.
type Problem struct {
	What, Why string // "device 4711", "is not a JSON object: …"
}

func (p Problem) String() string { return p.What + ": " + p.Why }

// problems collects what went wrong, up to a bound.
type problems struct {
	list []Problem
	more int
}

// maxProblems bounds what is remembered: a folder that is no state directory could
// fill the memory.
const maxProblems = 10_000

func (p *problems) add(what string, why any) {
	if len(p.list) >= maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, Problem{what, fmt.Sprint(why)})
}

func (p *problems) all() []Problem {
	if p.more == 0 {
		return p.list
	}
	return append(slices.Clip(p.list), Problem{"and more", fmt.Sprintf("%d further problems are not listed", p.more)})
}

// own are the members that a box adds to documents for itself; another provd has no
// use for them, and a box makes them anew.
var own = []string{"X_provbox_error", ownConfig}

// ownConfig marks a config that a box made for itself; any other may replace it.
const ownConfig = "X_provbox_own"

// foreign returns a document without what only the box knows.
func foreign(d *document.Object) *document.Object {
	d = d.Clone()
	for _, name := range own {
		d.Delete(name)
	}
	return d
}

package provd

import (
	"context"

	"provbox/provd/document"
)

// Plugin is a loaded plugin package as the use cases need it. Implementations
// are safe for concurrent use, bound what a package may spend, and return a
// package's failure as an error that names the plugin, its file and line.
type Plugin interface {
	// ID returns the plugin id, e.g. wazo-yealink-v86.
	ID() string
	// Configure renders the device's files from its flattened raw config, with
	// the defaults set. On success they replace those of an earlier call at
	// once; on an error the earlier ones stay.
	Configure(ctx context.Context, dev Device, raw *document.Object) error
	// Deconfigure removes the device's files. A device without any is no error.
	Deconfigure(ctx context.Context, dev Device) error
	// Synchronize makes the phone reload, usually by asking the central stack
	// for a SIP NOTIFY. It returns when the request was accepted or failed.
	Synchronize(ctx context.Context, dev Device, raw *document.Object) error
	// RemoteStateTrigger returns the base name of the file whose request shows
	// that the phone took its configuration (spec/ident.md section 8), or "".
	RemoteStateTrigger(ctx context.Context, dev Device) (string, error)
}

// Plugins gives the loaded plugins by id.
type Plugins interface {
	Plugin(id string) (Plugin, bool)
}

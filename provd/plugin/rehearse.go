package plugin

import (
	"context"
	"maps"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
)

// Rehearsal is what a package does with the files of a device, see
// Plugin.Rehearse. Paths are below the directory phones fetch from.
type Rehearsal struct {
	// Files are what configure wrote; when it failed, what it wrote until then.
	Files map[string][]byte
	// ConfigureErr and DeconfigureErr are what the two calls failed with.
	ConfigureErr, DeconfigureErr error
	// Remaining are the files of the device that the package's own deconfigure
	// left, sorted. Deconfigure removes them too.
	Remaining []string
	// RemovedCommon are files of all phones that deconfigure removed, sorted.
	RemovedCommon []string
}

// Rehearse lets the package configure and deconfigure a device and tells what it
// did, also where Configure and Deconfigure clean up after it. It keeps nothing.
func (p *Plugin) Rehearse(ctx context.Context, dev provd.Device, raw *document.Object) Rehearsal {
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	r := Rehearsal{ConfigureErr: p.configure(ctx, files, dev, raw)}
	r.Files = served(files.Files())
	r.DeconfigureErr = p.deconfigure(ctx, files, dev)
	r.Remaining = slices.Sorted(maps.Keys(served(files.Files())))
	for _, name := range files.Removed() {
		if rest, ok := strings.CutPrefix(name, host.TFTPBoot+"/"); ok && p.files.Owner(name) == layer.Common {
			r.RemovedCommon = append(r.RemovedCommon, rest)
		}
	}
	return r
}

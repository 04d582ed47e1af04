package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/rawconfig"
)

// Reasons to skip something, see Report.Skipped.
const (
	skipTemporary = "temporary files that a failed rendering left behind: none is made here"
	skipPartial   = "files written before configure failed, of which the recording has none"
	skipSchema    = "refusals of a recording that was made without the schema of configs"
	skipHidden    = "shipped files that a generated one hides"
	skipLink      = "links that lead out of their folder"
	skipDevice    = "calls recorded for a device that no case has"
	skipLoad      = "load errors of wazo-provd: the package loads here"
)

// cases compares what the package does with each recorded device and config.
func (c *check) cases() error {
	c.report.Cases = len(c.rec.Cases)
	// Recordings of the schema refuse at least one of their configs.
	schema := false
	for _, rc := range c.rec.Cases {
		schema = schema || rc.ValidationError != nil
	}
	defer func() { c.current = "" }()
	for _, name := range slices.Sorted(maps.Keys(c.rec.Cases)) {
		c.current = name
		if err := c.oneCase(name, c.rec.Cases[name], schema); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) oneCase(name string, rc *Case, schema bool) error {
	dev := provd.Device{Object: rc.Device}
	raw, err := c.rec.Config(name[strings.LastIndexByte(name, '/')+1:])
	if err != nil {
		return fmt.Errorf("case %s: %w", name, err)
	}
	rawconfig.SetDefaults(raw)
	if refused := rawconfig.Validate(raw) != nil; refused && !schema {
		c.skip(skipSchema)
	} else {
		c.compare("schema", name, verdict(rc.ValidationError != nil), verdict(refused))
	}
	if rc.ValidationError != nil {
		// configure is never called with such a config.
		return nil
	}
	got := c.plugin.Rehearse(c.ctx, dev, raw.Clone())
	c.compare("configure", name, rc.ConfigureError, errorText(got.ConfigureErr))
	c.compare("deconfigure", name, rc.DeconfigError, errorText(got.DeconfigureErr))
	files, remaining := c.withoutTemporary(rc, got.Files)
	c.compare("remaining", name, list(remaining), list(got.Remaining))
	c.compare("removed", name, list(rc.RemovedCommon), list(got.RemovedCommon))
	if rc.ConfigureError != "" || got.ConfigureErr != nil {
		if len(rc.Files) == 0 && len(got.Files) > 0 && rc.ConfigureError != "" {
			c.skip(skipPartial) // some recorders do not look
			return nil
		}
		c.files("partial", name, files, got.Files)
		return nil
	}
	if err := c.plugin.Configure(c.ctx, dev, raw); err != nil {
		c.compare("configure", name, "", errorText(err))
		return nil
	}
	c.files("configure", name, rc.Files, c.plugin.DeviceFiles(dev.ID()))
	_ = c.plugin.Deconfigure(c.ctx, dev) // its error was compared
	return nil
}

// withoutTemporary returns the recorded files of a case, and those that deconfigure
// left, without the ones that wazo-provd renders into before it renames them. They
// are there when rendering failed; here a file appears when it is complete.
func (c *check) withoutTemporary(rc *Case, got map[string][]byte) (files map[string]text, remaining []string) {
	files, remaining = maps.Clone(rc.Files), slices.Clone(rc.Remaining)
	for name := range rc.Files {
		if _, made := got[name]; !made && rc.ConfigureError != "" && strings.HasSuffix(name, ".tmp") {
			delete(files, name)
			remaining = slices.DeleteFunc(remaining, func(n string) bool { return n == name })
			c.skip(skipTemporary)
		}
	}
	return files, remaining
}

func verdict(refused bool) string {
	if refused {
		return "refused"
	}
	return "accepted"
}

func list(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), " ") }

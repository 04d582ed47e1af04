package oracle

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
)

// check is a comparison in progress.
type check struct {
	ctx    context.Context
	rec    *Recording
	plugin *plugin.Plugin
	calls  *[]string
	// current is the case that is being compared, "" for none.
	current string
	report  Report
}

// Check loads a package and compares everything that was recorded of it. cfg
// needs ID and Package only; what the recording fixes is set. The error is for a
// recording that cannot be used; a package that fails is a difference.
func Check(ctx context.Context, cfg plugin.Config, rec *Recording) (*Report, error) {
	c := &check{ctx: ctx, rec: rec, calls: new([]string)}
	cfg.BaseRawConfig = rec.Base()
	cfg.Now = rec.Time
	cfg.Notifier = recorder{c.calls}
	cfg.Thread = func(function string, args []any) bool {
		*c.calls = append(*c.calls, threadCall(function, args))
		return true
	}
	p, err := plugin.Load(ctx, cfg)
	failed := rec.LoadError != "" && !rec.Shimmed
	if failed {
		// That a package which wazo-provd cannot load loads here is no fault.
		if err != nil {
			c.compare("load", cfg.ID, rec.LoadError, errorText(err))
		} else {
			c.skip(skipLoad)
		}
		cfg.IgnoreCommon = true
		if p, err = plugin.Load(ctx, cfg); err != nil {
			return &c.report, nil
		}
	}
	if err != nil {
		c.compare("load", cfg.ID, "", errorText(err))
		return &c.report, nil
	}
	c.plugin = p
	if !failed {
		c.files("common", "", rec.CommonFiles, p.CommonFiles())
	}
	c.describe()
	c.static()
	if err := c.cases(); err != nil {
		return nil, err
	}
	c.triggers()
	if err := c.synchronize(); err != nil {
		return nil, err
	}
	if err := c.extract(); err != nil {
		return nil, err
	}
	if err := c.scores(); err != nil {
		return nil, err
	}
	c.sensitive()
	return &c.report, nil
}

func (c *check) files(what, name string, want map[string]text, got map[string][]byte) {
	names := slices.Sorted(maps.Keys(want))
	for file := range got {
		if _, ok := want[file]; !ok {
			names = append(names, file)
		}
	}
	for _, file := range names {
		w, g := "no such file", "no such file"
		if content, ok := want[file]; ok {
			w = string(content)
		}
		if content, ok := got[file]; ok {
			g = string(content)
		}
		c.compare(what, strings.TrimSpace(name+" "+file), w, g)
	}
}

// errorText returns the exception of a package's error as wazo-provd shows it,
// "Class: message", and other errors as they are.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	if exc, ok := plugin.ExceptionText(err); ok {
		return exc
	}
	return err.Error()
}

// devices returns a device for each model there is a case of, and the odd ones.
func (c *check) devices() map[string]*document.Object {
	devices := make(map[string]*document.Object)
	for _, name := range slices.Sorted(maps.Keys(c.rec.Cases)) {
		model := name[:strings.LastIndexByte(name, '/')]
		if devices[model] == nil {
			devices[model] = c.rec.Cases[name].Device
		}
	}
	return devices
}

// device returns the device of a model; the names of cases have "_" for what is
// no letter, and "@" before devices with something odd.
func device(devices map[string]*document.Object, model string) *document.Object {
	if d := devices[model]; d != nil {
		return d
	}
	for name, d := range devices {
		if d.String("model") == model && !strings.HasPrefix(name, "@") {
			return d
		}
	}
	return nil
}

func (c *check) triggers() {
	devices := c.devices()
	for _, model := range slices.Sorted(maps.Keys(c.rec.Triggers)) {
		dev := device(devices, model)
		if dev == nil {
			c.skip(skipDevice)
			continue
		}
		want := ""
		if t := c.rec.Triggers[model]; t != nil {
			want = *t
		}
		got, err := c.plugin.RemoteStateTrigger(c.ctx, provd.Device{Object: dev.Clone()})
		if err != nil {
			got = errorText(err)
		}
		c.compare("trigger", model, want, got)
	}
}

func (c *check) sensitive() {
	want := make(map[string]bool, len(c.rec.Sensitive))
	for _, name := range c.rec.Sensitive {
		want[name] = true
	}
	for _, name := range c.rec.inputs.Paths {
		yes, err := c.plugin.Sensitive(c.ctx, name)
		if err != nil {
			c.compare("sensitive", name, fmt.Sprint(want[name]), errorText(err))
			continue
		}
		c.compare("sensitive", name, fmt.Sprint(want[name]), fmt.Sprint(yes))
	}
}

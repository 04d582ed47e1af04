package pluginctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"provbox/provd/plugin"
	"provbox/provd/plugin/bounded"
	"provbox/provd/plugin/firmware"
	"provbox/provd/template"
)

// verify returns everything that a box would find wrong with a package.
func (p *pack) verify(ctx context.Context) error {
	problems := p.templates()
	if _, err := firmware.Read(p.files); err != nil {
		// The package would not load for the same reason.
		return errors.Join(append(problems, fmt.Errorf("plugin %s: pkgs: %w", p.id, err))...)
	}
	if _, err := fs.Stat(p.files, "entry.py"); err != nil {
		return errors.Join(append(problems, fmt.Errorf("plugin %s: there is no entry.py with the class of the plugin", p.id))...)
	}
	if _, err := plugin.Load(ctx, p.loadConfig()); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// maxTemplate bounds a template, as provd/plugin does.
const maxTemplate = 4 << 20

// templates compiles every template and returns what is wrong with them.
func (p *pack) templates() (problems []error) {
	env := template.New(template.Config{})
	for _, dir := range []string{"templates", "var/templates"} {
		err := fs.WalkDir(p.files, dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			src, err := bounded.ReadFile(p.files, name, maxTemplate)
			if err == nil {
				_, err = env.Parse(name, src)
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("plugin %s: %w", p.id, err))
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return problems
}

// oddCapabilities returns the capabilities that no phone can have.
func oddCapabilities(info plugin.Info) (odd []string) {
	for key := range info.Capabilities.All() {
		if strings.Count(key, ",") != 2 {
			odd = append(odd, key)
		}
	}
	return odd
}

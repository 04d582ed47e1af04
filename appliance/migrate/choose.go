package migrate

import (
	"fmt"
	"slices"

	"provbox/provd"
	"provbox/provd/document"
)

// ChooseBase leaves only the configs that wazo-confd expects
// (spec/wazo-link.md section 5) and what they inherit from.
func (s *State) ChooseBase() *State {
	var ids []string
	for _, n := range provd.NeededConfigs() {
		ids = append(ids, n.ID)
	}
	return &State{Params: document.New(), Configs: s.withParents(ids)}
}

// ChooseDevices leaves the devices with these ids or MAC addresses, their configs
// with all that those inherit from, the configs that wazo-confd expects, and the
// plugins of the devices.
func (s *State) ChooseDevices(names []string) (*State, error) {
	chosen := s.ChooseBase()
	var configs []string
	for _, c := range chosen.Configs {
		configs = append(configs, c.String("id"))
	}
	for _, name := range names {
		i := slices.IndexFunc(s.Devices, func(d *document.Object) bool { return d.String("id") == name || d.String("mac") == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no device with the id or MAC address %q", name)
		}
		d := s.Devices[i]
		chosen.Devices = append(chosen.Devices, d)
		configs = append(configs, d.String("config"))
		if j := slices.IndexFunc(s.Plugins, func(p Plugin) bool { return p.ID == d.String("plugin") }); j >= 0 &&
			!slices.ContainsFunc(chosen.Plugins, func(p Plugin) bool { return p.ID == s.Plugins[j].ID }) {
			chosen.Plugins = append(chosen.Plugins, s.Plugins[j])
		}
	}
	chosen.Configs = s.withParents(configs)
	return chosen, nil
}

// withParents returns the configs with these ids and all they inherit from, parents
// first, so that each finds its parents when it is stored.
func (s *State) withParents(ids []string) []*document.Object {
	byID := make(map[string]*document.Object, len(s.Configs))
	for _, c := range s.Configs {
		byID[c.String("id")] = c
	}
	var (
		ordered []*document.Object
		seen    = make(map[string]bool, len(ids))
		visit   func(string)
	)
	visit = func(id string) {
		c := byID[id]
		if c == nil || seen[id] {
			return
		}
		seen[id] = true
		for _, p := range c.List("parent_ids") {
			if parent, ok := p.(string); ok {
				visit(parent)
			}
		}
		ordered = append(ordered, c)
	}
	for _, id := range ids {
		visit(id)
	}
	return ordered
}

// ordered returns all configs, parents first.
func (s *State) ordered() []*document.Object {
	ids := make([]string, len(s.Configs))
	for i, c := range s.Configs {
		ids[i] = c.String("id")
	}
	return s.withParents(ids)
}

// Missing are the configs that wazo-confd expects and the state does not have.
func (s *State) Missing() []provd.NeededConfig {
	return slices.DeleteFunc(provd.NeededConfigs(), func(n provd.NeededConfig) bool {
		return slices.ContainsFunc(s.Configs, func(c *document.Object) bool { return c.String("id") == n.ID })
	})
}

package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"provbox/appliance/provdclient"
	"provbox/provd/document"
)

// Options say how far an import goes.
type Options struct {
	// Replace overwrites documents that the target has with another content.
	Replace bool
	// Firmware installs the firmware packages that the source has.
	Firmware bool
}

// Step is one thing that an import does.
type Step struct {
	Phase  Phase
	What   string // "config base"
	Action string // create, replace, delete, set, install, update
	do     func(context.Context) error
}

// Phase orders the steps: those of one are done beside each other, but for those
// of InOrder.
type Phase int

// The phases of an import.
const (
	Params Phase = iota
	Plugins
	Templates
	Firmware
	Configs
	Strays // devices that stand in the way
	Devices
)

// String names the phase as a heading.
func (p Phase) String() string {
	return [...]string{"parameters", "plugins", "templates", "firmware", "configs", "strays", "devices"}[p]
}

// inOrder reports whether the steps of a phase depend on each other: a config on its
// parents, an installation on the list of packages.
func (p Phase) inOrder() bool { return p == Plugins || p == Configs || p == Firmware }

// Plan is what an import will do.
type Plan struct {
	Steps []Step
	Same  int       // documents and parameters that the target has already
	Notes []Problem // what is worth knowing and keeps nothing from being moved
	problems
}

// Problems are what will not be moved.
func (p *Plan) Problems() []Problem { return p.all() }

// planner compares a source with a target.
type planner struct {
	*Plan
	c      *provdclient.Client
	opt    Options
	source *State
	target *State
	byMAC  map[string][]*document.Object // the target's devices
}

// NewPlan finds out what has to be done so that the target has what the source has.
// It changes nothing.
func NewPlan(ctx context.Context, c *provdclient.Client, source *State, opt Options) (*Plan, error) {
	target, targetProblems, err := ReadPeer(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("read what the box has: %w", err)
	}
	p := &planner{Plan: &Plan{}, c: c, opt: opt, source: source, target: target, byMAC: byMAC(target.Devices)}
	// The keys of tenants without a device are not among what was read.
	var unasked []string
	for tenant := range source.Params.Object("tenants").All() {
		if !target.Params.Object("tenants").Has(tenant) {
			unasked = append(unasked, tenant)
		}
	}
	(&problems{}).keys(ctx, c, target, unasked) // one that cannot be read cannot be set either
	for _, t := range targetProblems {
		p.add("the box: "+t.What, t.Why)
	}
	p.params()
	p.plugins()
	p.configs()
	p.devices()
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return cmp.Compare(a.Phase, b.Phase) })
	return p.Plan, nil
}

func (p *planner) step(phase Phase, what, action string, do func(context.Context) error) {
	p.Steps = append(p.Steps, Step{phase, what, action, do})
}

// send returns what a step does that sends a document.
func send(c *provdclient.Client, method, path string, body *document.Object) func(context.Context) error {
	return func(ctx context.Context) error {
		_, _, err := c.Send(ctx, method, path, body)
		return err
	}
}

func (p *planner) params() {
	set := func(c *provdclient.Client, what, name string, value any) {
		p.step(Params, what, "set", send(c, http.MethodPut, provdclient.Path("configure", name), document.New("param", document.New("value", value))))
	}
	for name, value := range p.source.Params.All() {
		have, _ := p.target.Params.Get(name)
		switch {
		case name == "tenants":
			keys, _ := value.(*document.Object)
			for tenant := range keys.All() {
				key := keys.Object(tenant).String("provisioning_key")
				switch {
				case key == "":
				case p.target.Params.Object("tenants").Object(tenant).String("provisioning_key") == key:
					p.Same++
				default:
					set(p.c.For(tenant), "provisioning key of tenant "+tenant, "provisioning_key", key)
				}
			}
		case !slices.Contains(params, name):
			p.add("parameter "+name, "the box has no such parameter")
		case value == nil || document.Equal(value, have):
			p.Same++
		default:
			set(p.c, "parameter "+name, name, value)
		}
	}
}

func (p *planner) plugins() {
	updated := false
	for _, plugin := range p.source.Plugins {
		what := "plugin " + plugin.ID
		i := slices.IndexFunc(p.target.Plugins, func(t Plugin) bool { return t.ID == plugin.ID })
		var have Plugin
		if i >= 0 {
			have = p.target.Plugins[i]
			p.Same++
			if have.Version != plugin.Version && plugin.Version != "" {
				p.Notes = append(p.Notes, Problem{what, fmt.Sprintf("the box has version %s, the source %s; the box's stays", have.Version, plugin.Version)})
			}
		} else {
			if !updated {
				updated = true
				p.step(Plugins, "list of plugins", "update", p.operation("/0.2/pg_mgr/install/update", document.New()))
			}
			p.step(Plugins, what, "install", p.operation("/0.2/pg_mgr/install/install", document.New("id", plugin.ID)))
		}
		for _, name := range slices.Sorted(maps.Keys(plugin.Templates)) {
			if have.Templates[name] == plugin.Templates[name] {
				p.Same++
				continue
			}
			p.step(Templates, "template "+name+" of "+plugin.ID, "set", send(p.c, http.MethodPut,
				provdclient.Path("pg_mgr", "plugins", plugin.ID, "templates", name), document.New("template", document.New("content", plugin.Templates[name]))))
		}
		for _, id := range plugin.Firmware {
			switch {
			case slices.Contains(have.Firmware, id):
				p.Same++
			case p.opt.Firmware:
				p.step(Firmware, "firmware "+id+" of "+plugin.ID, "install",
					p.operation(provdclient.Path("pg_mgr", "plugins", plugin.ID, "install", "install"), document.New("id", id)))
			default:
				p.add("firmware "+id+" of "+plugin.ID, "is not installed by the import; --firmware does")
			}
		}
	}
}

// operation starts an operation and waits for it.
func (p *planner) operation(path string, body *document.Object) func(context.Context) error {
	return func(ctx context.Context) error {
		_, location, err := p.c.Send(ctx, http.MethodPost, path, body)
		if err != nil {
			return err
		}
		return p.c.Wait(ctx, location, func(provdclient.Status) {})
	}
}

func (p *planner) configs() {
	have := byID(p.target.Configs)
	for _, config := range p.source.ordered() {
		id := config.String("id")
		p.document(Configs, "config "+id, "cfg_mgr/configs", "config", p.c, config, have[id], nil)
	}
}

// computed are the members of a device that only a provd decides.
var computed = []string{"configured", "is_new"}

func (p *planner) devices() {
	have := byID(p.target.Devices)
	for _, d := range p.source.Devices {
		id := d.String("id")
		c := p.c
		if tenant := d.String("tenant_uuid"); tenant != "" {
			c = c.For(tenant)
		}
		p.strays(d)
		p.document(Devices, "device "+id, "dev_mgr/devices", "device", c, d, have[id], computed)
		if plugin := d.String("plugin"); plugin != "" && !p.will(plugin) {
			p.add("device "+id, fmt.Sprintf("its plugin %s is neither installed nor imported; its phone gets no files", plugin))
		}
	}
}

// will reports whether a plugin will be there.
func (p *planner) will(id string) bool {
	is := func(x Plugin) bool { return x.ID == id }
	return slices.ContainsFunc(p.target.Plugins, is) || slices.ContainsFunc(p.source.Plugins, is)
}

// strays finds devices that the target made for the same phone by itself, while it
// did not know this one.
func (p *planner) strays(d *document.Object) {
	mac := d.String("mac")
	for _, other := range p.byMAC[mac] {
		id := other.String("id")
		if id == d.String("id") {
			continue
		}
		if other.String("added") == "auto" {
			p.step(Strays, "device "+id+", which the box made for the phone "+mac, "delete",
				send(p.c, http.MethodDelete, provdclient.Path("dev_mgr", "devices", id), nil))
			continue
		}
		p.add("device "+d.String("id"), fmt.Sprintf("the box has the device %s with the same MAC address %s; one of them is too many", id, mac))
	}
}

// document plans one document.
func (p *planner) document(phase Phase, what, path, wrapper string, c *provdclient.Client, doc, have *document.Object, ignore []string) {
	body := document.New(wrapper, foreign(doc))
	place := "/0.2/" + path
	one := place + provdclient.Path(doc.String("id"))[len("/0.2"):]
	switch {
	case have == nil:
		p.step(phase, what, "create", send(c, http.MethodPost, place, body))
	case document.Equal(without(doc, ignore), without(have, ignore)):
		p.Same++
	case p.opt.Replace || have.Bool(ownConfig):
		p.step(phase, what, "replace", send(c, http.MethodPut, one, body))
	default:
		p.add(what, "the box has another content under this id; --replace overwrites it")
	}
}

// without returns a document without some members and without what only a box
// knows.
func without(d *document.Object, names []string) *document.Object {
	d = foreign(d)
	for _, n := range names {
		d.Delete(n)
	}
	return d
}

func byID(docs []*document.Object) map[string]*document.Object {
	m := make(map[string]*document.Object, len(docs))
	for _, d := range docs {
		m[d.String("id")] = d
	}
	return m
}

func byMAC(devices []*document.Object) map[string][]*document.Object {
	m := make(map[string][]*document.Object, len(devices))
	for _, d := range devices {
		if mac := d.String("mac"); mac != "" {
			m[mac] = append(m[mac], d)
		}
	}
	return m
}

// workers bounds the requests at the same time; a box bounds them too.
const workers = 4

// Apply does the steps. A step that fails is a problem and does not keep the others
// from being done; only the end of ctx does. done is told each step that ended; it
// is called by one goroutine at a time.
func (p *Plan) Apply(ctx context.Context, done func(Step, error)) error {
	var mu sync.Mutex
	for phase := Params; phase <= Devices; phase++ {
		var g errgroup.Group
		g.SetLimit(workers)
		if phase.inOrder() {
			g.SetLimit(1)
		}
		for _, s := range p.Steps {
			if s.Phase != phase {
				continue
			}
			g.Go(func() error {
				if ctx.Err() != nil {
					return nil
				}
				err := s.do(ctx)
				mu.Lock()
				defer mu.Unlock()
				if err != nil && ctx.Err() == nil {
					p.add(s.What, err)
				}
				done(s, err)
				return nil
			})
		}
		_ = g.Wait() // the functions return no errors, the problems have them
		if ctx.Err() != nil {
			return errors.Join(errors.New("the import was stopped; running it again does what is left"), ctx.Err())
		}
	}
	return nil
}

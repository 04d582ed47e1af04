package settings

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/dhcp/option"
	"provbox/provd/document"
)

// readDHCP keeps the section as the file has it.
func (s *Settings) readDHCP(data []byte) []string {
	var file struct {
		DHCP yaml.Node `yaml:"dhcp"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil || file.DHCP.Kind == 0 {
		return nil // Parse has said what is wrong with it
	}
	asWritten(&file.DHCP)
	v, err := value(&file.DHCP, 0)
	if err != nil {
		return []string{"dhcp: " + err.Error()}
	}
	s.DHCP.Document, _ = v.(*document.Object)
	return nil
}

// ReadDHCP reads and checks the section as a document of its own. Everything that
// is wrong with it is returned as Problems, each with its key.
func ReadDHCP(doc *document.Object) (DHCP, error) {
	// The document may be a stranger's: as JSON it has no anchors to blow it up.
	data, err := document.Encode(document.New("dhcp", doc))
	if err != nil {
		return DHCP{}, Problems{"dhcp: " + err.Error()}
	}
	file := struct {
		DHCP DHCP `yaml:"dhcp"`
	}{Default().DHCP}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return DHCP{}, Problems{"dhcp: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	var shape shaper
	problems, err := decode(&root, &shape, "", &file)
	if err != nil {
		return DHCP{}, Problems{"dhcp: " + err.Error()}
	}
	s := Settings{DHCP: file.DHCP}
	var v checker
	s.validateDHCP(&v)
	if problems = append(problems, slices.DeleteFunc(v, shape.said)...); len(problems) > 0 {
		return DHCP{}, problems
	}
	s.DHCP.Document = doc
	return s.DHCP, nil
}

// Rules are the built-in vendor rules with those of the file.
type Rules struct {
	Table    *option.Table // nil when the file has none
	problems []string
}

// UnmarshalYAML reads the list; validate reports its problems.
func (r *Rules) UnmarshalYAML(n *yaml.Node) error {
	const key = "dhcp.rules"
	own, err := option.ReadRules(key, n)
	table, builtinErr := option.Builtin()
	if builtinErr == nil {
		var mergeErr error
		r.Table, mergeErr = table.Merge(key, own)
		err = errors.Join(err, mergeErr)
	}
	r.problems = problems(errors.Join(err, builtinErr))
	return nil
}

// Options are options of a subnet by number.
type Options struct {
	List     []option.Option
	problems []string
}

// UnmarshalYAML reads the mapping; validate reports its problems.
func (o *Options) UnmarshalYAML(n *yaml.Node) error {
	list, err := option.ReadOptions("", n)
	o.List, o.problems = list, problems(err)
	return nil
}

func problems(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// Server returns the DHCP server's configuration, all but what its rules are
// filled with.
func (d DHCP) Server() dhcp.Config {
	cfg := dhcp.Config{Mode: dhcp.ModeServer, Rules: d.Rules.Table, Blocked: d.Blocked, RapidCommit: d.RapidCommit, Limits: lease.Limits{PerRelay: d.LeasesPerPort}}
	if d.Mode == "observe" {
		cfg.Mode = dhcp.ModeObserve
	}
	for _, i := range d.Interfaces {
		iface := dhcp.Interface{Name: i.Name}
		for _, n := range i.Subnets {
			iface.Subnets = append(iface.Subnets, n.server())
		}
		cfg.Interfaces = append(cfg.Interfaces, iface)
	}
	return cfg
}

func (n Subnet) server() dhcp.Subnet {
	s := dhcp.Subnet{Options: n.Options.List, Prefix: n.Subnet, DNS: n.DNS, NTP: n.NTP, Domain: n.Domain, LeaseTime: n.LeaseTime}
	if n.Serve == "all" {
		s.Serve = dhcp.ServeAll
	}
	if n.Router.IsValid() {
		s.Routers = []netip.Addr{n.Router}
	}
	for _, p := range n.Pools {
		s.Pools = append(s.Pools, lease.Range{Start: p.Start, End: p.End})
	}
	for _, r := range n.Reservations {
		id, _ := hex.DecodeString(r.ClientID) // validate has looked at it
		s.Reservations = append(s.Reservations, lease.Reservation{MAC: r.MAC, ClientID: id, IP: r.IP, Hostname: r.Hostname})
	}
	return s
}

package appliance

import (
	"net/netip"
	"slices"
	"strings"

	"provbox/dhcp"
	"provbox/dhcp/option"
	"provbox/provd"
	"provbox/webui/box"
)

// Explain works out what a client would be answered with the settings in force,
// whether or not the server runs. It changes nothing.
func (w webDHCP) Explain(q box.Question) (box.Explanation, error) {
	question, err := dhcp.Texts(q).Question()
	if err != nil {
		return box.Explanation{}, &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	var e dhcp.Explanation
	if server := w.running(); server != nil {
		e, err = server.Trace(question)
	} else {
		d, _ := w.current()
		cfg := w.config(d)
		question.Server = w.address(cfg, question.Subnet)
		e, err = cfg.Explain(question)
	}
	if err != nil {
		return box.Explanation{}, &provd.Error{Code: provd.Invalid, Message: strings.TrimPrefix(err.Error(), "explain: ")}
	}
	return explained(e), nil
}

// unknownAddress stands for the box's when it has none (RFC 5737).
var unknownAddress = netip.AddrFrom4([4]byte{192, 0, 2, 1})

// address is the one that the box would answer a subnet from. Of a box that serves
// no subnet it is any of its own, and it is invalid if the subnet's first one is the
// best guess.
func (w webDHCP) address(cfg dhcp.Config, subnet netip.Prefix) netip.Addr {
	interfaces, err := w.Interfaces()
	if err != nil {
		interfaces = nil // a guess does, too
	}
	subnets := false
	for _, i := range cfg.Interfaces {
		for _, n := range i.Subnets {
			if subnets = true; subnet.IsValid() && n.Prefix != subnet {
				continue
			}
			for _, a := range interfaces[i.Name] {
				if n.Prefix.Contains(a.Addr()) {
					return a.Addr()
				}
			}
			if addrs := interfaces[i.Name]; len(addrs) > 0 {
				return addrs[0].Addr()
			}
			return netip.Addr{}
		}
	}
	if subnets {
		return netip.Addr{}
	}
	var own []netip.Addr
	for _, addrs := range interfaces {
		for _, a := range addrs {
			if !a.Addr().IsLoopback() {
				own = append(own, a.Addr())
			}
		}
	}
	if len(own) == 0 {
		return unknownAddress
	}
	return slices.MinFunc(own, netip.Addr.Compare)
}

// explained writes an explanation in texts.
func explained(e dhcp.Explanation) box.Explanation {
	out := box.Explanation{
		Vendor: e.Result.Vendor, Phone: e.Result.Phone, Answered: e.Answered, Why: e.Why,
		Server: e.Server.String(), Filename: e.Result.Filename,
	}
	options := e.Options
	switch {
	case !e.Subnet.IsValid():
		out.Why = "the box serves no subnet: this is what the rules come to"
		options = e.Result.Options
	case !e.Answered:
		options = e.Result.Options
	}
	if e.Subnet.IsValid() {
		out.Subnet = e.Subnet.String()
	}
	if e.Reserved.IsValid() {
		out.Reserved = e.Reserved.String()
	}
	if e.Result.NextServer.IsValid() {
		out.NextServer = e.Result.NextServer.String()
	}
	for _, s := range e.Steps {
		out.Steps = append(out.Steps, box.Step{
			Rule: s.Rule, Vendor: s.Vendor, Fired: s.Fired, Near: s.Near, Reason: s.Reason, Sets: webSettings(s.Sets),
		})
	}
	for _, o := range options {
		out.Options = append(out.Options, box.Option{Name: option.Name(o.Code), Value: option.Format(o)})
	}
	for _, code := range e.Dropped {
		out.Dropped = append(out.Dropped, option.Name(code))
	}
	return out
}

package dhcpctl

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"provbox/dhcp"
	"provbox/dhcp/option"
)

func explain(flags *flag.FlagSet, args []string, w io.Writer) error {
	var s site
	s.flags(flags)
	mac := flags.String("mac", "", "hardware `address` of the phone")
	class := flags.String("vendor-class", "", "option 60 as `text`; \\0 is a NUL byte")
	user := flags.String("user-class", "", "option 77 as `text`")
	id := flags.String("client-id", "", "option 61 as `text`")
	circuit := flags.String("circuit-id", "", "circuit id of a relay's option 82, as `text`")
	remote := flags.String("remote-id", "", "remote id of a relay's option 82, as `text`")
	asks := flags.String("parameters", "", "the option `numbers` the phone asks for, like 1,3,66; all without")
	subnet := flags.String("subnet", "", "the phone's subnet as `prefix`; the first of the settings without")
	all := flags.Bool("all", false, "say of every rule why it does not fire")
	if err := parse(flags, args); err != nil {
		return err
	}
	cfg, server, notes, err := s.load()
	if err != nil {
		return err
	}
	q, err := dhcp.Texts{
		MAC: *mac, VendorClass: *class, UserClass: *user, ClientID: *id, CircuitID: *circuit, RemoteID: *remote,
		Parameters: *asks, Subnet: *subnet,
	}.Question()
	if err != nil {
		return usageError(err.Error())
	}
	if q.Server = server; server == standIn && len(cfg.Interfaces) > 0 {
		// A subnet's first address is more telling than the stand-in.
		q.Server = netip.Addr{}
		notes = notes[:len(notes)-1]
	}
	e, err := cfg.Explain(q)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "explain: ")) // the command says that already
	}
	show(w, e, notes, *all)
	return nil
}

func show(w io.Writer, e dhcp.Explanation, notes []string, all bool) {
	say := func(format string, a ...any) { fmt.Fprintf(w, format+"\n", a...) }
	fired, silent := 0, 0
	for _, s := range e.Steps {
		if s.Fired {
			fired++
		} else if !s.Near {
			silent++
		}
	}
	phone := "A phone"
	if e.Result.Vendor != "" {
		phone += " (" + e.Result.Vendor + ")"
	}
	switch {
	case fired == 0 && e.Result.Phone:
		say("%s, but no rule has anything for it.", phone)
	case fired == 0:
		say("No rule fires: not a phone that the rules know.")
	case !e.Result.Phone:
		say("Rules fire, but none says that it is a phone.")
	default:
		say("%s.", phone)
	}
	for _, s := range e.Steps {
		if !s.Fired {
			continue
		}
		say("\nrule %s fires: %s", s.Rule, s.Reason)
		if len(s.Sets) == 0 {
			say("  sets nothing")
		}
		for _, x := range s.Sets {
			if x.Lost != "" {
				say("  %s: not set, %s", x.What, x.Lost)
			} else {
				say("  %s = %s", x.What, x.Value)
			}
		}
	}
	for _, s := range e.Steps {
		if s.Near {
			say("\nrule %s does not fire: %s", s.Rule, s.Reason)
		}
	}
	if all {
		say("")
		for _, s := range e.Steps {
			if !s.Fired && !s.Near {
				say("rule %s does not fire: %s", s.Rule, s.Reason)
			}
		}
	} else {
		say("\n%d other rules do not match (--all says why)", silent)
	}
	answer(w, e)
	for _, n := range notes {
		say("\nnote: %s", n)
	}
}

// answer shows what the phone would be offered.
func answer(w io.Writer, e dhcp.Explanation) {
	say := func(format string, a ...any) { fmt.Fprintf(w, format+"\n", a...) }
	if !e.Subnet.IsValid() {
		say("\nwhat the rules come to:")
		for _, o := range e.Result.Options {
			say("  %s = %s", option.Name(o.Code), option.Format(o))
		}
		header(w, e.Result)
		return
	}
	if !e.Answered {
		say("\nin subnet %s it is not answered: %s", e.Subnet, e.Why)
		return
	}
	what := "an address of the pool"
	if e.Reserved.IsValid() {
		what = "its reserved address " + e.Reserved.String()
	}
	say("\nin subnet %s the box (%s) offers it %s with", e.Subnet, e.Server, what)
	for _, o := range e.Options {
		say("  %s = %s", option.Name(o.Code), option.Format(o))
	}
	header(w, e.Result)
	if len(e.Dropped) > 0 {
		say("  no room for options %v", e.Dropped)
	}
}

// header shows the BOOTP fields.
func header(w io.Writer, r option.Result) {
	if r.NextServer.IsValid() {
		fmt.Fprintf(w, "  next-server = %s\n", r.NextServer)
	}
	if r.Filename != "" {
		fmt.Fprintf(w, "  filename = %q\n", r.Filename)
	}
}

// Package dhcpctl is the command line of the DHCP server's rules
// (docs/dhcp.md): provbox dhcp explain, export and servers.
//
// Promises: explain and export work on the settings file and the built-in rules
// alone, without a running box, a store or a network; explain decides with the
// server's own code, so what it says is what a phone is answered. servers asks
// the LAN and takes no lease.
package dhcpctl

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/option"
)

// Env is what a command touches of the process around it. All fields are
// required.
type Env struct {
	Stdout, Stderr io.Writer
}

const usage = `usage: provbox dhcp explain [--mac MAC] [--vendor-class TEXT] [--user-class TEXT] ...
       provbox dhcp export --format isc|kea|dnsmasq ...
       provbox dhcp servers --interface NAME

explain says which vendor rule fires for a phone, why others do not, and what it
is sent. export prints the rules for another DHCP server. servers lists the DHCP
servers that answer on a LAN (as root, and not while ours listens there).
provbox dhcp COMMAND -h lists the flags; docs/dhcp.md has examples.
`

// usageError is a wrong command line; its text says what is wrong with it.
type usageError string

func (e usageError) Error() string { return string(e) }

// Run runs the command that args name and returns the exit status: 0, 1 for
// what went wrong, 2 for a wrong command line.
func Run(args []string, env Env) int {
	if len(args) == 0 {
		fmt.Fprint(env.Stderr, usage)
		return 2
	}
	var run func(*flag.FlagSet, []string, io.Writer) error
	switch args[0] {
	case "explain":
		run = explain
	case "export":
		run = export
	case "servers":
		run = servers
	case "help", "-h", "--help", "-help":
		fmt.Fprint(env.Stdout, usage)
		return 0
	default:
		fmt.Fprintf(env.Stderr, "provbox dhcp: unknown command %q\n%s", args[0], usage)
		return 2
	}
	flags := flag.NewFlagSet("provbox dhcp "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	err := run(flags, args[1:], env.Stdout)
	var wrong usageError
	var problems settings.Problems
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(env.Stdout, "usage of %s:\n", flags.Name())
		flags.SetOutput(env.Stdout)
		flags.PrintDefaults()
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(env.Stderr, "%s: %s\n", flags.Name(), wrong)
		return 2
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(env.Stderr, p)
		}
		return 1
	}
	fmt.Fprintf(env.Stderr, "%s: %v\n", flags.Name(), err)
	return 1
}

// parse reads the flags; no other arguments are taken.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError(err.Error())
	}
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("unexpected argument %q", flags.Arg(0)))
	}
	return nil
}

// site is the part of the flags that says whose rules and addresses hold.
type site struct {
	config, server, url, key string
}

func (s *site) flags(f *flag.FlagSet) {
	f.StringVar(&s.config, "config", "", "settings `file`; without one the built-in rules hold")
	f.StringVar(&s.server, "server", "", "`address` of the box on the phones' LAN")
	f.StringVar(&s.url, "url", "", "HTTP `URL` that phones are told; follows the settings or the address without")
	f.StringVar(&s.key, "key", "", "the tenant's provisioning `key`, for boxes with http_auth_strategy: url_key")
}

// standIn is the box's address when nobody says which it is (RFC 5737).
var standIn = netip.AddrFrom4([4]byte{192, 0, 2, 1})

// load reads the settings and makes the server's configuration of them; notes
// are what a reader must know of the values.
func (s *site) load() (cfg dhcp.Config, server netip.Addr, notes []string, err error) {
	set := settings.Default()
	if s.config != "" {
		if set, err = settings.Load(s.config); err != nil {
			return cfg, server, nil, err
		}
	}
	cfg = set.DHCP.Server()
	cfg.Mode = dhcp.ModeServer
	if s.server != "" {
		if server, err = netip.ParseAddr(s.server); err != nil || !server.Is4() {
			return cfg, server, nil, usageError(fmt.Sprintf("--server %q is not an IPv4 address", s.server))
		}
	}
	url, key := s.url, s.key
	if url == "" {
		url = set.General.AdvertisedHTTPURL
	}
	switch {
	case key != "":
		key = "/" + key
	case set.General.HTTPAuthStrategy == "url_key":
		key = "/KEY"
		notes = append(notes, "the URL has the tenant's provisioning key in it; KEY stands for it (--key)")
	}
	cfg.Values = func(_ netip.Prefix, ip netip.Addr) option.Values {
		base := strings.TrimSuffix(url, "/")
		if base == "" {
			base = "http://" + net.JoinHostPort(ip.String(), strconv.Itoa(set.General.HTTPPort))
		}
		return option.Values{URI: base + key, TFTPHost: ip.String(), TFTPIP: ip}
	}
	if !server.IsValid() {
		server = guess(set)
		if server == standIn {
			notes = append(notes, standIn.String()+" stands for the box's address (--server)")
		}
	}
	return cfg, server, notes, nil
}

// guess finds the box's address in the settings.
func guess(set *settings.Settings) netip.Addr {
	for _, i := range set.Network.Interfaces {
		p, err := netip.ParsePrefix(i.Address)
		if err != nil {
			continue
		}
		if len(set.DHCP.Interfaces) == 0 || set.DHCP.Interfaces[0].Name == i.Name {
			return p.Addr()
		}
	}
	return standIn
}

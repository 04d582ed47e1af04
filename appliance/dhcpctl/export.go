package dhcpctl

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"provbox/dhcp/option"
)

func export(flags *flag.FlagSet, args []string, w io.Writer) error {
	var s site
	s.flags(flags)
	format := flags.String("format", "", "the other DHCP `server`: "+strings.Join(option.Formats(), ", "))
	if err := parse(flags, args); err != nil {
		return err
	}
	if *format == "" {
		return usageError("--format is missing: one of " + strings.Join(option.Formats(), ", "))
	}
	cfg, server, _, err := s.load()
	if err != nil {
		return err
	}
	if server == standIn {
		return usageError("--server is missing: the address of the box on the phones' LAN, which the settings do not say")
	}
	rules := cfg.Rules
	if rules == nil {
		if rules, err = option.Builtin(); err != nil {
			return err
		}
	}
	text, err := rules.Export(*format, cfg.Values(netip.Prefix{}, server))
	if err != nil {
		return usageError(err.Error())
	}
	_, err = io.WriteString(w, text)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

package migrate

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
)

// Config is what the commands touch of the world.
type Config struct {
	Stdin          io.Reader // the answer to "go on?"
	Stdout, Stderr io.Writer
	// Getenv reads the environment, see provdclient.Flags; the source's token is in
	// PROVBOX_FROM_TOKEN.
	Getenv func(string) string
}

// errUsage is a wrong command line that has been explained already.
var errUsage = errors.New("usage")

// Import is the command "provbox import"; it returns the exit status: 0 if all was
// moved, 1 if something was not, 2 for a wrong command line.
func Import(ctx context.Context, args []string, cfg Config) int {
	return exit(cfg, "import", importState(ctx, args, cfg))
}

// Export is the command "provbox export".
func Export(ctx context.Context, args []string, cfg Config) int {
	return exit(cfg, "export", exportState(ctx, args, cfg))
}

func exit(cfg Config, name string, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintf(cfg.Stderr, "provbox %s: %s\n", name, terminal.Clean(err.Error()))
	return 1
}

func importState(ctx context.Context, args []string, cfg Config) error {
	flags := flag.NewFlagSet("provbox import", flag.ContinueOnError)
	flags.SetOutput(cfg.Stderr)
	flags.Usage = func() {
		fmt.Fprint(cfg.Stderr, `usage: provbox import [flags] DIR          from a wazo-provd's state directory, such as /var/lib/wazo-provd
       provbox import [flags] --from URL   from another provd: the configs that wazo-confd expects,
                                           and with --device or --all devices with their configs
Shows what it will do, asks, does it, and says what could not be moved.

`)
		flags.PrintDefaults()
	}
	var (
		to, from = provdclient.Flags(flags, cfg.Getenv), provdclient.FromFlags(flags, cfg.Getenv)
		devices  []string
		opt      Options
		all      = flags.Bool("all", false, "everything that the other provd has")
		yes      = flags.Bool("yes", false, "do not ask")
		dry      = flags.Bool("dry-run", false, "only show what would be done")
	)
	flags.Func("device", "the device with this `id or MAC address`, with its config and plugin; may be repeated", func(v string) error {
		devices = append(devices, v)
		return nil
	})
	flags.BoolVar(&opt.Replace, "replace", false, "overwrite what the box has with another content")
	flags.BoolVar(&opt.Firmware, "firmware", false, "install the firmware packages too")
	dir, err := oneArgument(flags, args)
	switch {
	case err != nil:
		return err
	case (dir == "") == (from.URL == ""):
		flags.Usage()
		return errUsage
	case *all && len(devices) > 0:
		return errors.New("--all and --device exclude each other")
	}
	var (
		source *State
		lost   []Problem
	)
	if dir != "" {
		source, lost, err = ReadDir(dir)
		*all = *all || len(devices) == 0
	} else {
		var peer *provdclient.Client
		if peer, err = from.Open(ctx); err != nil {
			return fmt.Errorf("source: %w", err)
		}
		source, lost, err = ReadPeer(ctx, peer)
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	notes := source.Notes
	switch {
	case len(devices) > 0:
		if source, err = source.ChooseDevices(devices); err != nil {
			return err
		}
	case !*all:
		source = source.ChooseBase()
	}
	box, err := to.Open(ctx)
	if err != nil {
		return err
	}
	plan, err := NewPlan(ctx, box, source, opt)
	if err != nil {
		return err
	}
	plan.Notes = append(notes, plan.Notes...)
	show(cfg.Stdout, plan)
	if len(plan.Steps) > 0 && !*dry {
		if !*yes && !confirmed(cfg) {
			return errors.New("nothing was changed; --yes goes on without asking")
		}
		n := 0
		err := plan.Apply(ctx, func(s Step, err error) {
			if n++; err != nil {
				fmt.Fprintf(cfg.Stderr, "failed: %s %s: %s\n", s.Action, terminal.Clean(s.What), terminal.Clean(err.Error()))
			} else if n%100 == 0 || n == len(plan.Steps) {
				fmt.Fprintf(cfg.Stderr, "%d of %d done\n", n, len(plan.Steps))
			}
		})
		if err != nil {
			return err
		}
	}
	return conclude(ctx, cfg, box, append(lost, plan.Problems()...))
}

// oneArgument parses flags before and after at most one argument.
func oneArgument(flags *flag.FlagSet, args []string) (string, error) {
	if err := flags.Parse(args); err != nil {
		return "", errUsage
	}
	if flags.NArg() == 0 {
		return "", nil
	}
	argument := flags.Arg(0)
	if err := flags.Parse(flags.Args()[1:]); err != nil {
		return "", errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(flags.Output(), "%s: unexpected argument %q\n", flags.Name(), flags.Arg(0))
		return "", errUsage
	}
	return argument, nil
}

// show prints what a plan does, by phase and action; what is few, by name.
func show(w io.Writer, p *Plan) {
	const named = 12
	type group struct {
		phase  Phase
		action string
	}
	var order []group
	names := make(map[group][]string)
	for _, s := range p.Steps {
		g := group{s.Phase, s.Action}
		if names[g] == nil {
			order = append(order, g)
		}
		names[g] = append(names[g], terminal.Clean(s.What))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, g := range order {
		list, n := names[g], len(names[g])
		if n > named {
			list = append(list[:named:named], fmt.Sprintf("and %d more", n-named))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\n", g.phase, g.action, n, strings.Join(list, ", "))
	}
	_ = t.Flush() // a closed terminal is nobody's problem
	for _, n := range p.Notes {
		fmt.Fprintln(w, "note:", terminal.Clean(n.String()))
	}
	fmt.Fprintf(w, "%d steps; %d things are there already\n", len(p.Steps), p.Same)
}

func confirmed(cfg Config) bool {
	fmt.Fprint(cfg.Stderr, "go on? [y/N] ")
	line, _ := bufio.NewReader(cfg.Stdin).ReadString('\n') // no answer is no
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

// conclude prints what was not moved, and what the box still lacks.
func conclude(ctx context.Context, cfg Config, box *provdclient.Client, lost []Problem) error {
	for _, l := range lost {
		fmt.Fprintln(cfg.Stdout, "not moved:", terminal.Clean(l.String()))
	}
	now, _, err := ReadPeer(ctx, box)
	if err != nil {
		return fmt.Errorf("see what the box has now: %w", err)
	}
	for _, n := range now.Missing() {
		fmt.Fprintf(cfg.Stdout, "the box has no config %q: %s\n", n.ID, n.Without)
	}
	if len(lost) > 0 {
		return fmt.Errorf("%d things were not moved", len(lost))
	}
	return nil
}

func exportState(ctx context.Context, args []string, cfg Config) error {
	flags := flag.NewFlagSet("provbox export", flag.ContinueOnError)
	flags.SetOutput(cfg.Stderr)
	flags.Usage = func() {
		fmt.Fprint(cfg.Stderr, `usage: provbox export [flags] DIR
Writes what the box knows as a wazo-provd's state directory into a new folder.

`)
		flags.PrintDefaults()
	}
	connection := provdclient.Flags(flags, cfg.Getenv)
	dir, err := oneArgument(flags, args)
	if err != nil {
		return err
	}
	if dir == "" {
		flags.Usage()
		return errUsage
	}
	box, err := connection.Open(ctx)
	if err != nil {
		return err
	}
	s, lost, err := ReadPeer(ctx, box)
	if err != nil {
		return fmt.Errorf("read what the box has: %w", err)
	}
	more, err := WriteDir(dir, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(cfg.Stdout, "%d devices, %d configs and %d plugins are in %s\n", len(s.Devices), len(s.Configs), len(s.Plugins), dir)
	for _, l := range append(lost, more...) {
		fmt.Fprintln(cfg.Stdout, "note:", terminal.Clean(l.String()))
	}
	return nil
}

// Package ctl is the command line for a box's REST API (spec/rest.md):
//
//	provbox ctl devices list --plugin wazo-yealink-v86
//	provbox ctl devices synchronize --model T46S
//	provbox ctl plugins install wazo-snom-10.1.215.13
//
// It uses only what the wazo-provd 0.2 API has, so that it drives a wazo-provd as
// well as a box.
//
// Promises: what a phone told the box is printed without its control characters;
// a change of several devices shows what it is about to do and asks first, unless
// told not to; the exit status is 0 only if everything that was asked for
// happened.
package ctl

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
)

// Config is what the commands touch of the world.
type Config struct {
	Stdin          io.Reader // answers to questions
	Stdout, Stderr io.Writer
	// Getenv reads the environment: PROVBOX_URL, PROVBOX_TOKEN, PROVBOX_TENANT.
	Getenv func(string) string
	// Terminal says that Stderr is a terminal, where a progress bar may move.
	Terminal bool
}

// command is one thing to do.
type command struct {
	name  string // "devices list"
	args  string
	short string
	run   func(context.Context, *session, []string) error
	// flags adds the command's own flags.
	flags func(*flag.FlagSet, *session)
}

// commands is the whole command line.
func commands() []command {
	return slices.Concat(deviceCommands(), configCommands(), pluginCommands(), paramCommands(), operationCommands())
}

// session is one run of a command.
type session struct {
	Config
	client  *provdclient.Client
	json    bool
	yes     bool
	sel     selection
	fields  string
	sort    string
	desc    bool
	offset  int
	limit   int
	content string // --file
	detach  bool
	quiet   bool // no progress: a caller shows its own
	answers *bufio.Reader
}

// errUsage is a wrong command line that has been explained already.
var errUsage = errors.New("usage")

// Run executes a command line without its leading "ctl" and returns the exit
// status: 0 for success, 1 for a failure, 2 for a wrong command line.
func Run(ctx context.Context, args []string, cfg Config) int {
	err := run(ctx, args, cfg)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage), errors.Is(err, flag.ErrHelp):
		return 2
	}
	fmt.Fprintln(cfg.Stderr, "provbox ctl:", terminal.Clean(err.Error()))
	return 1
}

func run(ctx context.Context, args []string, cfg Config) error {
	asks := func(word string) bool { return slices.Contains([]string{"help", "-h", "-help", "--help"}, word) }
	switch {
	case len(args) > 0 && asks(args[0]):
		usage(cfg.Stdout, "")
		return nil
	case len(args) == 2 && asks(args[1]) && group(args[0]):
		usage(cfg.Stdout, args[0]+" ")
		return nil
	}
	found, rest := find(args)
	if found == nil {
		explain(cfg.Stderr, args)
		return errUsage
	}
	s := &session{Config: cfg, answers: bufio.NewReader(cfg.Stdin)}
	flags := flag.NewFlagSet("provbox ctl "+found.name, flag.ContinueOnError)
	flags.SetOutput(cfg.Stderr)
	flags.Usage = func() {
		fmt.Fprintf(cfg.Stderr, "usage: provbox ctl %s %s\n%s.\n\n", found.name, found.args, found.short)
		flags.PrintDefaults()
	}
	connect := provdclient.Flags(flags, cfg.Getenv)
	flags.BoolVar(&s.json, "json", false, "print JSON as the API answers it")
	if found.flags != nil {
		found.flags(flags, s)
	}
	positional, err := parse(flags, rest)
	if err != nil {
		return errUsage
	}
	if s.client, err = connect.Open(ctx); err != nil {
		return err
	}
	return found.run(ctx, s, positional)
}

// parse allows flags after arguments, where people put them.
func parse(flags *flag.FlagSet, args []string) (positional []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return positional, nil
		}
		positional = append(positional, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// find returns the command that the arguments begin with.
func find(args []string) (*command, []string) {
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && slices.Equal(words, args[:len(words)]) {
			return &c, args[len(words):]
		}
	}
	return nil, nil
}

// group reports whether commands of two words begin with this one.
func group(word string) bool {
	return slices.ContainsFunc(commands(), func(c command) bool { return strings.HasPrefix(c.name, word+" ") })
}

// explain says what is wrong with a command line that begins with no command, in
// as many lines as that takes: what can follow a group's name is listed, all there
// is only on request.
func explain(w io.Writer, args []string) {
	const help = `"provbox ctl help" lists the commands`
	switch {
	case len(args) == 0:
		usage(w, "")
	case strings.HasPrefix(args[0], "-"):
		fmt.Fprintf(w, "provbox ctl: %s stands before the command; flags come after it, as in \"provbox ctl devices list --json\". %s.\n", terminal.Clean(args[0]), help)
	case !group(args[0]):
		fmt.Fprintf(w, "provbox ctl: unknown command %q; %s.\n", terminal.Clean(args[0]), help)
	default:
		if len(args) > 1 {
			fmt.Fprintf(w, "provbox ctl: unknown command %q\n", terminal.Clean(strings.Join(args[:2], " ")))
		}
		usage(w, args[0]+" ")
	}
}

// usage lists the commands that begin with a text.
func usage(w io.Writer, prefix string) {
	fmt.Fprintln(w, "usage: provbox ctl COMMAND [flags] [arguments]")
	t := newTable("", "", "")
	for _, c := range commands() {
		if strings.HasPrefix(c.name, prefix) {
			t.row("  "+c.name, c.args, c.short)
		}
	}
	t.print(w)
	fmt.Fprintln(w, `
Where the box is and who you are: --url, --token-file, --tenant, or the variables
PROVBOX_URL, PROVBOX_TOKEN and PROVBOX_TENANT. "provbox ctl COMMAND -h" shows a
command's flags.`)
}

// want checks the number of arguments.
func want(args []string, names ...string) error {
	if len(args) == len(names) {
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("unexpected argument %q", args[0])
	}
	return fmt.Errorf("want %d arguments (%s), got %d", len(names), strings.Join(names, " "), len(args))
}

// confirm asks before something that is hard to take back.
func (s *session) confirm(format string, args ...any) error {
	if s.yes {
		return nil
	}
	fmt.Fprintf(s.Stderr, format+" [y/N] ", args...)
	line, err := s.answers.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(s.Stderr)
		return errors.New("nothing was changed: nobody answered; --yes answers for you")
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		return errors.New("nothing was changed")
	}
	return nil
}

// Package pluginctl is the command line for those who write and publish plugin
// packages (docs/plugins.md): provbox plugin build, repo, key, render and check.
//
// Promises: it works on files alone, without a box, a store or a network; a package
// is handled exactly as a box handles it (unpacked by provd/plugin/repository, run
// by provd/plugin in the same sandbox), so what passes here installs there; output
// files are written whole or not at all; a source folder, an archive and a recording
// may come from a stranger.
package pluginctl

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// Env is what a command touches of the process around it. All fields are required.
type Env struct {
	Stdout, Stderr io.Writer
	// Getenv reads an environment variable: SOURCE_DATE_EPOCH, and PROVBOX_KEY_PASSWORD
	// for a key that has a password.
	Getenv func(name string) string
	Now    func() time.Time // dates signatures
}

// command is one subcommand.
type command struct {
	name  string
	args  string // for the usage line
	short string // one line
	long  string // the rest of its help
	run   func(ctx context.Context, c *command, env Env, args []string) error
}

func commands() []*command {
	return []*command{buildCommand(), repoCommand(), keyCommand(), renderCommand(), checkCommand()}
}

// errFailed ends a command with status 1 whose output said why.
var errFailed = errors.New("failed")

// usageError is a wrong command line; its text says what is wrong with it.
type usageError string

func (e usageError) Error() string { return string(e) }

// Run runs the command that args name and returns the exit status: 0, 1 for what
// went wrong or differs, 2 for a wrong command line.
func Run(ctx context.Context, args []string, env Env) int {
	if len(args) == 0 {
		fmt.Fprint(env.Stderr, usage())
		return 2
	}
	switch args[0] {
	case "-h", "--help", "-help":
		fmt.Fprint(env.Stdout, usage())
		return 0
	case "help":
		if len(args) == 1 {
			fmt.Fprint(env.Stdout, usage())
			return 0
		}
		args = []string{args[1], "-h"}
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.status(env, c.run(ctx, c, env, args[1:]))
		}
	}
	fmt.Fprintf(env.Stderr, "provbox plugin: unknown command %q\n\n%s", args[0], usage())
	return 2
}

func usage() string {
	var b strings.Builder
	b.WriteString("Build, publish, try and check plugin packages.\n\nusage:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  provbox plugin %-6s %s\n", c.name, c.args)
	}
	b.WriteString("\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-7s %s\n", c.name, c.short)
	}
	b.WriteString("\nprovbox plugin COMMAND -h explains a command; docs/plugins.md shows how they go together.\n")
	return b.String()
}

func (c *command) help() string {
	return fmt.Sprintf("usage: provbox plugin %s %s\n\n%s", c.name, c.args, c.long)
}

// status reports how a command ended.
func (c *command) status(env Env, err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errFailed) {
		return 1
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(env.Stdout, c.help())
		return 0
	}
	if wrong, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(env.Stderr, "provbox plugin %s: %s\nusage: provbox plugin %s %s\n", c.name, wrong, c.name, c.args)
		return 2
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(env.Stderr, "provbox plugin %s: %s\n", c.name, line)
	}
	return 1
}

// parse reads flags before, between and after the other arguments, which it returns.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	flags.SetOutput(io.Discard) // status reports
	var rest []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError(err.Error())
		}
		// What follows a "--" is no flag.
		if at := len(args) - flags.NArg(); at > 0 && args[at-1] == "--" {
			return append(rest, flags.Args()...), nil
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}

// parseOne is parse for a command with one argument.
func parseOne(flags *flag.FlagSet, args []string, what string) (string, error) {
	rest, err := parse(flags, args)
	switch {
	case err != nil:
		return "", err
	case len(rest) == 0:
		return "", usageError(what + " is missing")
	case len(rest) > 1:
		return "", usageError(fmt.Sprintf("one %s is taken, %q is too much", what, rest[1]))
	}
	return rest[0], nil
}

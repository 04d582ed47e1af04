// Command provbox is the phone-provisioning box: DHCP server, phone
// identification, plugins, HTTP and TFTP file plane, and the wazo-provd REST
// API in one program.
//
//	provbox serve --config FILE   run in the foreground until SIGTERM
//	provbox check --config FILE   print every problem of the settings
//	provbox plugin ...            write, publish and check plugin packages
//	provbox ctl ...               drive a box over its REST API
//	provbox import ...            take over a wazo-provd's state, or another box's
//	provbox export ...            write the state as a wazo-provd has it
//	provbox dhcp ...              explain and export the DHCP server's vendor rules
//	provbox version
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"provbox/appliance"
	"provbox/appliance/ctl"
	"provbox/appliance/dhcpctl"
	"provbox/appliance/migrate"
	"provbox/appliance/pluginctl"
	"provbox/appliance/settings"
)

// version is set by the linker (see the Makefile).
var version = "devel"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if len(os.Args) > 1 {
		if command, ok := operator[os.Args[1]]; ok {
			os.Exit(command(ctx, os.Args[2:]))
		}
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// operator are the commands that speak to a running box.
var operator = map[string]func(context.Context, []string) int{
	"ctl": func(ctx context.Context, args []string) int {
		return ctl.Run(ctx, args, ctl.Config{
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Terminal: isTerminal(os.Stderr),
		})
	},
	"import": func(ctx context.Context, args []string) int { return migrate.Import(ctx, args, migration()) },
	"export": func(ctx context.Context, args []string) int { return migrate.Export(ctx, args, migration()) },
}

func migration() migrate.Config {
	return migrate.Config{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}
}

// isTerminal reports whether a person may be watching.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

const usage = `usage: provbox serve --config FILE   run in the foreground
       provbox check --config FILE   print every problem of the settings
       provbox plugin COMMAND        build, publish, try and check plugin packages
       provbox ctl COMMAND           drive a box over its REST API; see provbox ctl help
       provbox import DIR            take over a wazo-provd's state directory, or --from URL
       provbox export DIR            write the box's state as a wazo-provd has it
       provbox dhcp COMMAND          explain and export the DHCP server's vendor rules
       provbox version
`

// run is main with everything it touches handed in; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	switch args[0] {
	case "version":
		fmt.Fprintln(stdout, "provbox", fullVersion())
		return 0
	case "check":
		_, err := load("check", args[1:], stderr)
		return report(err, stdout, stderr)
	case "serve":
		s, err := load("serve", args[1:], stderr)
		if err != nil {
			return report(err, stderr, stderr)
		}
		return report(serve(ctx, s, stderr), stderr, stderr)
	case "plugin":
		return pluginctl.Run(ctx, args[1:], pluginctl.Env{Stdout: stdout, Stderr: stderr, Getenv: os.Getenv, Now: time.Now})
	case "dhcp":
		return dhcpctl.Run(args[1:], dhcpctl.Env{Stdout: stdout, Stderr: stderr})
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usage)
		return 0
	}
	fmt.Fprintf(stderr, "provbox: unknown command %q\n%s", args[0], usage)
	return 2
}

// errUsage is a wrong command line, which the flag package has explained.
var errUsage = errors.New("usage")

// load reads the settings of a subcommand's --config flag; without one the
// defaults hold.
func load(command string, args []string, stderr io.Writer) (*settings.Settings, error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "", "settings `file`; without one the defaults hold")
	if err := flags.Parse(args); err != nil {
		return nil, errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "provbox %s: unexpected argument %q\n", command, flags.Arg(0))
		return nil, errUsage
	}
	if *file == "" {
		return settings.Default(), nil
	}
	return settings.Load(*file)
}

func serve(ctx context.Context, s *settings.Settings, stderr io.Writer) error {
	level := slog.LevelInfo
	if s.General.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	tune(log)
	s, err := appliance.Prepare(s, log)
	if err != nil {
		return err
	}
	return appliance.New(appliance.Options{Settings: s, Logger: log, Version: fullVersion()}).Run(ctx)
}

// report prints an error for a person and returns the exit status.
func report(err error, stdout, stderr io.Writer) int {
	var problems settings.Problems
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(stdout, p)
		}
	default:
		fmt.Fprintln(stderr, "provbox:", err)
	}
	return 1
}

// fullVersion is the version with the commit that was built.
func fullVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return version + " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return version
}

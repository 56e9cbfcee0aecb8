// Package cli is the command line: it reads flags, environment and the
// configuration file into one structure and runs the command that was asked for.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Version is set by the build; a build from a plain checkout says "devel".
var Version = "devel"

type root struct {
	Config configFlag `help:"Read settings from this TOML file: a table per command, keys as the flags. An unknown key is an error." placeholder:"FILE" env:"STILLWATCH_CONFIG"`

	Serve    serveCmd    `cmd:"" help:"Run the clinic: pages, monitor feed, record."`
	Demo     demoCmd     `cmd:"" help:"Run a demonstration clinic with six simulated patients."`
	Monitor  monitorCmd  `cmd:"" help:"Be a virtual bedside monitor and send HL7 v2 over MLLP."`
	Verify   verifyCmd   `cmd:"" help:"Walk every hash chain of a data directory and say what was found."`
	Rebuild  rebuildCmd  `cmd:"" help:"Fold the record into its projections again, or compare."`
	Backup   backupCmd   `cmd:"" help:"Copy a data directory to another place, while it is in use."`
	Restore  restoreCmd  `cmd:"" help:"Put a copy back into a new data directory, and verify it."`
	HL7      hl7Cmd      `cmd:"" name:"hl7" help:"Look at monitor messages."`
	Watch    watchCmd    `cmd:"" help:"Look at what alarms recorded numerics raise."`
	Library  libraryCmd  `cmd:"" help:"Look at the shipped clinical library."`
	Screen   screenCmd   `cmd:"" help:"Run the shipped rules of screening on one patient snapshot."`
	Kinetics kineticsCmd `cmd:"" help:"Solve published models of ketamine in the body. Information only."`
	Version  versionCmd  `cmd:"" help:"Say which build this is."`
}

const description = `Stillwatch is the record and second pair of eyes for clinics that give monitored, low-dose intravenous ketamine.

It records; it never commands a pump. The bedside monitor is the primary alarm. Not cleared or approved by any regulator.

Settings come from flags, from STILLWATCH_… variables and from the file named by --config, in that order.`

// env is what a command runs in.
type env struct {
	ctx    context.Context
	out    io.Writer
	errOut io.Writer
}

// errFailed makes the program end with status 1 after the command has
// already said why.
var errFailed = errors.New("failed")

// Main runs one command line and returns the exit status: 0 for success, 1
// when a check failed, 2 when the command could not run.
func Main(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, out, errOut)
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	status := -1
	var cli root
	parser, err := kong.New(&cli,
		kong.Name("stillwatch"), kong.Description(description),
		kong.Writers(out, errOut), kong.Exit(func(code int) { status = code }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "stillwatch:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if status >= 0 {
		return status
	}
	if err != nil {
		parser.FatalIfErrorf(err)
		return 2
	}
	if unknown := unknownVariables(parser.Model, os.Environ()); len(unknown) > 0 {
		_, _ = fmt.Fprintf(errOut, "stillwatch: no setting is called %s: see --help for the names\n", strings.Join(unknown, ", "))
		return 2
	}
	switch err := parsed.Run(&env{ctx: ctx, out: out, errOut: errOut}); {
	case errors.Is(err, errFailed):
		return 1
	case err != nil:
		_, _ = fmt.Fprintln(errOut, "stillwatch:", err)
		return 2
	}
	return 0
}

// configFlag loads the file before the other flags are resolved.
type configFlag string

// BeforeResolve adds the file's values to the resolvers.
func (c configFlag) BeforeResolve(app *kong.Kong, ctx *kong.Context, trace *kong.Path) error {
	path := string(ctx.FlagValue(trace.Flag).(configFlag))
	if path == "" {
		return nil
	}
	r, err := loadConfig(path)
	if err != nil {
		return err
	}
	if err := r.Validate(app.Model); err != nil {
		return err
	}
	ctx.AddResolver(r)
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "stillwatch", Version)
	return err
}

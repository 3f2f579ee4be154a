// Package cli is the command line: one file a command, which reads flags, calls
// the rooms that do the work, and puts what they return into words. Results go
// to standard output, all else to standard error.
//
// What a command does belongs in another package; how it is asked for, and how
// it answers a person or a program, belongs here.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"vapitap/record"
)

// Exit statuses.
const (
	exitFailed = 1 // the work could not be done
	exitUsage  = 2 // the command line is wrong
)

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef returns a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errSilent ends a command with status 1 where all has been said.
var errSilent = errors.New("")

// app is what the commands share: where they read and write, and the flags that
// all of them have.
type app struct {
	in       io.Reader
	out, err io.Writer
	style    style // of standard output
	errStyle style // of standard error
	db       string

	interrupts *interrupts // nil in tests of a part
}

// Main runs the command line and returns the exit status.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut, style: styleOf(out), errStyle: styleOf(errOut)}
	ctx, interrupts, stop := handleInterrupts(a.remark)
	defer stop()
	a.interrupts = interrupts
	root := a.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	var usage usageError
	wrong := errors.As(err, &usage)
	if wrong {
		err = namingVariables(cmd.Flags(), err)
	}
	if !errors.Is(err, errSilent) {
		a.sayError(err)
	}
	if wrong {
		return exitUsage
	}
	return exitFailed
}

// sayError writes an error for a person: what happened, and below it what to
// do, where the error has both.
func (a *app) sayError(err error) {
	what, hint, ok := strings.Cut(err.Error(), "\nhint: ")
	fmt.Fprintf(a.err, "%s %s\n", a.errStyle.failed("vapitap:"), what)
	if ok {
		fmt.Fprintf(a.err, "%s %s\n", a.errStyle.muted("hint:"), hint)
	}
}

// root returns the command line. The root command is also the one that
// forwards.
func (a *app) root() *cobra.Command {
	root := a.runCommand()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVar(&a.db, "db", defaultStore(), "the store's `FILE`")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags()) }
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(a.helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		a.demoCommand(),
		a.simulateCommand(),
		a.eventsCommand(),
		a.showCommand(),
		a.openCommand(),
		a.replayCommand(),
		a.saveCommand(),
		a.testCommand(),
		a.exportCommand(),
		a.verifyCommand(),
		a.attachCommand(),
		a.detachCommand(),
		a.doctorCommand(),
		a.importCommand(),
		a.clearCommand(),
		a.completionCommand(),
		a.versionCommand(),
	)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", fmt.Sprintf(".FlagUsagesWrapped %d ", a.style.helpWidth())))
	for _, cmd := range append(root.Commands(), root) {
		cmd.DisableFlagsInUseLine = true
		wrapArgs(cmd)
	}
	return root
}

// wrapArgs makes a wrong number of arguments a mistake of usage.
func wrapArgs(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		var usage usageError
		if err == nil || errors.As(err, &usage) {
			return err
		}
		return usagef("%w\nhint: %s", err, "vapitap "+cmd.Name()+" --help")
	}
}

// fromVariable is the annotation of a flag that was set from the environment,
// with the name of the variable.
const fromVariable = "vapitap-variable"

// fromEnvironment sets each flag that was not given from VAPITAP_ and its name,
// where that is set.
func fromEnvironment(flags *pflag.FlagSet) error {
	var wrong error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "VAPITAP_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || value == "" || f.Changed || wrong != nil || f.Name == "help" {
			return
		}
		var invalid *pflag.InvalidValueError
		switch err := flags.Set(f.Name, value); {
		case errors.As(err, &invalid):
			wrong = usageError{invalidValue(name, "=", invalid)}
		case err != nil:
			wrong = usagef("%s: %w", name, err)
		default:
			flags.SetAnnotation(f.Name, fromVariable, []string{name})
		}
	})
	return wrong
}

// defaultStore is the store's file where none is named.
func defaultStore() string { return filepath.Join(xdg.StateHome, "vapitap", "vapitap.db") }

// openStore opens the store to write to it.
func (a *app) openStore(options record.Options) (*record.Store, error) {
	return record.Open(a.db, options)
}

// readStore opens the store for a command that only looks.
func (a *app) readStore() (*record.Store, error) {
	return record.Open(a.db, record.Options{ReadOnly: true, Notify: func(sentence string) { a.remark(sentence, "") }})
}

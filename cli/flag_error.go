package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"vapitap/internal/nearest"
	"vapitap/internal/plain"
)

// What pflag finds wrong with flags, in our words.

// flagError says what is wrong with a flag on the command line.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		return usageError{unknownFlag(cmd, unknown)}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return usageError{invalidValue("--"+invalid.GetFlag().Name, " ", invalid)}
	}
	return usageError{err}
}

// invalidValue says what a flag wants in place of the value that it was given by
// name; between stands between the two.
func invalidValue(name, between string, invalid *pflag.InvalidValueError) error {
	cause := invalid.Unwrap()
	want := map[string]string{"bool": "want true or false", "int": "want a whole number", "float64": "want a number"}[invalid.GetFlag().Value.Type()]
	if want == "" && cause != nil && strings.HasPrefix(cause.Error(), "want ") {
		want = cause.Error()
	}
	if want == "" { // the cause says what it is about, or hides what is secret of it
		return fmt.Errorf("%s: %w", name, cause)
	}
	return fmt.Errorf("%s%s%s: %s", name, between, plain.Text(shellWord(short(invalid.GetValue()))), want)
}

// unknownFlag says that there is no such flag, and which flag or command is near.
func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	if strings.EqualFold(name, "v") {
		name = "version" // which is what -v asks of many programs
	}
	commands := commandNames(cmd.Root())
	if slices.Contains(commands, name) {
		return fmt.Errorf("%w; did you mean vapitap %s?", unknown, name)
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if word := nearest.Word(name, known); word != "" {
		return fmt.Errorf("%w; did you mean --%s?", unknown, word)
	}
	return fmt.Errorf("%w\nhint: %s --help lists them", unknown, cmd.CommandPath())
}

// namingVariables adds to a mistake of usage which of the flags that it names
// came from the environment, where nobody looks for them.
func namingVariables(flags *pflag.FlagSet, err error) error {
	what, hint, hinted := strings.Cut(err.Error(), "\nhint: ")
	var from []string
	flags.Visit(func(f *pflag.Flag) {
		if variable := f.Annotations[fromVariable]; variable != nil && mentions(what, "--"+f.Name) {
			from = append(from, variable...)
		}
	})
	if from == nil {
		return err
	}
	what += " (from " + strings.Join(from, ", ") + ")"
	if hinted {
		what += "\nhint: " + hint
	}
	return errors.New(what)
}

// mentions reports whether text has the flag, and not only one that begins so.
func mentions(text, flag string) bool {
	for {
		_, after, found := strings.Cut(text, flag)
		if !found {
			return false
		}
		if next := cmp.Or(after, " ")[0]; next != '-' && (next < 'a' || next > 'z') {
			return true
		}
		text = after
	}
}

package cli

import (
	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
)

// helpCommand is vapitap help [COMMAND].
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:                   "help [COMMAND]",
		Short:                 "say what vapitap or one of its commands does",
		DisableFlagsInUseLine: true,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			of, unknown, err := root.Find(args)
			if err != nil || of == root && len(unknown) > 0 {
				return noHelp(root, args[0])
			}
			of.InitDefaultHelpFlag() // else it is not listed
			return of.Help()
		},
	}
}

// noHelp says that a word is no command, and which one is near.
func noHelp(root *cobra.Command, word string) error {
	if near := nearest.Word(word, commandNames(root)); near != "" {
		return usagef("unknown command %q; did you mean vapitap help %s?", short(word), near)
	}
	return usagef("unknown command %q\nhint: vapitap --help lists them", short(word))
}

// commandNames are the words that can stand behind vapitap.
func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

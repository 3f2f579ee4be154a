package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// shells are those that completion writes a script for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionCommand is vapitap completion SHELL.
func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "print the script that makes a shell complete vapitap's commands",
		Long: `completion prints the script that makes a shell complete commands, flags, the
terms of filters, and ids with what they are. To load it each time a shell starts:

  bash        echo 'source <(vapitap completion bash)' >> ~/.bashrc
              (with the package bash-completion)
  zsh         echo 'source <(vapitap completion zsh)' >> ~/.zshrc
              (after compinit)
  fish        vapitap completion fish > ~/.config/fish/completions/vapitap.fish
  powershell  add to $PROFILE: vapitap completion powershell | Out-String | Invoke-Expression`,
		Args:      knownShell,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.out, true)
			case "zsh":
				return root.GenZshCompletion(a.out)
			case "fish":
				return root.GenFishCompletion(a.out, true)
			}
			return root.GenPowerShellCompletionWithDesc(a.out)
		},
	}
}

// knownShell takes the name of one shell.
func knownShell(_ *cobra.Command, args []string) error {
	switch {
	case len(args) != 1:
		return usagef("name one shell: %s", strings.Join(shells, ", "))
	case slices.Contains(shells, args[0]):
		return nil
	}
	if near := nearest.Word(args[0], shells); near != "" {
		return usagef("no completion for %q; did you mean %s?", short(args[0]), near)
	}
	return usagef("no completion for %q; there are %s", short(args[0]), strings.Join(shells, ", "))
}

// newest is how many exchanges are looked at for completions.
const newest = 50

// completeFilter completes the last term of a filter: names, and the values that
// are known or were recorded lately.
func (a *app) completeFilter(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	term := strings.TrimLeft(word, "!-")
	negation := word[:len(word)-len(term)]
	name, _, isValue := strings.Cut(term, ":")
	if !isValue {
		return startingWith(term, negation, filterWords(unknownTerm)), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	prefix := name + ":"
	var values []string
	for _, value := range a.filterValues(cmd, strings.ToLower(name)) {
		values = append(values, prefix+value)
	}
	return startingWith(term, negation, values), cobra.ShellCompDirectiveNoFileComp
}

// unknownTerm is a filter with a term that there is not.
const unknownTerm = "x:"

// filterWords returns what can stand where wrong has an unknown word: the filter
// language is asked, so that there is one list of its words.
func filterWords(wrong string) []string {
	var e *record.FilterError
	if _, err := record.ParseFilter(wrong); errors.As(err, &e) {
		return e.Known
	}
	return nil
}

// filterValues returns the values of a term that can be told.
func (a *app) filterValues(cmd *cobra.Command, name string) []string {
	var values []string
	each := func(of func(*record.Exchange) []string) []string {
		for _, e := range a.lately(cmd) {
			for _, v := range of(&e) {
				if v != "" && plain.Text(v) == v && !strings.ContainsAny(v, " |\"'") && !slices.Contains(values, v) {
					values = append(values, v)
				}
			}
		}
		return values
	}
	switch name {
	case "type":
		for _, t := range vapi.Types() {
			if !strings.ContainsAny(t.Name, `["`) {
				values = append(values, t.Name)
			}
		}
		return values
	case "session":
		values = append(values, lastSession)
		return each(func(e *record.Exchange) []string { return []string{e.Session} })
	case "call":
		return each(func(e *record.Exchange) []string { return []string{e.CallID} })
	case "tool":
		return each(func(e *record.Exchange) []string { return e.ToolNames })
	case "check":
		return each(checkCodes)
	}
	if !slices.Contains(filterWords(unknownTerm), name+":") {
		return nil
	}
	return filterWords(name + ":?")
}

func checkCodes(e *record.Exchange) []string {
	var codes []string
	for _, c := range e.Checks {
		codes = append(codes, c.Code)
	}
	return codes
}

// completeID completes the id of one exchange.
func (a *app) completeID(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeIDs(cmd, args, word)
}

// completeIDs completes ids of exchanges, the newest first, with what they were.
func (a *app) completeIDs(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const width = 60
	var ids []cobra.Completion
	for _, e := range slices.Backward(a.lately(cmd)) {
		if id := fmt.Sprint(e.ID); strings.HasPrefix(id, word) {
			what := strings.Join(present(cmp.Or(e.Type, e.Method), cmp.Or(e.Summary, e.Path)), " ")
			ids = append(ids, cobra.CompletionWithDesc(id, ansi.Truncate(plain.Text(what), width, "…")))
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// lately returns the newest exchanges of the store, oldest first; none where it
// cannot be read, since a completion is no place for errors.
func (a *app) lately(cmd *cobra.Command) []record.Exchange {
	if fromEnvironment(cmd.Flags()) != nil {
		return nil
	}
	store, err := a.readStore()
	if err != nil {
		return nil
	}
	defer store.Close()
	list, err := store.List(cmd.Context(), record.Query{Limit: newest})
	if err != nil {
		return nil
	}
	return list
}

// startingWith returns the words that begin with what was typed, with prefix
// before each.
func startingWith(typed, prefix string, words []string) []cobra.Completion {
	var matching []cobra.Completion
	for _, word := range words {
		if strings.HasPrefix(word, typed) {
			matching = append(matching, prefix+word)
		}
	}
	return matching
}

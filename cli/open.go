package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui"
	"vapitap/vapi/auth"
)

// openOptions are the flags of open.
type openOptions struct {
	auth       authFlags
	skipVerify bool

	keys *auth.Keyring
}

// openCommand is vapitap open [SESSION].
func (a *app) openCommand() *cobra.Command {
	var o openOptions
	cmd := &cobra.Command{
		Use:   "open [SESSION]",
		Short: "look at a recorded session",
		Long: `open shows a session that was recorded, in the terminal interface: the last one
that has anything in it, or SESSION: last, or an id or how it begins. Nothing is
forwarded meanwhile. What is replayed is sent to the server that it was forwarded
to, and recorded.`,
		Example: `  vapitap open
  vapitap open 20261123T140200-4f2a`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeSession,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.keys, err = o.auth.keyring(); err != nil {
				return err
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return a.open(cmd.Context(), o, name)
		},
	}
	flags := cmd.Flags()
	o.auth.add(flags)
	flags.BoolVar(&o.skipVerify, "skip-verify", false, "accept any certificate of the server that is replayed to")
	return cmd
}

// open shows a session until somebody quits.
func (a *app) open(ctx context.Context, o openOptions, name string) error {
	existing, err := a.readStore() // else one would be made
	if err != nil {
		return err
	}
	existing.Close()
	notices := a.notices()
	defer notices.close()
	store, err := a.openStore(record.Options{Notify: notices.say})
	if err != nil {
		return err
	}
	defer store.Close()
	session, err := sessionToOpen(ctx, store, name)
	if err != nil {
		return err
	}
	if !a.canShow() {
		return errors.New("open needs a terminal for input and output\nhint: vapitap events --session " + session.ID + " lists the session anywhere")
	}
	sender := newTUISender(store, tuiSenderOptions{keys: o.keys, auth: o.auth, skipVerify: o.skipVerify})
	defer sender.close()
	err = a.showTUI(ctx, notices, tui.Options{
		Store: store, Session: session.ID, Recorded: true, Place: tui.Place{Target: session.Target},
		Concerns: sender.concerns, Sender: sender,
	})
	return errors.Join(err, store.Close())
}

// sessionToOpen returns the session that is called so, or for the empty name and
// last the last that has anything in it.
func sessionToOpen(ctx context.Context, store *record.Store, name string) (record.Session, error) {
	sessions, err := store.Sessions(ctx)
	if err != nil {
		return record.Session{}, err
	}
	if name != "" && !strings.EqualFold(name, lastSession) {
		id, err := findSession(sessions, name)
		if err != nil {
			return record.Session{}, usageError{err}
		}
		return sessions[slices.IndexFunc(sessions, func(s record.Session) bool { return s.ID == id })], nil
	}
	for _, s := range slices.Backward(sessions) {
		if s.Exchanges > 0 {
			return s, nil
		}
	}
	return record.Session{}, errors.New("there is nothing recorded yet in " + store.Path() + "\nhint: " + howToRecord)
}

// completeSession completes the id of a session, the newest first.
func (a *app) completeSession(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	if len(args) > 0 || fromEnvironment(cmd.Flags()) != nil {
		return nil, directive
	}
	store, err := a.readStore()
	if err != nil {
		return nil, directive
	}
	defer store.Close()
	sessions, err := store.Sessions(cmd.Context())
	if err != nil {
		return nil, directive
	}
	matching := startingWith(word, "", []string{lastSession})
	for _, s := range slices.Backward(sessions) {
		if strings.HasPrefix(s.ID, word) && s.Exchanges > 0 {
			matching = append(matching, cobra.CompletionWithDesc(s.ID, plain.Text(s.Command)+", "+count(s.Exchanges, "exchange")))
		}
	}
	return matching, directive
}

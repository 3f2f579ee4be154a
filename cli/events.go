package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"vapitap/internal/plain"
	"vapitap/record"
)

// eventsOptions are the flags of events.
type eventsOptions struct {
	limit   int
	follow  bool
	session string
	json    bool
}

// defaultLimit is how many exchanges are listed where nothing else is asked.
const defaultLimit = 50

// eventsCommand is vapitap events [FILTER].
func (a *app) eventsCommand() *cobra.Command {
	o := eventsOptions{limit: defaultLimit}
	cmd := &cobra.Command{
		Use:   "events [FILTER]",
		Short: "list exchanges",
		Long: `events lists what was recorded, oldest first: the newest 50, of all sessions,
unless flags say otherwise.

FILTER is one or more terms, all of which must hold: type:tool-calls is:failed
status:5xx tool:get_weather slow:>2s body:"two words" call:4f2a. Several values
are separated by |, * stands for anything at either end, and ! before a term
negates it (so does - after --). id:12-18 is by id, call:last the last call and
session:last the last session. A word alone, also a number, is looked for in
summary, type, path and call id.`,
		Example: `  vapitap events is:failed
  vapitap events 'type:tool-calls|assistant-request' --follow
  vapitap events '!type:transcript' --session last --limit 0
  vapitap events --json is:failed | jq .checks`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeFilter,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.events(cmd.Context(), o, args)
		},
	}
	flags := cmd.Flags()
	flags.VarP((*countValue)(&o.limit), "limit", "n", "list the newest `N`; 0 lists all")
	flags.BoolVar(&o.follow, "follow", false, "go on with what comes, until Ctrl-C")
	flags.StringVar(&o.session, "session", "", "only of this `SESSION`: last, or an id or how it begins")
	flags.BoolVar(&o.json, "json", false, "one JSON object a line")
	cmd.SetFlagErrorFunc(negativeTermError)
	return cmd
}

// negativeTermError is for a filter's -type:x, and for -20, which read as flags:
// it says how to write them.
func negativeTermError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return flagError(cmd, err)
	}
	switch word := unknown.GetSpecifiedShortnames(); {
	case isDigits(word):
		return usagef("%w\nhint: write 'id:<=%s' for the exchanges up to it, '!id:%[2]s' for all others", err, word)
	case strings.Contains(word, ":"):
		return usagef("%w\nhint: to leave out what a term picks write ! before it, such as '!type:transcript', or -- before the filter", err)
	}
	return flagError(cmd, err)
}

// events lists what the filter picks, and follows what comes where that is asked.
func (a *app) events(ctx context.Context, o eventsOptions, args []string) error {
	filter, err := record.ParseFilter(strings.Join(args, " "))
	if err != nil {
		return usageError{err}
	}
	store, err := a.storeToList(o.follow)
	if errors.Is(err, fs.ErrNotExist) {
		a.remark("nothing is recorded yet in "+a.db, howToRecord)
		return nil
	}
	if err != nil {
		return err
	}
	defer store.Close()
	q, err := eventsQuery(ctx, store, o, filter)
	if err != nil {
		return err
	}
	l := a.listing(o.json)
	if o.follow {
		a.sayTextMeant(filter)
		return a.follow(ctx, store, q, l)
	}
	err = a.list(ctx, store, q, l)
	switch {
	case ctx.Err() != nil:
		a.remark("interrupted; not everything was listed", "")
		return nil
	case err == nil && l.empty():
		return a.sayNothing(ctx, store, q)
	case err == nil:
		a.sayTextMeant(filter)
	}
	return err
}

// list writes what q picks to l.
func (a *app) list(ctx context.Context, store *record.Store, q record.Query, l *listing) error {
	list, err := a.search(ctx, store, q)
	if err != nil {
		return err
	}
	for i := range list {
		if err := l.add(&list[i]); err != nil {
			return err
		}
	}
	return l.flush()
}

// follow lists what q picks and goes on with what comes until ctx ends.
func (a *app) follow(ctx context.Context, store *record.Store, q record.Query, l *listing) error {
	watcher := store.Watch(false) // before the list is read, so that nothing is missed between the two
	defer watcher.Close()
	err := a.list(ctx, store, q, l)
	if err == nil {
		if l.empty() {
			a.remark(whatIsMissing(q)+" yet; waiting, Ctrl-C ends it", mistyped(q.Filter))
		}
		err = l.follow(ctx, store, watcher, q)
	}
	if ctx.Err() != nil {
		return nil // what was cut off by that is no failure
	}
	return err
}

// howToRecord is what to do where there is nothing to list.
const howToRecord = "vapitap forwards to your server and records; vapitap demo needs nothing set up"

// storeToList opens the store for reading. To follow what comes, one that cannot
// be read, because it is not there yet or is just being made, is made first.
func (a *app) storeToList(follow bool) (*record.Store, error) {
	store, err := a.readStore()
	if err == nil || !follow {
		return store, err
	}
	made, err := a.openStore(record.Options{})
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	return a.readStore()
}

// eventsQuery is what the flags and the filter ask of the store.
func eventsQuery(ctx context.Context, store *record.Store, o eventsOptions, filter *record.Filter) (record.Query, error) {
	q := record.Query{Filter: filter, Limit: o.limit}
	if o.session != "" {
		sessions, err := store.Sessions(ctx)
		if err == nil {
			q.Session, err = findSession(sessions, o.session)
		}
		if err != nil {
			return q, err
		}
	}
	var err error
	q.Filter, err = store.ResolveLast(ctx, filter)
	return q, err
}

// lastSession names the session that began last.
const lastSession = "last"

// findSession returns the id of the session that is called so: last, an id, or
// the beginning of one that no other has. Of no sessions the last is the empty
// one, which stands for all.
func findSession(sessions []record.Session, name string) (string, error) {
	var matching []record.Session
	for _, s := range sessions {
		if s.ID == name {
			return s.ID, nil
		}
		if strings.HasPrefix(s.ID, name) {
			matching = append(matching, s)
		}
	}
	switch {
	case strings.EqualFold(name, lastSession):
		if len(sessions) == 0 {
			return "", nil
		}
		return sessions[len(sessions)-1].ID, nil
	case len(matching) == 1:
		return matching[0].ID, nil
	case len(matching) > 1:
		return "", fmt.Errorf("%d sessions begin with %s: %s", len(matching), strconv.Quote(short(name)), sessionNames(matching))
	case len(sessions) == 0:
		return "", fmt.Errorf("no session begins with %s; the store has none\nhint: %s", strconv.Quote(short(name)), howToRecord)
	}
	return "", fmt.Errorf("no session begins with %s; there are: %s", strconv.Quote(short(name)), sessionNames(sessions))
}

// sessionNames names the last five sessions.
func sessionNames(sessions []record.Session) string {
	const most = 5
	left := max(0, len(sessions)-most)
	var names []string
	for _, s := range slices.Backward(sessions[left:]) {
		names = append(names, s.ID)
	}
	if left > 0 {
		names = append(names, fmt.Sprintf("and %d earlier", left))
	}
	return strings.Join(names, ", ")
}

// search returns what q picks, oldest first. While that takes long, it says so
// on a terminal.
func (a *app) search(ctx context.Context, store *record.Store, q record.Query) ([]record.Exchange, error) {
	if onTerminal(a.err) {
		defer a.showProgress("searching")()
	}
	return store.List(ctx, q)
}

// showProgress says on standard error what takes longer than a second, until the
// function that it returns is called.
func (a *app) showProgress(what string) (stop func()) {
	const toLineStart, eraseLine = "\r", "\x1b[K"
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		start := time.Now()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for said := false; ; said = true {
			select {
			case now := <-tick.C:
				fmt.Fprintf(a.err, "%s%s for %s; Ctrl-C ends it%s", toLineStart, what, now.Sub(start).Round(time.Second), eraseLine)
			case <-quit:
				if said {
					fmt.Fprint(a.err, toLineStart+eraseLine)
				}
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

// sayNothing says what was looked for where nothing was found.
func (a *app) sayNothing(ctx context.Context, store *record.Store, q record.Query) error {
	_, newest, err := store.Span(ctx)
	if err != nil {
		return err
	}
	if newest == 0 {
		a.remark("nothing is recorded yet in "+a.db, howToRecord)
		return nil
	}
	a.remark(whatIsMissing(q), whatWasMeant(q.Filter))
	return nil
}

// whatIsMissing says that there is nothing of what q asks for.
func whatIsMissing(q record.Query) string {
	what := "nothing is recorded"
	if len(q.Filter.Terms()) > 0 {
		what = "nothing matches " + plain.Text(q.Filter.String())
	}
	if q.Session != "" {
		what += " in session " + q.Session
	}
	return what
}

// nothingPicked is the error of a command that needs something that q picks.
func nothingPicked(q record.Query) error {
	return fmt.Errorf("%s\nhint: %s", whatIsMissing(q), cmp.Or(whatWasMeant(q.Filter), "vapitap events lists what is recorded"))
}

// countValue is a number of exchanges, 0 for all.
type countValue int

func (v *countValue) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return errors.New("want a number such as 50, or 0 for all")
	}
	*v = countValue(n)
	return nil
}

func (v *countValue) String() string { return strconv.Itoa(int(*v)) }

// Type is what help shows in place of the value.
func (v *countValue) Type() string { return "N" }

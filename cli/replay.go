package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi/auth"
)

// replayOptions are the flags of replay.
type replayOptions struct {
	call        string
	to          url.URL // without a host where it is not given
	set         []string
	edit        bool
	diff        bool
	times       int
	untilChange bool
	watch       bool
	pace        paceOptions
	skipVerify  bool
	auth        authFlags
	json        bool

	keys  *auth.Keyring
	paced bool // with the pauses of the recording
}

// mostTries is how often --until-change sends at most where --times says
// nothing.
const mostTries = 1000

// replayCommand is vapitap replay ID....
func (a *app) replayCommand() *cobra.Command {
	o := replayOptions{times: 1, pace: paceOptions{speed: 1}}
	cmd := &cobra.Command{
		Use:   "replay ID...",
		Short: "send recorded exchanges again",
		Long: `replay sends recorded requests again, to the server they were forwarded to or to
the one that --to names, and records what comes of it. Method, headers and body
are those that were recorded, but for headers that belong to a connection. A URL
with a path sends all of them to that path; without one each keeps its own. What
the demo recorded goes to the demo's own server, which is started for it.

--set PATH=VALUE changes the body before: VALUE is JSON where it can be read as
JSON, else a string; PATH:=VALUE wants JSON, PATH=@FILE reads a file. All shapes
of a tool call are changed together. Of a call (--call), those messages are
changed that have the path. --edit opens the body of one exchange in $VISUAL,
$EDITOR or vi, and sends what is left in it; where nothing was changed nothing is
sent, and the status is 1.

With --secret, a request whose recorded signature was made with it is signed
again for what is sent, with the time of sending; edited JSON stays as
JSON.stringify writes it where it was.

--until-change sends until a reply is another one than the one before, the
recorded one first, or with --set the first that comes. --watch sends again each
time nothing has listened at the server's port for a moment and something does
again; where a reloader keeps the port open meanwhile, that is not seen.`,
		Example: `  vapitap replay 41 --diff
  vapitap replay 41 --to localhost:4000
  vapitap replay 41 --set message.toolCallList[0].function.arguments.city=Bergen
  vapitap replay 41 --edit
  vapitap replay 41 --watch
  vapitap replay --call 0f1e2d3c-... --speed 4`,
		ValidArgsFunction: a.completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paced = o.call != "" || cmd.Flags().Changed("speed")
			if o.untilChange && !cmd.Flags().Changed("times") {
				o.times = mostTries
			}
			ids, set, err := o.check(args)
			if err != nil {
				return usageError{err}
			}
			if o.keys, err = o.auth.keyring(); err != nil {
				return err
			}
			return a.replay(cmd.Context(), o, ids, set)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.call, "call", "", "all exchanges of the call `CALLID` in order, with the pauses they came with; last is the last call")
	flags.Var((*targetValue)(&o.to), "to", "send to this server")
	flags.StringArrayVar(&o.set, "set", nil, "change the body before sending, as `PATH=VALUE`; may be given again")
	flags.BoolVar(&o.edit, "edit", false, "edit the body in $VISUAL, $EDITOR or vi before sending")
	flags.BoolVar(&o.diff, "diff", false, "say how each reply differs from the recorded one")
	flags.IntVar(&o.times, "times", 1, "send `N` times")
	flags.BoolVar(&o.untilChange, "until-change", false, fmt.Sprintf("send until a reply changes, --times or %d times at most", mostTries))
	flags.BoolVar(&o.watch, "watch", false, "send again each time the server comes back, until Ctrl-C")
	o.pace.add(flags)
	flags.BoolVar(&o.skipVerify, "skip-verify", false, "accept any certificate of the server")
	o.auth.add(flags)
	flags.BoolVar(&o.json, "json", false, "one JSON object a line")
	return cmd
}

// check reads the arguments and refuses flags that contradict each other.
func (o *replayOptions) check(args []string) (ids []int64, set []jsonpath.Assignment, err error) {
	switch {
	case o.call == "" && len(args) == 0:
		return nil, nil, errors.New("which exchange?\nhint: vapitap events lists them with their ids: vapitap replay ID, or --call CALLID for a whole call")
	case o.call != "" && len(args) > 0:
		return nil, nil, fmt.Errorf("--call %s is a whole call and %s an exchange; give one", short(o.call), short(args[0]))
	case o.times < 1:
		return nil, nil, fmt.Errorf("--times %d: want 1 or more", o.times)
	case o.watch && o.untilChange:
		return nil, nil, errors.New("--watch and --until-change: the one sends when the server comes back, the other at once; give one")
	}
	if err := o.pace.check(); err != nil {
		return nil, nil, err
	}
	if ids, err = ParseIDs(args); err != nil {
		return nil, nil, hintAtLastCall(args, err, "vapitap replay --call last sends the last call again")
	}
	if err := o.checkEdit(ids); err != nil {
		return nil, nil, err
	}
	for _, text := range o.set {
		assignment, err := jsonpath.ParseAssignment(text, os.ReadFile)
		if err != nil {
			return nil, nil, fmt.Errorf("--set %w", err)
		}
		set = append(set, assignment)
	}
	return ids, set, nil
}

// server returns what --to names; nil for nothing.
func (o *replayOptions) server() *url.URL {
	if o.to.Host == "" {
		return nil
	}
	return &o.to
}

// replay sends what is asked for and says what comes of it.
func (a *app) replay(ctx context.Context, o replayOptions, ids []int64, set []jsonpath.Assignment) error {
	store, err := a.storeToReplay()
	if err != nil {
		return err
	}
	defer store.Close()
	r := &replaying{app: a, o: o, store: store, ids: ids, set: set}
	defer r.close()
	if err = r.leaveOutMissing(ctx); err == nil {
		err = r.run(ctx)
	}
	r.sayRecorded()
	if err == nil && r.failed {
		err = errSilent
	}
	return errors.Join(err, store.Close())
}

// leaveOutMissing leaves out, of several ids, those that there are not, and says
// which: a run of them at once, and before anything is sent. It is an error where
// none is left, or where all have to be there.
func (r *replaying) leaveOutMissing(ctx context.Context) error {
	if len(r.ids) < 2 {
		return nil
	}
	var there []int64
	missing, err := eachThere(ctx, r.store, r.ids, func(e *record.Exchange) { there = append(there, e.ID) })
	if err != nil {
		return err
	}
	r.ids = there
	err = r.sayMissing(ctx, r.store, missing)
	r.failed = err != nil
	if len(there) > 0 && !r.o.watch {
		return nil
	}
	return err
}

// storeToReplay opens the store to write to it, where there is one.
func (a *app) storeToReplay() (*record.Store, error) {
	if _, err := os.Stat(a.db); err != nil {
		return a.readStore() // it says what is wrong
	}
	notify := func(sentence string) { a.remark(sentence, "") }
	return a.openStore(record.Options{Notify: notify})
}

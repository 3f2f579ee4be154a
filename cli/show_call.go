package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
)

// aboutCalls is what help says of --call.
const aboutCalls = `--call shows a whole call: what happened when, who said what, each tool call
with what Vapi took of its result, how long each turn took, what it cost, what
failed and what ended it, as far as it was recorded. Replays and tests are left
out. With --json that is one object:

  callId type customer number assistant status startedAt endedAt durationSeconds
  endedReason endedReasonText cost costBreakdown summary recordingUrl
  cause         text, advice, exchange, likely, checks
  exchanges     each as vapitap events --json prints it
  conversation  role, text, offsetMs, exchange
  toolCalls     as of one exchange, and exchange, durationMs, redeliveryOf
  turns         n, offsetMs, endpointingMs, transcriberMs, modelMs, serverMs,
                voiceMs, totalMs, estimated
  failed        ids
  leftOut, beganEarlier`

// completeCall completes the ids of calls.
func (a *app) completeCall(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return startingWith(word, "", append([]string{lastCall}, a.filterValues(cmd, "call")...)), cobra.ShellCompDirectiveNoFileComp
}

// checkCall refuses the id of an exchange, and flags that say which part of one
// to show, where a call is shown.
func (o *showOptions) checkCall(args []string) error {
	if len(args) > 0 {
		return usagef("--call %s is a whole call and %s an exchange; give one", short(o.call), short(args[0]))
	}
	for _, flag := range []struct {
		name  string
		given bool
	}{{"request", o.request}, {"response", o.response}, {"headers", o.headers}, {"raw", o.raw}} {
		if flag.given {
			return usagef("--call and --%s: the one is a whole call, the other a part of an exchange; give one", flag.name)
		}
	}
	return nil
}

// showCall writes the account of a whole call.
func (a *app) showCall(ctx context.Context, o showOptions, args []string) error {
	if err := o.checkCall(args); err != nil {
		return err
	}
	call, err := a.readCall(ctx, o.call)
	switch {
	case ctx.Err() != nil:
		a.remark("interrupted; the call was not read", "")
		return nil
	case err != nil:
		return err
	case len(call.Exchanges) == 0:
		return onlySentAgain(call.ID)
	case o.json:
		return a.showCallJSON(call)
	}
	return a.showCallText(call)
}

// readCall reads the account of the call that is called so. While that takes
// long, it says so on a terminal.
func (a *app) readCall(ctx context.Context, name string) (*timeline.Call, error) {
	store, err := a.readStore()
	if err != nil {
		return nil, err
	}
	defer store.Close()
	if onTerminal(a.err) {
		defer a.showProgress("reading the call")()
	}
	id, err := callNamed(ctx, store, name)
	if err != nil {
		return nil, err
	}
	call, err := timeline.Read(ctx, store, id)
	if errors.Is(err, record.ErrNoExchange) {
		return nil, fmt.Errorf("the call %s was deleted meanwhile", plain.Text(id))
	}
	return call, err
}

// showCallJSON writes the account as JSON: on one line, and laid out on a
// terminal.
func (a *app) showCallJSON(call *timeline.Call) error {
	text, err := call.MarshalJSON()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(a.out)
	if onTerminal(a.out) {
		(&pager{out: out, style: a.style}).json(text)
	} else {
		out.Write(append(text, '\n'))
	}
	return out.Flush()
}

// lastCall names the call whose exchange was recorded last.
const lastCall = "last"

// callNamed returns the id of the call that is called so: last, an id, or the
// beginning of one that no other has.
func callNamed(ctx context.Context, store *record.Store, name string) (string, error) {
	list, err := store.List(ctx, record.Query{CallID: name, Limit: 1})
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		return name, nil
	}
	if strings.EqualFold(name, lastCall) {
		call, err := store.LastCall(ctx)
		if err == nil && call == "" {
			err = noCall(ctx, store, name)
		}
		return call, err
	}
	beginning, err := callsBeginning(ctx, store, name)
	if err != nil {
		return "", err
	}
	var calls distinct
	for _, e := range slices.Backward(beginning) { // the newest first
		calls.add(e.CallID)
	}
	switch len(calls.words) {
	case 0:
		return "", noCall(ctx, store, name)
	case 1:
		return calls.words[0], nil
	}
	return "", fmt.Errorf("%d calls begin with %s: %s", len(calls.words), plain.Text(short(name)), callNames(calls.words))
}

// noCall says which calls there are where one is not.
func noCall(ctx context.Context, store *record.Store, name string) error {
	const most = 20
	calls, err := lastCalls(ctx, store, most)
	switch {
	case err != nil:
		return err
	case len(calls) == 0:
		return fmt.Errorf("no exchange of a call is recorded\nhint: %s", howToRecord)
	}
	near := nearest.Word(name, calls)
	if near != "" {
		return fmt.Errorf("no exchange of a call %s is recorded\nhint: did you mean %s?", plain.Text(short(name)), plain.Text(near))
	}
	return fmt.Errorf("no exchange of a call %s is recorded\nhint: the last calls: %s", plain.Text(short(name)), callNames(calls))
}

// errEnough ends a search that has found enough.
var errEnough = errors.New("enough")

// lastCalls returns the ids of the calls that exchanges were recorded of last,
// at most so many of them, and of no more exchanges than are worth looking at.
func lastCalls(ctx context.Context, store *record.Store, most int) ([]string, error) {
	const lookedAt = 20_000
	var calls distinct
	seen := 0
	err := store.Each(ctx, record.Query{}, func(e *record.Exchange) error {
		if e.CallID != "" {
			calls.add(e.CallID)
		}
		if seen++; len(calls.words) >= most || seen >= lookedAt {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return calls.words, err
}

// distinct holds words in the order in which they came, each once.
type distinct struct {
	words []string
	known map[string]bool
}

func (d *distinct) add(word string) {
	if d.known[word] {
		return
	}
	if d.known == nil {
		d.known = map[string]bool{}
	}
	d.known[word] = true
	d.words = append(d.words, word)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/record"
)

// clearOptions are the flags of clear.
type clearOptions struct {
	yes  bool
	json bool
}

// clearCommand is vapitap clear [FILTER|ID...].
func (a *app) clearCommand() *cobra.Command {
	var o clearOptions
	cmd := &cobra.Command{
		Use:   "clear [FILTER|ID...]",
		Short: "delete exchanges",
		Long: `clear deletes exchanges from the store: those with the ids (12, 12-18), those that
the filter picks, or all. Marked exchanges stay, unless they are named by id or
by is:marked.

On a terminal it asks before it deletes all, or what a word alone picks: that is
looked for in summary, type, path and call id. The last call is call:last.`,
		Example: `  vapitap clear
  vapitap clear type:transcript
  vapitap clear '!call:last'
  vapitap clear 12-18 --json`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeFilter,
		RunE: func(cmd *cobra.Command, args []string) error {
			picked, err := ParseSelect(args)
			if err != nil {
				return usageError{err}
			}
			return a.clear(cmd.Context(), o, picked)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&o.json, "json", false, `say {"deleted":N}`)
	cmd.SetFlagErrorFunc(negativeTermError)
	return cmd
}

func (a *app) clear(ctx context.Context, o clearOptions, picked Selection) error {
	if _, err := os.Stat(a.db); errors.Is(err, fs.ErrNotExist) {
		a.remark("nothing is recorded yet in "+a.db, "")
		return a.sayDeleted(o, 0)
	}
	store, err := a.openStore(record.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	if picked.Filter == nil {
		return a.clearIDs(ctx, o, store, picked.IDs)
	}
	ids, spared, err := a.toClear(ctx, store, picked.Filter)
	if ctx.Err() != nil {
		a.remark("interrupted; nothing was deleted", "")
		return errSilent
	}
	if err != nil {
		return err
	}
	a.sayClearMeant(picked.Filter)
	if picksMuch(picked.Filter) && len(ids) > 0 && !o.yes && onTerminal(a.in) && !a.ask(ctx, clearQuestion(picked.Filter, len(ids), spared)) {
		a.remark("nothing was deleted", "")
		return errSilent
	}
	deleted, err := store.Delete(ids)
	if err == nil || deleted > 0 {
		err = errors.Join(err, a.sayDeleted(o, deleted))
	}
	if hint := mistyped(picked.Filter); hint != "" && len(ids)+spared == 0 {
		a.remark(whatIsMissing(record.Query{Filter: picked.Filter}), hint)
	}
	if spared > 0 {
		a.remark(count(spared, "marked exchange")+" stayed", "vapitap clear is:marked deletes what is marked")
	}
	return err
}

// clearIDs deletes exchanges that were named one by one, marked or not.
func (a *app) clearIDs(ctx context.Context, o clearOptions, store *record.Store, ids []int64) error {
	deleted, err := store.Delete(ids)
	switch {
	case err == nil && deleted == 0 && len(ids) == 1:
		return noExchange(ctx, store, ids[0])
	case err == nil && deleted < int64(len(ids)):
		a.remark(fmt.Sprintf("%d of the %d ids are not in the store", int64(len(ids))-deleted, len(ids)), "")
	}
	if err != nil && deleted == 0 {
		return err
	}
	return errors.Join(err, a.sayDeleted(o, deleted))
}

// toClear returns the ids of what the filter picks, without what is marked
// unless it asks for that, and how many it spares.
func (a *app) toClear(ctx context.Context, store *record.Store, filter *record.Filter) (ids []int64, spared int, err error) {
	filter, err = store.ResolveLast(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	if onTerminal(a.err) {
		defer a.showProgress("searching")()
	}
	marked := asksForMarked(filter)
	err = store.Each(ctx, record.Query{Filter: filter}, func(e *record.Exchange) error {
		if e.Marked && !marked {
			spared++
		} else {
			ids = append(ids, e.ID)
		}
		return nil
	})
	return ids, spared, err
}

// asksForMarked reports whether the filter has a term such as is:marked.
func asksForMarked(filter *record.Filter) bool {
	return slices.ContainsFunc(filter.Terms(), func(t record.Term) bool {
		return t.Name == "is" && !t.Negated && slices.ContainsFunc(strings.Split(t.Value, "|"), func(value string) bool {
			return strings.EqualFold(strings.Trim(value, `"'`), "marked")
		})
	})
}

// picksMuch reports whether a filter picks all, or looks for a word, which may
// stand in more than one thinks.
func picksMuch(filter *record.Filter) bool {
	terms := filter.Terms()
	return len(terms) == 0 || slices.ContainsFunc(terms, func(t record.Term) bool { return t.Name == "" })
}

// sayClearMeant says what a filter that is a text to look for was probably meant
// to be.
func (a *app) sayClearMeant(filter *record.Filter) {
	if strings.EqualFold(filter.String(), "all") {
		a.remark(filter.String()+" is looked for in the text", "vapitap clear alone deletes all")
		return
	}
	a.sayTextMeant(filter)
}

// clearQuestion names what is deleted.
func clearQuestion(filter *record.Filter, deleted, spared int) string {
	kept := ""
	if spared > 0 {
		kept = fmt.Sprintf(" and keep the %d marked", spared)
	}
	switch {
	case len(filter.Terms()) > 0:
		return fmt.Sprintf("delete %s picked by the filter %s%s?", count(deleted, "exchange"), plain.Text(filter.String()), kept)
	case spared > 0 && deleted == 1:
		return "delete the one exchange that is not marked?"
	case spared > 0:
		return fmt.Sprintf("delete %d exchanges%s?", deleted, kept)
	case deleted == 1:
		return "delete the one exchange there is?"
	}
	return fmt.Sprintf("delete all %d exchanges?", deleted)
}

// sayDeleted is the result of clear.
func (a *app) sayDeleted(o clearOptions, n int64) error {
	if o.json {
		_, err := fmt.Fprintf(a.out, "{\"deleted\":%d}\n", n)
		return err
	}
	_, err := fmt.Fprintf(a.out, "deleted %s\n", count(int(n), "exchange"))
	return err
}

// count writes how many there are of what has a plural in s.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

package cli

import (
	"context"
	"errors"
	"fmt"

	"vapitap/record"
)

// What is said of ids that no exchange has.

// noExchange says which ids there are where one is not.
func noExchange(ctx context.Context, store *record.Store, id int64) error {
	return noExchanges(ctx, store, idRun{id, id})
}

// idRun is the ids from first to last.
type idRun struct{ first, last int64 }

func (r idRun) String() string {
	if r.first == r.last {
		return fmt.Sprint(r.first)
	}
	return fmt.Sprintf("%d-%d", r.first, r.last)
}

// noExchanges says which ids there are where a run of them is not.
func noExchanges(ctx context.Context, store *record.Store, missing idRun) error {
	oldest, newest, err := store.Span(ctx)
	deleted := "it was deleted"
	if missing.first != missing.last {
		deleted = "they were deleted"
	}
	switch {
	case err != nil:
		return err
	case newest == 0:
		return fmt.Errorf("no exchange %s; the store is empty\nhint: %s", missing, howToRecord)
	case oldest < missing.first && missing.last < newest:
		return fmt.Errorf("no exchange %s, %s; the store has %d to %d", missing, deleted, oldest, newest)
	case oldest == newest:
		return fmt.Errorf("no exchange %s; the store has %d alone", missing, newest)
	}
	return fmt.Errorf("no exchange %s; the store has %d to %d\nhint: vapitap events lists the newest", missing, oldest, newest)
}

// eachThere calls do for each of the ids that there is, and returns those that there
// are not.
func eachThere(ctx context.Context, store *record.Store, ids []int64, do func(*record.Exchange)) (missing []int64, err error) {
	for _, id := range ids {
		e, err := store.Get(ctx, id)
		if errors.Is(err, record.ErrNoExchange) {
			missing = append(missing, id)
			continue
		}
		if err != nil {
			return nil, err
		}
		do(e)
	}
	return missing, nil
}

// sayMissing names the ids that do not exist, a run of them on one line, and is an
// error where there are some.
func (a *app) sayMissing(ctx context.Context, store *record.Store, ids []int64) error {
	const most = 5
	if len(ids) == 0 {
		return nil
	}
	runs := idRuns(ids)
	for _, run := range runs[:min(len(runs), most)] {
		a.sayError(noExchanges(ctx, store, run))
		ids = ids[run.last-run.first+1:]
	}
	if len(ids) > 0 {
		a.remark(fmt.Sprintf("nor are %d more of the ids in the store", len(ids)), "")
	}
	return errSilent
}

// idRuns returns the runs that ids are, in their order.
func idRuns(ids []int64) []idRun {
	var runs []idRun
	for _, id := range ids {
		if n := len(runs) - 1; n >= 0 && runs[n].last+1 == id {
			runs[n].last = id
		} else {
			runs = append(runs, idRun{id, id})
		}
	}
	return runs
}

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
)

// callExchanges returns the ids of a call's exchanges in the order in which they
// came in, without what was sent again or as a test. The call is named as
// callNamed has it.
func callExchanges(ctx context.Context, store *record.Store, name string) ([]int64, error) {
	call, err := callNamed(ctx, store, name)
	if err != nil {
		return nil, err
	}
	list, err := store.List(ctx, record.Query{CallID: call})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e record.Exchange) bool {
		return e.From == record.FromReplay || e.From == record.FromTest || e.ReplayOf != 0
	})
	if len(list) == 0 {
		return nil, onlySentAgain(call)
	}
	// Ids are given when an exchange ends; they came in by time.
	slices.SortStableFunc(list, func(a, b record.Exchange) int { return a.Time.Compare(b.Time) })
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids, nil
}

// onlySentAgain is the error for a call that nothing but replays and tests is
// recorded of.
func onlySentAgain(call string) error {
	return fmt.Errorf("of the call %s only replays and tests are recorded\nhint: vapitap events call:%[1]s lists them", plain.Text(call))
}

// callsBeginning returns the exchanges of the calls whose id begins so.
func callsBeginning(ctx context.Context, store *record.Store, beginning string) ([]record.Exchange, error) {
	if strings.ContainsAny(beginning, `"'*|\ `) {
		return nil, nil // no call id has those, and a filter reads them otherwise
	}
	filter, err := record.ParseFilter("call:" + beginning)
	if err != nil {
		return nil, nil
	}
	return store.List(ctx, record.Query{Filter: filter})
}

// callNames names a few calls.
func callNames(calls []string) string {
	const most = 4
	names := plain.Text(strings.Join(calls[:min(most, len(calls))], ", "))
	if len(calls) > most {
		names += fmt.Sprintf(" and %d more", len(calls)-most)
	}
	return names
}

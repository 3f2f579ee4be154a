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
// came in, without what was sent again or as a test. The call is named by its id
// or, as lists show it, by a beginning that no other has.
func callExchanges(ctx context.Context, store *record.Store, call string) ([]int64, error) {
	list, err := store.List(ctx, record.Query{CallID: call})
	if err == nil && len(list) == 0 {
		list, err = callsBeginning(ctx, store, call)
	}
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e record.Exchange) bool {
		return e.From == record.FromReplay || e.From == record.FromTest || e.ReplayOf != 0
	})
	// Ids are given when an exchange ends; they came in by time.
	slices.SortStableFunc(list, func(a, b record.Exchange) int { return a.Time.Compare(b.Time) })
	var ids []int64
	var calls []string
	seen := map[string]bool{}
	for i := range list {
		ids = append(ids, list[i].ID)
		if call := list[i].CallID; !seen[call] {
			seen[call] = true
			calls = append(calls, call)
		}
	}
	switch len(calls) {
	case 0:
		return nil, fmt.Errorf("no exchange of a call %s is recorded\nhint: vapitap events lists what is", plain.Text(short(call)))
	case 1:
		return ids, nil
	}
	return nil, fmt.Errorf("%d calls begin with %s: %s", len(calls), plain.Text(short(call)), callNames(calls))
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

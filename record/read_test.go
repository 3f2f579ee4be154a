package record_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"vapitap/record"
)

// stored returns a store with so many exchanges, in two calls by turns, whose
// bodies say "even" or "odd".
func stored(t testing.TB, exchanges int) *record.Store {
	t.Helper()
	s := open(t, newPath(t), record.Options{})
	for i := range exchanges {
		e := exchange(0)
		e.CallID = fmt.Sprintf("call-%d", i%2)
		e.Request.Body = []byte([]string{"odd", "even"}[i%2]) // ids begin with 1
		commit(t, s, e)
	}
	return s
}

// TestManySearchesAtOnce has all searches in the middle of what they found at the
// same time, and then go on.
func TestManySearchesAtOnce(t *testing.T) {
	const searches, exchanges = 8, 300
	s := stored(t, exchanges)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all, ended sync.WaitGroup
	all.Add(searches)
	meet := func() error {
		met := make(chan struct{})
		go func() { all.Wait(); close(met) }()
		select {
		case <-met:
			return nil
		case <-ctx.Done():
			return errors.New("the other searches do not come so far")
		}
	}
	for range searches {
		ended.Go(func() {
			found := 0
			err := s.Each(ctx, record.Query{Filter: filter(t, "body:odd|even")}, func(*record.Exchange) error {
				if found++; found != exchanges/2 {
					return nil
				}
				all.Done()
				return meet()
			})
			if err != nil || found != exchanges {
				t.Errorf("%d of %d are found: %v", found, exchanges, err)
			}
		})
	}
	ended.Wait()
}

// TestWhoIsToldMayRead reads what is told again while it is told, deeper than the
// store has connections.
func TestWhoIsToldMayRead(t *testing.T) {
	s := stored(t, 3)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	depth := 0
	var read func(*record.Exchange) error
	read = func(told *record.Exchange) error {
		if depth++; depth > 10 {
			return nil
		}
		if _, err := s.Get(ctx, told.ID); err != nil {
			return err
		}
		if _, err := s.Sessions(ctx); err != nil {
			return err
		}
		return s.Each(ctx, record.Query{Filter: filter(t, "body:odd"), Limit: 1}, read)
	}
	if err := s.Each(ctx, record.Query{}, read); err != nil || depth <= 10 {
		t.Errorf("at depth %d: %v", depth, err)
	}
}

func TestWhatIsPickedOfMany(t *testing.T) {
	const exchanges = 500 // several pages
	s := stored(t, exchanges)
	for _, c := range []struct {
		name, filter, call string
		step               int64 // between the ids of what is picked
	}{
		{"all", "", "", 1},
		{"a call", "", "call-1", 2},
		{"a term of the list", "call:call-1", "", 2},
		{"a term of bodies", "body:even", "", 2},
		{"nothing", "body:neither", "", 0},
	} {
		for _, limit := range []int{0, 1, 32, 33, 200, exchanges, exchanges + 1} {
			var want []int64
			for id := int64(exchanges); c.step > 0 && id > 0 && (limit == 0 || len(want) < limit); id -= c.step {
				want = append(want, id)
			}
			var got []int64
			q := record.Query{CallID: c.call, Limit: limit}
			if c.filter != "" {
				q.Filter = filter(t, c.filter)
			}
			err := s.Each(t.Context(), q, func(e *record.Exchange) error {
				got = append(got, e.ID)
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, limit %d: %d are told, want %d: %v", c.name, limit, len(got), len(want), err)
			}
		}
	}
}

// TestWhatChangesWhileItIsRead deletes and records while a search goes on.
func TestWhatChangesWhileItIsRead(t *testing.T) {
	const exchanges = 400
	for _, text := range []string{"", "body:odd|even"} {
		s := stored(t, exchanges)
		told := make(map[int64]bool)
		last := int64(exchanges + 1)
		err := s.Each(t.Context(), record.Query{Filter: filter(t, text)}, func(e *record.Exchange) error {
			if e.ID >= last {
				return fmt.Errorf("exchange %d comes after %d", e.ID, last)
			}
			last, told[e.ID] = e.ID, true
			if e.ID%50 != 0 {
				return nil
			}
			commit(t, s, exchange(10))
			_, err := s.Delete([]int64{e.ID, e.ID - 2, e.ID - 45})
			return err
		})
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		for id := int64(1); id <= exchanges; id++ {
			if deleted := id%50 == 48 || id%50 == 5; !told[id] && !deleted {
				t.Errorf("%q: exchange %d, which nobody deleted, is not told", text, id)
			}
		}
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	s := stored(t, 500)
	ctx, cancel := context.WithCancel(t.Context())
	told := 0
	err := s.Each(ctx, record.Query{}, func(*record.Exchange) error {
		if told++; told == 40 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || told == 500 {
		t.Errorf("after %d: %v", told, err)
	}
}

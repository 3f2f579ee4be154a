package tui

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// begunAndEnded returns an exchange in flight and recorded, as a store's watchers are
// told of it.
func begunAndEnded(t *testing.T, typ, callID string) (begun, ended record.Exchange) {
	store := benchStore(t)
	w := store.Watch(true)
	defer w.Close()
	e := record.Exchange{Time: stageTime, Method: "POST", Path: "/", Identity: vapi.Identity{Kind: vapi.KindServer, Type: typ, CallID: callID}, Status: 200}
	store.Begin(&e)
	begun = e
	begun.Identity = vapi.Identity{}
	if err := store.Commit(&e, 0, nil); err != nil {
		t.Fatal(err)
	}
	list, err := w.Read()
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	return begun, list[len(list)-1]
}

// TestAnExchangeIsListedOnce tells of one in every order in which that can happen.
func TestAnExchangeIsListedOnce(t *testing.T) {
	begun, ended := begunAndEnded(t, "tool-calls", "c1")
	fromStore := record.Exchange{ID: ended.ID, Time: ended.Time, Identity: ended.Identity, Method: ended.Method, Path: ended.Path, Status: 200}
	for _, tt := range []struct {
		name string
		told []record.Exchange
	}{
		{"as it goes", []record.Exchange{begun, ended}},
		{"again", []record.Exchange{begun, ended, ended, fromStore}},
		{"the end alone", []record.Exchange{ended}},
		{"the beginning late", []record.Exchange{ended, begun}},
		{"the beginning late, and then the end", []record.Exchange{ended, begun, ended}},
		{"read from the store before the beginning is told", []record.Exchange{fromStore, begun, ended}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := modelOf(t, 0)
			for _, e := range tt.told {
				m.takeIn([]record.Exchange{e})
			}
			h := m.history
			if h.size() != 1 || h.flying != 0 || m.list.count != 1 || len(m.typeTabs()) != 1 || m.typeTabs()[0].count != 1 {
				t.Errorf("%d entries, %d in flight, %d shown, tabs %v", h.size(), h.flying, m.list.count, m.typeTabs())
			}
		})
	}
}

// TestRowsDoNotDependOnTheirHistory brings exchanges in random order and pieces, with
// changes of what they turn out to be, and compares the rows with those that are
// made anew.
func TestRowsDoNotDependOnTheirHistory(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		m := modelOf(t, 0)
		if seed%3 == 1 {
			m.list.sight.wanted = true
		}
		types := []string{"transcript", "transcript", "speech-update", "tool-calls", "status-update"}
		for step := range 60 {
			e := record.Exchange{ID: int64(1 + random.IntN(step+1)), Time: stageTime.Add(time.Duration(step) * time.Second), Method: "POST", Path: "/"}
			if random.IntN(3) > 0 {
				e.Identity = vapi.Identity{Kind: vapi.KindServer, Type: types[random.IntN(len(types))], CallID: fmt.Sprint(random.IntN(2))}
				if e.Type == "transcript" && random.IntN(2) > 0 {
					e.Summary = `user: "hi" (partial)`
				}
			}
			m.takeIn([]record.Exchange{e})
			if random.IntN(8) == 0 {
				m.list.toggle()
			}
			if random.IntN(8) == 0 {
				m.list.move(random.IntN(9) - 4)
			}
		}
		got, count := append([]row(nil), m.list.list...), m.list.count
		m.list.rebuild()
		if !reflect.DeepEqual(got, m.list.list) || count != m.list.count {
			t.Fatalf("seed %d: the rows are\n%v (%d)\nmade anew\n%v (%d)", seed, got, count, m.list.list, m.list.count)
		}
	}
}

// TestHistoryIsBounded adds more than it holds: the oldest go, with all that is
// known of them.
func TestHistoryIsBounded(t *testing.T) {
	h := newHistory()
	for i := range mostEntries + mostEntries/2 {
		e := exchange(i)
		e.ID = int64(i + 1)
		h.put(&e)
	}
	if n := len(h.entries); n > mostEntries || n < mostEntries-mostEntries/10 {
		t.Errorf("%d entries", n)
	}
	if len(h.ids) != len(h.entries) || len(h.calls) > len(h.entries)/40+1 {
		t.Errorf("%d entries, but %d ids and %d calls", len(h.entries), len(h.ids), len(h.calls))
	}
	total := 0
	for _, t := range h.tallies {
		total += t.count
	}
	if total != len(h.entries) {
		t.Errorf("%d are counted of %d", total, len(h.entries))
	}
	if at := h.at(h.end() - 1); at == nil || at.id != int64(mostEntries+mostEntries/2) {
		t.Errorf("the newest is %+v", at)
	}
	if h.at(h.first-1) != nil || h.at(h.end()) != nil {
		t.Error("it has entries that are gone, or are not there yet")
	}
}

package record_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"vapitap/record"
)

// collect reads from a watcher until done says so.
func collect(t testing.TB, w *record.Watcher, done func(*record.Exchange) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		changed, err := w.Read()
		if err != nil {
			t.Fatal(err)
		}
		for i := range changed {
			if done(&changed[i]) {
				return
			}
		}
		if len(changed) > 0 {
			continue
		}
		select {
		case <-w.C():
		case <-deadline:
			t.Fatal("waited in vain for a change")
		}
	}
}

// TestSlowWatcher lets a watcher fall behind further than is kept in memory.
func TestSlowWatcher(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 700 {
				commit(t, s, exchange(10))
			}
		})
	}
	wg.Wait()
	next := int64(1)
	collect(t, w, func(e *record.Exchange) bool {
		if e.ID == 0 {
			return false
		}
		if e.ID != next {
			t.Fatalf("exchange %d came where %d was expected", e.ID, next)
		}
		next++
		return next > 5600
	})
	commit(t, s, exchange(10))
	collect(t, w, func(e *record.Exchange) bool { return e.ID == 5601 })
}

func TestAmendmentIsSeenByAll(t *testing.T) {
	path := newPath(t)
	s := open(t, path, record.Options{})
	reader := open(t, path, record.Options{ReadOnly: true})
	near, far := s.Watch(false), reader.Watch(false)
	e := commit(t, s, exchange(10))
	s.Amend(e, func(e *record.Exchange) { e.Error = "client went away after 2 bytes" })
	for name, w := range map[string]*record.Watcher{"this process": near, "another": far} {
		collect(t, w, func(e *record.Exchange) bool { return e.Error != "" })
		_ = name
	}
	if got, err := s.Get(context.Background(), e.ID); err != nil || got.Error != "client went away after 2 bytes" || len(got.Request.Body) != 10 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWatcherSeesWhatIsInFlightWhereItAsks(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	live := s.Watch(true)
	e := exchange(10)
	s.Begin(e)
	collect(t, live, func(e *record.Exchange) bool { return e.Pending() && e.Key() != 0 })
	if l := s.InFlight(); len(l) != 1 || l[0].Key() != e.Key() {
		t.Errorf("in flight: %+v", l)
	}
	key := e.Key()
	if err := s.Commit(e, 0, nil); err != nil {
		t.Fatal(err)
	}
	collect(t, live, func(e *record.Exchange) bool { return !e.Pending() && e.Key() == key && e.ID == 1 })
	if l := s.InFlight(); len(l) != 0 {
		t.Errorf("still in flight: %+v", l)
	}
}

package replay

import (
	"path/filepath"
	"testing"
	"time"

	"vapitap/record"
)

// openTwice opens one store for who sends and for a proxy, which has a session.
func openTwice(t *testing.T) (*Once, *record.Store) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "vapitap.db")
	var stores [2]*record.Store
	for i := range stores {
		store, err := record.Open(file, record.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		stores[i] = store
	}
	if _, err := stores[1].StartSession("run", ""); err != nil {
		t.Fatal(err)
	}
	once, err := NewOnce(t.Context(), stores[0], "simulate", "")
	if err != nil {
		t.Fatal(err)
	}
	return once, stores[1]
}

// sent is an exchange of a call that was just sent.
func sent(call string) *record.Exchange {
	body := []byte(`{"message":{"type":"hang","call":{"id":"` + call + `"}}}`)
	e := &record.Exchange{
		Method: "POST", Path: "/", Target: "http://localhost/", Status: 200, Time: time.Now(), From: record.FromSimulate,
		Request: record.Message{Body: body, Bytes: int64(len(body))},
	}
	e.Describe()
	return e
}

// commit has a store record a copy of an exchange, a moment after it was sent.
func commit(t *testing.T, store *record.Store, e *record.Exchange) int64 {
	t.Helper()
	seen := sent(e.CallID)
	store.Begin(seen)
	if err := store.Commit(seen, 0, nil); err != nil {
		t.Error(err)
	}
	return seen.ID
}

func TestACopyIsTakenForTheRecord(t *testing.T) {
	once, proxy := openTwice(t)
	e := sent("c1")
	commit(t, proxy, e) // of an earlier delivery, before this one began
	e.Time = time.Now()
	once.expect(e)
	commit(t, proxy, sent("c2"))
	want := commit(t, proxy, e)
	if err := once.record(e); err != nil || e.ID != want {
		t.Errorf("it is recorded as %d, want %d (%v)", e.ID, want, err)
	}
	if len(once.expected) != 0 {
		t.Errorf("%d are still on their way", len(once.expected))
	}

	// Under load a copy may come after its reply.
	late := sent("c3")
	once.expect(late)
	done := make(chan error, 1)
	go func() { done <- once.record(late) }()
	want = commit(t, proxy, late)
	if err := <-done; err != nil || late.ID != want {
		t.Errorf("it is recorded as %d, want %d (%v)", late.ID, want, err)
	}
}

func TestWhatNobodyElseRecordsIsRecorded(t *testing.T) {
	once, proxy := openTwice(t)
	for range mostVain + 1 {
		e := sent("c1")
		once.expect(e)
		if err := once.record(e); err != nil || e.ID == 0 || e.Session == "" {
			t.Errorf("recorded as %d of session %q (%v)", e.ID, e.Session, err)
		}
	}
	if !once.alone {
		t.Error("it still looks for copies")
	}
	list, err := proxy.List(t.Context(), record.Query{})
	if err != nil || len(list) != mostVain+1 {
		t.Errorf("%d exchanges are recorded (%v)", len(list), err)
	}
}

func TestAProxyThatStopsRecordingIsNotWaitedForAgain(t *testing.T) {
	once, proxy := openTwice(t)
	first := sent("c1")
	once.expect(first)
	commit(t, proxy, first)
	if err := once.record(first); err != nil || first.Session != "" {
		t.Fatalf("recorded again (%v)", err)
	}
	once.patience = time.Millisecond
	for range 2 {
		e := sent("c1")
		once.expect(e)
		if err := once.record(e); err != nil || e.ID == 0 || e.Session == "" || !once.alone {
			t.Errorf("recorded as %d of session %q (%v)", e.ID, e.Session, err)
		}
		once.patience = time.Hour
	}
}

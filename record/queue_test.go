package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stoppedStore returns a store that cannot record, and will not be able to.
func stoppedStore(t *testing.T) *Store {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "state")
	s, err := Open(filepath.Join(folder, "test.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // no store can be made there
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for s.Stopped() == nil {
		<-tick.C
	}
	return s
}

// TestWhatIsGivenUpEnds hands over more than is kept in memory while recording is
// stopped. The oldest are given up: they give back what they hold, are not in
// flight any more, and who watches is told.
func TestWhatIsGivenUpEnds(t *testing.T) {
	s := stoppedStore(t)
	watcher := s.Watch(true)
	defer watcher.Close()
	const handed, large = 40, 1 << 20
	released := 0
	for i := range handed {
		e := message(fmt.Sprint(i), "")
		e.Request.Body = make([]byte, 10, large) // a buffer is held as a whole, however little of it is used
		s.Begin(e)
		if err := s.Commit(e, time.Hour, func() { released++ }); err == nil {
			t.Fatal("recording goes on")
		}
	}
	const kept = maxHeld / large
	if released != handed-kept {
		t.Errorf("%d of %d have given their buffers back, which leaves %d MiB", released, handed, handed-released)
	}
	flying := s.InFlight()
	if len(flying) != kept || flying[0].Key() != handed-kept+1 {
		t.Errorf("%d are in flight, want the newest %d", len(flying), kept)
	}
	changed, err := watcher.Read()
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for i := range changed {
		if e := &changed[i]; !e.Pending() {
			ended++
			if e.ID != 0 || !strings.HasPrefix(e.Error, "not recorded: recording had stopped") {
				t.Errorf("told of exchange %d: %q", e.ID, e.Error)
			}
		}
	}
	if ended != handed-kept {
		t.Errorf("who watches was told of the end of %d, want %d", ended, handed-kept)
	}
	if err := s.Close(); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("%d exchanges were not recorded: ", handed)) {
		t.Errorf("of %d none is recorded; closing said: %v", handed, err)
	}
}

// TestWhatIsLearntOfWhatIsGivenUp has the file fail while an exchange is put in,
// which is given up then: what is learnt of it later is not put into the one that
// gets its id.
func TestWhatIsLearntOfWhatIsGivenUp(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.w.endSpooling(t.Context())
	_, err := s.w.conn.ExecContext(t.Context(), "CREATE TEMP TRIGGER broken BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'the disk fails'); END")
	s.must(err)
	first, second := message("first", ""), message("second", "")
	second.Request.Body = make([]byte, 10, maxHeld)
	hand := func(e *Exchange) {
		s.Begin(e)
		s.must(s.enqueue(&job{exchange: e}))
		if s.w.commitOrStop(t.Context(), s.take()) {
			t.Fatal("it is committed")
		}
		s.mu.Lock()
		s.stopped = nil
		s.mu.Unlock()
	}
	hand(first)
	hand(second)
	s.Amend(first, func(e *Exchange) { e.Error = "client went away" })
	_, err = s.w.conn.ExecContext(t.Context(), "DROP TRIGGER broken")
	s.must(err)
	s.commitQueue()
	list := reopenedReadOnly(t, s.path)
	if len(list) != 1 || list[0].Error != "" {
		t.Errorf("recorded: %+v", list)
	}
	s.killed()
}

package record

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vapitap/record/spool"
)

// idle is a store whose goroutine that writes does not run yet, and which spools
// what comes, so that a test decides what happens when.
type idle struct {
	*Store
	w *writer
	t testing.TB
}

func openIdle(t testing.TB, path string, options Options) *idle {
	t.Helper()
	s := &Store{path: path, options: options, feed: newFeed(), repeats: newRepeats(), wake: make(chan struct{}, 1), quit: make(chan struct{})}
	s.writer = &writer{store: s}
	i := &idle{Store: s, w: s.writer, t: t}
	i.must(i.w.open(t.Context()))
	i.must(s.openReaders("rw"))
	s.pairing = startPairing(s)
	s.feed.committed = func(e *Exchange) { s.repeats.committed(e); s.pairing.notice(e) }
	i.must(i.w.fileLeft(t.Context()))
	i.w.beginSpooling(t.Context())
	return i
}

func (i *idle) must(err error) {
	i.t.Helper()
	if err != nil {
		i.t.Fatal(err)
	}
}

// start has the goroutine that writes run. Close ends it.
func (i *idle) start() {
	i.ended.Add(1)
	go func() { defer i.ended.Done(); i.w.run(context.Background()) }()
}

// killed lets go of everything without putting anything away.
func (i *idle) killed() {
	if i.spooling.file != nil {
		i.spooling.file.Close()
	}
	i.readers.Load().Close()
	i.pairing.end()
	i.w.close()
}

func (i *idle) spool(exchanges ...*Exchange) {
	i.t.Helper()
	for _, e := range exchanges {
		i.Begin(e)
		if !i.Spool(e, nil) {
			i.t.Fatal("it is not spooled")
		}
	}
}

func (i *idle) file(most int) {
	i.t.Helper()
	i.w.filing.most = most
	_, err := i.w.fileOwn(i.t.Context(), most, fileBytes)
	i.must(err)
}

// wantNobodyToWait sees that another process takes nothing for spooled.
func (i *idle) wantNobodyToWait() {
	i.t.Helper()
	other, err := Open(i.path, Options{ReadOnly: true})
	i.must(err)
	if busy, err := other.busySpools(i.t.Context()); len(busy) != 0 || err != nil {
		i.t.Errorf("nothing is spooled: %v, %v", busy, err)
	}
	i.must(other.Close())
}

// reopened lists what a store holds, as it is when it is opened anew.
func reopened(t testing.TB, path string) []Exchange {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l, err := s.List(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func message(request, response string) *Exchange {
	return &Exchange{
		Time: time.Now(), From: FromTunnel, Tunnelled: true, Method: "POST", Path: "/h", Status: 200, Duration: time.Millisecond,
		Request:  Message{Body: []byte(request), Bytes: int64(len(request))},
		Response: Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(response), Bytes: int64(len(response))},
	}
}

// asking is a message that calls a tool, and showing one that shows its result.
func asking(n int) *Exchange {
	return message(fmt.Sprintf(`{"message":{"type":"tool-calls","call":{"id":"call-%d"},"toolCallList":[{"id":"t%[1]d","name":"get_weather","arguments":{"city":"Oslo"}}]}}`, n),
		fmt.Sprintf(`{"results":[{"toolCallId":"t%d","result":"%[1]d degrees"}]}`, n))
}

func showing(n int) *Exchange {
	return message(fmt.Sprintf(`{"message":{"type":"conversation-update","call":{"id":"call-%d"},"messages":[{"role":"tool_call_result","toolCallId":"t%[1]d","name":"get_weather","result":"%[1]d degrees"}]}}`, n), `{}`)
}

func newStorePath(t testing.TB) string { return filepath.Join(t.TempDir(), "vapitap.db") }

// TestResultsAreFoundHoweverItWasFiled has a tool call and the message that shows
// its result in the spool.
func TestResultsAreFoundHoweverItWasFiled(t *testing.T) {
	for _, how := range []string{"by Close", "by the next process"} {
		InTime(t, pairingDrain, func() (wrong string) {
			path := newStorePath(t)
			s := openIdle(t, path, Options{})
			s.spool(asking(1), showing(1))
			if how == "by Close" {
				s.start()
				s.must(s.Close())
			} else {
				s.killed()
				reopened(t, path)
			}
			again, err := Open(path, Options{ReadOnly: true})
			s.must(err)
			defer again.Close()
			e, err := again.Get(t.Context(), 1)
			s.must(err)
			if calls := e.ToolCalls(); len(calls) != 1 || calls[0].Recorded == nil {
				return fmt.Sprintf("filed %s: %+v", how, calls)
			}
			return ""
		})
	}
}

func TestWhatIsLearntWhileAReplyGoesOut(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	first, last := asking(1), asking(2)
	s.spool(first, last)
	s.Amend(first, func(e *Exchange) { e.Error = "before it was filed" })
	s.Done(first)
	s.file(10)
	s.Amend(last, func(e *Exchange) { e.Error = "long after it was filed" })
	s.Done(last)
	s.start()
	s.must(s.Close())
	for id, want := range map[int64]string{1: "before it was filed", 2: "long after it was filed"} {
		if l := reopened(t, s.path); l[id-1].Error != want {
			t.Errorf("exchange %d: %q, want %q", id, l[id-1].Error, want)
		}
	}
	if n := len(s.spooling.open) + len(s.spooling.learnt); n > 0 {
		t.Errorf("%d are remembered, of which nothing more will be learnt", n)
	}
}

func TestTheSpoolIsRemoved(t *testing.T) {
	path := newStorePath(t)
	s := openIdle(t, path, Options{})
	s.spool(asking(1), asking(2))
	s.must(os.Remove(s.spooling.file.Path()))
	s.w.lookAfter(t.Context())
	if s.Spool(asking(3), nil) {
		t.Error("what is spooled where nobody finds it is lost with the process")
	}
	s.w.beginSpooling(t.Context())
	s.spool(asking(3))
	s.killed()
	if l := reopened(t, path); len(l) != 3 {
		t.Errorf("%d of 3 are recorded", len(l))
	}
}

func TestTheStoreIsRemovedAndTheSpoolIsNot(t *testing.T) {
	path := newStorePath(t)
	s := openIdle(t, path, Options{})
	for i := range 10 {
		s.spool(asking(i))
	}
	s.file(5)
	s.replaced()
	s.killed()
	if l := reopened(t, path); len(l) != 5 {
		t.Errorf("%d exchanges; those of the removed store were 5 of 10", len(l))
	}
}

// TestAStoreThatTakesNothing has a disk that is full for a while.
func TestAStoreThatTakesNothing(t *testing.T) {
	var said []string
	s := openIdle(t, newStorePath(t), Options{Notify: func(sentence string) { said = append(said, sentence) }})
	s.spool(asking(1), asking(1))
	_, err := s.w.conn.ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON payload BEGIN SELECT RAISE(FAIL, 'full'); END")
	s.must(err)
	s.w.lookAfterSpool(t.Context())
	for range 5 {
		s.w.lookAfter(t.Context())
	}
	if s.Stopped() == nil || len(said) != 1 || !strings.Contains(said[0], "recording stopped") {
		t.Errorf("said: %q", said)
	}
	_, err = s.w.conn.ExecContext(t.Context(), "DROP TRIGGER full")
	s.must(err)
	// Ids that were given in vain are given to others.
	other, err := Open(s.path, Options{})
	s.must(err)
	for i := range 3 {
		e := asking(100 + i)
		other.Begin(e)
		e.Describe()
		s.must(other.Commit(e, 0, nil))
	}
	s.must(other.Close())
	s.w.lookAfter(t.Context())
	if s.Stopped() != nil || len(said) != 2 || !strings.Contains(said[1], "nothing was lost") {
		t.Errorf("said: %q", said)
	}
	s.start()
	s.must(s.Close())
	if l := reopened(t, s.path); len(l) != 5 || l[3].RedeliveryOf != 0 || l[4].RedeliveryOf != l[3].ID {
		t.Errorf("%d exchanges: %+v", len(l), l[3:])
	}
}

func TestWhatWasLeftLongAgoIsARedeliveryAllTheSame(t *testing.T) {
	InTime(t, repeatPatience, func() (wrong string) {
		path := newStorePath(t)
		s := openIdle(t, path, Options{})
		first, again := asking(1), asking(1)
		first.Time = time.Now().Add(-time.Hour)
		again.Time = first.Time.Add(time.Second)
		s.spool(first)
		s.file(1)
		s.spool(again)
		s.killed()
		if l := reopened(t, path); len(l) != 2 || l[1].RedeliveryOf != 1 {
			return fmt.Sprintf("%+v", l)
		}
		return ""
	})
}

func TestAStoreBehindALink(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "real.db"), filepath.Join(folder, "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	s := openIdle(t, path, Options{})
	s.must(s.w.conn.Close())
	s.killed()
	s = openIdle(t, link, Options{})
	s.spool(asking(1))
	s.killed()
	if l := reopened(t, path); len(l) != 1 {
		t.Errorf("under its own name it has %d exchanges", len(l))
	}
}

// TestWhoReadsWaitsForWhoFiles has a process that files what another left, and
// one that spools itself.
func TestWhoReadsWaitsForWhoFiles(t *testing.T) {
	path := newStorePath(t)
	killed := openIdle(t, path, Options{})
	killed.spool(asking(1), asking(2))
	left := killed.spooling.file.Path()
	killed.killed()
	s := &idle{t: t, Store: &Store{path: path, feed: newFeed(), repeats: newRepeats()}}
	s.w = &writer{store: s.Store}
	s.must(s.w.open(t.Context()))
	s.must(s.openReaders("rw"))
	f, err := spool.Open(left)
	s.must(err)
	s.must(f.Find(0))
	_, _, err = s.w.fileBatch(t.Context(), f, 1, fileBytes, 1)
	s.must(err)
	other, err := Open(path, Options{})
	s.must(err)
	defer other.Close()
	if busy, err := other.busySpools(t.Context()); len(busy) != 1 || err != nil {
		t.Errorf("half of it is filed: %v, %v", busy, err)
	}
	s.must(f.Remove())
	if busy, err := other.busySpools(t.Context()); len(busy) != 0 || err != nil {
		t.Errorf("it is gone: %v, %v", busy, err)
	}
	s.readers.Load().Close()
	s.w.close()
}

// TestThatNothingIsSpooledIsSaidInTheEnd has another program hold the store just
// when the spooling ends.
func TestThatNothingIsSpooledIsSaidInTheEnd(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.spool(asking(1))
	s.file(1)
	_, err := s.w.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 0")
	s.must(err)
	db, err := sql.Open("sqlite", "file:"+s.path)
	s.must(err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("BEGIN IMMEDIATE")
	s.must(err)
	s.w.endSpooling(t.Context())
	_, err = db.Exec("ROLLBACK")
	s.must(err)
	s.w.lookAfter(t.Context())
	s.wantNobodyToWait()
	s.killed()
}

// TestAStoreMadeAnewHasNobodyWait removes the store while nothing is spooled.
func TestAStoreMadeAnewHasNobodyWait(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.w.endSpooling(t.Context())
	s.replaced()
	s.wantNobodyToWait()
	s.killed()
}

func TestWhoWaitsNoLongerIsForgotten(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.spool(asking(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		s.settle(ctx)
	}
	if s.spooling.awaited() {
		t.Error("nobody waits")
	}
	s.killed()
}

// TestFilingKeepsTheStoreInItsBounds files four times as much as may be kept.
func TestFilingKeepsTheStoreInItsBounds(t *testing.T) {
	const keep, most = 8 << 20, 8<<20 + lookAgain
	s := openIdle(t, newStorePath(t), Options{Keep: &Keep{Size: keep}})
	for i := range 3500 {
		e := asking(i)
		e.Response.Body = make([]byte, 8<<10)
		s.spool(e)
	}
	for s.spooling.file.Len() > 0 {
		s.file(fileMost)
	}
	var used int64
	s.must(s.readers.Load().QueryRow("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size").Scan(&used))
	if used > most {
		t.Errorf("it holds %d MiB and may hold %d", used>>20, keep>>20)
	}
	s.killed()
}

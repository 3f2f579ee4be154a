package record_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/record/spool"
)

// replied records an exchange as the end of a reply does, and reports whether
// it was spooled.
func replied(t testing.TB, s *record.Store, e *record.Exchange) bool {
	t.Helper()
	s.Begin(e)
	if s.Spool(e, nil) {
		return true
	}
	e.Describe()
	if err := s.Commit(e, time.Minute, nil); err != nil {
		t.Error(err)
	}
	return false
}

// asks is a message that calls a tool, the n-th of its kind, and its reply.
func asks(n int) *record.Exchange {
	request, response := fmt.Sprintf(`{"message":{"type":"tool-calls","timestamp":%d,"call":{"id":"call-%d"},"toolCallList":[{"id":"t%d","name":"get_weather","arguments":{"city":"Oslo"}}]}}`, n, n%50, n),
		fmt.Sprintf(`{"results":[{"toolCallId":"t%d","result":"%d degrees"}]}`, n, n)
	return &record.Exchange{
		Time: time.Now(), From: record.FromTunnel, Method: "POST", Path: "/vapi/webhook", Status: 200, Duration: time.Millisecond,
		Request:  record.Message{Body: []byte(request), Bytes: int64(len(request))},
		Response: record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(response), Bytes: int64(len(response))},
	}
}

// underPressure calls one again and again in many goroutines at once, until so
// many exchanges were spooled of those that it replied with.
func underPressure(t testing.TB, s *record.Store, spooled int64, one func(reply func(*record.Exchange))) {
	t.Helper()
	var took atomic.Int64
	reply := func(e *record.Exchange) {
		if replied(t, s, e) {
			took.Add(1)
		}
	}
	deadline := time.Now().Add(patience)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for took.Load() < spooled && !t.Failed() && time.Now().Before(deadline) {
				one(reply)
			}
		})
	}
	wg.Wait()
	if n := took.Load(); n < spooled {
		t.Fatalf("only %d of %d are spooled: the commits are under no pressure", n, spooled)
	}
}

// press records exchanges under pressure, until so many were spooled, and returns
// how many there were in all.
func press(t testing.TB, s *record.Store, spooled int64) int {
	t.Helper()
	return pressFrom(t, s, spooled, 0)
}

// pressFrom is press with exchanges after the first so many.
func pressFrom(t testing.TB, s *record.Store, spooled int64, first int) int {
	t.Helper()
	var next atomic.Int64
	underPressure(t, s, spooled, func(reply func(*record.Exchange)) { reply(asks(first + int(next.Add(1)))) })
	return int(next.Load())
}

// finds has somebody read a store while it is filed what was spooled, who is to
// find all.
func finds(t testing.TB, who string, s *record.Store, all int) {
	t.Helper()
	record.InTime(t, record.SettlePatience, func() (wrong string) {
		if l := list(t, s, record.Query{}); len(l) != all {
			return fmt.Sprintf("%s finds %d of %d", who, len(l), all)
		}
		return ""
	})
}

// spools returns the spools beside a store.
func spools(t testing.TB, path string) []string {
	t.Helper()
	files, err := filepath.Glob(path + ".spool-*")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestUnderPressureNothingIsLost(t *testing.T) {
	path := newPath(t)
	s, err := record.Open(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	watcher := s.Watch(false)
	told := make(chan map[int64]string)
	go func() {
		summaries := make(map[int64]string)
		for range watcher.C() {
			for changed, err := watcher.Read(); len(changed) > 0 && err == nil; changed, err = watcher.Read() {
				for _, e := range changed {
					summaries[e.ID] = e.Summary
				}
			}
		}
		told <- summaries
	}()
	n := press(t, s, 3000)
	eventually(t, "all is filed", func() bool { return !s.Spooling() })
	seen := make(map[string]bool)
	err = s.Each(context.Background(), record.Query{}, func(e *record.Exchange) error {
		if err := s.Load(context.Background(), e); err != nil {
			return err
		}
		want := served(record.FromTunnel, string(e.Request.Body), string(e.Response.Body))
		want.Describe()
		if e.Summary != want.Summary || e.Type != "tool-calls" || e.CallID != want.CallID || len(e.ToolNames) != 1 || len(e.Checks) != len(want.Checks) || e.Auth != want.Auth {
			t.Errorf("exchange %d is %+v, want %+v", e.ID, e, want)
		}
		if seen[string(e.Request.Body)] {
			t.Errorf("exchange %d is there twice: %s", e.ID, e.Request.Body)
		}
		seen[string(e.Request.Body)] = true
		return nil
	})
	if err != nil || len(seen) != n {
		t.Errorf("%d of %d exchanges are recorded: %v", len(seen), n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if summaries := <-told; len(summaries) != n || summaries[int64(n)] == "" {
		t.Errorf("watchers were told of %d of %d", len(summaries), n)
	}
	if left := spools(t, path); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSpoolingEndsWithThePressure(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	press(t, s, 100)
	eventually(t, "the spooling ends", func() bool { return !s.Spooling() })
	e := asks(1_000_000)
	if replied(t, s, e) || e.ID == 0 {
		t.Errorf("alone it is committed at once: %d", e.ID)
	}
	press(t, s, 100) // and once more, in the same file
	if l := spools(t, s.Path()); len(l) != 1 {
		t.Errorf("the spools: %v", l)
	}
}

func TestOtherProcessesReadWhatIsSpooled(t *testing.T) {
	path := newPath(t)
	s := open(t, path, record.Options{})
	before := open(t, path, record.Options{ReadOnly: true})
	n := press(t, s, 500)
	finds(t, "a reader that was open", before, n)
	n += pressFrom(t, s, 500, n)
	finds(t, "a reader", open(t, path, record.Options{ReadOnly: true}), n)
	n += pressFrom(t, s, 500, n)
	finds(t, "one that may write", open(t, path, record.Options{}), n)
}

func TestCloseFilesWhatIsSpooled(t *testing.T) {
	path := newPath(t)
	s, err := record.Open(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := press(t, s, 500)
	finds(t, "this process", s, n)
	n += pressFrom(t, s, 500, n)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if l := list(t, open(t, path, record.Options{ReadOnly: true}), record.Query{}); len(l) != n {
		t.Errorf("%d of %d are recorded", len(l), n)
	}
	if left := spools(t, path); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatIsLearntOfASpooledExchange(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	var next atomic.Int64
	underPressure(t, s, 320, func(reply func(*record.Exchange)) {
		e := asks(int(next.Add(1)))
		reply(e)
		s.Amend(e, func(e *record.Exchange) { e.Error = "client went away after 3 bytes" })
	})
	eventually(t, "all are amended", func() bool {
		for _, e := range list(t, s, record.Query{}) {
			if e.Error == "" {
				return false
			}
		}
		return true
	})
}

func TestALockedStoreLosesNothingOfTheSpool(t *testing.T) {
	path := newPath(t)
	s := open(t, path, record.Options{})
	db, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_pragma=busy_timeout(%d)", path, patience.Milliseconds()))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var next, spooled atomic.Int64
	one := func() {
		e := asks(int(next.Add(1)))
		if s.Begin(e); s.Spool(e, nil) {
			spooled.Add(1)
			return
		}
		e.Describe()
		s.Commit(e, time.Millisecond, nil) // while the store is locked it is committed later
	}
	var wg sync.WaitGroup
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for range 16 {
		wg.Go(func() {
			for ctx.Err() == nil {
				one()
			}
		})
	}
	eventually(t, "the spooling begins", s.Spooling)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	stop()
	wg.Wait()
	for range 500 {
		one()
	}
	if spooled.Load() == 0 {
		t.Error("nothing was spooled")
	}
	eventually(t, "it is told", func() bool { return s.Stopped() != nil })
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "recording goes on", func() bool { return s.Stopped() == nil && !s.Spooling() })
	eventually(t, "all are recorded", func() bool { return len(list(t, s, record.Query{})) == int(next.Load()) })
}

// TestRedeliveriesAmongWhatIsSpooled sends each message twice.
func TestRedeliveriesAmongWhatIsSpooled(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	var next atomic.Int64
	underPressure(t, s, 500, func(reply func(*record.Exchange)) {
		n := int(next.Add(1))
		reply(asks(n))
		reply(asks(n))
	})
	finds(t, "this process", s, 2*int(next.Load()))
	first := make(map[string]int64)
	l := list(t, s, record.Query{})
	for _, e := range l {
		if e.RedeliveryOf == 0 {
			first[e.Summary] = e.ID
		}
	}
	if len(first) != len(l)/2 {
		t.Errorf("of %d exchanges %d are first deliveries", len(l), len(first))
	}
	for _, e := range l {
		if told := check(&e, "redelivery"); (told != nil) != (e.RedeliveryOf != 0) {
			t.Errorf("exchange %d repeats %d and says %+v", e.ID, e.RedeliveryOf, told)
		}
		if e.RedeliveryOf != 0 && e.RedeliveryOf != first[e.Summary] {
			t.Errorf("exchange %d repeats %d, want %d", e.ID, e.RedeliveryOf, first[e.Summary])
		}
	}
}

// TestASpoolOfAnotherVersion has a spool whose records are not known.
func TestASpoolOfAnotherVersion(t *testing.T) {
	path := newPath(t)
	if err := open(t, path, record.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	f, err := spool.Create(path+".spool-", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Append(append(make([]byte, spool.Reserved), "what is this?"...)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var said []string
	s := open(t, path, record.Options{Notify: func(sentence string) { said = append(said, sentence) }})
	if !strings.Contains(strings.Join(said, "\n"), "another version of vapitap") || len(spools(t, path)) != 1 {
		t.Errorf("said: %q; the spools: %v", said, spools(t, path))
	}
	if commit(t, s, exchange(1)); s.Stopped() != nil {
		t.Errorf("recording stopped: %v", s.Stopped())
	}
}

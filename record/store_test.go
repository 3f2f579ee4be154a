package record_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// patience is what a test waits for something that is to happen, on a machine that
// is busy with others too.
const patience = 2 * time.Minute

// open opens a store that is closed when the test ends.
func open(t testing.TB, path string, options record.Options) *record.Store {
	t.Helper()
	s, err := record.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "state", "vapitap.db") }

// exchange returns one with a request of n bytes.
func exchange(n int) *record.Exchange {
	e := &record.Exchange{
		Time: time.Now(), From: record.FromLocal, Method: "POST", Path: "/vapi/webhook", Status: 200, Duration: time.Millisecond,
		Request:  record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: bytes.Repeat([]byte("x"), n), Bytes: int64(n)},
		Response: record.Message{Body: []byte("{}"), Bytes: 2},
	}
	e.Kind, e.Type, e.CallID = vapi.KindServer, "status-update", "call-1"
	return e
}

func commit(t testing.TB, s *record.Store, e *record.Exchange) *record.Exchange {
	t.Helper()
	s.Begin(e)
	if err := s.Commit(e, 0, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func list(t testing.TB, s *record.Store, q record.Query) []record.Exchange {
	t.Helper()
	l, err := s.List(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWhatIsCommittedIsReadBack(t *testing.T) {
	path := newPath(t)
	s := open(t, path, record.Options{})
	session, err := s.StartSession("run", "http://localhost:3000/")
	if err != nil {
		t.Fatal(err)
	}
	e := &record.Exchange{
		Time: time.Date(2026, 11, 23, 14, 2, 15, 245_000_000, time.UTC), From: record.FromTunnel, Remote: "203.0.113.5",
		Identity: vapi.Identity{Kind: vapi.KindServer, Type: "tool-calls", CallID: "c"},
		Method:   "POST", Path: "/hook?x=1", Target: "http://localhost:3000/hook?x=1", Status: 200,
		Duration: 84_200_000, FirstByte: 80_100_000,
		Request: record.Message{
			Header: http.Header{"X-A": {"1", "2"}, "X-Odd": {"a: b", "", "caf\xe9"}}, Trailer: http.Header{"X-T": {"t"}},
			Body: []byte("a\x00\xff"), Bytes: 9, Truncated: true,
		},
		Response: record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}"), Bytes: 2},
		Summary:  `get_weather(city: "Oslo")`, ToolNames: []string{"get_weather"}, Rules: []string{"r"},
		Checks: []vapi.Check{{Level: vapi.Error, Code: "tool-result-missing", Message: "m <b>", Path: "/results", Hint: "h"}},
		Auth:   vapi.Auth{Scheme: "hmac", Verdict: "ok"}, ReplayOf: 12, RedeliveryOf: 40, Mocked: true, Saved: true, Marked: true,
		Unreachable: true, Error: "client went away",
	}
	commit(t, s, e)
	got, err := s.Get(context.Background(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := *e
	want.Session = session.ID
	if a, b := fmt.Sprintf("%+v", clone(got)), fmt.Sprintf("%+v", clone(&want)); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", st.Mode(), err)
	}
	if st, err := os.Stat(filepath.Dir(path)); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v, %v", st.Mode(), err)
	}
	if _, err := s.Get(context.Background(), 99); !errors.Is(err, record.ErrNoExchange) {
		t.Errorf("an id that does not exist: %v", err)
	}
}

// clone returns e without what only its own process knows of it.
func clone(e *record.Exchange) record.Exchange {
	return record.Exchange{
		ID: e.ID, Session: e.Session, Time: e.Time, From: e.From, Remote: e.Remote, Identity: e.Identity, Method: e.Method, Path: e.Path,
		Target: e.Target, Status: e.Status, Duration: e.Duration, FirstByte: e.FirstByte, Request: e.Request, Response: e.Response,
		Summary: e.Summary, Checks: e.Checks, ToolNames: e.ToolNames, Auth: e.Auth, ReplayOf: e.ReplayOf, RedeliveryOf: e.RedeliveryOf,
		Rules: e.Rules, Mocked: e.Mocked, Saved: e.Saved, Marked: e.Marked, Unreachable: e.Unreachable, Error: e.Error,
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	database := func(name string, statements ...string) string {
		p := filepath.Join(dir, name)
		db, err := sql.Open("sqlite", p)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		return p
	}
	const ours = "PRAGMA application_id = 0x76746170"
	for _, c := range []struct{ name, path, want string }{
		{"a directory", dir, "it is a directory; name a file in it: --db " + filepath.Join(dir, "vapitap.db")},
		{"no database", write("text", strings.Repeat("some text that is no database\n", 200)), "it is not a SQLite database; name another file"},
		{"another database", database("other", "CREATE TABLE users (name)"), "not one of vapitap's; name another file"},
		{"a newer schema", database("newer", "CREATE TABLE x (y)", ours, "PRAGMA user_version = 999"), "it was written by a newer vapitap (its schema is 999, this program knows up to 4); update vapitap"},
		{"below a file", filepath.Join(write("file", "x"), "vapitap.db"), "not a directory"},
	} {
		for _, options := range []record.Options{{}, {ReadOnly: true}} {
			s, err := record.Open(c.path, options)
			var told *record.StoreError
			if err == nil {
				s.Close()
			}
			if !errors.As(err, &told) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %+v: %v", c.name, options, err)
			}
		}
	}
	if _, err := record.Open(filepath.Join(dir, "none"), record.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "nothing recorded yet") {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error("looking at a store that is not there made one")
	}
}

func TestTwoProcessesShareAFile(t *testing.T) {
	path := newPath(t)
	a, b := open(t, path, record.Options{}), open(t, path, record.Options{})
	reader := open(t, path, record.Options{ReadOnly: true})
	watchers := map[string]*record.Watcher{"a": a.Watch(false), "b": b.Watch(false), "reader": reader.Watch(false)}
	var wg sync.WaitGroup
	for _, s := range []*record.Store{a, b} {
		wg.Go(func() {
			for range 50 {
				commit(t, s, exchange(100))
			}
		})
	}
	wg.Wait()
	for name, w := range watchers {
		seen := map[int64]bool{}
		collect(t, w, func(e *record.Exchange) bool {
			if e.ID != 0 {
				if seen[e.ID] {
					t.Errorf("%s saw exchange %d twice", name, e.ID)
				}
				seen[e.ID] = true
			}
			return len(seen) == 100
		})
	}
}

func TestSessions(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	for _, command := range []string{"run", "demo"} {
		if _, err := s.StartSession(command, "http://localhost:3000/"); err != nil {
			t.Fatal(err)
		}
		commit(t, s, exchange(1))
	}
	commit(t, s, exchange(1))
	sessions, err := s.Sessions(context.Background())
	if err != nil || len(sessions) != 2 || sessions[0].Exchanges+sessions[1].Exchanges != 3 {
		t.Fatalf("%+v %v", sessions, err)
	}
	for _, session := range sessions {
		if n := len(list(t, s, record.Query{Session: session.ID})); n != session.Exchanges || n == 0 {
			t.Errorf("session %s has %d, listed %d", session.Command, session.Exchanges, n)
		}
	}
}

func TestRetentionBySize(t *testing.T) {
	s := open(t, newPath(t), record.Options{Keep: &record.Keep{Size: 4 << 20}})
	marked := exchange(1000)
	marked.Marked = true
	commit(t, s, marked)
	for range 100 {
		commit(t, s, exchange(512<<10))
	}
	eventually(t, "the oldest are deleted", func() bool { return len(list(t, s, record.Query{})) < 12 })
	l := list(t, s, record.Query{})
	if l[0].ID != marked.ID {
		t.Errorf("the marked exchange was deleted; the oldest is %d", l[0].ID)
	}
	if l[len(l)-1].ID != 101 {
		t.Errorf("the newest exchange is %d", l[len(l)-1].ID)
	}
	eventually(t, "the file shrinks", func() bool {
		st, err := os.Stat(s.Path())
		return err == nil && st.Size() < 12<<20
	})
}

func TestRetentionByAge(t *testing.T) {
	s := open(t, newPath(t), record.Options{Keep: &record.Keep{Age: time.Hour}})
	for range 200 {
		old := exchange(10)
		old.Time = time.Now().Add(-2 * time.Hour)
		commit(t, s, old)
	}
	young := commit(t, s, exchange(10))
	eventually(t, "the old are deleted", func() bool { return len(list(t, s, record.Query{})) == 1 })
	if l := list(t, s, record.Query{}); l[0].ID != young.ID {
		t.Errorf("%d is left", l[0].ID)
	}
	if next := commit(t, s, exchange(10)); next.ID != young.ID+1 {
		t.Errorf("the id after %d is %d", young.ID, next.ID)
	}
}

func TestIDsAreNotGivenTwice(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	e := commit(t, s, exchange(10))
	if n, err := s.Delete([]int64{e.ID, 99}); n != 1 || err != nil {
		t.Errorf("deleted %d, %v", n, err)
	}
	if next := commit(t, s, exchange(10)); next.ID != e.ID+1 {
		t.Errorf("the id after %d is %d", e.ID, next.ID)
	}
}

// TestLocked has another program hold the file's lock, as a backup may.
func TestLocked(t *testing.T) {
	path := newPath(t)
	var mu sync.Mutex
	var said []string
	s := open(t, path, record.Options{Notify: func(sentence string) { mu.Lock(); said = append(said, sentence); mu.Unlock() }})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	e := exchange(10)
	s.Begin(e)
	if err := s.Commit(e, 20*time.Second, nil); err == nil || !strings.Contains(err.Error(), "another program holds it locked") {
		t.Errorf("commit to a locked file: %v", err)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "recording goes on", func() bool { return s.Stopped() == nil })
	if l := list(t, s, record.Query{}); len(l) != 1 {
		t.Errorf("%d exchanges are recorded", len(l))
	}
	mu.Lock()
	defer mu.Unlock()
	if all := strings.Join(said, "\n"); !strings.Contains(all, "recording stopped") || !strings.Contains(all, "recording goes on; nothing was lost") {
		t.Errorf("said: %s", all)
	}
}

// eventually waits until done.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// TestClosingPutsTheLogAway closes often, as what reads must be closed before what
// writes, every time.
func TestClosingPutsTheLogAway(t *testing.T) {
	for range 20 {
		path := newPath(t)
		s, err := record.Open(path, record.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			commit(t, s, exchange(100_000))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
			t.Fatalf("left in the folder: %v, %v", entries, err)
		}
		if l := list(t, open(t, path, record.Options{ReadOnly: true}), record.Query{}); len(l) != 10 {
			t.Fatalf("%d exchanges are recorded", len(l))
		}
	}
}

// TestIDsAfterOthersCommitted lets one process notice, while it is idle, what
// another commits, and then commit itself.
func TestIDsAfterOthersCommitted(t *testing.T) {
	path := newPath(t)
	said := make(chan string, 10)
	a := open(t, path, record.Options{Notify: func(sentence string) { said <- sentence }})
	b := open(t, path, record.Options{})
	w := a.Watch(false)
	for round := range 3 {
		other := commit(t, b, exchange(10))
		collect(t, w, func(e *record.Exchange) bool { return e.ID == other.ID }) // a is idle: its tick finds it
		mine := commit(t, a, exchange(10))
		if mine.ID != other.ID+1 {
			t.Errorf("round %d: the id after %d is %d", round, other.ID, mine.ID)
		}
	}
	select {
	case sentence := <-said:
		t.Errorf("said: %s", sentence)
	default:
	}
}

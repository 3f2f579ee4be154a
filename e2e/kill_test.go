//go:build unix

package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"vapitap/record"
)

// TestKilled kills the program in the middle of its work, twenty times on the
// same store, as a crash or kill -9 does. Whatever a caller had in full by then
// is in the store, and nothing in the store is wrong.
func TestKilled(t *testing.T) {
	const kills, fewest = 20, 30
	target := httptest.NewServer(http.HandlerFunc(answerLoad))
	defer target.Close()
	home := newHome(t)
	seen := ledger{t: t, answered: map[string]time.Duration{}, recorded: map[string]bool{}}
	for n := range kills + 1 {
		p := launch(t, home.command("-f", target.URL, "--port", "0", "--output", "json", "--db", home.store()))
		url := p.url() // the store has been opened again
		seen.check(home.store())
		how, want := syscall.SIGKILL, -1
		if n == kills {
			how, want = syscall.SIGTERM, 0 // after all that it still ends well
		}
		// Not always after as many, so that it is at another point of its work.
		load(t, url, 8, fmt.Sprint("round", n), fewest+n*37%90, func() { p.signal(how) }, seen.note)
		if status := p.status(); status != want {
			t.Errorf("round %d ended with status %d, want %d", n, status, want)
		}
	}
	seen.check(home.store())
	if seen.count < kills*fewest {
		t.Errorf("only %d exchanges were answered", seen.count)
	}
}

// TestKilledUnderPressure kills the program while more comes than can be
// committed as it comes, so that much of it is in the spool.
func TestKilledUnderPressure(t *testing.T) {
	const kills, fewest = 4, 1000
	target := httptest.NewServer(http.HandlerFunc(answerLoad))
	defer target.Close()
	home := newHome(t)
	seen := ledger{t: t, answered: map[string]time.Duration{}, recorded: map[string]bool{}}
	spools := 0
	for n := range kills {
		p := launch(t, home.command("-f", target.URL, "--port", "0", "--output", "json", "--db", home.store()))
		load(t, p.url(), 32, fmt.Sprint("round", n), fewest+n*137, func() { p.signal(syscall.SIGKILL) }, seen.note)
		p.status()
		left, err := filepath.Glob(home.store() + ".spool-*")
		if err != nil {
			t.Fatal(err)
		}
		spools += len(left)
		seen.check(home.store())
	}
	if spools == 0 {
		t.Error("the program was never killed while it spooled")
	}
}

// load sends requests over so many connections until the program is gone. Once
// enough of them were answered it calls end, which ends the program while the
// load goes on. It calls answered for each whose reply came in full, one at a
// time.
func load(t *testing.T, url string, connections int, name string, enough int, end func(), answered func(id string, took time.Duration)) {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	type outcome struct {
		id   string
		took time.Duration
		err  error
	}
	outcomes := make(chan outcome)
	var callers sync.WaitGroup
	for c := range connections {
		callers.Go(func() {
			for i, err := 0, error(nil); err == nil; i++ {
				o := outcome{id: fmt.Sprintf("%s-%d-%d", name, c, i)}
				o.took, o.err = ask(transport, url, o.id)
				err = o.err
				outcomes <- o
			}
		})
	}
	go func() { callers.Wait(); close(outcomes) }()
	count, ended := 0, false
	for o := range outcomes {
		switch {
		case o.err == nil:
			answered(o.id, o.took)
			count++
		case !ended:
			t.Errorf("%s, before the program was ended: %v", o.id, o.err)
		}
		if !ended && (count == enough || o.err != nil) {
			ended = true
			end()
		}
	}
}

// ask sends the request with this id and reads the whole reply. A reply that
// came in full but is not the right one is an error too.
func ask(transport http.RoundTripper, url, id string) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/load/"+id, bytes.NewReader(loadBody("request", id)))
	if err != nil {
		return 0, err
	}
	began := time.Now()
	res, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK || !bytes.Equal(body, loadBody("reply", id)) {
		return 0, fmt.Errorf("status %d with %d bytes, which the server did not send", res.StatusCode, len(body))
	}
	return time.Since(began), nil
}

// answerLoad is the server behind the program.
func answerLoad(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	id := r.URL.Path[len("/load/"):]
	body := loadBody("reply", id)
	if len(body)%2 == 0 { // in chunks
		w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		w.Write(body[len(body)/2:])
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// loadBody is the body with this id, always the same: 1 to 64 KB that begin with
// the id.
func loadBody(what, id string) []byte {
	random := rand.NewChaCha8(sha256.Sum256([]byte(what + id)))
	filler := make([]byte, 400+random.Uint64()%(32<<10-500))
	random.Read(filler) // never fails
	body := fmt.Appendf(make([]byte, 0, 64<<10), `{"%s":%q,"filler":"`, what, id)
	return append(hex.AppendEncode(body, filler), `"}`...)
}

// ledger is what the callers know and what was found in the store.
type ledger struct {
	t        *testing.T
	answered map[string]time.Duration // since the last check, by id: how long the reply took
	count    int                      // of all that were answered
	recorded map[string]bool          // by id: whether it was found in the store
	checked  int64                    // the highest id of the store that was looked at
}

func (l *ledger) note(id string, took time.Duration) {
	l.answered[id] = took
	l.count++
}

// check looks at the store as a second process: that it is sound, that what is
// new in it is right, and that everything answered is there.
func (l *ledger) check(path string) {
	l.t.Helper()
	store, err := record.Open(path, record.Options{ReadOnly: true})
	if err != nil {
		l.t.Fatal(err)
	}
	defer store.Close()
	list, err := store.List(context.Background(), record.Query{})
	if err != nil {
		l.t.Fatal(err)
	}
	for i := range list {
		if e := &list[i]; e.ID > l.checked {
			if err := store.Load(context.Background(), e); err != nil {
				l.t.Fatal(err)
			}
			l.checkExchange(e)
			l.checked = e.ID
		}
	}
	// A reply that waited this long for the disk is let go, and its exchange comes
	// later: it is the only one that may be lost.
	const patience = 250 * time.Millisecond
	for id, took := range l.answered {
		if !l.recorded[id] && took < patience {
			l.t.Errorf("%s was answered after %s and is not in the store", id, took)
		}
	}
	clear(l.answered)
	checkFile(l.t, path)
}

// checkExchange compares an exchange of the store with what was sent.
func (l *ledger) checkExchange(e *record.Exchange) {
	l.t.Helper()
	var id string
	if _, err := fmt.Sscanf(e.Path, "/load/%s", &id); err != nil {
		l.t.Errorf("exchange %d has the path %s, which nobody asked for", e.ID, e.Path)
		return
	}
	if l.recorded[id] {
		l.t.Errorf("%s is in the store twice", id)
	}
	l.recorded[id] = true
	if !bytes.Equal(e.Request.Body, loadBody("request", id)) || e.Request.Truncated {
		l.t.Errorf("%s: the request was recorded with %d bytes that are not those sent", id, len(e.Request.Body))
	}
	if !bytes.Equal(e.Response.Body, loadBody("reply", id)) || e.Response.Truncated || e.Status != http.StatusOK || e.Error != "" {
		l.t.Errorf("%s: the reply was recorded with status %d, %d bytes that are not those sent, error %q", id, e.Status, len(e.Response.Body), e.Error)
	}
}

// checkFile looks at the file as SQLite sees it.
func checkFile(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []struct{ query, want string }{
		{"PRAGMA integrity_check", "ok"},
		{"SELECT count(*) FROM exchange WHERE id NOT IN (SELECT exchange FROM payload)", "0"},
		{"SELECT count(*) FROM payload WHERE exchange NOT IN (SELECT id FROM exchange)", "0"},
		{"SELECT count(*) FROM exchange WHERE session NOT IN (SELECT id FROM session)", "0"},
	} {
		var got string
		if err := db.QueryRow(c.query).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.query, got, err, c.want)
		}
	}
}

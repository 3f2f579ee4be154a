package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vapitap/record"
)

// A follower is vapitap events --follow in a process of its own.
type follower struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func follow(t *testing.T, db string, args ...string) *follower {
	t.Helper()
	f := &follower{Cmd: exec.Command("vapitap", append([]string{"events", "--follow", "--db", db}, args...)...)}
	out, err := f.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	f.Stderr = t.Output()
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // both do nothing where it has ended
		f.Process.Kill()
		f.Wait()
	})
	f.lines = bufio.NewScanner(out)
	return f
}

// next waits for the next line.
func (f *follower) next(t *testing.T) string {
	t.Helper()
	if !f.lines.Scan() {
		t.Fatalf("the output ended: %v", f.lines.Err())
	}
	return f.lines.Text()
}

// describe records one exchange of each path, in one run.
func describe(t *testing.T, db string, paths ...string) {
	t.Helper()
	var list []string
	for _, path := range paths {
		list = append(list, `{"method":"GET","path":"`+path+`","request":{"headers":{"X-City":["Oslo"]}}}`)
	}
	if _, err := recordExchanges(db, []byte("["+strings.Join(list, ",")+"]")); err != nil {
		t.Fatal(err)
	}
}

func TestFollowShowsWhatAnotherProcessRecords(t *testing.T) {
	db := filepath.Join(t.TempDir(), "vapitap.db")
	describe(t, db, "/zero", "/one")
	f := follow(t, db, "-n", "1", "path:/o*|/t*")
	if line := f.next(t); !strings.HasSuffix(line, "/one") {
		t.Errorf("first %q, want what is there already", line)
	}
	describe(t, db, "/two", "/nothing")
	if line := f.next(t); !strings.HasSuffix(line, "/two") {
		t.Errorf("then %q", line)
	}
	describe(t, db, "/nothing", "/three")
	if line := f.next(t); !strings.HasSuffix(line, "/three") {
		t.Errorf("then %q", line)
	}
	if err := f.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if f.lines.Scan() {
		t.Errorf("at the end %q", f.lines.Text())
	}
	if err := f.Wait(); err != nil {
		t.Errorf("after an interrupt: %v, want status 0", err)
	}
}

func TestFollowBeginsBeforeThereIsAStore(t *testing.T) {
	db := filepath.Join(t.TempDir(), "state", "vapitap.db")
	f := follow(t, db, "--json", "header:oslo")
	describe(t, db, "/first")
	if line := f.next(t); !strings.Contains(line, `"id":1,`) || !strings.Contains(line, `"path":"/first"`) {
		t.Errorf("got %q", line)
	}
}

func TestHeadingsOnATerminal(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 2, 0, 0, time.Local) }
	exchange := func(when time.Time, call string) *record.Exchange {
		e := &record.Exchange{Time: when}
		e.CallID = call
		return e
	}
	tests := []struct {
		name string
		e    *record.Exchange
		want string
	}{
		{"the first", exchange(at(23, 14), ""), "── Mon 23 Nov 2026 ──"},
		{"no news", exchange(at(23, 15), ""), ""},
		{"a call", exchange(at(23, 15), "0199f2a0-aaaa"), "── call:0199f2a0-aaaa ──"},
		{"the same call", exchange(at(23, 15), "0199f2a0-aaaa"), ""},
		{"none", exchange(at(23, 15), ""), ""},
		{"the same call again", exchange(at(23, 15), "0199f2a0-aaaa"), ""},
		{"another on another day", exchange(at(24, 9), "\x1b[31mc2"), "── Tue 24 Nov 2026 · call:c2 ──"},
	}
	l := &listing{out: bufio.NewWriter(io.Discard)}
	for _, tt := range tests {
		if got := l.heading(tt.e); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

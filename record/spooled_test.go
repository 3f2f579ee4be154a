package record

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vapitap/record/spool"
	"vapitap/vapi/auth"
)

// spoolables are exchanges of every kind, as a proxy has them when their replies
// end.
func spoolables() map[string]*Exchange {
	request := `{"message":{"type":"tool-calls","call":{"id":"c"},"toolCallList":[{"id":"t1","name":"get_weather","arguments":{"city":"Oslo"}}]}}`
	plain := func(change func(*Exchange)) *Exchange {
		e := &Exchange{
			Session: "20261123T140200-4f2a", Time: time.Date(2026, 11, 23, 14, 2, 0, 123_456_000, time.UTC),
			From: FromTunnel, Remote: "203.0.113.5", Method: "POST", Path: "/hook?x=1", Target: "http://localhost:3000/hook?x=1",
			Status: 200, Duration: 8_200_123 * time.Microsecond, FirstByte: 8_100_001 * time.Microsecond, pending: 7,
			Request: Message{
				Header: http.Header{"Content-Type": {"application/json"}, "X-Vapi-Secret": {"s3cret"}, "X-A": {"1", "2"}},
				Body:   []byte(request), Bytes: int64(len(request)),
			},
			Response: Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"results":[]}`), Bytes: 14},
		}
		change(e)
		return e
	}
	return map[string]*Exchange{
		"a tool call": plain(func(e *Exchange) {}),
		"no bodies":   plain(func(e *Exchange) { e.Request, e.Response = Message{}, Message{} }),
		"trailers": plain(func(e *Exchange) {
			e.Request.Trailer, e.Response.Trailer = http.Header{"X-T": {"t"}}, http.Header{"X-U": {"u"}}
		}),
		"truncated": plain(func(e *Exchange) { e.Request.Truncated, e.Request.Bytes, e.Response.Truncated = true, 9_000_000, true }),
		"unreachable": plain(func(e *Exchange) {
			e.Unreachable, e.Status, e.Error = true, 502, "no answer from localhost:3000: refused"
		}),
		"refused":          plain(func(e *Exchange) { e.Refused, e.Status = true, 401 }),
		"aborted":          plain(func(e *Exchange) { e.Status, e.Error = 0, "vapitap ended before the reply was complete" }),
		"tunnelled":        plain(func(e *Exchange) { e.Tunnelled, e.Here = true, []string{"x.ngrok.app", "y.example:8443"} }),
		"sent again":       plain(func(e *Exchange) { e.From, e.ReplayOf = FromReplay, 12 }),
		"ruled":            plain(func(e *Exchange) { e.Rules, e.Mocked = []string{"slow", "r2"}, true }),
		"not JSON, binary": plain(func(e *Exchange) { e.Request.Body = []byte("\x00\xff{\"") }),
		"an assistant": plain(func(e *Exchange) {
			e.Request.Body = []byte(`{"message":{"type":"assistant-request","call":{"id":"c"}}}`)
			e.Response.Body = []byte(`{"assistant":{"server":{"url":"https://elsewhere.example"}}}`)
			e.Here = []string{"x.ngrok.app"}
		}),
	}
}

// TestSpooledIsWhatCommitWouldHave compares what becomes of an exchange on both
// ways, with and without secrets.
func TestSpooledIsWhatCommitWouldHave(t *testing.T) {
	for _, secret := range []string{"", "s3cret", "another"} {
		var keys *auth.Keyring
		if secret != "" {
			var err error
			if keys, err = auth.NewKeyring([]string{secret}, nil); err != nil {
				t.Fatal(err)
			}
		}
		for name, e := range spoolables() {
			if keys != nil {
				e.Describe()
				e.Authenticate(keys)
			}
			got, err := readSpooled(appendSpooled(nil, e))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got.describeSpooled()
			want := spoolables()[name]
			want.Describe()
			if keys != nil {
				want.Authenticate(keys)
			}
			for _, e := range []*Exchange{got, want} { // an empty body is none
				e.Request.Body, e.Response.Body = notNil(e.Request.Body), notNil(e.Response.Body)
				e.line = ""
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
			}
		}
	}
}

func FuzzReadSpooled(f *testing.F) {
	for _, e := range spoolables() {
		f.Add(appendSpooled(nil, e))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		if e, err := readSpooled(record); err == nil {
			e.describeSpooled()
		}
	})
}

// leave makes a spool beside a store as a killed process leaves it, of which so
// many exchanges were filed.
func leave(t *testing.T, path string, exchanges []*Exchange, filed int) {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := spool.Create(spoolPrefix(path), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exchanges {
		if err := f.Append(appendSpooled(make([]byte, spool.Reserved), e)); err != nil {
			t.Fatal(err)
		}
	}
	_, upto := f.Next(filed, 1<<30)
	if err := s.write(func(ctx context.Context, conn *sql.Conn) error { return noteUpto(ctx, conn, f, upto, true) }); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{f.Close(), s.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatAKilledProcessLeft(t *testing.T) {
	for _, readOnly := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "vapitap.db")
		var left []*Exchange
		for i := range 300 {
			e := spoolables()["a tool call"]
			e.Time, e.pending = time.Now(), int64(i+1)
			e.Request.Body = fmt.Appendf(nil, `{"message":{"type":"status-update","status":"n%d","call":{"id":"c"}}}`, i)
			left = append(left, e)
		}
		leave(t, path, left, 100)
		var said []string
		s, err := Open(path, Options{ReadOnly: readOnly, Notify: func(sentence string) { said = append(said, sentence) }})
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.List(context.Background(), Query{})
		if err != nil || len(l) != 200 {
			t.Fatalf("%d exchanges are in the store: %v", len(l), err)
		}
		for i, e := range l {
			if want := fmt.Sprintf("n%d", i+100); e.ID != int64(i+1) || !strings.Contains(e.Summary, want) || e.Session != left[0].Session || e.Pending() {
				t.Fatalf("exchange %d is %+v, want %s", i, e, want)
			}
		}
		if all := strings.Join(said, "\n"); !strings.Contains(all, "recording 200 exchanges that an earlier run") {
			t.Errorf("said: %s", all)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.Contains(e.Name(), "spool") }) {
			t.Errorf("beside the store: %v, %v", entries, err)
		}
	}
}

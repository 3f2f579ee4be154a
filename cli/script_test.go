package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vapitap/record"
	"vapitap/vapi"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"vapitap": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScript runs the sessions in testdata/script. Beside testscript's own
// commands they have these:
//
//	record FILE        begin a session and record the exchanges that FILE describes;
//	                   $SESSION is the session's id from then on
//	status N ARGS...   run vapitap, which must end with status N
//	api ...            a stand-in of Vapi's API: see apiCommand
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("TZ", "UTC")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // with -race each process would wait a second at its end
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"record": recordCommand,
			"status": statusCommand,
			"api":    apiCommand,
		},
	})
}

// recordCommand is record FILE.
func recordCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: record FILE")
	}
	path := ts.Getenv("VAPITAP_DB")
	if path == "" {
		path = filepath.Join(ts.Getenv("XDG_STATE_HOME"), "vapitap", "vapitap.db")
	}
	session, err := recordExchanges(path, []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Setenv("SESSION", session)
}

// statusCommand is status N ARGS...: what "! vapitap" cannot tell apart.
func statusCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: status N ARGS...")
	}
	got := "exit status 0"
	if err := ts.Exec("vapitap", args[1:]...); err != nil {
		got = err.Error()
	}
	if want := "exit status " + args[0]; got != want {
		ts.Fatalf("%s, want %s", got, want)
	}
}

// recordExchanges begins a session in the store at path and records the
// exchanges that are described in it. It returns the session's id.
func recordExchanges(path string, description []byte) (session string, err error) {
	var described []describedExchange
	d := json.NewDecoder(bytes.NewReader(description))
	d.DisallowUnknownFields()
	if err := d.Decode(&described); err != nil {
		return "", err
	}
	store, err := record.Open(path, record.Options{})
	if err != nil {
		return "", err
	}
	begun, err := store.StartSession("run", "http://localhost:3000/vapi/webhook")
	if err != nil {
		return "", err
	}
	for i := range described {
		e, err := described[i].exchange()
		if err != nil {
			return "", err
		}
		store.Begin(e)
		if err := store.Commit(e, 0, nil); err != nil {
			return "", err
		}
	}
	return begun.ID, store.Close()
}

// describedExchange is an exchange as scripts write it. What is left out is as
// it usually is: a POST to the webhook at 14:02:15 that was answered with 200
// after 84.2 ms.
type describedExchange struct {
	Time        time.Time
	From        record.From
	Remote      string
	Method      string
	Path        string
	Target      string
	Status      *int
	Ms          float64
	Request     describedMessage
	Response    describedMessage
	Checks      []vapi.Check // in place of what is found
	Summary     string       // in place of what is made of the messages
	Auth        vapi.Auth
	ReplayOf    int64
	Redelivery  int64
	Marked      bool
	Saved       bool
	Unreachable bool
	Error       string
}

// describedMessage has one of the bodies, or none.
type describedMessage struct {
	Headers  http.Header
	Trailers http.Header
	Body     json.RawMessage // the text as it stands in the script
	Text     string
	Hex      string
	Gzip     bool  // the body is compressed and says so
	Of       int64 // the whole body was that long
}

func (d *describedExchange) exchange() (*record.Exchange, error) {
	e := &record.Exchange{
		Time: d.Time, From: d.From, Remote: d.Remote, Method: d.Method, Path: d.Path, Target: d.Target, Status: 200,
		Auth: d.Auth, ReplayOf: d.ReplayOf, RedeliveryOf: d.Redelivery, Marked: d.Marked, Saved: d.Saved,
		Unreachable: d.Unreachable, Error: d.Error,
	}
	if e.Time.IsZero() {
		e.Time = time.Date(2026, 11, 23, 14, 2, 15, 245e6, time.UTC)
	}
	setDefault(&e.From, record.FromLocal)
	setDefault(&e.Remote, "127.0.0.1")
	setDefault(&e.Method, "POST")
	setDefault(&e.Path, "/vapi/webhook")
	setDefault(&e.Target, "http://localhost:3000"+e.Path)
	setDefault(&d.Ms, 84.2)
	if d.Status != nil {
		e.Status = *d.Status
	}
	e.Duration = time.Duration(d.Ms * float64(time.Millisecond))
	e.FirstByte = e.Duration - e.Duration/16
	var err error
	if e.Request, err = d.Request.message(); err != nil {
		return nil, err
	}
	if e.Response, err = d.Response.message(); err != nil {
		return nil, err
	}
	e.Describe()
	if d.Checks != nil {
		e.Checks = d.Checks
	}
	if d.Summary != "" {
		e.Summary = d.Summary
	}
	return e, nil
}

func setDefault[T comparable](v *T, otherwise T) {
	if zero := *new(T); *v == zero {
		*v = otherwise
	}
}

func (d *describedMessage) message() (record.Message, error) {
	m := record.Message{Header: d.Headers, Trailer: d.Trailers, Body: []byte(d.Text)}
	if m.Header == nil {
		m.Header = http.Header{}
	}
	if d.Body != nil {
		m.Body = d.Body
		m.Header.Set("Content-Type", "application/json")
	}
	if d.Hex != "" {
		var err error
		if m.Body, err = hex.DecodeString(d.Hex); err != nil {
			return m, err
		}
	}
	if d.Gzip {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write(m.Body)
		if err := w.Close(); err != nil {
			return m, err
		}
		m.Body = packed.Bytes()
		m.Header.Set("Content-Encoding", "gzip")
	}
	m.Bytes = max(int64(len(m.Body)), d.Of)
	m.Truncated = m.Bytes > int64(len(m.Body))
	return m, nil
}

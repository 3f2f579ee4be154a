package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/record"
)

// recorded makes a store with exchanges of one session and returns its file. It
// fills in what they leave out: a POST of {} to /vapi/webhook that was answered
// with {}.
func recorded(t *testing.T, command string, exchanges ...*record.Exchange) (db string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "vapitap.db")
	store, err := record.Open(db, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.StartSession(command, ""); err != nil {
		t.Fatal(err)
	}
	for i, e := range exchanges {
		setDefault(&e.Method, "POST")
		setDefault(&e.Path, "/vapi/webhook")
		setDefault(&e.From, record.FromLocal)
		setDefault(&e.Status, 200)
		setDefault(&e.Time, time.Date(2026, 11, 23, 14, 2, i, 0, time.UTC))
		for _, m := range []*record.Message{&e.Request, &e.Response} {
			if m.Body == nil {
				m.Body = []byte("{}")
			}
			if m.Header == nil {
				m.Header = http.Header{"Content-Type": {"application/json"}}
			}
			setDefault(&m.Bytes, int64(len(m.Body)))
		}
		e.Describe()
		store.Begin(e)
		if err := store.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return db
}

// body is a message with a body.
func body(text string) record.Message { return record.Message{Body: []byte(text)} }

// message is what a server got.
type message struct{ method, uri, body string }

// webhook is a server that notes what it gets.
type webhook struct {
	*httptest.Server
	mu  sync.Mutex
	got []message
}

// startWebhook starts a server whose answers are JSON.
func startWebhook(t *testing.T, answer func(n int, body string) string) *webhook {
	t.Helper()
	s := &webhook{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.got = append(s.got, message{r.Method, r.RequestURI, string(text)})
		n := len(s.got)
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer(n, string(text)))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *webhook) bodies() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.got {
		list = append(list, m.body)
	}
	return list
}

func always(text string) func(int, string) string { return func(int, string) string { return text } }

// runReplay runs vapitap replay.
func runReplay(db string, args ...string) (status int, out, errOut string) {
	var stdout, stderr bytes.Buffer
	status = Main(append([]string{"replay", "--db", db}, args...), strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// wants fails the test unless text has all parts.
func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s has no %q:\n%s", what, part, text)
		}
	}
}

const weatherCall = `{"message":{"type":"tool-calls","call":{"id":"c-1"},"toolCallList":[{"id":"t","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}}],` +
	`"toolCalls":[{"id":"t","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]}}`

func weatherReply(result string) string {
	return fmt.Sprintf(`{"results":[{"toolCallId":"t","result":%q}]}`, result)
}

func TestReplaySendsWhatWasRecordedAndSaysHowTheReplyDiffers(t *testing.T) {
	server := startWebhook(t, always(weatherReply("8 degrees and rain in Bergen")))
	e := &record.Exchange{Target: server.URL + "/vapi/webhook?x=1", Path: "/vapi/webhook?x=1", Request: body(weatherCall), Response: body(weatherReply("12 degrees"))}
	db := recorded(t, "run", e)
	status, out, errOut := runReplay(db, "1", "--diff")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	wants(t, "standard output", out, "    2 ", "tool-calls", "(replay of 1)", "\n"+strings.Repeat(" ", 19)+`~ results[0].result: "12 degrees" → "8 degrees and rain in Bergen"`+"\n")
	if errOut != "recorded as 2; vapitap show 2\n" {
		t.Errorf("standard error: %s", errOut)
	}
	if got := server.got; len(got) != 1 || got[0] != (message{"POST", "/vapi/webhook?x=1", weatherCall}) {
		t.Errorf("the server got %v", got)
	}
	status, out, _ = runReplay(db, "2", "--diff")
	wants(t, "standard output", out, "(replay of 2)", "same reply as 2")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	_, out, _ = runReplay(db, "1", "--diff", "--json")
	var line struct {
		ID       int64
		From     string
		ReplayOf int64
		Status   int
		Diff     []struct{ In, Path, Kind, Old, New string }
	}
	if err := json.Unmarshal([]byte(out), &line); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%s: %v", out, err)
	}
	if line.ID != 4 || line.From != "replay" || line.ReplayOf != 1 || line.Status != 200 || len(line.Diff) != 1 ||
		line.Diff[0] != struct{ In, Path, Kind, Old, New string }{"body", "results[0].result", "changed", "12 degrees", "8 degrees and rain in Bergen"} {
		t.Errorf("%s", out)
	}
}

func TestReplaySetsValuesInAllShapesOfACall(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	db := recorded(t, "run", &record.Exchange{Request: body(weatherCall), Target: server.URL})
	status, _, errOut := runReplay(db, "1", "--set", "message.toolCallList[0].function.arguments.city=Bergen", "--set", "message.new={}", "--set", "message.new.a:=1")
	want := strings.ReplaceAll(strings.Replace(weatherCall, `}]}}`, `}],"new":{"a":1}}}`, 1), "Oslo", "Bergen")
	if got := server.bodies(); status != 0 || len(got) != 1 || got[0] != want {
		t.Errorf("status %d, the server got %s, want %s\n%s", status, got, want, errOut)
	}
}

func TestReplayOfAPathThatIsNotThereIsWrongUsageAndSendsNothing(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	gzipped := body("{}")
	gzipped.Header = http.Header{"Content-Encoding": {"gzip"}}
	db := recorded(t, "run",
		&record.Exchange{Request: body(weatherCall), Target: server.URL}, &record.Exchange{Request: body(`{"message":{}}`), Target: server.URL},
		&record.Exchange{Request: body(`no`), Target: server.URL}, &record.Exchange{Request: gzipped, Target: server.URL})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"1-2", "--set", "message.toolCalList[0].x=1"}, "exchange 2: --set message.toolCalList: no such key in message; it is empty\n"},
		{[]string{"1", "--set", "message.toolCalList[0].x=1"}, "exchange 1: --set message.toolCalList: no such key in message; it has type, call, toolCallList, toolCalls; did you mean toolCallList?\n"},
		{[]string{"1", "--set", "message.toolCallList[0].arguments.city=x"}, "(in this call it is message.toolCallList[0].function.arguments.city)\n"},
		{[]string{"1", "--set", "arguments.city=x"}, "exchange 1: --set arguments: no such key in the document; it has message\nhint: did you mean message.toolCallList[0].function.arguments.city?\n"},
		{[]string{"--call", "c-1", "--set", "arguments.city=x"}, "\nhint: did you mean message.toolCallList[0].function.arguments.city?\n"},
		{[]string{"3", "--set", "message.x=1"}, "exchange 3: --set message.x: the body is not JSON at byte 2"},
		{[]string{"4", "--set", "message=1"}, "exchange 4: --set message: the body is compressed (gzip) and can only be sent as it is"},
		{[]string{"--call", "c-1", "--set", "message.a.b=1"}, "exchange 1: --set message.a: no such key"},
		{[]string{"1", "--set", "message.x:=no"}, "--set message.x: the value is not JSON"},
		{[]string{"1", "--set", "no"}, "there is no equals sign"},
		{[]string{"1", "--set", "a=@/does/not/exist"}, "no such file"},
	} {
		status, out, errOut := runReplay(db, c.args...)
		if status != 2 || out != "" {
			t.Errorf("%s: status %d\n%s", c.args, status, out)
		}
		wants(t, strings.Join(c.args, " "), errOut, c.want)
	}
	if got := server.bodies(); len(got) != 0 {
		t.Errorf("the server got %s", got)
	}
}

func TestReplayOfWhatCannotBeSentGoesOnWithTheRest(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	cut := record.Message{Body: []byte("{"), Bytes: 20_000_000, Truncated: true}
	db := recorded(t, "run",
		&record.Exchange{Request: cut, Target: server.URL}, &record.Exchange{Status: 101, Target: server.URL},
		&record.Exchange{From: record.FromImport}, &record.Exchange{Request: body("the last"), Target: server.URL})
	status, out, errOut := runReplay(db, "99", "1-4")
	if status != 1 || strings.Count(out, "\n") < 1 {
		t.Errorf("status %d\n%s", status, out)
	}
	wants(t, "standard error", errOut,
		"no exchange 99; the store has 1 to 4",
		"exchange 1: its body was not recorded whole (1 byte of 20.0 MB), so it cannot be sent again\nhint: vapitap --max-body",
		"exchange 2: it became another connection than HTTP",
		"exchange 3: it was forwarded to no server that is known; name one with --to URL",
		"recorded as 5; vapitap show 5")
	if got := server.bodies(); !slices.Equal(got, []string{"the last"}) {
		t.Errorf("the server got %q", got)
	}
}

func TestReplayToAnotherServer(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	port := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	db := recorded(t, "run", &record.Exchange{Path: "/tools/weather?x=1", Target: "http://127.0.0.1:1/tools/weather?x=1"})
	for to, want := range map[string]string{
		server.URL: "/tools/weather?x=1", port: "/tools/weather?x=1", port + "/hook": "/hook?x=1", server.URL + "/hook?y=2": "/hook?y=2",
	} {
		server.got = nil
		if status, _, errOut := runReplay(db, "1", "--to", to); status != 0 || len(server.got) != 1 || server.got[0].uri != want {
			t.Errorf("--to %s: the server got %v, want %s\n%s", to, server.got, want, errOut)
		}
	}
}

func TestReplayWhereNothingListens(t *testing.T) {
	db := recorded(t, "run", &record.Exchange{Target: "http://127.0.0.1:1/vapi/webhook"}, &record.Exchange{Target: "http://127.0.0.1:1/vapi/webhook"})
	status, out, errOut := runReplay(db, "1-2", "--json")
	if status != 1 || strings.Count(out, "\n") != 2 || !strings.Contains(out, `"error":"no answer from 127.0.0.1:1: connection refused"`) {
		t.Errorf("status %d\n%s", status, out)
	}
	want := "vapitap: nothing listens on 127.0.0.1:1: start your server, or name another with --to URL\nrecorded as 3-4; vapitap show 4\n"
	if errOut != want {
		t.Errorf("standard error:\n%s, want it once:\n%s", errOut, want)
	}
}

func TestReplayOfTheDemoRunsItsServerAgain(t *testing.T) {
	another := startWebhook(t, always(`{}`)) // which has the port of the demo's server now
	db := recorded(t, "demo", &record.Exchange{Target: another.URL + "/vapi/webhook", Request: body(weatherCall)})
	for id := 1; id <= 2; id++ { // the replay of a replay as well
		status, out, errOut := runReplay(db, fmt.Sprint(id), "--set", "message.toolCallList[0].function.arguments.city=Bergen")
		if status != 0 {
			t.Errorf("status %d", status)
		}
		wants(t, "standard output", out, "8 degrees and rain in Bergen")
		wants(t, "standard error", errOut, fmt.Sprintf("%d was answered by the demo's own server, which runs again for this on 127.0.0.1:", id), "--to URL sends it to yours")
	}
	if len(another.got) > 0 {
		t.Errorf("another server got %v", another.got)
	}
	if status, _, errOut := runReplay(db, "1", "--to", another.URL); status != 0 || len(another.got) != 1 {
		t.Errorf("--to: status %d, %d requests\n%s", status, len(another.got), errOut)
	}
	if status, _, errOut := runReplay(db, "1", "--watch"); status != 2 || !strings.Contains(errOut, "which never goes away") {
		t.Errorf("--watch: status %d: %s", status, errOut)
	}
}

func TestIDRanges(t *testing.T) {
	for want, ids := range map[string][]int64{
		"43": {43}, "43-44": {43, 44}, "43-48 50 52-53": {43, 44, 45, 46, 47, 48, 50, 52, 53},
		"1 3 5 7 9 11 13 15 and 2 more": {1, 3, 5, 7, 9, 11, 13, 15, 17, 19},
	} {
		if got := idRanges(ids); got != want {
			t.Errorf("%d: %s, want %s", ids, got, want)
		}
	}
}

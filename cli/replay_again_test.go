package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/internal/dial/dialtest"
	"vapitap/record"
)

func TestReplayOfACallSendsItInOrder(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	at := func(second int) time.Time { return time.Date(2026, 11, 23, 14, 0, second, 0, time.UTC) }
	of := func(call, text string) record.Message {
		return body(fmt.Sprintf(`{"message":{"type":"x","text":%q,"call":{"id":%q}}}`, text, call))
	}
	db := recorded(t, "run",
		&record.Exchange{Time: at(30), Request: of("call-one", "second"), Target: server.URL},
		&record.Exchange{Time: at(10), Request: of("call-one", "first"), Target: server.URL},
		&record.Exchange{Time: at(20), Request: of("call-two", "another call"), Target: server.URL},
		&record.Exchange{Time: at(40), Request: of("call-one", "a replay"), Target: server.URL, From: record.FromReplay, ReplayOf: 1},
		&record.Exchange{Time: at(50), Request: of("call-one", "a test"), Target: server.URL, From: record.FromTest},
		&record.Exchange{Time: at(60), Request: of("call-one", "third"), Target: server.URL, From: record.FromTunnel})
	want := []string{"first", "second", "third"}
	for _, args := range [][]string{{"--call", "call-one", "--fast"}, {"--call", "CALL-O", "--speed", "10000"}, {"--call", "Last", "--fast"}} {
		server.got = nil
		status, _, errOut := runReplay(db, args...)
		var got []string
		for _, text := range server.bodies() {
			var m struct{ Message struct{ Text string } }
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatal(err)
			}
			got = append(got, m.Message.Text)
		}
		if status != 0 || !slices.Equal(got, want) {
			t.Errorf("%s: the server got %q, want %q\n%s", args, got, want, errOut)
		}
	}
	for call, want := range map[string]string{
		"call": "2 calls begin with call: call-one, call-two", "call-three": "no exchange of a call call-three is recorded", "call-*": "no exchange of a call call-* is recorded",
	} {
		status, _, errOut := runReplay(db, "--call", call)
		if status != 1 {
			t.Errorf("--call %s: status %d", call, status)
		}
		wants(t, "--call "+call, errOut, want)
	}
}

func TestReplayUntilTheReplyChanges(t *testing.T) {
	fourth := func(n int, _ string) string {
		if n%4 == 0 {
			return `{"a":2}`
		}
		return `{ "a": 1.0 }`
	}
	for _, c := range []struct {
		args  []string
		reply string // that was recorded
		sends int
		says  string
	}{
		{nil, `{"a":1}`, 4, "the reply changed at try 4"},
		{nil, `{"a":0}`, 1, "the reply changed at try 1"},
		{[]string{"--set", "x=1"}, `{"a":0}`, 4, "the reply changed at try 4"},
		{[]string{"--times", "3"}, `{"a":1}`, 3, "the reply did not change; sent 3 times"},
	} {
		server := startWebhook(t, fourth)
		db := recorded(t, "run", &record.Exchange{Target: server.URL, Response: body(c.reply)})
		status, _, errOut := runReplay(db, append([]string{"1", "--until-change"}, c.args...)...)
		if status != 0 || len(server.got) != c.sends {
			t.Errorf("%s after %s: status %d after %d requests, want %d", c.args, c.reply, status, len(server.got), c.sends)
		}
		wants(t, "standard error", errOut, c.says)
	}
}

func TestReplaySeveralTimes(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	db := recorded(t, "run", &record.Exchange{Target: server.URL, Request: body("a")}, &record.Exchange{Target: server.URL, Request: body("b")})
	_, _, errOut := runReplay(db, "1-2", "--times", "2")
	if got := server.bodies(); !slices.Equal(got, []string{"a", "b", "a", "b"}) {
		t.Errorf("the server got %q", got)
	}
	wants(t, "standard error", errOut, "recorded as 3-6; vapitap show 6")
}

// awaited is what a command writes while it runs.
type awaited struct {
	mu   sync.Mutex
	more *sync.Cond
	text strings.Builder
}

func newAwaited() *awaited {
	w := &awaited{}
	w.more = sync.NewCond(&w.mu)
	return w
}

func (w *awaited) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.more.Broadcast()
	return w.text.Write(p)
}

// await waits until part was written n times.
func (w *awaited) await(part string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for strings.Count(w.text.String(), part) < n {
		w.more.Wait()
	}
}

func TestReplayEachTimeTheServerComesBack(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") })
	address := dialtest.Address(t)
	listen := func() *http.Server {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler}
		go server.Serve(listener)
		return server
	}
	server := listen()
	db := recorded(t, "run", &record.Exchange{Target: "http://" + address + "/vapi/webhook"})
	out, errOut := newAwaited(), newAwaited()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		root := (&app{in: strings.NewReader(""), out: out, err: errOut}).root()
		root.SetArgs([]string{"replay", "--db", db, "1", "--watch"})
		done <- root.ExecuteContext(ctx)
	}()
	errOut.await("sending again each time "+address+" comes back", 1)
	for n := 1; n <= 2; n++ {
		out.await("(replay of 1)", n)
		server.Close()
		errOut.await(address+" is gone", n)
		server = listen()
	}
	out.await("(replay of 1)", 3)
	server.Close()
	errOut.await(address+" is gone", 3)
	cancel()
	if err := <-done; err != nil {
		t.Errorf("the end of watching is %v", err)
	}
	errOut.await("recorded as 2-4; vapitap show 4", 1)
}

func TestReplayThatIsInterruptedFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := startWebhook(t, func(int, string) string { cancel(); <-t.Context().Done(); return "" })
	t.Cleanup(server.CloseClientConnections)
	db := recorded(t, "run", &record.Exchange{Target: server.URL})
	out, errOut := newAwaited(), newAwaited()
	root := (&app{in: strings.NewReader(""), out: out, err: errOut}).root()
	root.SetArgs([]string{"replay", "--db", db, "1"})
	if err := root.ExecuteContext(ctx); !errors.Is(err, errSilent) {
		t.Errorf("%v", err)
	}
	wants(t, "standard error", errOut.text.String(), "interrupted before a reply came", "recorded as 2; vapitap show 2")
}

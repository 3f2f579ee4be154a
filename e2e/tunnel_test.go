//go:build unix

package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"vapitap/examples/start"
	"vapitap/record"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// TestTheWholeWay is one command with everything around it: Vapi calls the
// public URL, the request comes through the edge, the SDK, the proxy and the
// example server, and the reply goes back; then Ctrl-C, and all is as it was.
func TestTheWholeWay(t *testing.T) {
	t.Setenv("VAPI_SERVER_SECRET", "") // the server inherits it
	o := newOutside(t, 3)
	env := filepath.Join(o.dir, ".env")
	const before = "# mine\nSERVER_URL=\"http://localhost:3000\" # old\nA=1"
	if err := os.WriteFile(env, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	was := o.api.Object(api.Assistant, "a1")
	server := start.Server(t, "../examples", "go")
	p := o.start(t, server, "-o", "json", "--assistant", "front desk", "--write-env", ".env:SERVER_URL")
	o.attached(t, p)
	p.await(p.stderr, "that the address leads here", saying(`a request through the public address came back in`))
	said := p.stderr.String()
	wantIn(t, said, "connecting to ngrok, with the authtoken of "+o.dir, "https://kind-fox.ngrok-free.dev → "+server+" (ngrok, ")
	if strings.Index(said, "with the authtoken of") > strings.Index(said, "https://kind-fox") {
		t.Errorf("it was public before it was said why: %s", said)
	}
	if text, _ := os.ReadFile(env); string(text) != strings.Replace(before, "http://localhost:3000", "https://kind-fox.ngrok-free.dev", 1) {
		t.Errorf("the env file has %q", text)
	}

	sent := o.call(t, "203.0.113.5:999")

	p.end()
	var recorded []string
	for _, line := range strings.Split(strings.TrimSpace(p.stdout.String()), "\n") {
		var e struct{ Type, From, Remote string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if e.From != "tunnel" || e.Remote != "203.0.113.5" {
			t.Errorf("%s came from %s, %s", e.Type, e.From, e.Remote)
		}
		recorded = append(recorded, e.Type)
	}
	if len(sent) < 10 || !slices.Equal(recorded, sent) {
		t.Errorf("recorded %q, sent %q", recorded, sent)
	}
	if wrong := o.must(t, "events", "is:failed|warned", "--db", o.store()); wrong != "" {
		t.Errorf("recorded as wrong:\n%s", wrong)
	}
	if got := withoutTime(t, o.api.Object(api.Assistant, "a1")); got != withoutTime(t, was) {
		t.Errorf("the assistant was %s and is %s", was, got)
	}
	if text, _ := os.ReadFile(env); string(text) != before {
		t.Errorf("the env file was put back as %q", text)
	}
	if online := o.edge.Endpoints(); len(online) != 0 {
		t.Errorf("%v is still online", online)
	}
	if left, _ := filepath.Glob(filepath.Join(o.dir, "state", "vapitap", "attached", "*")); len(left) != 0 {
		t.Errorf("the journal still has %v", left)
	}
}

// withoutTime is an object without when it was changed.
func withoutTime(t *testing.T, object string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		t.Fatal(err)
	}
	delete(members, "updatedAt")
	text, _ := json.Marshal(members)
	return string(text)
}

func TestSignalsPutBack(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			o := newOutside(t, 2)
			p := o.start(t, target(t, echo), "--assistant", "a1", "--no-check")
			o.attached(t, p)
			p.signal(s)
			if status := p.status(); status != 0 {
				t.Errorf("status %d", status)
			}
			if o.at() != oldURL {
				t.Errorf("the assistant is left at %s", o.at())
			}
			wantIn(t, p.stderr.String(), `assistant "Front desk" is back at `+oldURL)
			if strings.Contains(p.stderr.String(), "came back in") {
				t.Errorf("--no-check checks: %s", p.stderr)
			}
		})
	}
}

// TestKilledWhileAttached ends the program as a crash does. What is owed is put
// back by detach, or by the next start.
func TestKilledWhileAttached(t *testing.T) {
	killed := func(t *testing.T) *outside {
		o := newOutside(t, 3)
		p := o.start(t, target(t, echo), "--assistant", "a1", "--no-check")
		o.attached(t, p)
		p.signal(syscall.SIGKILL)
		p.status()
		if o.at() == oldURL {
			t.Fatal("who put it back?")
		}
		return o
	}
	t.Run("detach", func(t *testing.T) {
		t.Parallel()
		o := killed(t)
		stdout, stderr, status := o.run(t, "detach")
		if status != 0 || o.at() != oldURL {
			t.Errorf("status %d, it is at %s: %s%s", status, o.at(), stdout, stderr)
		}
		wantIn(t, stdout, `assistant "Front desk" is back at `+oldURL)
	})
	t.Run("the next start", func(t *testing.T) {
		t.Parallel()
		o := killed(t)
		p := o.start(t, target(t, echo), "--tunnel", "none")
		p.await(p.stderr, "that it is back", saying(`assistant "Front desk" is back at `+oldURL))
		p.end()
		if o.at() != oldURL {
			t.Errorf("it is at %s", o.at())
		}
	})
	t.Run("the next start attaches it again", func(t *testing.T) {
		t.Parallel()
		o := killed(t)
		p := o.start(t, target(t, echo), "--assistant", "a1", "--no-check")
		o.attached(t, p)
		p.end()
		if o.at() != oldURL {
			t.Errorf("it is at %s", o.at())
		}
	})
}

// TestTheSecondCtrlC ends the program at once, while Vapi's API keeps it waiting.
func TestTheSecondCtrlC(t *testing.T) {
	o := newOutside(t, 3)
	p := o.start(t, target(t, echo), "--assistant", "a1", "--no-check")
	o.attached(t, p)
	reached, never := make(chan bool, 8), make(chan bool)
	o.api.Fail(apitest.Failure{Method: http.MethodPatch, Wait: never, Reached: func() { reached <- true }})
	p.signal(os.Interrupt)
	select {
	case <-reached:
	case <-time.After(limit):
		t.Fatal("nothing is put back")
	}
	p.signal(os.Interrupt)
	if status := p.status(); status == 0 {
		t.Error("it ended as if all were well")
	}
	wantIn(t, p.stderr.String(), `ended at once: assistant "Front desk" may still point here`, "hint: vapitap detach puts it back")
	o.api.Mend()
	if _, stderr, status := o.run(t, "detach"); status != 0 || o.at() != oldURL {
		t.Errorf("status %d, it is at %s: %s", status, o.at(), stderr)
	}
}

// TestNothingToAttach has a name that no assistant has: the program ends, and
// nothing has changed.
func TestNothingToAttach(t *testing.T) {
	o := newOutside(t, 3)
	p := o.start(t, target(t, echo), "--assistant", "Frnt desk", "--no-check")
	if status := p.status(); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	wantIn(t, p.stderr.String(), "Front desk")
	if patches := o.api.Patches(); len(patches) != 0 {
		t.Errorf("Vapi was told %q", patches)
	}
}

func TestDryRun(t *testing.T) {
	o := newOutside(t, 3)
	p := o.start(t, target(t, echo), "--assistant", "a1", "--dry-run", "--no-check")
	p.await(p.stderr, "that nothing was changed", saying("nothing was changed at Vapi: --dry-run"))
	wantIn(t, p.stderr.String(), oldURL, "https://kind-fox.ngrok-free.dev/vapi/webhook")
	p.end()
	if patches := o.api.Patches(); len(patches) != 0 || p.stdout.String() != "" {
		t.Errorf("Vapi was told %q; on standard output: %s", patches, p.stdout)
	}
}

// TestATunnelThatCannotBe has a token that ngrok does not know.
func TestATunnelThatCannotBe(t *testing.T) {
	o := newOutside(t, 3)
	o.world = append(o.world, "NGROK_AUTHTOKEN=wrong")
	p := o.start(t, target(t, echo), "--tunnel", "ngrok")
	if status := p.status(); status != 1 {
		t.Errorf("--tunnel ngrok: status %d, want 1", status)
	}
	wantIn(t, p.stderr.String(), "(ERR_NGROK_", "it was found in NGROK_AUTHTOKEN", "hint: ")

	p = o.start(t, target(t, echo), "--write-env", ".env:URL")
	p.await(p.stderr, "that there is no address", saying(`no public address: .*\(ERR_NGROK_1`))
	p.await(p.stderr, "that the file is left", saying(`\.env is left as it is`))
	if status, reply := post(t, p.url()+"/hook", "hello"); status != 200 || reply != "/hook hello" {
		t.Errorf("locally: %d %s", status, reply)
	}
	p.end()
	if _, err := os.Stat(filepath.Join(o.dir, ".env")); err == nil {
		t.Error("there is an env file")
	}

	if err := os.RemoveAll(filepath.Join(o.dir, ".config")); err != nil {
		t.Fatal(err)
	}
	o.world = o.world[:len(o.world)-1]
	p = o.start(t, target(t, echo))
	p.await(p.stderr, "how to get a token", saying(`no public address: for a public address get a free authtoken at https://`))
	p.end()
	p = o.start(t, target(t, echo), "--tunnel", "ngrok")
	if status := p.status(); status != 1 {
		t.Errorf("--tunnel ngrok without a token: status %d, want 1", status)
	}
	wantIn(t, p.stderr.String(), "authtoken", "https://dashboard.ngrok.com/get-started/your-authtoken")
}

// TestATunnelThatIsLost drops the session; the address stays, and what is attached.
func TestATunnelThatIsLost(t *testing.T) {
	o := newOutside(t, 3)
	p := o.start(t, target(t, echo), "--assistant", "a1", "--no-check", "--tunnel", "ngrok", "--url", "kind-fox.ngrok-free.dev")
	o.attached(t, p)
	o.edge.Leave()
	p.await(p.stderr, "that it reconnects", saying(`the tunnel is reconnecting since \d\d:\d\d: `))
	if err := o.edge.Return(); err != nil {
		t.Fatal(err)
	}
	p.await(p.stderr, "that it is back", saying(`the tunnel is there again: https://kind-fox\.ngrok-free\.dev`))
	client := o.edge.Client("203.0.113.9:1")
	defer client.CloseIdleConnections()
	response, err := client.Post(o.at(), "text/plain", strings.NewReader("hello"))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", response, err)
	}
	response.Body.Close()
	p.end()
	if o.at() != oldURL {
		t.Errorf("it is at %s", o.at())
	}
}

// TestATunnelOfOnesOwn has a tunnel that leads to the local port, and one that
// leads elsewhere.
func TestATunnelOfOnesOwn(t *testing.T) {
	o := newOutside(t, 3)
	port := freePort(t)
	local := "http://127.0.0.1:" + itoa(port)
	p := launch(t, o.command(target(t, echo), "--port", itoa(port), "--db", o.store(), "--public-url", local))
	p.await(p.stderr, "that it leads here", saying(`a request through the public address came back in`))
	wantIn(t, p.stderr.String(), local+" → http://", "(your own tunnel)")
	p.end()
	if logins := o.edge.Logins(); logins != 0 {
		t.Errorf("ngrok was asked %d times", logins)
	}
	if list := o.events(t); len(list) != 0 {
		t.Errorf("its own request was recorded: %+v", list)
	}

	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	p = o.start(t, target(t, echo), "--public-url", elsewhere.URL)
	p.await(p.stderr, "a warning", saying(`warning: http://127\.0\.0\.1:\d+ leads elsewhere`))
	p.end()
}

// TestTheMonthsAllowance has a store in which the month is nearly used up.
func TestTheMonthsAllowance(t *testing.T) {
	o := newOutside(t, 3)
	store, err := record.Open(o.store(), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &record.Exchange{Time: time.Now(), Tunnelled: true, Method: "POST", Path: "/"}
	e.Request.Body = []byte(`{"message":{"type":"conversation-update"}}`)
	e.Request.Bytes = 910e6
	store.Begin(e)
	e.Describe()
	if err := store.Commit(e, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	const warning = `this month 910\.0 MB of the 1\.0 GB that ngrok's free plan has went through the tunnel \(91 %\)`
	p := o.start(t, target(t, echo), "--no-check")
	p.await(p.stderr, "how much is used", saying(warning))
	p.await(p.stderr, "what saves most", saying(`serverMessages: conversation-update \(100 %\)`))
	p.end()
	p = o.start(t, target(t, echo), "--no-quota")
	p.await(p.stderr, "that it is up", saying(`came back in`))
	p.end()
	if strings.Contains(p.stderr.String(), "free plan") {
		t.Errorf("--no-quota counts: %s", p.stderr)
	}
}

// TestAttachedOnATerminal is what somebody does who has a token and an assistant:
// reads what would change, agrees, sees a call come in, and quits.
func TestAttachedOnATerminal(t *testing.T) {
	t.Parallel()
	if !hasTmux(t) {
		return
	}
	o := newOutside(t, 3)
	term := o.terminal(t, 120, 40, target(t, echo)+"/vapi/webhook", "--port", "0", "--db", o.store(), "--assistant", "Front desk", "--no-check")
	term.sees(`from +` + regexp.QuoteMeta(oldURL))
	term.sees(`to +https://kind-fox\.ngrok-free\.dev/vapi/webhook`)
	term.sees(`change that at Vapi\? \[y/N\]`)
	if o.at() != oldURL {
		t.Error("it was changed before somebody agreed")
	}
	term.types("y")
	term.press("Enter")
	term.sees(`https://kind-fox\.ngrok-free\.dev`)
	term.sees(`⇄ assistant "Front desk" +● ngrok`)
	term.sees(`assistant "Front desk" points here until you quit`)
	client := o.edge.Client("203.0.113.5:999")
	defer client.CloseIdleConnections()
	response, err := client.Post(o.at(), "application/json", strings.NewReader(`{"message":{"type":"status-update","status":"ringing"}}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	term.sees(`status-update`)
	o.edge.Leave()
	term.sees(`✗ ngrok reconnecting since \d\d:\d\d`)
	if err := o.edge.Return(); err != nil {
		t.Fatal(err)
	}
	term.sees(`● ngrok`)
	term.press("q")
	term.sees(`Quit\? assistant "Front desk" points here`)
	term.press("y")
	if status := term.status(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	term.sees(`assistant "Front desk" is back at ` + regexp.QuoteMeta(oldURL))
	if o.at() != oldURL {
		t.Errorf("the assistant is left at %s", o.at())
	}
}

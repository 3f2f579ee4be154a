package tunnel

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"vapitap/tunnel/ngroktest"
)

// patience is what a test waits for something that is to happen.
const patience = time.Minute

// options are those of an agent that connects to e.
func options(e *ngroktest.Edge) Options {
	return Options{Settings: Settings{Token: ngroktest.Token, Edge: e.Address(), CAs: e.CAs()}}
}

// open returns a tunnel that serves h, closed at the end of the test.
func open(t *testing.T, o Options, h http.Handler) (Tunnel, *http.Server) {
	t.Helper()
	tun := Ngrok(o)
	server := &http.Server{Handler: h}
	go server.Serve(tun.Listener())
	t.Cleanup(func() {
		server.Close()
		tun.Close()
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := tun.Ready(ctx); err != nil {
		t.Fatal("connect: ", err)
	}
	return tun, server
}

// await returns the first status that fits, and fails the test where none comes.
func await(t *testing.T, statuses <-chan Status, what string, fits func(Status) bool) Status {
	t.Helper()
	deadline := time.After(patience)
	var seen []string
	for {
		select {
		case s, more := <-statuses:
			if !more {
				t.Fatalf("no status was %s: %s", what, strings.Join(seen, "; "))
			}
			seen = append(seen, fmt.Sprint(s.State, ": ", s))
			if fits(s) {
				return s
			}
		case <-deadline:
			t.Fatalf("no status was %s: %s", what, strings.Join(seen, "; "))
		}
	}
}

func is(state State) func(Status) bool { return func(s Status) bool { return s.State == state } }

// client is one of the edge's, whose connections end with the test.
func client(t *testing.T, e *ngroktest.Edge, from string) *http.Client {
	c := e.Client(from)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func echo(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }

// ask posts a text and returns the reply's status and text.
func ask(t *testing.T, c *http.Client, url, text string) (int, string) {
	t.Helper()
	response, err := c.Post(url, "text/plain", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestRequestsToThePublicURLComeThroughWithTheirCallersAddress(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{Plan: "Pay-as-you-go", Account: "Ada"})
	seen := make(chan *http.Request, 1)
	tun, _ := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r
		echo(w, r)
	}))
	s := tun.Status()
	if s.State != Connected || s.URL != "https://kind-fox.ngrok-free.dev" || s.RoundTrip <= 0 || s.Why != nil {
		t.Errorf("status: %+v", s)
	}
	if s.Plan != "Pay-as-you-go" || s.Account != "Ada" || s.Region != "eu" {
		t.Errorf("account: %+v", s)
	}
	status, text := ask(t, client(t, e, "203.0.113.5:999"), s.URL+"/vapi/webhook?x=1", "hello")
	if status != 200 || text != "hello" {
		t.Errorf("reply: %d %q", status, text)
	}
	r := <-seen
	if r.RemoteAddr != "203.0.113.5:999" {
		t.Errorf("the caller is %s", r.RemoteAddr)
	}
	if r.Host != "kind-fox.ngrok-free.dev" || r.RequestURI != "/vapi/webhook?x=1" || r.Header.Get("X-Forwarded-Proto") != "https" {
		t.Errorf("request: %s %s %v", r.Host, r.RequestURI, r.Header)
	}
}

func TestTheDomainThatIsAskedForIsThePublicURL(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	o := options(e)
	o.Address = "https://calls.example.com"
	tun, _ := open(t, o, http.HandlerFunc(echo))
	if got := tun.Status().URL; got != "https://calls.example.com" {
		t.Errorf("URL: %s", got)
	}
	if status, text := ask(t, client(t, e, ""), "https://calls.example.com/", "x"); status != 200 || text != "x" {
		t.Errorf("reply: %d %q", status, text)
	}
}

func TestBigBodiesPassWhole(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	sent := make([]byte, 8<<20)
	rand.Read(sent)
	response, err := client(t, e, "").Post(tun.Status().URL, "application/octet-stream", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came back: %v", len(got), len(sent), err)
	}
}

func TestServerSentEventsArriveAsTheyAreSent(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	next := make(chan struct{})
	tun, _ := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			if i > 0 {
				<-next // not before the caller has the one before
			}
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
		}
	}))
	response, err := client(t, e, "").Get(tun.Status().URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	event := make([]byte, len("data: 0\n\n"))
	for i := range 3 {
		if _, err := io.ReadFull(response.Body, event); err != nil || string(event) != fmt.Sprintf("data: %d\n\n", i) {
			t.Fatalf("event %d: %q %v", i, event, err)
		}
		if i < 2 {
			next <- struct{}{}
		}
	}
}

func TestAThousandRequestsOverFiftyStreamsAreAllAnswered(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body) // all of it first: a client may not use a connection again that answered too early
		w.Write(text)
	}))
	const callers, each = 50, 20
	url := tun.Status().URL
	failures := make(chan error, callers*each)
	done := make(chan struct{}, callers)
	for caller := range callers {
		c := client(t, e, fmt.Sprintf("203.0.113.%d:1000", caller+1))
		c.Transport.(*http.Transport).MaxConnsPerHost = 1
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range each {
				text := strings.Repeat(fmt.Sprintf("caller %d request %d ", caller, i), 50+i)
				response, err := c.Post(url, "text/plain", strings.NewReader(text))
				if err != nil {
					failures <- err
					continue
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.StatusCode != 200 || string(got) != text {
					failures <- fmt.Errorf("caller %d request %d: %d, %d bytes of %d, %v", caller, i, response.StatusCode, len(got), len(text), err)
				}
			}
		}()
	}
	for range callers {
		<-done
	}
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if got := e.Streams(); got < callers || got > 2*callers {
		t.Errorf("%d streams, want %d or few more", got, callers)
	}
}

func TestRequestsInFlightEndWhenTheServerIsShutDown(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	started, finish := make(chan struct{}), make(chan struct{})
	tun, server := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-finish
		io.WriteString(w, "done")
	}))
	replied := make(chan string, 1)
	go func() {
		_, text := ask(t, client(t, e, ""), tun.Status().URL, "")
		replied <- text
	}()
	<-started
	down := make(chan error, 1)
	go func() { down <- server.Shutdown(context.Background()) }()
	waitFor(t, "the address to be given back", func() bool { return len(e.Endpoints()) == 0 })
	close(finish)
	if got := <-replied; got != "done" {
		t.Errorf("reply: %q", got)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
	tun.Close()
	if s := tun.Status(); s.State != Off {
		t.Errorf("after Close: %v", s.State)
	}
}

// waitFor waits until something that cannot be listened to is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for !so() {
		select {
		case <-again.C:
		case <-deadline:
			var stacks bytes.Buffer
			pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Fatalf("waited in vain for %s\n%s", what, &stacks)
		}
	}
}

func TestNoTunnelIsATunnelThatIsOff(t *testing.T) {
	tun := None("https://mine.example.com")
	if err := tun.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if s := tun.Status(); s.State != Off || s.URL != "https://mine.example.com" {
		t.Errorf("status: %+v", s)
	}
	server := &http.Server{Handler: http.HandlerFunc(echo)}
	served := make(chan error, 1)
	go func() { served <- server.Serve(tun.Listener()) }()
	tun.Close()
	if err := <-served; err == nil {
		t.Error("the server does not end")
	}
	if _, more := <-drainStatuses(tun.Watch()); more {
		t.Error("watching does not end")
	}
}

func drainStatuses(ch <-chan Status) <-chan Status {
	for range ch {
	}
	return ch
}

package proxy_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vapitap/internal/dial/dialtest"
	"vapitap/proxy"
	"vapitap/record"
)

func TestNoServer(t *testing.T) {
	address := dialtest.Address(t)
	r := newRig(t, "http://"+address+"/hook")
	res, body := post(t, r.url, `{"message":{"type":"status-update","status":"ended"}}`)
	var said struct{ Error, Hint, Target string }
	if err := json.Unmarshal(body, &said); res.StatusCode != 502 || err != nil || res.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %q", res.StatusCode, body)
	}
	if !strings.Contains(said.Error, "connection refused") || !strings.Contains(said.Hint, "start the server") || said.Target != "http://"+address+"/hook" {
		t.Errorf("said %+v", said)
	}
	e := r.recorded()
	if e.Status != 502 || e.Error != "no answer from "+address+": connection refused" || !e.Unreachable || !e.Failed() || e.Checks[0].Code != "target-unreachable" {
		t.Errorf("recorded %+v", e)
	}
}

func TestHoldBridgesARestart(t *testing.T) {
	address := dialtest.Address(t)
	refused := make(chan struct{}, 1)
	r := newRig(t, "http://"+address, func(o *proxy.Options) {
		o.Hold = patience
		o.Notify = func(s string) {
			if strings.Contains(s, "refuses connections") {
				refused <- struct{}{}
			}
		}
	})
	go func() {
		<-refused
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		s := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })}}
		s.Start()
		t.Cleanup(s.Close)
	}()
	if res, body := post(t, r.url, "hello"); res.StatusCode != 200 || string(body) != "hello" {
		t.Errorf("got %d %q", res.StatusCode, body)
	}
	if e := r.recorded(); e.Error != "" || string(e.Request.Body) != "hello" {
		t.Errorf("recorded %q %q", e.Error, e.Request.Body)
	}
}

// TestHoldBehindAContainerPort has a target that accepts connections and drops
// them, as a published container port does while its server restarts.
func TestHoldBehindAContainerPort(t *testing.T) {
	var drops atomic.Int32
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if drops.Add(-1) >= 0 {
			return
		}
		if _, body, err := readRequest(t, in); err == nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+string(body))
		}
	})
	hold := func(o *proxy.Options) { o.Hold = 20 * time.Second }
	t.Run("an event is held", func(t *testing.T) {
		drops.Store(3)
		r := newRig(t, target, hold)
		body := `{"message":{"type":"status-update","status":"ended"}}`
		if res, got := post(t, r.url, body); res.StatusCode != 200 || string(got) != body {
			t.Errorf("got %d %q", res.StatusCode, got)
		}
	})
	t.Run("a tool call is not sent twice", func(t *testing.T) {
		drops.Store(1)
		r := newRig(t, target, hold)
		res, got := post(t, r.url, `{"message":{"type":"tool-calls","toolCallList":[{"id":"1","name":"pay","arguments":{}}]}}`)
		if res.StatusCode != 502 || !strings.Contains(string(got), "not sent again, as handling tool-calls may have had effects") ||
			!strings.Contains(string(got), "look for a crash in its log; this exchange is recorded and can be replayed") {
			t.Errorf("got %d %q", res.StatusCode, got)
		}
	})
}

// TestKeptConnectionThatBreaks has a target that closes each connection when
// its second request arrives, as one does that closes an idle connection at
// just that moment.
func TestKeptConnectionThatBreaks(t *testing.T) {
	var connections atomic.Int32
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		connections.Add(1)
		_, body, err := readRequest(t, in)
		if err != nil {
			return
		}
		reply := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		if len(body) == 0 {
			reply = "HTTP/1.1 500 Lost\r\nContent-Length: 0\r\n\r\n"
		}
		io.WriteString(c, reply)
		in.Peek(1) // the second request arrives
	})
	r := newRig(t, target)
	body := strings.Repeat("x", 100_000)
	requests := 0
	// Where a request takes so long that the proxy itself ends the kept connection
	// before the next, none breaks.
	for ; requests < 2 || (requests < 100 && r.said() == ""); requests++ {
		res, got := post(t, r.url, body)
		if res.StatusCode != 200 || string(got) != "ok" {
			t.Errorf("request %d: %d %q", requests, res.StatusCode, got)
		}
		if e := r.recorded(); string(e.Request.Body) != body || e.Error != "" {
			t.Errorf("request %d: recorded %d bytes, %q", requests, len(e.Request.Body), e.Error)
		}
	}
	if int(connections.Load()) != requests || !strings.Contains(r.said(), "sent again on a new one") {
		t.Errorf("%d requests over %d connections; said %q", requests, connections.Load(), r.said())
	}
}

func TestReplyThatStopsHalfWay(t *testing.T) {
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if _, _, err := readRequest(t, in); err == nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
		}
	})
	r := newRig(t, target)
	conn := r.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	res := must(http.ReadResponse(bufio.NewReader(conn), nil))
	if body, err := io.ReadAll(res.Body); string(body) != "half" || err == nil {
		t.Errorf("the caller got %q, %v; it must see that the reply broke off", body, err)
	}
	if e := r.recorded(); e.Error != "the server broke off its reply after 4 bytes" || string(e.Response.Body) != "half" {
		t.Errorf("recorded %q, %q", e.Error, e.Response.Body)
	}
}

func TestReplyThatIsNoHTTP(t *testing.T) {
	for name, reply := range map[string]string{
		"not HTTP":                 "SSH-2.0-OpenSSH_9.2\r\n",
		"a header without a colon": "HTTP/1.1 200 OK\r\nNonsense\r\n\r\n",
		"a header with an escape":  "HTTP/1.1 200 OK\r\nX-Esc: a\x1b[31mb\r\nContent-Length: 0\r\n\r\n",
		"a wrong length":           "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
				if _, _, err := readRequest(t, in); err == nil {
					io.WriteString(c, reply)
				}
			})
			r := newRig(t, target)
			res, _ := post(t, r.url, `{}`)
			if e := r.recorded(); res.StatusCode != 502 || !e.Unreachable || !strings.Contains(e.Error, "not valid HTTP") {
				t.Errorf("got %d, recorded %q", res.StatusCode, e.Error)
			}
		})
	}
}

func TestHeaderValuesThatAreNoText(t *testing.T) {
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if _, _, err := readRequest(t, in); err == nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Latin: caf\xe9\r\nX-Tab: a\tb\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	r := newRig(t, target)
	res, body := post(t, r.url, `{}`)
	if res.StatusCode != 200 || string(body) != "ok" || res.Header.Get("X-Latin") != "caf\xe9" {
		t.Errorf("got %d %q %q", res.StatusCode, body, res.Header)
	}
	if e := r.recorded(); e.Response.Header.Get("X-Latin") != "caf\xe9" || e.Response.Header.Get("X-Tab") != "a\tb" {
		t.Errorf("recorded %q", e.Response.Header)
	}
}

func TestRequestShorterThanItClaims(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body) })
	r := newRig(t, target)
	conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
	conn.(*net.TCPConn).CloseWrite()
	io.ReadAll(conn)
	if e := r.recorded(); e.Error != "the caller sent 4 of the 100 bytes it announced" || string(e.Request.Body) != "half" || !e.Request.Truncated {
		t.Errorf("recorded %q, %q, truncated %v", e.Error, e.Request.Body, e.Request.Truncated)
	}
}

// TestServerThatAnswersUnread has a target that refuses at the header, as
// middleware that checks a secret does; the developer wants to see what was
// refused all the same.
func TestServerThatAnswersUnread(t *testing.T) {
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err == nil {
			io.WriteString(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
		}
	})
	r := newRig(t, target, func(o *proxy.Options) { o.SetRestPatience(patience) })
	for _, size := range []int{10, 100_000, 5 << 20} {
		sent := nonsense(size)
		res, body := do(t, must(http.NewRequest("POST", r.url, bytes.NewReader(sent))))
		if res.StatusCode != 401 || string(body) != "no" {
			t.Errorf("%d bytes: got %d %q", size, res.StatusCode, body)
		}
		if e := r.recorded(); !bytes.Equal(e.Request.Body, sent) || e.Request.Truncated || e.Error != "" {
			t.Errorf("%d bytes: recorded %d, truncated %v, %q", size, len(e.Request.Body), e.Request.Truncated, e.Error)
		}
	}
}

// TestServerThatAnswersUnreadWhileTheCallerStalls sees that the exchange says so, and
// not how the wait for the rest was ended.
func TestServerThatAnswersUnreadWhileTheCallerStalls(t *testing.T) {
	r := newRig(t, server(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) }))
	conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello")
	if res := must(http.ReadResponse(bufio.NewReader(conn), nil)); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %s", res.Status)
	}
	if e := r.recorded(); e.Error != "the server answered without waiting for the whole request" || string(e.Request.Body) != "hello" || !e.Request.Truncated {
		t.Errorf("recorded %q, %q, truncated %v", e.Error, e.Request.Body, e.Request.Truncated)
	}
}

// TestStoreThatFails takes the store's file away under the running proxy.
func TestStoreThatFails(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	var store string
	r := newRig(t, target, func(o *proxy.Options) { store = o.Store.Path() })
	post(t, r.url, "before")
	r.recorded()
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(store, 0o700); err != nil { // nothing can be recorded there
		t.Fatal(err)
	}
	waitFor(t, "recording stops", func() bool { return r.store.Stopped() != nil })
	for range 10 {
		if res, body := post(t, r.url, "meanwhile"); res.StatusCode != 200 || string(body) != "meanwhile" {
			t.Fatalf("got %d %q", res.StatusCode, body)
		}
	}
	if err := os.Remove(store); err != nil {
		t.Fatal(err)
	}
	e := r.await(func(e *record.Exchange) bool { return e.ID != 0 && e.Request.Bytes == int64(len("meanwhile")) })
	if string(e.Request.Body) != "meanwhile" {
		t.Errorf("recorded %q", e.Request.Body)
	}
	waitFor(t, "recording goes on", func() bool { return r.store.Stopped() == nil })
	if list := must(r.store.List(t.Context(), record.Query{})); len(list) != 10 {
		t.Errorf("%d exchanges are in the new file", len(list))
	}
	if _, err := os.Stat(filepath.Dir(store)); err != nil {
		t.Error(err)
	}
}

// TestBodiesThatComeWhileRecordingIsStopped are recorded whole, in buffers nearly
// twice as large as they are: the oldest exchanges are given up before what waits
// takes the room of what comes.
func TestBodiesThatComeWhileRecordingIsStopped(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "{}")
	})
	var store string
	r := newRig(t, target, func(o *proxy.Options) { store = o.Store.Path() })
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(store, 0o700); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "recording stops", func() bool { return r.store.Stopped() != nil })
	body := strings.Repeat("x", 1<<20+1)
	for range 40 {
		post(t, r.url, body)
	}
	post(t, r.url+"/last", body)
	if err := os.Remove(store); err != nil {
		t.Fatal(err)
	}
	r.await(func(e *record.Exchange) bool { return e.ID != 0 && e.Path == "/last" })
	list := must(r.store.List(t.Context(), record.Query{}))
	for i := range list {
		if list[i].Truncated() {
			t.Errorf("exchange %d is truncated", list[i].ID)
		}
	}
	if len(list) < 10 {
		t.Errorf("%d exchanges are recorded", len(list))
	}
}

// waitFor waits until done.
func waitFor(t testing.TB, what string, done func() bool) {
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

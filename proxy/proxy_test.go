package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/proxy"
	"vapitap/record"
)

// patience is what a test waits for something that is to happen, on a machine that
// is busy with others too.
const patience = 2 * time.Minute

// rig is a proxy on a real port, in front of a real server, with a real store.
type rig struct {
	t        testing.TB
	proxy    *proxy.Proxy
	store    *record.Store
	watcher  *record.Watcher
	url      string // of the proxy
	address  string
	mu       sync.Mutex
	notices  []string
	shutdown func()
}

// newRig starts a proxy that forwards to target. Change may change its options.
func newRig(t testing.TB, target string, change ...func(*proxy.Options)) *rig {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	store, err := record.Open(filepath.Join(t.TempDir(), "test.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.StartSession("test", target); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: store, watcher: store.Watch(false)}
	options := proxy.Options{Target: to, Store: store, MaxBody: 8 << 20, Notify: r.notify}
	for _, f := range change {
		f(&options)
	}
	r.proxy = proxy.New(options)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address, r.url = l.Addr().String(), "http://"+l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- r.proxy.Serve(l, record.FromLocal) }()
	r.shutdown = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		r.proxy.Shutdown(ctx)
		<-served
	})
	t.Cleanup(func() {
		r.shutdown()
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return r
}

func (r *rig) notify(sentence string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notices = append(r.notices, sentence)
}

func (r *rig) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.notices, "\n")
}

// recorded waits for the next exchange that is committed and returns it whole.
func (r *rig) recorded() *record.Exchange {
	r.t.Helper()
	return r.await(func(e *record.Exchange) bool { return e.ID != 0 })
}

// await waits for a change that is wanted and returns the exchange whole.
func (r *rig) await(wanted func(*record.Exchange) bool) *record.Exchange {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		changed, err := r.watcher.Read()
		if err != nil {
			r.t.Fatal(err)
		}
		for i := range changed {
			if !wanted(&changed[i]) {
				continue
			}
			e, err := r.store.Get(context.Background(), changed[i].ID)
			if err != nil {
				r.t.Fatal(err)
			}
			return e
		}
		select {
		case <-r.watcher.C():
		case <-deadline:
			r.t.Fatal("no such exchange was recorded")
		}
	}
}

// raw sends text over a connection of its own and returns the connection.
func (r *rig) raw(text string) net.Conn {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

// server starts a target.
func server(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// rawServer starts a target that answers each connection by hand.
func rawServer(t testing.TB, answer func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(patience))
				answer(c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(func() { l.Close(); conns.Wait() })
	return "http://" + l.Addr().String()
}

// readRequest reads one request and its body.
func readRequest(t testing.TB, r *bufio.Reader) (*http.Request, []byte, error) {
	req, err := http.ReadRequest(r)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(req.Body)
	return req, body, err
}

func do(t testing.TB, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func post(t testing.TB, url, body string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return do(t, req)
}

func TestForwardsAndRecords(t *testing.T) {
	var got *http.Request
	var gotBody []byte
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		got, gotBody = r, must(io.ReadAll(r.Body))
		w.Header().Set("X-Reply", "yes")
		w.WriteHeader(201)
		io.WriteString(w, "pong \xff\x00")
	})
	r := newRig(t, target+"/vapi/webhook")
	req := must(http.NewRequest("POST", r.url+"/?x=1", strings.NewReader("ping \xfe\x00")))
	req.Header.Set("X-Request", "a")
	req.Header.Add("X-Request", "b")
	res, body := do(t, req)
	if res.StatusCode != 201 || string(body) != "pong \xff\x00" || res.Header.Get("X-Reply") != "yes" {
		t.Errorf("the caller got %d %q %v", res.StatusCode, body, res.Header)
	}
	if got.URL.String() != "/vapi/webhook?x=1" || string(gotBody) != "ping \xfe\x00" || fmt.Sprint(got.Header["X-Request"]) != "[a b]" {
		t.Errorf("the target got %s %q %v", got.URL, gotBody, got.Header)
	}
	e := r.recorded()
	if e.Method != "POST" || e.Path != "/?x=1" || e.Target != target+"/vapi/webhook?x=1" || e.Status != 201 ||
		string(e.Request.Body) != "ping \xfe\x00" || string(e.Response.Body) != "pong \xff\x00" || e.Remote != "127.0.0.1" ||
		e.Request.Bytes != 7 || e.Response.Bytes != 7 || e.Duration <= 0 || e.FirstByte <= 0 || e.Error != "" ||
		fmt.Sprint(e.Request.Header["X-Request"]) != "[a b]" || e.Response.Header.Get("X-Reply") != "yes" {
		t.Errorf("recorded: %+v", e)
	}
}

func TestPathRule(t *testing.T) {
	var got string
	target := server(t, func(w http.ResponseWriter, r *http.Request) { got = r.RequestURI })
	for _, c := range []struct{ target, path, want string }{
		{"", "/", "/"},
		{"", "/a/b", "/a/b"},
		{"/hook", "/", "/hook"},
		{"/hook", "/?q=1", "/hook?q=1"},
		{"/hook", "/hook", "/hook"},
		{"/hook", "/tools/weather", "/tools/weather"},
		{"/hook?key=1", "/", "/hook?key=1"},
		{"/hook?key=1", "/?q=2", "/hook?key=1&q=2"},
		{"/hook", "/a%2Fb//c/../d;e=f", "/a%2Fb//c/../d;e=f"},
		{"/hook", "/x?a=%zz&b=1;c=2&&d", "/x?a=%zz&b=1;c=2&&d"},
		{"/hook", "/x?", "/x?"},
	} {
		r := newRig(t, target+c.target)
		conn := r.raw("GET " + c.path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if _, err := io.ReadAll(conn); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("target %s, path %s: the target got %s, want %s", c.target, c.path, got, c.want)
		}
		if e := r.recorded(); e.Path != c.path {
			t.Errorf("path %s was recorded as %s", c.path, e.Path)
		}
	}
}

func TestAbsoluteFormIsTakenForItsPath(t *testing.T) {
	var got *http.Request
	target := server(t, func(w http.ResponseWriter, r *http.Request) { got = r })
	r := newRig(t, target)
	conn := r.raw("GET http://elsewhere.example/a?b HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
	io.ReadAll(conn)
	if got == nil || got.RequestURI != "/a?b" || "http://"+got.Host != target {
		t.Errorf("the target got %+v", got)
	}
}

func TestConnectIsRefused(t *testing.T) {
	r := newRig(t, server(t, func(http.ResponseWriter, *http.Request) { t.Error("CONNECT reached the target") }))
	conn := r.raw("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nConnection: close\r\n\r\n")
	if reply := string(must(io.ReadAll(conn))); !strings.HasPrefix(reply, "HTTP/1.1 405 ") {
		t.Errorf("got %q", reply)
	}
}

func TestAnyMethod(t *testing.T) {
	var got string
	target := server(t, func(w http.ResponseWriter, r *http.Request) { got = r.Method + " " + r.RequestURI })
	r := newRig(t, target)
	for _, line := range []string{"PUT /", "DELETE /x", "BREW /pot", "OPTIONS *", "OPTIONS /x", "TRACE /"} {
		conn := r.raw(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if reply := string(must(io.ReadAll(conn))); !strings.HasPrefix(reply, "HTTP/1.1 200 ") {
			t.Errorf("%s: got %q", line, reply)
		}
		// A server of Go's answers OPTIONS * before its handler; that it was
		// forwarded shows in the record.
		if line != "OPTIONS *" && got != line {
			t.Errorf("%s reached the target as %s", line, got)
		}
		if e := r.recorded(); e.Method+" "+e.Path != line {
			t.Errorf("%s was recorded as %s %s", line, e.Method, e.Path)
		}
	}
}

func TestForwardingHeaders(t *testing.T) {
	var got *http.Request
	target := server(t, func(w http.ResponseWriter, r *http.Request) { got = r })
	host := strings.TrimPrefix(target, "http://")
	t.Run("plain", func(t *testing.T) {
		r := newRig(t, target)
		do(t, must(http.NewRequest("GET", r.url, nil)))
		if h := got.Header; got.Host != host || h.Get("X-Forwarded-For") != "127.0.0.1" || h.Get("X-Forwarded-Proto") != "http" || h.Get("X-Forwarded-Host") != r.address {
			t.Errorf("Host %s, %v", got.Host, h)
		}
	})
	t.Run("behind a tunnel of one's own", func(t *testing.T) {
		r := newRig(t, target)
		req := must(http.NewRequest("GET", r.url, nil))
		req.Header.Set("X-Forwarded-For", "203.0.113.5")
		req.Header.Set("X-Forwarded-Proto", "https")
		req.Header.Set("X-Forwarded-Host", "kind-fox.ngrok-free.dev")
		do(t, req)
		if h := got.Header; h.Get("X-Forwarded-For") != "203.0.113.5, 127.0.0.1" || h.Get("X-Forwarded-Proto") != "https" || h.Get("X-Forwarded-Host") != "kind-fox.ngrok-free.dev" {
			t.Errorf("%v", h)
		}
	})
	t.Run("preserve host", func(t *testing.T) {
		r := newRig(t, target, func(o *proxy.Options) { o.PreserveHost = true })
		req := must(http.NewRequest("GET", r.url, nil))
		req.Host = "vapi.example"
		do(t, req)
		if got.Host != "vapi.example" {
			t.Errorf("Host %s", got.Host)
		}
	})
	t.Run("nothing is added", func(t *testing.T) {
		r := newRig(t, target)
		io.ReadAll(r.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
		for name := range got.Header {
			if !strings.HasPrefix(name, "X-Forwarded-") {
				t.Errorf("the target got a header that nobody sent: %s", name)
			}
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// nonsense returns n bytes that no text has.
func nonsense(n int) []byte {
	return bytes.Repeat([]byte{0, 0xff, '\r', '\n', 0x1b, 'x', 0xc3}, n/7+1)[:n]
}

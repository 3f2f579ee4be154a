package proxy_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"vapitap/record"
)

// TestStreamsAsItComes reads each server-sent event before the next one is
// written: one that was held back would wait for ever.
func TestStreamsAsItComes(t *testing.T) {
	for name, header := range map[string]string{"events": "Content-Type: text/event-stream\r\nConnection: close", "known length": "Content-Length: 28"} {
		t.Run(name, func(t *testing.T) {
			seen := make(chan struct{})
			target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
				if _, _, err := readRequest(t, in); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 200 OK\r\n"+header+"\r\n\r\n")
				for range 4 {
					<-seen
					io.WriteString(c, "data: x")
				}
			})
			r := newRig(t, target)
			res, err := http.Get(r.url) // returns with the header, before any of the body
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			for range 4 {
				seen <- struct{}{}
				if _, err := io.ReadFull(res.Body, make([]byte, 7)); err != nil {
					t.Fatal(err)
				}
			}
			if e := r.recorded(); string(e.Response.Body) != strings.Repeat("data: x", 4) || e.FirstByte >= e.Duration {
				t.Errorf("recorded %q, first byte %s of %s", e.Response.Body, e.FirstByte, e.Duration)
			}
		})
	}
}

// TestRequestStreams answers each part of a request before the next is sent.
func TestRequestStreams(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		c.EnableFullDuplex()
		w.WriteHeader(200)
		c.Flush()
		part := make([]byte, 4)
		for {
			if _, err := io.ReadFull(r.Body, part); err != nil {
				return
			}
			w.Write(part)
			c.Flush()
		}
	})
	r := newRig(t, target)
	body, send := io.Pipe()
	res, err := http.DefaultTransport.RoundTrip(must(http.NewRequest("POST", r.url, body)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for range 3 {
		io.WriteString(send, "ping")
		if _, err := io.ReadFull(res.Body, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
	}
	send.Close()
	io.ReadAll(res.Body)
	if e := r.recorded(); string(e.Request.Body) != "pingpingping" || string(e.Response.Body) != "pingpingping" {
		t.Errorf("recorded %q and %q", e.Request.Body, e.Response.Body)
	}
}

func TestWebSocket(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		c.SetReadLimit(1 << 20)
		for {
			kind, message, err := c.Read(r.Context())
			if err != nil {
				return
			}
			if c.Write(r.Context(), kind, message) != nil {
				return
			}
		}
	})
	r := newRig(t, target)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.url, "http")+"/audio", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadLimit(1 << 20)
	audio := nonsense(100_000)
	for range 3 {
		if err := c.Write(ctx, websocket.MessageBinary, audio); err != nil {
			t.Fatal(err)
		}
		if _, back, err := c.Read(ctx); err != nil || string(back) != string(audio) {
			t.Fatalf("got %d bytes back, %v", len(back), err)
		}
	}
	c.Close(websocket.StatusNormalClosure, "")
	e := r.recorded()
	if e.Status != 101 || e.Request.Bytes < 300_000 || e.Response.Bytes < 300_000 || e.Error != "" {
		t.Errorf("recorded %d, %d bytes there, %d back, %q", e.Status, e.Request.Bytes, e.Response.Bytes, e.Error)
	}
}

// TestClientGoesAway ends a request from the caller's side and sees that the
// target's ends too, whatever the target was doing.
func TestClientGoesAway(t *testing.T) {
	for _, c := range []struct {
		name    string
		begin   string // what the target sends before it waits
		wantErr string
	}{
		{"before a reply", "", "client went away before a reply"},
		{"in the middle of one", "hello", "client went away after 5 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			arrived, cancelled := make(chan struct{}), make(chan struct{})
			target := server(t, func(w http.ResponseWriter, r *http.Request) {
				io.ReadAll(r.Body)
				if c.begin != "" {
					io.WriteString(w, c.begin)
					w.(http.Flusher).Flush()
				}
				close(arrived)
				<-r.Context().Done()
				close(cancelled)
			})
			r := newRig(t, target)
			conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
			<-arrived
			if c.begin != "" {
				in := bufio.NewReader(conn)
				for line := ""; line != "hello\r\n"; {
					line = must(in.ReadString('\n'))
				}
			}
			conn.Close()
			<-cancelled
			if e := r.recorded(); !strings.HasPrefix(e.Error, c.wantErr) || string(e.Request.Body) != "ping" || string(e.Response.Body) != c.begin {
				t.Errorf("recorded %q, %q, %q", e.Error, e.Request.Body, e.Response.Body)
			}
		})
	}
}

func TestInFlightIsSeenAtOnceAndAbortedByShutdown(t *testing.T) {
	arrived := make(chan struct{})
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	r := newRig(t, target)
	conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
	<-arrived
	if list := r.store.InFlight(); len(list) != 1 || !list[0].Pending() || list[0].Method != "POST" {
		t.Errorf("in flight: %+v", list)
	}
	ended, end := context.WithCancel(context.Background())
	end() // no patience
	r.proxy.Shutdown(ended)
	if e := r.recorded(); e.Error != "vapitap ended before the reply was complete" || string(e.Request.Body) != "ping" {
		t.Errorf("recorded %q, %q", e.Error, e.Request.Body)
	}
	if list := r.store.InFlight(); len(list) != 0 {
		t.Errorf("still in flight: %+v", list)
	}
	if rest, err := io.ReadAll(conn); len(rest) > 0 {
		t.Errorf("the caller got %q, %v", rest, err)
	}
}

func TestShutdownWaitsForTheReply(t *testing.T) {
	arrived, answer := make(chan struct{}), make(chan struct{})
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-answer
		io.WriteString(w, "done")
	})
	r := newRig(t, target)
	replies := make(chan string, 1)
	go func() {
		res, err := http.Get(r.url)
		if err != nil {
			replies <- err.Error()
			return
		}
		defer res.Body.Close()
		replies <- string(must(io.ReadAll(res.Body)))
	}()
	<-arrived
	go r.shutdown()
	close(answer)
	if got := <-replies; got != "done" {
		t.Errorf("got %q", got)
	}
	if e := r.await(func(e *record.Exchange) bool { return e.ID != 0 }); e.Error != "" {
		t.Errorf("recorded %q", e.Error)
	}
}

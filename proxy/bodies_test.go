package proxy_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"vapitap/proxy"
)

func TestChunkedBothWaysWithTrailers(t *testing.T) {
	var gotTrailer http.Header
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		body := must(io.ReadAll(r.Body))
		gotTrailer = r.Trailer
		w.Header().Set("Trailer", "X-Sum")
		for _, part := range strings.SplitAfter(string(body), " ") {
			io.WriteString(w, part)
			w.(http.Flusher).Flush()
		}
		w.Header().Set("X-Sum", "abc")
		w.Header().Set(http.TrailerPrefix+"X-Late", "unannounced")
	})
	r := newRig(t, target)
	req := must(http.NewRequest("POST", r.url, io.MultiReader(strings.NewReader("one "), strings.NewReader("two "), strings.NewReader("three"))))
	req.Trailer = http.Header{"X-Check": {"123"}}
	client := &http.Client{}
	res := must(client.Do(req))
	body := must(io.ReadAll(res.Body))
	res.Body.Close()
	if string(body) != "one two three" || len(res.TransferEncoding) != 1 || res.Trailer.Get("X-Sum") != "abc" || res.Trailer.Get("X-Late") != "unannounced" {
		t.Errorf("the caller got %q, %v, trailers %v", body, res.TransferEncoding, res.Trailer)
	}
	if gotTrailer.Get("X-Check") != "123" {
		t.Errorf("the target got the trailers %v", gotTrailer)
	}
	if e := r.recorded(); e.Request.Trailer.Get("X-Check") != "123" || e.Response.Trailer.Get("X-Sum") != "abc" || string(e.Response.Body) != "one two three" {
		t.Errorf("recorded: %v %v %q", e.Request.Trailer, e.Response.Trailer, e.Response.Body)
	}
}

// TestTrailersThatNobodyAnnounced come after the body all the same.
func TestTrailersThatNobodyAnnounced(t *testing.T) {
	for name, change := range map[string]func(*proxy.Options){
		"as the body comes":                         func(*proxy.Options) {},
		"after the body was read for its signature": withSecret(t, true),
	} {
		t.Run(name, func(t *testing.T) {
			var got http.Header
			target := server(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				got = r.Trailer
			})
			r := newRig(t, target, change)
			io.ReadAll(r.raw("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Vapi-Signature: " + signature(theSecret, "hello") +
				"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\nContent-Length: 3\r\n\r\n"))
			if len(got) != 1 || got.Get("X-Sum") != "7" {
				t.Errorf("the target got the trailers %v", got)
			}
			if e := r.recorded(); e.Request.Trailer.Get("X-Sum") != "7" {
				t.Errorf("recorded %v", e.Request.Trailer)
			}
		})
	}
}

func TestHead(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "12345") })
	r := newRig(t, target)
	res, body := do(t, must(http.NewRequest("HEAD", r.url, nil)))
	if res.ContentLength != 12345 || len(body) != 0 {
		t.Errorf("got length %d and %d bytes", res.ContentLength, len(body))
	}
	if e := r.recorded(); e.Method != "HEAD" || e.Response.Header.Get("Content-Length") != "12345" || e.Response.Bytes != 0 || e.Error != "" {
		t.Errorf("recorded: %+v", e)
	}
}

func TestRepliesWithoutBody(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	})
	r := newRig(t, target)
	for _, status := range []int{200, 204, 304, 404} {
		res, _ := do(t, must(http.NewRequest("GET", fmt.Sprintf("%s/%d", r.url, status), nil)))
		if e := r.recorded(); res.StatusCode != status || e.Status != status || e.Error != "" {
			t.Errorf("%d: got %d, recorded %d %s", status, res.StatusCode, e.Status, e.Error)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	t.Run("the target wants the body", func(t *testing.T) {
		target := server(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
		r := newRig(t, target)
		conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
		in := bufio.NewReader(conn)
		if line := must(in.ReadString('\n')); !strings.HasPrefix(line, "HTTP/1.1 100 ") {
			t.Fatalf("got %q before the body", line)
		}
		io.WriteString(conn, "hello")
		if rest := string(must(io.ReadAll(in))); !strings.Contains(rest, "HTTP/1.1 200 ") || !strings.HasSuffix(rest, "hello") {
			t.Errorf("got %q", rest)
		}
		if e := r.recorded(); string(e.Request.Body) != "hello" {
			t.Errorf("recorded %q", e.Request.Body)
		}
	})
	t.Run("the target refuses", func(t *testing.T) {
		target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err == nil {
				io.WriteString(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
			}
		})
		r := newRig(t, target)
		conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
		reply := must(http.ReadResponse(bufio.NewReader(conn), nil))
		if body := string(must(io.ReadAll(reply.Body))); reply.StatusCode != 401 || body != "no" {
			t.Errorf("got %d %q", reply.StatusCode, body)
		}
		if e := r.recorded(); e.Status != 401 || string(e.Response.Body) != "no" {
			t.Errorf("recorded %d %q", e.Status, e.Response.Body)
		}
	})
}

func TestEarlyHints(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(200)
		io.WriteString(w, "ok")
	})
	r := newRig(t, target)
	reply := string(must(io.ReadAll(r.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))))
	if !strings.HasPrefix(reply, "HTTP/1.1 103 ") || !strings.Contains(reply, "HTTP/1.1 200 OK") {
		t.Errorf("got %q", reply)
	}
	if e := r.recorded(); e.Status != 200 {
		t.Errorf("recorded %d", e.Status)
	}
}

func TestCompressedRepliesPassAsTheyAre(t *testing.T) {
	plain := strings.Repeat(`{"results":[]} `, 100)
	var gz, br bytes.Buffer
	w := gzip.NewWriter(&gz)
	io.WriteString(w, plain)
	w.Close()
	b := brotli.NewWriter(&br)
	io.WriteString(b, plain)
	b.Close()
	for coding, body := range map[string][]byte{"gzip": gz.Bytes(), "br": br.Bytes()} {
		target := server(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Errorf("the target was asked for %s, which the caller did not do", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", coding)
			w.Write(body)
		})
		r := newRig(t, target)
		_, got := do(t, must(http.NewRequest("GET", r.url, nil)))
		if !bytes.Equal(got, body) {
			t.Errorf("%s: the bytes changed", coding)
		}
		if e := r.recorded(); !bytes.Equal(e.Response.Body, body) || string(e.Response.Decoded()) != plain {
			t.Errorf("%s: recorded %d bytes, decoded %d", coding, len(e.Response.Body), len(e.Response.Decoded()))
		}
	}
}

func TestNoHeaderIsAddedToTheReply(t *testing.T) {
	target := rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if _, _, err := readRequest(t, in); err == nil {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nX-A: 1\r\n\r\n<html>hi</html>")
		}
	})
	r := newRig(t, target)
	reply := string(must(io.ReadAll(r.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))))
	head, body, _ := strings.Cut(reply, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "HTTP/1.1 200 OK", "Content-Length", "X-A", "Connection":
		default:
			t.Errorf("the caller got %q, which the target did not send", line)
		}
	}
	if body != "<html>hi</html>" {
		t.Errorf("body %q", body)
	}
}

func TestBodyBeyondTheLimitIsForwardedAndMarked(t *testing.T) {
	sent := nonsense(300_000)
	var got []byte
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		got = must(io.ReadAll(r.Body))
		w.Write(got)
	})
	r := newRig(t, target, func(o *proxy.Options) { o.MaxBody = 100_000 })
	_, reply := do(t, must(http.NewRequest("POST", r.url, bytes.NewReader(sent))))
	if !bytes.Equal(got, sent) || !bytes.Equal(reply, sent) {
		t.Error("bytes changed on the way")
	}
	e := r.recorded()
	for _, m := range []struct {
		name      string
		body      []byte
		bytes     int64
		truncated bool
	}{{"request", e.Request.Body, e.Request.Bytes, e.Request.Truncated}, {"reply", e.Response.Body, e.Response.Bytes, e.Response.Truncated}} {
		if !bytes.Equal(m.body, sent[:100_000]) || m.bytes != 300_000 || !m.truncated {
			t.Errorf("%s: captured %d of %d, truncated %v", m.name, len(m.body), m.bytes, m.truncated)
		}
	}
}

func TestHeaderLimits(t *testing.T) {
	r := newRig(t, server(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(r.Header)) }))
	many := strings.Repeat("X-Many: 1\r\n", 5000)
	if reply := string(must(io.ReadAll(r.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + many + "\r\n")))); !strings.HasPrefix(reply, "HTTP/1.1 200 ") {
		t.Errorf("5,000 headers: %.60q", reply)
	}
	// As many as the server reads of a header, so that it has nothing unread when it
	// refuses: else its system may take back the answer from a caller who is slow.
	const most = 1<<20 + 4096
	head := "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	conn := r.raw(head + strings.Repeat("X-Many: 0123456789\r\n", most/20)[:most-len(head)])
	if line := must(bufio.NewReader(conn).ReadString('\n')); !strings.HasPrefix(line, "HTTP/1.1 431 ") {
		t.Errorf("more than 1 MiB of headers: %q", line)
	}
}

package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/record"
)

// openStore opens an empty store.
func openStore(t *testing.T) *record.Store {
	t.Helper()
	store, err := record.Open(filepath.Join(t.TempDir(), "vapitap.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// at returns the URL of a path on a server.
func at(t *testing.T, base *url.URL, uri string) *url.URL {
	t.Helper()
	u, err := base.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// arrived is a request as the server got it.
type arrived struct {
	method, uri, host string
	header, trailer   http.Header
	body              []byte
	length            int64
}

// serve starts a server that notes what arrives and lets answer reply.
func serve(t *testing.T, answer http.HandlerFunc) (*url.URL, *[]arrived) {
	t.Helper()
	var got []arrived
	var mu sync.Mutex // what was given up may arrive late, beside what came next
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		got = append(got, arrived{r.Method, r.RequestURI, r.Host, r.Header.Clone(), r.Trailer.Clone(), body, r.ContentLength})
		mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return parseURL(t, server.URL), &got
}

func nothing(http.ResponseWriter, *http.Request) {}

func TestTheBytesThatAreSentAreTheBytesThatWereRecorded(t *testing.T) {
	base, got := serve(t, nothing)
	sender := &Sender{Store: openStore(t), From: record.FromReplay}
	for _, c := range []struct {
		name string
		Message
		uri     string
		header  http.Header
		trailer http.Header
	}{
		{name: "a message", uri: "/vapi/webhook?x=1&x=%zz;y",
			Message: Message{Method: "POST", Body: []byte(`{"message":{"type":"hang","n":1.0}}`),
				Header: http.Header{"Content-Type": {"application/json"}, "X-Vapi-Secret": {"s"}, "X-Many": {"a", "b"}, "Accept-Encoding": {"br"}}},
			header: http.Header{"Content-Type": {"application/json"}, "X-Vapi-Secret": {"s"}, "X-Many": {"a", "b"}, "Accept-Encoding": {"br"}, "Content-Length": {"35"}}},
		{name: "bytes that are no text", uri: "/a%2Fb//c",
			Message: Message{Method: "POST", Body: []byte("\x00\xff\xfe\r\n\x00{")},
			header:  http.Header{"Content-Length": {"7"}}},
		{name: "no body", uri: "/", Message: Message{Method: "GET", Header: http.Header{"User-Agent": {"node"}}},
			header: http.Header{"User-Agent": {"node"}}},
		{name: "a method of its own and no body", uri: "/", Message: Message{Method: "POST"},
			header: http.Header{"Content-Length": {"0"}}},
		{name: "trailers", uri: "/t", Message: Message{Method: "PUT", Body: []byte("abc"), Trailer: http.Header{"X-Sum": {"6"}}},
			header: http.Header{}, trailer: http.Header{"X-Sum": {"6"}}},
	} {
		c.URL = at(t, base, c.uri)
		e, err := sender.Send(t.Context(), c.Message)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		a := (*got)[len(*got)-1]
		if a.method != c.Method || a.uri != c.uri || a.host != base.Host || !bytes.Equal(a.body, c.Body) {
			t.Errorf("%s: %s %s %s %q arrived", c.name, a.method, a.host, a.uri, a.body)
		}
		if !maps.EqualFunc(a.header, c.header, slices.Equal) || !maps.EqualFunc(a.trailer, c.trailer, slices.Equal) {
			t.Errorf("%s: headers %v, trailers %v arrived, want %v and %v", c.name, a.header, a.trailer, c.header, c.trailer)
		}
		kept, err := sender.Store.Get(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept.Request.Body, c.Body) || kept.Request.Bytes != int64(len(c.Body)) || kept.Request.Header.Get("Host") != base.Host ||
			kept.Path != c.uri || kept.Target != base.String()+c.uri || !maps.EqualFunc(kept.Request.Trailer, c.trailer, slices.Equal) {
			t.Errorf("%s is recorded as %+v", c.name, kept)
		}
	}
}

func TestTheWholeReplyIsRecorded(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	io.WriteString(w, `{"results":[{"toolCallId":"c","result":"12 degrees"}]}`)
	w.Close()
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-End")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Set-Cookie", "a=b")
		w.WriteHeader(201)
		w.Write(packed.Bytes())
		w.Header().Set("X-End", "yes")
	})
	store := openStore(t)
	session, err := store.StartSession("replay", base.String())
	if err != nil {
		t.Fatal(err)
	}
	sender := &Sender{Store: store, From: record.FromReplay, Session: session.ID}
	body := []byte(`{"message":{"type":"tool-calls","call":{"id":"call-1"},"toolCallList":[{"id":"c","name":"get_weather","arguments":{"city":"Oslo"}}]}}`)
	e, err := sender.Send(t.Context(), Message{Method: "POST", URL: at(t, base, "/x"), Body: body, ReplayOf: 7})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Get(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Status != 201 || !bytes.Equal(kept.Response.Body, packed.Bytes()) || kept.Response.Trailer.Get("X-End") != "yes" ||
		kept.Response.Bytes != int64(packed.Len()) || kept.Response.Header.Get("Set-Cookie") != "a=b" {
		t.Errorf("the reply is recorded as %d %v %q", kept.Status, kept.Response.Header, kept.Response.Body)
	}
	if kept.From != record.FromReplay || kept.ReplayOf != 7 || kept.Session != session.ID || kept.Type != "tool-calls" || kept.CallID != "call-1" {
		t.Errorf("the exchange is recorded as %+v", kept)
	}
	if !strings.Contains(kept.Summary, "12 degrees") || kept.FirstByte <= 0 || kept.Duration < kept.FirstByte {
		t.Errorf("summary %q, first byte %s, duration %s", kept.Summary, kept.FirstByte, kept.Duration)
	}
}

func TestARedirectIsTheReply(t *testing.T) {
	base, got := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	sender := &Sender{Store: openStore(t)}
	e, err := sender.Send(t.Context(), Message{Method: "POST", URL: at(t, base, "/"), Body: []byte("x")})
	if err != nil || e.Status != 302 || len(*got) != 1 {
		t.Errorf("status %d after %d requests (%v)", e.Status, len(*got), err)
	}
}

func TestALargeReplyIsCapturedInPart(t *testing.T) {
	const size = MaxReply + 100_000
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 100_000)
		for left := size; left > 0; left -= len(chunk) {
			w.Write(chunk[:min(left, len(chunk))])
		}
	})
	sender := &Sender{Store: openStore(t)}
	e, err := sender.Send(t.Context(), Message{Method: "GET", URL: at(t, base, "/")})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Response.Body) != MaxReply || e.Response.Bytes != size || !e.Response.Truncated {
		t.Errorf("%d of %d bytes, truncated: %t", len(e.Response.Body), e.Response.Bytes, e.Response.Truncated)
	}
}

func TestWhereNobodyAnswersTheExchangeIsRecordedAndTheErrorSaysWhatToDo(t *testing.T) {
	const closed = "127.0.0.1:1" // a port that nobody is given
	hangsUp, _ := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	silent, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	untrusted := httptest.NewUnstartedServer(http.HandlerFunc(nothing))
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // what it says of the client that does not trust it
	untrusted.StartTLS()
	defer untrusted.Close()
	for _, c := range []struct {
		url     string
		timeout time.Duration
		err     string
		kept    string
	}{
		{"http://" + closed + "/", 0, "nothing listens on " + closed + ": start your server, or name another with --to URL",
			"no answer from " + closed + ": connection refused"},
		{hangsUp.String(), 0, "no reply from " + hangsUp.Host + ": it closed the connection without an answer",
			"no answer from " + hangsUp.Host + ": it closed the connection without an answer"},
		{silent.String(), 30 * time.Millisecond, "no reply from " + silent.Host + ": nothing came within 30ms",
			"no answer from " + silent.Host + ": nothing came within 30ms"},
		{untrusted.URL, 0, "no reply from " + parseURL(t, untrusted.URL).Host + ": its certificate is not trusted: x509: certificate signed by unknown authority (--skip-verify accepts it)",
			"no answer from " + parseURL(t, untrusted.URL).Host + ": its certificate is not trusted: x509: certificate signed by unknown authority"},
	} {
		sender := &Sender{Store: openStore(t), Timeout: c.timeout}
		e, err := sender.Send(t.Context(), Message{Method: "POST", URL: parseURL(t, c.url), Body: []byte("{}")})
		var none *NoReplyError
		if !errors.As(err, &none) || err.Error() != c.err {
			t.Errorf("%s:\n%v, want\n%s", c.url, err, c.err)
		}
		kept, err := sender.Store.Get(t.Context(), e.ID)
		if err != nil || kept.Error != c.kept || !kept.Unreachable || kept.Status != 0 || len(kept.Response.Header) > 0 {
			t.Errorf("%s is recorded as %+v (%v), want %q", c.url, kept, err, c.kept)
		}
		if string(kept.Request.Body) != "{}" {
			t.Errorf("%s: the request is recorded as %q", c.url, kept.Request.Body)
		}
	}
	sender := &Sender{Store: openStore(t), SkipVerify: true}
	if e, err := sender.Send(t.Context(), Message{Method: "GET", URL: parseURL(t, untrusted.URL)}); err != nil || e.Status != 200 {
		t.Errorf("with any certificate accepted: %v", err)
	}
}

func TestAReplyThatBreaksOffIsAReply(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	sender := &Sender{Store: openStore(t)}
	e, err := sender.Send(t.Context(), Message{Method: "GET", URL: base})
	if err != nil || e.Status != 200 || string(e.Response.Body) != "half" ||
		e.Error != "the server broke off its reply after 4 bytes: it closed the connection" {
		t.Errorf("%d %q: %s (%v)", e.Status, e.Response.Body, e.Error, err)
	}
}

func TestSendingThatIsGivenUpIsRecorded(t *testing.T) {
	for _, c := range []struct {
		name, sends string // what the server sends before the sending is given up
		failed      bool
		kept        string
	}{
		{"before a reply", "", true, "given up before a reply, after "},
		{"within a reply, more of it than can be on the way", strings.Repeat("x", 32<<20), false, "given up after "},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, c.sends)
			cancel()
			<-r.Context().Done()
		})
		sender := &Sender{Store: openStore(t)}
		e, err := sender.Send(ctx, Message{Method: "GET", URL: base})
		if errors.Is(err, context.Canceled) != c.failed || (err == nil) == c.failed {
			t.Errorf("%s: %v", c.name, err)
		}
		if e.ID == 0 || e.Unreachable || !strings.HasPrefix(e.Error, c.kept) {
			t.Errorf("%s it is recorded as %d: %s", c.name, e.ID, e.Error)
		}
		cancel()
	}
}

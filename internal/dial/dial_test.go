package dial

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends a request and returns why there was no answer.
func ask(t *testing.T, transport *http.Transport, url string) error {
	t.Helper()
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.RoundTrip(r)
	if err == nil {
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	return err
}

func TestReasonSaysWhyNoAnswerCame(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0) // what it says of the client that does not trust it
	encrypted.StartTLS()
	defer encrypted.Close()
	silent := closingServer(t)
	for _, c := range []struct{ name, url, want string }{
		{"nothing listens", "http://" + closedAddress(t), "connection refused"},
		{"a certificate of its own", encrypted.URL, "its certificate is not trusted: x509: certificate signed by unknown authority"},
		{"TLS to a server without", strings.Replace(plain.URL, "http:", "https:", 1), "it does not speak TLS (try http://)"},
		{"a server that hangs up", "http://" + silent, "it closed the connection without an answer"},
	} {
		err := ask(t, Transport(false), c.url)
		if err == nil || Reason(err) != c.want {
			t.Errorf("%s: %v, in words: %s, want %s", c.name, err, Reason(err), c.want)
		}
	}
	if err := ask(t, Transport(true), encrypted.URL); err != nil {
		t.Errorf("any certificate is to be accepted: %v", err)
	}
}

func TestReasonTellsAnUnknownNameFromOneThatCouldNotBeLookedUp(t *testing.T) {
	for want, err := range map[string]error{
		"no host is called x.test":                                   &net.DNSError{Name: "x.test", Err: "no such host", IsNotFound: true},
		"the name x.test could not be looked up: server misbehaving": &net.DNSError{Name: "x.test", Err: "server misbehaving"},
	} {
		if got := Reason(&net.OpError{Op: "dial", Err: err}); got != want {
			t.Errorf("%v, in words: %s, want %s", err, got, want)
		}
	}
}

func TestServersOnThisMachineAreReachedDirectly(t *testing.T) {
	for url, direct := range map[string]bool{
		"http://localhost:3000/": true, "http://127.0.0.1:3000/": true, "http://[::1]:3000/": true, "http://0.0.0.0:3000/": true,
	} {
		r := httptest.NewRequest("GET", url, nil)
		if proxy, err := environmentProxy(r); err != nil || (proxy == nil) != direct {
			t.Errorf("%s goes through %v (%v)", url, proxy, err)
		}
	}
}

// closedAddress returns an address at which nothing listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// closingServer returns the address of a server that reads a request and closes
// the connection.
func closingServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 1024))
			conn.Close()
		}
	}()
	return l.Addr().String()
}

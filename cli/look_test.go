package cli

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"
)

func TestNotThere(t *testing.T) {
	refused := fmt.Errorf("dial tcp: %w", syscall.ECONNREFUSED)
	unknown := func(host string) error { return &net.DNSError{Err: "no such host", Name: host, IsNotFound: true} }
	for _, c := range []struct {
		target string
		hold   time.Duration
		err    error
		want   string
	}{
		{"3000", 3 * time.Second, refused, "nothing listens on localhost:3000 yet; requests are held 3s for it"},
		{"3000", 0, refused, "nothing listens on localhost:3000 yet; requests get a 502 until it does"},
		{"https://dev.example/x", time.Minute, refused, "nothing listens on dev.example:443 yet; requests are held 1m for it"},
		{"3000vapi", 0, unknown("3000vapi"), "no host is called 3000vapi; did you mean 3000/vapi?"},
		{"3000vapi/webhook?x=1", 0, unknown("3000vapi"), "no host is called 3000vapi; did you mean 3000/vapi/webhook?x=1?"},
		{"my-laptop", 0, unknown("my-laptop"), "no host is called my-laptop"},
		{"3000vapi:80", 0, unknown("3000vapi"), "no host is called 3000vapi"},
		{"slow.example", time.Second, errors.New("i/o timeout"), ""},
	} {
		target, err := ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := notThere(target, c.hold, c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.target, got, c.want)
		}
	}
}

func TestLookForServer(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	target, err := ParseTarget(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var said string
	look := func() { lookForServer(t.Context(), target, time.Second, func(sentence string) { said = sentence }) }
	if look(); said != "" {
		t.Errorf("of a server that is there: %q", said)
	}
	s.Close()
	if look(); said != "nothing listens on "+target.Host+" yet; requests are held 1s for it" {
		t.Errorf("of one that is not: %q", said)
	}
}

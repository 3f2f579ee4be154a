package proxy_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"vapitap/proxy"
	"vapitap/record"
)

// TestHostsThatLeadHere looks at a reply whose assistant leads back to the public
// address, which the request itself does not name.
func TestHostsThatLeadHere(t *testing.T) {
	const reply = `{"assistant":{"server":{"url":"https://kind-fox.ngrok-free.dev/hook"}}}`
	const request = `{"message":{"type":"assistant-request","call":{"id":"c1"}}}`
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, reply)
	})
	for public, elsewhere := range map[string]bool{"kind-fox.ngrok-free.dev": false, "other-owl.ngrok-free.dev": true} {
		r := newRig(t, target, func(o *proxy.Options) { o.Here = func() []string { return []string{public} } })
		check := told(r.say(request), "server-url-elsewhere")
		if (check.Code != "") != elsewhere {
			t.Errorf("reached as %s: %+v", public, check)
		}
	}
}

func TestTheTunnelIsCounted(t *testing.T) {
	r := newRig(t, server(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "well") }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- r.proxy.Serve(l, record.FromTunnel) }()
	post(t, "http://"+l.Addr().String(), strings.Repeat("x", 5000))
	post(t, r.url, "hello") // not this one
	if e := r.recorded(); e.From != record.FromTunnel {
		t.Errorf("it came from %s", e.From)
	}
	month, err := r.store.TunnelMonth(t.Context(), time.Now())
	if err != nil || month.Requests != 1 || month.Bytes < 5000 || month.Bytes > 7000 {
		t.Errorf("counted %+v, %v", month, err)
	}
	r.shutdown()
	<-served
}

func TestARequestToItself(t *testing.T) {
	r := newRig(t, server(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the target") }), func(o *proxy.Options) {
		o.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.RawQuery != "mine" {
				return false
			}
			w.WriteHeader(http.StatusNoContent)
			return true
		}
	})
	if res, _ := post(t, r.url+"/?mine", ""); res.StatusCode != http.StatusNoContent {
		t.Errorf("its own request got %d", res.StatusCode)
	}
	if res, body := post(t, r.url+"/?other", ""); res.StatusCode != 200 || string(body) != "the target" {
		t.Errorf("another got %d %s", res.StatusCode, body)
	}
	if e := r.recorded(); e.Path != "/?other" {
		t.Errorf("%s was recorded", e.Path)
	}
}

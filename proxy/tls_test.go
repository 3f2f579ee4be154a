package proxy_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vapitap/proxy"
)

func TestTLSTarget(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // what it says of a caller that does not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	t.Run("a certificate of its own is refused", func(t *testing.T) {
		r := newRig(t, s.URL)
		res, body := post(t, r.url, "hello")
		if res.StatusCode != 502 || !strings.Contains(string(body), "its certificate is not trusted") {
			t.Errorf("got %d %q", res.StatusCode, body)
		}
	})
	t.Run("unless it is accepted", func(t *testing.T) {
		r := newRig(t, s.URL, func(o *proxy.Options) { o.SkipVerify = true })
		if res, body := post(t, r.url, "hello"); res.StatusCode != 200 || string(body) != "hello" {
			t.Errorf("got %d %q", res.StatusCode, body)
		}
	})
}

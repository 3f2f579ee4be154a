package proxy_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"vapitap/proxy"
	"vapitap/record"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

const (
	theSecret = "s3cret-of-the-server"
	hang      = `{"message":{"type":"hang","call":{"id":"c-1"}}}`
)

func signature(secret, body string) string {
	m := hmac.New(sha256.New, []byte(secret))
	io.WriteString(m, body)
	return hex.EncodeToString(m.Sum(nil))
}

// withSecret configures the secret, and whether it is required.
func withSecret(t *testing.T, required bool) func(*proxy.Options) {
	t.Helper()
	keys, err := auth.NewKeyring([]string{theSecret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *proxy.Options) { o.Keys, o.RequireAuth = keys, required }
}

// sendTo posts a body with one header, none where its name is empty.
func sendTo(t *testing.T, url, body, name, value string) (status int, reply string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+"/vapi/webhook", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if name != "" {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// codes are those of the checks, but for the one that the same bytes came before.
func codes(e *record.Exchange) string {
	var list []string
	for _, c := range e.Checks {
		if c.Code != "redelivery" {
			list = append(list, c.Code)
		}
	}
	return strings.Join(list, " ")
}

func TestEachExchangeSaysHowItAuthenticatedItself(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) {})
	plain, keyed := newRig(t, target), newRig(t, target, withSecret(t, false))
	for _, c := range []struct {
		name, value, want, codes string
	}{
		{"", "", "none absent", "auth-missing"},
		{"X-Vapi-Secret", theSecret, "secret ok", ""},
		{"X-Vapi-Secret", "another", "secret bad", "auth-bad"},
		{"Authorization", "Bearer " + theSecret, "bearer ok", ""},
		{"X-Vapi-Signature", signature(theSecret, hang), "hmac ok", ""},
		{"X-Vapi-Signature", signature("another", hang), "hmac bad", "auth-bad"},
	} {
		if status, _ := sendTo(t, keyed.url, hang, c.name, c.value); status != 200 {
			t.Errorf("%s: status %d, though nothing is required", c.name, status)
		}
		e := keyed.recorded()
		if got := e.Auth.Scheme + " " + e.Auth.Verdict; got != c.want || codes(e) != c.codes {
			t.Errorf("%s %s: %s with %q, want %s with %q", c.name, c.value, got, codes(e), c.want, c.codes)
		}
		sendTo(t, plain.url, hang, c.name, c.value)
		scheme, _, _ := strings.Cut(c.want, " ")
		if e := plain.recorded(); e.Auth != (vapi.Auth{Scheme: scheme, Verdict: auth.Unchecked}) || codes(e) != "" {
			t.Errorf("%s, with nothing configured: %+v %q", c.name, e.Auth, codes(e))
		}
	}
}

func TestRequireAuth(t *testing.T) {
	var got atomic.Value
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(string(body))
		io.WriteString(w, "from the server")
	})
	r := newRig(t, target, withSecret(t, true), func(o *proxy.Options) { o.MaxBody = 1 << 20 })
	odd := "{ \"message\" :\n{\"type\":\"hang\",\"n\":1.0e0}}\n" + strings.Repeat(" ", 300_000)
	large := strings.Repeat("x", 2<<20)
	for _, c := range []struct {
		name, body, header, value string
		passes                    bool
		why                       string
	}{
		{"a secret", hang, "X-Vapi-Secret", theSecret, true, ""},
		{"a token", hang, "Authorization", "Bearer " + theSecret, true, ""},
		{"a signature", odd, "X-Vapi-Signature", signature(theSecret, odd), true, ""},
		{"a signature of no body", "", "X-Vapi-Signature", signature(theSecret, ""), true, ""},
		{"a large body that is not signed", large, "X-Vapi-Secret", theSecret, true, ""},
		{"nothing", hang, "", "", false, "no X-Vapi-Secret, signature or bearer token came"},
		{"another secret", hang, "X-Vapi-Secret", "another", false, "X-Vapi-Secret is not the configured secret"},
		{"another token", hang, "Authorization", "Bearer another", false, "the token in Authorization"},
		{"another signature", odd, "X-Vapi-Signature", signature("another", odd), false, "does not fit the body"},
		{"a large body that is signed", large, "X-Vapi-Signature", signature(theSecret, large), false, "larger than what is captured"},
		{"a large body and nothing", large, "", "", false, "no X-Vapi-Secret, signature or bearer token came"},
		{"what is no message of Vapi's", "x", "Authorization", "Bearer another", false, "give it as one more --secret"},
	} {
		got.Store("nothing")
		status, reply := sendTo(t, r.url, c.body, c.header, c.value)
		e := r.recorded()
		if c.passes {
			if status != 200 || reply != "from the server" || got.Load() != c.body || e.Auth.Verdict != auth.OK || e.Error != "" {
				t.Errorf("%s: %d %.80s, recorded %+v %q; the server got %.40q", c.name, status, reply, e.Auth, e.Error, got.Load())
			}
			continue
		}
		var told struct{ Error, Hint string }
		if err := json.Unmarshal([]byte(reply), &told); err != nil || status != 401 || !strings.Contains(told.Error, c.why) || told.Hint == "" {
			t.Errorf("%s: %d %s (%v), want %s", c.name, status, reply, err, c.why)
		}
		if got.Load() != "nothing" {
			t.Errorf("%s: the server got it", c.name)
		}
		if e.Status != 401 || !strings.Contains(e.Error, "not forwarded") || !e.Unreachable || string(e.Response.Body) != reply ||
			strings.Contains(codes(e), "reply-not-200") || strings.Contains(codes(e), "target-unreachable") || strings.Contains(reply, theSecret) {
			t.Errorf("%s: recorded as %d %q with %q", c.name, e.Status, e.Error, codes(e))
		}
		if e.Request.Bytes != int64(len(c.body)) && len(c.body) < 1<<20 {
			t.Errorf("%s: %d bytes of the request are recorded, of %d", c.name, e.Request.Bytes, len(c.body))
		}
	}
}

func TestASignedBodyOfUnknownLengthIsForwardedUnchanged(t *testing.T) {
	var got atomic.Value
	target := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(fmt.Sprintf("%d %s", r.ContentLength, body))
	})
	r := newRig(t, target, withSecret(t, true))
	conn := r.raw(fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nX-Vapi-Signature: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n",
		signature(theSecret, hang), hang[:5], len(hang)-5, hang[5:]))
	if reply, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(reply), "HTTP/1.1 200") || got.Load() != "-1 "+hang {
		t.Errorf("%.60s (%v); the server got %v", reply, err, got.Load())
	}
}

func TestACallerThatGoesAwayWhileItsBodyIsVerified(t *testing.T) {
	target := server(t, func(w http.ResponseWriter, r *http.Request) { t.Error("the server got it") })
	r := newRig(t, target, withSecret(t, true))
	conn := r.raw("POST / HTTP/1.1\r\nHost: x\r\nX-Vapi-Signature: " + signature(theSecret, hang) + "\r\nContent-Length: 100\r\n\r\n{")
	conn.Close()
	if e := r.recorded(); e.Status != 0 || !strings.Contains(e.Error, "the caller sent 1 of the 100 bytes") {
		t.Errorf("recorded as %d %q", e.Status, e.Error)
	}
}

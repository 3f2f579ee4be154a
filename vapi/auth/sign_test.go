package auth

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vapitap/vapi"
)

var now = time.UnixMilli(1800000000456)

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestWhatIsSignedIsGood(t *testing.T) {
	to := parseURL(t, "https://x.ngrok.app/vapi/webhook?x=1")
	for _, spec := range []string{
		"", "algorithm=sha256", "algorithm=sha1,format={body}", `header=x-hook,prefix="v1,",encoding=base64,format={svix-id}.{timestamp}.{body}`,
		"algorithm=sha512,format={method}.{url}.{timestamp}.{body},timestamp-header=x-time",
	} {
		k := keyring(t, spec, secret, "another")
		h := http.Header{"Host": {to.Host}}
		k.Sign(h, "POST", to, []byte(body), now)
		r := vapi.Request{Method: "POST", Path: to.RequestURI(), Header: h, Body: []byte(body)}
		h.Del("X-Vapi-Secret")
		if v := k.Verify(vapi.KindServer, r); v.Scheme != SchemeHMAC || v.Verdict != OK {
			t.Errorf("%s: %+v of %v", spec, v, h)
		}
		r.Body = []byte(strings.Replace(body, "hang", "bang", 1))
		if v := k.Verify(vapi.KindServer, r); v.Verdict != Bad {
			t.Errorf("%s: of another body %+v", spec, v)
		}
	}
}

func TestSignWithASecretAlone(t *testing.T) {
	h := http.Header{}
	keyring(t, "", secret).Sign(h, "POST", parseURL(t, "http://localhost/"), []byte(body), now)
	if len(h) != 2 || h.Get("X-Vapi-Secret") != secret || h.Get("X-Vapi-Signature") != hexSum(sha256.New, secret, body) {
		t.Errorf("%v", h)
	}
	h = http.Header{}
	(*Keyring)(nil).Sign(h, "POST", parseURL(t, "http://localhost/"), []byte(body), now)
	if len(h) != 0 {
		t.Errorf("with nothing configured: %v", h)
	}
}

func TestResign(t *testing.T) {
	const edited = `{"message":{"type":"bang"}}`
	const seconds = "1700000000"
	to := "http://localhost:3000/hook"
	for _, c := range []struct {
		name, spec string
		r          vapi.Request
		send       string
		want       []string // headers, as name and value
		became     Resigned
	}{
		{name: "nothing", r: post(body), send: edited, became: Unsigned},
		{name: "a secret", r: post(body, "X-Vapi-Secret", secret), send: edited, want: []string{"X-Vapi-Secret", secret}, became: Unsigned},
		{name: "the setup guide's", r: post(body, "x-vapi-signature", hexSum(sha256.New, secret, body)), send: edited,
			want: []string{"X-Vapi-Signature", hexSum(sha256.New, secret, edited)}, became: Renewed},
		{name: "with a prefix, the body as it was", r: post(body, "x-vapi-signature", "sha256="+hexSum(sha256.New, secret, body)), send: body,
			want: []string{"X-Vapi-Signature", "sha256=" + hexSum(sha256.New, secret, body)}, became: Renewed},
		{name: "over JSON.stringify", r: post(pretty, "x-vapi-signature", hexSum(sha256.New, secret, body)), send: "{ \"a\": 1.0 }",
			want: []string{"X-Vapi-Signature", hexSum(sha256.New, secret, `{"a":1}`)}, became: Renewed},
		{name: "a timestamp in seconds", r: post(body, "x-signature", hexSum(sha256.New, secret, seconds, ".", body), "x-timestamp", seconds), send: edited,
			want: []string{"X-Timestamp", "1800000000", "X-Signature", hexSum(sha256.New, secret, "1800000000.", edited)}, became: Renewed},
		{name: "in milliseconds", r: post(body, "x-signature", hexSum(sha256.New, secret, seconds, "123.", body), "x-timestamp", seconds+"123"), send: edited,
			want: []string{"X-Timestamp", "1800000000456", "X-Signature", hexSum(sha256.New, secret, "1800000000456.", edited)}, became: Renewed},
		{name: "as a date", r: post(body, "x-signature", hexSum(sha256.New, secret, "2023-11-14T22:13:20.123Z.", body), "x-timestamp", "2023-11-14T22:13:20.123Z"), send: edited,
			want: []string{"X-Timestamp", "2027-01-15T08:00:00.456Z", "X-Signature", hexSum(sha256.New, secret, "2027-01-15T08:00:00.456Z.", edited)}, became: Renewed},
		{name: "with the URL", spec: "format={url}{body}", r: post(body, "x-signature", hexSum(sha256.New, secret, "https://x.ngrok.app/vapi/webhook?x=1", body)), send: edited,
			want: []string{"X-Signature", hexSum(sha256.New, secret, to, edited)}, became: Renewed},
		{name: "with the path", spec: "format={url}{body}", r: post(body, "x-signature", hexSum(sha256.New, secret, "/vapi/webhook?x=1", body)), send: edited,
			want: []string{"X-Signature", hexSum(sha256.New, secret, "/hook", edited)}, became: Renewed},
		{name: "the id of a message stays", spec: "format={svix-id}{body}", r: post(body, "svix-id", "msg_1", "x-signature", hexSum(sha256.New, secret, "msg_1", body)), send: edited,
			want: []string{"Svix-Id", "msg_1", "X-Signature", hexSum(sha256.New, secret, "msg_1", edited)}, became: Renewed},
		{name: "one that no secret made", r: post(body, "x-vapi-signature", hexSum(sha256.New, "another", body)), send: edited,
			want: []string{"X-Vapi-Signature", hexSum(sha256.New, "another", body)}, became: Stale},
		{name: "two, of which one", r: post(body, "x-vapi-signature", hexSum(sha256.New, secret, body), "x-signature", hexSum(sha256.New, "another", body)), send: edited,
			want: []string{"X-Vapi-Signature", hexSum(sha256.New, secret, edited), "X-Signature", hexSum(sha256.New, "another", body)}, became: Stale},
	} {
		h := c.r.Header.Clone()
		became := keyring(t, c.spec, "first", secret).Resign(c.r, h, "POST", parseURL(t, to), []byte(c.send), now)
		if became != c.became {
			t.Errorf("%s: became %d, want %d", c.name, became, c.became)
		}
		for i := 0; i < len(c.want); i += 2 {
			if got := h.Values(c.want[i]); len(got) != 1 || got[0] != c.want[i+1] {
				t.Errorf("%s: %s is %s, want %s", c.name, c.want[i], got, c.want[i+1])
			}
		}
		h = c.r.Header.Clone()
		became = (*Keyring)(nil).Resign(c.r, h, "POST", parseURL(t, to), []byte(c.send), now)
		if (became == Unsigned) != (c.became == Unsigned) || became == Renewed {
			t.Errorf("%s, with nothing configured: %d", c.name, became)
		}
	}
}

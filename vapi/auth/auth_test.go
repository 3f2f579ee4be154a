package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
	"testing"

	"vapitap/vapi"
)

const (
	secret = "s3cret-of-the-server"
	body   = `{"message":{"type":"hang","timestamp":1700000000123,"url":"a/b"}}`
	pretty = `{ "message": {"type":"hang","timestamp":1700000000123,"url":"a\/b"} }`
)

// sum is the HMAC of the parts, as a reader of Vapi's documentation computes it.
func sum(h func() hash.Hash, key string, parts ...string) []byte {
	m := hmac.New(h, []byte(key))
	for _, p := range parts {
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}

func hexSum(h func() hash.Hash, key string, parts ...string) string {
	return hex.EncodeToString(sum(h, key, parts...))
}

func base64Sum(h func() hash.Hash, key string, parts ...string) string {
	return base64.StdEncoding.EncodeToString(sum(h, key, parts...))
}

// post is a message with these headers, given as name and value in turn.
func post(text string, header ...string) vapi.Request {
	r := vapi.Request{Method: "POST", Path: "/vapi/webhook?x=1", Header: http.Header{"Host": {"x.ngrok.app"}, "Content-Type": {"application/json"}}, Body: []byte(text)}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func keyring(t testing.TB, spec string, secrets ...string) *Keyring {
	t.Helper()
	var h *HMAC
	if spec != "" {
		parsed, err := ParseHMAC(spec)
		if err != nil {
			t.Fatal(err)
		}
		h = &parsed
	}
	k, err := NewKeyring(secrets, h)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVerify(t *testing.T) {
	good := hexSum(sha256.New, secret, body)
	stamp := "1700000000"
	for _, c := range []struct {
		name    string
		spec    string
		secrets string // with spaces between several; the usual one where empty
		r       vapi.Request
		want    string // scheme and verdict
		header  string
	}{
		{name: "nothing", r: post(body), want: "none absent"},
		{name: "a secret", r: post(body, "X-Vapi-Secret", secret), want: "secret ok", header: "X-Vapi-Secret"},
		{name: "another secret", r: post(body, "X-Vapi-Secret", "other"), want: "secret bad", header: "X-Vapi-Secret"},
		{name: "an empty secret", r: post(body, "X-Vapi-Secret", ""), want: "secret bad", header: "X-Vapi-Secret"},
		{name: "the second secret that is configured", secrets: "a " + secret, r: post(body, "X-Vapi-Secret", secret), want: "secret ok", header: "X-Vapi-Secret"},
		{name: "the setup guide's signature", r: post(body, "x-vapi-signature", good), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "in upper case", r: post(body, "x-vapi-signature", strings.ToUpper(good)), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "with a prefix", r: post(body, "x-vapi-signature", "sha256="+good), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "with the second secret", secrets: "a " + secret, r: post(body, "x-vapi-signature", good), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "over JSON.stringify of the body", r: post(pretty, "x-vapi-signature", good), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "over the raw bytes, which are not so written", r: post(pretty, "x-vapi-signature", hexSum(sha256.New, secret, pretty)), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "of another body", r: post(strings.Replace(body, "hang", "bang", 1), "x-vapi-signature", good), want: "hmac bad", header: "X-Vapi-Signature"},
		{name: "of a body that is no JSON", r: post("\x00no", "x-vapi-signature", hexSum(sha256.New, secret, "\x00no")), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "of no body", r: post("", "x-vapi-signature", hexSum(sha256.New, secret)), want: "hmac ok", header: "X-Vapi-Signature"},
		{name: "one that is cut", r: post(body, "x-vapi-signature", good[:62]), want: "hmac bad", header: "X-Vapi-Signature"},
		{name: "one that is none", r: post(body, "x-vapi-signature", "hello"), want: "hmac bad", header: "X-Vapi-Signature"},
		{name: "the secret itself as signature", r: post(body, "x-vapi-signature", secret), want: "secret ok", header: "X-Vapi-Signature"},
		{name: "a good secret beside a bad signature", r: post(body, "x-vapi-signature", hexSum(sha256.New, "x"), "X-Vapi-Secret", secret), want: "secret ok", header: "X-Vapi-Secret"},
		{name: "a credential by default", r: post(body, "x-signature", hexSum(sha256.New, secret, stamp, ".", body), "x-timestamp", stamp), want: "hmac ok", header: "X-Signature"},
		{name: "a credential without timestamp", r: post(body, "x-signature", good), want: "hmac ok", header: "X-Signature"},
		{name: "a credential with sha512 in base64", r: post(body, "x-signature", base64Sum(sha512.New, secret, stamp, ".", body), "x-timestamp", stamp), want: "hmac ok", header: "X-Signature"},
		{name: "a credential with sha1", r: post(body, "x-signature", hexSum(sha1.New, secret, body)), want: "hmac ok", header: "X-Signature"},
		{name: "a signature in a header of its own", r: post(body, "X-Hub-Signature-256", "sha256="+good), want: "hmac ok", header: "X-Hub-Signature-256"},
		{name: "another timestamp", r: post(body, "x-signature", hexSum(sha256.New, secret, stamp, ".", body), "x-timestamp", "1700000001"), want: "hmac bad", header: "X-Signature"},
		{name: "a bearer token", r: post(body, "Authorization", "Bearer "+secret), want: "bearer ok", header: "Authorization"},
		{name: "the word in lower case", r: post(body, "Authorization", "bearer "+secret), want: "bearer ok", header: "Authorization"},
		{name: "a bare token", r: post(body, "Authorization", secret), want: "bearer ok", header: "Authorization"},
		{name: "a token in a header that was chosen", r: post(body, "X-My-Thing", secret), want: "bearer ok", header: "X-My-Thing"},
		{name: "with the word", r: post(body, "X-My-Thing", "Bearer "+secret), want: "bearer ok", header: "X-My-Thing"},
		{name: "another token", r: post(body, "Authorization", "Bearer other"), want: "bearer bad", header: "Authorization"},
		{name: "another scheme of HTTP", r: post(body, "Authorization", "Basic dXNlcjpwYXNz"), want: "none absent"},
		{name: "a credential that is described", spec: `header=x-hook,prefix="v1,",encoding=base64,algorithm=sha1`,
			r:    post(body, "x-hook", "v1,"+base64Sum(sha1.New, secret, stamp, ".", body), "x-timestamp", stamp),
			want: "hmac ok", header: "X-Hook"},
		{name: "which is bad", spec: `header=x-hook`, r: post(body, "x-hook", good), want: "hmac bad", header: "X-Hook"},
		{name: "without its prefix", spec: `header=x-hook,prefix=sha256=,format={body}`, r: post(body, "x-hook", good), want: "hmac bad", header: "X-Hook"},
		{name: "with method and URL", spec: `format={method} {url} {body}`,
			r: post(body, "x-signature", hexSum(sha256.New, secret, "POST https://x.ngrok.app/vapi/webhook?x=1 ", body)), want: "hmac ok", header: "X-Signature"},
		{name: "with the host that a tunnel tells", spec: `format={url}{body}`,
			r:    post(body, "X-Forwarded-Host", "y.example", "x-signature", hexSum(sha256.New, secret, "https://y.example/vapi/webhook?x=1", body)),
			want: "hmac ok", header: "X-Signature"},
		{name: "Svix-style", spec: `header=svix-signature,timestamp-header=svix-timestamp,prefix="v1,",format={svix-id}.{timestamp}.{body},encoding=base64,base64-secret`,
			secrets: "whsec_" + base64.StdEncoding.EncodeToString([]byte("the key")),
			r: post(body, "svix-id", "msg_1", "svix-timestamp", stamp,
				"svix-signature", "v1,bm90aGluZw== v1,"+base64Sum(sha256.New, "the key", "msg_1.", stamp, ".", body)), want: "hmac ok", header: "Svix-Signature"},
	} {
		secrets := []string{secret}
		if c.secrets != "" {
			secrets = strings.Fields(c.secrets)
		}
		v := keyring(t, c.spec, secrets...).Verify(vapi.KindServer, c.r)
		if got := v.Scheme + " " + v.Verdict; got != c.want || v.Header != c.header {
			t.Errorf("%s: %s in %q, want %s in %q", c.name, got, v.Header, c.want, c.header)
		}
		v = (*Keyring)(nil).Verify(vapi.KindServer, c.r)
		if v.Verdict != Unchecked || v.Check() != nil {
			t.Errorf("%s, with nothing configured: %+v", c.name, v)
		}
	}
}

func TestVerifyOfWhatCannotBeJudged(t *testing.T) {
	k := keyring(t, "", secret)
	cut := post(body[:20], "x-vapi-signature", hexSum(sha256.New, secret, body))
	cut.Truncated = true
	if v := k.Verify(vapi.KindServer, cut); v.Scheme != SchemeHMAC || v.Verdict != Unchecked || v.Check() != nil {
		t.Errorf("a truncated body: %+v", v)
	}
	for _, kind := range []vapi.Kind{vapi.KindLLM, vapi.KindMCP, vapi.KindHTTP} {
		if v := k.Verify(kind, post(body, "Authorization", "Bearer sk-of-the-model")); v.Scheme != SchemeBearer || v.Verdict != Unchecked || v.Check() != nil {
			t.Errorf("the token of a %s: %+v", kind, v)
		}
		if v := k.Verify(kind, post(body)); v.Verdict != Absent || v.Check() != nil {
			t.Errorf("nothing, from a %s: %+v", kind, v)
		}
		if v := k.Verify(kind, post(body, "X-Vapi-Secret", "x")); v.Verdict != Bad || v.Check() == nil {
			t.Errorf("a bad secret, from a %s: %+v", kind, v)
		}
	}
}

// What carries a signature is seen without any secret, however short it is and
// however its header is written.
func TestVerifyRecognisesSignaturesWithoutASecret(t *testing.T) {
	shortest := base64.RawStdEncoding.EncodeToString(sum(sha1.New, secret, body))
	if len(shortest) != shortestSigned {
		t.Fatalf("the shortest signature has %d characters, not %d", len(shortest), shortestSigned)
	}
	for _, c := range []struct {
		header, value, scheme, named string
	}{
		{"X-Vapi-Signature", "x", SchemeHMAC, "X-Vapi-Signature"},
		{"X-SIGNATURE", "x", SchemeHMAC, "X-Signature"},
		{"x-hub-signature", shortest, SchemeHMAC, "X-Hub-Signature"},
		{"Hmac", "sha1=" + shortest, SchemeHMAC, "Hmac"},
		{"X-Hub-Signature", shortest[1:], SchemeNone, ""},
		{"X-Hub-Signature", "see the documentation of your hub", SchemeNone, ""},
		{"X-Signed-By", shortest, SchemeNone, ""},
	} {
		var none *Keyring
		v := none.Verify(vapi.KindServer, vapi.Request{Header: http.Header{c.header: {c.value}}})
		if v.Scheme != c.scheme || v.Header != c.named || v.Verdict != Unchecked {
			t.Errorf("%s: %s is %+v", c.header, c.value, v)
		}
	}
}

func TestAnOldTimestampIsNoReasonToCallASignatureBad(t *testing.T) {
	r := post(body, "x-signature", hexSum(sha256.New, secret, "1000000000.", body), "x-timestamp", "1000000000")
	if v := keyring(t, "", secret).Verify(vapi.KindServer, r); v.Verdict != OK {
		t.Errorf("%+v", v)
	}
}

func TestManySignaturesCostNoMoreThanAFew(t *testing.T) {
	r := post(body)
	for range 5000 {
		r.Header.Add("X-Vapi-Signature", strings.Repeat("0", 64))
	}
	k := keyring(t, "", secret)
	if n := len(carried(r.Header, nil)); n != mostSignatures {
		t.Errorf("%d of them are verified", n)
	}
	if v := k.Verify(vapi.KindServer, r); v.Verdict != Bad {
		t.Errorf("%+v", v)
	}
	if n := len(readSignature(strings.Repeat(strings.Repeat("0", 64)+" ", 15))); n != mostSignatures {
		t.Errorf("one value is read as %d signatures", n)
	}
}

func TestVerifyHeader(t *testing.T) {
	k := keyring(t, "", secret)
	for _, c := range []struct {
		header     []string
		good, body bool
	}{
		{nil, false, false},
		{[]string{"X-Vapi-Secret", secret}, true, false},
		{[]string{"Authorization", "Bearer " + secret}, true, false},
		{[]string{"X-Vapi-Secret", "x"}, false, false},
		{[]string{"X-Vapi-Signature", "00"}, false, true},
		{[]string{"X-Vapi-Signature", "00", "X-Vapi-Secret", secret}, true, false},
	} {
		if good, wantsBody := k.VerifyHeader(post("", c.header...).Header); good != c.good || wantsBody != c.body {
			t.Errorf("%v: %t and %t", c.header, good, wantsBody)
		}
	}
	if good, wantsBody := (*Keyring)(nil).VerifyHeader(post("", "X-Vapi-Signature", "00").Header); good || wantsBody {
		t.Error("with nothing configured something is verified")
	}
}

func TestChecksSayWhatIsWrongAndNeverTheSecret(t *testing.T) {
	for _, c := range []struct {
		name    string
		secrets []string
		r       vapi.Request
		code    string
		level   vapi.Level
		want    string
	}{
		{"nothing", []string{secret}, post(body), "auth-missing", vapi.Warning, "no X-Vapi-Secret, signature or bearer token came"},
		{"another secret", []string{secret}, post(body, "X-Vapi-Secret", "0ther"), "auth-bad", vapi.Error, "X-Vapi-Secret is not the configured secret, so"},
		{"several", []string{secret, "b"}, post(body, "X-Vapi-Secret", "0ther"), "auth-bad", vapi.Error, "X-Vapi-Secret is not any of the 2 configured secrets"},
		{"white space", []string{secret}, post(body, "X-Vapi-Secret", secret+" "), "auth-bad", vapi.Error, "they differ in white space"},
		{"quotes", []string{secret}, post(body, "X-Vapi-Secret", `"`+secret+`"`), "auth-bad", vapi.Error, "one of them has quotes"},
		{"case", []string{secret}, post(body, "X-Vapi-Secret", strings.ToUpper(secret)), "auth-bad", vapi.Error, "upper and lower case"},
		{"the beginning", []string{secret}, post(body, "X-Vapi-Secret", secret[:10]), "auth-bad", vapi.Error, "is the beginning"},
		{"whsec_", []string{secret}, post(body, "X-Vapi-Secret", "whsec_"+secret), "auth-bad", vapi.Error, "whsec_"},
		{"base64", []string{secret}, post(body, "X-Vapi-Secret", base64.StdEncoding.EncodeToString([]byte(secret))), "auth-bad", vapi.Error, "base64"},
		{"a word twice", []string{secret}, post(body, "Authorization", "Bearer Bearer "+secret), "auth-bad", vapi.Error, "the word Bearer"},
		{"another token", []string{secret}, post(body, "Authorization", "Bearer 0ther"), "auth-bad", vapi.Error, "the token in Authorization is not the configured secret"},
		{"a signature", []string{secret}, post(body, "X-Vapi-Signature", hexSum(sha256.New, "0ther", body)), "auth-bad", vapi.Error, "the signature in X-Vapi-Signature does not fit the body"},
	} {
		v := keyring(t, "", c.secrets...).Verify(vapi.KindServer, c.r)
		check := v.Check()
		if check == nil || check.Code != c.code || check.Level != c.level || !strings.Contains(check.Message, c.want) || check.Hint == "" {
			t.Errorf("%s: %+v, want %s", c.name, check, c.want)
			continue
		}
		for _, text := range []string{check.Message, check.Hint, v.Forbidden()} {
			if strings.Contains(text, secret) || strings.Contains(text, "0ther") || text == "" || strings.Contains(text, "\n") {
				t.Errorf("%s: %q", c.name, text)
			}
		}
	}
	if c := keyring(t, "", secret).Verify(vapi.KindServer, post(body, "X-Vapi-Secret", secret)).Check(); c != nil {
		t.Errorf("what is good has a check: %+v", c)
	}
}

func TestNewKeyring(t *testing.T) {
	if k, err := NewKeyring(nil, nil); k != nil || err != nil {
		t.Errorf("nothing configured: %v, %v", k, err)
	}
	plain, encoded := DefaultHMAC(), DefaultHMAC()
	encoded.Base64Secret = true
	for _, c := range []struct {
		secrets []string
		spec    *HMAC
		want    string
	}{
		{nil, &plain, "an HMAC credential needs its secret"},
		{[]string{""}, nil, "the secret is empty"},
		{[]string{"not base64!"}, &encoded, "the secret is not base64"},
	} {
		if _, err := NewKeyring(c.secrets, c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.secrets, err, c.want)
		}
	}
}

package auth

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"vapitap/vapi"
)

func TestSearchFindsHowASignatureWasMade(t *testing.T) {
	const seconds, millis = "1700000000", "1700000000123"
	const url = "https://x.ngrok.app/vapi/webhook?x=1"
	inner := body[len(`{"message":`) : len(body)-1]
	key := base64.StdEncoding.EncodeToString([]byte("the key"))
	sign := func(parts ...string) string { return hexSum(sha256.New, secret, parts...) }
	for _, c := range []struct {
		name   string
		secret string // the usual one where empty
		r      vapi.Request
		spec   string // as it is told to be configured; none where it cannot be
		said   string // in one of secret, body and timestamp
	}{
		{name: "the body", r: post(body, "x-vapi-signature", sign(body)), spec: "algorithm=sha256,header=x-vapi-signature,format={body}"},
		{name: "JSON.stringify of the body", r: post(pretty, "x-vapi-signature", sign(body)), spec: "algorithm=sha256,header=x-vapi-signature,format={body}", said: "JSON.stringify of the parsed body"},
		{name: "as credentials are by default", r: post(body, "x-signature", sign(seconds, ".", body), "x-timestamp", seconds), spec: "algorithm=sha256,header=x-signature"},
		{name: "sha1", r: post(body, "x-signature", hexSum(sha1.New, secret, body)), spec: "algorithm=sha1,header=x-signature,format={body}"},
		{name: "sha512", r: post(body, "x-signature", hexSum(sha512.New, secret, body)), spec: "algorithm=sha512,header=x-signature,format={body}"},
		{name: "base64", r: post(body, "x-signature", base64Sum(sha256.New, secret, body)), spec: "algorithm=sha256,header=x-signature,format={body},encoding=base64"},
		{name: "base64 for URLs", r: post(body, "x-signature", base64.RawURLEncoding.EncodeToString(sum(sha256.New, secret, body))), spec: "algorithm=sha256,header=x-signature,format={body},encoding=base64"},
		{name: "a prefix", r: post(body, "x-signature", "sha256="+sign(body)), spec: "algorithm=sha256,header=x-signature,prefix=sha256=,format={body}"},
		{name: "v1=", r: post(body, "x-hook-signature", "v1="+sign(body)), spec: "algorithm=sha256,header=x-hook-signature,prefix=v1=,format={body}"},
		{name: "v1, and base64", r: post(body, "x-signature", "v1,"+base64Sum(sha256.New, secret, body)), spec: `algorithm=sha256,header=x-signature,prefix="v1,",format={body},encoding=base64`},
		{name: "a prefix of nobody's", r: post(body, "x-signature", "hook"+sign(body)), spec: "algorithm=sha256,header=x-signature,prefix=hook,format={body}"},
		{name: "a header that says nothing", r: post(body, "X-Proof", sign(body)), spec: "algorithm=sha256,header=x-proof,format={body}"},
		{name: "nothing between", r: post(body, "x-signature", sign(millis, body), "x-timestamp", millis), spec: "algorithm=sha256,header=x-signature,format={timestamp}{body}"},
		{name: "a colon between", r: post(body, "x-signature", sign(millis, ":", body), "x-timestamp", millis), spec: "algorithm=sha256,header=x-signature,format={timestamp}:{body}"},
		{name: "a line break between", r: post(body, "x-signature", sign(millis, "\n", body), "x-timestamp", millis), spec: `algorithm=sha256,header=x-signature,format="{timestamp}\n{body}"`},
		{name: "the timestamp last", r: post(body, "x-signature", sign(body, ".", millis), "x-timestamp", millis), spec: "algorithm=sha256,header=x-signature,format={body}.{timestamp}"},
		{name: "as Slack", r: post(body, "x-signature", "v0="+sign("v0:", seconds, ":", body), "x-timestamp", seconds), spec: "algorithm=sha256,header=x-signature,prefix=v0=,format=v0:{timestamp}:{body}"},
		{name: "another header's timestamp", r: post(body, "x-signature", sign(seconds, ".", body), "x-hook-timestamp", seconds), spec: "algorithm=sha256,header=x-signature,timestamp-header=x-hook-timestamp"},
		{name: "the timestamp in seconds", r: post(body, "x-signature", sign(seconds, ".", body), "x-timestamp", millis), said: "X-Timestamp in seconds"},
		{name: "the timestamp in milliseconds", r: post(body, "x-signature", sign(seconds, "000.", body), "x-timestamp", seconds), said: "X-Timestamp in milliseconds"},
		{name: "the timestamp as a date", r: post(body, "x-signature", sign("2023-11-14T22:13:20.123Z.", body), "x-timestamp", millis), said: "toISOString"},
		{name: "the message's own timestamp", r: post(body, "x-signature", sign(millis, ".", body)), said: "message.timestamp of the body"},
		{name: "method and URL", r: post(body, "x-signature", sign("POST", url, body)), spec: "algorithm=sha256,header=x-signature,format={method}{url}{body}"},
		{name: "the URL, with http", r: post(body, "x-signature", sign("POST.http", strings.TrimPrefix(url, "https"), ".", body)), spec: "algorithm=sha256,header=x-signature,format={method}.{url}.{body}"},
		{name: "the path", r: post(body, "x-signature", sign(millis, ".POST./vapi/webhook?x=1.", body), "x-timestamp", millis), spec: "algorithm=sha256,header=x-signature,format={timestamp}.{method}.{url}.{body}"},
		{name: "Svix-style", secret: "whsec_" + key, r: post(body, "svix-id", "msg_1", "svix-timestamp", seconds, "svix-signature", "v1,"+base64Sum(sha256.New, "the key", "msg_1.", seconds, ".", body)),
			spec: `algorithm=sha256,header=svix-signature,timestamp-header=svix-timestamp,prefix="v1,",format={svix-id}.{timestamp}.{body},encoding=base64,base64-secret=true`, said: "without whsec_, decoded from base64"},
		{name: "a secret in base64", secret: key, r: post(body, "x-signature", hexSum(sha256.New, "the key", body)), spec: "algorithm=sha256,header=x-signature,format={body},base64-secret=true", said: "decoded from base64"},
		{name: "a secret in hex", secret: hex.EncodeToString([]byte("the key\xff")), r: post(body, "x-signature", hexSum(sha256.New, "the key\xff", body)), said: "decoded from hex"},
		{name: "whsec_ and not decoded", secret: "whsec_abc!", r: post(body, "x-signature", hexSum(sha256.New, "abc!", body)), said: "without whsec_, not decoded"},
		{name: "white space around the secret that was given", secret: " " + secret + "\t", r: post(body, "x-signature", sign(body)), said: "without the white space around it"},
		{name: "a line break at the end of the one in use", r: post(body, "x-signature", hexSum(sha256.New, secret+"\n", body)), said: "with a line break at its end"},
		{name: "a Windows one", r: post(body, "x-signature", hexSum(sha256.New, secret+"\r\n", body)), said: "with a Windows line break"},
		{name: "a space", r: post(body, "x-signature", hexSum(sha256.New, secret+" ", body)), said: "with a space at its end"},
		{name: "quotes around the secret that was given", secret: `"` + secret + `"`, r: post(body, "x-signature", sign(body)), said: "without the quotes around it"},
		{name: "quotes around the one in use", r: post(body, "x-signature", hexSum(sha256.New, `"`+secret+`"`, body)), said: "with double quotes around it"},
		{name: "the word Bearer", secret: "Bearer " + secret, r: post(body, "x-signature", sign(body)), said: "without the word Bearer"},
		{name: "the message alone", r: post(body, "x-signature", sign(inner)), said: "message alone"},
		{name: "a line break that the body lost", r: post(body, "x-signature", sign(body, "\n")), said: "the body with a line break at its end"},
		{name: "two oddities at once", secret: secret + "\n", r: post(pretty, "x-signature", sign(seconds, ":", body), "x-timestamp", millis), said: "X-Timestamp in seconds"},
	} {
		given := secret
		if c.secret != "" {
			given = c.secret
		}
		r := Search(c.r, []string{"not this one", given}, nil)
		f := r.Found
		if f == nil {
			t.Errorf("%s: not found after %d", c.name, r.Tried)
			continue
		}
		if !f.Good() || f.Scheme != SchemeHMAC || !strings.Contains(f.Secret+"|"+f.Body+"|"+f.Timestamp, c.said) {
			t.Errorf("%s: %+v, want %s", c.name, f, c.said)
		}
		if f.Usable != (c.spec != "") || f.Usable && f.HMAC.String() != c.spec {
			t.Errorf("%s: usable %t: %s, want %s", c.name, f.Usable, f.HMAC, c.spec)
		}
		for _, code := range f.Code() {
			if code.Line == "" || strings.Contains(code.Line, given) || strings.Contains(code.Line, "\n") {
				t.Errorf("%s: %q", c.name, code)
			}
		}
		if !f.Usable {
			continue
		}
		// What it says can be configured verifies the request.
		if v := keyring(t, f.HMAC.String(), given).Verify(vapi.KindServer, c.r); v.Verdict != OK {
			t.Errorf("%s: --hmac %s gives %+v", c.name, f.HMAC, v)
		}
		if v := keyring(t, "", given).Verify(vapi.KindServer, c.r); v.Verdict != OK && f.Default {
			t.Errorf("%s: said to need no --hmac, and without is %+v", c.name, v)
		}
	}
}

func TestSearchOfASecret(t *testing.T) {
	for _, c := range []struct {
		name, header, value, said string
		good                      bool
	}{
		{"the secret", "X-Vapi-Secret", secret, asGiven, true},
		{"a token", "Authorization", "Bearer " + secret, asGiven, true},
		{"a bare token", "Authorization", secret, asGiven, true},
		{"white space", "X-Vapi-Secret", secret + " ", "white space", false},
		{"case", "X-Vapi-Secret", strings.ToUpper(secret), "upper and lower case", false},
		{"the word in the secret", "X-Vapi-Secret", "Bearer " + secret, asGiven, true},
		{"another token", "Authorization", "Bearer x", "", false},
	} {
		r := Search(post(body, c.header, c.value), []string{secret}, nil)
		switch {
		case c.said == "":
			if r.Found != nil || r.Tried == 0 || len(r.Leaves(post(body, c.header, c.value))) == 0 {
				t.Errorf("%s: %+v", c.name, r)
			}
		case r.Found == nil || !strings.Contains(r.Found.Secret, c.said) || r.Found.Good() != c.good || r.Found.Header != c.header:
			t.Errorf("%s: %+v, want %s", c.name, r.Found, c.said)
		}
	}
}

func TestSearchThatFindsNothingSaysWhatThatLeaves(t *testing.T) {
	wrong := hexSum(sha256.New, "another", body)
	cut := post(body, "x-vapi-signature", wrong)
	cut.Truncated = true
	for _, c := range []struct {
		name string
		r    vapi.Request
		want string
	}{
		{"nothing", post(body), "Vapi sends no secret until it is told to"},
		{"another secret", post(body, "x-vapi-signature", wrong), "the likely one: the body is just as JSON.stringify writes it"},
		{"a changed body", post(pretty, "x-vapi-signature", wrong), "wrote it again"},
		{"no JSON", post("no", "x-vapi-signature", wrong), "it is no JSON"},
		{"compressed", post("no", "x-vapi-signature", wrong, "Content-Encoding", "gzip"), "the body is compressed (gzip)"},
		{"truncated", cut, "the body was not recorded whole"},
		{"a secret", post(body, "X-Vapi-Secret", "x"), "another secret"},
		{"a JWT", post(body, "Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln"), "the token is a JWT"},
	} {
		r := Search(c.r, []string{secret}, nil)
		leaves := strings.Join(r.Leaves(c.r), "\n")
		if r.Found != nil || !strings.Contains(leaves, c.want) || strings.Contains(leaves, secret) {
			t.Errorf("%s: %+v\n%s\nwant %s", c.name, r.Found, leaves, c.want)
		}
	}
	r := Search(post(body, "x-vapi-signature", wrong, "x-timestamp", "1700000000", "svix-id", "m"), []string{secret}, nil)
	if r.Tried < 1000 || r.Secrets < 10 || r.Formats < 50 || r.Cut {
		t.Errorf("%+v", r)
	}
}

func TestSearchOfALargeBodyEnds(t *testing.T) {
	large := `{"a":"` + strings.Repeat("x", 4<<20) + `"}`
	request := post(large, "x-vapi-signature", hexSum(sha256.New, "another", large), "x-timestamp", "1700000000")
	r := Search(request, []string{secret}, nil)
	if !r.Cut || r.Found != nil || r.Tried > mostHash>>22+20 || !strings.Contains(strings.Join(r.Leaves(request), ""), "so large") {
		t.Errorf("%d tried, cut %t", r.Tried, r.Cut)
	}
}

func TestSearchTriesTheCredentialThatIsDescribedFirst(t *testing.T) {
	h, err := ParseHMAC(`header=x-odd,format="~{body}~",prefix="<"`)
	if err != nil {
		t.Fatal(err)
	}
	r := Search(post(body, "x-odd", "<"+hexSum(sha256.New, secret, "~", body, "~")), []string{secret}, &h)
	if r.Found == nil || r.Tried != 1 || r.Found.HMAC != h {
		t.Errorf("%+v", r)
	}
}

func TestAge(t *testing.T) {
	arrived := time.Unix(1700000600, 0)
	f := Search(post(body, "x-signature", hexSum(sha256.New, secret, "1700000000.", body), "x-timestamp", "1700000000"), []string{secret}, nil).Found
	if age, ok := f.Age(arrived); !ok || age != 10*time.Minute {
		t.Errorf("%s, %t", age, ok)
	}
	f = Search(post(body, "x-signature", hexSum(sha256.New, secret, body), "x-timestamp", "1700000000"), []string{secret}, nil).Found
	if age, ok := f.Age(arrived); ok {
		t.Errorf("a timestamp that was not signed has the age %s", age)
	}
}

func TestCode(t *testing.T) {
	f := Search(post(pretty, "x-signature", "sha256="+hexSum(sha256.New, secret, "1700000000.", body), "x-timestamp", "1700000000"), []string{secret}, nil).Found
	want := `const expected = "sha256=" + crypto.createHmac("sha256", secret).update(req.get("X-Timestamp")).update(".").update(JSON.stringify(req.body)).digest("hex")`
	if got := f.Code()[0].Line; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	f = Search(post(body, "x-signature", base64Sum(sha512.New, "the key", "1700000000.", body), "x-timestamp", "1700000000"), []string{base64.StdEncoding.EncodeToString([]byte("the key"))}, nil).Found
	for i, want := range []string{
		`const expected = crypto.createHmac("sha512", Buffer.from(secret.replace(/^whsec_/, ""), "base64")).update(req.get("X-Timestamp")).update(".").update(rawBody).digest("base64")`,
		`expected = base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix("whsec_")), request.headers["X-Timestamp"].encode() + b"." + request.get_data(), "sha512").digest()).decode()`,
		`key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")); mac := hmac.New(sha512.New, key); io.WriteString(mac, r.Header.Get("X-Timestamp")+"."+string(body)); expected := base64.StdEncoding.EncodeToString(mac.Sum(nil))`,
	} {
		if got := f.Code()[i].Line; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("X-Vapi-Signature", hexSum(sha256.New, secret, body), "1700000000", body)
	f.Add("X-Signature", "v1,"+base64Sum(sha256.New, secret, body)+" v1,", "", pretty)
	f.Add("Authorization", "Bearer "+secret, "2023-11-14T22:13:20.123Z", "\x00")
	f.Add("X-Vapi-Secret", " ", "-1", "")
	keys := keyring(f, "", secret, "other")
	spec := keyring(f, `header=x-signature,format={method}{url}{svix-id}{timestamp}{body}{`, secret)
	f.Fuzz(func(t *testing.T, name, value, stamp, text string) {
		r := vapi.Request{Method: "POST", Path: "/", Header: http.Header{name: {value}, "X-Timestamp": {stamp}}, Body: []byte(text)}
		for _, k := range []*Keyring{nil, keys, spec} {
			v := k.Verify(vapi.KindServer, r)
			if c := v.Check(); (c != nil) != (v.Verdict == Bad || v.Verdict == Absent) {
				t.Fatalf("%+v has the check %+v", v, c)
			}
			good, wantsBody := k.VerifyHeader(r.Header)
			if good && v.Verdict != OK || v.Verdict == OK && !good && !wantsBody {
				t.Fatalf("%+v, by its header %t %t", v, good, wantsBody)
			}
		}
		if len(text) < 200 {
			if report := Search(r, []string{secret}, nil); report.Found == nil && len(report.Leaves(r)) == 0 {
				t.Fatalf("%+v", report)
			}
		}
	})
}

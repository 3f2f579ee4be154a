package replay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi/auth"
)

func TestAgainSignsWhatIsSent(t *testing.T) {
	const secret, edited = "s3cret", `{"b":2}`
	sign := func(text string) string {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(text))
		return hex.EncodeToString(m.Sum(nil))
	}
	keys, err := auth.NewKeyring([]string{secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &record.Exchange{ID: 7, Method: "POST", Path: "/hook"}
	e.Request = record.Message{Header: http.Header{"X-Vapi-Signature": {sign(`{"a":1}`)}, "Host": {"x"}}, Body: []byte(`{"a":1}`)}
	for _, c := range []struct {
		keys *auth.Keyring
		want string
		auth.Resigned
	}{
		{keys, sign(edited), auth.Renewed},
		{nil, sign(`{"a":1}`), auth.Stale},
	} {
		m, became := Again(e, parseURL(t, "http://localhost/hook"), []byte(edited), c.keys, time.Unix(1, 0))
		if became != c.Resigned || m.Header.Get("X-Vapi-Signature") != c.want || m.Header.Get("Host") != "" || m.ReplayOf != 7 || string(m.Body) != edited {
			t.Errorf("%d: %+v", became, m)
		}
	}
	if e.Request.Header.Get("X-Vapi-Signature") != sign(`{"a":1}`) {
		t.Error("the recorded headers were changed")
	}
}

func TestAsWritten(t *testing.T) {
	for _, c := range []struct{ name, body, edited, want string }{
		{"as JSON.stringify writes it", `{"a":1}`, `{"a": 1.0,"2":"\u00e9\/"}`, `{"2":"é/","a":1}`},
		{"otherwise", `{"a": 1}`, `{"a": 1.0}`, `{"a": 1.0}`},
		{"not edited", `{"a":1}`, `{"a":1}`, `{"a":1}`},
		{"no JSON any more", `{"a":1}`, `{"a":`, `{"a":`},
		{"no JSON before", `a`, `{"a": 1}`, `{"a": 1}`},
	} {
		if got := AsWritten([]byte(c.body), []byte(c.edited)); string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

package cli

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"vapitap/record"
	"vapitap/vapi"
)

const hookSecret = "s3cret-of-the-server"

func hexHMAC(parts ...string) string {
	m := hmac.New(sha256.New, []byte(hookSecret))
	for _, p := range parts {
		io.WriteString(m, p)
	}
	return hex.EncodeToString(m.Sum(nil))
}

// verifyingServer is a webhook server that verifies signatures both ways: over
// the bytes, and over JSON.stringify of the parsed body. It notes what it got.
type verifyingServer struct {
	*httptest.Server
	mu         sync.Mutex
	raw, again []bool // whether each fits
	bodies     []string
	stamps     []string
}

func startVerifyingServer(t *testing.T) *verifyingServer {
	t.Helper()
	s := &verifyingServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		stringified, err := vapi.Stringify(body)
		if err != nil {
			t.Error(err)
		}
		sent, before := r.Header.Get("X-Vapi-Signature"), ""
		if stamp := r.Header.Get("X-Timestamp"); stamp != "" {
			sent, before = r.Header.Get("X-Signature"), stamp+"."
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.raw = append(s.raw, sent == hexHMAC(before, string(body)))
		s.again = append(s.again, sent == hexHMAC(before, string(stringified)))
		s.bodies = append(s.bodies, string(body))
		s.stamps = append(s.stamps, r.Header.Get("X-Timestamp"))
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{}`)
	}))
	t.Cleanup(s.Close)
	return s
}

// last returns what came of the last request.
func (s *verifyingServer) last() (raw, again bool, body, stamp string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.raw) - 1
	return s.raw[i], s.again[i], s.bodies[i], s.stamps[i]
}

// signed is a message with headers, given as name and value in turn.
func signed(text string, header ...string) record.Message {
	m := body(text)
	m.Header = http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		m.Header.Set(header[i], header[i+1])
	}
	return m
}

func TestReplaySignsAgain(t *testing.T) {
	const compact = `{"message":{"type":"hang","n":1}}`
	const spaced = `{ "message": {"type":"hang","n":1.0} }`
	t.Setenv(secretVariable, "")
	server := startVerifyingServer(t)
	db := recorded(t, "run",
		&record.Exchange{Target: server.URL, Request: signed(compact, "X-Vapi-Signature", hexHMAC(compact))},
		&record.Exchange{Target: server.URL, Request: signed(spaced, "X-Vapi-Signature", hexHMAC(spaced))},
		&record.Exchange{Target: server.URL, Request: signed(compact, "X-Signature", hexHMAC("1700000000.", compact), "X-Timestamp", "1700000000")},
		&record.Exchange{Target: server.URL, Request: signed(compact, "X-Vapi-Signature", strings.Repeat("0", 64))})
	for _, c := range []struct {
		name       string
		args       []string
		raw, again bool
		body       string // as it arrives
		auth, said string
	}{
		{"as it was", []string{"1"}, true, true, compact, `"hmac","verdict":"unchecked"`, ""},
		{"edited, no secret", []string{"1", "--set", "message.n=2"}, false, false, `{"message":{"type":"hang","n":2}}`, `"hmac","verdict":"unchecked"`,
			"the signature of 1 was made for the recorded body and no longer fits the edited one, so a server that verifies it refuses this\nhint: --secret-file FILE, --secret or $VAPI_SERVER_SECRET signs it again\n"},
		{"edited", []string{"1", "--set", "message.n=2", "--secret", hookSecret}, true, true, `{"message":{"type":"hang","n":2}}`, `"hmac","verdict":"ok"`, ""},
		{"edited with a value that is written otherwise", []string{"1", "--set", `message.n={"b": 1.0, "2":"\u00e9"}`, "--secret", hookSecret}, true, true,
			`{"message":{"type":"hang","n":{"2":"é","b":1}}}`, `"hmac","verdict":"ok"`, ""},
		{"what was not so written stays", []string{"2", "--set", "message.n=2.0", "--secret", hookSecret}, true, false, `{ "message": {"type":"hang","n":2.0} }`, `"hmac","verdict":"ok"`, ""},
		{"a timestamp", []string{"3", "--set", "message.n=2", "--secret", hookSecret}, true, true, `{"message":{"type":"hang","n":2}}`, `"hmac","verdict":"ok"`, ""},
		{"a timestamp, as it was", []string{"3", "--secret", "another", "--secret", hookSecret}, true, true, compact, `"hmac","verdict":"ok"`, ""},
		{"another secret", []string{"4", "--set", "message.n=2", "--secret", hookSecret}, false, false, `{"message":{"type":"hang","n":2}}`, `"hmac","verdict":"bad"`,
			"the recorded signature of 4 does not come of the secret that was given, so it is sent as it was and no longer fits\nhint: vapitap verify 4 finds out how it was made\n"},
	} {
		status, out, errOut := runReplay(db, append(c.args, "--json")...)
		raw, again, body, stamp := server.last()
		if status != 0 || raw != c.raw || again != c.again || body != c.body {
			t.Errorf("%s: status %d, %s arrived; fits the bytes %t, stringified %t\n%s", c.name, status, body, raw, again, errOut)
		}
		if !strings.Contains(out, `"auth":{"scheme":`+c.auth) {
			t.Errorf("%s: %s, want %s", c.name, out, c.auth)
		}
		said, _, _ := strings.Cut(errOut, "recorded as")
		if strings.TrimPrefix(said, "vapitap: ") != c.said {
			t.Errorf("%s: said\n%s\nwant\n%s", c.name, said, c.said)
		}
		if strings.HasPrefix(c.name, "a timestamp") && (stamp == "1700000000" || len(stamp) != 10) {
			t.Errorf("%s: sent with the timestamp %s", c.name, stamp)
		}
	}
}

func TestReplayRefusesSecretsThatCannotBe(t *testing.T) {
	t.Setenv(secretVariable, "")
	db := recorded(t, "run", &record.Exchange{})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--hmac", "algorithm=sha1"}, "--hmac: an HMAC credential needs its secret\nhint: give it with --secret-file FILE"},
		{[]string{"--secret", "x", "--hmac", "algoritm=sha1"}, `--hmac: unknown key "algoritm"; did you mean algorithm?`},
		{[]string{"--secret", ""}, "--secret: the secret is empty"},
		{[]string{"--secret-file", "/does/not/exist"}, "--secret-file: open /does/not/exist"},
	} {
		status, _, errOut := runReplay(db, append([]string{"1"}, c.args...)...)
		if status != 2 {
			t.Errorf("%s: status %d", c.args, status)
		}
		wants(t, strings.Join(c.args, " "), errOut, c.want)
	}
}

func TestVerifyOfALargeBodySaysThatNotAllWasTried(t *testing.T) {
	text := `{"message":{"type":"hang","a":"` + strings.Repeat("x", 6<<20) + `"}}`
	db := recorded(t, "run", &record.Exchange{Request: signed(text, "X-Vapi-Signature", strings.Repeat("0", 64))})
	var out, errOut bytes.Buffer
	if status := Main([]string{"verify", "--db", db, "1", "--secret", "x"}, strings.NewReader(""), &out, &errOut); status != 1 {
		t.Errorf("status %d\n%s", status, errOut.String())
	}
	wants(t, "standard output", out.String(), "only the likely combinations were")
}

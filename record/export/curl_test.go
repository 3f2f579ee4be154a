package export_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/record/export"
)

// arrived is what a server got.
type arrived struct {
	method, uri string
	header      http.Header
	body        []byte
}

// listen starts a server that keeps what it gets.
func listen(t testing.TB) (url string, last func() arrived) {
	t.Helper()
	got := make(chan arrived, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- arrived{r.Method, r.RequestURI, r.Header, body}
	}))
	t.Cleanup(server.Close)
	return server.URL, func() arrived { return <-got }
}

// run pastes a command into sh.
func run(t testing.TB, command string) {
	t.Helper()
	sh := exec.Command("sh", "-s")
	sh.Stdin = strings.NewReader(command + "\n")
	if said, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%.2000s", err, said, command)
	}
}

func TestCurlSendsWhatWasRecorded(t *testing.T) {
	url, last := listen(t)
	random := make([]byte, 200_000)
	generator := rand.NewChaCha8([32]byte{1})
	generator.Read(random)
	for _, c := range []struct {
		name, method, path string
		header             http.Header
		body               string
	}{
		{"JSON", "POST", "/vapi/webhook", http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Vapi/1"}}, `{"a":"it's $HOME \"and\" \\ !"}`},
		{"no body", "GET", "/a?b=c&d=%20'x'", nil, ""},
		{"a body with GET", "GET", "/", nil, "x"},
		{"an odd method", "PURGE", "/", nil, ""},
		{"HEAD", "HEAD", "/", nil, ""},
		{"DELETE with a body", "DELETE", "/a/../b/./c", nil, "{}"},
		{"POST without one", "POST", "/[a]{b}", nil, ""},
		{"what curl takes for a file", "POST", "/", nil, "@/etc/passwd"},
		{"line breaks", "POST", "/", nil, "\n a\n\nb\n"},
		{"carriage returns, tabs, escapes", "POST", "/", nil, "a\r\nb\tc\x1b[31m\x03"},
		{"every byte", "POST", "/", nil, "\x00\x01\xff\xfe" + string(random[:300])},
		{"large text", "POST", "/", nil, strings.Repeat("large ' text\n", 30_000)},
		{"large bytes", "PUT", "/", nil, string(random)},
		{"what cannot be seen", "POST", "/", nil, "a\u202eb\u200bc\u2028"},
		{"headers", "POST", "/", http.Header{
			"X-Empty": {""}, "X-Twice": {"a", "b"}, "X-Quote": {`it's "$(id)" %s \n`}, "X-Bytes": {"caf\xe9 'x' 100%"}, "Accept": {"*/*"},
			"Accept-Encoding": {"gzip"},
		}, "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &record.Exchange{Method: c.method, Path: c.path, Target: url + c.path}
			e.Request.Header, e.Request.Body = c.header.Clone(), []byte(c.body)
			if e.Request.Header == nil {
				e.Request.Header = http.Header{}
			}
			for name, value := range map[string]string{"Content-Length": "1", "Connection": "close", "X-Forwarded-For": "1.2.3.4", "Host": "x.y"} {
				e.Request.Header.Set(name, value) // which are not sent again
			}
			run(t, export.Curl(e, "", true))
			got := last()
			if got.method != c.method || got.uri != c.path {
				t.Errorf("got %s %s", got.method, got.uri)
			}
			if !bytes.Equal(got.body, []byte(c.body)) {
				t.Errorf("got %d bytes %.200q, want %d", len(got.body), got.body, len(c.body))
			}
			for name, values := range c.header {
				if strings.Join(got.header[name], "|") != strings.Join(values, "|") {
					t.Errorf("%s: got %q, want %q", name, got.header[name], values)
				}
			}
			for name := range got.header {
				if c.header[name] == nil && name != "Content-Length" {
					t.Errorf("%s: %q was not recorded", name, got.header[name])
				}
			}
		})
	}
}

func TestCurlReplacesSecretsUnlessTheyAreAskedFor(t *testing.T) {
	e := &record.Exchange{Method: "POST", Path: "/?token=abcd12345", Target: "http://localhost:3000/?token=abcd12345"}
	e.Request.Header = http.Header{"X-Vapi-Secret": {"hush-hush-1"}, "Authorization": {"Bearer abcdefgh12"}}
	e.Request.Body = []byte(`{"apiKey":"key-123456"}`)
	hidden := []string{"hush-hush-1", "abcdefgh12", "key-123456", "abcd12345"}
	with, without := export.Curl(e, e.Target, true), export.Curl(e, e.Target, false)
	for _, secret := range hidden {
		if !strings.Contains(with, secret) || strings.Contains(without, secret) {
			t.Errorf("%s: with\n%s\nwithout\n%s", secret, with, without)
		}
	}
	if !strings.Contains(without, "Bearer REPLACED") {
		t.Errorf("without\n%s", without)
	}
}

func TestCurlCanBeRead(t *testing.T) {
	e := &record.Exchange{Method: "POST", Path: "/vapi/webhook", Target: "http://localhost:3000/vapi/webhook"}
	e.Request.Header = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Vapi/1"}, "Accept": {"*/*"}}
	e.Request.Body = []byte(`{"message":{"type":"status-update"}}`)
	const want = `curl http://localhost:3000/vapi/webhook -H 'Accept: */*' -H 'Content-Type: application/json' \
  -H 'User-Agent: Vapi/1' --data-raw '{"message":{"type":"status-update"}}'`
	if got := export.Curl(e, "", false); got != want {
		t.Errorf("got\n%s", got)
	}
}

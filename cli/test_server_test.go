package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// runTest runs test against a server with n fixtures, which want {"n":1}.
func runTest(t *testing.T, n int, answer http.HandlerFunc, args ...string) (status int, out, errOut string) {
	t.Helper()
	t.Setenv("VAPI_SERVER_SECRET", "")
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	for i := range n {
		text := `{"vapitap":1,"request":{"method":"POST","path":"/","headers":{"X-Vapi-Secret":"REPLACED"},"body":{"message":{"type":"hang"}}},
			"response":{"status":200,"body":{"n":1}},"replaced":["/request/headers/X-Vapi-Secret"]}`
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("f%d.json", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	args = append([]string{"test", folder, "--to", server.URL, "--db", filepath.Join(t.TempDir(), "vapitap.db")}, args...)
	status = Main(args, strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

func TestTestSendsSeveralAtOnce(t *testing.T) {
	var all sync.WaitGroup // ends when four requests are there at a time
	all.Add(4)
	status, out, errOut := runTest(t, 4, func(w http.ResponseWriter, _ *http.Request) {
		all.Done()
		all.Wait()
		io.WriteString(w, `{"n":1}`)
	}, "--parallel", "4")
	if status != 0 || !strings.Contains(out, "✓ 4 fixtures in ") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
}

func TestTestSignsWhatWasReplaced(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vapi-Secret") != "s3cret" {
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, `{"n":1}`)
	}
	status, out, errOut := runTest(t, 1, answer)
	if status != 1 || !strings.Contains(out, "    at status\n      wanted 200\n      got    401\n") || !strings.Contains(errOut, "hint: --secret-file FILE") {
		t.Errorf("without a secret: status %d\n%s%s", status, out, errOut)
	}
	if status, out, errOut := runTest(t, 1, answer, "--secret", "s3cret"); status != 0 {
		t.Errorf("with it: status %d\n%s%s", status, out, errOut)
	}
}

func TestTestTellsDifferencesToPrograms(t *testing.T) {
	status, out, _ := runTest(t, 1, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{\"n\":2,\"x\":\"\x1b[31m\"}") }, "--json")
	if status != 1 || strings.Contains(out, "\x1b") {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = runTest(t, 1, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"n":2,"<x>":3}`) }, "--json")
	if status != 1 || !strings.Contains(out, `"differences":[{"path":"/n","wanted":1,"got":2},{"path":"/<x>","got":3}],"ok":false}`) ||
		!strings.Contains(out, `{"summary":{"fixtures":1,"passed":0,"failed":1,"updated":0,`) {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = runTest(t, 1, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"n":2}`) }, "--json", "--update")
	if status != 0 || !strings.Contains(out, `"updated":true,"ok":true}`) {
		t.Errorf("updated: status %d\n%s", status, out)
	}
}

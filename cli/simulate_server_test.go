package cli

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/internal/dial/dialtest"
)

func TestSimulateWaitsForTheServer(t *testing.T) {
	address := dialtest.Address(t)
	if status, _, errOut := runSimulate(t, address, "--wait", "10ms"); status != 1 || !strings.Contains(errOut, "nothing listened on "+address+" within 10ms") {
		t.Errorf("it does not come: status %d\n%s", status, errOut)
	}
	came := make(chan *httptest.Server, 1)
	go func() {
		l, err := net.Listen("tcp", address)
		if err != nil {
			close(came)
			return
		}
		server := &httptest.Server{Listener: l, Config: simulatedServerConfig()}
		server.Start()
		came <- server
	}()
	status, _, errOut := runSimulate(t, address, "--wait", "1m")
	if server, ok := <-came; ok {
		defer server.Close()
	}
	if status != 0 {
		t.Errorf("it comes: status %d\n%s", status, errOut)
	}
}

// simulatedServerConfig is a server that answers well.
func simulatedServerConfig() *http.Server {
	return &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := readAsked(r)
		if answer := goodAnswers[q.kind]; answer != nil {
			answer(w, r, q)
			return
		}
		inJSON("{}")(w, r, q)
	})}
}

func TestSimulateReachesNobody(t *testing.T) {
	status, out, errOut := runSimulate(t, "127.0.0.1:1")
	if status != 1 || strings.Count(out, "target-unreachable") != 2 || !strings.Contains(errOut, "nothing listens on 127.0.0.1:1: start your server") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
}

func TestSimulateAuthenticatesItself(t *testing.T) {
	t.Setenv("VAPI_SERVER_SECRET", "")
	var mu sync.Mutex
	var refused int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := readAsked(r)
		mac := hmac.New(sha256.New, []byte("s3cret"))
		mac.Write(q.body)
		if r.Header.Get("X-Vapi-Secret") != "s3cret" || r.Header.Get("X-Vapi-Signature") != hex.EncodeToString(mac.Sum(nil)) {
			mu.Lock()
			refused++
			mu.Unlock()
			w.WriteHeader(401)
			return
		}
		if answer := goodAnswers[q.kind]; answer != nil {
			answer(w, r, q)
		}
	}))
	t.Cleanup(server.Close)
	if status, out, _ := runSimulate(t, server.URL); status != 1 || !strings.Contains(out, "reply-not-200") || refused == 0 {
		t.Errorf("without a secret: status %d, refused %d\n%s", status, refused, out)
	}
	refused = 0
	// What is set is signed as it is sent.
	status, out, errOut := runSimulate(t, server.URL, "--secret", "s3cret", "--set", "message.call.type=webCall")
	if status != 0 || refused != 0 {
		t.Errorf("with it: status %d, refused %d\n%s%s", status, refused, out, errOut)
	}
	t.Setenv("VAPI_SERVER_SECRET", "s3cret")
	if status, out, _ := runSimulate(t, server.URL); status != 0 {
		t.Errorf("with it in the environment: status %d\n%s", status, out)
	}
}

func TestSimulateRunsTheServerMeanwhile(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	if status, _, errOut := runSimulate(t, address, "--start", "sleep 1000"); status != 1 || !strings.Contains(errOut, "--start: "+address+": something listens there already") {
		t.Errorf("where something listens: status %d\n%s", status, errOut)
	}
}

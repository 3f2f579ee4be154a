//go:build unix

package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"vapitap/tunnel/ngroktest"
	"vapitap/vapi"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// outside is a person's place with the world around it: stand-ins for ngrok's
// edge and for Vapi's API, to which the program is led by an ngrok.yml and by
// VAPI_BASE_URL alone.
type outside struct {
	home
	edge *ngroktest.Edge
	api  *apitest.Server
}

// oldURL is the server URL of the assistant before anybody attaches it.
const oldURL = "https://api.corner-table.example/vapi/webhook"

// newOutside has a token in an ngrok.yml of a version, and one assistant.
func newOutside(t *testing.T, version int) *outside {
	t.Helper()
	o := &outside{home: newHome(t), edge: ngroktest.Start(t, ngroktest.Options{}), api: apitest.Start()}
	t.Cleanup(o.api.Close)
	folder := filepath.Join(o.dir, ".config", "ngrok")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := o.edge.WriteConfig(folder, version, ngroktest.Token); err != nil {
		t.Fatal(err)
	}
	trust, err := o.edge.Environ(folder)
	if err != nil {
		t.Fatal(err)
	}
	o.world = append(trust, api.BaseURLVariable+"="+o.api.URL, api.KeyVariable+"="+apitest.Key)
	o.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","model":{"provider":"openai","model":"gpt-4o"},"server":{"url":"`+oldURL+`","timeoutSeconds":30,"headers":{"X-Key":"k"}}}`)
	return o
}

// start starts the program in front of a server.
func (o *outside) start(t *testing.T, server string, args ...string) *process {
	t.Helper()
	return launch(t, o.command(append([]string{server, "--port", "0", "--db", o.store()}, args...)...))
}

// run runs the program to its end.
func (o *outside) run(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	p := launch(t, o.command(append(args, "--db", o.store())...))
	status = p.status()
	return p.stdout.String(), p.stderr.String(), status
}

// at is the server URL that the assistant has at Vapi.
func (o *outside) at() string { return o.api.ServerURL(api.Assistant, "a1") }

// attached waits until the program says that the assistant points here.
func (o *outside) attached(t *testing.T, p *process) {
	t.Helper()
	p.await(p.stderr, "that it is attached", saying(`assistant "Front desk" points at https://kind-fox\.ngrok-free\.dev/vapi/webhook now`))
	if got := o.at(); got != "https://kind-fox.ngrok-free.dev/vapi/webhook" {
		t.Fatalf("the assistant points at %s", got)
	}
}

// call plays a whole call as Vapi does: from its own address, to the server URL
// that the assistant has. It returns the types that were sent.
func (o *outside) call(t *testing.T, from string) (sent []string) {
	t.Helper()
	call, err := vapi.NewCall(vapi.CallOptions{Scenario: "inbound", Start: time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC), Server: o.at()})
	if err != nil {
		t.Fatal(err)
	}
	client := o.edge.Client(from)
	client.Timeout = limit
	defer client.CloseIdleConnections()
	for {
		step, more := call.Next()
		if !more {
			return sent
		}
		to := o.at()
		if step.Path != "" {
			to = o.edge.URL("") + step.Path
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, bytes.NewReader(step.Body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = step.Header.Clone()
		request.Header.Set("User-Agent", "axios/1.7") // as a real one, not the simulator's
		response, err := client.Do(request)
		if err != nil {
			t.Fatalf("%s to %s: %v", step.Name, to, err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s to %s: %d %s, %v", step.Name, to, response.StatusCode, body, err)
		}
		sent = append(sent, step.Type)
		call.Reply(vapi.Reply{Status: response.StatusCode, Header: response.Header, Body: body})
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

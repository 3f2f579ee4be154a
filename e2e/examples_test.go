//go:build unix

package e2e_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	"vapitap/examples/start"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// TestExamples plays a whole call through the program to each example server:
// Vapi would find nothing wrong with any reply.
func TestExamples(t *testing.T) {
	t.Setenv("VAPI_SERVER_SECRET", "") // the servers inherit it
	for _, name := range start.Names() {
		t.Run(name, func(t *testing.T) {
			home := newHome(t)
			p := launch(t, home.command(start.Server(t, "../examples", name), "--port", "0", "-o", "json", "--db", home.store()))
			var sent []string
			playCall(t, p.url(), func(step vapi.Step, e *record.Exchange) {
				sent = append(sent, step.Type)
				checkReply(t, step, e)
			})
			p.end()
			var recorded []string
			for _, e := range home.events(t) {
				recorded = append(recorded, e.Type)
			}
			checkCall(t, sent, recorded)
			if wrong := home.must(t, "events", "is:failed|warned", "--db", home.store()); wrong != "" {
				t.Errorf("recorded as wrong:\n%s", wrong)
			}
		})
	}
}

// playCall sends the messages of a call to the program, which records them.
func playCall(t *testing.T, address string, played func(vapi.Step, *record.Exchange)) {
	t.Helper()
	call, err := vapi.NewCall(vapi.CallOptions{Scenario: "inbound", Start: time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(address + "/")
	if err != nil {
		t.Fatal(err)
	}
	sender := replay.Sender{From: record.FromSimulate, Timeout: limit}
	if err := sender.Play(t.Context(), call, to, 0, played); err != nil {
		t.Fatal(err)
	}
}

// checkReply judges one reply as the caller got it.
func checkReply(t *testing.T, step vapi.Step, e *record.Exchange) {
	t.Helper()
	if e.Status != 200 || e.Error != "" {
		t.Errorf("%s: status %d, error %q: %s", step.Name, e.Status, e.Error, e.Response.Body)
	}
	for _, c := range e.Checks {
		if c.Level != vapi.Info {
			t.Errorf("%s: %s %s at %s: %s\n%s", step.Name, c.Level, c.Code, c.Path, c.Message, e.Response.Body)
		}
	}
	var reply struct {
		Assistant json.RawMessage
		Results   []struct{ Result, Error *string }
	}
	if err := json.Unmarshal(e.Response.Body, &reply); err != nil {
		t.Errorf("%s: the reply is %s: %v", step.Name, e.Response.Body, err)
	}
	switch step.Type {
	case "assistant-request":
		if len(reply.Assistant) < len(`{"a":1}`) {
			t.Errorf("%s: there is no assistant in %s", step.Name, e.Response.Body)
		}
	case "tool-calls":
		if r := reply.Results; len(r) != len(e.ToolCalls()) || len(r) == 0 || r[0].Result == nil && r[0].Error == nil {
			t.Errorf("%s: the calls are not answered by %s", step.Name, e.Response.Body)
		}
	}
}

// checkCall sees that all of a call was sent, and all that was sent recorded.
func checkCall(t *testing.T, sent, recorded []string) {
	t.Helper()
	for _, want := range []string{"assistant-request", "tool-calls", "end-of-call-report"} {
		if !slices.Contains(sent, want) {
			t.Errorf("the call has no %s: %q", want, sent)
		}
	}
	if !slices.Equal(recorded, sent) {
		t.Errorf("recorded %q, sent %q", recorded, sent)
	}
}

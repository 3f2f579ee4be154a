package timeline

import (
	"fmt"
	"testing"
	"time"

	"vapitap/vapi"
)

func TestCause(t *testing.T) {
	bad := `{"results":[]}`
	invalid := event{message: `"type":"assistant-request"`, reply: `{}`}
	model := event{path: "/chat/completions", body: fmt.Sprintf(`{"model":"m","messages":[],"stream":true,"call":{"id":%q}}`, callID), reply: "data: {}\n\n"}
	silence := ends(time.Minute, "silence-timed-out")
	for _, c := range []struct {
		name     string
		events   []event
		exchange int64
		likely   bool
		code     string
	}{
		{"the reply that was refused", []event{invalid, ends(time.Second, "assistant-request-returned-no-assistant")}, 1, false, "assistant-reply-empty"},
		{"a reply in which nothing was found", []event{asks(), ends(time.Second, "assistant-request-returned-invalid-assistant")}, 1, false, ""},
		{"an assistant that there is not", []event{asks(), ends(time.Second, "assistant-not-found")}, 1, true, ""},
		{"silence after a failed tool call", []event{asks(), calls(time.Second, "t1", "f", bad), silence}, 2, true, "tool-result-missing"},
		{"silence after tool calls of which the last went well", []event{asks(), calls(time.Second, "t1", "f", bad), calls(2*time.Second, "t2", "f", good("t2")), silence}, 0, false, ""},
		{"silence after the assistant hung", []event{asks(), {at: time.Second, message: `"type":"hang"`}, silence}, 2, true, ""},
		{"silence alone", []event{asks(), silence}, 0, false, ""},
		{"a custom model", []event{model, ends(time.Second, "call.in-progress.error-providerfault-custom-llm-500-server-error")}, 1, false, "llm-stream-broken"},
		{"the customer", []event{invalid, ends(time.Second, "customer-ended-call")}, 0, false, ""},
	} {
		cause := read(t, c.events...).Cause
		if cause == nil || cause.Text == "" || cause.Exchange != c.exchange || cause.Likely != c.likely {
			t.Errorf("%s: %+v", c.name, cause)
			continue
		}
		codes := ""
		for _, check := range cause.Checks {
			if check.Level == vapi.Error {
				codes += check.Code
			}
		}
		if codes != c.code {
			t.Errorf("%s: checks %+v", c.name, cause.Checks)
		}
	}
	if c := read(t, event{message: `"type":"end-of-call-report","endedAt":"2026-11-23T14:03:33Z"`}); c.Cause == nil || c.Cause.Text != "the call ended" {
		t.Errorf("without a reason: %+v", c.Cause)
	}
}

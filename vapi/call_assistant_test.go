package vapi

import (
	"strings"
	"testing"
	"time"
)

func TestAssistantReplyDecidesHowTheCallGoesOn(t *testing.T) {
	const held = "customer-ended-call"
	tests := []struct {
		name        string
		reply       Reply
		endedReason string
	}{
		{"an assistant", Reply{Status: 200, Body: []byte(aliceReply)}, held},
		{"status 201", Reply{Status: 201, Body: []byte(aliceReply)}, held},
		{"an id", Reply{Status: 200, Body: []byte(`{"assistantId":"a1","assistantOverrides":{"variableValues":{"name":"Bo"}}}`)}, held},
		{"nulls beside it", Reply{Status: 200, Body: []byte(`{"error":null,"assistant":null,"assistantId":"a1"}`)}, held},
		{"a squad", Reply{Status: 200, Body: []byte(`{"squad":{"members":[{"assistant":{"name":"Alice"}}]}}`)}, held},
		{"a squad's id", Reply{Status: 200, Body: []byte(`{"squadId":"s1"}`)}, held},
		{"a workflow's id", Reply{Status: 200, Body: []byte(`{"workflowId":"w1"}`)}, held},
		{"no answer", Reply{}, "assistant-request-failed"},
		{"cut short", Reply{Status: 200, Body: []byte(aliceReply), Failure: "connection reset"}, "assistant-request-failed"},
		{"too late", Reply{Status: 200, Body: []byte(aliceReply), Duration: 8 * time.Second}, "assistant-request-failed"},
		{"status 500", Reply{Status: 500, Body: []byte(aliceReply)}, "assistant-request-failed"},
		{"not JSON", Reply{Status: 200, Body: []byte("<html>")}, "assistant-request-failed"},
		{"an empty body", Reply{Status: 200}, "assistant-request-returned-no-assistant"},
		{"an empty object", Reply{Status: 200, Body: []byte("{}")}, "assistant-request-returned-no-assistant"},
		{"an error", Reply{Status: 200, Body: []byte(`{"error":"We are closed."}`)}, "assistant-request-returned-error"},
		{"an error that is no string", Reply{Status: 200, Body: []byte(`{"error":{"code":7}}`)}, "assistant-request-returned-unspeakable-error"},
		{"an assistant that is a string", Reply{Status: 200, Body: []byte(`{"assistant":"a1"}`)}, "assistant-request-returned-invalid-assistant"},
		{"a model that is a string", Reply{Status: 200, Body: []byte(`{"assistant":{"model":"gpt-4o"}}`)}, "assistant-request-returned-invalid-assistant"},
		{"an id that is a number", Reply{Status: 200, Body: []byte(`{"assistantId":5}`)}, "assistant-request-returned-invalid-assistant"},
		{"a provider that there is none of", Reply{Status: 200, Body: []byte(`{"assistant":{"voice":{"provider":"11lab","voiceId":"x"}}}`)}, "assistant-request-returned-invalid-assistant"},
		{"a wrong override", Reply{Status: 200, Body: []byte(`{"assistantId":"a1","assistantOverrides":{"firstMessage":5}}`)}, "assistant-request-returned-invalid-assistant"},
		{"a squad with a wrong assistant", Reply{Status: 200, Body: []byte(`{"squad":{"members":[{"assistant":{"model":{"provider":"openia","model":"gpt-4.1"}}}]}}`)}, "assistant-request-returned-invalid-assistant"},
		{"a property and a model that may be new", Reply{Status: 200, Body: []byte(`{"assistant":{"firstMesage":"Hi","model":{"provider":"openai","model":"gpt-99"}}}`)}, held},
		{"a destination beside a wrong assistant", Reply{Status: 200, Body: []byte(`{"assistant":{"voice":{"provider":"11lab"}},"destination":{"type":"number","number":"+14155550199"}}`)}, "assistant-request-returned-forwarding-phone-number"},
		{"a squad of nobody", Reply{Status: 200, Body: []byte(`{"squad":{"members":[]}}`)}, "assistant-request-returned-invalid-assistant"},
		{"a destination", Reply{Status: 200, Body: []byte(`{"destination":{"type":"number","number":"+14155550199"}}`)}, "assistant-request-returned-forwarding-phone-number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			good := answering("", coldReply)
			steps := playCall(t, CallOptions{}, func(s Step) Reply {
				if s.Type == "assistant-request" {
					return tt.reply
				}
				return good(s)
			})
			last := steps[len(steps)-1]
			if last.Type != "end-of-call-report" || readStep(t, last).Message.EndedReason != tt.endedReason {
				t.Errorf("ends with %s: %s", last.Type, readStep(t, last).Message.EndedReason)
			}
			before := readStep(t, steps[len(steps)-2]).Message
			if before.Type != "status-update" || before.Status != "ended" || before.Call.EndedReason != tt.endedReason {
				t.Errorf("before the report comes %+v", before)
			}
			if tt.endedReason != held && len(steps) != 3 {
				t.Errorf("%d messages of a call that never began", len(steps))
			}
		})
	}
}

func TestCallSaysWhatTheReplyNamed(t *testing.T) {
	report := func(reply string) sentMessage {
		steps := playCall(t, CallOptions{}, answering(reply, coldReply))
		return readStep(t, steps[len(steps)-1])
	}
	if got := report(`{"assistantId":"a1"}`).Message.Call.AssistantID; got != "a1" {
		t.Errorf("call.assistantId is %q", got)
	}
	if got := report(`{"squadId":"s1"}`).Message.Call.SquadID; got != "s1" {
		t.Errorf("call.squadId is %q", got)
	}
	if got := report(`{"destination":{"type":"number","number":"+14155550199"}}`).Message.Destination.Number; got != "+14155550199" {
		t.Errorf("destination is %q", got)
	}
}

func TestChosenAssistantIsInTheMessagesThatFollow(t *testing.T) {
	steps := playCall(t, CallOptions{}, answering(aliceReply, coldReply))
	if m := readStep(t, steps[0]).Message; m.Assistant != nil {
		t.Errorf("assistant-request has an assistant already: %s", m.Assistant)
	}
	want := strings.TrimSuffix(strings.TrimPrefix(aliceReply, `{"assistant":`), "}")
	for _, s := range steps[1:] {
		if got := string(readStep(t, s).Message.Assistant); got != want {
			t.Fatalf("%s: assistant %s", s.Name, got)
		}
	}
	if spoken := readStep(t, stepsOfType(steps, "transcript")[0]).Message.Transcript; spoken != "Alice here. <Hello> & welcome!" {
		t.Errorf("the first message is %q", spoken)
	}
}

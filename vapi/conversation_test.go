package vapi

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestConversation(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000)
	said := func(list []Said) string {
		var b strings.Builder
		for _, s := range list {
			fmt.Fprintf(&b, "%s %q %v", s.Role, s.Text, s.ToolCalls)
			if !s.From.IsZero() {
				fmt.Fprintf(&b, " from %s", s.From.Sub(at))
			}
			if !s.To.IsZero() {
				fmt.Fprintf(&b, " to %s", s.To.Sub(at))
			}
			if s.Offset >= 0 {
				fmt.Fprintf(&b, " at %s", s.Offset)
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, c := range []struct{ name, message, want string }{
		{"of the artifact, before those of the message", `"type":"end-of-call-report","messages":[{"role":"user","message":"old"}],"artifact":{"messages":[
			{"role":"system","message":"be nice"},
			{"role":"bot","message":"Hi","time":1700000001000,"endTime":1700000002000,"secondsFromStart":1},
			{"role":"user","message":"Weather?","time":1700000003000,"duration":500},
			{"role":"tool_calls","message":"","toolCalls":[{"id":"a"},{"id":"b"}]},
			{"role":"tool_call_result","toolCallId":"a","result":"12"}]}`,
			"assistant \"Hi\" [] from 1s to 2s at 1s\nuser \"Weather?\" [] from 3s to 3.5s\nassistant \"\" [a b]\n"},
		{"of the message", `"type":"conversation-update","messages":[{"role":"user","message":"x"}]`, "user \"x\" []\n"},
		{"of the call", `"type":"end-of-call-report","call":{"messages":[{"role":"user","message":"x"}]}`, "user \"x\" []\n"},
		{"of the call's artifact", `"type":"end-of-call-report","call":{"artifact":{"messages":[{"role":"user","message":"x"}]}}`, "user \"x\" []\n"},
		{"an empty list is none", `"type":"end-of-call-report","artifact":{"messages":[]},"messages":[{"role":"user","message":"x"}]`, "user \"x\" []\n"},
		{"in OpenAI's format", `"type":"conversation-update","messagesOpenAIFormatted":[{"role":"system","content":"s"},{"role":"assistant","content":null,"tool_calls":[{"id":"a"}]},
			{"role":"tool","tool_call_id":"a","content":"12"},{"role":"assistant","content":[{"type":"text","text":"It's"},{"type":"text","text":"12"}]}]`,
			"assistant \"\" [a]\nassistant \"It's 12\" []\n"},
		{"a report's transcript", `"type":"end-of-call-report","transcript":"AI: Hello\nthere.\nUser: Hi: you\n\n"`, "assistant \"Hello there.\" []\nuser \"Hi: you\" []\n"},
		{"what is being said is no conversation", `"type":"transcript","transcript":"User: Hi"`, ""},
		{"times that are none", `"type":"end-of-call-report","messages":[{"role":"user","message":"x","time":"soon","endTime":-1,"secondsFromStart":-2,"duration":1e300}]`, "user \"x\" []\n"},
		{"nothing that was said", `"type":"end-of-call-report","messages":[1,null,"x",{"role":"user"},{"message":"x"}]`, ""},
	} {
		if got := said(Conversation([]byte(`{"message":{` + c.message + `}}`))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := Conversation([]byte(`{"message":{"type":"end-of-call-report","messages":[{"role":"user","message":"whole"},{"role":"user","message":"cut o`)); len(got) != 1 || got[0].Text != "whole" {
		t.Errorf("of a report that was cut short: %v", got)
	}
}

func TestReadSpeech(t *testing.T) {
	for _, c := range []struct {
		message string
		want    Speech
		ok      bool
	}{
		{`"type":"speech-update","status":"started","role":"assistant"`, Speech{RoleAssistant, SpeechStarted, ""}, true},
		{`"type":"speech-update","status":"stopped","role":"user"`, Speech{RoleUser, SpeechStopped, ""}, true},
		{`"type":"assistant.speechStarted","text":"Hi"`, Speech{RoleAssistant, SpeechStarted, ""}, true},
		{`"type":"model-output","output":"Hi"`, Speech{RoleAssistant, SpeechGenerated, ""}, true},
		{`"type":"transcript","role":"user","transcriptType":"partial","transcript":"Hi"`, Speech{RoleUser, SpeechPartial, "Hi"}, true},
		{`"type":"transcript[transcriptType=\"final\"]","role":"bot","transcript":"Hi"`, Speech{RoleAssistant, SpeechFinal, "Hi"}, true},
		{`"type":"status-update","status":"started","role":"user"`, Speech{}, false},
	} {
		got, ok := ReadSpeech([]byte(`{"message":{` + c.message + `}}`))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v %v", c.message, got, ok)
		}
	}
}

func TestReadCallFacts(t *testing.T) {
	facts := ReadCallFacts([]byte(`{"message":{"type":"status-update","status":"ended","endedReason":"customer-ended-call","timestamp":1700000000000,
		"customer":null,"phoneNumber":{"number":"+14155550142"},"assistant":{"name":"Ann"},
		"call":{"type":"inboundPhoneCall","status":"in-progress","startedAt":"2023-11-14T22:13:20Z","customer":{"number":"+14155550100"},"endedAt":1700000080000}}}`))
	at := time.UnixMilli(1_700_000_000_000)
	if facts.Type != "inboundPhoneCall" || facts.Customer != "+14155550100" || facts.Number != "+14155550142" || facts.Assistant != "Ann" ||
		facts.Status != "ended" || facts.EndedReason != "customer-ended-call" || !facts.Sent.Equal(at) || !facts.StartedAt.Equal(at) || facts.EndedAt.Sub(at) != 80*time.Second {
		t.Errorf("got %+v", facts)
	}

	// A speech-update has a status too, which is not the call's.
	facts = ReadCallFacts([]byte(`{"message":{"type":"speech-update","status":"stopped","call":{"status":"in-progress"}}}`))
	if facts.Status != "in-progress" {
		t.Errorf("the status of the call is %q", facts.Status)
	}

	// What one message leaves open, another tells; of the status the last counts.
	facts.Merge(CallFacts{Type: "webCall", Status: "ended"})
	facts.Merge(CallFacts{Type: "inboundPhoneCall", EndedReason: "x"})
	if facts.Type != "webCall" || facts.Status != "ended" || facts.EndedReason != "x" {
		t.Errorf("merged: %+v", facts)
	}
	if facts := ReadCallFacts([]byte("not JSON")); facts != (CallFacts{}) {
		t.Errorf("of what is no message: %+v", facts)
	}
}

func FuzzConversation(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"message":{"type":"end-of-call-report","transcript":"AI: a\nb\nUser: c","messages":[{"role":"bot","message":"x","time":1,"endTime":2,"secondsFromStart":1}]}}`))
	f.Add([]byte(`{"message":{"type":"speech-update","status":"stopped","role":"user","timestamp":1e3,"call":{"startedAt":"2023-11-14T22:13:20Z"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, said := range Conversation(body) {
			if said.Text == "" && said.ToolCalls == nil {
				t.Errorf("nothing was said: %+v", said)
			}
		}
		if speech, ok := ReadSpeech(body); ok == (speech.Event == 0) {
			t.Errorf("%+v %v", speech, ok)
		}
		ReadCallFacts(body)
	})
}

package vapi

import (
	"strings"
	"testing"
)

func TestServerURLsOfAnAssistantLeadToPathsHere(t *testing.T) {
	const own = "http://localhost:3000/vapi/webhook"
	tests := []struct{ name, server, url, path, elsewhere string }{
		{"none", own, "", "", ""},
		{"its own", own, "http://localhost:3000/vapi/webhook", "", ""},
		{"another path", own, "http://localhost:3000/tools/weather", "/tools/weather", ""},
		{"with a query", own, "http://localhost:3000/tools?key=a%20b", "/tools?key=a%20b", ""},
		{"escaped", own, "http://localhost:3000/a%2Fb", "/a%2Fb", ""},
		{"no path", own, "http://localhost:3000", "/", ""},
		{"this machine by another name", own, "http://127.0.0.1:3000/tools", "/tools", ""},
		{"another port", own, "http://localhost:4000/tools", "", "http://localhost:4000/tools"},
		{"a tunnel", own, "https://kind-fox.ngrok-free.app/tools", "/tools", ""},
		{"a tunnel's root", own, "https://kind-fox.ngrok-free.app", "", ""},
		{"a tunnel to its own path", own, "https://Kind-Fox.NGROK.app/vapi/webhook", "", ""},
		{"no tunnel", own, "https://notngrok.app.example.com/tools", "", "https://notngrok.app.example.com/tools"},
		{"production", own, "https://api.example.com/hook", "", "https://api.example.com/hook"},
		{"no URL", own, "tools/weather", "", "tools/weather"},
		{"another scheme", own, "ftp://localhost:3000/x", "", "ftp://localhost:3000/x"},
		{"host in other letters", "https://Staging.example.com/hook", "https://staging.EXAMPLE.com:443/tools", "/tools", ""},
		{"plain instead of TLS", "https://staging.example.com/hook", "http://staging.example.com/tools", "", "http://staging.example.com/tools"},
		{"server unknown, this machine", "", "http://localhost:8080/tools", "/tools", ""},
		{"server unknown, elsewhere", "", "https://api.example.com/tools", "", "https://api.example.com/tools"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			place, err := newServerPlace(tt.server)
			if err != nil {
				t.Fatal(err)
			}
			path, elsewhere := place.leadsTo(newObject(jsMember{"url", tt.url}))
			if path != tt.path || elsewhere != tt.elsewhere {
				t.Errorf("leads to %q, elsewhere %q; want %q, %q", path, elsewhere, tt.path, tt.elsewhere)
			}
		})
	}
	for _, bad := range []string{"localhost:3000", "ftp://x/", "http://", "://"} {
		if _, err := NewCall(CallOptions{Start: simulatedStart, Server: bad}); err == nil {
			t.Errorf("%q is taken for a server", bad)
		}
	}
}

func TestMessagesGoToTheServerOfTheirKind(t *testing.T) {
	const reply = `{"assistant":{"name":"Desk","server":{"url":"http://localhost:3000/events","headers":{"X-Key":"k","Host":"evil","X Bad":"x","X-Line":"a\nb"}},
		"voice":{"provider":"custom-voice","server":{"url":"http://localhost:3000/voice","timeoutSeconds":4}},
		"startSpeakingPlan":{"smartEndpointingPlan":{"provider":"custom-endpointing-model","server":{"url":"http://localhost:3000/endpointing"}}},
		"model":{"provider":"openai","model":"gpt-4o","knowledgeBase":{"provider":"custom-knowledge-base","server":{"url":"http://localhost:3000/kb"}},
			"tools":[{"type":"function","function":{"name":"get_weather"},"server":{"url":"https://fox.ngrok.app/weather"}}]}}}`
	want := map[string]string{
		typeAssistantRequest: "", typePredial: "", typeVoiceRequest: "/voice", typeEndpointing: "/endpointing",
		typeKnowledgeBase: "/kb", typeToolCalls: "/weather", typeEndOfCallReport: "/events", typeTransferRequest: "/events",
	}
	for _, s := range playCall(t, CallOptions{Scenario: "all", Server: "http://localhost:3000/hook"}, func(s Step) Reply {
		if s.Type == typeAssistantRequest {
			return Reply{Status: 200, Body: []byte(reply)}
		}
		return goodServer(s)
	}) {
		if path, checked := want[s.Type]; checked && s.Path != path {
			t.Errorf("%s goes to %q, want %q", s.Name, s.Path, path)
		}
		if s.Type == typeEndOfCallReport && (s.Header.Get("X-Key") != "k" || len(s.Header) != 3) {
			t.Errorf("header %v", s.Header)
		}
		if s.Type == typeVoiceRequest && s.Budget.Seconds() != 4 {
			t.Errorf("budget of the voice: %s", s.Budget)
		}
	}
}

func TestOverriddenServerCounts(t *testing.T) {
	const reply = `{"assistantId":"a1","assistantOverrides":{"server":{"url":"http://localhost:3000/overridden"}}}`
	steps := playCall(t, CallOptions{Server: "http://localhost:3000/hook"}, answering(reply, coldReply))
	if got := steps[1].Path; got != "/overridden" {
		t.Errorf("path %q", got)
	}
}

func TestWhatLeadsElsewhereIsSentHereAndSaid(t *testing.T) {
	const reply = `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"get_weather"},"server":{"url":"https://tools.example.com/w"}}]}}}`
	s := stepsOfType(playCall(t, CallOptions{Server: "http://localhost:3000/hook"}, answering(reply, coldReply)), typeToolCalls)[0]
	if s.Path != "" || s.Elsewhere != "https://tools.example.com/w" {
		t.Errorf("path %q, elsewhere %q", s.Path, s.Elsewhere)
	}
}

func TestToolCallsOfOneTurnGoToEachServer(t *testing.T) {
	const reply = `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[
		{"type":"function","function":{"name":"one"},"server":{"url":"http://localhost:3000/a"}},
		{"type":"function","function":{"name":"two"},"server":{"url":"http://localhost:3000/b","timeoutSeconds":9}},
		{"type":"function","function":{"name":"three"},"server":{"url":"http://localhost:3000/a"}},
		{"type":"function","async":true,"function":{"name":"four"},"server":{"url":"http://localhost:3000/c"}},
		{"type":"endCall"}]}}}`
	steps := playCall(t, CallOptions{Scenario: "tools", Server: "http://localhost:3000/hook"}, func(s Step) Reply {
		if s.Type == typeAssistantRequest {
			return Reply{Status: 200, Body: []byte(reply)}
		}
		return goodServer(s)
	})
	calls := stepsOfType(steps, typeToolCalls)
	want := []string{"tool-calls one, three to /a", "tool-calls two to /b", "tool-calls four to /c", "tool-calls one to /a"}
	if len(calls) != len(want) {
		t.Fatalf("%d messages of tool calls", len(calls))
	}
	for i, s := range calls {
		if got := s.Name + " to " + s.Path; got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
		if s.WantsReply == (s.Path == "/c") {
			t.Errorf("%s: wants a reply: %t", s.Name, s.WantsReply)
		}
	}
	if calls[1].Budget.Seconds() != 9 || calls[1].Pause != 0 {
		t.Errorf("the second: budget %s, pause %s", calls[1].Budget, calls[1].Pause)
	}
	// None of them knows of the answers to the others, as they go out together.
	if strings.Contains(string(calls[2].Body), `"tool_call_result"`) {
		t.Errorf("the last already has a result: %s", calls[2].Body)
	}
	entries := readStep(t, stepsOfType(steps, typeConversationUpdate)[0]).Message.Artifact.Messages
	var results []string
	for _, e := range entries {
		if e.Role == "tool_call_result" {
			results = append(results, e.Name+": "+e.Result)
		}
	}
	if got := strings.Join(results, ", "); got != "one: done, two: done, three: done" {
		t.Errorf("the conversation has %s", got)
	}
}

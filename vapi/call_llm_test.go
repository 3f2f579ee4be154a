package vapi

import (
	"strings"
	"testing"
)

const customModelReply = `{"assistant":{"name":"Own","firstMessage":"Hello.","metadata":{"tenant":"t1"},"model":{"provider":"custom-llm","model":"mine","url":"http://localhost:3000/v1",
	"headers":{"X-Model":"yes"},"timeoutSeconds":12,"messages":[{"role":"system","content":"Be brief."}],
	"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}}}`

const callsWeather = `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Os"}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"lo\"}"}}]},"finish_reason":"tool_calls"}]}

data: [DONE]

`

// modelServer answers as goodServer does, with an assistant whose model is its
// own, which calls a tool when it is asked first.
func modelServer(assistant string) func(Step) Reply {
	asked := 0
	return func(s Step) Reply {
		switch s.Type {
		case typeAssistantRequest:
			return Reply{Status: 200, Body: []byte(assistant)}
		case typeOfLLM:
			if asked++; asked == 1 {
				return Reply{Status: 200, Body: []byte(callsWeather)}
			}
			return Reply{Status: 200, Body: []byte(spokenStream("It is cold."))}
		}
		return goodServer(s)
	}
}

func TestAssistantWithItsOwnModelAsksIt(t *testing.T) {
	steps := playCall(t, CallOptions{Server: "http://localhost:3000/hook"}, modelServer(customModelReply))
	asked := stepsOfType(steps, typeOfLLM)
	if len(asked) != 3 {
		t.Fatalf("the model is asked %d times", len(asked))
	}
	first := asked[0]
	if first.Path != "/v1/chat/completions" || first.Kind != KindLLM || first.Budget.Seconds() != 12 || first.Header.Get("X-Model") != "yes" || !first.WantsReply {
		t.Errorf("asked at %q within %s: %v", first.Path, first.Budget, first.Header)
	}
	body, err := parseJSObject(first.Body)
	if err != nil {
		t.Fatal(err)
	}
	messages := body.objects("messages")
	last := messages[len(messages)-1]
	if body.text("model") != "mine" || body.get("stream") != true || len(body.objects("tools")) != 1 || body.object("metadata").text("tenant") != "t1" ||
		messages[0].text("content") != "Be brief." || last.text("role") != "user" {
		t.Errorf("asked %s", first.Body)
	}
	call := stepsOfType(steps, typeToolCalls)
	if len(call) != 1 || call[0].Name != "tool-calls get_weather" || !strings.Contains(string(call[0].Body), `"id":"call_1","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}`) {
		t.Fatalf("tool calls: %d", len(call))
	}
	if !strings.Contains(string(asked[1].Body), `{"role":"tool","content":"done","tool_call_id":"call_1"}`) {
		t.Errorf("the model is not told the result: %s", asked[1].Body)
	}
	if said := modelSaid(t, steps); said != "It is cold." {
		t.Errorf("the assistant says %q", said)
	}
}

func TestModelURLThatHasThePathGetsItTwice(t *testing.T) {
	reply := strings.Replace(customModelReply, `3000/v1"`, `3000/v1/chat/completions"`, 1)
	steps := playCall(t, CallOptions{Server: "http://localhost:3000/hook"}, modelServer(reply))
	if got := stepsOfType(steps, typeOfLLM)[0].Path; got != "/v1/chat/completions/chat/completions" {
		t.Errorf("asked at %q", got)
	}
}

func TestModelWithoutMetadataIsNotToldTheCall(t *testing.T) {
	reply := strings.Replace(customModelReply, `"model":"mine"`, `"model":"mine","metadataSendMode":"off"`, 1)
	body, err := parseJSObject(stepsOfType(playCall(t, CallOptions{}, modelServer(reply)), typeOfLLM)[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"call", "customer", "phoneNumber", "metadata"} {
		if body.get(key) != nil {
			t.Errorf("told %s", key)
		}
	}
}

func TestModelThatFailsEndsTheCall(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   string
	}{
		{500, "", reasonModelError}, {502, "", reasonModelError}, {503, "", reasonModelOverloaded}, {401, "", reasonModelNotAllowed},
		{429, "", reasonModelQuota}, {404, "", reasonModelFailed}, {0, "", reasonModelFailed}, {200, "", reasonModelFailed},
		{200, "<html>", reasonModelFailed}, {200, "data: [DONE]\n\n", reasonModelFailed},
		{200, `{"choices":[{"index":0,"message":{"content":"whole"}}]}`, "customer-ended-call"},
	} {
		steps := playCall(t, CallOptions{}, func(s Step) Reply {
			if s.Type == typeOfLLM {
				return Reply{Status: tt.status, Body: []byte(tt.body)}
			}
			return modelServer(customModelReply)(s)
		})
		if got := readStep(t, steps[len(steps)-1]).Message.EndedReason; got != tt.want {
			t.Errorf("%d %s: %s, want %s", tt.status, tt.body, got, tt.want)
		}
	}
}

func TestModelThatOnlyCallsToolsIsStopped(t *testing.T) {
	for _, scenario := range []string{"inbound", "llm"} {
		steps := playCall(t, CallOptions{Scenario: scenario}, func(s Step) Reply {
			if s.Type == typeOfLLM {
				return Reply{Status: 200, Body: []byte(callsWeather)}
			}
			return modelServer(customModelReply)(s)
		})
		ids := map[string]bool{}
		for _, s := range stepsOfType(steps, typeToolCalls) {
			ids[toolCallID(s)] = true
		}
		if n := len(stepsOfType(steps, typeOfLLM)); n > 15 || len(ids) != len(stepsOfType(steps, typeToolCalls)) {
			t.Errorf("%s: asked %d times, tool calls %v", scenario, n, ids)
		}
	}
}

func TestLLMScenarioAsksOnlyTheModel(t *testing.T) {
	for server, path := range map[string]string{
		"":                                   "/chat/completions",
		"http://localhost:3000":              "/chat/completions",
		"http://localhost:3000/":             "/chat/completions",
		"http://localhost:3000/v1":           "/v1/chat/completions",
		"http://localhost:3000/v1/?key=1":    "/v1/chat/completions?key=1",
		"http://localhost/chat/completions":  "/chat/completions",
		"http://localhost/chat/completions/": "/chat/completions",
	} {
		steps := playCall(t, CallOptions{Scenario: "llm", Server: server}, modelServer(""))
		if len(steps) != 4 {
			t.Fatalf("%d steps", len(steps))
		}
		for _, s := range steps {
			if s.Kind != KindLLM || s.Path != path || s.Elsewhere != "" || s.Type != typeOfLLM {
				t.Errorf("%s: a %s to %q, want %q", server, s.Kind, s.Path, path)
			}
		}
		if last := string(steps[1].Body); !strings.Contains(last, `{"role":"tool","content":"12 degrees and cloudy in Oslo","tool_call_id":"call_1"}`) {
			t.Errorf("the model is not told what its tool gave: %s", last)
		}
	}
}

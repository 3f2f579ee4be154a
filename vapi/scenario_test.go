package vapi

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// goodServer answers everything as a server should: with a telephone number to a
// transfer, with an assistant to a handoff.
func goodServer(s Step) Reply {
	replies := map[string]string{
		typeAssistantRequest: aliceReply,
		typeTransferRequest:  `{"destination":{"type":"number","number":"+14155550123","message":"One moment."}}`,
		typeHandoffRequest:   `{"destination":{"type":"assistant","assistantName":"Events"}}`,
		typeKnowledgeBase:    `{"documents":[{"content":"Less.","similarity":0.1},{"content":"We are open from 11:00 to 23:00.","similarity":0.9}]}`,
		typeVoiceRequest:     "\x01\x02\x03\x04",
		typeEndpointing:      `{"timeoutSeconds":0.5}`,
		typePredial:          `{"eligible":true}`,
		typeOfLLM:            spokenStream("I am a model."),
	}
	if s.Type == typeToolCalls {
		return Reply{Status: 200, Body: resultsFor(s, "done")}
	}
	body, known := replies[s.Type]
	if !known {
		body = "{}"
	}
	return Reply{Status: 200, Body: []byte(body)}
}

// resultsFor answers every tool call of a step.
func resultsFor(s Step, result string) []byte {
	var results []any
	for _, call := range ToolCalls(Request{Body: s.Body}, nil) {
		results = append(results, newObject(jsMember{"toolCallId", call.ID}, jsMember{"result", result}))
	}
	return jsStringify(newObject(jsMember{"results", results}))
}

func spokenStream(words string) string {
	return `data: {"choices":[{"index":0,"delta":{"content":"` + words + `"}}]}` + "\n\ndata: [DONE]\n\n"
}

// badServer answers everything with what is of no use.
func badServer(s Step) Reply {
	if s.Type == typeAssistantRequest {
		return Reply{Status: 200, Body: []byte(aliceReply)}
	}
	return Reply{Status: 200, Body: []byte(`{"results":"none","destination":{},"documents":7,"timeoutSeconds":"x","eligible":"yes","choices":[]}`)}
}

func silentServer(Step) Reply { return Reply{} }

func TestEveryScenarioEndsProperly(t *testing.T) {
	servers := map[string]func(Step) Reply{"good": goodServer, "bad": badServer, "silent": silentServer}
	for _, name := range Scenarios() {
		for server, answer := range servers {
			t.Run(name+" "+server, func(t *testing.T) {
				steps := playCall(t, CallOptions{Scenario: name}, answer)
				checkScenario(t, name, steps)
				last := steps[len(steps)-1].Type
				switch {
				case name == "chat":
					if last != typeSessionDeleted {
						t.Errorf("a session ends with %s", last)
					}
				case name == "all":
					if len(stepsOfType(steps, typeEndOfCallReport)) != 1 {
						t.Error("no report")
					}
				case name == "llm":
					if n := len(stepsOfType(steps, typeOfLLM)); n != 3 {
						t.Errorf("the model is asked %d times", n)
					}
				case name == "campaign" && server != "good":
					if len(steps) != 1 {
						t.Errorf("%d messages of a call that is not made", len(steps))
					}
				case last != typeEndOfCallReport:
					t.Errorf("the call ends with %s", last)
				}
			})
		}
	}
}

// checkScenario checks what holds of every call, whatever the server says.
func checkScenario(t *testing.T, name string, steps []Step) {
	t.Helper()
	at := simulatedStart
	ids := map[string]bool{}
	for _, s := range steps {
		at = at.Add(s.Pause)
		if s.Pause < 0 || !json.Valid(s.Body) || s.Budget <= 0 || s.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%s: pause %s, budget %s, %.200s", s.Name, s.Pause, s.Budget, s.Body)
		}
		if again, err := parseJSObject(s.Body); err != nil || string(jsStringify(again)) != string(s.Body) {
			t.Errorf("%s: not as JSON.stringify writes it", s.Name)
		}
		id := Identify(Request{Method: "POST", Path: s.Path, Body: s.Body})
		if id.Kind != s.Kind || id.Type != s.Type {
			t.Errorf("%s is a %s %s", s.Name, id.Kind, id.Type)
		}
		if id.CallID != "" {
			ids[id.CallID] = true
		}
		body, _ := parseJSObject(s.Body)
		if m := body.object("message"); m != nil && m.get("timestamp") != float64(at.UnixMilli()) {
			t.Errorf("%s: timestamp %v, want %d", s.Name, m.get("timestamp"), at.UnixMilli())
		}
		known, _ := Lookup(s.Type)
		if s.Kind == KindServer && s.WantsReply != (known.Reply != ReplyNone) && s.Type != typeToolCalls {
			t.Errorf("%s: wants a reply: %t", s.Name, s.WantsReply)
		}
	}
	if wanted := 1; name != "chat" && name != "campaign" && len(ids) != wanted || len(ids) > wanted {
		t.Errorf("call ids: %v", ids)
	}
}

func TestAllHasEveryType(t *testing.T) {
	for _, answer := range []func(Step) Reply{goodServer, badServer, silentServer} {
		sent := map[string]bool{}
		for _, s := range playCall(t, CallOptions{Scenario: "all"}, answer) {
			sent[s.Type] = true
		}
		for _, known := range Types() {
			if !sent[known.Name] {
				t.Errorf("no %s", known.Name)
			}
		}
	}
}

func TestScenariosSayWhatTheyAre(t *testing.T) {
	for _, name := range Scenarios() {
		if ScenarioText(name) == "" {
			t.Errorf("%s says nothing", name)
		}
	}
	if n := len(Scenarios()); n != len(scenarioTexts) {
		t.Errorf("%d scenarios, %d texts", n, len(scenarioTexts))
	}
}

// names are the steps, without those that only tell who speaks.
func names(steps []Step) (list []string) {
	for _, s := range steps {
		if s.Type != typeSpeechUpdate && s.Type != typeTranscript {
			list = append(list, s.Name)
		}
	}
	return list
}

func TestTransferGoesWhereTheServerSays(t *testing.T) {
	const until = "assistant-request, status-update in-progress, assistant.started, transfer-destination-request, "
	tests := []struct {
		name, reply string
		status      int
		want        string
		result      string
	}{
		{"a number", `{"destination":{"type":"number","number":"+14155550123"}}`, 200,
			"conversation-update, transfer-update number, phone-call-control forward, status-update forwarding, status-update ended, end-of-call-report assistant-forwarded-call", "Transfer executed."},
		{"an address", `{"destination":{"type":"sip","sipUri":"sip:desk@example.com"}}`, 200,
			"conversation-update, transfer-update sip, phone-call-control forward, status-update forwarding, status-update ended, end-of-call-report assistant-forwarded-call", "Transfer executed."},
		{"an assistant", `{"destination":{"type":"assistant","assistantName":"Bob"}}`, 200,
			"transfer-update assistant, assistant.started Bob, status-update ended, end-of-call-report customer-ended-call", "Transfer executed."},
		{"an error", `{"error":"nobody is there"}`, 200,
			"conversation-update, status-update ended, end-of-call-report customer-ended-call", "nobody is there"},
		{"a number that is missing", `{"destination":{"type":"number"}}`, 200,
			"conversation-update, status-update ended, end-of-call-report customer-ended-call", "Transfer cancelled: the server named no destination."},
		{"status 500", `{"destination":{"type":"number","number":"+14155550123"}}`, 500,
			"conversation-update, status-update ended, end-of-call-report customer-ended-call", "Transfer cancelled: the server named no destination."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps := playCall(t, CallOptions{Scenario: "transfer"}, func(s Step) Reply {
				if s.Type == typeTransferRequest {
					return Reply{Status: tt.status, Body: []byte(tt.reply)}
				}
				return goodServer(s)
			})
			if got := strings.Join(names(steps), ", "); got != until+tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, until+tt.want)
			}
			if last := steps[len(steps)-1].Body; !strings.Contains(string(last), `"result":`+string(jsStringify(tt.result))) {
				t.Errorf("the report does not have the result %q: %s", tt.result, last)
			}
		})
	}
}

func TestForwardedCallSaysWhereTo(t *testing.T) {
	for _, s := range playCall(t, CallOptions{Scenario: "transfer"}, goodServer) {
		switch s.Type {
		case typeTransferUpdate, typePhoneCallControl, typeEndOfCallReport:
			if got := readStep(t, s).Message.Destination.Number; got != "+14155550123" {
				t.Errorf("%s: destination %q", s.Name, got)
			}
		}
	}
}

func TestHandoffGoesToTheAssistantThatIsNamed(t *testing.T) {
	tests := []struct{ name, reply, want string }{
		{"a name", `{"destination":{"type":"assistant","assistantName":"Events"}}`, "Events"},
		{"all of an assistant", `{"destination":{"type":"assistant","assistant":{"name":"Parties","firstMessage":"Parties here."}}}`, "Parties"},
		{"a squad", `{"destination":{"type":"squad","squad":{"members":[{"assistant":{"name":"First"}}]}}}`, "First"},
		{"nothing", `{"destination":{}}`, ""},
		{"an error", `{"destination":{"type":"assistant","assistantName":"Events"},"error":"no"}`, ""},
		{"a number", `{"destination":{"type":"number","number":"+14155550123"}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			steps := playCall(t, CallOptions{Scenario: "handoff"}, func(s Step) Reply {
				if s.Type == typeHandoffRequest {
					return Reply{Status: 200, Body: []byte(tt.reply)}
				}
				return goodServer(s)
			})
			started := stepsOfType(steps, typeAssistantStarted)
			if (len(started) == 2) != (tt.want != "") {
				t.Fatalf("%d assistants started", len(started))
			}
			if tt.want != "" && !strings.Contains(string(started[1].Body), `"newAssistant":{"name":"`+tt.want+`"`) {
				t.Errorf("who started: %.400s", started[1].Body)
			}
		})
	}
}

func TestHandoffAsksTheDynamicDestination(t *testing.T) {
	const reply = `{"assistant":{"name":"Desk","model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"handoff",
		"destinations":[{"type":"dynamic","server":{"url":"http://localhost:3000/handoff","timeoutSeconds":5}}],
		"function":{"name":"hand_over","parameters":{"type":"object","properties":{"topic":{"type":"string","enum":["party"]}},"required":["topic"]}}}]}}}`
	for _, s := range playCall(t, CallOptions{Scenario: "handoff", Server: "http://localhost:3000/hook"}, func(s Step) Reply {
		if s.Type == typeAssistantRequest {
			return Reply{Status: 200, Body: []byte(reply)}
		}
		return goodServer(s)
	}) {
		if s.Type == typeHandoffRequest && (s.Path != "/handoff" || s.Budget != 5*time.Second || !strings.Contains(string(s.Body), `"parameters":{"topic":"party"}`)) {
			t.Errorf("%s within %s to %q: %s", s.Name, s.Budget, s.Path, s.Body)
		}
	}
}

func TestKnowledgeIsSaid(t *testing.T) {
	said := func(reply string) string {
		steps := playCall(t, CallOptions{Scenario: "knowledge-base"}, func(s Step) Reply {
			if s.Type == typeKnowledgeBase {
				return Reply{Status: 200, Body: []byte(reply)}
			}
			return goodServer(s)
		})
		return modelSaid(t, steps)
	}
	if got := said(`{"documents":[{"content":"Dogs stay outside.","similarity":0.2},{"content":"We open at eleven.","similarity":0.8}]}`); got != "Let me see. We open at eleven." {
		t.Errorf("of two documents: %q", got)
	}
	if got := said(`{"message":{"type":"custom-message","content":"Ask at the door."},"documents":[]}`); got != "Ask at the door." {
		t.Errorf("of a message: %q", got)
	}
	if got := said(`{"documents":[]}`); got != "I'm afraid I don't know that." {
		t.Errorf("of nothing: %q", got)
	}
}

func TestVoiceThatFailsEndsTheCall(t *testing.T) {
	for _, r := range []Reply{{}, {Status: 200}, {Status: 500, Body: []byte("x")}} {
		steps := playCall(t, CallOptions{Scenario: "voice"}, func(s Step) Reply {
			if s.Type == typeVoiceRequest {
				return r
			}
			return goodServer(s)
		})
		if last := steps[len(steps)-1]; readStep(t, last).Message.EndedReason != reasonVoiceFailed || len(stepsOfType(steps, typeVoiceRequest)) != 1 {
			t.Errorf("%d bytes with status %d: %s", len(r.Body), r.Status, last.Name)
		}
	}
}

func TestEndpointingDecidesThePause(t *testing.T) {
	pauseAfter := func(reply string) time.Duration {
		steps := playCall(t, CallOptions{Scenario: "endpointing"}, func(s Step) Reply {
			if s.Type == typeEndpointing {
				return Reply{Status: 200, Body: []byte(reply)}
			}
			return goodServer(s)
		})
		i := slices.IndexFunc(steps, func(s Step) bool { return s.Type == typeEndpointing })
		return steps[i+1].Pause
	}
	usual := pauseAfter(`{}`)
	for reply, more := range map[string]time.Duration{
		`{"timeoutSeconds":0.5}`: 500 * time.Millisecond, `{"timeoutSeconds":3}`: 3 * time.Second, `{"timeoutSeconds":0}`: 0,
		`{"timeoutSeconds":-1}`: 0, `{"timeoutSeconds":"2"}`: 0, `{"timeoutSeconds":1e9}`: maxEndpointingWait,
	} {
		if got := pauseAfter(reply) - usual; got != more {
			t.Errorf("%s: %s more, want %s", reply, got, more)
		}
	}
}

func TestCampaignCallsWhoIsEligible(t *testing.T) {
	steps := playCall(t, CallOptions{Scenario: "campaign", Customer: "+4721000000"}, goodServer)
	first := string(steps[0].Body)
	if !strings.Contains(first, `"number":"+4721000000"`) || strings.Contains(first, `"call":`) || !strings.Contains(first, `"campaignId":"`) {
		t.Errorf("campaign.predial is %s", first)
	}
	if last := string(steps[len(steps)-1].Body); !strings.Contains(last, `"campaignId":"`) || !strings.Contains(last, `"type":"outboundPhoneCall"`) {
		t.Errorf("the report is %.600s", last)
	}
}

func TestChatHasNoCall(t *testing.T) {
	steps := playCall(t, CallOptions{Scenario: "chat"}, goodServer)
	c, err := NewCall(CallOptions{Scenario: "chat", Start: simulatedStart})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(steps[0].Body), `"id":"`+c.ID()+`"`) {
		t.Errorf("the chat %s is not in %s", c.ID(), steps[0].Body)
	}
	for _, s := range steps {
		body, _ := parseJSObject(s.Body)
		if m := body.object("message"); m.get("call") != nil || m.object("chat").text("id") == "" {
			t.Errorf("%s: %s", s.Name, s.Body)
		}
	}
	created := stepsOfType(steps, typeChatCreated)
	body, _ := parseJSObject(created[0].Body)
	output := body.object("message").object("chat").objects("output")
	if n := len(output); n != 4 || output[1].text("content") != "done" || output[3].text("role") != "assistant" {
		t.Errorf("the output of the first chat: %s", jsStringify(output))
	}
}

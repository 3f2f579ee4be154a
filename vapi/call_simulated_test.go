package vapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var simulatedStart = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

// playCall holds a whole call against a server that is a function, and returns
// the steps.
func playCall(t *testing.T, o CallOptions, answer func(Step) Reply) []Step {
	t.Helper()
	if o.Start.IsZero() {
		o.Start = simulatedStart
	}
	c, err := NewCall(o)
	if err != nil {
		t.Fatal(err)
	}
	var steps []Step
	for s, ok := c.Next(); ok; s, ok = c.Next() {
		steps = append(steps, s)
		if len(steps) > 100 {
			t.Fatal("the call does not end")
		}
		c.Reply(answer(s))
	}
	return steps
}

// answering answers an assistant-request and tool-calls with these bodies. In
// tools, ID stands for the id of the call.
func answering(assistant, tools string) func(Step) Reply {
	return func(s Step) Reply {
		switch s.Type {
		case "assistant-request":
			return Reply{Status: 200, Body: []byte(assistant)}
		case "tool-calls":
			return Reply{Status: 200, Body: []byte(strings.ReplaceAll(tools, "ID", toolCallID(s)))}
		}
		return Reply{Status: 200, Body: []byte("{}")}
	}
}

const (
	aliceReply = `{"assistant":{"name":"Alice","firstMessage":"Alice here. <Hello> & welcome!","model":{"provider":"openai","model":"gpt-4o"}}}`
	coldReply  = `{"results":[{"toolCallId":"ID","result":"4 degrees and snow in Oslo"}]}`
)

type sentMessage struct {
	Message struct {
		Timestamp int64
		Type      string
		Status    string
		Role      string
		Call      struct {
			ID, Status, EndedReason, AssistantID, SquadID string
		}
		Assistant json.RawMessage
		Artifact  struct {
			Messages []struct{ Role, Message, Name, Result, ToolCallID string }
		}
		ToolCallList []struct {
			ID       string
			Function struct {
				Name      string
				Arguments map[string]any
			}
		}
		ToolWithToolCallList []struct {
			Function struct{ Description string }
			ToolCall struct{ ID string }
		}
		EndedReason string
		Analysis    struct{ Summary, SuccessEvaluation string }
		Destination struct{ Number string }
		Transcript  string
	}
}

func readStep(t testing.TB, s Step) sentMessage {
	t.Helper()
	var m sentMessage
	if err := json.Unmarshal(s.Body, &m); err != nil {
		t.Fatalf("%s: %v\n%s", s.Name, err, s.Body)
	}
	return m
}

func toolCallID(s Step) string {
	var m sentMessage
	_ = json.Unmarshal(s.Body, &m)
	return m.Message.ToolCallList[0].ID
}

func stepsOfType(steps []Step, kind string) (found []Step) {
	for _, s := range steps {
		if s.Type == kind {
			found = append(found, s)
		}
	}
	return found
}

func TestInboundCallHasWhatACallHas(t *testing.T) {
	steps := playCall(t, CallOptions{}, answering(aliceReply, coldReply))
	if len(steps) < 22 || len(steps) > 30 {
		t.Errorf("%d messages, want about 25", len(steps))
	}
	for _, kind := range []string{"assistant-request", "status-update", "assistant.started", "speech-update", "transcript",
		"conversation-update", "model-output", "tool-calls", "user-interrupted", "end-of-call-report"} {
		if len(stepsOfType(steps, kind)) == 0 {
			t.Errorf("no %s", kind)
		}
	}
	var length time.Duration
	for _, s := range steps {
		length += s.Pause
	}
	if length < 80*time.Second || length > 100*time.Second {
		t.Errorf("the call takes %s, want about 90s", length)
	}
	for _, s := range steps {
		wants := s.Type == "assistant-request" || s.Type == "tool-calls"
		if s.WantsReply != wants {
			t.Errorf("%s: wants a reply: %t", s.Name, s.WantsReply)
		}
		m := readStep(t, s).Message
		if m.Type != s.Type || m.Call.ID == "" || s.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %.200s", s.Name, s.Body)
		}
		if !strings.HasPrefix(s.Header.Get("User-Agent"), SimulatorAgent) {
			t.Errorf("%s: User-Agent %q", s.Name, s.Header.Get("User-Agent"))
		}
	}
}

func TestMessagesHaveTheRequiredFieldsOfTheirType(t *testing.T) {
	// The required properties of ServerMessage... in Vapi's OpenAPI document, and
	// what every message of a call has in practice.
	required := map[string][]string{
		"assistant-request":   {},
		"assistant.started":   {},
		"status-update":       {"status"},
		"speech-update":       {"status", "role"},
		"transcript":          {"role", "transcriptType", "transcript"},
		"conversation-update": {"messagesOpenAIFormatted"},
		"model-output":        {"output"},
		"tool-calls":          {"toolWithToolCallList", "toolCallList", "toolCalls"},
		"user-interrupted":    {},
		"end-of-call-report": {"endedReason", "artifact", "analysis", "cost", "costs", "costBreakdown",
			"startedAt", "endedAt", "durationSeconds"},
	}
	requiredOfPart := map[string][]string{
		"call":        {"id", "orgId", "createdAt", "updatedAt", "type", "status"},
		"phoneNumber": {"provider", "number"},
		"customer":    {"number"},
		"artifact":    {"messages", "messagesOpenAIFormatted"},
	}
	requiredOfEntry := map[string][]string{
		"system":           {"message", "time", "secondsFromStart"},
		"bot":              {"message", "time", "endTime", "secondsFromStart"},
		"user":             {"message", "time", "endTime", "secondsFromStart"},
		"tool_calls":       {"toolCalls", "message", "time", "secondsFromStart"},
		"tool_call_result": {"toolCallId", "name", "result", "time", "secondsFromStart"},
	}
	for _, s := range playCall(t, CallOptions{}, answering(aliceReply, coldReply)) {
		body, err := parseJSObject(s.Body)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		m := body.object("message")
		fields, known := required[s.Type]
		if !known {
			t.Errorf("%s: a type this test does not know", s.Name)
		}
		wantFields(t, s.Name, m, append(fields, "type", "timestamp"))
		for part, fields := range requiredOfPart {
			wantFields(t, s.Name+" "+part, m.object(part), fields)
		}
		for _, entry := range m.object("artifact").objects("messages") {
			fields, known := requiredOfEntry[entry.text("role")]
			if !known {
				t.Errorf("%s: an entry of role %q", s.Name, entry.text("role"))
			}
			wantFields(t, s.Name+" "+entry.text("role"), entry, fields)
		}
		for _, entry := range m.object("artifact").objects("messagesOpenAIFormatted") {
			wantFields(t, s.Name, entry, []string{"role", "content"})
		}
	}
}

func wantFields(t *testing.T, where string, o *jsObject, fields []string) {
	t.Helper()
	for _, f := range fields {
		if o.get(f) == nil {
			t.Errorf("%s: no %s", where, f)
		}
	}
}

func TestSameOptionsGiveTheSameBytes(t *testing.T) {
	bodies := func(seed string) (all []string) {
		for _, s := range playCall(t, CallOptions{Seed: seed}, answering(aliceReply, coldReply)) {
			all = append(all, string(s.Body))
		}
		return all
	}
	first := bodies("one")
	if !slices.Equal(first, bodies("one")) {
		t.Error("the same seed gave other bytes")
	}
	for i, body := range bodies("two") {
		if body == first[i] {
			t.Errorf("message %d is the same for two seeds", i)
		}
	}
}

func TestTimeGoesOnByThePauses(t *testing.T) {
	at := simulatedStart
	for _, s := range playCall(t, CallOptions{}, answering(aliceReply, coldReply)) {
		at = at.Add(s.Pause)
		if got := readStep(t, s).Message.Timestamp; got != at.UnixMilli() {
			t.Errorf("%s: timestamp %d, want %d", s.Name, got, at.UnixMilli())
		}
	}
}

func TestReportTellsOfTheCall(t *testing.T) {
	steps := playCall(t, CallOptions{}, answering(aliceReply, `{"results":[{"toolCallId":"ID","result":{"table":7}}]}`))
	body, err := parseJSObject(steps[len(steps)-1].Body)
	if err != nil {
		t.Fatal(err)
	}
	m := body.object("message")
	if got := m.object("analysis").text("successEvaluation"); got != "false" {
		t.Errorf("success although no tool gave a result: %s", got)
	}
	artifact := m.object("artifact")
	if transcript := artifact.text("transcript"); !strings.HasPrefix(transcript, "AI: Alice here.") || !strings.Contains(transcript, "\nUser: ") {
		t.Errorf("transcript %q", transcript)
	}
	if turns := artifact.object("performanceMetrics").objects("turnLatencies"); len(turns) < 2 {
		t.Errorf("%d turns", len(turns))
	}
	sum := 0.0
	for _, part := range m.objects("costs") {
		cost, _ := part.get("cost").(float64)
		sum += cost
	}
	if total := m.object("costBreakdown").get("total"); fourDecimals(sum) != total || m.get("cost") != total || sum == 0 {
		t.Errorf("the parts cost %v, the whole %v", sum, total)
	}
}

func TestUnansweredStepCountsAsUnanswered(t *testing.T) {
	c, err := NewCall(CallOptions{Start: simulatedStart})
	if err != nil {
		t.Fatal(err)
	}
	c.Next()
	next, _ := c.Next()
	if got := readStep(t, next).Message.EndedReason; got != "assistant-request-failed" {
		t.Errorf("ended reason %q", got)
	}
}

func TestNewCallRefuses(t *testing.T) {
	if _, err := NewCall(CallOptions{Scenario: "inbond", Start: simulatedStart}); err == nil || !strings.Contains(err.Error(), "inbound") {
		t.Errorf("a scenario that does not exist: %v", err)
	}
	if _, err := NewCall(CallOptions{}); err == nil {
		t.Error("a call without a start")
	}
}

// A call ends whatever the server replies, and all that is sent is JSON.
func FuzzSimulatedCall(f *testing.F) {
	for _, body := range []string{"", "{}", aliceReply, coldReply, customModelReply, callsWeather, `{"assistant":{"model":{"tools":[null,{"function":{"name":"get_weather"}}]}}}`,
		`{"squad":{"members":[{}]}}`, `{"error":"no"}`, `{"results":[{}]}`, "[[[", "\xff", `{"assistant":{"name":"` + "\u2028" + `"}}`,
		`{"destination":{"type":"squad","squad":{"members":[null]}}}`, `{"destination":{"type":"number","number":"1"},"message":{"content":7}}`,
		`{"timeoutSeconds":1e308}`, `{"documents":[{"content":"x","similarity":"y"}]}`, `{"eligible":true}`} {
		for scenario := range len(Scenarios()) {
			f.Add(scenario, 200, []byte(body), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, scenario, status int, assistant, others []byte) {
		all := Scenarios()
		c, err := NewCall(CallOptions{Scenario: all[uint(scenario)%uint(len(all))], Start: simulatedStart})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for s, ok := c.Next(); ok; s, ok = c.Next() {
			if !json.Valid(s.Body) {
				t.Fatalf("%s: not JSON: %s", s.Name, s.Body)
			}
			if n++; n > 100+maxOwnTools*10 {
				t.Fatal("the call does not end")
			}
			body := assistant
			if s.Type != typeAssistantRequest {
				body = others
			}
			if s.Type == typeToolCalls {
				body = []byte(strings.ReplaceAll(string(others), "ID", toolCallID(s)))
			}
			c.Reply(Reply{Status: status, Body: body})
		}
		if n == 0 {
			t.Fatal("nothing is sent")
		}
	})
}

func ExampleSimulatedCall() {
	c, err := NewCall(CallOptions{Start: time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for step, ok := c.Next(); ok; step, ok = c.Next() {
		fmt.Println(step.Name)
		// Here step.Body would be sent, and the answer handed over:
		c.Reply(Reply{Status: 200, Body: []byte(`{"error":"We are closed today."}`)})
	}
	// Output:
	// assistant-request
	// status-update ended
	// end-of-call-report assistant-request-returned-error
}

package vapi

import (
	"regexp"
	"testing"
	"time"

	"vapitap/vapi/schema"
)

// departures are the places where Vapi's own messages are not what its OpenAPI
// document says, and the simulated ones like them.
var departures = []struct {
	path *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`^/message/toolCallList/\d+/function/arguments$`), "the arguments come as an object; the document says a string of JSON"},
	{regexp.MustCompile(`^/message/toolWithToolCallList/\d+/toolCall/function/arguments$`), "likewise"},
	{regexp.MustCompile(`^/message/toolCallList/\d+$`), "the flat shape of a call has no function; the document has no other shape"},
	{regexp.MustCompile(`^/message/toolWithToolCallList/\d+/toolCall$`), "likewise"},
	{regexp.MustCompile(`^/message/(chat|session)/(input|messages|output)/\d+$`), "the messages of a chat have role and content; the document means those of a call, whose schema has the same name"},
	{regexp.MustCompile(`^/message/output$`), "the output of a model comes as text too; the document says an object"},
}

// olderTypes are sent, for serverMessages still lists them, and are not in the
// document.
var olderTypes = map[string]bool{typeAssistantStarted: true, typeLanguageChanged: true, typeFunctionCall: true}

// Every message of every simulated call is as Vapi's OpenAPI document has it,
// but for what is listed above. More properties than it has are no departure:
// Vapi's own messages have them.
func TestSimulatedCallsFollowTheSchema(t *testing.T) {
	replies := map[string]string{
		typeAssistantRequest: `{"assistant":{"name":"Desk","firstMessage":"Hello","model":{"provider":"openai","model":"gpt-4o"}}}`,
		typeToolCalls:        `{"error":"closed today"}`,
		typeTransferRequest:  `{"destination":{"type":"number","number":"+14155550100"}}`,
		typeHandoffRequest:   `{"destination":{"type":"assistant","assistantId":"5b4b0a5e-3b3e-4b0b-9b5e-2b3e4b0b9b5e"}}`,
		typeKnowledgeBase:    `{"documents":[{"content":"x","similarity":1}]}`,
		typeEndpointing:      `{"timeoutSeconds":0.5}`,
		typePredial:          `{"eligible":true}`,
	}
	for _, answering := range []bool{true, false} {
		for _, scenario := range Scenarios() {
			for _, shape := range ToolShapes() {
				c, err := NewCall(CallOptions{Scenario: scenario, Seed: "schema", ToolShape: shape, Start: time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)})
				if err != nil {
					t.Fatal(err)
				}
				for step, ok := c.Next(); ok; step, ok = c.Next() {
					followsSchema(t, scenario, step)
					if reply := replies[step.Type]; answering && reply != "" {
						c.Reply(Reply{Status: 200, Body: []byte(reply)})
					}
				}
			}
		}
	}
}

func followsSchema(t *testing.T, scenario string, step Step) {
	if olderTypes[step.Type] || Identify(Request{Method: "POST", Body: step.Body}).Kind != KindServer {
		return
	}
findings:
	for _, f := range schema.Check("ServerMessage", "it", step.Body) {
		if f.Grade == schema.Unknown {
			continue
		}
		for _, d := range departures {
			if d.path.MatchString(f.Path) {
				continue findings
			}
		}
		t.Errorf("%s: %s: %s: %s", scenario, step.Name, f.Path, f.Message)
	}
}

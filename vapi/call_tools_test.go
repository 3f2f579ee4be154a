package vapi

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestToolResultIsRecordedAsVapiTakesIt(t *testing.T) {
	const no = "No result returned."
	tests := []struct {
		name   string
		status int
		body   string
		want   string
		says   string // how the assistant begins its answer
	}{
		{"a string", 200, coldReply, "4 degrees and snow in Oslo", "It's 4 degrees and snow in Oslo."},
		{"a string of JSON", 200, `{"results":[{"toolCallId":"ID","result":"{\"temp\":4}"}]}`, `{"temp":4}`, "I have the weather for Oslo."},
		{"an object", 200, `{"results":[{"toolCallId":"ID","result":{"temp":4}}]}`, no, "Sorry, I can't see the weather right now."},
		{"a number", 200, `{"results":[{"toolCallId":"ID","result":4}]}`, no, "Sorry"},
		{"no id", 200, `{"results":[{"result":"4 degrees"}]}`, no, "Sorry"},
		{"another id", 200, `{"results":[{"toolCallId":"call_x","result":"4 degrees"}]}`, no, "Sorry"},
		{"an id in other letters", 200, `{"results":[{"toolcallid":"ID","result":"4 degrees"}]}`, no, "Sorry"},
		{"status 201", 201, coldReply, no, "Sorry"},
		{"status 500", 500, coldReply, no, "Sorry"},
		{"no answer", 0, "", no, "Sorry"},
		{"not JSON", 200, "4 degrees", no, "Sorry"},
		{"results that are no array", 200, `{"results":{"toolCallId":"ID","result":"4 degrees"}}`, no, "Sorry"},
		{"an error", 200, `{"results":[{"toolCallId":"ID","error":"the station is down"}]}`, "the station is down", "Sorry"},
		{"an error for all", 200, `{"error":"the station is down"}`, "the station is down", "Sorry"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var id string
			steps := playCall(t, CallOptions{}, func(s Step) Reply {
				if s.Type != "tool-calls" {
					return answering(aliceReply, "")(s)
				}
				if id == "" {
					id = toolCallID(s)
				}
				return Reply{Status: tt.status, Body: []byte(strings.ReplaceAll(tt.body, "ID", toolCallID(s)))}
			})
			after := steps[slices.IndexFunc(steps, func(s Step) bool { return s.Type == "tool-calls" })+1]
			entries := readStep(t, after).Message.Artifact.Messages
			last := entries[len(entries)-1]
			if last.Role != "tool_call_result" || last.ToolCallID != id || last.Name != "get_weather" || last.Result != tt.want {
				t.Errorf("recorded %+v, want %q", last, tt.want)
			}
			if !strings.Contains(string(after.Body), `{"role":"tool","content":`+string(jsStringify(tt.want))+`,"tool_call_id":"`+id+`"}`) {
				t.Errorf("messagesOpenAIFormatted does not have it: %s", after.Body)
			}
			if said := modelSaid(t, steps); !strings.HasPrefix(said, tt.says) {
				t.Errorf("the assistant says %q, want %q", said, tt.says)
			}
		})
	}
}

func modelSaid(t *testing.T, steps []Step) string {
	body, err := parseJSObject(stepsOfType(steps, "model-output")[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	return body.object("message").text("output")
}

func TestAsyncToolIsNotWaitedFor(t *testing.T) {
	const reply = `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","async":true,"function":{"name":"get_weather"}}]}}}`
	steps := playCall(t, CallOptions{}, answering(reply, coldReply))
	if s := stepsOfType(steps, "tool-calls")[0]; s.WantsReply {
		t.Error("a reply is wanted of an async tool")
	}
	if said := modelSaid(t, steps); !strings.HasPrefix(said, "I'll look that up for you.") {
		t.Errorf("the assistant says %q", said)
	}
}

func TestToolOfTheAssistantIsCalledWithItsDefinition(t *testing.T) {
	const reply = `{"assistant":{"server":{"timeoutSeconds":7},"model":{"provider":"openai","model":"gpt-4o","tools":[
		{"type":"function","function":{"name":"get_weather","description":"My own."},"server":{"timeoutSeconds":3}},
		{"type":"function","function":{"name":"book_table"}}]}}}`
	calls := stepsOfType(playCall(t, CallOptions{}, answering(reply, coldReply)), "tool-calls")
	if got := readStep(t, calls[0]).Message.ToolWithToolCallList[0].Function.Description; got != "My own." {
		t.Errorf("get_weather is described as %q", got)
	}
	if calls[0].Budget != 3*time.Second || calls[1].Budget != 7*time.Second {
		t.Errorf("budgets %s and %s, want the tool's 3s and the assistant's 7s", calls[0].Budget, calls[1].Budget)
	}
}

func TestToolCallsNameTheCity(t *testing.T) {
	steps := stepsOfType(playCall(t, CallOptions{}, answering(aliceReply, coldReply)), "tool-calls")
	m := readStep(t, steps[0]).Message
	call := m.ToolCallList[0]
	if call.Function.Name != "get_weather" || call.Function.Arguments["city"] != "Oslo" {
		t.Errorf("the first call is %+v", call)
	}
	if with := m.ToolWithToolCallList[0]; with.ToolCall.ID != call.ID || with.Function.Description == "" {
		t.Errorf("toolWithToolCallList has %+v", with)
	}
	if steps[0].Budget != 20*time.Second {
		t.Errorf("budget %s", steps[0].Budget)
	}
}

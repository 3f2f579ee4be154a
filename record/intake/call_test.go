package intake

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/vapi"
)

const callText = `{"id":"c-1","orgId":"o1","type":"inboundPhoneCall","createdAt":"2026-11-23T14:02:10.000Z","startedAt":"2026-11-23T14:02:15.000Z",
"endedAt":"2026-11-23T14:03:15.000Z","status":"ended","endedReason":"customer-ended-call","assistantId":null,"cost":0.1,
"customer":{"number":"+14155550100"},
"assistant":{"name":"Desk","model":{"tools":[{"type":"function","async":false,"function":{"name":"get_weather"}},{"type":"endCall","function":{"name":"endCall"}}]}},
"artifact":{"messages":[
{"role":"system","message":"You are","time":1795442535000},
{"role":"bot","message":"Hello","time":1795442536000},
{"role":"user","message":"Weather?","secondsFromStart":3},
{"role":"tool_calls","toolCalls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}],"time":1795442540000},
{"role":"tool_call_result","toolCallId":"call_1","name":"get_weather","result":"12 degrees","time":1795442541000},
{"role":"tool_calls","toolCalls":[{"id":"call_2","function":{"name":"book_table","arguments":{}}}]},
{"role":"tool_call_result","toolCallId":"call_2","name":"book_table","result":"No result returned."},
{"role":"tool_calls","toolCalls":[{"id":"call_3","function":{"name":"endCall","arguments":"{}"}}]}
]},"analysis":{"summary":"asked"}}`

func TestACallOfTheAPIBecomesTheMessagesOfItsServer(t *testing.T) {
	list, notes, err := Call([]byte(callText), now)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range list {
		told = append(told, fmt.Sprintf("%s %s %d %s", e.Time.UTC().Format("04:05"), e.Type, e.Status, e.Summary))
		if e.CallID != "c-1" || !strings.Contains(e.Summary, MadeUp+"envelope, path, headers") || !vapi.IsStringified(e.Request.Body) || len(e.Checks) > 0 && e.Failed() {
			t.Errorf("%s: call %q, %v\n%s", e.Type, e.CallID, e.Checks, e.Request.Body)
		}
	}
	const m = MadeUp + "envelope, path, headers"
	want := []string{
		"02:10 assistant-request 0 +1 415 555 0100" + m + ", all but the call",
		"02:15 status-update 0 in-progress" + m + ", when",
		`02:16 transcript 0 bot: "Hello"` + m,
		`02:18 transcript 0 user: "Weather?"` + m,
		`02:20 tool-calls 200 get_weather(city: "Oslo") → "12 degrees"` + m + ", the reply around the recorded result",
		`02:21 conversation-update 0 5 messages · result: "12 degrees"` + m,
		"02:21 tool-calls 0 book_table()" + m,
		`02:21 conversation-update 0 7 messages · result: "No result returned."` + m,
		"02:21 conversation-update 0 8 messages · calls endCall" + m,
		"03:15 status-update 0 ended · customer ended the call" + m + ", when",
		`03:15 end-of-call-report 0 customer ended the call · 1 m 0 s · $0.10 · "asked"` + m,
	}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "endCall is no tool") {
		t.Errorf("notes: %q", notes)
	}
	calls := list[4].ToolCalls()
	if len(calls) != 1 || string(calls[0].Arguments) != `{"city":"Oslo"}` || string(calls[0].Result) != `"12 degrees"` {
		t.Errorf("the tool call: %+v", calls)
	}
	if report := vapi.ParseReport(list[10].Request.Body); report == nil || report.Summary != "asked" || report.DurationSeconds != 60 {
		t.Errorf("the report: %+v", report)
	}
}

func TestAnAssistantRequestIsOnlyWhereTheServerChose(t *testing.T) {
	for change, want := range map[string]bool{
		`"assistantId":null`:   true,
		`"assistantId":"a"`:    false,
		`"squadId":"s"`:        false,
		`"type":"webCall"`:     false,
		`"workflowId":"other"`: false,
	} {
		text := `{"id":"c","type":"inboundPhoneCall","messages":[{"role":"user","message":"Hi"}],` + change + `}`
		list, notes, err := Call([]byte(text), now)
		if err != nil || len(list) == 0 || (list[0].Type == "assistant-request") != want {
			t.Errorf("%s: %v %v", change, list, err)
		}
		if len(notes) != 1 || !strings.HasPrefix(notes[0], "the call has not ended") {
			t.Errorf("%s: %q", change, notes)
		}
	}
}

func TestBrokenCalls(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                              "it does not have the form of a call",
		`{"messages":[]}`:                 "the call has no id",
		`{"id":1}`:                        "it does not have the form of a call: id cannot be number",
		`{"id":"c"}`:                      "",
		`{"id":"c","messages":"x"}`:       "",
		`{"id":"c","messages":[1,{},[]]}`: "",
		`{"id":"c","artifact":{"x":1}}`:   "",
		`{"id":"c","artifact":null}`:      "",
		`{"id":"c","endedReason":"x"}`:    "",
		`{"id":"c","assistant":{"model":1}, "messages":[{"role":"tool_calls","toolCalls":[{"id":"x","function":{"name":"f","arguments":"{"}}]}]}`: "",
	} {
		list, _, err := Call([]byte(text), now)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", text, err)
		}
		for _, e := range list {
			if !json.Valid(e.Request.Body) || e.From != record.FromImport {
				t.Errorf("%s: %s", text, e.Request.Body)
			}
		}
	}
}

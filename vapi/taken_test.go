package vapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"vapitap/vapi"
)

// every wants the result of every call.
func every(string) bool { return true }

func TestRecordedResults(t *testing.T) {
	const own = `{"toolCallId":"t1","name":"get_weather","role":"tool_call_result","result":"12 degrees","warnings":[{"type":"oversized-tool-response","tokenCount":5200,"threshold":4000}]}`
	const openAI = `{"role":"tool","tool_call_id":"t1","content":"12 degrees, in OpenAI's format"}`
	for _, c := range []struct{ name, message, want string }{
		{"in the messages", `"messages":[{"role":"bot","message":"hello"},` + own + `]`, `t1 get_weather "12 degrees" warned`},
		{"in the artifact", `"artifact":{"messages":[` + own + `]}`, `t1 get_weather "12 degrees" warned`},
		{"in OpenAI's format", `"messagesOpenAIFormatted":[` + openAI + `]`, `t1  "12 degrees, in OpenAI's format"`},
		{"in OpenAI's format in the artifact", `"artifact":{"messagesOpenAIFormatted":[` + openAI + `]}`, `t1  "12 degrees, in OpenAI's format"`},
		{"under the older name", `"conversation":[` + openAI + `]`, `t1  "12 degrees, in OpenAI's format"`},
		{"Vapi's own format first", `"messagesOpenAIFormatted":[` + openAI + `],"messages":[` + own + `]`, `t1 get_weather "12 degrees" warned`},
		{"content in parts", `"messagesOpenAIFormatted":[{"role":"tool","tool_call_id":"t1","content":[{"type":"text","text":"12"},{"type":"text","text":"degrees"}]}]`, `t1  "12 degrees"`},
		{"an object", `"messages":[{"role":"tool_call_result","toolCallId":"t1","result":{"c":12}}]`, `t1  {"c":12}`},
		{"the last of two", `"messages":[{"role":"tool_call_result","toolCallId":"t1","result":"one"},{"role":"tool_call_result","toolCallId":"t1","result":"two"}]`, `t1  "two"`},
		{"several calls", `"messages":[{"role":"tool_call_result","toolCallId":"t1","result":"one"},{"role":"tool_call_result","toolCallId":"t2","result":"two"}]`, `t1  "one", t2  "two"`},
		{"pending", `"messagesOpenAIFormatted":[{"role":"tool","tool_call_id":"t1","content":"Tool Result Still Pending But Proceed Further If Possible."}]`, ""},
		{"pending in one format only", `"messages":[` + own + `],"messagesOpenAIFormatted":[{"role":"tool","tool_call_id":"t1","content":"Tool Result Still Pending But Proceed Further If Possible."}]`, `t1 get_weather "12 degrees" warned`},
		{"empty", `"messages":[{"role":"tool_call_result","toolCallId":"t1","result":""}]`, ""},
		{"null", `"messages":[{"role":"tool_call_result","toolCallId":"t1","result":null}]`, ""},
		{"no id", `"messages":[{"role":"tool_call_result","result":"x"}]`, ""},
		{"only the call", `"messages":[{"role":"tool_calls","toolCalls":[{"id":"t1"}]}]`, ""},
		{"somebody says so", `"messages":[{"role":"user","message":"tool_call_result"}]`, ""},
		{"no list", `"messages":"tool_call_result"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := `{"message":{"type":"conversation-update",` + c.message + `}}`
			var got []string
			for _, r := range vapi.RecordedResults(vapi.Request{Body: []byte(body)}, every) {
				one := fmt.Sprintf("%s %s %s", r.ToolCallID, r.Name, r.Result)
				if r.Warnings != nil {
					one += " warned"
				}
				got = append(got, one)
			}
			if g := strings.Join(got, ", "); g != c.want {
				t.Errorf("got  %s\nwant %s", g, c.want)
			}
		})
	}
	body := []byte(`{"message":{"messages":[` + own + `]}}`)
	if r := vapi.RecordedResults(vapi.Request{Body: body}, func(id string) bool { return id == "t2" }); r != nil {
		t.Errorf("a call that nobody asked for: %+v", r)
	}
}

func TestTookReply(t *testing.T) {
	for _, c := range []struct {
		result, err, recorded string
		want                  bool
	}{
		{`"12 degrees"`, "", `"12 degrees"`, true},
		{`"12 degrees"`, "", `"13 degrees"`, false},
		{`"12 degrees"`, "", `"No result returned."`, false},
		{`" 12\ndegrees\r\n"`, "", `"12 degrees"`, true},
		{`"12\ndegrees"`, "", `"12\\ndegrees"`, true},
		{`"12 degrees"`, "", `"\"12 degrees\""`, true},
		{`{"c":12,"city":"Oslo"}`, "", `"{\"city\": \"Oslo\", \"c\": 12.0}"`, true},
		{`{"c":12}`, "", `{"c":12}`, true},
		{`{"c":12}`, "", `"{\"c\":13}"`, false},
		{`{"c":12}`, "", `"[object Object]"`, false},
		{`12`, "", `"12"`, true},
		{`"no"`, "", `"unknown"`, false},
		{`"No result returned."`, "", `"No result returned."`, true},
		{`"result returned"`, "", `"No result returned."`, false},
		{`""`, "", `"No result returned."`, true},
		{"", `"the city is unknown"`, `"Error: the city is unknown"`, true},
		{"", `"the city is unknown"`, `"the city"`, false},
		{`"a"`, `"b"`, `"b"`, true},
		{`"a"`, "", "", false},
		{"", "", `"a"`, false},
	} {
		call := vapi.ToolCall{Result: raw(c.result), Error: raw(c.err), Recorded: raw(c.recorded)}
		if got := call.TookReply(); got != c.want {
			t.Errorf("result %s, error %s, recorded %s: %v", c.result, c.err, c.recorded, got)
		}
	}
}

func raw(text string) vapi.RawJSON {
	if text == "" {
		return nil
	}
	return vapi.RawJSON(text)
}

func TestNotTaken(t *testing.T) {
	const request = `{"message":{"type":"tool-calls","toolCallList":[{"id":"t1","name":"get_weather"},{"id":"t2","name":"book"}]}}`
	const async = `{"message":{"type":"tool-calls","toolWithToolCallList":[{"type":"function","async":true,"toolCall":{"id":"t1","name":"get_weather"}}]}}`
	const good = `{"results":[{"toolCallId":"t2","result":"booked"},{"toolCallId":"t1","result":"12 degrees"}]}`
	nothing := []vapi.RecordedResult{{ToolCallID: "t1", Result: vapi.RawJSON(`"No result returned."`)}}
	for _, c := range []struct {
		name     string
		request  string
		reply    vapi.Reply
		checks   []vapi.Check
		recorded []vapi.RecordedResult
		want     string // path and a part of message or hint of each check
	}{
		{"something else", request, vapi.Reply{Body: []byte(good)}, nil, nothing, `/results/1/result: for get_weather Vapi recorded "No result returned." where the server answered "12 degrees"`},
		{"the same", request, vapi.Reply{Body: []byte(good)}, nil, []vapi.RecordedResult{{ToolCallID: "t1", Result: vapi.RawJSON(`"12 degrees"`)}}, ""},
		{"line breaks", request, vapi.Reply{Body: []byte(`{"results":[{"toolCallId":"t1","result":"a\nb"}]}`)}, nil, nothing, "/results/0/result: put spaces where the line breaks are"},
		{"cut short", request, vapi.Reply{Body: []byte(`{"results":[{"toolCallId":"t1","result":"one two three"}]}`)}, nil, []vapi.RecordedResult{{ToolCallID: "t1", Result: vapi.RawJSON(`"one two…"`)}}, "/results/0/result: answer with less"},
		{"an error", request, vapi.Reply{Body: []byte(`{"results":[{"toolCallId":"t1","error":"no such city"}]}`)}, nil, nothing, `/results/0/error: "no such city"`},
		{"an error for all", request, vapi.Reply{Body: []byte(`{"error":"down"}`)}, nil, nothing, `/error: "down"`},
		{"no answer to it", request, vapi.Reply{Body: []byte(`{"results":[]}`)}, nil, nothing, ""},
		{"async", async, vapi.Reply{Body: []byte(good)}, nil, []vapi.RecordedResult{{ToolCallID: "t1", Result: vapi.RawJSON(`"Success."`)}}, ""},
		{"another call", request, vapi.Reply{Body: []byte(good)}, nil, []vapi.RecordedResult{{ToolCallID: "t3", Result: vapi.RawJSON(`"x"`)}}, ""},
		{"explained by the reply", request, vapi.Reply{Body: []byte(good)}, []vapi.Check{{Level: vapi.Error, Code: "reply-not-200"}}, nothing, ""},
		{"explained by the entry", request, vapi.Reply{Body: []byte(good)}, []vapi.Check{{Level: vapi.Error, Code: "tool-result-not-string", Path: "/results/1/result"}}, nothing, ""},
		{"another entry explains nothing", request, vapi.Reply{Body: []byte(good)}, []vapi.Check{{Level: vapi.Error, Code: "tool-result-not-string", Path: "/results/0/result"}}, nothing, "/results/1/result: 12 degrees"},
		{"a warning explains nothing", request, vapi.Reply{Body: []byte(good)}, []vapi.Check{{Level: vapi.Warning, Code: "slow"}}, nothing, "/results/1/result: 12 degrees"},
		{"a bad signature explains nothing", request, vapi.Reply{Body: []byte(good)}, []vapi.Check{{Level: vapi.Error, Code: "auth-bad"}}, nothing, "/results/1/result: 12 degrees"},
		{"Vapi went away", request, vapi.Reply{Body: []byte(good), Failure: "client went away after 3 bytes"}, nil, nothing, ""},
		{"the result was cut off", request, vapi.Reply{Body: []byte(`{"results":[{"toolCallId":"t1","result":"12 de`), Truncated: true}, nil, nothing, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.reply.Status = 200
			got := vapi.NotTaken(vapi.Request{Body: []byte(c.request)}, &c.reply, c.checks, c.recorded)
			if c.want == "" {
				if len(got) > 0 {
					t.Errorf("got %+v", got)
				}
				return
			}
			path, words, _ := strings.Cut(c.want, ": ")
			if len(got) != 1 || got[0].Code != "tool-result-not-taken" || got[0].Level != vapi.Error || got[0].Path != path ||
				!strings.Contains(got[0].Message+got[0].Hint, words) || got[0].Hint == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := vapi.NotTaken(vapi.Request{Body: []byte(request)}, nil, nil, nothing); got != nil {
		t.Errorf("without a reply: %+v", got)
	}
}

func TestWarningWords(t *testing.T) {
	call := vapi.ToolCall{Warnings: vapi.RawJSON(`[{"type":"oversized-tool-response","tokenCount":5200,"threshold":4000},{"type":"new-kind"},"odd"]`)}
	want := "oversized-tool-response: 5200 tokens, where Vapi warns from 4000 on|new-kind|odd"
	if got := strings.Join(call.WarningWords(), "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzRecordedResults(f *testing.F) {
	f.Add([]byte(`{"message":{"messages":[{"role":"tool_call_result","toolCallId":"t1","result":"x","warnings":[{"type":"a","tokenCount":1}]}]}}`), []byte(`{"results":[{"toolCallId":"t1","result":"y"}]}`))
	f.Add([]byte(`{"message":{"messagesOpenAIFormatted":[{"role":"tool","tool_call_id":"t1","content":[{"text":"a"}]}]}}`), []byte(`{"error":"\ud800"}`))
	f.Add([]byte(`{"message":{"artifact":{"messages":[{"role":"tool_call_result","toolCallId":"t1","result":{"a":[1`), []byte(`{"results":[{"toolCallId":"t1","result":{"a":[`))
	request := vapi.Request{Body: []byte(`{"message":{"type":"tool-calls","toolCallList":[{"id":"t1","name":"f"}]}}`)}
	f.Fuzz(func(t *testing.T, message, answer []byte) {
		results := vapi.RecordedResults(vapi.Request{Body: message}, every)
		for _, r := range results {
			if !json.Valid(r.Result) || r.Warnings != nil && !json.Valid(r.Warnings) {
				t.Fatalf("not JSON: %q, %q", r.Result, r.Warnings)
			}
			call := vapi.ToolCall{Result: r.Result, Recorded: r.Result, Warnings: r.Warnings}
			if !call.TookReply() {
				t.Fatalf("%s is not itself", r.Result)
			}
			call.WarningWords()
		}
		vapi.NotTaken(request, &vapi.Reply{Status: 200, Body: answer}, nil, results)
	})
}

// conversationUpdate is one of about n bytes, which shows a result at its end.
func conversationUpdate(n int, last string) []byte {
	var b strings.Builder
	b.WriteString(`{"message":{"type":"conversation-update","messages":[`)
	for b.Len() < n {
		b.WriteString(`{"role":"bot","message":"The weather in Oslo is fine today, with 12 degrees and little wind from the west.","time":1763906535245,"secondsFromStart":12.5},`)
	}
	b.WriteString(last + `]}}`)
	return []byte(b.String())
}

func BenchmarkRecordedResults(b *testing.B) {
	for _, c := range []struct{ name, last string }{
		{"none", `{"role":"user","message":"bye"}`},
		{"one", `{"role":"tool_call_result","toolCallId":"t1","result":"12 degrees"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := vapi.Request{Body: conversationUpdate(64<<10, c.last)}
			b.SetBytes(int64(len(r.Body)))
			for b.Loop() {
				vapi.RecordedResults(r, every)
			}
		})
	}
}

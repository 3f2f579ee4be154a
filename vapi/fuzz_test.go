package vapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seeds are bodies of every kind; each fuzz target starts from them.
var seeds = []string{
	``, ` `, `{`, `[`, `"`, `{"message":`, `{"message":{`, `{"message":{"type":"`, `null`, `[[[[`, "\xff", "{\"message\":{\"type\":\"\xff\\u",
	`{"message":{"type":"tool-calls","toolCallList":[{"id":"a","name":"f","arguments":"{\"x\":1}"}],"toolWithToolCallList":[{"async":true,"toolCall":{"id":"b"}}],"call":{"id":"c"}}}`,
	`{"message":{"type":"function-call","functionCall":{"name":"f","parameters":{"x":null}}}}`,
	`{"message":{"type":"end-of-call-report","endedReason":"pipeline-error-openai-429-exceeded-quota","costs":[{"type":"vapi","cost":1}],"artifact":{"performanceMetrics":{"turnLatencies":[{"turnLatency":1}]}}}}`,
	`{"message":{"type":"conversation-update","messages":[{"role":"user","message":"\ud83d\ude00"}]}}`,
	`{"message":{"type":"assistant-request","call":{"customer":{"number":"+14155550100"}}}}`,
	`{"model":"m","messages":[{}],"stream":true}`, `{"jsonrpc":"2.0","method":"tools/call","params":{"name":"f"}}`,
	`{"results":[{"toolCallId":"a","result":{"x":1},"message":"m"}],"error":null}`, `{"destination":{"type":"number"}}`,
	"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}}]}\n\ndata: [DONE]\n\n",
	`{"choices":[{"message":{"content":"x"}}]}`,
}

func FuzzMessages(f *testing.F) {
	for _, request := range seeds {
		f.Add([]byte(request), []byte(`{"results":[{"toolCallId":"a","result":"x"}]}`), 200, false)
	}
	for _, reply := range seeds {
		f.Add([]byte(seeds[12]), []byte(reply), 200, true)
	}
	for _, known := range Types() {
		name, _ := json.Marshal(known.Name)
		f.Add([]byte(`{"message":{"type":`+string(name)+`}}`), []byte(`{}`), 201, false)
	}
	f.Fuzz(func(t *testing.T, request, answer []byte, status int, truncated bool) {
		r := Request{Method: "POST", Path: "/chat/completions"[:len(request)%18], Header: http.Header{"X-Call-Id": {"c"}}, Body: request, Truncated: truncated}
		reply := &Reply{Status: status, Header: http.Header{}, Body: answer, Truncated: truncated, Duration: 30e9}
		id := Identify(r)
		for _, reply := range []*Reply{nil, reply} {
			summary := Summarize(id, r, reply)
			if utf8.RuneCountInString(summary) > summaryLength || !utf8.ValidString(summary) || strings.ContainsFunc(summary, unicode.IsControl) {
				t.Errorf("summary %q", summary)
			}
			calls := ToolCalls(r, reply)
			if _, err := json.Marshal(calls); err != nil {
				t.Errorf("tool calls: %v", err)
			}
			for _, c := range Judge(id, r, reply) {
				if c.Message == "" || c.Code == "" || gravity[c.Level] == 0 && c.Level != Error || strings.ContainsFunc(c.Message, unicode.IsControl) {
					t.Errorf("check %+v", c)
				}
				if strings.HasPrefix(c.Hint, `{"results"`) && !json.Valid([]byte(c.Hint)) {
					t.Errorf("hint %q", c.Hint)
				}
			}
		}
		ToolNames(r)
		if _, err := json.Marshal(ParseReport(request)); err != nil {
			t.Errorf("report: %v", err)
		}
	})
}

func FuzzEndedReasonText(f *testing.F) {
	for reason := range endedReasons {
		f.Add(reason)
	}
	f.Add("call.in-progress.error-vapifault-openai-429-exceeded-quota")
	f.Fuzz(func(t *testing.T, reason string) {
		text, _ := EndedReasonText(reason)
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%q", text)
		}
	})
}

// Nesting costs neither the stack nor time that grows faster than the text.
func TestDeepNesting(t *testing.T) {
	const depth = 100_000
	for _, open := range []string{`[`, `{"message":`} {
		for _, text := range []string{
			strings.Repeat(open, depth),
			`{"message":{"type":"tool-calls","toolCallList":[{"id":"a","arguments":` + strings.Repeat(open, depth),
			`{"message":{"type":"end-of-call-report","artifact":` + strings.Repeat(open, depth),
			`{"results":[{"toolCallId":"a","result":` + strings.Repeat(open, depth),
			`{"messageResponse":` + strings.Repeat(`{"messageResponse":`, depth),
		} {
			r := posted(text)
			reply := answered(text)
			for _, r := range []Request{r, message(oneCall)} {
				id := Identify(r)
				Summarize(id, r, reply)
				ToolCalls(r, reply)
				ToolNames(r)
				Judge(id, r, reply)
				ParseReport(r.Body)
			}
		}
	}
}

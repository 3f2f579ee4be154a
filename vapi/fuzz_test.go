package vapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

// requestSeeds are seeds, and a message of each type there is.
func requestSeeds() [][]byte {
	var requests [][]byte
	for _, seed := range seeds {
		requests = append(requests, []byte(seed))
	}
	for _, known := range Types() {
		name, _ := json.Marshal(known.Name)
		requests = append(requests, []byte(`{"message":{"call":{"id":"c1"},"type":`+string(name)+`}}`))
	}
	return requests
}

// fuzzed is a request as callers of every kind send it.
func fuzzed(method, path string, body []byte, truncated bool) Request {
	return Request{Method: method, Path: path, Header: http.Header{"X-Call-Id": {"c"}}, Body: body, Truncated: truncated}
}

// decoded returns what encoding/json makes of text, once it says of each thing
// what JavaScript says; nil and false where it is no JSON.
func decoded(text []byte) (any, bool) {
	written, err := Stringify(text)
	if err != nil {
		return nil, false
	}
	var v any
	err = json.Unmarshal(written, &v)
	return v, err == nil
}

func FuzzIdentify(f *testing.F) {
	for _, request := range requestSeeds() {
		f.Add("POST", "/vapi/webhook", request)
		f.Add("GET", "/v1/chat/completions/?x=1", request)
	}
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		id := Identify(fuzzed(method, path, body, false))
		if id != Identify(fuzzed(method, path, body, true)) {
			t.Error("what a body is depends on whether it was cut short")
		}
		for _, name := range []string{id.Type, id.CallID} {
			if len(name) > nameBytes+len("…") || !utf8.ValidString(name) {
				t.Errorf("name %q", name)
			}
		}
		written, err := Stringify(body)
		if err != nil {
			return
		}
		v, _ := decoded(written)
		envelope, _ := v.(map[string]any)
		m, _ := envelope["message"].(map[string]any)
		kind, _ := m["type"].(string)
		call, _ := m["call"].(map[string]any)
		callID, _ := call["id"].(string)
		switch id := Identify(fuzzed(method, path, written, false)); {
		case (id.Kind == KindServer) != (kind != ""):
			t.Errorf("%s is %+v", written, id)
		case kind != "" && (id.Type != clipName(kind) || id.CallID != clipName(callID)):
			t.Errorf("%s is %+v", written, id)
		}
	})
}

func FuzzSummarize(f *testing.F) {
	for _, request := range requestSeeds() {
		f.Add(request, []byte(`{"results":[{"toolCallId":"a","result":"x"}]}`), 200, false)
	}
	for _, reply := range seeds {
		f.Add([]byte(seeds[12]), []byte(reply), 200, true)
	}
	f.Fuzz(func(t *testing.T, request, answer []byte, status int, truncated bool) {
		r := fuzzed("POST", "/chat/completions"[:len(request)%18], request, truncated)
		id := Identify(r)
		for _, reply := range []*Reply{nil, {Status: status, Header: http.Header{}, Body: answer, Truncated: truncated}} {
			summary := Summarize(id, r, reply)
			if utf8.RuneCountInString(summary) > summaryLength || !utf8.ValidString(summary) || strings.ContainsFunc(summary, unicode.IsControl) || strings.ContainsFunc(summary, invisible) {
				t.Errorf("summary %q", summary)
			}
		}
		if _, err := json.Marshal(ParseReport(request)); err != nil {
			t.Errorf("report: %v", err)
		}
	})
}

func FuzzToolCalls(f *testing.F) {
	for _, request := range requestSeeds() {
		f.Add(request, []byte(`{"results":[{"toolCallId":"a","result":{"x":1}}],"error":"down"}`))
	}
	f.Add(toolCallOf(`"server":{"encryptedPaths":["a[1].b","c"]},"parameters":[{"key":"c"},{"key":"a/b"}]`, `{"a":[0,{"b":"`+cipher+`"}],"c":"`+cipher+`","a/b":1}`).Body, []byte(`{"error":"down"}`))
	f.Fuzz(func(t *testing.T, request, answer []byte) {
		r := fuzzed("POST", "/", request, false)
		calls := ToolCalls(r, &Reply{Status: 200, Body: answer})
		ids := map[string]bool{}
		for _, call := range calls {
			if ids[call.ID] && call.ID != "" {
				t.Errorf("%q is there twice", call.ID)
			}
			ids[call.ID] = true
			if call.Name != "" && !slices.Contains(ToolNames(r), call.Name) {
				t.Errorf("%q is no name of a tool: %q", call.Name, ToolNames(r))
			}
			if readable := call.ReadableArguments(); readable != nil && !json.Valid(readable) {
				t.Errorf("arguments %q are shown as %q", call.Arguments, readable)
			}
			arguments, ok := decoded(call.Arguments)
			for _, pointer := range slices.Concat(call.Static, call.Encrypted) {
				if !ok || !pointsInto(arguments, pointer) && utf8.Valid(call.Arguments) && !bytes.Contains(call.Arguments, []byte(`\u`)) {
					t.Errorf("%q leads nowhere in %q", pointer, call.Arguments)
				}
			}
		}
		if _, err := json.Marshal(calls); err != nil {
			t.Errorf("tool calls: %v", err)
		}
	})
}

// pointsInto reports whether a JSON pointer leads to something in v.
func pointsInto(v any, pointer string) bool {
	for _, step := range pointerPath(pointer) {
		switch in := v.(type) {
		case map[string]any:
			var ok bool
			if v, ok = in[step.Key]; !ok {
				return false
			}
		case []any:
			n, err := strconv.Atoi(step.Key)
			if err != nil || n < 0 || n >= len(in) {
				return false
			}
			v = in[n]
		default:
			return false
		}
	}
	return true
}

func FuzzJudge(f *testing.F) {
	for _, request := range requestSeeds() {
		for _, reply := range []string{`{}`, `{"error":1,"results":{"toolCallId":"a","result":[]}}`} {
			f.Add(request, []byte(reply), 200, "application/json", 100)
		}
	}
	for _, reply := range seeds {
		f.Add([]byte(seeds[12]), []byte(reply), 201, "", 19_000)
		f.Add([]byte(seeds[17]), []byte(`{"assistant":`+reply+`}`), 200, "text/plain", 7000)
		f.Add([]byte(seeds[18]), []byte(reply), 200, "text/event-stream", 10)
	}
	f.Fuzz(func(t *testing.T, request, answer []byte, status int, contentType string, milliseconds int) {
		r := fuzzed("POST", "/chat/completions"[:len(request)%18], request, status%2 != 0)
		reply := &Reply{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: answer, Truncated: status%3 == 0, Duration: time.Duration(milliseconds) * time.Millisecond}
		id := Identify(r)
		checks := Judge(id, r, reply)
		if again := Judge(id, r, reply); !reflect.DeepEqual(again, checks) {
			t.Errorf("the same reply has %+v and then %+v", checks, again)
		}
		if !slices.IsSortedFunc(checks, func(a, b Check) int { return gravity[a.Level] - gravity[b.Level] }) {
			t.Errorf("not the gravest first: %+v", checks)
		}
		if body, ok := decoded(answer); ok && bytes.Equal(answer, written(answer)) {
			for _, c := range checks {
				if place := c.Path[:max(0, strings.LastIndexByte(c.Path, '/'))]; !pointsInto(body, place) {
					t.Errorf("%s is said of %s, which is not in %s", c.Code, c.Path, answer)
				}
			}
		}
		alike := map[string]int{}
		for _, c := range checks {
			_, known := gravity[c.Level]
			if alike[c.Code]++; alike[c.Code] > mostAlike || c.Code == "" || !known {
				t.Errorf("check %+v", c)
			}
			hint := strings.ReplaceAll(c.Hint, "\n", " ") // a stream has lines
			for _, text := range []string{c.Message, c.Path, hint} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
					t.Errorf("text %q", text)
				}
			}
			if c.Message == "" || strings.HasPrefix(c.Hint, `{"results"`) && !json.Valid([]byte(c.Hint)) {
				t.Errorf("check %+v", c)
			}
		}
	})
}

func written(text []byte) []byte {
	out, _ := Stringify(text)
	return out
}

// FuzzEvents compares the events of a stream with those that the plainest way to
// read it finds.
func FuzzEvents(f *testing.F) {
	for _, seed := range append(seeds, "data: a\ndata:b\n\n: x\nevent: e\ndata:\n\n\ndata: [DONE]", "data: a\r\ndata: b\r\r\ndata: c\r\n\r\n", "data\n\ndata:\n\n") {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got []string
		length := 0
		for event := range events(body) {
			got = append(got, string(event))
			length += len(event)
		}
		if want := plainEvents(string(body)); !slices.Equal(got, want) {
			t.Errorf("%q has the events %q, want %q", body, got, want)
		}
		if length > len(body) {
			t.Errorf("%d bytes of %d", length, len(body))
		}
		c := completion{textLimit: phraseLength}
		for event := range events(body) {
			c.addChunk(root(event))
		}
		if said := c.text.Len(); said > len(body) {
			t.Errorf("%d bytes are said by %d", said, len(body))
		}
	})
}

func plainEvents(body string) []string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n"), "\n")
	var all, data []string
	for _, line := range append(lines, "") {
		if payload, ok := strings.CutPrefix(line, "data:"); ok {
			data = append(data, strings.TrimPrefix(payload, " "))
		}
		if line == "" && data != nil {
			all, data = append(all, strings.Join(data, "\n")), nil
		}
	}
	return all
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

package vapi

import (
	"net/http"
	"reflect"
	"testing"
)

func TestReadCompletion(t *testing.T) {
	sse := http.Header{"Content-Type": {"text/event-stream"}}
	for name, c := range map[string]struct {
		reply Reply
		want  Completion
	}{
		"a stream": {Reply{Status: 200, Header: sse, Body: []byte("data: {\"choices\":[{\"delta\":{\"content\":\"It is \"}}]}\n\n" +
			"data: {\"choices\":[{\"delta\":{\"content\":\"12.\"},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n")},
			Completion{Text: "It is 12.", Finish: "stop", Streamed: true, Chunks: 3, Done: true, PromptTokens: 9, CompletionTokens: 4}},
		"a stream that breaks off": {Reply{Status: 200, Header: sse, Body: []byte("data: {\"choices\":[{\"delta\":{\"content\":\"It\"}}]}\n\ndata: {\"cho")},
			Completion{Text: "It", Streamed: true, Chunks: 2}},
		"a tool call in pieces": {Reply{Status: 200, Header: sse, Body: []byte("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\"\"}}]}}]}\n\n" +
			"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]}}]}\n\n")},
			Completion{Calls: []ModelCall{{"c1", "f", RawJSON(`{"a":1}`)}}, Streamed: true, Chunks: 2}},
		"all at once": {Reply{Status: 200, Body: []byte(`{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":-1}}`)},
			Completion{Text: "Hi", Finish: "stop", PromptTokens: 2}},
		"an error":          {Reply{Status: 200, Body: []byte(`{"error":{"message":"no key"}}`)}, Completion{Failure: `error "no key"`}},
		"nothing of a kind": {Reply{Status: 200, Body: []byte(`<html>`)}, Completion{}},
	} {
		if got := ReadCompletion(c.reply); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestReadRPC(t *testing.T) {
	for name, c := range map[string]struct {
		body, reply string
		want        RPCCall
	}{
		"a call":               {`{"id":3,"method":"tools/call","params":{"name":"f"}}`, `{"id":3,"result":{"content":[]}}`, RPCCall{Method: "tools/call", Params: RawJSON(`{"name":"f"}`), Result: RawJSON(`{"content":[]}`), Wants: true}},
		"an error in a stream": {`{"id":"a","method":"m"}`, "data: {\"id\":\"a\",\"error\":{\"code\":-32601}}\n\n", RPCCall{Method: "m", Error: RawJSON(`{"code":-32601}`), Wants: true}},
		"a notification":       {`{"method":"notifications/initialized"}`, ``, RPCCall{Method: "notifications/initialized"}},
		"a batch":              {`[{"id":1,"method":"m"},{"id":2,"method":"n"}]`, `[{"id":2,"result":2},{"id":1,"result":1}]`, RPCCall{Method: "m", Result: RawJSON(`1`), Wants: true, More: 1}},
		"nothing of a kind":    {`[`, `]`, RPCCall{}},
	} {
		got := ReadRPC(Request{Body: []byte(c.body)}, &Reply{Status: 200, Body: []byte(c.reply)})
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func FuzzReadCompletion(f *testing.F) {
	f.Add([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n"), []byte(`{"id":1,"method":"m"}`))
	f.Add([]byte(`{"id":1,"error":{}}`), []byte(`[{"id":1}]`))
	f.Fuzz(func(t *testing.T, reply, request []byte) {
		ReadCompletion(Reply{Status: 200, Body: reply})
		ReadRPC(Request{Body: request}, &Reply{Status: 200, Body: reply})
	})
}

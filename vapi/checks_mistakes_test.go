package vapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A mistake is a reply with one thing wrong, and the only code that may be told
// of it, infos aside.
type mistake struct {
	name  string
	r     Request
	reply *Reply
	code  string
}

// mistakes are the ways in which servers get their replies wrong, each alone.
func mistakes() []mistake {
	var list []mistake
	add := func(r Request, code, name string, reply *Reply) {
		list = append(list, mistake{r.kindOf() + ": " + name, r, reply, code})
	}
	for kind, right := range rightReplies() {
		r := message(`"type":"` + kind + `"` + requestMembers[kind])
		budget := Budget(Identify(r), r)
		add(r, "target-unreachable", "nobody listens", &Reply{Failure: "no answer from localhost:3000: connection refused"})
		add(r, "target-unreachable", "the server dies", &Reply{Failure: "no answer from localhost:3000: connection reset by peer", Duration: time.Second})
		add(r, "reply-not-200", "the handler fails", status(500, as("text/html", answered(`<h1>Internal Server Error</h1>`))))
		add(r, "reply-not-200", "no such path", status(404, as("text/html", answered(`Cannot POST /vapi/webhook`))))
		add(r, "reply-not-200", "a redirect", status(307, answered(``)))
		add(r, "reply-not-200", "201", status(201, right))
		add(r, "too-slow", "late", after(budget+time.Millisecond, right))
		add(r, "too-slow", "later than Vapi waits", &Reply{Failure: "client went away before a reply, after 20s", Duration: budget})
		add(r, "too-slow", "the simulated call waits no longer", &Reply{Failure: "no answer from localhost:3000: nothing came within 20s", Duration: budget})
		add(r, "too-slow", "Vapi hangs up in the middle", with(right, func(r *Reply) {
			r.Body, r.Failure, r.Duration = r.Body[:1], "client went away after 1 bytes", budget+time.Second
		}))
		add(r, "slow", "nearly late", after(budget*9/10, right))
		if WantsReply(kind) && kind != typeVoiceRequest {
			add(r, "reply-empty", "no body", answered(``))
			add(r, "reply-not-json", "text", as("text/plain", answered(`OK, done`)))
			add(r, "reply-not-json", "HTML", as("text/html", answered(`<!doctype html><p>Hi`)))
			add(r, "reply-not-json", "a Python dict", as("text/html", answered(`{'a': True}`)))
			add(r, "reply-not-json", "cut short", with(right, func(r *Reply) { r.Body, r.Failure = r.Body[:len(r.Body)/2], "connection reset" }))
			add(r, "reply-not-json", "two objects", answered(string(right.Body)+string(right.Body)))
			add(r, "reply-content-type", "as text", as("text/plain", right))
			add(r, "reply-content-type", "as HTML", as("text/html; charset=utf-8", right))
		}
	}
	addToolMistakes(add)
	addChoiceMistakes(add)
	addModelMistakes(add)
	return list
}

var requestMembers = map[string]string{
	typeToolCalls: `,"toolCallList":[{"id":"a","name":"f"}]`, typeVoiceRequest: `,"text":"Hi","sampleRate":24000`,
}

// rightReplies are replies with nothing wrong, one for each type that wants one.
func rightReplies() map[string]*Reply {
	return map[string]*Reply{
		typeAssistantRequest: answered(`{"assistantId":"x"}`),
		typeToolCalls:        answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`),
		typeTransferRequest:  answered(`{"destination":{"type":"number","number":"+14155550100"}}`),
		typeHandoffRequest:   answered(`{"destination":{"type":"assistant","assistantId":"x"}}`),
		typeKnowledgeBase:    answered(`{"documents":[{"content":"30 days","similarity":0.9}]}`),
		typeVoiceRequest:     {Status: 200, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: []byte{1, 0, 255, 255, 2, 0}},
		typeEndpointing:      answered(`{"timeoutSeconds":0.5}`),
		typePredial:          answered(`{"eligible":true}`),
	}
}

type adder func(r Request, code, name string, reply *Reply)

func addToolMistakes(add adder) {
	one, two := message(oneCall), message(twoCalls)
	for _, c := range []struct{ code, body string }{
		{"results-missing", `{}`},
		{"results-missing", `{"result":"12"}`},
		{"results-missing", `{"toolCallId":"a","result":"12"}`},
		{"results-missing", `{"result":[{"toolCallId":"a","result":"12"}]}`},
		{"results-missing", `[{"toolCallId":"a","result":"12"}]`},
		{"results-missing", `[{"role":"tool","tool_call_id":"a","content":"12"}]`},
		{"results-missing", `{"tool_outputs":[{"tool_call_id":"a","output":"12"}]}`},
		{"results-missing", `{"results":{"toolCallId":"a","result":"12"}}`},
		{"results-missing", `{"results":{"a":"12"}}`},
		{"results-missing", `{"results":"[{\"toolCallId\":\"a\",\"result\":\"12\"}]"}`},
		{"results-missing", `{"a":"12"}`},
		{"results-missing", `{"messageResponse":{"results":[{"toolCallId":"a","result":"12"}]}}`},
		{"results-missing", `{"data":{"results":[{"toolCallId":"a","result":"12"}]}}`},
		{"results-missing", `{"statusCode":200,"body":"{\"results\":[{\"toolCallId\":\"a\",\"result\":\"12\"}]}"}`},
		{"results-missing", `"{\"results\":[{\"toolCallId\":\"a\",\"result\":\"12\"}]}"`},
		{"results-missing", `{"error":{"message":"down"}}`},
		{"results-missing", `{"temp":12,"sky":"clear"}`},
		{"results-missing", `"12"`},
		{"results-missing", `12`},
		{"results-missing", `null`},
		{"tool-result-missing", `{"results":[]}`},
		{"tool-result-missing", `{"results":[{"result":"12"}]}`},
		{"tool-result-missing", `{"results":[{"id":"a","result":"12"}]}`},
		{"tool-result-missing", `{"results":[{"tool_call_id":"a","content":"12"}]}`},
		{"tool-result-missing", `{"results":["12"]}`},
		{"tool-result-missing", `{"results":[{"id":7,"temp":12}]}`},
		{"tool-result-missing", `{"results":[{"toolCallId":"a"}]}`},
		{"tool-result-missing", `{"results":[{"toolCallId":"a","content":"12"}]}`},
		{"tool-result-missing", `{"results":[{"toolCallId":"a","output":{"temp":12}}]}`},
		{"tool-call-id-unknown", `{"results":[{"toolCallId":"A","result":"12"}]}`},
		{"tool-call-id-unknown", `{"results":[{"toolCallId":"a","result":"12"},{"toolCallId":"z","result":"12"}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","result":{"temp":12}}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","result":["a","b"]}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","result":12.5}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","result":true}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","result":null}]}`},
		{"tool-result-not-string", `{"results":[{"toolCallId":"a","error":{"message":"down"}}]}`},
		{"tool-result-multiline", `{"results":[{"toolCallId":"a","result":"{\n  \"temp\": 12\n}"}]}`},
		{"tool-result-multiline", `{"results":[{"toolCallId":"a","error":"no\r\nluck"}]}`},
		{"tool-message-invalid", `{"results":[{"toolCallId":"a","result":"12","message":"done"}]}`},
		{"tool-message-invalid", `{"results":[{"toolCallId":"a","result":"12","message":{"content":"done"}}]}`},
		{"tool-message-invalid", `{"results":[{"toolCallId":"a","result":"12","message":{"type":"request-start","content":"x"}}]}`},
		{"tool-result-duplicate", `{"results":[{"toolCallId":"a","result":"12"},{"toolCallId":"a","result":"13"}]}`},
	} {
		add(one, c.code, c.body, answered(c.body))
	}
	for _, c := range []struct{ code, body string }{
		{"tool-result-missing", `{"results":[{"toolCallId":"b","result":"2"}]}`},
		{"tool-result-missing", `{"results":[{"toolCallId":"a","result":"1"},{"result":"2"}]}`},
		{"tool-call-id-unknown", `{"results":[{"toolCallId":"a","result":"1"},{"toolCallId":"x","result":"2"}]}`},
		{"tool-results-out-of-order", `{"results":[{"toolCallId":"b","result":"2"},{"toolCallId":"a","result":"1"}]}`},
		{"results-missing", `{"a":"1","b":{"n":2}}`},
		{"results-missing", `[{"name":"g","content":"2"},{"name":"f","content":"1"}]`},
	} {
		add(two, c.code, "two calls, "+c.body, answered(c.body))
	}
}

func addChoiceMistakes(add adder) {
	for kind, bodies := range map[string]map[string]string{
		typeAssistantRequest: {
			`{}`: "assistant-reply-empty", `{"id":"x"}`: "assistant-reply-empty", `{"assistantId":null}`: "assistant-reply-empty", `[]`: "assistant-reply-empty",
			`{"messageResponse":{"assistantId":"x"}}`: "assistant-reply-empty", `{"data":{"assistantId":"x"}}`: "assistant-reply-empty",
			`{"destination":{"type":"number"}}`: "destination-invalid", `{"destination":"+14155550100"}`: "destination-invalid",
		},
		typeTransferRequest: {
			`{}`: "destination-missing", `{"number":"+14155550100"}`: "destination-missing", `{"error":404}`: "destination-missing",
			`{"destination":"+14155550100"}`: "destination-invalid", `{"destination":{"type":"phone","number":"+14155550100"}}`: "destination-invalid",
			`{"destination":{"type":"sip"}}`: "destination-invalid",
		},
		typeHandoffRequest: {
			`{}`: "destination-missing", `{"assistantId":"x"}`: "destination-missing", `{"destination":[]}`: "destination-invalid",
			`{"destination":{"type":"number","number":"+14155550100"}}`: "destination-invalid", `{"destination":{"assistantId":"x"}}`: "destination-invalid",
		},
		typeKnowledgeBase: {`{}`: "documents-missing", `[{"content":"x"}]`: "documents-missing", `{"documents":{}}`: "documents-missing", `{"results":[]}`: "documents-missing"},
		typeEndpointing:   {`{}`: "timeout-missing", `{"timeout":1}`: "timeout-missing", `{"timeoutSeconds":"1"}`: "timeout-missing", `{"timeoutSeconds":-1}`: "timeout-missing", `0.5`: "timeout-missing"},
		typePredial:       {`{}`: "eligible-missing", `true`: "eligible-missing", `{"eligible":"true"}`: "eligible-missing", `{"eligible":null}`: "eligible-missing"},
	} {
		for body, code := range bodies {
			add(message(`"type":"`+kind+`"`), code, body, answered(body))
		}
	}
	voice := message(`"type":"voice-request","text":"Hi","sampleRate":24000`)
	add(voice, "voice-reply-not-audio", "empty", answered(``))
	add(voice, "voice-reply-not-audio", "JSON", answered(`{"results":[]}`))
	add(voice, "voice-reply-not-audio", "an MP3", as("audio/mpeg", answered("ID3\x03\x00\x00")))
}

func addModelMistakes(add adder) {
	llm := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"m","messages":[],"stream":true}`)}
	hello := `{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}`
	end := `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	part := func(members string) string { return `{"choices":[{"delta":{"tool_calls":[{` + members + `}]}}]}` }
	call := func(id, arguments string) string {
		return part(`"id":"` + id + `","function":{"name":"f","arguments":"` + arguments + `"}`)
	}
	add(llm, "llm-stream-broken", "without [DONE]", streamed(hello, end))
	add(llm, "llm-stream-broken", "[DONE] alone", streamed(`[DONE]`))
	add(llm, "llm-stream-broken", "[DONE] in quotes", streamed(hello, `"[DONE]"`))
	add(llm, "llm-stream-broken", "an error in the stream", streamed(hello, `{"error":{"message":"overloaded"}}`, `[DONE]`))
	add(llm, "llm-stream-broken", "an error in place of a stream", answered(`{"error":{"message":"no key"}}`))
	add(llm, "llm-stream-broken", "an object without choices", answered(`{"text":"Hello"}`))
	add(llm, "llm-stream-broken", "chunks without choices", streamed(`{"text":"Hello"}`, `[DONE]`))
	add(llm, "llm-stream-broken", "chunks with messages", streamed(`{"choices":[{"message":{"content":"Hello"}}]}`, `[DONE]`))
	add(llm, "llm-stream-broken", "text as events", streamed(`Hello`, `[DONE]`))
	add(llm, "llm-stream-broken", "cut short", with(streamed(hello), func(r *Reply) { r.Failure = "unexpected EOF" }))
	add(llm, "llm-stream-broken", "text", as("text/plain", answered(`Hello`)))
	add(llm, "llm-stream-broken", "empty", answered(``))
	add(llm, "llm-not-streamed", "one object", answered(`{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}`))
	add(llm, "llm-not-streamed", "one object with a call", answered(`{"choices":[{"message":{"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}`))
	add(llm, "llm-tool-call-broken", "arguments twice", streamed(call("a", `{\"x\":1}`), call("a", `{\"x\":1}`), `[DONE]`))
	add(llm, "llm-tool-call-broken", "no index for two", streamed(call("a", `{}`), call("b", `{}`), `[DONE]`))
	add(llm, "llm-tool-call-broken", "never finished", streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}`), `[DONE]`))
	add(llm, "reply-not-200", "500", status(500, answered(`{"error":"x"}`)))
	add(llm, "target-unreachable", "nobody listens", &Reply{Failure: "connection refused"})
	doubled := llm
	doubled.Path = "/chat/completions/chat/completions"
	add(doubled, "llm-path-doubled", "not found", status(404, as("text/html", answered(`Cannot POST`))))
}

func TestOneMistakeIsToldOnce(t *testing.T) {
	for _, c := range mistakes() {
		var told []string
		for _, check := range Judge(Identify(c.r), c.r, c.reply) {
			if check.Level != Info {
				told = append(told, check.Code)
			}
		}
		if len(told) != 1 || told[0] != c.code {
			t.Errorf("%s (%d %.60q): %q, not %s alone", c.name, c.reply.Status, c.reply.Body, told, c.code)
		}
	}
}

func TestRightRepliesAreNotBlamed(t *testing.T) {
	for kind, right := range rightReplies() {
		r := message(`"type":"` + kind + `"` + requestMembers[kind])
		if got := judged(r, right); len(got) > 0 {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// Every check says what to do, and where that is a reply, Vapi would take it.
func TestHintsAreRight(t *testing.T) {
	for _, c := range mistakes() {
		for _, check := range Judge(Identify(c.r), c.r, c.reply) {
			if check.Hint == "" {
				t.Errorf("%s: %s has no hint", c.name, check.Code)
			}
			reply, ok := replyOf(check.Hint)
			if !ok {
				continue
			}
			for _, again := range Judge(Identify(c.r), c.r, reply) {
				if again.Level != Info {
					t.Errorf("%s\n of %s\n hint %s\n gives %+v", c.name, check.Code, check.Hint, again)
				}
			}
		}
	}
}

// replyOf returns the reply that a hint shows: an object of JSON, or a stream.
func replyOf(hint string) (*Reply, bool) {
	switch {
	case strings.HasPrefix(hint, "{") && json.Valid([]byte(hint)):
		return answered(hint), true
	case strings.HasPrefix(hint, "data: {"):
		return as("text/event-stream", answered(hint)), true
	}
	return nil, false
}

// What a wrong reply says is kept in the reply that is shown instead of it.
func TestHintsKeepTheAnswer(t *testing.T) {
	for _, c := range mistakes() {
		if c.r.kindOf() != typeToolCalls || !strings.Contains(string(c.reply.Body), "12") || c.reply.Status != 200 {
			continue
		}
		for _, check := range Judge(Identify(c.r), c.r, c.reply) {
			if check.Code != "reply-not-json" && strings.HasPrefix(check.Hint, `{"results"`) && !strings.Contains(check.Hint, "12") {
				t.Errorf("%s: %s", c.name, check.Hint)
			}
		}
	}
}

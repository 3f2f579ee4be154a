package vapi

import (
	"net/http"
	"testing"
	"time"
)

// summaryShapes are the shapes in which each type of the catalogue comes, with
// what is said of them.
var summaryShapes = map[string][]struct{ members, reply, want string }{
	typeAssistantRequest: {
		{`,"call":{"type":"inboundPhoneCall","customer":{"number":"+14155550100"}}`, `{"assistantId":"1234abcd-5678"}`, `+1 415 555 0100 → assistant 1234abcd…`},
		{`,"customer":{"number":"+4722222222"}`, `{"assistant":{"name":"Support"}}`, `+4722222222 → assistant "Support"`},
		{`,"call":{"type":"vapi.websocketCall"}`, `{"error":"closed"}`, `websocket call → error "closed"`},
	},
	typeToolCalls: {
		{`,"toolCallList":[{"id":"a","name":"get_weather","arguments":{"city":"Oslo"}}]`, `{"results":[{"toolCallId":"a","result":"12 degrees"}]}`, `get_weather(city: "Oslo") → "12 degrees"`},
		{`,"toolCallList":[{"id":"a","name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}]`, `{"results":[{"toolCallId":"a","error":"no such city"}]}`, `get_weather(city: "Oslo") → error "no such city"`},
		{`,"toolCallList":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}}]`, ``, `get_weather(city: "Oslo")`},
		{`,"toolCalls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]`, ``, `get_weather(city: "Oslo")`},
		{`,"toolCalls":[{"id":"a","type":"function","function":{"name":"get_weather","parameters":{"city":"Oslo"}}}]`, ``, `get_weather(city: "Oslo")`},
		{`,"toolWithToolCallList":[{"type":"function","function":{"name":"get_weather"},"toolCall":{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}}]`, ``, `get_weather(city: "Oslo")`},
		{`,"toolWithToolCallList":[{"async":true,"name":"log","toolCall":{"id":"a","parameters":{"n":1}}}]`, `{}`, `log(n: 1) (async)`},
	},
	typeFunctionCall: {
		{`,"functionCall":{"name":"get_weather","parameters":{"city":"Oslo"}}`, `{"result":"12 degrees"}`, `get_weather(city: "Oslo") → "12 degrees"`},
		{`,"functionCall":{"name":"get_weather","parameters":"{\"city\":\"Oslo\"}"}`, ``, `get_weather(city: "Oslo")`},
	},
	typeTransferRequest: {
		{``, `{"destination":{"type":"number","number":"+14155550100"}}`, `where to? → transfer to +1 415 555 0100`},
		{``, `{"destination":{"type":"sip","sipUri":"sip:a@example.com"}}`, `where to? → transfer to sip:a@example.com`},
	},
	typeHandoffRequest: {
		{`,"parameters":{"topic":"billing"}`, `{"destination":{"type":"assistant","assistantName":"Billing"}}`, `topic: "billing" → hand over to assistant "Billing"`},
		{``, `{"destination":{}}`, `to whom? → refused`},
	},
	typeKnowledgeBase: {
		{`,"messages":[{"role":"user","message":"returns?"}]`, `{"documents":[{"content":"30 days"}]}`, `user: "returns?" → 1 document`},
		{`,"messagesOpenAIFormatted":[{"role":"user","content":"returns?"}]`, `{"documents":[],"message":{"type":"custom-message","content":"no idea"}}`, `user: "returns?" → 0 documents · "no idea"`},
	},
	typeVoiceRequest: {
		{`,"text":"Hello","sampleRate":24000`, ``, `"Hello" at 24 kHz`},
		{`,"text":"Hello","sampleRate":22050`, `{"audio":"no"}`, `"Hello" at 22.05 kHz → JSON without audio`},
	},
	typeEndpointing: {{`,"messages":[{"role":"user","message":"I want"}]`, `{"timeoutSeconds":1.2}`, `user: "I want" → wait 1.2 s`}},
	typePredial:     {{`,"campaignId":"x","contact":{"number":"+14155550100","name":"Ann"}`, `{"eligible":true}`, `+1 415 555 0100 · Ann → eligible`}},
	typeStatusUpdate: {
		{`,"status":"scheduled"`, ``, `scheduled`},
		{`,"status":"queued"`, ``, `queued`},
		{`,"status":"ringing"`, ``, `ringing`},
		{`,"status":"in-progress"`, ``, `in-progress`},
		{`,"status":"forwarding","destination":{"type":"number","number":"+14155550100"}`, ``, `forwarding · +1 415 555 0100`},
		{`,"status":"ended","endedReason":"customer-ended-call"`, ``, `ended · customer ended the call`},
		{`,"status":"ended","endedReason":"pipeline-error-openai-429-exceeded-quota"`, ``, `ended · OpenAI: exceeded quota (429)`},
	},
	typeTranscript: {
		{`,"role":"user","transcriptType":"partial","transcript":"what's the weather"`, ``, `user: "what's the weather" (partial)`},
		{`,"role":"assistant","transcriptType":"final","transcript":"Sunny."`, ``, `bot: "Sunny."`},
		{`,"role":"user","transcriptType":"final","transcript":"drop table","isFiltered":true,"detectedThreats":["sql-injection","xss"]`, ``, `user: "drop table" · filtered: sql-injection and 1 other`},
		{`,"role":"user","transcriptType":"final","transcript":"x","detectedThreats":["xss"]`, ``, `user: "x" · suspicious: xss`},
		{`,"role":"user","transcriptType":"final","transcript":"x","isFiltered":true`, ``, `user: "x" · filtered`},
		{`,"role":"user","transcriptType":"final","transcript":"x","isFiltered":false,"detectedThreats":[]`, ``, `user: "x"`},
	},
	typeTranscriptFinal: {{`,"role":"user","transcriptType":"final","transcript":"bye"`, ``, `user: "bye"`}},
	typeSpeechUpdate: {
		{`,"status":"started","role":"user","turn":2`, ``, `user speaking`},
		{`,"status":"stopped","role":"assistant"`, ``, `assistant stopped speaking`},
	},
	typeSpeechStarted: {{`,"text":"Hello there","turn":1,"source":"model","timing":{"type":"word-progress"}`, ``, `assistant starts to say: "Hello there"`}},
	typeConversationUpdate: {
		{`,"messages":[{"role":"system","message":"Be nice"},{"role":"bot","message":"Hi"}]`, ``, `2 messages · bot: "Hi"`},
		{`,"messagesOpenAIFormatted":[{"role":"tool","tool_call_id":"a","content":"12 degrees"}]`, ``, `1 message · result: "12 degrees"`},
	},
	typeModelOutput: {
		{`,"output":"Hel"`, ``, `"Hel"`},
		{`,"output":{"toolCalls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}`, ``, `calls f`},
	},
	typeUserInterrupted:  {{`,"turnId":"t1"`, ``, `user interrupted the assistant`}},
	typeLanguageDetected: {{`,"language":"es"`, ``, `language es`}},
	typeLanguageChanged:  {{`,"language":"no"`, ``, `language no`}},
	typeVoiceInput:       {{`,"input":"Hello, world!"`, ``, `"Hello, world!"`}},
	typePhoneCallControl: {
		{`,"request":"hang-up"`, ``, `hang up`},
		{`,"request":"forward","destination":{"type":"number","number":"+14155550100"}`, ``, `forward to +1 415 555 0100`},
	},
	typeTransferUpdate: {
		{`,"destination":{"type":"number","number":"+14155550100"}`, ``, `to +1 415 555 0100`},
		{`,"fromAssistant":{"name":"Front"},"toAssistant":{"name":"Sales"}`, ``, `from assistant "Front" to assistant "Sales"`},
		{`,"fromStepRecord":{"name":"greet"},"toStepRecord":{"name":"book"}`, ``, `from step "greet" to step "book"`},
	},
	typeHang: {{``, ``, `the assistant did not answer in time`}},
	typeEndOfCallReport: {
		{`,"endedReason":"customer-ended-call","startedAt":"2026-11-23T14:02:00Z","endedAt":"2026-11-23T14:03:42Z","cost":0.12,"analysis":{"summary":"asked for the weather"},"artifact":{"transcript":"x"}`, ``,
			`customer ended the call · 1 m 42 s · $0.12 · "asked for the weather"`},
		{`,"endedReason":"customer-ended-call","durationSeconds":102,"costBreakdown":{"total":0.12},"summary":"asked for the weather","transcript":"x"`, ``,
			`customer ended the call · 1 m 42 s · $0.12 · "asked for the weather"`},
		{`,"call":{"endedReason":"customer-ended-call","startedAt":"2026-11-23T14:02:00Z","endedAt":"2026-11-23T14:03:42Z","cost":0.12,"analysis":{"summary":"asked for the weather"}}`, ``,
			`customer ended the call · 1 m 42 s · $0.12 · "asked for the weather"`},
	},
	typeAssistantStarted: {
		{`,"newAssistant":{"name":"Support"}`, ``, `assistant "Support" started`},
		{`,"assistant":{"name":"Support"}`, ``, `assistant "Support" started`},
	},
	typeChatCreated: {
		{`,"chat":{"id":"12345678-90ab","input":"Hello","output":[{"role":"assistant","content":"Hi"}]}`, ``, `chat 12345678… · user: "Hello" → bot: "Hi"`},
		{`,"chat":{"id":"12345678-90ab","input":[{"role":"user","content":"Hello"}]}`, ``, `chat 12345678… · user: "Hello"`},
	},
	typeChatDeleted:        {{`,"chat":{"id":"12345678-90ab","name":"Test"}`, ``, `chat 12345678… · "Test"`}},
	typeSessionCreated:     {{`,"session":{"id":"12345678-90ab","status":"active"}`, ``, `session 12345678… · active`}},
	typeSessionUpdated:     {{`,"session":{"id":"12345678-90ab","name":"Ann","status":"completed"}`, ``, `session 12345678… · "Ann" · completed`}},
	typeSessionDeleted:     {{`,"session":{"id":"12345678-90ab"}`, ``, `session 12345678…`}},
	typeCallDeleted:        {{``, ``, `call deleted`}},
	typeCallDeleteFailed:   {{``, ``, `call could not be deleted`}},
	typeCallArtifactUpload: {{`,"artifacts":[{"type":"recording-mono","success":true},{"type":"log","success":false}]`, ``, `recording-mono uploaded · log failed`}},
}

func TestEveryTypeIsSummarizedInEachShape(t *testing.T) {
	for _, known := range Types() {
		shapes := summaryShapes[known.Name]
		if len(shapes) == 0 {
			t.Errorf("%s has no shapes", known.Name)
		}
		for _, c := range shapes {
			for _, r := range []Request{
				message(`"type":` + quoted(known.Name) + c.members),
				posted(`{"message":{"timestamp":1` + c.members + `,"type":` + quoted(known.Name) + `}}`),
			} {
				var reply *Reply
				if c.reply != "" {
					reply = answered(c.reply)
				}
				if got := Summarize(Identify(r), r, reply); got != c.want {
					t.Errorf("%s%s\n got %s\nwant %s", known.Name, c.members, got, c.want)
				}
			}
		}
	}
}

func TestSummarizeMCP(t *testing.T) {
	rpc := func(body string) Request {
		r := posted(body)
		r.Header.Set("X-Call-Id", "c1")
		return r
	}
	call := rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_weather","arguments":{"city":"Oslo"}}}`)
	start := rpc(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","clientInfo":{"name":"vapi","version":"1"}}}`)
	list := rpc(`{"jsonrpc":"2.0","id":"l","method":"tools/list"}`)
	note := rpc(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	batch := rpc(`[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f"}},{"jsonrpc":"2.0","id":2,"method":"tools/list"}]`)
	for _, c := range []struct {
		name  string
		r     Request
		reply *Reply
		want  string
	}{
		{"a tool", call, answered(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"12 degrees"}]}}`), `tools/call get_weather(city: "Oslo") → "12 degrees"`},
		{"a tool that failed", call, answered(`{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"no such city"}]}}`), `tools/call get_weather(city: "Oslo") → error "no such city"`},
		{"structured", call, answered(`{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"temp":12}}}`), `tools/call get_weather(city: "Oslo") → {"temp":12}`},
		{"an error", call, answered(`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool"}}`), `tools/call get_weather(city: "Oslo") → error -32602 "Unknown tool"`},
		{"an error without an id", call, answered(`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}`), `tools/call get_weather(city: "Oslo") → error -32700 "Parse error"`},
		{"as events", call, streamed(`{"jsonrpc":"2.0","method":"notifications/progress","params":{}}`, `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"12 degrees"}]}}`), `tools/call get_weather(city: "Oslo") → "12 degrees"`},
		{"an answer to another", call, answered(`{"jsonrpc":"2.0","id":2,"result":{}}`), `tools/call get_weather(city: "Oslo") → no response`},
		{"refused", call, status(401, answered(``)), `tools/call get_weather(city: "Oslo") → HTTP 401`},
		{"nothing came", call, &Reply{Failure: "connection refused"}, `tools/call get_weather(city: "Oslo") → no answer`},
		{"initialize", start, answered(`{"jsonrpc":"2.0","id":0,"result":{"serverInfo":{"name":"weather","version":"1.2"}}}`), `initialize by vapi → weather 1.2`},
		{"list", list, answered(`{"jsonrpc":"2.0","id":"l","result":{"tools":[{"name":"f"},{"name":"g"}]}}`), `tools/list → 2 tools: f, g`},
		{"an empty list", list, answered(`{"jsonrpc":"2.0","id":"l","result":{"tools":[]}}`), `tools/list → 0 tools`},
		{"a notification", note, status(202, answered(``)), `notifications/initialized`},
		{"a batch", batch, answered(`[{"jsonrpc":"2.0","id":2,"result":{"tools":[]}},{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"x"}]}}]`), `tools/call f and 1 other → "x"`},
		{"a batch within a batch", batch, answered(`[[[{"id":1,"result":{}}]]]`), `tools/call f and 1 other → no response`},
		{"a response from the client", rpc(`{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}`), status(202, answered(``)), `response 7 · error -1 "no"`},
	} {
		if got := Summarize(Identify(c.r), c.r, c.reply); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// API-request tools and MCP's own traffic have no envelope and belong to a call.
func TestSummarizePlainRequestsOfACall(t *testing.T) {
	with := func(method, path, body string, header ...string) Request {
		r := Request{Method: method, Path: path, Header: http.Header{}, Body: []byte(body)}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	api := with("POST", "/weather", `{"city":"Oslo"}`, "X-Call-Id", "c1")
	for _, c := range []struct {
		name  string
		r     Request
		reply *Reply
		want  string
	}{
		{"asked", api, nil, `API request · city: "Oslo"`},
		{"answered with JSON", api, answered(`{"temp": 12}`), `API request · city: "Oslo" → {"temp": 12}`},
		{"answered with text", api, as("text/plain", answered("12\ndegrees")), `API request · city: "Oslo" → 12 degrees`},
		{"answered with nothing", api, status(204, answered(``)), `API request · city: "Oslo" → nothing`},
		{"failed", api, status(500, answered(`{}`)), `API request · city: "Oslo" → HTTP 500`},
		{"by query", with("GET", "/weather?city=Oslo", "", "X-Call-Id", "c1"), answered(`"12"`), `API request · city=Oslo → "12"`},
		{"of a chat, without anything", with("POST", "/ping", "", "X-Chat-Id", "c1"), answered(`{}`), `API request → {}`},
		{"broken", with("POST", "/ping", `{"a":`, "X-Call-Id", "c1"), nil, `API request · not JSON: broken at byte 5, where it ends`},
		{"of no call", with("POST", "/weather", `{"city":"Oslo"}`), answered(`{}`), ``},
		{"MCP's stream", with("GET", "/mcp", "", "X-Call-Id", "c1", "Accept", "text/event-stream"), nil, `MCP event stream`},
		{"MCP's stream, which is not there", with("GET", "/mcp", "", "X-Call-Id", "c1", "Accept", "text/event-stream"), status(405, answered(``)), `MCP event stream → the server has none`},
		{"MCP's end", with("DELETE", "/mcp", "", "Mcp-Session-Id", "s"), answered(``), `MCP session ends`},
	} {
		id := Identify(c.r)
		if got := Summarize(id, c.r, c.reply); got != c.want || id.Kind != KindHTTP {
			t.Errorf("%s (%s)\n got %s\nwant %s", c.name, id.Kind, got, c.want)
		}
	}
	if id := Identify(api); id.CallID != "c1" {
		t.Errorf("an API request belongs to call %q", id.CallID)
	}
	if checks := Judge(Identify(api), api, status(405, answered(``))); len(checks) != 1 {
		t.Errorf("a refused API request: %+v", checks)
	}
	stream := with("GET", "/mcp", "", "X-Call-Id", "c1", "Accept", "text/event-stream")
	if checks := Judge(Identify(stream), stream, status(405, answered(``))); len(checks) != 0 {
		t.Errorf("a stream that MCP servers need not have: %+v", checks)
	}
}

func TestSummarizeTellsTheFirstToken(t *testing.T) {
	llm := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"gpt-4o","messages":[{}],"stream":true,"tools":[{}]}`)}
	late := func(reply *Reply) *Reply { return with(reply, func(r *Reply) { r.FirstByte = 420 * time.Millisecond }) }
	for _, c := range []struct {
		reply *Reply
		want  string
	}{
		{late(streamed(`{"choices":[{"delta":{"content":"Hello"}}]}`, `{"choices":[],"usage":{"total_tokens":9}}`, `[DONE]`)), `chat completion · gpt-4o · 1 message → "Hello" · first token after 420 ms`},
		{late(answered(`{"choices":[{"message":{"content":"Hello"}}]}`)), `chat completion · gpt-4o · 1 message → "Hello"`},
		{late(status(500, answered(``))), `chat completion · gpt-4o · 1 message → HTTP 500`},
		{streamed(`{"error":{"message":"overloaded"}}`), `chat completion · gpt-4o · 1 message → error "overloaded"`},
		{streamed(`{"choices":[{"delta":{"content":"Let me see"}}]}`, `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]}}]}`), `chat completion · gpt-4o · 1 message → "Let me see" · calls f(x: 1)`},
	} {
		if got := Summarize(Identify(llm), llm, c.reply); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

package vapi

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSummarizeWhatVapiTells(t *testing.T) {
	for _, c := range []struct{ members, want string }{
		{`"type":"status-update","status":"in-progress"`, `in-progress`},
		{`"type":"status-update","status":"ended","endedReason":"customer-ended-call"`, `ended · customer ended the call`},
		{`"type":"status-update","status":"forwarding","destination":{"type":"number","number":"+14155550100"}`, `forwarding · +1 415 555 0100`},
		{`"type":"status-update"`, ``},

		{`"type":"transcript","role":"user","transcriptType":"partial","transcript":"what's the weather"`, `user: "what's the weather" (partial)`},
		{`"type":"transcript","role":"assistant","transcriptType":"final","transcript":"Sunny.\nAnd warm."`, `bot: "Sunny. And warm."`},
		{`"type":"transcript[transcriptType=\"final\"]","role":"user","transcript":"bye"`, `user: "bye"`},

		{`"type":"speech-update","status":"started","role":"assistant"`, `assistant speaking`},
		{`"type":"speech-update","status":"stopped","role":"user"`, `user stopped speaking`},
		{`"type":"speech-update","status":"paused","role":"user"`, `user · paused`},
		{`"type":"assistant.speechStarted","text":"Hello there"`, `assistant starts to say: "Hello there"`},

		{`"type":"conversation-update","messages":[{"role":"bot","message":"Hi"},{"role":"user","message":"Hello"}]`, `2 messages · user: "Hello"`},
		{`"type":"conversation-update","messagesOpenAIFormatted":[{"role":"assistant","content":"Hi"}]`, `1 message · bot: "Hi"`},
		{`"type":"conversation-update","messages":[],"messagesOpenAIFormatted":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]`, `1 message · user: "Hi"`},
		{`"type":"conversation-update","messages":[{"role":"tool_calls","toolCalls":[{"id":"a","function":{"name":"get_weather"}}]}]`, `1 message · calls get_weather`},
		{`"type":"conversation-update","messages":[{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f"}},{"function":{"name":"g"}}]}]`, `1 message · calls f, g`},
		{`"type":"conversation-update","messages":[{"role":"tool_call_result","name":"f","result":"12 degrees"}]`, `1 message · result: "12 degrees"`},
		{`"type":"conversation-update"`, `no messages`},

		{`"type":"model-output","output":"Hel"`, `"Hel"`},
		{`"type":"model-output","output":{"tool_calls":[{"function":{"name":"get_weather"}}]}`, `calls get_weather`},
		{`"type":"model-output","output":{"type":"function","function":{"name":"get_weather"}}`, `calls get_weather`},
		{`"type":"model-output","output":[{"id":"a","function":{"name":"f"}},{"name":"g"},{"name":"h"},{"name":"i"},{"name":"j"}]`, `calls f, g, h and 2 others`},
		{`"type":"model-output","output":{"x":1}`, `{"x":1}`},
		{`"type":"user-interrupted","turnId":"t1"`, `user interrupted the assistant`},
		{`"type":"language-change-detected","language":"es"`, `language es`},
		{`"type":"language-changed","language":"no"`, `language no`},
		{`"type":"voice-input","input":"Hello, world!"`, `"Hello, world!"`},

		{`"type":"phone-call-control","request":"hang-up"`, `hang up`},
		{`"type":"phone-call-control","request":"forward","destination":{"type":"sip","sipUri":"sip:a@example.com"}`, `forward to sip:a@example.com`},
		{`"type":"transfer-update","destination":{"type":"assistant","assistantName":"Sales"},"fromAssistant":{"name":"Front"}`, `from assistant "Front" to assistant "Sales"`},
		{`"type":"transfer-update","toAssistant":{"name":"Sales"}`, `to assistant "Sales"`},
		{`"type":"transfer-update"`, `to unknown`},
		{`"type":"hang"`, `the assistant did not answer in time`},

		{`"type":"end-of-call-report","endedReason":"customer-ended-call","startedAt":"2026-11-23T14:02:00.000Z","endedAt":"2026-11-23T14:03:42.000Z","cost":0.12,"analysis":{"summary":"asked for the weather"}`,
			`customer ended the call · 1 m 42 s · $0.12 · "asked for the weather"`},
		{`"type":"end-of-call-report","endedReason":"silence-timed-out","durationSeconds":8,"summary":"nobody spoke","costBreakdown":{"total":0.0042}`,
			`nobody spoke for too long · 8 s · $0.0042 · "nobody spoke"`},
		{`"type":"end-of-call-report"`, `call ended`},

		{`"type":"chat.created","chat":{"id":"12345678-90ab","input":"Hello"}`, `chat 12345678… · user: "Hello"`},
		{`"type":"chat.deleted","chat":{"id":"12345678-90ab","input":[{"role":"user","content":"Hello"}]}`, `chat 12345678… · user: "Hello"`},
		{`"type":"session.created","session":{"id":"12345678-90ab","name":"Ann","status":"active"}`, `session 12345678… · "Ann" · active`},
		{`"type":"session.updated","session":{"id":"s1","status":"completed"}`, `session s1 · completed`},
		{`"type":"session.deleted","session":{"id":"s1"}`, `session s1`},
		{`"type":"call.deleted"`, `call deleted`},
		{`"type":"call.delete.failed"`, `call could not be deleted`},
		{`"type":"call.artifact.upload","artifacts":[{"type":"recording-mono","success":true},{"type":"log","success":false}]`, `recording-mono uploaded · log failed`},
		{`"type":"assistant.started","newAssistant":{"name":"Support Bot"}`, `assistant "Support Bot" started`},
		{`"type":"assistant.started"`, `assistant started`},

		{`"type":"brand.new","timestamp":1,"status":"begun","call":{"id":"c"},"count":3,"ok":true,"more":1`, `brand.new · status: "begun" · count: 3 · ok: true`},
		{`"type":"brand.new"`, `brand.new`},
	} {
		r := message(c.members)
		if got := Summarize(Identify(r), r, nil); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.members, got, c.want)
		}
	}
}

func TestSummarizeWhatVapiAsks(t *testing.T) {
	caller := `"type":"assistant-request","call":{"id":"c1","type":"inboundPhoneCall","customer":{"number":"+14155550100"}}`
	weather := `"type":"tool-calls","toolCallList":[{"id":"a","name":"get_weather","arguments":{"city":"Oslo"}}]`
	two := `"type":"tool-calls","toolCallList":[{"id":"a","name":"f","arguments":"{\"n\":1}"},{"id":"b","name":"g"}]`
	for _, c := range []struct {
		members string
		reply   *Reply
		want    string
	}{
		{caller, nil, `+1 415 555 0100`},
		{caller, answered(`{"assistant":{"name":"Support Bot"}}`), `+1 415 555 0100 → assistant "Support Bot"`},
		{caller, answered(`{"assistant":{"model":{}}}`), `+1 415 555 0100 → an assistant without a name`},
		{caller, answered(`{"assistantId":"1234abcd-5678","assistantOverrides":{}}`), `+1 415 555 0100 → assistant 1234abcd…`},
		{caller, answered(`{"squadId":"1234abcd-5678"}`), `+1 415 555 0100 → squad 1234abcd…`},
		{caller, answered(`{"squad":{"name":"Team"}}`), `+1 415 555 0100 → squad "Team"`},
		{caller, answered(`{"workflowId":"w1"}`), `+1 415 555 0100 → workflow w1`},
		{caller, answered(`{"workflow":{}}`), `+1 415 555 0100 → a workflow without a name`},
		{caller, answered(`{"destination":{"type":"number","number":"+4722222222"},"assistantId":"a"}`), `+1 415 555 0100 → transfer to +4722222222`},
		{caller, answered(`{"error":"we are closed"}`), `+1 415 555 0100 → error "we are closed"`},
		{caller, answered(`{}`), `+1 415 555 0100 → nothing usable`},
		{caller, &Reply{Status: 500}, `+1 415 555 0100 → HTTP 500`},
		{caller, &Reply{Failure: "connection refused"}, `+1 415 555 0100 → no answer`},
		{`"type":"assistant-request","call":{"type":"webCall"}`, nil, `web call`},
		{`"type":"assistant-request"`, nil, `unknown caller`},
		{`"type":"assistant-request","customer":{"sipUri":"sip:ann@example.com"}`, nil, `sip:ann@example.com`},

		{weather, nil, `get_weather(city: "Oslo")`},
		{weather, answered(`{"results":[{"toolCallId":"a","result":"12 degrees"}]}`), `get_weather(city: "Oslo") → "12 degrees"`},
		{weather, answered(`{"results":[{"toolCallId":"a","error":"no such city"}]}`), `get_weather(city: "Oslo") → error "no such city"`},
		{weather, answered(`{"results":[{"toolCallId":"a","result":{"temp":12}}]}`), `get_weather(city: "Oslo") → {"temp":12}`},
		{weather, answered(`{"results":[{"toolCallId":"other","result":"x"}]}`), `get_weather(city: "Oslo") → no result`},
		{weather, answered(`{"error":"down"}`), `get_weather(city: "Oslo") → error "down"`},
		{weather, &Reply{Status: 404}, `get_weather(city: "Oslo") → HTTP 404`},
		{weather + `,"toolWithToolCallList":[{"async":true,"toolCall":{"id":"a"}}]`, answered(`{}`), `get_weather(city: "Oslo") (async)`},
		{two, answered(`{"results":[{"toolCallId":"b","result":""},{"toolCallId":"a","result":"1"}]}`), `f(n: 1) → "1", g() → ""`},
		{`"type":"tool-calls","toolCalls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":null,\"y\":[1, 2],\"z\":\"\"}"}}]`, nil, `f(x: null, y: [1, 2], z: "")`},
		{`"type":"tool-calls","toolWithToolCallList":[{"name":"f","toolCall":{"id":"a","parameters":{"x":1}}}]`, nil, `f(x: 1)`},
		{`"type":"tool-calls","toolCallList":[{"id":"1","name":"a"},{"id":"2","name":"b"},{"id":"3","name":"c"},{"id":"4","name":"d"},{"id":"5","name":"e"}]`, nil, `a(), b(), c() and 2 others`},
		{`"type":"tool-calls"`, nil, `no tool calls`},
		{`"type":"function-call","functionCall":{"name":"get_weather","parameters":{"city":"Oslo"}}`, answered(`{"result":"12 degrees"}`), `get_weather(city: "Oslo") → "12 degrees"`},

		{`"type":"transfer-destination-request"`, nil, `where to?`},
		{`"type":"transfer-destination-request"`, answered(`{"destination":{"type":"assistant","assistantName":"Sales"}}`), `where to? → transfer to assistant "Sales"`},
		{`"type":"transfer-destination-request"`, answered(`{"error":"nobody is in"}`), `where to? → error "nobody is in"`},
		{`"type":"handoff-destination-request","parameters":{"topic":"billing"}`, answered(`{"destination":{"type":"squad","squadId":"1234abcd-5678"}}`), `topic: "billing" → hand over to squad 1234abcd…`},
		{`"type":"handoff-destination-request","parameters":{}`, answered(`{"destination":{}}`), `to whom? → refused`},
		{`"type":"handoff-destination-request","parameters":{}`, answered(`{"error":"not now"}`), `to whom? → refused: "not now"`},

		{`"type":"knowledge-base-request","messages":[{"role":"user","message":"returns?"}]`, answered(`{"documents":[{"content":"30 days"},{}]}`), `user: "returns?" → 2 documents`},
		{`"type":"knowledge-base-request"`, answered(`{"message":{"type":"custom-message","content":"no idea"}}`), `→ "no idea"`},
		{`"type":"voice-request","text":"Hello","sampleRate":24000`, nil, `"Hello" at 24 kHz`},
		{`"type":"voice-request","text":"Hello","sampleRate":24000`, &Reply{Status: 200, Body: make([]byte, 48000)}, `"Hello" at 24 kHz → 48 kB of audio`},
		{`"type":"voice-request","text":"Hello","sampleRate":8000`, answered(`{"audio":"no"}`), `"Hello" at 8 kHz → JSON without audio`},
		{`"type":"call.endpointing.request","messagesOpenAIFormatted":[{"role":"user","content":"I want"}]`, answered(`{"timeoutSeconds":0.5}`), `user: "I want" → wait 0.5 s`},
		{`"type":"campaign.predial","campaignId":"x","contact":{"number":"+14155550100","name":"Ann"}`, answered(`{"eligible":false}`), `+1 415 555 0100 · Ann → not eligible`},
		{`"type":"campaign.predial","contact":{"id":"12345678-90ab"}`, answered(`{"eligible":true}`), `contact 12345678… → eligible`},
	} {
		r := message(c.members)
		if got := Summarize(Identify(r), r, c.reply); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.members, got, c.want)
		}
	}
}

func TestSummarizeWhatOthersAsk(t *testing.T) {
	llm := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"gpt-4o","messages":[{},{}],"stream":true}`)}
	rpc := func(body string) Request {
		r := posted(body)
		r.Header.Set("X-Call-Id", "c1")
		return r
	}
	for _, c := range []struct {
		name  string
		r     Request
		reply *Reply
		want  string
	}{
		{"asked", llm, nil, `chat completion · gpt-4o · 2 messages`},
		{"streamed", llm, streamed(`{"choices":[{"delta":{"content":"Hello"}}]}`, `{"choices":[{"delta":{"content":" there"}}]}`, `[DONE]`), `chat completion · gpt-4o · 2 messages → "Hello there"`},
		{"whole", llm, answered(`{"choices":[{"message":{"content":"Hello"}}]}`), `chat completion · gpt-4o · 2 messages → "Hello"`},
		{"a tool call in pieces", llm, streamed(
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"get_weather","arguments":""}}]}}]}`,
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}}]}`,
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}}]}`), `chat completion · gpt-4o · 2 messages → calls get_weather(city: "Oslo")`},
		{"an error", llm, answered(`{"error":{"message":"no"}}`), `chat completion · gpt-4o · 2 messages → error "no"`},
		{"nothing", llm, answered(`{}`), `chat completion · gpt-4o · 2 messages → nothing usable`},
		{"refused", llm, &Reply{Status: 401}, `chat completion · gpt-4o · 2 messages → HTTP 401`},

		{"mcp tool", rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_weather","arguments":{}}}`), nil, `tools/call get_weather()`},
		{"mcp list", rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`), nil, `tools/list`},
		{"mcp batch", rpc(`[{"jsonrpc":"2.0","method":"initialize"},{"jsonrpc":"2.0","method":"x"}]`), nil, `initialize and 1 other`},
		{"mcp response", rpc(`{"jsonrpc":"2.0","id":7,"result":{}}`), nil, `response 7`},

		{"plain http", posted(`{"order":7}`), nil, ``},
		{"a form", Request{Method: "POST", Body: []byte(`a=b`)}, nil, ``},
		{"broken", posted(`{"order":7,}`), nil, `not JSON: broken at byte 12`},
		{"cut off", posted(`{"order":7`), nil, `not JSON: broken at byte 10, where it ends`},
		{"a truncated one is not blamed", Request{Method: "POST", Body: []byte(`{"order":7`), Truncated: true}, nil, ``},
		{"text that claims to be JSON", posted(`hello`), nil, `not JSON: broken at byte 1`},
		{"empty", posted(``), nil, `empty body`},
		{"a look", Request{Method: "GET"}, nil, ``},
		{"a message that is cut off", posted(`{"message":{"type":"status-update","status":"ringing"`), nil, `ringing · not JSON: broken at byte 53, where it ends`},
	} {
		if got := Summarize(Identify(c.r), c.r, c.reply); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestEveryTypeHasASummarizer(t *testing.T) {
	for _, known := range Types() {
		if summarizers[known.Name] == nil && known.Name != typeTranscriptFinal {
			t.Errorf("%s has none", known.Name)
		}
	}
}

// Whatever a payload holds, its summary is one short line that a terminal shows
// as it is written.
func TestSummaryIsOneLine(t *testing.T) {
	nasty := `\u001b[2J\r\n\t\u0000\u009b31m\u2028\u202Eabc\u2066 ` + strings.Repeat("ab\u00e9\U0001F600 ", 5000)
	for _, members := range []string{
		`"type":"transcript","role":"` + nasty + `","transcript":"` + nasty + `"`,
		`"type":"` + nasty + `","x":"` + nasty + `"`,
		`"type":"tool-calls","toolCallList":[{"id":"a","name":"` + nasty + `","arguments":{"` + nasty + `":"` + nasty + `"}}]`,
		`"type":"status-update","status":"ended","endedReason":"` + nasty + `"`,
		`"type":"end-of-call-report","endedReason":"` + nasty + `","summary":"` + nasty + `"`,
		`"type":"voice-input","input":{"` + nasty + `":1}`,
	} {
		r := message(members)
		got := Summarize(Identify(r), r, nil)
		if n := utf8.RuneCountInString(got); n > 200 {
			t.Errorf("%d characters: %s", n, got)
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool {
			return unicode.IsControl(r) || r == '\u2028' || r == '\u202E' || r == '\u2066'
		}) {
			t.Errorf("not fit for a line: %q", got)
		}
		if !strings.Contains(got, "…") {
			t.Errorf("does not show that it was cut: %s", got)
		}
	}
}

package tui

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// The exchanges that the tests of the detail are made of.
const (
	saidSoFar = `{"role":"system","message":"Be brief"},{"role":"bot","message":"Hello","secondsFromStart":1},{"role":"user","message":"Weather in Oslo?","secondsFromStart":4}`
	weather   = `"toolWithToolCallList":[{"type":"function","parameters":[{"key":"units","value":"celsius"}],"toolCall":{"id":"call_8fK2aQ"},"function":{"name":"get_weather"}}],` +
		`"toolCallList":[{"id":"call_8fK2aQ","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo","units":"celsius"}}}]`
)

func conversation(more string) string {
	return `"artifact":{"messages":[` + saidSoFar + more + `]}`
}

// failing is a tool call that is answered wrongly, and what came of it.
func failing() []past {
	return []past{
		{typ: "assistant-request", took: 41 * time.Millisecond, message: `"phoneNumber":{"number":"+14155550142"}`, reply: `{"assistantId":"a-1","assistantOverrides":{"variableValues":{"name":"Ada"},"firstMessage":"Hi"}}`},
		{at: 4200 * time.Millisecond, took: 84 * time.Millisecond, typ: "tool-calls", message: weather, reply: `{"results":[{"toolCallId":"call_8fK2aQ","name":"get_weather","result":{"temp":12}}]}`},
		{at: 6 * time.Second, typ: "conversation-update", message: conversation(`,{"role":"tool_calls","toolCalls":[{"id":"call_8fK2aQ"}]},{"role":"tool_call_result","toolCallId":"call_8fK2aQ","result":"No result returned"}`)},
		{at: 6800 * time.Millisecond, typ: "transcript", message: conversation("") + `,"role":"assistant","transcriptType":"final","transcript":"Sorry, I cannot tell."`},
		{at: 7 * time.Second, typ: "conversation-update", message: conversation(`,{"role":"tool_calls","toolCalls":[{"id":"call_8fK2aQ"}]},{"role":"bot","message":"Sorry, I cannot tell."},{"role":"user","message":"Pity."}`)},
	}
}

// mended is its replay, with another city and a right answer.
func mended() past {
	return past{at: 51300 * time.Millisecond, took: 61 * time.Millisecond, typ: "tool-calls", of: 2, message: strings.Replace(weather, "Oslo", "Bergen", 1),
		reply: `{"results":[{"toolCallId":"call_8fK2aQ","name":"get_weather","result":"8 degrees"}]}`}
}

func TestOverview(t *testing.T) {
	const chunks = "data: {\"choices\":[{\"delta\":{\"content\":\"It is \"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"12.\"},\"finish_reason\":\"stop\"}]}\n\n" +
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":212,\"completion_tokens\":14}}\n\ndata: [DONE]\n\n"
	call := `"call":{"id":"` + pastCall + `"}`
	ofCall := http.Header{"Content-Type": {"application/json"}, "X-Call-Id": {pastCall}}
	for name, c := range map[string]struct {
		events []past
		id     int64
		want   []string // in this order
	}{
		"a tool call there and back": {append(failing(), mended()), 2, []string{
			"Tool call 1 of 1", "call_8fK2aQ", "get_weather", `city    "Oslo"`, `units   "celsius"  static`,
			"your server said, after 84 ms", `{"temp": 12}`, "Vapi recorded, 1.7 s later", `"No result returned"`, "✗ which is not what your server said",
			"✗ the result is an object; Vapi takes a string", "/results/0/result", "Send this instead:", `"result": "{\"temp\":12}"`,
			"What happened next", `0:06.8   bot: "Sorry, I cannot tell."`, "0:51.3 ↻ sent again with", "→ ✓ 200 #6",
		}},
		"a replay says so":               {append(failing(), mended()), 6, []string{"↻ #2 sent again: only your server saw it", `"Bergen"`, `"8 degrees"`, "✓ Vapi will take this reply"}},
		"who called and what was chosen": {failing(), 1, []string{"+1 415 555 0100", "+1 415 555 0142", "your server chose, after 41 ms", "41 ms of 7.5 s, 1 %", "assistant     a-1", "with these variables", `name   "Ada"`, "and with assistantOverrides", `{"firstMessage": "Hi"}`, "What happened next", "0:04.2 ✗ tool-calls"}},
		"an assistant of the reply's own": {[]past{{typ: "assistant-request", reply: `{"assistant":{"name":"Bot","firstMessage":"Hello","model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"f"}}]},"voice":{"provider":"vapi","voiceId":"Elliot"}}}`}}, 1,
			[]string{"assistant     Bot", `first message "Hello"`, "model         openai gpt-4o", "voice         vapi Elliot", "tools         f"}},
		"a conversation, what is new marked": {failing(), 5, []string{"assistant 0:01.0", "Hello", "user 0:04.0", "Weather in Oslo?", "calls a tool", "── new ", "Sorry, I cannot tell.", "Pity."}},
		"what is being said":                 {failing(), 4, []string{"Weather in Oslo?", "── new ", "Sorry, I cannot tell."}},
		"the call's life": {[]past{{typ: "status-update", message: `"status":"in-progress"`}, {at: 80 * time.Second, typ: "status-update", message: `"status":"ended","endedReason":"silence-timed-out"`}}, 2,
			[]string{"The call is ended", "nobody spoke for too long", "silence-timed-out", "→ raise silenceTimeoutSeconds", "0:00.0 ○ in-progress", "1:20.0 ● ended"}},
		"a report": {[]past{{typ: "end-of-call-report", message: `"endedReason":"customer-ended-call","startedAt":"2026-11-23T14:02:00Z","endedAt":"2026-11-23T14:03:20Z","cost":0.09,"costBreakdown":{"stt":0.03,"llm":0.06,"total":0.09},` +
			`"analysis":{"summary":"All was told.","successEvaluation":"true","structuredData":{"booked":true}},"artifact":{"recordingUrl":"https://x/r.wav","performanceMetrics":{"turnLatencies":[{"endpointingLatency":300,"modelLatency":700,"turnLatency":1000}]},"messages":[` + saidSoFar + `]}`}}, 1,
			[]string{"customer ended the call", "1 m 20 s", "$0.0900", "transcriber  $0.0300  ━", "model        $0.0600  ━", "https://x/r.wav", "All was told.", "Success evaluation", `"true"`, `{"booked": true}`, "1.0 s  ░", "▓ model", "Weather in Oslo?"}},
		"a model's answer put together": {[]past{{took: 1900 * time.Millisecond, firstly: 420 * time.Millisecond, path: "/chat/completions", replies: "text/event-stream", reply: chunks,
			body: `{"model":"gpt-4o","stream":true,` + call + `,"messages":[{"role":"user","content":"Weather?"}],"tools":[{"type":"function","function":{"name":"f"}}]}`}}, 1,
			[]string{"gpt-4o", "1: 1 user", "tools         f", "Weather?", `"It is 12."`, "3 chunks, ended with [DONE]", "after 420 ms", "212 asked, 14 answered"}},
		"a tool of an MCP server": {[]past{{path: "/mcp", header: ofCall, body: `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"find_slot","arguments":{"day":"today"}}}`, reply: `{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"19:00 is free"}]}}`}}, 1,
			[]string{"tools/call  find_slot", `day   "today"`, "19:00 is free"}},
		"what the knowledge base found": {[]past{{typ: "knowledge-base-request", message: `"messages":[{"role":"user","message":"Vegan?"}]`, reply: `{"documents":[{"content":"All of it.","similarity":0.9}]}`}}, 1,
			[]string{`"Vegan?"`, "your server found 1 document,", "similarity 0.9", "All of it."}},
		"where a call is transferred to": {[]past{{typ: "transfer-destination-request", reply: `{"destination":{"type":"number","number":"+14155550199","message":"One moment."}}`}}, 1, []string{"where to?", "+1 415 555 0199", "One moment."}},
		"who takes over":                 {[]past{{typ: "handoff-destination-request", message: `"parameters":{"topic":"billing"}`, reply: `{"destination":{"type":"assistant","assistantName":"Bill"}}`}}, 1, []string{`topic   "billing"`, "hand over", "Bill"}},
		"how much audio there is":        {[]past{{typ: "voice-request", message: `"text":"Hello","sampleRate":24000`, replies: "application/octet-stream", reply: strings.Repeat("\x01\x02", 24000)}}, 1, []string{`"Hello"`, "24 kHz", "48.0 KB", "1.0 s at this rate"}},
		"how long to wait":               {[]past{{typ: "call.endpointing.request", reply: `{"timeoutSeconds":0.4}`}}, 1, []string{"wait 0.4 s"}},
		"whether a campaign may call":    {[]past{{typ: "campaign.predial", message: `"campaignId":"c1","contact":{"number":"+14155550100"}`, reply: `{"eligible":false}`}}, 1, []string{"+1 415 555 0100", "✗ not eligible"}},
		"a type that nobody knows":       {[]past{{typ: "dtmf.received", message: `"digits":"42#","leg":{"side":"customer"}`}}, 1, []string{"dtmf.received", "vapitap does not know", `digits        "42#"`, `{"side": "customer"}`}},
		"what is no JSON":                {[]past{{body: `{"a": 1,, }`}}, 1, []string{"not JSON at byte 9", "your server answered 200"}},
		"a server that is down":          {[]past{{typ: "tool-calls", message: weather, refused: true}}, 1, []string{"✗ no answer from localhost:3000: connection refused", "→ nothing listens there", "get_weather", "your server did not answer"}},
		"an error page for an answer":    {[]past{{typ: "tool-calls", message: weather, status: 500, reply: "<h1>Oops</h1>", replies: "text/html"}}, 1, []string{"nothing that answers this call", "what it sent, with status 500", "<h1>Oops</h1>", "✗ the server answered 500", `{"results": [{`}},
		"a client that went away":        {[]past{{typ: "tool-calls", message: weather, gone: true}}, 1, []string{"! client went away after 12 bytes", "stopped waiting"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{120, 102} {
				lookAt(t, width, 40, c.id, c.events, func(s *stage) { wantInOrder(s.t, s.pageText(), c.want) })
			}
		})
	}
}

// wantInOrder checks that a text has words in this order.
func wantInOrder(t *testing.T, text string, want []string) {
	t.Helper()
	rest := text
	for _, words := range want {
		at := strings.Index(rest, words)
		if at < 0 {
			t.Fatalf("%q is not there, or not in order:\n%s", words, text)
		}
		rest = rest[at+len(words):]
	}
}

func TestEncryptedArgumentsAreNotShown(t *testing.T) {
	secret := strings.Repeat("QUJD", 40)
	events := []past{{typ: "tool-calls", message: `"toolWithToolCallList":[{"type":"function","server":{"encryptedPaths":["ssn"]},"toolCall":{"id":"c1","function":{"name":"pay","arguments":{"ssn":"` + secret + `","sum":3}}}}]`}}
	lookAt(t, 120, 40, 1, events, func(s *stage) {
		text := s.pageText()
		wantInOrder(s.t, text, []string{"ssn   \"••••••\"  encrypted", "sum   3"})
		if strings.Contains(text, secret[:20]) {
			s.t.Error("the ciphertext is shown")
		}
	})
}

func TestOverviewLearnsWhatComes(t *testing.T) {
	events := failing()
	lookAt(t, 120, 40, 2, events[:2], func(s *stage) {
		if text := s.pageText(); strings.Contains(text, "What happened next") || strings.Contains(text, "Vapi recorded") {
			s.t.Fatalf("it knows too much:\n%s", text)
		}
		for _, p := range append(events[2:], mended()) {
			s.add(p)
		}
		s.pass(3 * time.Second)
		wantInOrder(s.t, s.pageText(), []string{"Vapi recorded, 1.7 s later", "What happened next", "Sorry, I cannot tell", "↻ sent again", "#6"})
	})
}

func TestChecksTab(t *testing.T) {
	for name, c := range map[string]struct {
		event past
		want  []string
	}{
		"what is wrong and what to do": {past{typ: "tool-calls", took: 17 * time.Second, message: weather, reply: `{"results":[{"toolCallId":"call_8fK2aQ","result":{"temp":12}}]}`},
			[]string{"1 error, 1 warning, 1 note", "error  tool-result-not-string", "✗ the result is an object", "/results/0/result", "Send this instead:", "call_8fK2aQ", "warning  slow", "! the reply took 17 s", "→ ", "info  tool-result-name-missing"}},
		"a reply that will do":       {past{typ: "campaign.predial", reply: `{"eligible":true}`}, []string{"✓ Vapi will take this reply"}},
		"a type that wants no reply": {past{typ: "status-update", message: `"status":"ringing"`}, []string{"✓ Nobody reads the reply to status-update"}},
	} {
		t.Run(name, func(t *testing.T) {
			lookAt(t, 120, 40, 1, []past{c.event}, func(s *stage) {
				s.press("5")
				wantInOrder(s.t, s.pageText(), c.want)
			})
		})
	}
}

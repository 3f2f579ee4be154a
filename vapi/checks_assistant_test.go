package vapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"vapitap/vapi/schema"
)

func TestJudgeAssistant(t *testing.T) {
	choice := message(`"type":"assistant-request"`)
	var cases []judgeCase
	add := func(body string, want ...string) {
		cases = append(cases, judgeCase{body, choice, answered(body), want})
	}
	add(`{"assistant":{"firstMessage":"Hi","model":{"provider":"openai","model":"gpt-4o"},"voice":{"provider":"11labs","voiceId":"sarah"}}}`)
	add(`{"assistant":{"model":null,"voice":null,"name":null}}`)
	add(`{"assistantId":"x","assistantOverrides":{"variableValues":{"anything":{"goes":[1]}}}}`)
	add(`{"squadId":"x","squadOverrides":{"variableValues":{"a":1}}}`)
	add(`{"workflowId":"x","workflowOverrides":{"variableValues":{"a":1}}}`)

	add(`{"assistant":{"model":{"provider":"opneai","model":"gpt-4o","temperature":"hot"}}}`, "error assistant-invalid /assistant/model/provider")
	add(`{"assistant":{"model":{"provider":"openai","model":"gpt-4o","temperature":"hot"}}}`, "error assistant-invalid /assistant/model/temperature")
	add(`{"assistant":{"model":{"provider":"openai","model":"gpt-99"}}}`, "warning assistant-invalid /assistant/model/model")
	add(`{"assistant":{"frstMessage":"Hi"}}`, "warning assistant-unknown-property /assistant/frstMessage")
	add(`{"assistant":{"name":"`+strings.Repeat("x", 41)+`"}}`, "error assistant-invalid /assistant/name")
	add(`{"assistant":"5b4b0a5e-3b3e"}`, "error assistant-invalid /assistant")
	add(`{"assistant":[]}`, "error assistant-invalid /assistant")
	add(`{"assistantId":"x","assistantOverrides":{"variables":{"a":1}}}`, "warning assistant-unknown-property /assistantOverrides/variables")
	add(`{"assistantId":"x","assistantOverrides":[]}`, "error assistant-invalid /assistantOverrides")
	add(`{"squad":{"members":{}}}`, "error assistant-invalid /squad/members")
	add(`{"squadId":"x","squadOverrides":{"firstMessage":1}}`, "error assistant-invalid /squadOverrides/firstMessage")
	add(`{"workflow":{}}`, "error assistant-invalid /workflow")
	add(`{"workflowId":"x","workflowOverrides":{"variableValues":1}}`, "error assistant-invalid /workflowOverrides/variableValues")
	add(`{"assistant":{"a":1,"b":2,"voice":{"provider":"x"}}}`, "error assistant-invalid /assistant/voice/provider",
		"warning assistant-unknown-property /assistant/a", "warning assistant-unknown-property /assistant/b")
	add(`{"destination":{"type":"number","number":"+14155550100"},"assistant":{"name":1}}`) // the rest is ignored
	add(`{"assistant":{"firstMessage":"`+strings.Repeat("a", 5<<20)+`"}}`, "info assistant-invalid /assistant")
	testJudge(t, cases)
}

func TestJudgeDestinationParts(t *testing.T) {
	transfer, handoff := message(`"type":"transfer-destination-request"`), message(`"type":"handoff-destination-request"`)
	var cases []judgeCase
	add := func(r Request, body string, want ...string) {
		cases = append(cases, judgeCase{body, r, answered(body), want})
	}
	add(transfer, `{"destination":{"type":"number","number":"+14155550100","message":"One moment","transferPlan":{"mode":"blind-transfer","sipVerb":"refer"}}}`)
	add(transfer, `{"destination":{"type":"number","phoneNumber":"+14155550100","message":"One moment"}}`)
	add(transfer, `{"destination":{"type":"assistant","assistantId":"x"}}`)
	add(transfer, `{"destination":{"type":"assistant","assistantName":"Sales","message":null}}`)
	add(transfer, `{"destination":{"type":"sip","sipUri":"sip:a@example.com","sipHeaders":{"X-Call":"1"}}}`)
	add(transfer, `{"destination":{"type":"number","number":"+1"}}`, "error destination-invalid /destination/number")
	add(transfer, `{"destination":{"type":"number","number":14155550100}}`, "error destination-invalid /destination/number")
	add(transfer, `{"destination":{"type":"number","number":"+14155550100","mesage":"x"}}`, "warning assistant-unknown-property /destination/mesage")
	add(transfer, `{"destination":{"type":"number","number":"+14155550100","transferPlan":{"mode":"warm"}}}`, "warning assistant-invalid /destination/transferPlan/mode")
	add(transfer, `{"destination":{"type":"number","number":"+14155550100","transferPlan":{}}}`, "error destination-invalid /destination/transferPlan")

	add(handoff, `{"destination":{"type":"assistant","assistant":{"model":{"provider":"openai","model":"gpt-4o"}}}}`)
	add(handoff, `{"destination":{"type":"assistant","assistantId":"x","contextEngineeringPlan":{"type":"none"}}}`)
	add(handoff, `{"destination":{"type":"assistant","assistant":{"model":{"provider":"opneai"}}}}`, "error assistant-invalid /destination/assistant/model/provider")
	add(handoff, `{"destination":{"type":"squad","squad":{}}}`, "error destination-invalid /destination/squadId")
	add(handoff, `{"destination":{"type":"squad","squad":{"members":1}}}`, "error assistant-invalid /destination/squad/members")
	add(handoff, `{"destination":{"type":"assistant","assistantId":"x","contextEngineeringPlan":{"type":"some"}}}`, "error destination-invalid /destination/contextEngineeringPlan/type")
	testJudge(t, cases)
}

func TestJudgeAssistantWords(t *testing.T) {
	r := message(`"type":"assistant-request"`)
	for _, c := range []struct{ body, message, hint string }{
		{`{"assistant":{"model":{"provider":"opneai"}}}`, `assistant.model.provider is "opneai"; Vapi knows no such provider, so the call fails with assistant-request-returned-invalid-assistant`, `"provider":"openai"`},
		{`{"assistant":{"transcriber":{"provider":"deepgram","language":"enn"}}}`,
			`assistant.transcriber.language is the string "enn", which is not among the values that Vapi's documentation lists; the nearest is "en"; unless it is newer than August 2026, Vapi refuses the reply`, `"language":"en"`},
		{`{"assistant":{"first_message":"Hi"}}`, `Vapi's documentation has no "first_message" in assistant; the nearest is "firstMessage"; Vapi refuses properties that it does not know`, `"firstMessage":"Hi"`},
		{`{"assistant":"5b4b"}`, `assistant is a string; Vapi takes the assistant as an object and its id as assistantId, so the call fails with assistant-request-returned-invalid-assistant`, `{"assistantId":"5b4b"}`},
		{`{"assistant":"{\"name\":\"x\"}"}`, `assistant is a string; Vapi takes the assistant as an object and its id as assistantId, so the call fails with assistant-request-returned-invalid-assistant`, "send the object itself, not its JSON as a string"},
	} {
		checks := Judge(Identify(r), r, answered(c.body))
		if len(checks) != 1 || checks[0].Message != c.message || checks[0].Hint != c.hint {
			t.Errorf("%s\n got %+v\nwant %s (%s)", c.body, checks, c.message, c.hint)
		}
	}
}

// A thousand wrong members are told ten times, and that there are more.
func TestJudgeAssistantCounts(t *testing.T) {
	r := message(`"type":"assistant-request"`)
	body := `{"assistant":{"endCallPhrases":[` + strings.Repeat("1,", 50) + `1]}}`
	checks := Judge(Identify(r), r, answered(body))
	if len(checks) != mostAlike || !strings.HasSuffix(checks[mostAlike-1].Message, "(and 41 more like it)") {
		t.Errorf("%d checks, the last %+v", len(checks), checks[len(checks)-1])
	}
}

// assistantRequests are requests whose replies hold what Vapi's document
// describes.
var assistantRequests = []string{typeAssistantRequest, typeTransferRequest, typeHandoffRequest}

func FuzzJudgeAssistant(f *testing.F) {
	for i := range assistantRequests {
		f.Add(i, "abc.ngrok.app", []byte(`{"assistant":{"model":{"provider":"custom-llm","url":"https://x.ngrok.app"},"serverUrl":"http://[::1]:3000","a/b":{"~":1}},"squad":{"members":[{}]}}`))
		f.Add(i, "localhost:3000", []byte(`{"destination":{"type":"assistant","assistantId":"x","assistant":{"server":{"url":"https://{{a}}"},"name":7}}}`))
		f.Add(i, "[::1]", []byte(`{"destination":{"type":"number","phoneNumber":"+14155550100","x":null},"assistant":"{"}`))
	}
	f.Add(5, "0", []byte("{\"\":{\"\xff\":{}},\"squad\":{\"members\":[]}}")) // a candidate with what is not UTF-8
	f.Fuzz(func(t *testing.T, which int, host string, body []byte) {
		r := message(`"type":"` + assistantRequests[uint(which)%uint(len(assistantRequests))] + `"`)
		r.Header, r.Here = http.Header{"Host": {host}}, []string{host}
		for _, c := range Judge(Identify(r), r, answered(string(body))) {
			if c.Message == "" || strings.ContainsFunc(c.Message, unicode.IsControl) || !utf8.ValidString(c.Hint) || c.Path != "" && c.Path[0] != '/' {
				t.Errorf("%+v", c)
			}
			if strings.HasPrefix(c.Hint, "{") && !json.Valid([]byte(c.Hint)) {
				t.Errorf("hint %q", c.Hint)
			}
		}
	})
}

func BenchmarkJudgeAssistant(b *testing.B) {
	schema.Prepare()
	r := message(`"type":"assistant-request"`)
	r.Here = []string{"abc.ngrok.app"}
	id := Identify(r)
	tool := `{"type":"function","server":{"url":"https://abc.ngrok.app/tools"},"function":{"name":"get_weather","description":"The weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}`
	usual := `{"assistant":{"name":"Desk","firstMessage":"Hello","model":{"provider":"openai","model":"gpt-4o","messages":[{"role":"system","content":"` +
		strings.Repeat("Be kind. ", 400) + `"}],"tools":[` + tool + `,` + tool + `]},"voice":{"provider":"11labs","voiceId":"sarah"},"transcriber":{"provider":"deepgram","model":"nova-2","language":"en"},"server":{"url":"https://abc.ngrok.app"}}}`
	for name, reply := range map[string]*Reply{
		"usual": answered(usual),
		"50MB":  answered(`{"assistant":{"firstMessage":"` + strings.Repeat("a", 50<<20) + `"}}`),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(reply.Body)))
			b.ReportAllocs()
			for b.Loop() {
				Judge(id, r, reply)
			}
		})
	}
}

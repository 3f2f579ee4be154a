package vapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	oneCall  = `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"}]`
	twoCalls = `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"},{"id":"b","name":"g"}]`
	oneAsync = `,"toolWithToolCallList":[{"async":true,"toolCall":{"id":"a"}}]`
)

// judged returns the checks of a reply as "level code path", in order.
func judged(r Request, reply *Reply) []string {
	var got []string
	for _, c := range Judge(Identify(r), r, reply) {
		got = append(got, strings.TrimSpace(string(c.Level)+" "+c.Code+" "+c.Path))
	}
	return got
}

type judgeCase struct {
	name  string
	r     Request
	reply *Reply
	want  []string
}

func testJudge(t *testing.T, cases []judgeCase) {
	t.Helper()
	for _, c := range cases {
		if got := judged(c.r, c.reply); !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// with returns the reply with another status, time or failure.
func with(reply *Reply, change func(*Reply)) *Reply {
	copied := *reply
	copied.Header = reply.Header.Clone()
	change(&copied)
	return &copied
}

func status(code int, reply *Reply) *Reply { return with(reply, func(r *Reply) { r.Status = code }) }
func after(d time.Duration, reply *Reply) *Reply {
	return with(reply, func(r *Reply) { r.Duration = d })
}
func as(contentType string, reply *Reply) *Reply {
	return with(reply, func(r *Reply) { r.Header = http.Header{"Content-Type": {contentType}} })
}

func TestJudgeArrival(t *testing.T) {
	choice := message(`"type":"assistant-request"`)
	chosen := answered(`{"assistantId":"x"}`)
	tools := message(oneCall)
	result := answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`)
	heard := message(`"type":"transcript"`)
	testJudge(t, []judgeCase{
		{"no reply yet", tools, nil, nil},
		{"a good one", tools, result, nil},
		{"refused", tools, &Reply{Failure: "connection refused"}, []string{"error target-unreachable"}},
		{"refused, for a message that wants no reply", heard, &Reply{Failure: "connection refused"}, []string{"error target-unreachable"}},
		{"nothing known but that nothing came", posted(`x`), &Reply{}, []string{"error target-unreachable"}},

		{"500", tools, status(500, answered(`{"oops":1}`)), []string{"error reply-not-200"}},
		{"redirect", tools, status(302, answered(``)), []string{"error reply-not-200"}},
		{"201", tools, status(201, result), []string{"warning reply-not-200"}},
		{"201, and wrong besides", tools, status(201, answered(`{}`)), []string{"error results-missing", "warning reply-not-200"}},
		{"204", tools, status(204, answered(``)), []string{"error reply-empty", "warning reply-not-200"}},
		{"500 to what wants no reply", heard, status(500, answered(``)), []string{"warning reply-not-200"}},
		{"204 to what wants no reply", heard, status(204, answered(``)), nil},
		{"anything to what wants no reply", heard, as("text/html", after(time.Minute, answered(`<p>`))), nil},
		{"an unknown type", message(`"type":"brand.new"`), answered(``), nil},
		{"an unknown type, 404", message(`"type":"brand.new"`), status(404, answered(``)), []string{"warning reply-not-200"}},
		{"async, 500", message(oneCall + oneAsync), status(500, answered(``)), []string{"warning reply-not-200"}},
		{"plain http", posted(`{}`), status(404, answered(``)), []string{"warning reply-not-200"}},
		{"an upgrade", Request{Method: "GET"}, status(101, answered(``)), nil},

		{"empty", choice, answered(" \n"), []string{"error reply-empty"}},
		{"empty, async", message(oneCall + oneAsync), answered(``), nil},
		{"no JSON, async", message(oneCall + oneAsync), as("text/plain", answered(`OK`)), nil},
		{"text", tools, as("text/plain", answered(`12 degrees`)), []string{"error reply-not-json"}},
		{"HTML", choice, as("text/html", answered(`<!doctype html>`)), []string{"error reply-not-json"}},
		{"cut off", choice, with(answered(`{"assistantId":"x`), func(r *Reply) { r.Failure = "connection reset" }), []string{"error reply-not-json"}},
		{"whole before the connection broke", choice, with(chosen, func(r *Reply) { r.Failure = "connection reset" }), nil},
		{"captured in part", choice, with(answered(`{"assistantId":"x`), func(r *Reply) { r.Truncated = true }), nil},
		{"nested too deep", tools, answered(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), []string{"error reply-not-json"}},

		{"JSON as text", choice, as("text/plain", chosen), []string{"warning reply-content-type"}},
		{"JSON as nothing", choice, with(chosen, func(r *Reply) { r.Header = http.Header{"Date": {"x"}} }), []string{"warning reply-content-type"}},
		{"JSON with a charset", choice, as("application/json; charset=utf-8", chosen), nil},
		{"JSON of a dialect", choice, as("application/problem+json", chosen), nil},
		{"headers not known", choice, with(chosen, func(r *Reply) { r.Header = nil }), nil},

		{"7.6 s of 7.5", choice, after(7600*time.Millisecond, chosen), []string{"error too-slow"}},
		{"7.5 s of 7.5", choice, after(7500*time.Millisecond, chosen), []string{"warning slow"}},
		{"6 s of 7.5", choice, after(6*time.Second, chosen), []string{"warning slow"}},
		{"5.9 s of 7.5", choice, after(5900*time.Millisecond, chosen), nil},
		{"21 s of 20", tools, after(21*time.Second, result), []string{"error too-slow"}},
		{"16 s of 20", tools, after(16*time.Second, result), []string{"warning slow"}},
		{"a tool's own timeout", message(oneCall + `,"toolWithToolCallList":[{"server":{"timeoutSeconds":60},"toolCall":{"id":"a"}}]`), after(30*time.Second, result), nil},
		{"async takes its time", message(oneCall + oneAsync), after(time.Minute, answered(``)), nil},
		{"a model takes its time", posted(`{"model":"m","messages":[]}`), after(time.Minute, answered(`{"choices":[]}`)), nil},
	})
}

func TestJudgeToolResults(t *testing.T) {
	one, two := message(oneCall), message(twoCalls)
	nameless := "info tool-result-name-missing /results/0"
	testJudge(t, []judgeCase{
		{"right", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`), nil},
		{"right, by error", one, answered(`{"results":[{"toolCallId":"a","name":"f","error":"no"}]}`), nil},
		{"an error for all", two, answered(`{"error":"down"}`), nil},
		{"an error for all, and a result", two, answered(`{"error":"down","results":[{"toolCallId":"a","name":"f","result":"12"}]}`), nil},

		{"no results", one, answered(`{}`), []string{"error results-missing"}},
		{"result", one, answered(`{"result":"12"}`), []string{"error results-missing /result"}},
		{"an array", one, answered(`[{"toolCallId":"a","result":"12"}]`), []string{"error results-missing"}},
		{"a string", one, answered(`"12"`), []string{"error results-missing"}},
		{"results is an object", one, answered(`{"results":{"toolCallId":"a","result":"12"}}`), []string{"error results-missing /results"}},
		{"results is null", one, answered(`{"results":null}`), []string{"error results-missing"}},
		{"error is an object", one, answered(`{"error":{"message":"down"}}`), []string{"error results-missing /error"}},
		{"no results, async", message(oneCall + oneAsync), answered(`{}`), nil},

		{"none of one", one, answered(`{"results":[]}`), []string{"error tool-result-missing /results"}},
		{"one of two", two, answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`), []string{"error tool-result-missing /results"}},
		{"the other is async", message(twoCalls + `,"toolWithToolCallList":[{"async":true,"toolCall":{"id":"b"}}]`),
			answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`), nil},
		{"no id", one, answered(`{"results":[{"result":"12"}]}`), []string{"error tool-result-missing /results/0"}},
		{"another name for the id", one, answered(`{"results":[{"tool_call_id":"a","result":"12"}]}`), []string{"error tool-result-missing /results/0"}},
		{"not even an object", one, answered(`{"results":["12"]}`), []string{"error tool-result-missing /results/0"}},
		{"says nothing", one, answered(`{"results":[{"toolCallId":"a","name":"f"}]}`), []string{"error tool-result-missing /results/0"}},
		{"a captured part of the calls", with2(two), answered(`{"results":[{"toolCallId":"a","name":"f","result":"1"},{"toolCallId":"c","name":"h","result":"1"}]}`), nil},

		{"another id", one, answered(`{"results":[{"toolCallId":"A","result":"12"}]}`), []string{"error tool-call-id-unknown /results/0/toolCallId"}},
		{"an id too many", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"},{"toolCallId":"x","result":"1"}]}`), []string{"error tool-call-id-unknown /results/1/toolCallId"}},
		{"an id that is a number", one, answered(`{"results":[{"toolCallId":7,"result":"12"}]}`), []string{"error tool-call-id-unknown /results/0/toolCallId"}},
		{"an answer too many, without id", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"},{"result":"1"}]}`), []string{"error tool-call-id-unknown /results/1"}},
		{"another id, and one missing", two, answered(`{"results":[{"toolCallId":"x","result":"12"}]}`),
			[]string{"error tool-call-id-unknown /results/0/toolCallId", "error tool-result-missing /results"}},

		{"twice", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1"},{"toolCallId":"a","name":"f","result":"2"}]}`), []string{"warning tool-result-duplicate /results/1"}},

		{"an object", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":{"temp":12}}]}`), []string{"error tool-result-not-string /results/0/result"}},
		{"a number", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":12}]}`), []string{"error tool-result-not-string /results/0/result"}},
		{"null", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":null}]}`), []string{"error tool-result-not-string /results/0/result"}},
		{"an error that is an object", one, answered(`{"results":[{"toolCallId":"a","name":"f","error":{"code":1}}]}`), []string{"error tool-result-not-string /results/0/error"}},
		{"null beside a result", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"12","error":null}]}`), nil},
		{"an empty string", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":""}]}`), nil},

		{"two lines", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1\n2"}]}`), []string{"warning tool-result-multiline /results/0/result"}},
		{"an escaped backslash and n", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"C:\\new"}]}`), nil},

		{"another order", two, answered(`{"results":[{"toolCallId":"b","name":"g","result":"1"},{"toolCallId":"a","name":"f","result":"2"}]}`), []string{"warning tool-results-out-of-order /results"}},
		{"the same order", two, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1"},{"toolCallId":"b","name":"g","result":"2"}]}`), nil},

		{"message is a string", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1","message":"done"}]}`), []string{"warning tool-message-invalid /results/0/message"}},
		{"message of another type", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1","message":{"type":"done","content":"x"}}]}`), []string{"warning tool-message-invalid /results/0/message"}},
		{"message too long", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1","message":{"type":"request-complete","content":"` + strings.Repeat("é", 1001) + `"}}]}`), []string{"warning tool-message-invalid /results/0/message"}},
		{"message as long as may be", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1","message":{"type":"request-failed","content":"` + strings.Repeat("é", 1000) + `"}}]}`), nil},
		{"message null", one, answered(`{"results":[{"toolCallId":"a","name":"f","result":"1","message":null}]}`), nil},

		{"no names", two, answered(`{"results":[{"toolCallId":"a","result":"1"},{"toolCallId":"b","result":"2"}]}`), []string{nameless}},
		{"no name, and an object", one, answered(`{"results":[{"toolCallId":"a","result":{}}]}`), []string{"error tool-result-not-string /results/0/result", nameless}},
	})
}

func with2(r Request) Request { r.Truncated = true; return r }

func TestJudgeChoices(t *testing.T) {
	choice, transfer := message(`"type":"assistant-request"`), message(`"type":"transfer-destination-request"`)
	handoff, knowledge := message(`"type":"handoff-destination-request"`), message(`"type":"knowledge-base-request"`)
	endpointing, predial := message(`"type":"call.endpointing.request"`), message(`"type":"campaign.predial"`)
	var cases []judgeCase
	add := func(r Request, body string, want ...string) {
		cases = append(cases, judgeCase{r.kindOf() + " " + body, r, answered(body), want})
	}
	for _, body := range []string{`{"assistantId":"x","assistantOverrides":{}}`, `{"assistant":{}}`, `{"squadId":"x"}`, `{"squad":{"members":[]}}`, `{"workflowId":"x"}`, `{"workflow":{"name":"x","nodes":[],"edges":[]}}`,
		`{"destination":{"type":"number","number":"+14155550100"}}`, `{"destination":{"type":"number","phoneNumber":"+14155550100"}}`, `{"destination":{"type":"sip","sipUri":"sip:x"},"assistantId":""}`, `{"error":"closed"}`} {
		add(choice, body)
	}
	for _, body := range []string{`{}`, `{"assistantId":""}`, `{"assistant":null}`, `[]`, `"x"`, `{"messageResponse":{"assistantId":"x"}}`, `{"assistantOverrides":{}}`} {
		add(choice, body, "error assistant-reply-empty")
	}
	add(choice, `{"destination":{"type":"assistant","assistantName":"x"}}`, "error destination-invalid /destination/type")
	add(choice, `{"destination":"+14155550100"}`, "error destination-invalid /destination")

	add(transfer, `{"destination":{"type":"assistant","assistantName":"Sales"},"message":{"type":"request-start"}}`)
	add(transfer, `{"error":"nobody is in"}`)
	add(transfer, `{}`, "error destination-missing")
	add(transfer, `{"destination":null}`, "error destination-missing")
	add(transfer, `{"error":{}}`, "error destination-missing")
	add(transfer, `{"destination":{}}`, "error destination-invalid /destination/type")
	add(transfer, `{"destination":{"number":"+1"}}`, "error destination-invalid /destination/type")
	add(transfer, `{"destination":{"type":"number"}}`, "error destination-invalid /destination/number")
	add(transfer, `{"destination":{"type":"sip","sipUri":""}}`, "error destination-invalid /destination/sipUri")
	add(transfer, `{"destination":{"type":"squad","squadId":"x"}}`, "error destination-invalid /destination/type")

	add(handoff, `{"destination":{"type":"assistant","assistantId":"x"}}`)
	add(handoff, `{"destination":{"type":"squad","squad":{"members":[]}}}`)
	add(handoff, `{"destination":{}}`)
	add(handoff, `{"destination":{},"result":"no"}`)
	add(handoff, `{"error":"no"}`)
	add(handoff, `{}`, "error destination-missing")
	add(handoff, `{"result":"done"}`, "error destination-missing")
	add(handoff, `{"destination":"sales"}`, "error destination-invalid /destination")
	add(handoff, `{"destination":{"type":"number","number":"+1"}}`, "error destination-invalid /destination/type")
	add(handoff, `{"destination":{"type":"assistant"}}`, "error destination-invalid /destination/assistantName")

	add(knowledge, `{"documents":[]}`)
	add(knowledge, `{"message":{"type":"custom-message","content":"x"}}`)
	add(knowledge, `{}`, "error documents-missing")
	add(knowledge, `{"documents":"x"}`, "error documents-missing /documents")

	add(endpointing, `{"timeoutSeconds":0.5}`)
	add(endpointing, `{"timeoutSeconds":0}`)
	add(endpointing, `{}`, "error timeout-missing")
	add(endpointing, `{"timeoutSeconds":"0.5"}`, "error timeout-missing /timeoutSeconds")
	add(endpointing, `{"timeoutSeconds":16}`, "error timeout-missing /timeoutSeconds")

	add(predial, `{"eligible":false}`)
	add(predial, `{}`, "error eligible-missing")
	add(predial, `{"eligible":"true"}`, "error eligible-missing /eligible")
	add(predial, `{"eligible":1}`, "error eligible-missing /eligible")
	testJudge(t, cases)
}

func (r Request) kindOf() string { return Identify(r).Type }

func TestJudgeVoice(t *testing.T) {
	voice := message(`"type":"voice-request","text":"Hi","sampleRate":24000`)
	pcm := &Reply{Status: 200, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: []byte("\x01\x00\xff\xff\x02\x00\x00\x00")}
	bad := []string{"error voice-reply-not-audio"}
	testJudge(t, []judgeCase{
		{"PCM", voice, pcm, nil},
		{"PCM under no name", voice, with(pcm, func(r *Reply) { r.Header = nil }), nil},
		{"PCM that begins with a brace", voice, with(pcm, func(r *Reply) { r.Body = []byte("{\x00\x00\xff\x00\x01") }), nil},
		{"frames", voice, answered(`{"audio":"UklGR","words":[{"word":"Hi","start":0}]}`), nil},
		{"frames, one a line", voice, answered("{\"data\":\"AAAA\",\"time\":0}\n{\"data\":\"AAAA\",\"time\":1}"), nil},
		{"empty", voice, answered(``), bad},
		{"JSON", voice, answered(`{"error":"no voice"}`), bad},
		{"data alone", voice, answered(`{"data":"AAAA"}`), bad},
		{"HTML", voice, as("text/html", answered(`<html>`)), bad},
		{"text", voice, as("text/plain", answered(`OK`)), bad},
		{"MP3", voice, as("audio/mpeg", answered("ID3\x03\x00")), bad},
		{"500", voice, status(500, answered(`{}`)), []string{"error reply-not-200"}},
	})
}

func TestJudgeCompletion(t *testing.T) {
	asked := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"m","messages":[],"stream":true}`)}
	plain := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"m","messages":[]}`)}
	doubled := Request{Method: "POST", Path: "/v1/chat/completions/chat/completions?x=1", Body: asked.Body}
	hello := `{"choices":[{"delta":{"content":"Hello"}}]}`
	part := func(members string) string { return `{"choices":[{"delta":{"tool_calls":[{` + members + `}]}}]}` }
	first := part(`"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}`)
	broken, calls := []string{"error llm-stream-broken"}, []string{"error llm-tool-call-broken"}
	cut := func(r *Reply) { r.Failure = "connection reset" }
	testJudge(t, []judgeCase{
		{"a stream", asked, streamed(hello, `[DONE]`), nil},
		{"a stream with CRLF and comments", asked, answered(": hi\r\n\r\nevent: x\r\ndata:" + hello + "\r\n\r\ndata: [DONE]\r\n\r\n"), nil},
		{"without [DONE]", asked, streamed(hello), broken},
		{"cut short", asked, with(streamed(hello), cut), broken},
		{"cut short within an event", asked, with(streamed(hello, `{"choi`), cut), broken},
		{"captured in part", asked, with(streamed(hello, `{"choi`), func(r *Reply) { r.Truncated = true }), nil},
		{"not JSON in it", asked, streamed(`hello`, `[DONE]`), broken},
		{"no empty lines", asked, as("text/event-stream", answered("data: "+hello+"\ndata: "+hello+"\ndata: [DONE]\n")), broken},
		{"an event stream without events", asked, as("text/event-stream", answered("hello\n")), broken},
		{"JSON lines", asked, as("application/x-ndjson", answered(hello+"\n"+hello+"\n")), broken},
		{"text", asked, as("text/plain", answered(`Hello`)), broken},
		{"empty", asked, answered(``), broken},
		{"one object", asked, answered(`{"choices":[{"message":{"content":"Hello"}}]}`), []string{"warning llm-not-streamed"}},
		{"one object, as asked", plain, answered(`{"choices":[{"message":{"content":"Hello"}}]}`), nil},
		{"text in place of one object", plain, answered(`Hello`), []string{"error reply-not-json"}},
		{"nothing in place of one object", plain, answered(``), []string{"error reply-empty"}},
		{"500", asked, status(500, answered(`{}`)), []string{"error reply-not-200"}},
		{"201", asked, status(201, streamed(hello, `[DONE]`)), []string{"warning reply-not-200"}},
		{"refused", asked, &Reply{Failure: "connection refused"}, []string{"error target-unreachable"}},

		{"path doubled, not found", doubled, status(404, answered(``)), []string{"error llm-path-doubled"}},
		{"path doubled, taken", doubled, streamed(hello, `[DONE]`), []string{"error llm-path-doubled"}},
		{"path doubled, nobody there", doubled, &Reply{}, []string{"error llm-path-doubled", "error target-unreachable"}},

		{"a call in pieces", asked, streamed(first, part(`"index":0,"function":{"arguments":"1}"}`), `[DONE]`), nil},
		{"a call without arguments", asked, streamed(part(`"index":0,"id":"a","function":{"name":"f"}`), `[DONE]`), nil},
		{"two calls", asked, streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":"{}"}`), part(`"index":1,"id":"b","function":{"name":"g","arguments":"{}"}`), `[DONE]`), nil},
		{"a call that is not finished", asked, streamed(first, `[DONE]`), calls},
		{"a call without a name", asked, streamed(part(`"index":0,"id":"a","function":{"arguments":"{}"}`), `[DONE]`), calls},
		{"a call without an id", asked, streamed(part(`"index":0,"function":{"name":"f","arguments":"{}"}`), `[DONE]`), calls},
		{"two calls at one index", asked, streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":"{}"}`), part(`"index":0,"id":"b","function":{"name":"g","arguments":"{}"}`), `[DONE]`), calls},
		{"arguments as an object", asked, streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":{}}`), `[DONE]`), calls},
		{"arguments that make a string", asked, streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":"\"x\""}`), `[DONE]`), calls},
		{"calls announced and not made", asked, streamed(`{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}`, `[DONE]`), calls},
		{"a broken call in one object", plain, answered(`{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]}}]}`), calls},
		{"two calls in one object", plain, answered(`{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"f","arguments":"{}"}}]}}]}`), nil},
		{"a call that was cut short", asked, with(streamed(first), cut), broken},
	})
}

// The hint is the reply as it should have been, ready to be sent.
func TestJudgeMends(t *testing.T) {
	right := `{"results":[{"toolCallId":"a","result":"12"}]}`
	for _, c := range []struct{ members, body, want string }{
		{oneCall, `{"results":[{"toolCallId":"a","result":{"temp": 12, "sky": "clear"}}]}`, `{"results":[{"toolCallId":"a","result":"{\"temp\":12,\"sky\":\"clear\"}"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","result":12}]}`, right},
		{oneCall, `{"results":[{"result":"12"}]}`, right},
		{oneCall, `{"results":["12"]}`, right},
		{oneCall, `{"results":[{"toolCallId":"A","result":"12"}]}`, right},
		{oneCall, `{"results":{"toolCallId":"a","result":"12"}}`, right},
		{oneCall, `[{"toolCallId":"a","result":"12"}]`, right},
		{oneCall, `{"result":"12"}`, right},
		{oneCall, `{"result":12}`, right},
		{oneCall, `"12"`, right},
		{oneCall, `12`, right},
		{oneCall, `12 degrees`, `{"results":[{"toolCallId":"a","result":"12 degrees"}]}`},
		{oneCall, `{"messageResponse":{"results":[{"toolCallId":"a","result":"12"}]}}`, right},
		{oneCall, `{"temp":12}`, `{"results":[{"toolCallId":"a","result":"{\"temp\":12}"}]}`},
		{oneCall, ``, `{"results":[{"toolCallId":"a","result":"the answer of f as one line of text"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","error":"no\r\nsuch\ncity\n"}]}`, `{"results":[{"toolCallId":"a","error":"no such city"}]}`},
		{oneCall, `{"results":[{"toolCallId":"a","name":"f","result":"12","metadata":{"k": 1},"message":"done"}]}`,
			`{"results":[{"toolCallId":"a","name":"f","result":"12","message":{"type":"request-complete","content":"done"},"metadata":{"k":1}}]}`},
		{twoCalls, `{"results":[{"toolCallId":"b","name":"g","result":"2"},{"toolCallId":"a","name":"f","result":"1"}]}`,
			`{"results":[{"toolCallId":"a","name":"f","result":"1"},{"toolCallId":"b","name":"g","result":"2"}]}`},
		{twoCalls, `{"results":[{"toolCallId":"b","result":"2"}]}`,
			`{"results":[{"toolCallId":"a","result":"the answer of f as one line of text"},{"toolCallId":"b","result":"2"}]}`},
		{`"type":"transfer-destination-request"`, `{"destination":"+14155550100"}`, `{"destination":{"type":"number","number":"+14155550100"}}`},
		{`"type":"transfer-destination-request"`, `{"destination":{"sipUri":"sip:a@b"}}`, `{"destination":{"type":"sip","sipUri":"sip:a@b"}}`},
		{`"type":"assistant-request"`, `{"messageResponse":{"assistantId":"x"}}`, `{"assistantId":"x"}`},
		{`"type":"campaign.predial"`, `{"eligible":"false"}`, `{"eligible":false}`},
	} {
		r := message(c.members)
		checks := Judge(Identify(r), r, answered(c.body))
		if len(checks) == 0 || checks[0].Hint != c.want {
			t.Errorf("%s\n got %+v\nwant %s", c.body, checks, c.want)
			continue
		}
		if again := judged(r, answered(checks[0].Hint)); len(again) > 1 || len(again) == 1 && !strings.HasPrefix(again[0], "info") {
			t.Errorf("%s: its mend is judged %q", c.body, again)
		}
	}
}

func TestJudgeWords(t *testing.T) {
	r := message(oneCall)
	for body, want := range map[string]string{
		`{"results":[{"toolCallId":"a","result":{"temp":12}}]}`: "the result is an object; Vapi takes a string, so the assistant hears no result",
		`{"results":[{"toolCallId":"x","result":"12"}]}`:        `it should be "a"`,
		`{"results":[{"id":"a","result":"12"}]}`:                "the entry has id and no toolCallId",
		`{'results': []}`:                                       "as Python prints a dict",
		`<html>`:                                                "it is HTML",
		`[object Object]`:                                       "JavaScript",
		strings.Repeat("[", 20_000):                             "more than 10,000 levels",
		`{"results":[}`:                                         "broken at byte 13",
	} {
		checks := Judge(Identify(r), r, answered(body))
		if len(checks) == 0 || !strings.Contains(checks[0].Message, want) {
			t.Errorf("%.40s: %+v", body, checks)
		}
	}
	reply := &Reply{Failure: "dial tcp 127.0.0.1:3000: connect: connection refused"}
	if c := Judge(Identify(r), r, reply)[0]; !strings.Contains(c.Message, "connection refused") || !strings.Contains(c.Hint, "start the server") {
		t.Errorf("%+v", c)
	}
}

// A check is one line, whatever stood in the reply, and its hint is JSON where
// it begins as such.
func TestChecksArePrintable(t *testing.T) {
	r := message(oneCall)
	for _, body := range []string{
		`{"results":[{"toolCallId":"\u001b[2J\n","result":{"a":"\u001b[2J"}}]}`,
		`{"results":[{"toolCallId":"a","message":{"type":"\u001b]0;x\u0007"},"result":"a\nb\u0000"}]}`,
		"{\"results\":[{\"toolCallId\":\"a\",\"result\":{\"a\":\"\xff\xfe\"}}]}",
	} {
		for _, c := range Judge(Identify(r), r, answered(body)) {
			if strings.ContainsAny(c.Message+c.Path, "\x1b\n\x07") {
				t.Errorf("%q", c)
			}
			if strings.HasPrefix(c.Hint, "{") && !json.Valid([]byte(c.Hint)) {
				t.Errorf("hint %q", c.Hint)
			}
		}
	}
}

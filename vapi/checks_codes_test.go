package vapi

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// codesElsewhere are the documented codes that Judge does not make of the reply
// alone, or whose cases stand beside the code that makes them.
var codesElsewhere = []string{
	"assistant-invalid", "assistant-unknown-property", "server-url-elsewhere", // the checks of assistants and of the addresses in them
	"tool-result-not-taken", "redelivery", // what other exchanges show
	"auth-bad", "auth-missing", // what the request's own headers show
}

// documentedCodes are all codes of the documentation, with their level.
var documentedCodes = map[string][]Level{
	"target-unreachable":        {Error},
	"reply-not-200":             {Error, Warning},
	"reply-empty":               {Error},
	"reply-not-json":            {Error},
	"reply-content-type":        {Warning},
	"results-missing":           {Error},
	"tool-result-missing":       {Error},
	"tool-call-id-unknown":      {Error},
	"tool-result-duplicate":     {Warning},
	"tool-result-not-string":    {Error},
	"tool-result-multiline":     {Warning},
	"tool-results-out-of-order": {Warning},
	"tool-message-invalid":      {Warning},
	"tool-result-name-missing":  {Info},
	"assistant-reply-empty":     {Error},
	"destination-missing":       {Error},
	"destination-invalid":       {Error},
	"documents-missing":         {Error},
	"timeout-missing":           {Error},
	"eligible-missing":          {Error},
	"voice-reply-not-audio":     {Error},
	"too-slow":                  {Error},
	"slow":                      {Warning},
	"llm-stream-broken":         {Error},
	"llm-not-streamed":          {Warning},
	"llm-tool-call-broken":      {Error},
	"llm-path-doubled":          {Error},
}

// codeCase is a reply that has a code, and one that just does not.
type codeCase struct {
	code      string
	level     Level
	r         Request
	has, hasn *Reply
}

func codeCases() []codeCase {
	choice, transfer := message(`"type":"assistant-request"`), message(`"type":"transfer-destination-request"`)
	handoff, voice := message(`"type":"handoff-destination-request"`), message(`"type":"voice-request","text":"Hi","sampleRate":24000`)
	one, two, heard := message(oneCall), message(twoCalls), message(`"type":"transcript"`)
	llm := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"m","messages":[],"stream":true}`)}
	chosen := answered(`{"assistantId":"x"}`)
	right := answered(`{"results":[{"toolCallId":"a","name":"f","result":"12"}]}`)
	entry := func(members string) *Reply {
		return answered(`{"results":[{"toolCallId":"a","name":"f",` + members + `}]}`)
	}
	entries := func(list string) *Reply { return answered(`{"results":[` + list + `]}`) }
	ofA, ofB := `{"toolCallId":"a","name":"f","result":"1"}`, `{"toolCallId":"b","name":"g","result":"2"}`
	hello := `{"choices":[{"delta":{"content":"Hello"}}]}`
	call := func(arguments string) string {
		return `{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"` + arguments + `"}}]}}]}`
	}
	at := func(path string) Request { r := llm; r.Path = path; return r }
	return []codeCase{
		{"target-unreachable", Error, one, &Reply{Failure: "connection refused"}, right},
		{"reply-not-200", Error, one, status(500, right), right},
		{"reply-not-200", Warning, one, status(201, right), right},
		{"reply-not-200", Warning, heard, status(404, answered(``)), status(204, answered(``))},
		{"reply-empty", Error, choice, answered(``), chosen},
		{"reply-empty", Error, one, answered(``), right},
		{"reply-not-json", Error, choice, answered(`{"assistantId":"x"`), chosen},
		{"reply-content-type", Warning, choice, as("text/html", chosen), as("application/json; charset=utf-8", chosen)},
		{"results-missing", Error, one, answered(`{"error":{}}`), answered(`{"error":""}`)},
		{"tool-result-missing", Error, two, entries(ofA), entries(ofA + "," + ofB)},
		{"tool-call-id-unknown", Error, one, entries(`{"toolCallId":"a ","name":"f","result":"1"}`), entries(ofA)},
		{"tool-result-duplicate", Warning, one, entries(ofA + "," + ofA), entries(ofA)},
		{"tool-result-not-string", Error, one, entry(`"result":{"t":1}`), entry(`"result":"{\"t\":1}"`)},
		{"tool-result-not-string", Error, one, entry(`"error":404`), entry(`"error":"404"`)},
		{"tool-result-multiline", Warning, one, entry(`"result":"a\nb"`), entry(`"result":"a\\nb"`)},
		{"tool-results-out-of-order", Warning, two, entries(ofB + "," + ofA), entries(ofA + "," + ofB)},
		{"tool-message-invalid", Warning, one, entry(`"result":"1","message":"ok"`), entry(`"result":"1","message":{"type":"request-complete","content":"ok"}`)},
		{"tool-result-name-missing", Info, one, entries(`{"toolCallId":"a","result":"1"}`), entries(ofA)},
		{"assistant-reply-empty", Error, choice, answered(`{"assistantId":""}`), answered(`{"assistantId":"x"}`)},
		{"destination-missing", Error, transfer, answered(`{"destination":null}`), answered(`{"error":"nobody is in"}`)},
		{"destination-missing", Error, handoff, answered(`{"result":"no"}`), answered(`{"destination":{}}`)},
		{"destination-invalid", Error, transfer, answered(`{"destination":{"type":"number"}}`), answered(`{"destination":{"type":"number","number":"+14155550100"}}`)},
		{"destination-invalid", Error, handoff, answered(`{"destination":{"type":"sip","sipUri":"sip:a@example.com"}}`), answered(`{"destination":{"type":"assistant","assistantId":"x"}}`)},
		{"documents-missing", Error, message(`"type":"knowledge-base-request"`), answered(`{}`), answered(`{"documents":[]}`)},
		{"timeout-missing", Error, message(`"type":"call.endpointing.request"`), answered(`{"timeoutSeconds":"1"}`), answered(`{"timeoutSeconds":1}`)},
		{"eligible-missing", Error, message(`"type":"campaign.predial"`), answered(`{"eligible":"false"}`), answered(`{"eligible":false}`)},
		{"voice-reply-not-audio", Error, voice, answered(`{"ok":true}`), &Reply{Status: 200, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: []byte{1, 0, 255, 255}}},
		{"too-slow", Error, choice, after(7501*time.Millisecond, chosen), after(7500*time.Millisecond, chosen)},
		{"too-slow", Error, one, after(20*time.Second, &Reply{Failure: "client went away before a reply, after 20s"}), after(20*time.Second, right)},
		{"slow", Warning, choice, after(6*time.Second, chosen), after(5999*time.Millisecond, chosen)},
		{"slow", Warning, one, after(16*time.Second, right), after(15999*time.Millisecond, right)},
		{"llm-stream-broken", Error, llm, streamed(hello), streamed(hello, `[DONE]`)},
		{"llm-not-streamed", Warning, llm, answered(`{"choices":[{"message":{"content":"Hello"}}]}`), streamed(hello, `[DONE]`)},
		{"llm-tool-call-broken", Error, llm, streamed(call(`{\"x\":`), `[DONE]`), streamed(call(`{\"x\":1}`), `[DONE]`)},
		{"llm-path-doubled", Error, at("/v1/chat/completions/chat/completions"), streamed(hello, `[DONE]`), nil},
		{"llm-path-doubled", Error, at("/chat/completions/chat/completions"), status(404, answered(``)), nil},
	}
}

func TestEveryCodeHasAReplyThatHasItAndOneThatDoesNot(t *testing.T) {
	seen := map[string][]Level{}
	for _, c := range codeCases() {
		seen[c.code] = append(seen[c.code], c.level)
		checks := Judge(Identify(c.r), c.r, c.has)
		if !slices.ContainsFunc(checks, func(got Check) bool { return got.Code == c.code && got.Level == c.level }) {
			t.Errorf("%s: %q gives %+v", c.code, c.has.Body, checks)
		}
		if checks := Judge(Identify(c.r), c.r, c.hasn); slices.ContainsFunc(checks, func(got Check) bool { return got.Code == c.code }) {
			t.Errorf("%s: %q gives it too: %+v", c.code, c.hasn.Body, checks)
		}
	}
	for code, levels := range documentedCodes {
		for _, level := range levels {
			if !slices.Contains(seen[code], level) {
				t.Errorf("%s has no case as %s", code, level)
			}
		}
		if slices.Contains(codesElsewhere, code) {
			t.Errorf("%s is tested here and said to be elsewhere", code)
		}
	}
	for code, levels := range seen {
		for _, level := range levels {
			if !slices.Contains(documentedCodes[code], level) {
				t.Errorf("%s is not documented as %s", code, level)
			}
		}
	}
}

// Whatever Judge says has a documented code.
func TestNoCodeIsUndocumented(t *testing.T) {
	for _, c := range mistakes() {
		for _, check := range Judge(Identify(c.r), c.r, c.reply) {
			if documentedCodes[check.Code] == nil && !slices.Contains(codesElsewhere, check.Code) {
				t.Errorf("%s: %s is not documented", c.name, check.Code)
			}
		}
	}
}

func TestCheckCodesAreTheDocumentedOnes(t *testing.T) {
	want := slices.DeleteFunc(slices.Clone(codesElsewhere), func(code string) bool {
		return code == "redelivery" || code == "auth-bad" || code == "auth-missing" // of other packages
	})
	for code := range documentedCodes {
		want = append(want, code)
	}
	got := CheckCodes()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("there are\n%q, documented are\n%q", got, want)
	}
}

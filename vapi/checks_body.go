package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"vapitap/internal/jsonpath"
)

// answer judges the body of a reply that is wanted.
func (j *judgement) answer() {
	if byName[j.id.Type].Reply == ReplyAudio {
		j.voice()
		return
	}
	if j.reply.Truncated || !j.bodyIsJSON() {
		return
	}
	body := root(j.reply.Body)
	switch j.id.Type {
	case typeToolCalls:
		j.toolResults(body)
	case typeAssistantRequest:
		j.assistantChoice(body)
	case typeTransferRequest:
		j.transfer(body)
	case typeHandoffRequest:
		j.handoff(body)
	case typeKnowledgeBase:
		j.documents(body)
	case typeEndpointing:
		j.endpointing(body)
	case typePredial:
		j.eligible(body)
	}
	if j.id.Type != typeToolCalls { // whose checks know which calls there are
		j.mendChoices(body)
	}
}

// bodyIsJSON tells a body that is empty, no JSON, or JSON under another name,
// and reports whether it is JSON.
func (j *judgement) bodyIsJSON() bool {
	body := bytes.TrimSpace(j.reply.Body)
	switch {
	case jsonpath.Valid(body):
	case j.callerLeft() && j.told(codeTooSlow) > 0: // which is why
		return false
	case j.callerLeft():
		j.fail(codeNotJSON, "", "Vapi hung up before the reply was whole: send it sooner, and in one piece",
			"the reply was not whole when Vapi hung up (%s); it gets no answer", j.reply.Failure)
		return false
	case len(body) == 0:
		j.fail(codeEmpty, "", j.template(), "the body is empty%s; Vapi waits for a JSON object and gets no answer", j.failureWords())
		return false
	default:
		j.fail(codeNotJSON, "", j.jsonHint(body), "the body is not JSON: %s%s; Vapi cannot read it", notJSONBecause(body), j.failureWords())
		return false
	}
	if contentType := j.reply.Header.Get("Content-Type"); len(j.reply.Header) > 0 && !isJSONType(contentType) {
		as := "without a Content-Type"
		if contentType != "" {
			as = "as " + oneLine(contentType, detailLength)
		}
		j.warn(codeContentType, "", "send the header Content-Type: application/json", "the JSON is sent %s; Vapi asks for application/json", as)
	}
	return true
}

// failureWords tells that the reply broke off, which explains the rest.
func (j *judgement) failureWords() string {
	if j.reply.Failure == "" {
		return ""
	}
	return " (" + j.reply.Failure + ")"
}

// notJSONBecause says what a body is instead, where that can be seen.
func notJSONBecause(body []byte) string {
	switch {
	case len(body) == 0:
		return "it is empty"
	case body[0] == '<':
		return "it is HTML"
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return "it starts with a byte order mark"
	case bytes.HasPrefix(body, []byte("{'")), bytes.HasPrefix(body, []byte("[{'")):
		return "it has single quotes, as Python prints a dict"
	case bytes.HasPrefix(body, []byte("data:")), bytes.HasPrefix(body, []byte("event:")):
		return "it is server-sent events"
	case isForm(body):
		return "it is a form"
	case bytes.HasPrefix(body, []byte("[object ")):
		return "it is what JavaScript makes of an object that is joined to a string"
	case unicode.IsLetter(rune(body[0])) && !bytes.HasPrefix(body, []byte("NaN")):
		return "it is plain text"
	}
	if end := firstValue(body); end > 0 {
		return "more follows after its end, at byte " + strconv.Itoa(end+1)
	}
	return brokenAt(body)
}

// firstValue returns where the whole object or array that body begins with ends,
// 0 where it begins with none.
func firstValue(body []byte) int {
	end, ok := jsonpath.Skip(body, 0)
	if !ok || body[0] != '{' && body[0] != '[' || !jsonpath.Valid(body[:end]) {
		return 0
	}
	return end
}

// isForm reports whether body begins as name=value of a submitted form.
func isForm(body []byte) bool {
	name, _, ok := bytes.Cut(body[:min(len(body), 64)], []byte("="))
	return ok && len(name) > 0 && !bytes.ContainsAny(name, " \t\r\n{[<\"':,.")
}

// jsonHint returns what to send in place of a body that is not JSON.
func (j *judgement) jsonHint(body []byte) string {
	if len(body) > 8*mendedBytes {
		return j.template()
	}
	text := relaxed(body)
	if end := firstValue(body); end > 0 {
		text = body[:end]
	}
	switch {
	case text != nil && j.id.Type == typeToolCalls:
		if mended := mendedReply(j.asks(), looseAnswers(root(text), j.asks())); mended != "" {
			return mended
		}
	case text != nil && len(text) <= mendedBytes && j.wouldDo(text):
		return compacted(text)
	case j.id.Type == typeToolCalls && j.isPlainAnswer(body):
		return mendedReply(j.asks(), []toolAnswer{{result: root(jsonpath.Quote(string(body)))}})
	}
	return j.template()
}

// isPlainAnswer reports whether a body that is no JSON may be the answer to the
// one call that there is.
func (j *judgement) isPlainAnswer(body []byte) bool {
	const longest = 2000
	return len(j.asks()) == 1 && len(body) <= longest && !bytes.ContainsAny(body[:1], "{[<\"")
}

// wouldDo reports whether Vapi would use body as the reply, sent with status 200
// as JSON and in time.
func (j *judgement) wouldDo(body []byte) bool {
	if j.again || len(body) > 8*mendedBytes { // beyond which nobody reads it
		return false
	}
	again := judgement{id: j.id, request: j.request, reply: &Reply{Status: 200, Body: body}, again: true}
	again.answer()
	return !slices.ContainsFunc(again.checks, func(c Check) bool { return c.Level == Error })
}

// compacted returns valid JSON without white space.
func compacted(text []byte) string {
	var b bytes.Buffer
	writeCompact(&b, root(text))
	return b.String()
}

// template returns a reply that Vapi would take, where nothing better can be
// made of the one that came.
func (j *judgement) template() string {
	switch j.id.Type {
	case typeToolCalls:
		if mended := mendedReply(j.asks(), nil); mended != "" {
			return mended
		}
		return `{"results":[{"toolCallId":"the id of the call","result":"the answer as one line of text"}]}`
	case typeAssistantRequest:
		return `{"assistantId":"the id of one of your assistants"}`
	case typeTransferRequest:
		return `{"destination":{"type":"number","number":"+14155550100"}}`
	case typeHandoffRequest:
		return `{"destination":{"type":"assistant","assistantId":"the id of one of your assistants"}}`
	case typeKnowledgeBase:
		return `{"documents":[{"content":"what was found","similarity":0.9}]}`
	case typeEndpointing:
		return `{"timeoutSeconds":0.5}`
	case typePredial:
		return `{"eligible":true}`
	}
	return "a JSON object"
}

// brokenAt says where text stops being JSON. It is for text that is not valid.
func brokenAt(text []byte) string {
	var unused json.RawMessage
	err := json.Unmarshal(text, &unused) // checks all of it before it copies anything
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return "broken"
	}
	at := "broken at byte " + strconv.FormatInt(syntax.Offset, 10)
	switch reason := err.Error(); {
	case strings.Contains(reason, "depth"):
		return at + ", nested more than 10,000 levels deep"
	case strings.Contains(reason, "unexpected end"):
		return at + ", where it ends"
	}
	return at
}

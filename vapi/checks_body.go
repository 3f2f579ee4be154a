package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

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
}

// bodyIsJSON tells a body that is empty, no JSON, or JSON under another name,
// and reports whether it is JSON.
func (j *judgement) bodyIsJSON() bool {
	body := bytes.TrimSpace(j.reply.Body)
	if len(body) == 0 {
		j.fail(codeEmpty, "", j.template(), "the body is empty%s; Vapi waits for a JSON object", j.failureWords())
		return false
	}
	if !json.Valid(body) {
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
	case body[0] == '<':
		return "it is HTML"
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return "it starts with a byte order mark"
	case bytes.HasPrefix(body, []byte("{'")), bytes.HasPrefix(body, []byte("[{'")):
		return "it has single quotes, as Python prints a dict"
	case bytes.HasPrefix(body, []byte("[object ")):
		return "it is what JavaScript makes of an object that is joined to a string"
	}
	return brokenAt(body)
}

// jsonHint returns what to send in place of a body that is not JSON.
func (j *judgement) jsonHint(body []byte) string {
	const longestAnswer = 2000
	asks := j.asks()
	plain := len(body) <= longestAnswer && !bytes.ContainsAny(body[:1], "{[<\"")
	if j.id.Type == typeToolCalls && len(asks) == 1 && plain {
		return mendedReply(asks, []toolAnswer{{result: root(jsonpath.Quote(string(body)))}})
	}
	return j.template()
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
	return "a body"
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

package vapi

import (
	"bytes"
	"encoding/json"
	"slices"
)

// What a reply in the wrong shape meant to say, so that a check can show it in
// the right one. Nothing here makes a reply any better in the eyes of a check.

// wrappers are the members that an answer is put into by mistake: what Vapi's
// OpenAPI document calls the whole of a reply, what a cloud function returns,
// and what web frameworks and clients call a body.
var wrappers = []string{"messageResponse", "body", "data", "response", "reply", "payload", "json"}

// meant returns the object that has one of names, where body is it or holds it
// in wrappers or in a string of JSON; an absent value where there is none.
func meant(body value, names ...string) value {
	const deepest = 4
	for range deepest {
		body = parsedObject(body)
		if !firstPresent(body.pick(names...)...).found() {
			body = firstPresent(body.pick(wrappers...)...)
			continue
		}
		return body
	}
	return value{}
}

// parsedObject returns the object or array that a string of JSON holds, and any
// other value as it is.
func parsedObject(v value) value {
	if parsed := parsedArguments(v); parsed.isObject() || parsed.isArray() {
		return parsed
	}
	return v
}

// listNames are what results is called by mistake; tool_outputs is OpenAI's.
var listNames = []string{"results", "toolCallResults", "tool_call_results", "toolResults", "tool_results", "tool_outputs", "toolOutputs", "outputs", "responses"}

// otherIDNames are what toolCallId is called by mistake.
var otherIDNames = []string{"tool_call_id", "toolcallid", "tool_callId", "toolCallID", "callId", "call_id", "id"}

// otherResultNames are what result is called by mistake; content is OpenAI's.
var otherResultNames = []string{"content", "output", "response", "results", "value", "text", "answer", "data"}

// looseAnswers reads the answers to asks out of a reply that has them in another
// place or shape than results.
func looseAnswers(body value, asks []toolAsk) []toolAnswer {
	if inner := meant(body, slices.Concat(listNames, []string{"result", "toolCallId"})...); inner.found() {
		body = inner
	}
	body = parsedObject(body)
	if !body.isObject() {
		return entriesOf(body)
	}
	if list := firstPresent(body.pick(listNames...)...); list.found() {
		list = parsedObject(list)
		if keyed := keyedAnswers(list, asks); keyed != nil {
			return keyed
		}
		return entriesOf(list)
	}
	if keyed := keyedAnswers(body, asks); keyed != nil {
		return keyed
	}
	result := parsedObject(body.member("result"))
	switch {
	case body.empty():
		return nil
	case isEntryList(result):
		return entriesOf(result)
	case result.found():
		return []toolAnswer{readAnswer(body).loosely()}
	}
	if answer := readAnswer(body).loosely(); answer.id.found() {
		return []toolAnswer{answer}
	}
	return []toolAnswer{{result: body}}
}

// isEntryList reports whether v looks like the entries of results.
func isEntryList(v value) bool {
	c := v.open()
	return v.isArray() && c.next() && c.value().member("toolCallId").isString()
}

// keyedAnswers reads an object whose members are named by the ids of calls; nil
// where none is.
func keyedAnswers(v value, asks []toolAsk) []toolAnswer {
	ids := make(map[string]bool, len(asks))
	for _, ask := range asks {
		ids[ask.id] = ask.id != ""
	}
	var answers []toolAnswer
	for c := v.open(); v.isObject() && c.next(); {
		if key := (value{text: c.key()}); ids[key.str()] {
			answer := entriesOf(c.value())[0]
			answer.id = key
			answers = append(answers, answer)
		}
	}
	return answers
}

// entriesOf reads each element of a list, or the one thing that v is, as an
// entry of results.
func entriesOf(v value) []toolAnswer {
	if !v.isArray() {
		return []toolAnswer{readAnswer(v).loosely()}
	}
	var answers []toolAnswer
	for c := v.open(); c.next(); {
		answers = append(answers, readAnswer(c.value()).loosely())
	}
	return answers
}

// loosely reads an entry the way it was meant: an id or a result under another
// name, and one that says nothing where an entry says it for the result itself.
func (a toolAnswer) loosely() toolAnswer {
	named := a.id.found()
	if !named {
		for _, id := range a.entry.pick(otherIDNames...) {
			if id.isString() && !a.id.found() {
				a.id = id
			}
		}
	}
	if a.result.found() || a.failure.found() {
		return a
	}
	if result := firstPresent(a.entry.pick(otherResultNames...)...); result.found() {
		a.result = joinedTexts(result)
		return a
	}
	if !named && !a.entry.empty() && !a.entry.onlyNames(append(otherIDNames, "name", "result", "error", "message")) {
		a.result = a.entry
	}
	return a
}

// onlyNames reports whether v is an object without members other than names.
func (v value) onlyNames(names []string) bool {
	for c := v.open(); c.next(); {
		if !slices.Contains(names, keyName(c.key())) {
			return false
		}
	}
	return v.isObject()
}

// joinedTexts returns the text of content that is a list of parts with a text,
// as OpenAI and MCP write it, and any other value as it is.
func joinedTexts(content value) value {
	if !content.isArray() || content.empty() {
		return content
	}
	var texts bytes.Buffer
	for c := content.open(); c.next(); {
		text := c.value().member("text")
		if !text.isString() {
			return content
		}
		if texts.Len() > 0 {
			texts.WriteByte(' ')
		}
		texts.WriteString(text.str())
	}
	quoted, err := json.Marshal(texts.String())
	if err != nil {
		return content
	}
	return root(quoted)
}

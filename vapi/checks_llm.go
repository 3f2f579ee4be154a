package vapi

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"vapitap/internal/jsonpath"
)

// completion judges the reply to a chat completion. It is judged on no time: how
// long a model may take is not documented.
func (j *judgement) completion() {
	doubled := j.doubledPath()
	switch status := j.reply.Status; {
	case status >= 200 && status < 300:
		j.statusUsable()
	case doubled: // which explains it
		return
	default:
		j.fail(codeNot200, "", j.modelHint(), "the model server answered %s; Vapi cannot use it, so the assistant says nothing", j.statusWords())
		return
	}
	body := bytes.TrimSpace(j.reply.Body)
	streamed := j.request.root().member("stream").truth()
	switch {
	case len(body) == 0 && j.callerLeft():
	case len(body) == 0 && streamed:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the body is empty%s; Vapi waits for server-sent events", j.failureWords())
	case len(body) == 0:
		j.fail(codeEmpty, "", completionTemplate, "the body is empty%s; Vapi waits for a chat completion", j.failureWords())
	case isEventStream(j.reply):
		j.stream()
	case j.reply.Truncated:
	case j.callerLeft() && !jsonpath.Valid(body):
	case jsonpath.Valid(body):
		j.wholeCompletion(root(body), streamed)
	case streamed:
		j.fail(codeStreamBroken, "", streamTemplate(plainOr(body, "Hello")), "the body is neither server-sent events nor JSON: %s%s; Vapi cannot read it", notJSONBecause(body), j.failureWords())
	default:
		j.fail(codeNotJSON, "", completionTemplate, "the body is not JSON: %s%s; Vapi cannot read it", notJSONBecause(body), j.failureWords())
	}
}

// completionTemplate is the reply to a chat completion that is not streamed.
const completionTemplate = `{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`

// modelHint says what to do about a model that answers another status than 200.
func (j *judgement) modelHint() string {
	switch status := j.reply.Status; {
	case status == 401, status == 403:
		return "compare the key that your model server expects with the credential of the assistant's model in Vapi"
	case status == 404, status == 405, 300 <= status && status < 400:
		return j.statusHint()
	case status == 429:
		return "the limit of your model is reached: raise it, or give the assistant fallback models"
	}
	return "look at the log of your model server; when the model fails, stream something to say with status 200"
}

// doubledPath tells a model URL that already has the path that Vapi appends.
func (j *judgement) doubledPath() bool {
	path := plainPath(j.request.Path)
	if !strings.Contains(path, completionsPath+completionsPath) {
		return false
	}
	j.fail(codePathDoubled, "", "end model.url before "+completionsPath, "the path is %s; Vapi appends %s to model.url by itself", oneLine(path, phraseLength), completionsPath)
	return true
}

// stream judges server-sent events.
func (j *judgement) stream() {
	c := completion{textLimit: longestMessage}
	chunks, done := 0, false
	for data := range events(j.reply.Body) {
		if done = string(bytes.TrimSpace(data)) == streamEnd; done {
			break
		}
		if chunks++; jsonpath.Valid(data) {
			c.addChunk(root(data))
			continue
		}
		if !j.reply.Truncated && !j.callerLeft() {
			j.fail(codeStreamBroken, "", "each event is one line, data: and the JSON of a chunk, with an empty line after it",
				"event %d of the stream is not JSON: %s%s; Vapi cannot read it", chunks, notJSONBecause(data), j.failureWords())
		}
		return
	}
	switch {
	case c.failure.found():
		j.modelFailed(&c)
	case done:
		j.wholeStream(&c, chunks)
	case j.reply.Truncated, j.callerLeft(): // Vapi hangs up on the model when the caller interrupts
	case j.reply.Failure != "":
		j.fail(codeStreamBroken, "", "look at the log of your model server: it broke off in the middle of the stream", "the stream was cut short after %s: %s; the assistant breaks off", plural(chunks, "event"), j.reply.Failure)
	case chunks == 0:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the stream has no events with data; Vapi hears nothing")
	default:
		j.fail(codeStreamBroken, "", "end it with the line data: [DONE], without quotes, and an empty line", "the stream ends without data: [DONE] after %s; Vapi takes it as cut short", plural(chunks, "event"))
	}
}

// wholeStream judges what the chunks of a stream that came to its end add up to.
func (j *judgement) wholeStream(c *completion, chunks int) {
	switch {
	case chunks == 0:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the stream has nothing before data: [DONE]; the assistant says nothing")
	case c.choices == 0:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "no chunk of the stream has choices; Vapi reads choices[0].delta, so the assistant says nothing")
	case c.messages == c.choices:
		j.fail(codeStreamBroken, "", streamTemplate(cutRunes(c.text.String(), longestMessage)), "the chunks have a message where a stream has a delta; Vapi reads choices[0].delta, so the assistant says nothing")
	default:
		j.addsUp(c, true)
	}
}

// modelFailed tells an error that came with status 200.
func (j *judgement) modelFailed(c *completion) {
	j.fail(codeStreamBroken, "", "look at your model's log: an error with status 200 is taken for an answer; answer with the status of the error, or with text to say",
		"the model answered with an %s; the assistant says nothing more", c.failureWords())
}

// addsUp tells tool calls whose parts do not add up.
func (j *judgement) addsUp(c *completion, streamed bool) {
	if fault := c.callFault(streamed); fault != "" {
		j.fail(codeToolCallBroken, "", "the first part of a call has index, id and function.name; the function.arguments of its parts make one JSON object",
			"%s; Vapi cannot make the call", fault)
	}
}

// wholeCompletion judges one JSON object.
func (j *judgement) wholeCompletion(body value, streamed bool) {
	var c completion
	c.textLimit = longestMessage
	c.addChunk(body)
	switch {
	case streamed && c.failure.found():
		j.modelFailed(&c)
		return
	case streamed && c.choices == 0:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the reply is %s without choices; Vapi reads server-sent events with choices[0].delta, so the assistant says nothing", jsonKind(body))
		return
	case streamed:
		j.warn(codeNotStreamed, "", c.asStream(),
			"the reply is one JSON object, though the request says stream: true; Vapi reads server-sent events, so the assistant may say nothing")
	}
	j.addsUp(&c, false)
}

// asStream returns the stream that says what c says.
func (c *completion) asStream() string {
	if len(c.calls) == 0 {
		return streamTemplate(cutRunes(c.text.String(), longestMessage))
	}
	var b strings.Builder
	for i, call := range c.calls {
		b.WriteString(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":` + strconv.Itoa(i) + `,"id":` + string(jsonpath.Quote(call.id)) +
			`,"type":"function","function":{"name":` + string(jsonpath.Quote(call.name)) + `,"arguments":` + string(jsonpath.Quote(call.arguments.String())) + "}}]},\"finish_reason\":null}]}\n\n")
		if b.Len() > mendedBytes {
			return streamTemplate("Hello")
		}
	}
	b.WriteString(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}` + "\n\ndata: " + streamEnd + "\n\n")
	return b.String()
}

// plainOr returns body where it is plain text that can be said, else another.
func plainOr(body []byte, other string) string {
	if len(body) > longestMessage || !unicode.IsLetter(rune(body[0])) {
		return other
	}
	return oneLine(string(body), longestMessage)
}

// streamTemplate returns a stream that says text.
func streamTemplate(text string) string {
	return `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":` + string(jsonpath.Quote(text)) + `},"finish_reason":null}]}` +
		"\n\n" + `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` +
		"\n\ndata: " + streamEnd + "\n\n"
}

// callFault says why the tool calls do not add up, "" where they do. The parts
// of a stream belong together by their index; one call needs none.
func (c *completion) callFault(streamed bool) string {
	if c.fault != "" {
		return c.fault
	}
	if len(c.calls) == 0 && c.finish == "tool_calls" {
		return "the finish_reason is tool_calls, and no tool is called"
	}
	for i, call := range c.calls {
		which := "tool call " + strconv.Itoa(i+1)
		if call.name != "" {
			which = oneLine(call.name, detailLength)
		}
		text := []byte(call.arguments.String())
		switch {
		case call.id == "":
			return which + " has no id"
		case call.name == "":
			return which + " has no function.name"
		case streamed && !call.indexed && len(c.calls) > 1:
			return which + " has no index, and there are " + plural(len(c.calls), "call")
		case len(text) == 0: // a tool without parameters
		case !jsonpath.Valid(text):
			return "the arguments of " + which + " do not make JSON: " + brokenAt(text)
		case !root(text).isObject():
			return "the arguments of " + which + " make " + jsonKind(root(text)) + ", not an object"
		}
	}
	return ""
}

package vapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

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
		j.fail(codeNot200, "", j.statusHint(), "the model answered %d; Vapi cannot use it, so the assistant says nothing", status)
		return
	}
	body := bytes.TrimSpace(j.reply.Body)
	streamed := j.request.root().member("stream").truth()
	switch {
	case len(body) == 0 && streamed:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the body is empty%s; Vapi waits for server-sent events", j.failureWords())
	case len(body) == 0:
		j.fail(codeEmpty, "", `{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"}}]}`, "the body is empty%s; Vapi waits for a chat completion", j.failureWords())
	case isEventStream(j.reply):
		j.stream()
	case j.reply.Truncated:
	case json.Valid(body):
		j.wholeCompletion(root(body), streamed)
	case streamed:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the body is neither server-sent events nor JSON: %s%s; Vapi cannot read it", notJSONBecause(body), j.failureWords())
	default:
		j.fail(codeNotJSON, "", "", "the body is not JSON: %s%s; Vapi cannot read it", notJSONBecause(body), j.failureWords())
	}
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
	var c completion
	chunks, done := 0, false
	for data := range events(j.reply.Body) {
		if done = string(bytes.TrimSpace(data)) == streamEnd; done {
			break
		}
		if chunks++; json.Valid(data) {
			c.addChunk(root(data))
			continue
		}
		if !j.reply.Truncated {
			j.fail(codeStreamBroken, "", "each event is one line, data: and the JSON of a chunk, with an empty line after it",
				"event %d of the stream is not JSON: %s%s; Vapi cannot read it", chunks, brokenAt(data), j.failureWords())
		}
		return
	}
	switch {
	case done:
		j.streamedCalls(&c)
	case j.reply.Truncated:
	case j.reply.Failure != "":
		j.fail(codeStreamBroken, "", "", "the stream was cut short after %s: %s; the assistant breaks off", plural(chunks, "event"), j.reply.Failure)
	case chunks == 0:
		j.fail(codeStreamBroken, "", streamTemplate("Hello"), "the stream has no events with data; Vapi hears nothing")
	default:
		j.fail(codeStreamBroken, "", "data: [DONE]", "the stream ends without data: [DONE] after %s; Vapi takes it as cut short", plural(chunks, "event"))
	}
}

// streamedCalls tells tool calls whose parts do not add up.
func (j *judgement) streamedCalls(c *completion) {
	if fault := c.callFault(); fault != "" {
		j.fail(codeToolCallBroken, "", "the first part of a call has index, id and function.name; the function.arguments of its parts make one JSON object",
			"%s; Vapi cannot make the call", fault)
	}
}

// wholeCompletion judges one JSON object.
func (j *judgement) wholeCompletion(body value, streamed bool) {
	var c completion
	c.textLimit = longestMessage
	c.addChunk(body)
	if streamed {
		j.warn(codeNotStreamed, "", streamTemplate(cutRunes(c.text.String(), longestMessage)),
			"the reply is one JSON object, though the request says stream: true; Vapi reads server-sent events, so the assistant may say nothing")
	}
	j.streamedCalls(&c)
}

// streamTemplate returns a stream that says text.
func streamTemplate(text string) string {
	return `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":` + string(jsonpath.Quote(text)) + `},"finish_reason":null}]}` +
		"\n\n" + `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` +
		"\n\ndata: " + streamEnd + "\n\n"
}

// callFault says why the tool calls do not add up, "" where they do.
func (c *completion) callFault() string {
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
		case len(text) == 0: // a tool without parameters
		case !json.Valid(text):
			return "the arguments of " + which + " do not make JSON: " + brokenAt(text)
		case !root(text).isObject():
			return "the arguments of " + which + " make " + jsonKind(root(text)) + ", not an object"
		}
	}
	return ""
}

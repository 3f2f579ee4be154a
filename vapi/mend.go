package vapi

import (
	"bytes"
	"encoding/json"
	"strings"

	"vapitap/internal/jsonpath"
)

// mendedBytes is how long a reply may be for the whole of it to be shown as it
// should have been.
const mendedBytes = 8 << 10

// mendedReply returns the reply to asks that says what answers say, the way Vapi
// takes it: one entry a call, in the order of the calls, ids filled in, results
// as strings of one line. Answers that name a call go to it, the others to the
// calls that are left, in order; a call without any gets a placeholder. It
// is "" where there is nothing to answer or the reply would be too long to be
// read.
func mendedReply(asks []toolAsk, answers []toolAnswer) string {
	named, others := matchAnswers(asks, answers)
	var b bytes.Buffer
	b.WriteString(`{"results":[`)
	entries := 0
	for i, ask := range asks {
		answer, ok := named[i]
		switch {
		case ok:
		case ask.async:
			continue
		case len(others) > 0:
			answer, others = others[0], others[1:]
		}
		if entries > 0 {
			b.WriteByte(',')
		}
		writeMended(&b, ask, answer)
		if entries++; b.Len() > mendedBytes {
			return ""
		}
	}
	if entries == 0 {
		return ""
	}
	b.WriteString(`]}`)
	return b.String()
}

// matchAnswers returns the first answer that names each of asks, by the index of
// the call, and the answers that name none of them. What names a call is its id,
// else the name of its tool where no other call that is left has it.
func matchAnswers(asks []toolAsk, answers []toolAnswer) (named map[int]toolAnswer, others []toolAnswer) {
	index := make(map[string]int, len(asks))
	for i, ask := range asks {
		index[ask.id] = i
	}
	named = make(map[int]toolAnswer, len(answers))
	var unnamed []toolAnswer
	for _, answer := range answers {
		i, ok := index[answer.id.str()]
		if !ok || !answer.id.isString() {
			unnamed = append(unnamed, answer)
			continue
		}
		if _, twice := named[i]; !twice {
			named[i] = answer
		}
	}
	tools := leftByTool(asks, named)
	for _, answer := range unnamed {
		tool := firstFound(answer.name, answer.entry.member("tool"), answer.entry.member("toolName")).str()
		left := tools[tool]
		if tool == "" || len(left) != 1 {
			others = append(others, answer)
			continue
		}
		named[left[0]] = answer
		delete(tools, tool)
	}
	return named, others
}

// leftByTool returns the calls that named has no answer to, by their tool.
func leftByTool(asks []toolAsk, named map[int]toolAnswer) map[string][]int {
	left := map[string][]int{}
	for i, ask := range asks {
		if _, answered := named[i]; !answered && !ask.async {
			left[ask.name] = append(left[ask.name], i)
		}
	}
	return left
}

// writeMended writes one entry of results.
func writeMended(b *bytes.Buffer, ask toolAsk, answer toolAnswer) {
	b.WriteString(`{"toolCallId":`)
	b.Write(jsonpath.Quote(ask.id))
	if answer.name.isString() {
		b.WriteString(`,"name":`)
		b.Write(answer.name.raw())
	}
	failed := answer.failure.found()
	switch {
	case failed:
		b.WriteString(`,"error":`)
		b.Write(singleLine(errorMessage(answer.failure)))
	case answer.result.found():
		b.WriteString(`,"result":`)
		b.Write(singleLine(answer.result))
	default:
		b.WriteString(`,"result":`)
		b.Write(jsonpath.Quote("the answer of " + ask.name + " as one line of text"))
	}
	if answer.message.found() {
		b.WriteString(`,"message":`)
		writeMessage(b, answer.message, failed)
	}
	if metadata := answer.entry.member("metadata"); metadata.isObject() {
		b.WriteString(`,"metadata":`)
		writeCompact(b, metadata)
	}
	b.WriteByte('}')
}

// errorMessage returns the message of an error that is an object with one, as
// most libraries make them, and any other error as it is.
func errorMessage(failure value) value {
	if message := failure.member("message"); message.isString() && !message.empty() {
		return message
	}
	return failure
}

// singleLine returns v as a JSON string of one line: a string with its line
// breaks made spaces, JSON in it without any, anything else as the text of its
// JSON.
func singleLine(v value) []byte {
	if v.isString() {
		if text := []byte(v.str()); bytes.ContainsAny(text, "\r\n") && jsonpath.Valid(text) {
			return jsonpath.Quote(compacted(text))
		}
		lines := strings.FieldsFunc(v.str(), func(r rune) bool { return r == '\n' || r == '\r' })
		return jsonpath.Quote(strings.TrimSpace(strings.Join(lines, " ")))
	}
	var compact bytes.Buffer
	writeCompact(&compact, v)
	return jsonpath.Quote(compact.String())
}

// writeMessage writes the message of an entry, as one that Vapi would speak.
func writeMessage(b *bytes.Buffer, message value, failed bool) {
	if messageFault(message) == "" {
		writeCompact(b, message)
		return
	}
	kind := "request-complete"
	if failed {
		kind = "request-failed"
	}
	content := message
	if message.isObject() {
		v := message.pick("content", "message")
		content = firstFound(v...)
	}
	b.WriteString(`{"type":"` + kind + `","content":`)
	b.Write(jsonpath.Quote(content.words(longestMessage)))
	b.WriteByte('}')
}

func writeCompact(b *bytes.Buffer, v value) {
	if err := json.Compact(b, v.raw()); err != nil {
		b.WriteString("null") // not JSON after all; it is in no reply that gets here
	}
}

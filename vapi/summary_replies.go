package vapi

import (
	"strconv"
	"strings"
)

// Summaries of what Vapi asks: what was asked, an arrow, what the reply chose.

func summarizeAssistantRequest(m value, _ Request, reply *Reply) string {
	return withOutcome(caller(m), reply, choiceWords)
}

// caller says who a message's call is with.
func caller(m value) string {
	v := m.pick("customer", "call")
	for _, customer := range []value{v[0], v[1].member("customer")} {
		c := customer.pick("number", "sipUri", "name")
		if who := firstFound(c...); who.isString() {
			return phone(who.words(detailLength))
		}
	}
	switch v[1].member("type").words(detailLength) {
	case "webCall":
		return "web call"
	case "vapi.websocketCall":
		return "websocket call"
	}
	return "unknown caller"
}

// choiceWords says what the reply to an assistant-request chose. A destination
// comes first, for then Vapi ignores the rest.
func choiceWords(body value) string {
	v := body.pick("destination", "assistantId", "assistant", "squadId", "squad", "workflowId", "workflow", "error")
	switch {
	case v[0].found():
		return transferWords(v[0])
	case !v[1].empty():
		return "assistant " + shortID(v[1])
	case v[2].isObject():
		return assistantWords(v[2])
	case !v[3].empty():
		return "squad " + shortID(v[3])
	case v[4].isObject():
		return named("squad", v[4])
	case !v[5].empty():
		return "workflow " + shortID(v[5])
	case v[6].isObject():
		return named("workflow", v[6])
	}
	return errorWords(v[7])
}

func named(noun string, v value) string {
	if name := v.member("name").phrase(detailLength); name != "" {
		return noun + " " + name
	}
	return "a " + noun + " without a name"
}

func transferWords(destination value) string {
	if to := destinationWords(destination); to != "" {
		return "transfer to " + to
	}
	return ""
}

// errorWords says what a reply's error says, "" where there is none.
func errorWords(v value) string {
	if !v.found() {
		return ""
	}
	return "error " + v.phrase(phraseLength)
}

func summarizeTransferRequest(_ value, _ Request, reply *Reply) string {
	return withOutcome("where to?", reply, func(body value) string {
		v := body.pick("destination", "error")
		if to := transferWords(v[0]); to != "" {
			return to
		}
		return errorWords(v[1])
	})
}

func summarizeHandoffRequest(m value, _ Request, reply *Reply) string {
	asked := arguments(m.member("parameters"))
	if asked == "" {
		asked = "to whom?"
	}
	return withOutcome(asked, reply, func(body value) string {
		v := body.pick("destination", "error")
		switch to := destinationWords(v[0]); {
		case to != "":
			return "hand over to " + to
		case v[1].found():
			return "refused: " + v[1].phrase(phraseLength)
		case v[0].found():
			return "refused"
		}
		return ""
	})
}

func summarizeKnowledgeBase(m value, _ Request, reply *Reply) string {
	_, last := conversation(m)
	return withOutcome(last, reply, func(body value) string {
		v := body.pick("documents", "message")
		documents := ""
		if v[0].isArray() {
			n, _ := lastElement(v[0])
			documents = plural(n, "document")
		}
		message := v[1].member("content")
		if v[1].isString() {
			message = v[1]
		}
		return joined(documents, message.phrase(phraseLength))
	})
}

func summarizeVoiceRequest(m value, _ Request, reply *Reply) string {
	v := m.pick("text", "sampleRate")
	asked := v[0].phrase(phraseLength)
	if rate, ok := v[1].number(); ok {
		asked += " at " + strconv.FormatFloat(rate/1000, 'f', -1, 64) + " kHz"
	}
	if reply == nil {
		return asked
	}
	answer := noAnswer(reply)
	if answer == "" {
		answer = sizeWords(len(reply.Body)) + " of audio"
		if reply.Truncated {
			answer = "more than " + answer
		}
		if fault := audioFault(reply); fault != "" {
			answer = fault
		}
	}
	return asked + " → " + answer
}

// sizeWords writes a number of bytes as people read it.
func sizeWords(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " B"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 0, 64) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

func summarizeEndpointing(m value, _ Request, reply *Reply) string {
	_, last := conversation(m)
	return withOutcome(last, reply, func(body value) string {
		seconds, ok := body.member("timeoutSeconds").number()
		if !ok {
			return ""
		}
		return "wait " + strconv.FormatFloat(seconds, 'g', 6, 64) + " s"
	})
}

func summarizePredial(m value, _ Request, reply *Reply) string {
	contact := m.member("contact").pick("number", "name", "id")
	asked := joined(phone(contact[0].words(detailLength)), contact[1].words(detailLength))
	if asked == "" {
		asked = "contact " + shortID(contact[2])
	}
	return withOutcome(asked, reply, func(body value) string {
		switch body.member("eligible").words(detailLength) {
		case "true":
			return "eligible"
		case "false":
			return "not eligible"
		}
		return ""
	})
}

// shownCalls is how many tool calls of a message a summary tells.
const shownCalls = 3

func summarizeToolCalls(_ value, r Request, reply *Reply) string {
	asks := r.toolAsks()
	answers := r.answers(reply, asks)
	if len(asks) == 0 {
		return "no tool calls"
	}
	var b strings.Builder
	b.Grow(summaryLength / 2) // more than most need
	for i := range asks {
		ask := &asks[i]
		if i == shownCalls {
			b.WriteString(" and " + plural(len(asks)-i, "other"))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(oneLine(ask.name, detailLength))
		b.WriteByte('(')
		ask.writeArguments(&b)
		b.WriteByte(')')
		if reply != nil {
			writeToolOutcome(&b, ask, reply, answers)
		}
	}
	return b.String()
}

// writeToolOutcome writes what came of one call.
func writeToolOutcome(b *strings.Builder, ask *toolAsk, reply *Reply, answers *toolAnswers) {
	if missing := noAnswer(reply); missing != "" {
		b.WriteString(" → " + missing)
		return
	}
	answer, ok := answers.to(ask.id)
	switch {
	case ok && answer.failure.found():
		b.WriteString(" → " + errorWords(answer.failure))
	case ok && answer.result.found():
		b.WriteString(" → ")
		writeArgument(b, answer.result, phraseLength)
	case ask.async:
		b.WriteString(" (async)")
	default:
		b.WriteString(" → no result")
	}
}

// arguments returns what writeArguments writes.
func arguments(v value) string {
	var b strings.Builder
	writeArguments(&b, v)
	return b.String()
}

// writeArguments writes the members of an object the way a call has them:
// city: "Oslo", units: "celsius". Other values stay as they are.
func writeArguments(b *strings.Builder, v value) {
	const most = 6
	if !v.isObject() {
		v.writePhrase(b, phraseLength)
		return
	}
	n := 0
	for c := v.open(); c.next(); n++ {
		if n == most {
			b.WriteString(", …")
			break
		}
		if n > 0 {
			b.WriteString(", ")
		}
		writeKeyName(b, c.key())
		b.WriteString(": ")
		writeArgument(b, c.value(), detailLength)
	}
}

// writeArgument writes one value of a call, an empty string and null among them.
func writeArgument(b *strings.Builder, v value, limit int) {
	switch {
	case v.isString() && v.empty():
		b.WriteString(`""`)
	case !v.found():
		b.WriteString("null")
	default:
		v.writePhrase(b, limit)
	}
}

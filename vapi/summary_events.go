package vapi

import "vapitap/internal/jsonpath"

// Summaries of what Vapi only tells: nobody waits for a reply to these.

// speaker returns who a role stands for. Vapi calls the assistant's side bot in
// one place and assistant in another.
func speaker(role value) string {
	switch name := role.words(detailLength); name {
	case "assistant", "bot":
		return "bot"
	default:
		return name
	}
}

// quote returns who said what: user: "hello".
func quote(who, phrase string) string {
	switch {
	case phrase == "":
		return who
	case who == "":
		return phrase
	}
	return who + ": " + phrase
}

func summarizeStatus(m value) string {
	v := m.pick("status", "endedReason", "destination")
	reason := ""
	if v[1].isString() {
		reason, _ = EndedReasonText(v[1].prefix(phraseLength))
	}
	return joined(v[0].words(detailLength), reason, destinationWords(v[2]))
}

func summarizeTranscript(m value) string {
	v := m.pick("role", "transcriptType", "transcript", "isFiltered", "detectedThreats")
	said := quote(speaker(v[0]), v[2].phrase(phraseLength))
	if v[1].words(detailLength) == "partial" {
		said += " (partial)"
	}
	return joined(said, filterWords(v[3], v[4]))
}

// filterWords says that the security filter changed what was said, and why.
func filterWords(filtered, threats value) string {
	first, others := firstOf(threats)
	found := ""
	if first.isString() && threats.isArray() {
		found = first.words(detailLength)
		if others > 0 {
			found += " and " + plural(others, "other")
		}
	}
	switch {
	case filtered.truth() && found != "":
		return "filtered: " + found
	case filtered.truth():
		return "filtered"
	case found != "":
		return "suspicious: " + found
	}
	return ""
}

func summarizeSpeech(m value) string {
	v := m.pick("role", "status")
	who := v[0].words(detailLength)
	switch status := v[1].words(detailLength); status {
	case "started":
		return who + " speaking"
	case "stopped":
		return who + " stopped speaking"
	default:
		return joined(who, status)
	}
}

func summarizeSpeechStarted(m value) string {
	return quote("assistant starts to say", m.member("text").phrase(phraseLength))
}

func summarizeConversation(m value) string {
	count, last := conversation(m)
	return joined(count, last)
}

// conversation says how many messages the conversation has so far, and who said
// what in the last of them.
func conversation(m value) (count, last string) {
	n, latest := lastElement(firstList(m, "messages", "messagesOpenAIFormatted"))
	if n == 0 {
		return "no messages", ""
	}
	return plural(n, "message"), turn(latest)
}

// firstList returns the first member of m that is called one of names and is an
// array with something in it.
func firstList(m value, names ...string) value {
	for c := m.open(); c.next(); {
		for _, name := range names {
			if v := c.value(); jsonpath.KeyIs(c.key(), name) && v.isArray() && !v.empty() {
				return v
			}
		}
	}
	return value{}
}

// lastElement counts the elements of an array and returns the last.
func lastElement(list value) (n int, last value) {
	for c := list.open(); c.next(); n++ {
		last = c.value()
	}
	return n, last
}

// turn says what one message of a conversation holds, in either of the formats.
func turn(message value) string {
	v := message.pick("role", "message", "content", "toolCalls", "tool_calls", "result")
	role := v[0].words(detailLength)
	switch role {
	case "tool_calls":
		return calling(v[3])
	case "tool_call_result", "tool":
		return quote("result", firstFound(v[5], v[2], v[1]).phrase(phraseLength))
	}
	if calls := firstFound(v[4], v[3]); calls.isArray() {
		return calling(calls)
	}
	return quote(speaker(v[0]), contentPhrase(firstFound(v[1], v[2])))
}

// contentPhrase quotes the content of a message, which is a string or, in
// OpenAI's format, a list of parts that have a text.
func contentPhrase(content value) string {
	for c := content.open(); content.isArray() && c.next(); {
		if text := c.value().member("text"); text.isString() {
			return text.phrase(phraseLength)
		}
	}
	return content.phrase(phraseLength)
}

// calling names the tools that a list of tool calls calls.
func calling(calls value) string {
	const most = 3
	names := ""
	n := 0
	for c := calls.open(); c.next(); n++ {
		if n < most {
			ask := readToolAsk(c.value())
			if n > 0 {
				names += ", "
			}
			names += oneLine(ask.name, detailLength)
		}
	}
	switch {
	case n == 0:
		return "calls a tool"
	case n > most:
		return "calls " + names + " and " + plural(n-most, "other")
	}
	return "calls " + names
}

func summarizeModelOutput(m value) string {
	output := m.member("output")
	if !output.isObject() && !output.isArray() {
		return output.phrase(phraseLength)
	}
	if output.isArray() {
		return calling(output)
	}
	v := output.pick("tool_calls", "toolCalls", "function", "content", "text")
	switch calls := firstFound(v[0], v[1]); {
	case calls.isArray():
		return calling(calls)
	case v[2].isObject():
		return "calls " + v[2].member("name").words(detailLength)
	}
	return firstFound(v[3], v[4], output).phrase(phraseLength)
}

func summarizeLanguage(m value) string {
	return "language " + m.member("language").words(detailLength)
}

func summarizeVoiceInput(m value) string { return m.member("input").phrase(phraseLength) }

func summarizeControl(m value) string {
	v := m.pick("request", "destination")
	switch request := v[0].words(detailLength); request {
	case "hang-up":
		return "hang up"
	case "forward":
		return "forward to " + destinationWords(v[1])
	default:
		return joined(request, destinationWords(v[1]))
	}
}

func summarizeTransferUpdate(m value) string {
	v := m.pick("destination", "toAssistant", "fromAssistant", "toStepRecord", "fromStepRecord")
	to := destinationWords(v[0])
	if to == "" {
		to = assistantWords(v[1])
	}
	if to == "" {
		to = stepWords(v[3])
	}
	if to == "" {
		to = "unknown"
	}
	from := assistantWords(v[2])
	if from == "" {
		from = stepWords(v[4])
	}
	if from != "" {
		return "from " + from + " to " + to
	}
	return "to " + to
}

// stepWords names a step of a workflow; "" where v is none with a name.
func stepWords(v value) string {
	if name := v.member("name").phrase(detailLength); name != "" {
		return "step " + name
	}
	return ""
}

// assistantWords names an assistant object; "" where v is none.
func assistantWords(v value) string {
	if !v.isObject() {
		return ""
	}
	if name := v.member("name").phrase(detailLength); name != "" {
		return "assistant " + name
	}
	return "an assistant without a name"
}

// destinationWords names where a call goes; "" where v is no destination.
func destinationWords(v value) string {
	if !v.isObject() {
		return ""
	}
	d := v.pick("number", "phoneNumber", "sipUri", "assistantName", "assistantId", "squadId", "assistant", "squad", "type")
	switch {
	case d[0].isString():
		return phone(d[0].words(detailLength))
	case d[1].isString():
		return phone(d[1].words(detailLength))
	case d[2].isString():
		return d[2].words(phraseLength)
	case d[3].isString():
		return "assistant " + d[3].phrase(detailLength)
	case d[4].isString():
		return "assistant " + shortID(d[4])
	case d[5].isString():
		return "squad " + shortID(d[5])
	case d[6].isObject():
		return assistantWords(d[6])
	case d[7].isObject():
		return "squad " + d[7].member("name").phrase(detailLength)
	}
	return d[8].words(detailLength)
}

func summarizeChat(m value) string {
	chat := m.member("chat").pick("id", "name", "input", "output")
	said := joined("chat "+shortID(chat[0]), chat[1].phrase(detailLength), chatInput(chat[2]))
	if n, last := lastElement(chat[3]); n > 0 && chat[3].isArray() {
		said += " → " + turn(last)
	}
	return said
}

// chatInput says what was asked in a chat: a string, or a list of messages.
func chatInput(input value) string {
	if input.empty() {
		return ""
	}
	if !input.isArray() {
		return quote("user", input.phrase(phraseLength))
	}
	_, last := lastElement(input)
	return turn(last)
}

func summarizeSession(m value) string {
	session := m.member("session").pick("id", "name", "status")
	return joined("session "+shortID(session[0]), session[1].phrase(detailLength), session[2].words(detailLength))
}

func summarizeUpload(m value) string {
	const most = 4
	var parts []string
	n := 0
	for c := m.member("artifacts").open(); c.next(); n++ {
		if n >= most {
			continue
		}
		v := c.value().pick("type", "success")
		outcome := " failed"
		if v[1].truth() {
			outcome = " uploaded"
		}
		parts = append(parts, v[0].words(detailLength)+outcome)
	}
	if n > most {
		parts = append(parts, plural(n-most, "other"))
	}
	if n == 0 {
		return "nothing uploaded"
	}
	return joined(parts...)
}

func summarizeAssistantStarted(m value) string {
	v := m.pick("newAssistant", "assistant")
	name := firstFound(v...).member("name").phrase(detailLength)
	if name == "" {
		return "assistant started"
	}
	return "assistant " + name + " started"
}

func summarizeReport(m value) string {
	f := findReport(m)
	reason, _ := EndedReasonText(f.endedReason.prefix(phraseLength))
	if reason == "" {
		reason = "call ended"
	}
	cost := ""
	if spent := f.cost(); spent > 0 {
		cost = dollars(spent)
	}
	return joined(reason, spellSeconds(f.duration()), cost, f.summary.phrase(phraseLength))
}

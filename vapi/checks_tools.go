package vapi

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// longestMessage is how many characters the content of a message may have, as
// Vapi's OpenAPI document says.
const longestMessage = 1000

// toolResults judges the reply to tool-calls.
func (j *judgement) toolResults(body value) {
	asks := j.asks()
	answers := j.request.answers(j.reply, asks)
	switch {
	case answers.results.found():
		t := toolJudgement{judgement: j, asks: asks, answers: answers}
		t.match()
		t.entries()
		t.leftOver()
		t.order()
		t.names()
	case !answers.failure.found():
		j.resultsMissing(body)
	}
}

// resultsMissing tells a reply that has nothing where Vapi looks.
func (j *judgement) resultsMissing(body value) {
	path, what := missingWords(body)
	hint := mendedReply(j.asks(), looseAnswers(body, j.asks()))
	switch failure := body.member("error"); {
	case path == "/error":
		hint = `{"error":` + string(singleLine(errorMessage(failure))) + `}`
	case hint == "":
		hint = j.template()
	}
	j.fail(codeResultsMissing, path, hint, "%s; Vapi looks for a results array, or an error string, at the top, so the assistant hears no result", what)
}

// missingWords says what stands where results belong, and where.
func missingWords(body value) (path, what string) {
	v := body.pick("results", "error")
	switch {
	case v[0].isString() && !parsedObject(v[0]).isString():
		return "/results", "results is a string that holds JSON, encoded once too often"
	case v[0].found():
		return "/results", "results is " + jsonKind(v[0])
	case v[1].found():
		return "/error", "error is " + jsonKind(v[1])
	case !body.isObject():
		if body.isString() && parsedObject(body).isObject() {
			return "", "the reply is a string that holds JSON, encoded once too often"
		}
		return "", "the reply is " + jsonKind(body)
	}
	for _, name := range wrappers {
		if parsedObject(body.member(name)).member("results").found() {
			return "/" + name, "the results stand inside " + name
		}
	}
	for _, name := range listNames {
		if body.member(name).isArray() {
			return "/" + name, "the results are called " + name
		}
	}
	if body.member("result").found() {
		return "/result", "the reply has result in place of results"
	}
	return "", "the reply is an object without results"
}

// A toolJudgement judges the entries of results against the calls.
type toolJudgement struct {
	*judgement
	asks    []toolAsk
	answers *toolAnswers

	index    map[string]int // of a call by its id; nil while there are few
	place    []int          // of each entry: the call that it answers, or one of those below
	answered []bool         // of each call
	mended   *string        // what mend has made
}

// What an entry can be in place of the answer to a call.
const (
	unknown   = -1 // names a call that was not made
	nameless  = -2 // names none
	duplicate = -3 // the second to its call
)

// match finds out which entry answers which call.
func (t *toolJudgement) match() {
	if len(t.asks) > few {
		t.index = indexOfCalls(t.asks)
	}
	t.place = make([]int, len(t.answers.list))
	t.answered = make([]bool, len(t.asks))
	for i := range t.answers.list {
		t.place[i] = t.placeOf(&t.answers.list[i])
		if call := t.place[i]; call >= 0 {
			t.answered[call] = true
		}
	}
}

func (t *toolJudgement) placeOf(answer *toolAnswer) int {
	if !answer.id.found() {
		return nameless
	}
	call, ok := t.callNamed(answer.id)
	switch {
	case !ok:
		return unknown
	case t.answered[call]:
		return duplicate
	}
	return call
}

// callNamed returns the call that has an id, which stands in an entry.
func (t *toolJudgement) callNamed(id value) (call int, ok bool) {
	switch {
	case !id.isString():
		return 0, false
	case t.index != nil:
		call, ok = t.index[id.str()]
		return call, ok
	}
	for i := range t.asks {
		if asked := t.asks[i].id; asked != "" && id.is(asked) {
			return i, true
		}
	}
	return 0, false
}

// callsKnown reports whether it is known for sure which calls were made.
func (t *toolJudgement) callsKnown() bool { return len(t.asks) > 0 && !t.request.Truncated }

// entries judges each entry by itself.
func (t *toolJudgement) entries() {
	for i := range t.answers.list {
		answer := &t.answers.list[i]
		switch t.place[i] {
		case duplicate:
			t.warn(codeDuplicate, t.pointer(i), t.mend(), "there are two answers to the call %s; only one can count", t.idWords(answer))
			continue
		case unknown:
			if t.callsKnown() {
				t.fail(codeIDUnknown, t.pointer(i)+"/toolCallId", t.mend(),
					"no call has the id %s; Vapi matches toolCallId exactly, so this answer is lost%s", t.idWords(answer), t.expectedID())
			}
		}
		t.content(i, answer)
	}
}

// content judges what an entry says.
func (t *toolJudgement) content(i int, answer *toolAnswer) {
	for _, part := range []struct {
		name string
		v    value
	}{{"result", answer.result}, {"error", answer.failure}} {
		switch {
		case part.v.isString():
			t.lines(i, part.name, part.v)
		case part.v.found():
			t.notString(i, part.name, part.v)
		}
	}
	switch {
	case answer.result.found() || answer.failure.found():
	case answer.says():
		name := "result"
		if answer.result.text == nil {
			name = "error"
		}
		t.notString(i, name, value{text: []byte("null")})
	case t.place[i] >= 0:
		t.fail(codeResultMissing, t.pointer(i), t.mend(), "the answer to %s has neither result nor error%s, so the assistant hears no result", t.callWords(t.place[i]), insteadOfResult(answer))
	}
	if fault := messageFault(answer.message); fault != "" {
		t.warn(codeMessageInvalid, t.pointer(i)+"/message", t.mend(), "%s; Vapi speaks an object of type request-complete or request-failed with a content", fault)
	}
}

// insteadOfResult says under which other name an entry may have its result.
func insteadOfResult(answer *toolAnswer) string {
	for _, name := range otherResultNames {
		if answer.entry.member(name).found() {
			return " but " + name
		}
	}
	return ""
}

func (t *toolJudgement) notString(i int, name string, v value) {
	hint := t.mend()
	if hint == "" {
		hint = "send it as one string, such as JSON.stringify makes of it"
	}
	t.fail(codeNotString, t.pointer(i)+"/"+name, hint, "the %s%s is %s; Vapi takes a string, so the assistant hears no result", name, t.ofCall(i), jsonKind(v))
}

// lines tells line breaks in a result.
func (t *toolJudgement) lines(i int, name string, v value) {
	if bytes.IndexByte(v.raw(), '\\') < 0 || !strings.ContainsAny(v.str(), "\r\n") {
		return
	}
	hint := t.mend()
	if hint == "" {
		hint = "put spaces where the line breaks are"
	}
	t.warn(codeMultiline, t.pointer(i)+"/"+name, hint, "the %s%s has line breaks; Vapi's documentation asks for a single line, or the assistant may hear no result", name, t.ofCall(i))
}

// leftOver tells the calls that have no answer. An entry that names no call, or
// one that was not made, was meant for one of them: that is one mistake, and it
// is told where the entry stands.
func (t *toolJudgement) leftOver() {
	if t.answers.failure.found() {
		return
	}
	var open []int
	for i, ask := range t.asks {
		if !t.answered[i] && !ask.async && ask.id != "" {
			open = append(open, i)
		}
	}
	for i, place := range t.place {
		if place == unknown && len(open) > 0 {
			open = open[1:]
		}
		if place != nameless {
			continue
		}
		if len(open) > 0 {
			open = open[1:]
			t.fail(codeResultMissing, t.pointer(i), t.mend(), "%s, so Vapi cannot tell which call it answers", t.namelessWords(i))
		} else if t.callsKnown() {
			t.fail(codeIDUnknown, t.pointer(i), t.mend(), "%s, and every call has an answer already", t.namelessWords(i))
		}
	}
	if t.request.Truncated { // which tools are async may stand in what was cut off
		return
	}
	for _, call := range open {
		t.fail(codeResultMissing, "/results", t.mend(), "there is no answer to %s; the assistant waits for it and hears no result", t.callWords(call))
	}
}

// namelessWords says why an entry names no call.
func (t *toolJudgement) namelessWords(i int) string {
	entry := t.answers.list[i].entry
	if !entry.isObject() {
		return "the entry is " + jsonKind(entry)
	}
	for _, name := range otherIDNames {
		if entry.member(name).found() {
			return "the entry has " + name + " and no toolCallId"
		}
	}
	return "the entry has no toolCallId"
}

// order tells answers that stand in another order than the calls.
func (t *toolJudgement) order() {
	last := -1
	for _, call := range t.place {
		if call < 0 {
			continue
		}
		if call < last {
			t.warn(codeOutOfOrder, "/results", t.mend(), "the answers stand in another order than the calls; Vapi documents that they are in the same")
			return
		}
		last = call
	}
}

// names tells entries without the name of their tool.
func (t *toolJudgement) names() {
	for i, call := range t.place {
		if call >= 0 && !t.answers.list[i].name.isString() {
			t.add(Check{Info, codeNameMissing, "the answer to " + t.callWords(call) + " has no name; Vapi's OpenAPI document requires it, its examples leave it out", t.pointer(i), `add "name": ` + string(jsonpath.Quote(t.asks[call].name))})
			return
		}
	}
}

// mend returns the reply as it should have been, "" where that is too long.
func (t *toolJudgement) mend() string {
	if t.mended == nil {
		reply := ""
		if len(t.reply.Body) <= 8*mendedBytes { // else what is in it is too long as well
			reply = mendedReply(t.asks, entriesOf(t.answers.results))
		}
		t.mended = &reply
	}
	return *t.mended
}

func (t *toolJudgement) pointer(i int) string { return "/results/" + strconv.Itoa(i) }

func (t *toolJudgement) idWords(answer *toolAnswer) string { return answer.id.phrase(detailLength) }

// callWords names a call, by its id too where there are several.
func (t *toolJudgement) callWords(call int) string {
	ask := t.asks[call]
	name := oneLine(ask.name, detailLength)
	switch {
	case name == "":
		return "the call " + oneLine(ask.id, detailLength)
	case len(t.asks) > 1:
		return name + " (" + oneLine(ask.id, detailLength) + ")"
	}
	return name
}

// ofCall names the call that an entry answers where there are several.
func (t *toolJudgement) ofCall(i int) string {
	if call := t.place[i]; call >= 0 && len(t.asks) > 1 {
		return " of " + t.callWords(call)
	}
	return ""
}

// expectedID tells the only id there is.
func (t *toolJudgement) expectedID() string {
	if len(t.asks) != 1 || t.answered[0] {
		return ""
	}
	return `: it should be "` + oneLine(t.asks[0].id, detailLength) + `"`
}

// messageFault says what is wrong with the message of an entry, "" where nothing
// is or there is none.
func messageFault(message value) string {
	if !message.found() {
		return ""
	}
	if !message.isObject() {
		return "the message is " + jsonKind(message)
	}
	v := message.pick("type", "content")
	switch kind := v[0].str(); {
	case !v[0].isString():
		return "the type of the message is " + jsonKind(v[0])
	case kind != "request-complete" && kind != "request-failed":
		return "the message is of type " + v[0].phrase(detailLength)
	case v[1].found() && !v[1].isString():
		return "the content of the message is " + jsonKind(v[1])
	case utf8.RuneCountInString(v[1].str()) > longestMessage:
		return "the content of the message has more than 1,000 characters"
	}
	return ""
}

package vapi

import (
	"bytes"
	"strings"

	"vapitap/internal/jsonpath"
)

// A completion is what the reply to a chat completion says, put together from
// the chunks of a stream or read from one JSON object. Only the first choice
// counts: it is the one that is spoken.
type completion struct {
	text      strings.Builder // about textLimit characters of what is said
	textLimit int
	calls     []*completionCall
	byIndex   map[int]*completionCall
	finish    string // the finish_reason
	choices   int    // how many choices were read
	messages  int    // how many of them had a message, as whole replies have, in place of a delta
	failure   value  // the error of the first chunk that has one in place of choices
	fault     string // why the tool calls do not add up; the first reason found
}

// A completionCall is one tool call that the model makes.
type completionCall struct {
	id, name  string
	arguments strings.Builder
	indexed   bool // its parts say which call they belong to
}

// addChunk adds what one chunk, or a whole chat.completion object, says.
func (c *completion) addChunk(chunk value) {
	top := chunk.pick("choices", "error")
	if top[1].found() && !c.failure.found() {
		c.failure = top[1].copied()
	}
	for choices := top[0].open(); top[0].isArray() && choices.next(); c.choices++ {
		v := choices.value().pick("index", "delta", "message", "finish_reason")
		if n, ok := v[0].number(); ok && n != 0 {
			continue
		}
		if v[3].isString() {
			c.finish = v[3].str()
		}
		if !v[1].found() && v[2].isObject() {
			c.messages++
		}
		c.addDelta(firstFound(v[1], v[2]))
	}
}

func (c *completion) addDelta(delta value) {
	v := delta.pick("content", "tool_calls")
	if v[0].isString() && c.text.Len() < c.textLimit {
		c.text.WriteString(v[0].prefix(c.textLimit))
	}
	if !v[1].isArray() {
		return
	}
	for items := v[1].open(); items.next(); {
		c.addCall(items.value())
	}
}

// addCall adds a part of a tool call to the call that its index names. The
// first part has the id and the name; the arguments come in pieces of text.
func (c *completion) addCall(item value) {
	v := item.pick("index", "id", "function")
	f := v[2].pick("name", "arguments")
	id := v[1].str()
	call := c.callAt(v[0], id)
	switch {
	case call.id == "":
		call.id = id
	case id != "" && id != call.id:
		c.blame("two tool calls, " + oneLine(call.id, detailLength) + " and " + oneLine(id, detailLength) + ", share one index")
	}
	if call.name == "" {
		call.name = f[0].str()
	}
	switch {
	case f[1].isString():
		call.arguments.WriteString(f[1].str())
	case f[1].found():
		c.blame("the arguments of a tool call are " + jsonKind(f[1]) + ", not a string of JSON")
	}
}

// callAt returns the call with an index. A part without one goes on with the
// last call, or starts one where it has an id of its own.
func (c *completion) callAt(index value, id string) *completionCall {
	n, ok := index.number()
	if !ok {
		if last := len(c.calls) - 1; last >= 0 && (id == "" || id == c.calls[last].id) {
			return c.calls[last]
		}
		return c.newCall()
	}
	if call := c.byIndex[int(n)]; call != nil {
		return call
	}
	call := c.newCall()
	call.indexed = true
	if c.byIndex == nil {
		c.byIndex = map[int]*completionCall{}
	}
	c.byIndex[int(n)] = call
	return call
}

func (c *completion) newCall() *completionCall {
	call := &completionCall{}
	c.calls = append(c.calls, call)
	return call
}

func (c *completion) blame(fault string) {
	if c.fault == "" {
		c.fault = fault
	}
}

// copied returns v in a text of its own, for one that stands in a text that
// changes; absent where it is cut off.
func (v value) copied() value { return root(bytes.Clone(v.raw())) }

// summarizeCompletion says what a chat completion asked for, what came of it and
// when it began to come.
func summarizeCompletion(r Request, reply *Reply) string {
	v := r.root().pick("model", "messages")
	messages := ""
	if v[1].isArray() {
		n, _ := lastElement(v[1])
		messages = plural(n, "message")
	}
	asked := joined("chat completion", v[0].words(detailLength), messages)
	if reply == nil {
		return asked
	}
	if missing := noAnswer(reply); missing != "" {
		return asked + " → " + missing
	}
	return joined(asked+" → "+completionWords(reply), firstTokenWords(reply))
}

// firstTokenWords says how long a stream took to begin, which is how long the
// caller hears nothing of it.
func firstTokenWords(reply *Reply) string {
	if reply.FirstByte <= 0 || !isEventStream(reply) {
		return ""
	}
	return "first token after " + spell(reply.FirstByte)
}

// completionWords says what a reply makes the assistant say or call. It reads no
// more of a stream than it shows.
func completionWords(reply *Reply) string {
	c := completion{textLimit: phraseLength * 4}
	if isEventStream(reply) {
		for chunk := range events(reply.Body) {
			c.addChunk(root(chunk))
			if c.text.Len() >= c.textLimit {
				break
			}
		}
	} else {
		c.addChunk(root(reply.Body))
	}
	said := oneLine(c.text.String(), phraseLength)
	if said != "" {
		said = `"` + said + `"`
	}
	if answer := joined(said, c.callWords(), c.failureWords()); answer != "" {
		return answer
	}
	return "nothing usable"
}

// failureWords tells the error that came in place of choices: its message, where
// it is an object with one.
func (c *completion) failureWords() string {
	return errorWords(firstPresent(c.failure.member("message"), c.failure))
}

// callWords tells the tool calls: calls get_weather(city: "Oslo").
func (c *completion) callWords() string {
	if len(c.calls) == 0 {
		return ""
	}
	var parts []string
	for i, call := range c.calls {
		if i == shownCalls {
			parts = append(parts, plural(len(c.calls)-i, "other"))
			break
		}
		parts = append(parts, oneLine(call.name, detailLength)+"("+arguments(root([]byte(call.arguments.String())))+")")
	}
	return "calls " + strings.Join(parts, ", ")
}

// jsonKind names the kind of a value with its article.
func jsonKind(v value) string {
	if v.text == nil {
		return "missing"
	}
	return jsonpath.KindOf(v.first())
}

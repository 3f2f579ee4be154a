package vapi

import (
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
	fault     string // why the tool calls do not add up; the first reason found
}

// A completionCall is one tool call that the model makes.
type completionCall struct {
	id, name  string
	arguments strings.Builder
}

// addChunk adds what one chunk, or a whole chat.completion object, says.
func (c *completion) addChunk(chunk value) {
	for choices := chunk.member("choices").open(); choices.next(); {
		v := choices.value().pick("index", "delta", "message", "finish_reason")
		if n, ok := v[0].number(); ok && n != 0 {
			continue
		}
		if v[3].isString() {
			c.finish = v[3].str()
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

// summarizeCompletion says what a chat completion asked for and what came of it.
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
	answer := noAnswer(reply)
	if answer == "" {
		answer = completionWords(reply)
	}
	return asked + " → " + answer
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
	if answer := joined(said, c.callWords()); answer != "" {
		return answer
	}
	if failure := errorWords(root(reply.Body).member("error")); failure != "" {
		return failure
	}
	return "nothing usable"
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

// summarizeRPC says which method of an MCP server was called, and of a tool its
// name.
func summarizeRPC(r Request) string {
	body := r.root()
	if body.isArray() {
		n, _ := lastElement(body)
		c := body.open()
		c.next()
		first := rpcWords(c.value())
		if n > 1 {
			return first + " and " + plural(n-1, "other")
		}
		return first
	}
	return rpcWords(body)
}

func rpcWords(body value) string {
	v := body.pick("method", "params", "id")
	method := v[0].words(phraseLength)
	if method == "" {
		return "response " + v[2].words(detailLength)
	}
	if name := v[1].member("name"); name.isString() {
		return method + " " + name.words(detailLength)
	}
	return method
}

// jsonKind names the kind of a value with its article.
func jsonKind(v value) string {
	if v.text == nil {
		return "missing"
	}
	return jsonpath.KindOf(v.first())
}

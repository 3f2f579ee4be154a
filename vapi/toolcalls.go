package vapi

import (
	"time"

	"vapitap/internal/jsonpath"
)

// ToolCalls returns the tool calls of a request, in the order in which they were
// asked for, each once, with the answers that reply gave to them. It reads all
// the shapes that they come in: toolCallList, toolCalls and
// toolWithToolCallList, flat or with a function, arguments or parameters, an
// object or a string that holds one; and the older function-call. reply may be
// nil. An answer belongs to the call whose id is its toolCallId exactly; a
// top-level error answers every call that has no answer of its own.
func ToolCalls(r Request, reply *Reply) []ToolCall {
	asks := r.toolAsks()
	if len(asks) == 0 {
		return nil
	}
	answers := r.answers(reply, asks)
	calls := make([]ToolCall, len(asks))
	for i, ask := range asks {
		calls[i] = ToolCall{ID: ask.id, Name: ask.name, Arguments: checkedJSON(ask.arguments), Async: ask.async}
		calls[i].describeArguments(ask)
		if answer, ok := answers.to(ask.id); ok {
			calls[i].Result = checkedJSON(answer.result)
			calls[i].Error = checkedJSON(answer.failure)
			calls[i].Answered = answer.result.text != nil || answer.failure.found()
		}
	}
	return calls
}

// ToolNames returns the names of the tools that a request calls, each once, in
// order: those of a tool-calls or function-call message, or of an MCP request
// to call a tool.
func ToolNames(r Request) []string {
	asks := r.toolAsks()
	if _, enveloped := r.message(); !enveloped {
		if v := r.root().pick("method", "params"); v[0].str() == "tools/call" {
			asks = []toolAsk{{name: v[1].member("name").str()}}
		}
	}
	if len(asks) == 1 && asks[0].name != "" {
		return []string{asks[0].name}
	}
	var names []string
	seen := make(map[string]bool, len(asks))
	for _, ask := range asks {
		if ask.name != "" && !seen[ask.name] {
			seen[ask.name] = true
			names = append(names, ask.name)
		}
	}
	return names
}

// ToolCallIDs returns the ids of the tool calls of a request, in order; those
// without one are left out.
func ToolCallIDs(r Request) []string {
	var ids []string
	for _, ask := range r.toolAsks() {
		if ask.id != "" {
			ids = append(ids, ask.id)
		}
	}
	return ids
}

// A toolAsk is a tool call as the request asks for it.
type toolAsk struct {
	id, name  string
	arguments value
	async     bool
	budget    time.Duration  // what the tool's own server is given; 0 where nothing is said
	bare      bool           // a function-call, whose reply names no ids
	kinds     *argumentKinds // nil where all arguments are the model's own
}

// The names of the lists that tool calls come in.
const (
	callList         = "toolCallList"
	callsList        = "toolCalls"
	callWithToolList = "toolWithToolCallList"
)

// toolAsks returns the tool calls of a request, each once.
func (r *Request) toolAsks() []toolAsk {
	m := r.memory
	if m == nil {
		return readToolAsks(r)
	}
	if !m.asksKnown {
		m.asks, m.asksKnown = readToolAsks(r), true
	}
	return m.asks
}

func readToolAsks(r *Request) []toolAsk {
	m, ok := r.message()
	if !ok {
		return nil
	}
	v, ok := callMembers(m)
	if !ok {
		return nil
	}
	var asks toolList
	for _, list := range v[:functionCall] {
		asks.addAll(list)
	}
	if len(asks.calls) == 0 && v[functionCall].isObject() {
		ask := readToolAsk(v[functionCall])
		ask.arguments = parsedArguments(ask.arguments)
		ask.bare = true
		return []toolAsk{ask}
	}
	return asks.calls
}

// callMembers returns the members of a message that hold tool calls, and false
// for a message of a type that has none, of which it reads no further than its
// type.
func callMembers(m value) (v [functionCall + 1]value, ok bool) {
	names := [...]string{callList, callsList, callWithToolList, functionCall: "functionCall", "type"}
	for c := m.open(); c.next(); {
		at := c.among(names[:])
		switch {
		case at < 0:
		case at <= functionCall:
			if v[at].text == nil {
				v[at] = c.value()
			}
		case !c.value().is(typeToolCalls) && !c.value().is(typeFunctionCall):
			return v, false
		}
	}
	return v, true
}

// functionCall is where in what callMembers returns the older way to call stands,
// behind the three lists.
const functionCall = 3

// A toolList collects tool calls from several lists that repeat them.
type toolList struct {
	calls []toolAsk
	index map[string]int // of those with an id; nil while there are few
}

// addAll adds the calls of one list. Calls without an id cannot be told apart,
// so they count only in the first list that has any call.
func (l *toolList) addAll(list value) {
	if !list.isArray() {
		return
	}
	isFirst := len(l.calls) == 0
	for c := list.open(); c.next(); {
		if !c.value().isObject() {
			continue
		}
		ask := readToolAsk(c.value())
		if at, known := l.find(ask.id); known {
			l.calls[at].merge(ask)
		} else if ask.id != "" || isFirst {
			l.add(ask)
		}
	}
}

// find returns where the call with an id stands; false for no id too.
func (l *toolList) find(id string) (at int, known bool) {
	if l.index != nil || id == "" {
		at, known = l.index[id]
		return at, known
	}
	for i := range l.calls {
		if l.calls[i].id == id {
			return i, true
		}
	}
	return 0, false
}

// add adds a call that is not in l.
func (l *toolList) add(ask toolAsk) {
	ask.arguments = parsedArguments(ask.arguments)
	l.calls = append(l.calls, ask)
	switch {
	case len(l.calls) <= few:
	case l.index == nil:
		l.index = indexOfCalls(l.calls)
	case ask.id != "":
		l.index[ask.id] = len(l.calls) - 1
	}
}

// indexOfCalls returns where in calls each id stands.
func indexOfCalls(calls []toolAsk) map[string]int {
	index := make(map[string]int, len(calls))
	for i := range calls {
		if id := calls[i].id; id != "" {
			index[id] = i
		}
	}
	return index
}

// merge fills in what a has not said and b, another shape of the same call, says.
func (a *toolAsk) merge(b toolAsk) {
	if a.name == "" {
		a.name = b.name
	}
	if !a.arguments.found() {
		a.arguments = parsedArguments(b.arguments)
	}
	if a.budget == 0 {
		a.budget = b.budget
	}
	if a.kinds == nil {
		a.kinds = b.kinds
	}
	a.async = a.async || b.async
}

// readToolAsk reads one item of any of the lists. The arguments are as they came.
func readToolAsk(item value) toolAsk {
	var picked [9]value
	v := item.pickInto(picked[:], "toolCall", "async", "server", "tool", "function", "name", "id", "arguments", "parameters")
	if !v[0].isObject() {
		ask := readCall(v[6], v[5], v[4], v[7], v[8])
		ask.async = v[1].truth()
		return ask
	}
	var inner [5]value
	call := v[0].pickInto(inner[:], "id", "name", "function", "arguments", "parameters")
	ask := readCall(call[0], call[1], call[2], call[3], call[4])
	if ask.name == "" { // the definition beside the call has it too
		ask.name = firstFound(v[5], v[4].member("name")).str()
	}
	tool := v[3].pick("async", "server", "parameters")
	ask.async = v[1].truth() || tool[0].truth()
	server := firstFound(v[2], tool[1])
	ask.budget = serverBudget(server)
	ask.kinds = newArgumentKinds(firstFound(v[8], tool[2]), server.member("encryptedPaths"))
	return ask
}

func readCall(id, name, function, arguments, parameters value) toolAsk {
	var picked [3]value
	f := function.pickInto(picked[:], "name", "arguments", "parameters")
	return toolAsk{
		id:        id.str(),
		name:      firstFound(name, f[0]).str(),
		arguments: firstPresent(f[1], arguments, f[2], parameters),
	}
}

// firstPresent returns the first of vs that is there at all, however empty.
func firstPresent(vs ...value) value {
	for _, v := range vs {
		if v.found() {
			return v
		}
	}
	return value{}
}

// parsedArguments returns what a string of JSON holds, and any other value as
// it is.
func parsedArguments(v value) value {
	if !v.isString() {
		return v
	}
	text, _ := jsonpath.UnquoteBytes(v.raw())
	if !jsonpath.Valid(text) {
		return v
	}
	return root(text)
}

// serverBudget returns the timeout of a server object; 0 where it has none.
func serverBudget(server value) time.Duration {
	const longest = 300 // what Vapi's OpenAPI document allows
	s, ok := server.member("timeoutSeconds").number()
	if !ok || s <= 0 || s > longest {
		return 0
	}
	return time.Duration(s * float64(time.Second))
}

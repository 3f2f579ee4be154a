package vapi

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// noResult is what Vapi records of a tool call whose answer it does not use.
const noResult = "No result returned."

// toolInvocation is one call of a tool and what Vapi made of the answer.
type toolInvocation struct {
	id         string
	name       string
	arguments  *jsObject
	definition *jsObject
	result     string // as it was recorded
	succeeded  bool   // the tool gave a result, and not an error
}

// toolPick is a call that a scenario makes.
type toolPick struct {
	name      string
	arguments []jsMember // as long as they fit the tool's own parameters; nil for made-up ones
	exactly   *jsObject  // the arguments whether they fit or not; nil for those above
}

// callTool calls one tool. The call is made with the definition that there is of
// the tool, or else with the scenario's.
func callTool(name string, arguments ...jsMember) func(*SimulatedCall) outgoing {
	return callTools(toolPick{name: name, arguments: arguments})
}

// callTools calls several tools at once.
func callTools(picks ...toolPick) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		var turn []*toolInvocation
		for _, p := range picks {
			t := &toolInvocation{id: c.ids.toolCall(), name: p.name, arguments: p.exactly, definition: c.toolDefinition(p.name)}
			if t.arguments == nil {
				t.arguments = c.argumentsOf(t.definition, p.arguments)
			}
			turn = append(turn, t)
		}
		return c.toolTurn(turn)
	}
}

// toolTurn sends the tool calls of one turn of the model: a message for each
// place that a tool's server leads to, one right after the other. What came back
// enters the conversation once all of them are answered. Beats of the call that
// were to come next come after.
func (c *SimulatedCall) toolTurn(turn []*toolInvocation) outgoing {
	if len(turn) == 0 {
		return outgoing{isFork: true}
	}
	c.tools = append(c.tools, turn...)
	c.log.toolCalls(c.now, turn)
	var beats []beat
	for _, group := range c.byPlace(turn) {
		beats = append(beats, beat{0, func(c *SimulatedCall) outgoing { return c.toolCallsMessage(group) }})
	}
	recorded := fork(func(c *SimulatedCall) []beat {
		for _, t := range turn {
			if !t.async() {
				c.log.toolResult(c.now, *t)
			}
		}
		return nil
	})
	return outgoing{isFork: true, beats: append(beats, beat{0, recorded})}
}

// byPlace puts the calls that go to the same place together, in their order.
func (c *SimulatedCall) byPlace(turn []*toolInvocation) [][]*toolInvocation {
	type place struct{ path, elsewhere string }
	var groups [][]*toolInvocation
	at := map[place]int{}
	for _, t := range turn {
		path, elsewhere := c.place.leadsTo(c.toolServer(t.definition))
		p := place{path, elsewhere}
		i, known := at[p]
		if !known {
			i = len(groups)
			at[p] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

func (c *SimulatedCall) toolCallsMessage(group []*toolInvocation) outgoing {
	var names []string
	var awaited []*toolInvocation
	for _, t := range group {
		if !slices.Contains(names, t.name) {
			names = append(names, t.name)
		}
		if !t.async() {
			awaited = append(awaited, t)
		}
	}
	out := c.event(typeToolCalls, strings.Join(names, ", "), c.toolCallLists(group)...)
	out.server = c.toolServer(group[0].definition)
	out.budget = c.toolTurnBudget(group, awaited)
	if len(awaited) > 0 {
		out.taken = func(_ *SimulatedCall, r Reply) {
			for _, t := range awaited {
				t.result, t.succeeded = resultTaken(r, t.id)
			}
		}
	}
	return out
}

// toolCallLists are the lists of a tool-calls message, in the shape that is
// wanted. The arguments are an object in each.
func (c *SimulatedCall) toolCallLists(group []*toolInvocation) []jsMember {
	var calls, list, with []any
	for _, t := range group {
		whole := t.functionCall(t.arguments)
		call, listed := whole, whole
		switch c.toolShape {
		case ToolShapeFlat:
			listed = newObject(jsMember{"id", t.id}, jsMember{"name", t.name}, jsMember{"arguments", t.arguments})
			call = newObject(jsMember{"id", t.id}, jsMember{"parameters", t.arguments})
		case ToolShapeBoth:
			listed = whole.with("name", t.name).with("arguments", t.arguments)
		}
		tool := t.definition
		if c.toolShape == ToolShapeFlat {
			tool = newObject(slices.Concat([]jsMember{{"type", "function"}, {"name", t.name}}, without(tool, "type", "name"))...)
		}
		calls, list, with = append(calls, whole), append(list, listed), append(with, tool.with("toolCall", call))
	}
	if c.toolShape == ToolShapeFlat {
		return []jsMember{{callList, list}, {callWithToolList, with}}
	}
	return []jsMember{{callsList, calls}, {callList, list}, {callWithToolList, with}}
}

// functionCall is the call as OpenAI lays it out. In a tool-calls message the
// arguments are an object, in the conversation a string that holds one.
func (t *toolInvocation) functionCall(arguments any) *jsObject {
	return newObject(
		jsMember{"id", t.id},
		jsMember{"type", "function"},
		jsMember{"function", newObject(jsMember{"name", t.name}, jsMember{"arguments", arguments})},
	)
}

// async reports that nobody awaits the answer.
func (t *toolInvocation) async() bool { return t.definition.get("async") == true }

// lastToolCall returns the newest call of a tool, the zero value for none.
func (c *SimulatedCall) lastToolCall(name string) toolInvocation {
	for _, t := range slices.Backward(c.tools) {
		if t.name == name {
			return *t
		}
	}
	return toolInvocation{}
}

// resultTaken returns what Vapi records of a reply for one tool call. Only
// status 200 counts, the id has to match exactly and the result has to be a
// string, according to Vapi's page on troubleshooting custom tools.
func resultTaken(r Reply, toolCallID string) (result string, succeeded bool) {
	if r.Status != http.StatusOK {
		return noResult, false
	}
	reply, err := parseJSObject(r.Body)
	if err != nil {
		return noResult, false
	}
	for _, answer := range reply.objects("results") {
		if answer.text("toolCallId") != toolCallID {
			continue
		}
		if s, ok := answer.get("result").(string); ok {
			return s, true
		}
		return failureTaken(answer), false
	}
	return failureTaken(reply), false
}

// failureTaken returns the error of one answer, or of the whole reply.
func failureTaken(answer *jsObject) string {
	if failure := answer.text("error"); failure != "" {
		return failure
	}
	return noResult
}

// toolServer is the server that answers a tool: its own, else the assistant's,
// nil for neither.
func (c *SimulatedCall) toolServer(definition *jsObject) *jsObject {
	if own := definition.object("server"); own.text("url") != "" {
		return own
	}
	return c.assistant.part("server")
}

// toolTurnBudget is the budget of the least patient of the tools that are
// awaited, zero for Vapi's default.
func (c *SimulatedCall) toolTurnBudget(group, awaited []*toolInvocation) time.Duration {
	if len(awaited) == 0 {
		awaited = group
	}
	shortest := c.toolBudget(awaited[0].definition)
	for _, t := range awaited[1:] {
		shortest = min(shortest, c.toolBudget(t.definition))
	}
	return shortest
}

// toolBudget is the timeout of the server that answers a tool: its own, else
// the assistant's, else Vapi's default.
func (c *SimulatedCall) toolBudget(definition *jsObject) time.Duration {
	for _, server := range []*jsObject{definition.object("server"), c.assistant.part("server")} {
		if budget := timeoutOf(server); budget > 0 {
			return budget
		}
	}
	return serverTimeoutDefault
}

// timeoutOf is the timeout of a server or a custom model, zero where it has
// none. Vapi allows 1 to 300 seconds.
func timeoutOf(server *jsObject) time.Duration {
	if s, ok := server.get("timeoutSeconds").(float64); ok && s >= 1 && s <= 300 {
		return time.Duration(s * float64(time.Second))
	}
	return 0
}

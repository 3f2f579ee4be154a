package vapi

import (
	"net/http"
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

type toolCallsMessage struct {
	messageHead
	ToolCalls            []*jsObject `json:"toolCalls"`
	ToolCallList         []*jsObject `json:"toolCallList"`
	ToolWithToolCallList []*jsObject `json:"toolWithToolCallList"`
	messageTail
}

// callTool calls one tool. The call is made with the definition that the
// assistant has of the tool, or else with the scenario's.
func callTool(name string, arguments ...jsMember) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		t := toolInvocation{
			id:         c.ids.toolCall(),
			name:       name,
			arguments:  newObject(arguments...),
			definition: c.toolDefinition(name),
		}
		c.tools = append(c.tools, t)
		c.log.toolCall(c.now, t)

		const kind = "tool-calls"
		call := t.functionCall(t.arguments)
		out := outgoing{
			kind:   kind,
			detail: name,
			message: toolCallsMessage{
				messageHead:          c.head(kind),
				ToolCalls:            []*jsObject{call},
				ToolCallList:         []*jsObject{call},
				ToolWithToolCallList: []*jsObject{t.definition.with("toolCall", call)},
				messageTail:          c.tail(),
			},
			budget: c.toolBudget(t.definition),
		}
		if !t.async() {
			out.taken = (*SimulatedCall).recordResult
		}
		return out
	}
}

// functionCall is the call as OpenAI lays it out. In a tool-calls message the
// arguments are an object, in the conversation a string that holds one.
func (t toolInvocation) functionCall(arguments any) *jsObject {
	return newObject(
		jsMember{"id", t.id},
		jsMember{"type", "function"},
		jsMember{"function", newObject(jsMember{"name", t.name}, jsMember{"arguments", arguments})},
	)
}

// async reports that nobody awaits the answer.
func (t toolInvocation) async() bool { return t.definition.get("async") == true }

// lastToolCall returns the newest call of a tool, the zero value for none.
func (c *SimulatedCall) lastToolCall(name string) toolInvocation {
	for i := len(c.tools) - 1; i >= 0; i-- {
		if c.tools[i].name == name {
			return c.tools[i]
		}
	}
	return toolInvocation{}
}

// recordResult notes what Vapi takes from the reply to the newest tool call.
func (c *SimulatedCall) recordResult(r Reply) {
	t := &c.tools[len(c.tools)-1]
	t.result, t.succeeded = resultTaken(r, t.id)
	c.log.toolResult(c.now, *t)
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

func (c *SimulatedCall) toolDefinition(name string) *jsObject {
	if own := c.assistant.tool(name); own != nil {
		return own
	}
	for _, t := range c.plot.tools {
		if t.object("function").text("name") == name {
			return t
		}
	}
	return functionTool(name, "")
}

// toolBudget is the timeout of the server that answers a tool: its own, else
// the assistant's, else Vapi's default. Vapi allows 1 to 300 seconds.
func (c *SimulatedCall) toolBudget(definition *jsObject) time.Duration {
	for _, server := range []*jsObject{definition.object("server"), c.assistant.server()} {
		if s, ok := server.get("timeoutSeconds").(float64); ok && s >= 1 && s <= 300 {
			return time.Duration(s * float64(time.Second))
		}
	}
	return serverTimeoutDefault
}

package vapi

import (
	"bytes"
	"slices"
	"strings"
)

// chosenAssistant is what the server chose for the call, as far as it can be
// known without asking Vapi's API: all of an assistant that came in the reply,
// the id alone of one that was named.
type chosenAssistant struct {
	shown        *jsObject // as message.assistant repeats it, nil where it is not known
	overrides    *jsObject // what the reply changes about it, nil for nothing
	firstMessage string
	squadID      string
	destination  *jsObject // where the call goes instead, nil for nowhere
}

// assistantRequest asks the server who shall take the call. A reply that names
// nobody ends the call.
func assistantRequest() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		out := c.event(typeAssistantRequest, "")
		out.budget = assistantChoiceBudget
		out.taken = (*SimulatedCall).chooseAssistant
		return out
	}
}

func (c *SimulatedCall) chooseAssistant(r Reply) {
	chosen, refusal := readAssistantReply(r)
	if refusal == "" && assistantRefused(r.Body) {
		refusal = reasonInvalid
	}
	switch {
	case refusal == "":
		c.takeAssistant(chosen)
	case !c.plot.isTour:
		c.destination = chosen.destination
		c.end(refusal)
	}
}

// takeAssistant has an assistant take the call.
func (c *SimulatedCall) takeAssistant(chosen chosenAssistant) {
	c.assistant = &chosen
	if id := chosen.shown.text("id"); id != "" {
		c.call.AssistantID = &id
	}
	if chosen.squadID != "" {
		c.call.SquadID = &chosen.squadID
	}
}

// Ended reasons of a call that ends with its assistant-request.
const (
	reasonRequestFailed    = "assistant-request-failed"
	reasonReturnedError    = "assistant-request-returned-error"
	reasonUnspeakableError = "assistant-request-returned-unspeakable-error"
	reasonInvalid          = "assistant-request-returned-invalid-assistant"
	reasonNoAssistant      = "assistant-request-returned-no-assistant"
	reasonForwarded        = "assistant-request-returned-forwarding-phone-number"
)

// assistantRefused reports whether Vapi refuses what a reply makes the call run
// on: what Judge calls invalid with an error. What may merely be newer than
// Vapi's OpenAPI document is not refused.
func assistantRefused(reply []byte) bool {
	j := judgement{id: Identity{Kind: KindServer, Type: typeAssistantRequest}}
	j.assistantParts(root(reply))
	return slices.ContainsFunc(j.checks, func(c Check) bool {
		return c.Level == Error && c.Code == codeAssistantInvalid
	})
}

// readAssistantReply returns the assistant that a reply chose, or the ended
// reason where it chose none. Whether Vapi would accept the assistant in
// detail is not judged here.
func readAssistantReply(r Reply) (chosen chosenAssistant, refusal string) {
	// The documentation asks for 200; example servers of Vapi's own answer 201.
	if r.Status < 200 || r.Status > 299 {
		return chosenAssistant{}, reasonRequestFailed
	}
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return chosenAssistant{}, reasonNoAssistant
	}
	reply, err := parseJSObject(r.Body)
	if err != nil {
		return chosenAssistant{}, reasonRequestFailed
	}
	// A destination wins over everything beside it, says the documentation.
	if to := reply.object("destination"); to != nil {
		return chosenAssistant{destination: to}, reasonForwarded
	}
	if reason := refusalReason(reply.get("error")); reason != "" {
		return chosenAssistant{}, reason
	}
	return assistantNamedBy(reply)
}

func refusalReason(failure any) string {
	switch failure := failure.(type) {
	case nil:
		return ""
	case string:
		if failure == "" {
			return ""
		}
		return reasonReturnedError
	default:
		return reasonUnspeakableError
	}
}

func assistantNamedBy(reply *jsObject) (chosenAssistant, string) {
	overrides := reply.object("assistantOverrides")
	squad := reply.object("squad")
	switch {
	case reply.get("assistant") != nil:
		return inlineAssistant(reply.get("assistant"), overrides)
	case reply.text("assistantId") != "":
		return savedAssistant(reply.text("assistantId"), overrides), ""
	case squad != nil:
		return firstOfSquad(squad)
	case reply.text("squadId") != "":
		return chosenAssistant{squadID: reply.text("squadId")}, ""
	case reply.object("workflow") != nil, reply.text("workflowId") != "":
		return chosenAssistant{}, ""
	}
	for _, key := range []string{"assistantId", "squad", "squadId", "workflow", "workflowId"} {
		if v := reply.get(key); v != nil && v != "" {
			return chosenAssistant{}, reasonInvalid // there, but of the wrong kind
		}
	}
	return chosenAssistant{}, reasonNoAssistant
}

func inlineAssistant(v any, overrides *jsObject) (chosenAssistant, string) {
	assistant, ok := v.(*jsObject)
	if !ok {
		return chosenAssistant{}, reasonInvalid
	}
	for _, key := range []string{"model", "voice", "transcriber", "server"} {
		if part := assistant.get(key); part != nil && assistant.object(key) == nil {
			return chosenAssistant{}, reasonInvalid
		}
	}
	return chosenAssistant{shown: assistant, overrides: overrides, firstMessage: firstMessageOf(assistant, overrides)}, ""
}

func savedAssistant(id string, overrides *jsObject) chosenAssistant {
	return chosenAssistant{
		shown:        newObject(jsMember{"id", id}),
		overrides:    overrides,
		firstMessage: firstMessageOf(nil, overrides),
	}
}

// firstOfSquad is the member that takes the call: the first.
func firstOfSquad(squad *jsObject) (chosenAssistant, string) {
	members := squad.objects("members")
	if len(members) == 0 {
		return chosenAssistant{}, reasonInvalid
	}
	first, overrides := members[0], members[0].object("assistantOverrides")
	if id := first.text("assistantId"); id != "" {
		return savedAssistant(id, overrides), ""
	}
	return inlineAssistant(first.get("assistant"), overrides)
}

func firstMessageOf(assistant, overrides *jsObject) string {
	if said := overrides.text("firstMessage"); said != "" {
		return said
	}
	return assistant.text("firstMessage")
}

// prompt returns the assistant's system messages, empty where they are not
// known. It may be called on nil.
func (a *chosenAssistant) prompt() string {
	if a == nil {
		return ""
	}
	var prompts []string
	for _, m := range a.part("model").objects("messages") {
		if m.text("role") == "system" && m.text("content") != "" {
			prompts = append(prompts, m.text("content"))
		}
	}
	return strings.Join(prompts, "\n")
}

// tools returns the definitions of the assistant's function tools, without those
// of which only an id is known. It may be called on nil.
func (a *chosenAssistant) tools() []*jsObject {
	var tools []*jsObject
	for _, t := range a.part("model").objects("tools") {
		if kind := t.text("type"); toolName(t) != "" && (kind == "function" || kind == "") {
			tools = append(tools, t)
		}
	}
	return tools
}

// part returns an object of the assistant, as the overrides have it where they
// do, nil where there is none. It may be called on nil.
func (a *chosenAssistant) part(key string) *jsObject {
	if a == nil {
		return nil
	}
	if o := a.overrides.object(key); o != nil {
		return o
	}
	return a.shown.object(key)
}

// name is what the assistant is called, empty where that is not known. It may
// be called on nil.
func (a *chosenAssistant) name() string {
	if a == nil {
		return ""
	}
	return a.shown.text("name")
}

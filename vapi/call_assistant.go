package vapi

import (
	"bytes"
	"strings"
)

// chosenAssistant is what the server chose for the call, as far as it can be
// known without asking Vapi's API: all of an assistant that came in the reply,
// the id alone of one that was named.
type chosenAssistant struct {
	shown        *jsObject // as message.assistant repeats it, nil where it is not known
	firstMessage string
	squadID      string
	destination  *jsObject // where the call goes instead, nil for nowhere
}

type assistantRequestMessage struct {
	messageHead
	messageTail
}

// assistantRequest asks the server who shall take the call. A reply that names
// nobody ends the call.
func assistantRequest() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		const kind = "assistant-request"
		return outgoing{
			kind:    kind,
			message: assistantRequestMessage{c.head(kind), c.tail()},
			budget:  assistantChoiceBudget,
			taken:   (*SimulatedCall).chooseAssistant,
		}
	}
}

func (c *SimulatedCall) chooseAssistant(r Reply) {
	chosen, refusal := readAssistantReply(r)
	if refusal != "" {
		c.destination = chosen.destination
		c.abandon(refusal)
		return
	}
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
	return chosenAssistant{shown: assistant, firstMessage: firstMessageOf(assistant, overrides)}, ""
}

func savedAssistant(id string, overrides *jsObject) chosenAssistant {
	return chosenAssistant{
		shown:        newObject(jsMember{"id", id}),
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
	for _, m := range a.shown.object("model").objects("messages") {
		if m.text("role") == "system" && m.text("content") != "" {
			prompts = append(prompts, m.text("content"))
		}
	}
	return strings.Join(prompts, "\n")
}

// tool returns the definition of the assistant's own tool of a name, nil where
// it has none or only its id is known. It may be called on nil.
func (a *chosenAssistant) tool(name string) *jsObject {
	if a == nil {
		return nil
	}
	for _, t := range a.shown.object("model").objects("tools") {
		if t.object("function").text("name") == name {
			return t
		}
	}
	return nil
}

// server returns the assistant's server, nil where it has none.
func (a *chosenAssistant) server() *jsObject {
	if a == nil {
		return nil
	}
	return a.shown.object("server")
}

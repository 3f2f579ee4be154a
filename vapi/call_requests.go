package vapi

import (
	"bytes"
	"net/http"
	"time"
)

// The requests for a decision, other than who takes the call and what a tool
// gives, each as something to put into a scenario.

// transferOutcome is what came of asking where the call goes next.
type transferOutcome struct {
	destination *jsObject // nil where the server named none
	said        string    // what the server wants the caller to hear, empty for nothing
}

// transferDestinationRequest asks where to put the caller through to. The model
// has called a tool to that end, whose result is what came of it.
func transferDestinationRequest() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		call := c.builtInCall("transferCall", newObject())
		out := c.event(typeTransferRequest, "")
		out.taken = func(c *SimulatedCall, r Reply) {
			reply := usableObject(r)
			c.transfer = transferOutcome{said: spokenBy(reply)}
			call.result = "Transfer cancelled: the server named no destination."
			to := reply.object("destination")
			if reply.text("error") == "" && isTransferDestination(to) {
				c.transfer = transferOutcome{destination: to, said: spokenBy(to)}
				if c.transfer.said == "" {
					c.transfer.said = spokenBy(reply)
				}
				call.result, call.succeeded = "Transfer executed.", true
			} else if failure := reply.text("error"); failure != "" {
				call.result = failure
			}
			c.log.toolResult(c.now, *call)
		}
		return out
	}
}

// builtInCall has the model call a tool that Vapi itself carries out.
func (c *SimulatedCall) builtInCall(name string, arguments *jsObject) *toolInvocation {
	call := &toolInvocation{id: c.ids.toolCall(), name: name, arguments: arguments, result: noResult}
	c.tools = append(c.tools, call)
	c.log.toolCalls(c.now, []*toolInvocation{call})
	return call
}

// usableObject is the JSON object that a reply with status 200 is, nil for
// anything else.
func usableObject(r Reply) *jsObject {
	if r.Status != http.StatusOK {
		return nil
	}
	reply, err := parseJSObject(r.Body)
	if err != nil {
		return nil
	}
	return reply
}

// spokenBy is what the message of a reply or destination says: a string, or the
// content of an object.
func spokenBy(o *jsObject) string {
	if said := o.text("message"); said != "" {
		return said
	}
	return o.object("message").text("content")
}

// isTransferDestination reports whether a destination has what its type needs.
func isTransferDestination(to *jsObject) bool {
	switch to.text("type") {
	case "number":
		return to.text("number") != ""
	case "sip":
		return to.text("sipUri") != ""
	case "assistant":
		return to.text("assistantName") != ""
	}
	return false
}

// transferUpdate tells that the call goes to the destination that was named.
func transferUpdate() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		to := c.transfer.destination
		var next, destination any
		if to.text("type") == "assistant" {
			next = namedAssistant(to)
		}
		if isTransferDestination(to) { // those of a handoff need not be one
			destination = to
		}
		return c.event(typeTransferUpdate, to.text("type"),
			jsMember{"destination", destination},
			jsMember{"toAssistant", next},
			jsMember{"fromAssistant", objectOrAbsent(c.tail().Assistant)},
		)
	}
}

// namedAssistant is what is known of the assistant of a destination.
func namedAssistant(to *jsObject) *jsObject {
	if inline := to.object("assistant"); inline != nil {
		return inline
	}
	known := newObject()
	if id := to.text("assistantId"); id != "" {
		known = known.with("id", id)
	}
	if name := to.text("assistantName"); name != "" {
		known = known.with("name", name)
	}
	return known
}

// phoneCallControl asks whoever holds the telephone line to act: forward, to the
// destination that was named, or hang-up.
func phoneCallControl(request string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		var to any
		if request == "forward" {
			to = objectOrAbsent(c.transfer.destination)
		}
		return c.event(typePhoneCallControl, request, jsMember{"request", request}, jsMember{"destination", to})
	}
}

// forwarding is the moment in which the call leaves the assistant.
func forwarding() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.destination = c.transfer.destination
		return c.statusUpdate("forwarding")
	}
}

// handoffDestinationRequest asks which assistant takes over. The parameters are
// what the model gave to its handoff tool, made to fit the tool where the
// assistant has one.
func handoffDestinationRequest(parameters ...jsMember) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		tool := c.handoffTool()
		given := newObject(parameters...)
		name := "handoff"
		if tool != nil {
			given = c.argumentsOf(tool, parameters)
			if own := toolName(tool); own != "" {
				name = own
			}
		}
		call := c.builtInCall(name, given)
		out := c.event(typeHandoffRequest, "", jsMember{"parameters", given})
		out.server = dynamicServer(tool)
		out.budget = timeoutOf(out.server)
		out.taken = func(c *SimulatedCall, r Reply) {
			c.takeHandoff(call, usableObject(r))
			c.log.toolResult(c.now, *call)
		}
		return out
	}
}

func (c *SimulatedCall) takeHandoff(call *toolInvocation, reply *jsObject) {
	c.transfer = transferOutcome{said: reply.text("result")}
	to := reply.object("destination")
	switch failure := reply.text("error"); {
	case failure != "":
		call.result = failure
	case isHandoffDestination(to):
		c.transfer.destination = to
		call.result, call.succeeded = "Handoff executed.", true
		if c.transfer.said != "" {
			call.result = c.transfer.said
		}
	case c.transfer.said != "":
		call.result = c.transfer.said
	default:
		call.result = "Handoff cancelled."
	}
}

// isHandoffDestination reports whether a destination names an assistant or a
// squad; one that is empty refuses the handoff.
func isHandoffDestination(to *jsObject) bool {
	switch to.text("type") {
	case "assistant":
		return to.text("assistantId") != "" || to.text("assistantName") != "" || to.object("assistant") != nil
	case "squad":
		return to.text("squadId") != "" || to.object("squad") != nil
	}
	return false
}

// handoffTool is the assistant's tool for handing off, nil where it has none.
func (c *SimulatedCall) handoffTool() *jsObject {
	for _, t := range c.assistant.part("model").objects("tools") {
		if t.text("type") == "handoff" {
			return t
		}
	}
	return nil
}

// dynamicServer is the server of a handoff tool's dynamic destination, nil for
// none.
func dynamicServer(tool *jsObject) *jsObject {
	for _, to := range tool.objects("destinations") {
		if to.text("type") == "dynamic" && to.object("server") != nil {
			return to.object("server")
		}
	}
	return nil
}

// handedOver is the start of the assistant that took over, which is the one of
// the call from now on.
func handedOver() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		next := chosenAssistant{shown: namedAssistant(c.transfer.destination)}
		if c.transfer.destination.text("type") == "squad" {
			if first, refusal := firstOfSquad(c.transfer.destination.object("squad")); refusal == "" {
				next = first
			}
			next.squadID = c.transfer.destination.text("squadId")
		}
		next.firstMessage = firstMessageOf(next.shown, c.transfer.destination.object("assistantOverrides"))
		c.takeAssistant(next)
		return c.event(typeAssistantStarted, next.name(), jsMember{"newAssistant", objectOrAbsent(next.shown)})
	}
}

// knowledgeOutcome is what a knowledge base answered.
type knowledgeOutcome struct {
	document string // the content of the best document, empty for none
	said     string // what the server wants said as it is
}

// knowledgeBaseRequest asks the knowledge base for what fits the conversation.
func knowledgeBaseRequest() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		out := c.event(typeKnowledgeBase, "", c.conversationSoFar()...)
		out.server = c.assistant.part("model").object("knowledgeBase").object("server")
		out.budget = timeoutOf(out.server)
		out.taken = func(c *SimulatedCall, r Reply) {
			reply := usableObject(r)
			c.knowledge = knowledgeOutcome{said: spokenBy(reply), document: bestDocument(reply)}
		}
		return out
	}
}

// bestDocument is the content of the document of a reply that is most similar.
func bestDocument(reply *jsObject) string {
	best, found := "", -1.0
	for _, d := range reply.objects("documents") {
		similarity, _ := d.get("similarity").(float64)
		if content := d.text("content"); content != "" && similarity > found {
			best, found = content, similarity
		}
	}
	return best
}

// reasonVoiceFailed is how a call ends whose voice cannot be heard.
const reasonVoiceFailed = "pipeline-error-custom-voice-failed"

// voiceRequest asks for the audio of a sentence. A call whose voice is missing
// ends.
func voiceRequest(words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		const sampleRate = 24000
		out := c.event(typeVoiceRequest, "", jsMember{"text", words(c)}, jsMember{"sampleRate", sampleRate})
		out.server = c.assistant.part("voice").object("server")
		out.budget = timeoutOf(out.server)
		out.taken = func(c *SimulatedCall, r Reply) {
			if (r.Status != http.StatusOK || len(bytes.TrimSpace(r.Body)) == 0) && !c.plot.isTour {
				c.end(reasonVoiceFailed)
			}
		}
		return out
	}
}

// maxEndpointingWait is the longest that the call waits for a user to go on,
// whatever the server says.
const maxEndpointingWait = 10 * time.Second

// endpointingRequest asks how long to wait for the user to go on. The next
// message comes that much later.
func endpointingRequest() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		out := c.event(typeEndpointing, "", c.conversationSoFar()...)
		out.server = c.assistant.part("startSpeakingPlan").object("smartEndpointingPlan").object("server")
		out.budget = timeoutOf(out.server)
		out.taken = func(c *SimulatedCall, r Reply) {
			if s, ok := usableObject(r).get("timeoutSeconds").(float64); ok && s > 0 {
				c.wait = time.Duration(min(s, maxEndpointingWait.Seconds()) * float64(time.Second))
			}
		}
		return out
	}
}

// campaignPredial asks whether a contact of a campaign may be called. There is
// no call yet, and none comes where the answer is no or missing.
func campaignPredial() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.call.CampaignID = c.ids.uuid()
		contact := newObject(
			jsMember{"id", c.ids.uuid()},
			jsMember{"campaignId", c.call.CampaignID},
			jsMember{"orgId", c.call.OrgID},
			jsMember{"number", c.customer.Number},
			jsMember{"name", "Ada Berg"},
			jsMember{"createdAt", isoTime(c.now.AddDate(0, 0, -2))},
		)
		out := c.event(typePredial, "", jsMember{"campaignId", c.call.CampaignID}, jsMember{"contact", contact})
		if message, ok := out.message.(*jsObject); ok && !c.plot.isTour {
			out.message = newObject(without(message, "call")...)
		}
		out.taken = func(c *SimulatedCall, r Reply) {
			if usableObject(r).get("eligible") != true && !c.plot.isTour {
				c.beats = nil
			}
		}
		return out
	}
}

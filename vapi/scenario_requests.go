package vapi

import (
	"slices"
	"time"
)

// transferScenario is a caller who wants to speak to a person.
var transferScenario = scenario{
	name:     "transfer",
	callType: "inboundPhoneCall",
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		userSays("I'd like to speak to a person, please."),
		[]beat{
			{900 * time.Millisecond, transferDestinationRequest()},
			{0, fork(afterTransfer)},
		},
		endOfCall("customer-ended-call"),
	),
}

// afterTransfer is what a transfer comes to: the call leaves for a number, goes
// on with another assistant, or stays where it is.
func afterTransfer(c *SimulatedCall) []beat {
	to := c.transfer.destination
	said := fixedLine("I am putting you through.")
	if c.transfer.said != "" {
		said = fixedLine(c.transfer.said)
	}
	switch {
	case to == nil:
		return slices.Concat(
			[]beat{{300 * time.Millisecond, conversationUpdate()}},
			assistantSays(fixedLine("Sorry, I can't put you through right now. Is there anything else?")),
			userSays("No, thank you."),
		)
	case to.text("type") == "assistant":
		return slices.Concat(
			assistantSays(said),
			[]beat{{300 * time.Millisecond, transferUpdate()}, {200 * time.Millisecond, handedOver()}},
			userSays("Thank you, that was all."),
		)
	}
	c.beats = []beat{{5200 * time.Millisecond, endOfCallReport()}}
	return slices.Concat(assistantSays(said), []beat{
		{300 * time.Millisecond, conversationUpdate()},
		{100 * time.Millisecond, transferUpdate()},
		{100 * time.Millisecond, phoneCallControl("forward")},
		{900 * time.Millisecond, forwarding()},
		{12 * time.Second, statusEnded("assistant-forwarded-call")},
	})
}

// handoffScenario is a caller whom another assistant can serve better.
var handoffScenario = scenario{
	name:     "handoff",
	callType: "inboundPhoneCall",
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		userSays("I'd like to hold a birthday party for forty people."),
		[]beat{
			{900 * time.Millisecond, handoffDestinationRequest(
				jsMember{"destination", "dynamic"}, jsMember{"reason", "The caller wants to hold a party."})},
			{0, fork(afterHandoff)},
		},
		endOfCall("customer-ended-call"),
	),
}

// afterHandoff is what a handoff comes to: another assistant, or the same.
func afterHandoff(c *SimulatedCall) []beat {
	if c.transfer.destination == nil {
		return slices.Concat(
			[]beat{{300 * time.Millisecond, conversationUpdate()}},
			assistantSays(fixedLine("Let me help you with that myself. When is the party?")),
			userSays("I'll ring again when I know. Goodbye."),
		)
	}
	return slices.Concat(
		[]beat{
			{300 * time.Millisecond, conversationUpdate()},
			{100 * time.Millisecond, transferUpdate()},
			{300 * time.Millisecond, handedOver()},
		},
		assistantSays(greeting),
		userSays("I'll ring again when I know the day. Goodbye."),
	)
}

// knowledgeBaseScenario is a caller with two questions that a knowledge base
// knows the answers to.
var knowledgeBaseScenario = scenario{
	name:     "knowledge-base",
	callType: "inboundPhoneCall",
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		lookedUp("When are you open?"),
		lookedUp("And may I bring my dog?"),
		userSays("Thank you, goodbye."),
		endOfCall("customer-ended-call"),
	),
}

func lookedUp(question string) []beat {
	return slices.Concat(
		userSays(question),
		[]beat{
			{300 * time.Millisecond, knowledgeBaseRequest()},
			{700 * time.Millisecond, modelOutput(knowledgeAnswer)},
		},
		assistantSays(knowledgeAnswer),
	)
}

// knowledgeAnswer is the message of the knowledge base, or what the assistant
// makes of its best document.
func knowledgeAnswer(c *SimulatedCall) string {
	if c.knowledge.said != "" {
		return c.knowledge.said
	}
	return quoteResult("Let me see. ", c.knowledge.document, "I'm afraid I don't know that.")
}

// voiceScenario is a call whose assistant speaks with the server's voice.
var voiceScenario = scenario{
	name:     "voice",
	callType: "inboundPhoneCall",
	beats: slices.Concat(
		[]beat{
			{0, assistantRequest()},
			{900 * time.Millisecond, statusInProgress()},
			{100 * time.Millisecond, assistantStarted()},
		},
		spoken(greeting),
		userSays("When are you open?"),
		spoken(fixedLine("Every day from eleven in the morning to eleven at night.")),
		userSays("Thank you, goodbye."),
		spoken(fixedLine("You're welcome. Goodbye!")),
		endOfCall("customer-ended-call"),
	),
}

// spoken is a turn of the assistant for which the server makes the voice.
func spoken(words scriptLine) []beat {
	return slices.Concat([]beat{{400 * time.Millisecond, voiceRequest(words)}}, assistantSays(words))
}

// endpointingScenario is a caller who hesitates.
var endpointingScenario = scenario{
	name:     "endpointing",
	callType: "inboundPhoneCall",
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		hesitantly("My number is four one five"),
		hesitantly("five five five"),
		hesitantly("zero one hundred."),
		assistantSays(fixedLine("Thank you, I have noted your number.")),
		userSays("Great, goodbye."),
		endOfCall("customer-ended-call"),
	),
}

// hesitantly is a part of a sentence, after which the server is asked how long
// to wait for more.
func hesitantly(words string) []beat {
	return slices.Concat(userSays(words), []beat{{100 * time.Millisecond, endpointingRequest()}})
}

// everythingScenario sends every type at least once, older names among them, in
// an order as in a call. It does not depend on the replies.
var everythingScenario = scenario{
	name:     "all",
	callType: "inboundPhoneCall",
	isTour:   true,
	tools:    []*jsObject{weatherTool},
	beats: slices.Concat(
		[]beat{
			{0, campaignPredial()},
			{500 * time.Millisecond, callStatus("scheduled")},
			{500 * time.Millisecond, callStatus("queued")},
			{500 * time.Millisecond, callStatus("ringing")},
			{100 * time.Millisecond, assistantRequest()},
			{900 * time.Millisecond, statusInProgress()},
			{100 * time.Millisecond, assistantStarted()},
			{300 * time.Millisecond, voiceRequest(greeting)},
			{400 * time.Millisecond, speechUpdate("assistant", "started")},
			{10 * time.Millisecond, speechStarted(greeting)},
			{2 * time.Second, partialTranscript("assistant", greeting)},
			{500 * time.Millisecond, finalTranscript("assistant", greeting)},
			{200 * time.Millisecond, speechUpdate("assistant", "stopped")},
			{900 * time.Millisecond, speechUpdate("user", "started")},
			{900 * time.Millisecond, told(typeLanguageDetected, jsMember{"language", "en"})},
			{10 * time.Millisecond, told(typeLanguageChanged, jsMember{"language", "en"})},
			{2 * time.Second, finalTranscriptAs(typeTranscriptFinal, "user", fixedLine("What's the weather like in Oslo?"))},
			{200 * time.Millisecond, speechUpdate("user", "stopped")},
			{100 * time.Millisecond, endpointingRequest()},
			{100 * time.Millisecond, knowledgeBaseRequest()},
		},
		[]beat{{0, fork(everyTool)}},
		[]beat{
			{500 * time.Millisecond, functionCalled("get_weather", jsMember{"city", "Bergen"})},
			{100 * time.Millisecond, modelOutput(weatherAnswer)},
			{300 * time.Millisecond, told(typeVoiceInput, jsMember{"input", "It is cold in Bergen too."})},
			{300 * time.Millisecond, userInterrupted()},
			{5 * time.Second, told(typeHang)},
		},
		userSays("Can I speak to somebody about a party?"),
		[]beat{
			{900 * time.Millisecond, handoffDestinationRequest(
				jsMember{"destination", "dynamic"}, jsMember{"reason", "The caller wants to hold a party."})},
			{900 * time.Millisecond, transferDestinationRequest()},
			{500 * time.Millisecond, conversationUpdate()},
			{100 * time.Millisecond, transferUpdate()},
			{100 * time.Millisecond, phoneCallControl("forward")},
			{900 * time.Millisecond, forwarding()},
			{100 * time.Millisecond, phoneCallControl("hang-up")},
		},
		endOfCall("assistant-forwarded-call"),
		[]beat{
			{4 * time.Second, artifactsUploaded()},
			{time.Second, told(typeCallDeleteFailed)},
			{time.Second, told(typeCallDeleted)},
			{time.Second, sessionOnTour(typeSessionCreated)},
			{time.Second, chatOnTour(typeChatCreated)},
			{time.Second, sessionOnTour(typeSessionUpdated)},
			{time.Second, chatOnTour(typeChatDeleted)},
			{time.Second, sessionOnTour(typeSessionDeleted)},
		},
	),
}

// functionCalled is a tool call under the name that it had before tool-calls.
// Vapi's documents tell no more of it, so nothing becomes of the reply.
func functionCalled(name string, arguments ...jsMember) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		return c.event(typeFunctionCall, name, jsMember{"functionCall", newObject(
			jsMember{"name", name}, jsMember{"parameters", newObject(arguments...)},
		)})
	}
}

package vapi

import "fmt"

// scriptedType is a type that a step of a scenario file can have: the fields by
// which the step tells what is in the message, and the beat that they make.
type scriptedType struct {
	fields []string
	play   func(*scriptFields) func(*SimulatedCall) outgoing
}

// scriptedTypes are all types of the catalogue, and llm.
var scriptedTypes = map[string]scriptedType{
	typeAssistantRequest: plainStep(assistantRequest()),
	typeTransferRequest:  plainStep(transferDestinationRequest()),
	typeKnowledgeBase:    plainStep(knowledgeBaseRequest()),
	typeEndpointing:      plainStep(endpointingRequest()),
	typePredial:          plainStep(campaignPredial()),
	typeToolCalls:        {[]string{"calls"}, scriptedToolCalls},
	typeHandoffRequest: {[]string{"parameters"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		parameters := f.objectOrNil("parameters")
		if parameters == nil {
			return handoffDestinationRequest()
		}
		return handoffDestinationRequest(parameters.members...)
	}},
	typeVoiceRequest: {[]string{"text"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		return voiceRequest(f.line("text"))
	}},
	typeOfLLM: {[]string{"user"}, scriptedCompletion},

	typeStatusUpdate:    {[]string{"status", "endedReason"}, scriptedStatus},
	typeTranscript:      {transcriptFields, scriptedTranscript(typeTranscript)},
	typeTranscriptFinal: {transcriptFields, scriptedTranscript(typeTranscriptFinal)},
	typeSpeechUpdate: {[]string{"role", "status"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		return speechUpdate(f.oneOf("role", "user", "assistant"), f.oneOf("status", "started", "stopped"))
	}},
	typeSpeechStarted: {[]string{"text"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		return speechStarted(f.line("text"))
	}},
	typeModelOutput: {[]string{"output"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		return modelOutput(f.line("output"))
	}},
	typeLanguageDetected: {[]string{"language"}, scriptedText(typeLanguageDetected, "language")},
	typeLanguageChanged:  {[]string{"language"}, scriptedText(typeLanguageChanged, "language")},
	typeVoiceInput:       {[]string{"input"}, scriptedText(typeVoiceInput, "input")},
	typePhoneCallControl: {[]string{"request"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		return phoneCallControl(f.oneOf("request", "forward", "hang-up"))
	}},
	typeFunctionCall: {[]string{"name", "arguments"}, func(f *scriptFields) func(*SimulatedCall) outgoing {
		f.line("name")
		return functionCalled(f.text("name", ""), orEmpty(f.objectOrNil("arguments")).members...)
	}},
	typeEndOfCallReport: {[]string{"endedReason"}, scriptedReport},

	typeConversationUpdate: plainStep(conversationUpdate()),
	typeUserInterrupted:    plainStep(userInterrupted()),
	typeTransferUpdate:     plainStep(transferUpdate()),
	typeAssistantStarted:   plainStep(assistantStarted()),
	typeHang:               plainStep(told(typeHang)),
	typeChatCreated:        plainStep(chatOnTour(typeChatCreated)),
	typeChatDeleted:        plainStep(chatOnTour(typeChatDeleted)),
	typeSessionCreated:     plainStep(sessionOnTour(typeSessionCreated)),
	typeSessionUpdated:     plainStep(sessionOnTour(typeSessionUpdated)),
	typeSessionDeleted:     plainStep(sessionOnTour(typeSessionDeleted)),
	typeCallDeleted:        plainStep(told(typeCallDeleted)),
	typeCallDeleteFailed:   plainStep(told(typeCallDeleteFailed)),
	typeCallArtifactUpload: plainStep(artifactsUploaded()),
}

// plainStep is a type of which there is nothing to tell.
func plainStep(play func(*SimulatedCall) outgoing) scriptedType {
	return scriptedType{play: func(*scriptFields) func(*SimulatedCall) outgoing { return play }}
}

// scriptedText is a type with one text of its own.
func scriptedText(kind, key string) func(*scriptFields) func(*SimulatedCall) outgoing {
	return func(f *scriptFields) func(*SimulatedCall) outgoing {
		f.line(key)
		return told(kind, jsMember{key, f.text(key, "")})
	}
}

var transcriptFields = []string{"role", "transcript", "transcriptType"}

func scriptedTranscript(kind string) func(*scriptFields) func(*SimulatedCall) outgoing {
	return func(f *scriptFields) func(*SimulatedCall) outgoing {
		role, words := f.oneOf("role", "user", "assistant"), f.line("transcript")
		if f.oneOf("transcriptType", "final", "partial") == "partial" {
			return partialTranscript(role, words)
		}
		return finalTranscriptAs(kind, role, words)
	}
}

// defaultEndedReason is how a call of a scenario file ends that does not say how.
const defaultEndedReason = "customer-ended-call"

func scriptedStatus(f *scriptFields) func(*SimulatedCall) outgoing {
	reason := f.text("endedReason", "")
	status := f.oneOf("status", "in-progress", "scheduled", "queued", "ringing", "forwarding", "ended", "not-found", "deletion-failed")
	if reason != "" && status != "ended" {
		f.fail("endedReason", "only a call whose status is ended has one")
	}
	switch status {
	case "in-progress":
		return statusInProgress()
	case "forwarding":
		return forwarding()
	case "ended":
		if reason == "" {
			reason = defaultEndedReason
		}
		return statusEnded(reason)
	}
	return callStatus(status)
}

// scriptedReport ends the call where no status did.
func scriptedReport(f *scriptFields) func(*SimulatedCall) outgoing {
	reason := f.text("endedReason", "")
	return func(c *SimulatedCall) outgoing {
		if c.endedReason == "" || reason != "" {
			c.endedAt, c.endedReason = c.now, reason
			if reason == "" {
				c.endedReason = defaultEndedReason
			}
			c.call.EndedReason = c.endedReason
		}
		return endOfCallReport()(c)
	}
}

func scriptedToolCalls(f *scriptFields) func(*SimulatedCall) outgoing {
	var picks []toolPick
	for i, item := range f.list("calls") {
		key := fmt.Sprintf("calls[%d]", i)
		o, ok := item.(*jsObject)
		if !ok {
			f.fail(key, "an object is expected")
			break
		}
		call := &scriptFields{object: o, at: f.at + key + "."}
		call.knowOnly([]string{"name", "arguments"}, typeToolCalls)
		pick := toolPick{name: call.text("name", ""), exactly: call.objectOrNil("arguments")}
		if pick.name == "" {
			call.fail("name", "the name of a tool is expected")
		}
		if f.err == nil {
			f.err = call.err
		}
		picks = append(picks, pick)
	}
	if picks == nil {
		return callEveryTool
	}
	return callTools(picks...)
}

// scriptedCompletion asks the model, and has it answered as in a call of which
// nobody is told.
func scriptedCompletion(f *scriptFields) func(*SimulatedCall) outgoing {
	said := f.text("user", "")
	return fork(func(c *SimulatedCall) []beat {
		if said == "" {
			return []beat{{0, askModel()}, {0, fork(func(c *SimulatedCall) []beat { return c.afterBareModel(maxModelHops) })}}
		}
		return bareModelTurn(said)
	})
}

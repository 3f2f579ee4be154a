package vapi

import "time"

// The messages of a call that nobody answers, each as something to put into a
// scenario.

// statusInProgress is the moment in which the assistant takes the call.
func statusInProgress() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.startedAt = c.now
		c.log.begin(c.now, c.assistant.prompt())
		return c.statusUpdate("in-progress")
	}
}

// callStatus is a status that changes nothing else, such as ringing.
func callStatus(name string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing { return c.statusUpdate(name) }
}

// statusEnded is the end of the call, for a reason of Vapi's list.
func statusEnded(reason string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.endedAt, c.endedReason = c.now, reason
		c.call.EndedReason = reason
		return c.statusUpdate("ended")
	}
}

func (c *SimulatedCall) statusUpdate(status string) outgoing {
	c.call.Status = status
	c.call.UpdatedAt = isoTime(c.now)
	return c.event(typeStatusUpdate, status,
		jsMember{"status", status},
		jsMember{"endedReason", orAbsent(c.endedReason)},
		jsMember{"destination", objectOrAbsent(c.destination)},
	)
}

func assistantStarted() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		return c.event(typeAssistantStarted, "", jsMember{"newAssistant", objectOrAbsent(c.tail().Assistant)})
	}
}

// speechUpdate tells that a role, assistant or user, started or stopped to speak.
func speechUpdate(role, status string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		return c.event(typeSpeechUpdate, role+" "+status,
			jsMember{"status", status}, jsMember{"role", role}, jsMember{"turn", c.turn})
	}
}

// speechStarted tells what the assistant begins to say, and how it was known.
func speechStarted(words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks("assistant")
		return c.event(typeSpeechStarted, "",
			jsMember{"text", words(c)}, jsMember{"turn", c.turn}, jsMember{"source", "model"})
	}
}

// partialTranscript is what was heard of a role so far.
func partialTranscript(role string, words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		return c.transcript(typeTranscript, role, "partial", words(c))
	}
}

// finalTranscript is what a role has said, and enters the conversation.
func finalTranscript(role string, words scriptLine) func(*SimulatedCall) outgoing {
	return finalTranscriptAs(typeTranscript, role, words)
}

// finalTranscriptAs is a final transcript under one of the names of its type.
func finalTranscriptAs(kind, role string, words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		all := words(c)
		c.log.speech(c.now, role, all)
		if role == "assistant" && c.turn > 0 {
			c.latencies = append(c.latencies, newTurnLatency(c.ids))
		}
		return c.transcript(kind, role, "final", all)
	}
}

func (c *SimulatedCall) transcript(kind, role, transcriptType, words string) outgoing {
	return c.event(kind, role+" "+transcriptType,
		jsMember{"role", role},
		jsMember{"transcriptType", transcriptType},
		jsMember{"transcript", words},
		jsMember{"isFiltered", false},
	)
}

func conversationUpdate() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		return c.event(typeConversationUpdate, "", c.conversationSoFar()...)
	}
}

// conversationSoFar are the two fields in which some types repeat all of the
// conversation at the top.
func (c *SimulatedCall) conversationSoFar() []jsMember {
	return []jsMember{{"messages", c.log.messages()}, {"messagesOpenAIFormatted", c.log.openAI()}}
}

// modelOutput is what the model hands to the voice.
func modelOutput(words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		return c.event(typeModelOutput, "", jsMember{"turnId", c.assistantTurn()}, jsMember{"output", words(c)})
	}
}

// userInterrupted is the user talking while the assistant does.
func userInterrupted() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.interruptions++
		return c.event(typeUserInterrupted, "", jsMember{"turnId", c.assistantTurn()})
	}
}

// told is a message of its type that tells no more than these fields.
func told(kind string, fields ...jsMember) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing { return c.event(kind, "", fields...) }
}

// artifactsUploaded tells what became of the files of a call.
func artifactsUploaded() func(*SimulatedCall) outgoing {
	return told(typeCallArtifactUpload, jsMember{"artifacts", []any{
		newObject(jsMember{"type", "end-of-call-report"}, jsMember{"success", true}),
		newObject(jsMember{"type", "recording-mono"}, jsMember{"success", true}),
		newObject(jsMember{"type", "recording-stereo"}, jsMember{"success", false}),
	}})
}

// pauseFor is silence, with nothing sent.
func pauseFor(d time.Duration) beat { return beat{d, fork(nil)} }

// speaks counts the turns: one begins when the speaker changes.
func (c *SimulatedCall) speaks(role string) {
	if role == c.speaker {
		return
	}
	c.speaker = role
	c.turn++
	if role != "assistant" {
		c.turnID = ""
	}
}

// assistantTurn is the id of the assistant's turn, which begins when its model
// or voice does.
func (c *SimulatedCall) assistantTurn() string {
	if c.turnID == "" {
		c.turnID = c.ids.uuid()
	}
	return c.turnID
}

package vapi

// The messages of a call that nobody answers, each as something to put into a
// scenario.

type statusUpdateMessage struct {
	messageHead
	Status      string    `json:"status"`
	EndedReason string    `json:"endedReason,omitempty"`
	Destination *jsObject `json:"destination,omitempty"`
	messageTail
}

// statusInProgress is the moment in which the assistant takes the call.
func statusInProgress() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.startedAt = c.now
		c.log.begin(c.now, c.assistant.prompt())
		return c.statusUpdate("in-progress")
	}
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
	const kind = "status-update"
	return outgoing{kind: kind, detail: status, message: statusUpdateMessage{
		c.head(kind), status, c.endedReason, c.destination, c.tail(),
	}}
}

type assistantStartedMessage struct {
	messageHead
	NewAssistant *jsObject `json:"newAssistant,omitempty"`
	messageTail
}

func assistantStarted() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		const kind = "assistant.started"
		tail := c.tail()
		return outgoing{kind: kind, message: assistantStartedMessage{c.head(kind), tail.Assistant, tail}}
	}
}

type speechUpdateMessage struct {
	messageHead
	Status string `json:"status"`
	Role   string `json:"role"`
	Turn   int    `json:"turn"`
	messageTail
}

// speechUpdate tells that a role, assistant or user, started or stopped to speak.
func speechUpdate(role, status string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		const kind = "speech-update"
		return outgoing{kind: kind, detail: role + " " + status, message: speechUpdateMessage{
			c.head(kind), status, role, c.turn, c.tail(),
		}}
	}
}

type transcriptMessage struct {
	messageHead
	Role           string `json:"role"`
	TranscriptType string `json:"transcriptType"`
	Transcript     string `json:"transcript"`
	IsFiltered     bool   `json:"isFiltered"`
	messageTail
}

// partialTranscript is what was heard of a role so far.
func partialTranscript(role string, words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		return c.transcript(role, "partial", words(c))
	}
}

// finalTranscript is what a role has said, and enters the conversation.
func finalTranscript(role string, words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.speaks(role)
		all := words(c)
		c.log.speech(c.now, role, all)
		if role == "assistant" && c.turn > 0 {
			c.latencies = append(c.latencies, newTurnLatency(c.ids))
		}
		return c.transcript(role, "final", all)
	}
}

func (c *SimulatedCall) transcript(role, transcriptType, words string) outgoing {
	const kind = "transcript"
	return outgoing{kind: kind, detail: role + " " + transcriptType, message: transcriptMessage{
		messageHead:    c.head(kind),
		Role:           role,
		TranscriptType: transcriptType,
		Transcript:     words,
		messageTail:    c.tail(),
	}}
}

type conversationUpdateMessage struct {
	messageHead
	Messages                []any           `json:"messages"`
	MessagesOpenAIFormatted []openAIMessage `json:"messagesOpenAIFormatted"`
	messageTail
}

func conversationUpdate() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		const kind = "conversation-update"
		tail := c.tail()
		return outgoing{kind: kind, message: conversationUpdateMessage{
			c.head(kind), tail.Artifact.Messages, tail.Artifact.MessagesOpenAIFormatted, tail,
		}}
	}
}

type modelOutputMessage struct {
	messageHead
	TurnID string `json:"turnId"`
	Output string `json:"output"`
	messageTail
}

// modelOutput is what the model hands to the voice.
func modelOutput(words scriptLine) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		const kind = "model-output"
		return outgoing{kind: kind, message: modelOutputMessage{
			c.head(kind), c.assistantTurn(), words(c), c.tail(),
		}}
	}
}

type userInterruptedMessage struct {
	messageHead
	TurnID string `json:"turnId"`
	messageTail
}

// userInterrupted is the user talking while the assistant does.
func userInterrupted() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		c.interruptions++
		const kind = "user-interrupted"
		return outgoing{kind: kind, message: userInterruptedMessage{c.head(kind), c.assistantTurn(), c.tail()}}
	}
}

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

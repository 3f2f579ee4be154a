package vapi

import "time"

// A chat is text instead of a call; a session holds several, one after the other.

type chatObject struct {
	ID          string          `json:"id"`
	OrgID       string          `json:"orgId"`
	AssistantID *string         `json:"assistantId,omitempty"`
	SessionID   string          `json:"sessionId,omitempty"`
	Name        string          `json:"name,omitempty"`
	CreatedAt   string          `json:"createdAt"`
	UpdatedAt   string          `json:"updatedAt"`
	Input       []openAIMessage `json:"input"`
	Messages    []openAIMessage `json:"messages"` // what came before
	Output      []openAIMessage `json:"output,omitempty"`
	Cost        float64         `json:"cost"`
	Costs       []chatCost      `json:"costs,omitempty"`
}

type chatCost struct {
	Type string  `json:"type"`
	Cost float64 `json:"cost"`
}

type sessionObject struct {
	ID                string          `json:"id"`
	OrgID             string          `json:"orgId"`
	CreatedAt         string          `json:"createdAt"`
	UpdatedAt         string          `json:"updatedAt"`
	Name              string          `json:"name"`
	Status            string          `json:"status"`
	ExpirationSeconds int             `json:"expirationSeconds"`
	AssistantID       *string         `json:"assistantId,omitempty"`
	Messages          []openAIMessage `json:"messages"`
}

// perChat is what one chat costs, in US dollars: about what Vapi's pricing page
// says.
const perChat = 0.005

// beginSession makes this a session of chats, of which the first is about to
// begin.
func (c *SimulatedCall) beginSession() {
	c.newSession()
	c.newChat()
	c.log.begin(c.now, c.assistant.prompt())
}

func (c *SimulatedCall) newSession() {
	const day = 24 * 60 * 60
	c.session = &sessionObject{
		ID: c.ids.uuid(), OrgID: c.call.OrgID, CreatedAt: isoTime(c.now), UpdatedAt: isoTime(c.now),
		Name: "Website visitor", Status: "active", ExpirationSeconds: day,
		AssistantID: c.call.AssistantID, Messages: c.log.openAI(),
	}
}

func (c *SimulatedCall) newChat() {
	c.chat = &chatObject{
		ID: c.ids.uuid(), OrgID: c.call.OrgID, AssistantID: c.call.AssistantID, SessionID: c.session.ID,
		Name: "Website chat", CreatedAt: isoTime(c.now), UpdatedAt: isoTime(c.now),
		Input: []openAIMessage{}, Messages: c.log.openAI(),
	}
}

// sessionEvent tells of the session: session.created, session.updated or
// session.deleted.
func sessionEvent(kind string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		switch kind {
		case typeSessionUpdated:
			c.session.Messages = c.log.openAI()
		case typeSessionDeleted:
			c.session.Status = "completed"
		}
		c.session.UpdatedAt = isoTime(c.now)
		return c.event(kind, "", jsMember{"session", c.session})
	}
}

// chatEvent tells of the chat: chat.created once it has been answered, or
// chat.deleted.
func chatEvent(kind string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing { return c.event(kind, "") }
}

// chatTurn is one chat: what the user writes, a call of a tool, and the answer.
func chatTurn(words string, calls func(*SimulatedCall) outgoing, answer scriptLine) []beat {
	return []beat{
		{3 * time.Second, fork(func(c *SimulatedCall) []beat {
			c.newChat()
			c.chat.Input = append(c.chat.Input, openAIMessage{Role: "user", Content: words})
			c.log.speech(c.now, "user", words)
			return nil
		})},
		{800 * time.Millisecond, calls},
		{900 * time.Millisecond, fork(func(c *SimulatedCall) []beat {
			before := len(c.chat.Messages) + len(c.chat.Input)
			c.log.speech(c.now, "assistant", answer(c))
			c.chat.Output = c.log.openAI()[before:]
			c.chat.Cost, c.chat.Costs = perChat, []chatCost{{"chat", perChat}}
			c.chat.UpdatedAt = isoTime(c.now)
			return nil
		})},
		{100 * time.Millisecond, chatEvent(typeChatCreated)},
		{100 * time.Millisecond, sessionEvent(typeSessionUpdated)},
	}
}

// chatOnTour tells of a chat in the middle of a call, for a scenario that sends
// every type.
func chatOnTour(kind string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		if c.session == nil {
			c.newSession()
		}
		c.newChat()
		out := chatEvent(kind)(c)
		c.chat = nil
		return out
	}
}

// sessionOnTour is a sessionEvent in the middle of a call.
func sessionOnTour(kind string) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		if c.session == nil {
			c.newSession()
		}
		return sessionEvent(kind)(c)
	}
}

package vapi

import (
	"strings"
	"time"
)

// Who says something.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// Said is one thing in the conversation of a call: what somebody said, or that
// the model called tools, which has no Text.
type Said struct {
	Role      string        // RoleUser, RoleAssistant, or whatever else Vapi calls it
	Text      string        // as it came
	ToolCalls []string      // the ids of the tools that were called
	From, To  time.Time     // when it began and ended, by Vapi's clock; zero where that is not told
	Offset    time.Duration // when it began, from the start of the call; negative where that is not told
}

// Conversation returns what was said in a call as far as a message repeats it:
// an end-of-call-report all of it, a conversation-update what was said so far.
// It reads the messages of the artifact, of the message itself or of its call,
// else the same in OpenAI's format, else the transcript, which tells neither
// times nor tools. Prompts and the results of tools are left out. It is nil
// where body has none of these.
func Conversation(body []byte) []Said {
	m, ok := messageOf(root(body))
	if !ok {
		return nil
	}
	v := m.pick("artifact", "messages", "messagesOpenAIFormatted", "transcript", "call")
	artifact := v[0].pick("messages", "messagesOpenAIFormatted", "transcript")
	call := v[4].pick("messages", "transcript", "artifact")
	ofCall := call[2].pick("messages", "transcript")
	for _, list := range []value{artifact[0], v[1], call[0], ofCall[0], artifact[1], v[2]} {
		if said := readConversation(list); said != nil {
			return said
		}
	}
	if m.member("type").str() != typeEndOfCallReport { // in a transcript message it is what is being said
		return nil
	}
	return saidInTranscript(firstFound(artifact[2], v[3], call[1], ofCall[1]).str())
}

// readConversation reads a list of messages in either of the formats.
func readConversation(list value) []Said {
	var all []Said
	for c := list.open(); list.isArray() && c.next(); {
		if said, ok := readSaid(c.value()); ok {
			all = append(all, said)
		}
	}
	return all
}

// readSaid reads one message of a conversation, and is false for one that nobody
// said.
func readSaid(entry value) (Said, bool) {
	var picked [9]value
	v := entry.pickInto(picked[:], "role", "message", "content", "toolCalls", "tool_calls", "time", "endTime", "secondsFromStart", "duration")
	said := Said{Role: personOf(v[0].words(detailLength)), Offset: -1, From: v[5].moment(), To: v[6].moment()}
	if s, ok := v[7].number(); ok && s >= 0 && s < 1e6 {
		said.Offset = time.Duration(s * float64(time.Second))
	}
	if ms, ok := v[8].number(); ok && said.To.IsZero() && !said.From.IsZero() && ms > 0 && ms < 1e9 {
		said.To = said.From.Add(time.Duration(ms * float64(time.Millisecond)))
	}
	calls := firstFound(v[3], v[4])
	for c := calls.open(); calls.isArray() && c.next(); {
		if id := c.value().member("id").str(); id != "" {
			said.ToolCalls = append(said.ToolCalls, id)
		}
	}
	switch said.Role {
	case "tool_calls":
		said.Role = RoleAssistant
		return said, said.ToolCalls != nil
	case "", "system", "developer", "tool", "function", "tool_call_result":
		return said, false
	}
	said.Text = contentText(firstFound(v[1], v[2]))
	return said, said.Text != "" || said.ToolCalls != nil
}

// personOf returns the name of a role that does not depend on where it was
// found: Vapi calls the assistant's side bot in one place and assistant in
// another.
func personOf(role string) string {
	switch role {
	case "bot", "ai", "AI", "Assistant":
		return RoleAssistant
	case "User", "customer", "Customer":
		return RoleUser
	}
	return role
}

// contentText returns all of the content of a message, which is a string or, in
// OpenAI's format, a list of parts that have a text.
func contentText(content value) string {
	if !content.isArray() {
		return content.str()
	}
	var parts []string
	for c := content.open(); c.next(); {
		if text := c.value().member("text").str(); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// saidInTranscript reads a transcript as reports have it: a line for each thing
// that was said, with AI or User before it. A line without belongs to the one
// above.
func saidInTranscript(transcript string) []Said {
	var all []Said
	var text strings.Builder // of the last of all
	finish := func() {
		if len(all) > 0 {
			all[len(all)-1].Text = text.String()
		}
		text.Reset()
	}
	for line := range strings.Lines(transcript) {
		line = strings.TrimSpace(line)
		who, words, found := strings.Cut(line, ": ")
		role := personOf(who)
		switch {
		case found && (role == RoleAssistant || role == RoleUser):
			finish()
			all = append(all, Said{Role: role, Offset: -1})
			text.WriteString(words)
		case line != "" && len(all) > 0:
			text.WriteString(" " + line)
		}
	}
	finish()
	return all
}

// SpeechEvent is what happened to what somebody says.
type SpeechEvent int

// The events, in the order in which they happen to one thing that is said.
const (
	SpeechGenerated SpeechEvent = iota + 1 // the model has words for the assistant to say
	SpeechStarted                          // somebody began to speak
	SpeechPartial                          // this was heard so far
	SpeechFinal                            // this was said
	SpeechStopped                          // somebody stopped speaking
)

// Speech is what a message tells of who is speaking.
type Speech struct {
	Role  string // RoleUser, RoleAssistant, or whatever else Vapi calls it
	Event SpeechEvent
	Text  string // of SpeechPartial and SpeechFinal
}

// ReadSpeech reads a transcript, speech-update, assistant.speechStarted or
// model-output, and is false for a message of another type.
func ReadSpeech(body []byte) (Speech, bool) {
	m, ok := messageOf(root(body))
	if !ok {
		return Speech{}, false
	}
	switch name := m.member("type").str(); {
	case name == typeModelOutput:
		return Speech{Role: RoleAssistant, Event: SpeechGenerated}, true
	case name == typeSpeechStarted:
		return Speech{Role: RoleAssistant, Event: SpeechStarted}, true
	case name == typeSpeechUpdate:
		v := m.pick("status", "role")
		s := Speech{Role: personOf(v[1].words(detailLength)), Event: SpeechStarted}
		if v[0].str() == "stopped" {
			s.Event = SpeechStopped
		}
		return s, true
	case name == typeTranscript || strings.HasPrefix(name, transcriptFamilyOpening):
		v := m.pick("role", "transcriptType", "transcript")
		s := Speech{Role: personOf(v[0].words(detailLength)), Event: SpeechFinal, Text: v[2].str()}
		if v[1].str() == "partial" {
			s.Event = SpeechPartial
		}
		return s, true
	}
	return Speech{}, false
}

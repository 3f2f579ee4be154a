package vapi

import (
	"strings"
	"time"
)

// conversationLog is what artifact.messages and messagesOpenAIFormatted repeat
// in every message of a call: what was said, which tools were called, and what
// came back.
type conversationLog struct {
	entries   []any
	formatted []openAIMessage
	spoken    []spokenEntry
	start     time.Time // of the conversation; secondsFromStart counts from it
	lastEnd   time.Time
}

type systemEntry struct {
	Role             string  `json:"role"`
	Message          string  `json:"message"`
	Time             int64   `json:"time"`
	SecondsFromStart float64 `json:"secondsFromStart"`
}

type spokenEntry struct {
	Role             string  `json:"role"` // bot or user
	Message          string  `json:"message"`
	Time             int64   `json:"time"`
	EndTime          int64   `json:"endTime"`
	SecondsFromStart float64 `json:"secondsFromStart"`
	Duration         int64   `json:"duration"` // milliseconds
	Source           *string `json:"source,omitempty"`
}

type toolCallsEntry struct {
	ToolCalls        []*jsObject `json:"toolCalls"`
	Role             string      `json:"role"`
	Message          string      `json:"message"`
	Time             int64       `json:"time"`
	SecondsFromStart float64     `json:"secondsFromStart"`
}

type toolResultEntry struct {
	Role             string  `json:"role"`
	Time             int64   `json:"time"`
	SecondsFromStart float64 `json:"secondsFromStart"`
	Name             string  `json:"name"`
	Result           string  `json:"result"`
	ToolCallID       string  `json:"toolCallId"`
}

type openAIMessage struct {
	Role       string      `json:"role"`
	Content    string      `json:"content"`
	ToolCalls  []*jsObject `json:"tool_calls,omitempty"`
	ToolCallID string      `json:"tool_call_id,omitempty"`
}

// messages and openAI are never nil: Vapi sends an empty array, not null.
func (l *conversationLog) messages() []any         { return append([]any{}, l.entries...) }
func (l *conversationLog) openAI() []openAIMessage { return append([]openAIMessage{}, l.formatted...) }

func (l *conversationLog) add(entry any, formatted openAIMessage) {
	l.entries = append(l.entries, entry)
	l.formatted = append(l.formatted, formatted)
}

func (l *conversationLog) since(t time.Time) float64 {
	return float64(t.Sub(l.start).Milliseconds()) / 1000
}

// begin starts the conversation with the assistant's prompt, where one is known.
func (l *conversationLog) begin(now time.Time, prompt string) {
	l.start, l.lastEnd = now, now
	if prompt != "" {
		l.add(systemEntry{"system", prompt, now.UnixMilli(), 0}, openAIMessage{Role: "system", Content: prompt})
	}
}

// speech adds what a role, assistant or user, has just finished saying.
func (l *conversationLog) speech(now time.Time, role, words string) {
	from := now.Add(-speakingTime(words))
	if from.Before(l.lastEnd) {
		from = l.lastEnd
	}
	entry := spokenEntry{
		Role:             role,
		Message:          words,
		Time:             from.UnixMilli(),
		EndTime:          now.UnixMilli(),
		SecondsFromStart: l.since(from),
		Duration:         now.Sub(from).Milliseconds(),
	}
	if role == "assistant" {
		entry.Role, entry.Source = "bot", new(string)
	}
	l.lastEnd = now
	l.spoken = append(l.spoken, entry)
	l.add(entry, openAIMessage{Role: role, Content: words})
}

// toolCalls adds the calls of one turn of the model.
func (l *conversationLog) toolCalls(now time.Time, turn []*toolInvocation) {
	var calls []*jsObject
	for _, t := range turn {
		calls = append(calls, t.functionCall(string(jsStringify(t.arguments))))
	}
	l.add(
		toolCallsEntry{calls, "tool_calls", "", now.UnixMilli(), l.since(now)},
		openAIMessage{Role: "assistant", ToolCalls: calls},
	)
}

func (l *conversationLog) toolResult(now time.Time, t toolInvocation) {
	l.add(
		toolResultEntry{"tool_call_result", now.UnixMilli(), l.since(now), t.name, t.result, t.id},
		openAIMessage{Role: "tool", ToolCallID: t.id, Content: t.result},
	)
}

// transcript is the conversation as artifact.transcript has it.
func (l *conversationLog) transcript() string {
	var b strings.Builder
	for _, s := range l.spoken {
		who := "User"
		if s.Role == "bot" {
			who = "AI"
		}
		b.WriteString(who + ": " + s.Message + "\n")
	}
	return b.String()
}

// characters counts what a role, bot or user, has said.
func (l *conversationLog) characters(role string) int {
	n := 0
	for _, s := range l.spoken {
		if s.Role == role {
			n += len(s.Message)
		}
	}
	return n
}

// speakingTime is about how long it takes to say something.
func speakingTime(words string) time.Duration {
	return time.Duration(len(strings.Fields(words))) * 330 * time.Millisecond
}

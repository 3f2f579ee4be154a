package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// apiCall is a call as GET /call/{id} of Vapi's API returns it, by Vapi's OpenAPI
// document (Call, Artifact). Older calls have at the top what newer ones have in
// artifact.
type apiCall struct {
	ID          string          `json:"id"`
	Type        text            `json:"type"`
	Status      text            `json:"status"`
	EndedReason text            `json:"endedReason"`
	CreatedAt   moment          `json:"createdAt"`
	StartedAt   moment          `json:"startedAt"`
	EndedAt     moment          `json:"endedAt"`
	AssistantID text            `json:"assistantId"`
	SquadID     text            `json:"squadId"`
	WorkflowID  text            `json:"workflowId"`
	Messages    entries         `json:"messages"`
	Artifact    json.RawMessage `json:"artifact"`
	Assistant   json.RawMessage `json:"assistant"`

	raw   []byte // all of it
	tools map[string]callTool
}

// entries is a conversation in Vapi's own format; none where it is no array.
type entries []json.RawMessage

func (e *entries) UnmarshalJSON(value []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil {
		*e = list
	}
	return nil
}

// Call returns the requests that Vapi's servers sent, or would have sent, to a
// developer's in the course of a call that its API has: the assistant-request
// where nobody but the server can have chosen the assistant, status updates, what
// was said as transcripts, the tool calls with the results that were recorded as
// replies, the conversation after them, and the end-of-call-report. Notes are
// sentences on what the call has that makes none.
//
// The API keeps what was said and the results, and not the messages themselves,
// so that all of them are made up in form. The assistant that a server returned is
// not known, nor is what it answered where Vapi recorded that it found no result;
// there the exchange has no reply.
func Call(text []byte, now time.Time) (list []*record.Exchange, notes []string, err error) {
	r := Reader{Now: now, yield: func(f Found) bool {
		if f.Err != nil {
			err = f.Err
			return false
		}
		list = append(list, f.Exchange)
		return true
	}}
	r.call(text, 1)
	return list, r.Notes, err
}

// call reads a call.
func (r *Reader) call(text []byte, line int) {
	c := apiCall{raw: text}
	if err := json.Unmarshal(text, &c); err != nil {
		r.fail(line, fmt.Errorf("it does not have the form of a call: %w", plainJSONError(err)))
		return
	}
	if c.ID == "" {
		r.fail(line, errors.New("the call has no id"))
		return
	}
	var artifact struct {
		Messages entries `json:"messages"`
	}
	if json.Unmarshal(c.Artifact, &artifact) == nil && len(artifact.Messages) > 0 {
		c.Messages = artifact.Messages
	}
	c.tools = toolsOf(c.Assistant)
	t := telling{Reader: r, call: &c, line: line, now: firstTime(c.CreatedAt, c.StartedAt, c.EndedAt)}
	t.tell()
}

func firstTime(times ...moment) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Time
		}
	}
	return time.Time{}
}

// telling is what is known while a call is told message by message.
type telling struct {
	*Reader
	call    *apiCall
	line    int
	now     time.Time         // of what is told next
	heard   []spoken          // the conversation
	results map[string][]byte // that were recorded, by the ids of the tool calls
	told    int               // how many of heard the last conversation-update had
	sent    int64             // bytes of conversation so far
	ended   bool
}

// mostConversation bounds how much conversation is repeated in the messages of
// one call, in bytes. Beyond it they come without.
const mostConversation = 256 << 20

// tell gives the messages of the call in order.
func (t *telling) tell() {
	c := t.call
	for _, entry := range c.Messages {
		t.heard = append(t.heard, readSpoken(entry))
	}
	all := t.heard
	t.heard, t.results = nil, resultsOf(t.heard)
	if c.Type == "inboundPhoneCall" && c.AssistantID == "" && c.SquadID == "" && c.WorkflowID == "" {
		t.give("assistant-request", nil, nil, "all but the call")
	}
	if !c.StartedAt.IsZero() {
		t.now = c.StartedAt.Time
		t.give("status-update", members{{"status", quoted("in-progress")}}, nil, "when")
	}
	for i, s := range all {
		t.advance(s)
		t.heard = all[:i+1]
		switch s.role {
		case "user", "bot", "assistant":
			t.transcript(s)
		case "tool_calls":
			t.toolCalls(s)
		case "tool_call_result":
			if i+1 == len(all) || all[i+1].role != "tool_call_result" {
				t.conversation()
			}
		}
	}
	t.end()
}

// advance sets the clock to when a part of the conversation was.
func (t *telling) advance(s spoken) {
	switch {
	case !s.at.IsZero():
		t.now = s.at
	case s.seconds > 0 && s.seconds < 1e6 && !t.call.StartedAt.IsZero():
		t.now = t.call.StartedAt.Add(time.Duration(s.seconds * float64(time.Second)))
	}
}

func (t *telling) transcript(s spoken) {
	if s.text == "" {
		return
	}
	role := "assistant"
	if s.role == "user" {
		role = "user"
	}
	t.give("transcript", members{
		{"role", quoted(role)}, {"transcriptType", quoted("final")}, {"transcript", quoted(s.text)},
	}, nil)
}

// conversation gives a conversation-update, unless the last one had all of it.
func (t *telling) conversation() {
	if t.told == len(t.heard) || len(t.heard) == 0 {
		return
	}
	t.told = len(t.heard)
	formatted := openAIFormat(t.heard)
	t.give("conversation-update", members{
		{"conversation", formatted}, {"messages", ownFormat(t.heard)}, {"messagesOpenAIFormatted", formatted},
	}, nil)
}

// end gives what comes when a call is over.
func (t *telling) end() {
	c := t.call
	if c.EndedReason == "" && c.EndedAt.IsZero() {
		t.conversation()
		t.note("the call has not ended: there is no end-of-call-report yet")
		return
	}
	t.conversation()
	if !c.EndedAt.IsZero() {
		t.now = c.EndedAt.Time
	}
	t.ended = true
	t.give("status-update", members{{"status", quoted("ended")}, {"endedReason", quoted(string(c.EndedReason))}}, nil, "when")
	var report members
	for _, name := range []string{"analysis", "startedAt", "endedAt", "endedReason", "cost", "costBreakdown", "costs",
		"transcript", "summary", "recordingUrl", "stereoRecordingUrl", "destination"} {
		if value := jsonpath.Member(c.raw, name); len(value) > 0 && string(value) != "null" {
			report = append(report, member{name, value})
		}
	}
	if c.Artifact != nil {
		report = append(report, member{"artifact", c.Artifact})
	} else {
		report = append(report, member{"messages", ownFormat(t.heard)})
	}
	t.give("end-of-call-report", report, nil)
}

// give hands over a message of the call with the reply, if one is known, and what
// was made up of it beside its form.
func (t *telling) give(kind string, own members, reply []byte, madeUp ...string) {
	at := t.now
	e := &record.Exchange{Time: at, Request: record.Message{Header: jsonHeader(), Body: t.envelope(kind, own)}}
	if reply != nil {
		e.Status, e.Response = 200, record.Message{Header: jsonHeader(), Body: reply}
	}
	madeUp = append([]string{"envelope", "path", "headers"}, madeUp...)
	t.Reader.give(t.line, e, madeUp...)
}

// member is one of an object, its value as JSON.
type member struct {
	name  string
	value []byte
}

type members []member

func (m members) has(name string) bool {
	return slices.ContainsFunc(m, func(one member) bool { return one.name == name })
}

// appendTo appends the object.
func (m members) appendTo(text []byte) []byte {
	text = append(text, '{')
	for i, one := range m {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(jsonpath.AppendQuote(text, one.name), ':'), one.value...)
	}
	return append(text, '}')
}

func quoted(s string) []byte { return jsonpath.Quote(s) }

// ofReport are the members of a call that only its report has, and those that are
// told anew.
var ofReport = map[string]bool{
	"messages": true, "artifact": true, "costs": true, "costBreakdown": true, "cost": true, "analysis": true, "transcript": true,
	"summary": true, "recordingUrl": true, "stereoRecordingUrl": true, "endedReason": true, "endedAt": true, "status": true,
	"assistant": true, "phoneNumber": true,
}

// envelope returns a message as Vapi sends it at this point of the call.
func (t *telling) envelope(kind string, own members) []byte {
	message := append(members{
		{"timestamp", fmt.Appendf(nil, "%d", t.now.UnixMilli())}, {"type", quoted(kind)},
	}, own...)
	call := members{}
	for key, value := range jsonpath.Members(t.call.raw) {
		if name, ok := jsonpath.Unquote(key); ok && !ofReport[name] {
			call = append(call, member{name, value})
		}
	}
	status := "in-progress"
	if t.ended {
		status = "ended"
	} else if kind == "assistant-request" {
		status = "ringing"
	}
	call = append(call, member{"status", quoted(status)})
	message = append(message, member{"call", call.appendTo(nil)})
	for _, name := range []string{"phoneNumber", "customer", "assistant"} {
		value := jsonpath.Member(t.call.raw, name)
		if len(value) > 0 && value[0] == '{' && (name != "assistant" || kind != "assistant-request") {
			message = append(message, member{name, value})
		}
	}
	if !own.has("messages") && !own.has("artifact") {
		message = append(message, member{"artifact", t.artifact()})
	}
	text := message.appendTo([]byte(`{"message":`))
	text = append(text, '}')
	if written, err := vapi.Stringify(text); err == nil {
		return written
	}
	return text
}

// artifact is the conversation so far.
func (t *telling) artifact() []byte {
	heard := t.heard
	if t.sent > mostConversation {
		t.note("the call is so long that its later messages come without the conversation so far")
		heard = nil
	}
	text := members{{"messages", ownFormat(heard)}, {"messagesOpenAIFormatted", openAIFormat(heard)}}.appendTo(nil)
	t.sent += int64(len(text))
	return text
}

// ownFormat is a conversation as Vapi has it.
func ownFormat(heard []spoken) []byte {
	list := make([][]byte, len(heard))
	for i, s := range heard {
		list[i] = s.raw
	}
	return array(list)
}

func array(list [][]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(list, []byte(","))...), ']')
}

// isNothing reports whether a recorded result says that Vapi found none: "No
// result returned.", or that it still waits: "Tool Result Still Pending ...".
func isNothing(result string) bool {
	result = strings.ToLower(strings.TrimSpace(result))
	return result == "" || strings.HasPrefix(result, "no result returned") || strings.HasPrefix(result, "tool result still pending")
}

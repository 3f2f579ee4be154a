package tui

import (
	"cmp"
	"fmt"
	"mime"
	"strconv"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// asked says how to read the types that ask the server one thing.
var asked = map[string]func(*record.Exchange, node) aspect{
	"transfer-destination-request": readTransfer,
	"handoff-destination-request":  readHandoff,
	"knowledge-base-request":       readKnowledge,
	"voice-request":                readVoice,
	"call.endpointing.request":     readEndpointing,
	"campaign.predial":             readPredial,
}

// lastSaid returns the last thing that somebody said in the conversation that a
// message repeats; nil where nobody did.
func lastSaid(body []byte) *vapi.Said {
	said := vapi.Conversation(body)
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Text != "" {
			return &said[i]
		}
	}
	return nil
}

func readTransfer(e *record.Exchange, _ node) aspect {
	reply, last := node(e.Response.Decoded()), lastSaid(e.Request.Decoded())
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "The call is to be transferred: where to?")
		s.saidLast(last)
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		writeDestination(s, "transfer the call", reply, reply.at("destination"))
	}
}

func readHandoff(e *record.Exchange, message node) aspect {
	reply, parameters := node(e.Response.Decoded()), message.at("parameters")
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "Another assistant is to take over: which?")
		if parameters.kind() == '{' {
			s.heading("asked with")
			s.members(parameters, 24, wholeRequest)
		}
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		to := reply.at("destination")
		if first(to) == nil {
			s.Text(s.t.Warn, indent, "no handoff")
			s.field("error", reply.at("error").str())
			s.field("result", reply.at("result").str())
			return
		}
		writeDestination(s, "hand over", reply, to)
	}
}

// saidLast writes the last thing that was said before a request.
func (s *sheet) saidLast(said *vapi.Said) {
	if said != nil {
		s.heading(said.Role + " said last")
		s.text(s.t.Text, `"`+said.Text+`"`)
	}
}

// writeDestination writes where a call goes, and what is said meanwhile.
func writeDestination(s *sheet, verb string, reply, to node) {
	if first(to) == nil {
		s.Text(s.t.Bad, indent, "no destination")
		s.field("error", reply.at("error").str())
		return
	}
	s.Text(s.t.Strong, indent, verb)
	s.field("type", to.at("type").str())
	s.styled(s.t.Strong, "to", phone(first(to.at("number"), to.at("phoneNumber"), to.at("sipUri"), to.at("assistantName"), to.at("assistantId"), to.at("assistant", "name"), to.at("squadId")).str()))
	s.field("extension", to.at("extension").str())
	s.field("caller id", to.at("callerId").str())
	s.field("plan", to.at("transferPlan", "mode").str())
	message := first(reply.at("message"), to.at("message"))
	s.field("says", cmp.Or(message.str(), message.at("content").str(), message.at("message").str()))
	s.field("because", to.at("description").str())
}

func readKnowledge(e *record.Exchange, _ node) aspect {
	reply, last := node(e.Response.Decoded()), lastSaid(e.Request.Decoded())
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "What does the knowledge base know about this?")
		s.saidLast(last)
		if noAnswer(s, e) {
			return
		}
		documents := reply.at("documents").elements()
		found := fmt.Sprintf("found %d documents", len(documents))
		if len(documents) == 1 {
			found = "found 1 document"
		}
		serverSaid(s, e, found)
		const most = 10
		for i, d := range documents[:min(len(documents), most)] {
			s.Gap()
			head := fmt.Sprintf("%d", i+1)
			if similarity := d.at("similarity").str(); similarity != "" {
				head += "  similarity " + similarity
			}
			s.title(head, d.at("uuid").str())
			s.text(s.t.Text, clipRunes(d.at("content").str(), 400))
		}
		if len(documents) > most {
			s.Text(s.t.Faint, indent, "… "+wholeResponse)
		}
		message := reply.at("message")
		s.paragraph("and the answer to speak", cmp.Or(message.str(), message.at("content").str()))
	}
}

func readVoice(e *record.Exchange, message node) aspect {
	text, rate := message.at("text").str(), message.at("sampleRate").number()
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "Say this:")
		s.text(s.t.Strong, `"`+text+`"`)
		if rate > 0 {
			s.field("sample rate", strconv.FormatFloat(rate/1000, 'f', -1, 64)+" kHz")
		}
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		s.field("audio", audioWords(e, rate))
		s.field("first byte", "after "+plain.Duration(e.FirstByte)+", which is how long the caller waited")
	}
}

// audioWords says how much audio a reply holds. Vapi takes signed 16-bit samples
// of one channel.
func audioWords(e *record.Exchange, rate float64) string {
	const bytesPerSample = 2
	contentType, _, err := mime.ParseMediaType(e.Response.Header.Get("Content-Type"))
	words := plain.Size(e.Response.Bytes)
	if err == nil {
		words += " of " + contentType
	}
	if rate > 0 && !strings.Contains(contentType, "json") && !strings.HasPrefix(contentType, "text/") {
		words += fmt.Sprintf(", %.1f s at this rate", float64(e.Response.Bytes)/bytesPerSample/rate)
	}
	return words
}

func readEndpointing(e *record.Exchange, _ node) aspect {
	reply, last := node(e.Response.Decoded()), lastSaid(e.Request.Decoded())
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "Has the user finished? How long to wait before answering?")
		s.saidLast(last)
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		wait := reply.at("timeoutSeconds").str()
		if wait == "" {
			s.value(indent, reply, 12, wholeResponse)
			return
		}
		s.Text(s.t.Strong, indent, "wait "+wait+" s")
	}
}

func readPredial(e *record.Exchange, message node) aspect {
	reply, contact, campaign := node(e.Response.Decoded()), message.at("contact"), message.at("campaignId").str()
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "A campaign is about to call: may it?")
		s.styled(s.t.Strong, "number", phone(contact.at("number").str()))
		s.field("name", contact.at("name").str())
		s.field("campaign", campaign)
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		words, style := "neither yes nor no:", s.t.Bad
		switch reply.at("eligible").str() {
		case "true":
			words, style = "✓ eligible: it is called", s.t.Good
		case "false":
			words, style = "✗ not eligible: it is not called", s.t.Warn
		}
		s.Text(style, indent, words)
		if style == s.t.Bad {
			s.value(indent, reply, 12, wholeResponse)
		}
	}
}

// statuses are the steps of a call's life, in their order.
var statuses = []string{"scheduled", "queued", "ringing", "in-progress", "forwarding", "ended"}

// readStatus reads a status-update.
func readStatus(message node) aspect {
	status, reason := message.at("status").str(), message.at("endedReason").str()
	text, advice := vapi.EndedReasonText(reason)
	to := message.at("destination")
	return func(s *sheet, after *aftermath) {
		s.Line(func(l *paint.Line) { l.Add(s.t.Muted, "The call is ").Add(s.t.Strong, status) })
		if text != "" {
			s.Text(s.t.Text, 0, text)
			s.Text(s.t.Faint, 0, reason)
		}
		if advice != "" {
			s.Text(s.t.Text, 0, "→ "+advice)
		}
		if first(to) != nil {
			writeDestination(s, "forwarded", nil, to)
		}
		after.writeLife(s, status)
	}
}

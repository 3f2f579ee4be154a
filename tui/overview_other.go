package tui

import (
	"bytes"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// telling are the members of a message that say most, for the types that have no
// page of their own here; of a type that is not among them the first that are
// short are shown.
var telling = map[string][]string{
	"speech-update":            {"role", "status", "turn"},
	"assistant.speechStarted":  {"text", "turn", "source", "timing"},
	"model-output":             {"output", "turnId"},
	"user-interrupted":         {"turnId"},
	"language-change-detected": {"language"},
	"language-changed":         {"language"},
	"voice-input":              {"input"},
	"phone-call-control":       {"request", "destination"},
	"transfer-update":          {"destination", "fromAssistant", "toAssistant", "fromStepRecord", "toStepRecord"},
	"chat.created":             {"chat"},
	"chat.deleted":             {"chat"},
	"session.created":          {"session"},
	"session.updated":          {"session"},
	"session.deleted":          {"session"},
	"call.artifact.upload":     {"artifacts"},
	"assistant.started":        {"newAssistant"},
}

// fact is one member of a message.
type fact struct {
	name  string
	value node
}

// readOther reads a message of which nothing more is to be said than what
// stands in it.
func readOther(e *record.Exchange, message node) aspect {
	names, known := telling[e.Type]
	var facts []fact
	if known {
		for _, name := range names {
			if v := first(message.at(name)); v != nil {
				facts = append(facts, fact{name, v})
			}
		}
	} else {
		facts = firstMembers(message)
	}
	_, documented := vapi.Lookup(e.Type)
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Strong, 0, e.Summary)
		if !documented {
			s.Text(s.t.Muted, 0, "a type that vapitap does not know; it was forwarded like any other")
		}
		s.Gap()
		for _, f := range facts {
			s.fact(f)
		}
		if len(facts) == 0 {
			s.Text(s.t.Faint, 0, "nothing else is in it: Request (2)")
		}
		if e.Response.Bytes > 2 && !vapi.WantsReply(e.Type) && e.Status >= 300 {
			serverSaid(s, e, "said")
			writeBody(s, e, &e.Response, e.Response.Decoded(), wholeResponse)
		}
	}
}

// fact writes one member: beside its name where it is short.
func (s *sheet) fact(f fact) {
	const short, lines = 200, 16
	if k := f.value.kind(); k == '{' || k == '[' || len(f.value) > short {
		s.Text(s.t.Muted, indent, f.name)
		s.value(indent+indent, f.value, lines, wholeRequest)
		return
	}
	s.member(indent+fieldWidth, f.name, f.value, "")
}

// firstMembers returns the first members of a message that are short; what every
// message has is left out.
func firstMembers(message node) []fact {
	const most, short = 10, 2000
	var facts []fact
	for key, value := range jsonpath.Members(message) {
		switch name := keyText(key); name {
		case "type", "timestamp", "call", "artifact", "assistant", "phoneNumber", "customer", "messages", "messagesOpenAIFormatted":
		default:
			if first(value) != nil && len(value) <= short {
				facts = append(facts, fact{name, value})
			}
		}
		if len(facts) == most {
			break
		}
	}
	return facts
}

// isReadable reports whether a body, as far as one looks at it, is text.
func isReadable(body []byte) bool {
	const looked = 4 << 10
	head := body[:min(len(body), looked)]
	for n := 0; n < utf8.UTFMax && len(head) < len(body) && len(head) > 0 && !utf8.Valid(head); n++ {
		head = head[:len(head)-1] // the cut may be within a character
	}
	return utf8.Valid(head) && bytes.IndexByte(head, 0) < 0
}

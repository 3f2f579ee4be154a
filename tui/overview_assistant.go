package tui

import (
	"cmp"
	"fmt"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// callTypes puts the types of calls in words.
var callTypes = map[string]string{
	"inboundPhoneCall": "inbound phone call", "outboundPhoneCall": "outbound phone call",
	"webCall": "web call", "vapi.websocketCall": "websocket call",
}

// readAssistantRequest reads who called, and who was chosen to answer.
func readAssistantRequest(e *record.Exchange, body []byte) aspect {
	facts := vapi.ReadCallFacts(body)
	reply := node(e.Response.Decoded())
	budget := vapi.Budget(e.Identity, vapi.Request{Method: e.Method, Path: e.Path, Header: e.Request.Header, Body: body})
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "A call came in: who takes it?")
		writeParties(s, facts)
		if noAnswer(s, e) {
			writeBudget(s, e.Duration, budget)
			return
		}
		serverSaid(s, e, "chose")
		writeBudget(s, e.Duration, budget)
		s.Gap()
		writeChoice(s, reply)
	}
}

// writeParties writes who is called by whom.
func writeParties(s *sheet, f vapi.CallFacts) {
	from, to := phone(f.Customer), phone(f.Number)
	if f.Type == "outboundPhoneCall" {
		from, to = to, from
	}
	s.styled(s.t.Strong, "from", from)
	s.field("to", to)
	s.field("assistant", f.Assistant)
	s.field("type", cmp.Or(callTypes[f.Type], f.Type))
}

// writeChoice writes what the reply to an assistant-request chose. Of several
// the first counts, as it does for Vapi.
func writeChoice(s *sheet, reply node) {
	if to := first(reply.at("destination")); to != nil {
		writeDestination(s, "nobody: the call is transferred", reply, to)
		return
	}
	for _, kind := range []struct{ name, overrides string }{
		{"assistant", "assistantOverrides"}, {"squad", "squadOverrides"}, {"workflow", "workflowOverrides"},
	} {
		id, object := reply.at(kind.name+"Id"), reply.at(kind.name)
		switch {
		case id.str() != "":
			s.styled(s.t.Strong, kind.name, id.str())
		case object.kind() == '{':
			s.styled(s.t.Strong, kind.name, cmp.Or(object.at("name").str(), "without a name"))
			writeAssistant(s, object)
		default:
			continue
		}
		writeOverrides(s, kind.overrides, reply.at(kind.overrides))
		return
	}
	if failure := reply.at("error").str(); failure != "" {
		s.Text(s.t.Warn, indent, "nobody; this is spoken to the caller:")
		s.Text(s.t.Text, indent, cutText(failure))
		return
	}
	s.Text(s.t.Bad, indent, "nobody that Vapi knows of:")
	s.value(indent, reply, 12, wholeResponse)
}

// writeAssistant writes what one wants to know of an assistant object: how it
// begins, thinks, sounds and listens, and what it can call.
func writeAssistant(s *sheet, a node) {
	if message := a.at("firstMessage").str(); message != "" {
		s.styled(s.t.String, "first message", `"`+message+`"`)
	}
	model := a.at("model")
	s.field("model", providerWords(model, "model"))
	s.field("model at", model.at("url").str())
	s.field("voice", providerWords(a.at("voice"), "voiceId"))
	s.field("transcriber", providerWords(a.at("transcriber"), "model"))
	s.field("tools", toolWords(model))
	s.field("server", cmp.Or(a.at("server", "url").str(), a.at("serverUrl").str()))
	if members := a.at("members").elements(); len(members) > 0 {
		s.field("members", fmt.Sprint(len(members)))
	}
	for _, message := range model.at("messages").elements() {
		if message.at("role").str() == "system" {
			s.field("prompt", clipRunes(message.at("content").str(), 240))
			break
		}
	}
}

// providerWords names a provider and what of it is used: openai gpt-4o.
func providerWords(of node, detail string) string {
	return strings.TrimSpace(of.at("provider").str() + " " + of.at(detail).str())
}

// toolWords names the tools of a model.
func toolWords(model node) string {
	var names []string
	for _, tool := range model.at("tools").elements() {
		names = append(names, cmp.Or(tool.at("function", "name").str(), tool.at("name").str(), tool.at("type").str()))
	}
	if n := len(model.at("toolIds").elements()); n > 0 {
		names = append(names, fmt.Sprintf("%d by id", n))
	}
	return strings.Join(names, ", ")
}

// writeOverrides writes what is different for this call: the variables first,
// for they are what changes from call to call.
func writeOverrides(s *sheet, name string, overrides node) {
	if overrides.kind() != '{' {
		return
	}
	if variables := overrides.at("variableValues"); variables.kind() == '{' {
		s.heading("with these variables")
		s.members(variables, 24, wholeResponse)
	}
	if rest := withoutMember(overrides, "variableValues"); first(rest) != nil {
		s.heading("and with " + name)
		s.value(indent, rest, 16, wholeResponse)
	}
}

// withoutMember returns an object without one of its members.
func withoutMember(object node, name string) node {
	out := []byte{'{'}
	for key, value := range jsonpath.Members(object) {
		if jsonpath.KeyIs(key, name) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}')
}

// clipRunes returns the first n characters of a text.
func clipRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i] + "…"
		}
		n--
	}
	return text
}

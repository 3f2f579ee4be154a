package vapi

import (
	"bytes"
	"slices"
	"strings"
)

// mendChoices shows, for the checks of a reply that could only show an example
// of a right one, the reply itself as it would be right, where one of the usual
// mistakes explains it.
func (j *judgement) mendChoices(body value) {
	template := j.template()
	example := func(c Check) bool { return c.Hint == template }
	if j.again || len(j.reply.Body) > mendedBytes || !slices.ContainsFunc(j.checks, example) {
		return
	}
	for _, candidate := range j.candidates(body) {
		if !j.wouldDo(candidate) {
			continue
		}
		for i := range j.checks {
			if example(j.checks[i]) {
				j.checks[i].Hint = strings.ToValidUTF8(compacted(candidate), "\uFFFD")
			}
		}
		return
	}
}

// mainMember is the member by which a reply of a type answers.
var mainMember = map[string]string{
	typeTransferRequest: "destination", typeHandoffRequest: "destination", typeKnowledgeBase: "documents",
	typeEndpointing: "timeoutSeconds", typePredial: "eligible",
}

// otherMemberNames are what mainMember is called by mistake.
var otherMemberNames = map[string][]string{
	typeKnowledgeBase: {"documents", "results", "docs", "matches", "chunks"},
	typeEndpointing:   {"timeoutSeconds", "timeout", "timeout_seconds", "seconds"},
	typePredial:       {"eligible", "isEligible", "allowed", "call"},
}

// candidates returns what the reply may have meant: itself out of a wrapper, or
// put into the member that Vapi looks for.
func (j *judgement) candidates(body value) [][]byte {
	var list [][]byte
	add := func(member string, v value) {
		if raw := v.raw(); v.found() && raw != nil {
			list = append(list, slices.Concat([]byte(`{"`+member+`":`), raw, []byte("}")))
		}
	}
	names := choices
	if main := mainMember[j.id.Type]; main != "" {
		names = []string{main}
	}
	if inner := meant(body, names...); inner.raw() != nil {
		list = append(list, inner.raw())
	}
	switch j.id.Type {
	case typeAssistantRequest:
		add("assistant", withAny(body, "model", "voice", "transcriber", "firstMessage"))
		if id := firstFound(body.member("id"), body); looksLikeID(id) {
			add("assistantId", id)
		}
	case typeTransferRequest:
		list = append(list, []byte(destinationHint(body, []string{"number", "sip"})))
		add("destination", withAny(body, "type"))
	case typeHandoffRequest:
		for _, v := range []value{body, body.member("destination")} {
			add("destination", withAny(v, "type"))
			add("destination", withType("assistant", withAny(v, "assistantId", "assistantName", "assistant")))
			add("destination", withType("squad", withAny(v, "squadId", "squad")))
		}
	default:
		main := mainMember[j.id.Type]
		for _, name := range otherMemberNames[j.id.Type] {
			v := body.member(name)
			add(main, v)
			add(main, unquoted(v))
		}
		add(main, body)
		add(main, unquoted(body))
	}
	return list
}

// withAny returns v where it is an object with one of names.
func withAny(v value, names ...string) value {
	if firstPresent(v.pick(names...)...).found() {
		return v
	}
	return value{}
}

// withType returns the object v with a type.
func withType(name string, v value) value {
	raw := v.raw()
	if !v.isObject() || raw == nil {
		return value{}
	}
	return root(slices.Concat([]byte(`{"type":"`+name+`",`), raw[1:]))
}

// unquoted returns the number or the truth that a string holds.
func unquoted(v value) value {
	text := []byte(v.str())
	if _, isNumber := v.number(); isNumber && v.isString() || slices.Contains([]string{"true", "false"}, v.str()) {
		return root(bytes.ToLower(text))
	}
	return value{}
}

// looksLikeID reports whether v is a UUID, as Vapi's ids are.
func looksLikeID(v value) bool {
	id := v.str()
	return len(id) == 36 && strings.Count(id, "-") == 4 && strings.Trim(id, "0123456789abcdefABCDEF-") == ""
}

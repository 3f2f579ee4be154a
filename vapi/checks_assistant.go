package vapi

import (
	"bytes"
	"fmt"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/vapi/schema"
)

// replyParts are the members of the reply to an assistant-request that Vapi's
// OpenAPI document describes, and by which schema.
var replyParts = []struct{ member, schema string }{
	{"assistant", schema.Assistant},
	{"assistantOverrides", schema.AssistantOverrides},
	{"squad", schema.Squad},
	{"squadOverrides", schema.AssistantOverrides},
	{"workflow", schema.Workflow},
	{"workflowOverrides", schema.WorkflowOverrides},
}

// PrepareChecks compiles what the replies to an assistant-request are compared
// with, which takes about 0.15 s and 9 MB, unless that was done. Judge does it
// by itself when it first needs it; who calls this before spares that reply the
// wait.
func PrepareChecks() { schema.Prepare() }

// assistantParts judges what the reply to an assistant-request makes the call
// run on.
func (j *judgement) assistantParts(body value) {
	for _, part := range replyParts {
		v := body.member(part.member)
		switch {
		case !v.found():
		case part.member == "assistant" && v.isString():
			j.assistantAsText(v)
		default:
			j.compare(v, part.schema, part.member)
		}
	}
}

// assistantAsText tells an assistant that is a string: most often an id.
func (j *judgement) assistantAsText(v value) {
	hint := `{"assistantId":` + string(jsonpath.Quote(v.words(phraseLength))) + `}`
	if strings.HasPrefix(strings.TrimSpace(v.str()), "{") {
		hint = "send the object itself, not its JSON as a string"
	}
	j.fail(codeAssistantInvalid, "/assistant", hint, "assistant is a string; Vapi takes the assistant as an object and its id as assistantId, %s", j.refusal())
}

// destinationSchemas say by which schema a destination of a type is judged, in
// the reply to a handoff-destination-request and in others.
var (
	handoffSchemas = map[string]string{
		"assistant": schema.HandoffToAssistant,
		"squad":     schema.HandoffToSquad,
		"dynamic":   schema.HandoffDynamic,
	}
	transferSchemas = map[string]string{
		"assistant": schema.TransferToAssistant,
		"number":    schema.TransferToNumber,
		"sip":       schema.TransferToSIP,
	}
)

// destinationParts judges what stands in a destination whose type is known and
// that leads somewhere.
func (j *judgement) destinationParts(v value) {
	kind := v.member("type").str()
	if j.id.Type == typeHandoffRequest {
		j.compare(v, handoffSchemas[kind], "destination")
		return
	}
	j.compare(canonicalDestination(v, kind), transferSchemas[kind], "destination")
}

// canonicalDestination returns a destination with its target under the name that
// the OpenAPI document has for it, where another that Vapi takes was used: those
// of destinationNeeds.
func canonicalDestination(v value, kind string) value {
	needs := destinationNeeds[kind]
	if len(needs) < 2 || v.member(needs[0]).found() || v.member(needs[1]).isObject() {
		return v
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for c := v.open(); c.next(); {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		if key := keyName(c.key()); oneOf(key, needs) {
			b.Write(jsonpath.Quote(needs[0]))
		} else {
			b.Write(c.key())
		}
		b.WriteByte(':')
		b.Write(c.value().raw())
	}
	b.WriteByte('}')
	return root(b.Bytes())
}

// compare judges a member of the reply by a schema of Vapi's OpenAPI document.
func (j *judgement) compare(v value, name, member string) {
	for _, f := range schema.Check(name, member, v.raw()) {
		j.finding(f, member)
	}
}

// finding tells what was found in a member of the reply.
func (j *judgement) finding(f schema.Finding, member string) {
	check := Check{Path: "/" + member + f.Path, Hint: f.Hint}
	switch f.Grade {
	case schema.Invalid:
		check.Level, check.Code = Error, codeAssistantInvalid
		if member == "destination" && !withinAssistant(f.Path) {
			check.Code = codeDestinationInvalid
		}
		check.Message = fmt.Sprintf("%s, %s", f.Message, j.refusal())
	case schema.Unlisted:
		check.Level, check.Code = Warning, codeAssistantInvalid
		check.Message = f.Message + "; unless it is newer than August 2026, Vapi refuses the reply"
	case schema.Unknown:
		check.Level, check.Code = Warning, codeUnknownProperty
		check.Message = f.Message + "; Vapi refuses properties that it does not know"
	default:
		check.Level, check.Code, check.Message = Info, codeAssistantInvalid, f.Message
	}
	j.add(check)
}

// withinAssistant reports whether a pointer into a destination leads into an
// assistant or squad that stands in it.
func withinAssistant(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return oneOf(first, []string{"assistant", "assistantOverrides", "squad", "squadOverrides"})
}

// refusal says what comes of a reply that Vapi refuses.
func (j *judgement) refusal() string {
	switch j.id.Type {
	case typeTransferRequest:
		return "so the call is not transferred"
	case typeHandoffRequest:
		return "so the call is not handed over"
	}
	return "so the call fails with assistant-request-returned-invalid-assistant"
}

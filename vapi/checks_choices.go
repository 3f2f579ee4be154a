package vapi

import (
	"bytes"
	"net/http"
	"strings"

	"vapitap/internal/jsonpath"
)

// choices are the members of which the reply to an assistant-request has one.
var choices = []string{"assistantId", "assistant", "squadId", "squad", "workflowId", "workflow", "destination", "error"}

// assistantChoice judges the reply to an assistant-request.
func (j *judgement) assistantChoice(body value) {
	v := body.pick(choices...)
	if destination := v[6]; destination.found() {
		j.destination(destination, "number", "sip")
		return
	}
	for _, choice := range v {
		if choice.found() && !(choice.isString() && choice.empty()) {
			j.assistantParts(body)
			j.serverURLs(body, "")
			return
		}
	}
	j.fail(codeAssistantEmpty, "", j.unwrapped(body), "%s; Vapi needs an assistant, a squad, a workflow, a destination or an error, so the call ends", j.emptyChoice(body, v))
}

// emptyChoice says what a reply has where a choice is missing.
func (j *judgement) emptyChoice(body value, v []value) string {
	if !body.isObject() {
		return "the reply is " + jsonKind(body)
	}
	for i, choice := range v {
		if choice.text != nil {
			return choices[i] + " is empty"
		}
	}
	return "the reply chooses nothing: it has none of " + strings.Join(choices, ", ")
}

// unwrapped returns what stands in a messageResponse, which Vapi's OpenAPI
// document puts around replies and no example does; a template where there is
// none.
func (j *judgement) unwrapped(body value) string {
	if inner := body.member("messageResponse"); inner.isObject() && !inner.empty() {
		var b bytes.Buffer
		if writeCompact(&b, inner); b.Len() <= mendedBytes {
			return b.String()
		}
	}
	return j.template()
}

// transfer judges the reply to a transfer-destination-request.
func (j *judgement) transfer(body value) {
	v := body.pick("destination", "error")
	switch {
	case v[0].found():
		j.destination(v[0], "number", "sip", "assistant")
	case !v[1].isString():
		j.fail(codeDestinationMissing, "", j.unwrapped(body), "the reply has neither a destination nor an error string; Vapi has nowhere to transfer the call to")
	}
}

// handoff judges the reply to a handoff-destination-request. An empty
// destination, or an error alone, refuses the handoff.
func (j *judgement) handoff(body value) {
	v := body.pick("destination", "error")
	switch {
	case v[0].isObject() && v[0].empty():
	case v[0].found():
		j.destination(v[0], "assistant", "squad", "dynamic")
	case !v[1].found():
		j.fail(codeDestinationMissing, "", j.unwrapped(body), `the reply has neither destination nor error; Vapi does not know whom to hand the call to ({"destination":{}} refuses the handoff)`)
	}
}

// destinationNeeds says which members make a destination of a type, one of which
// is enough. Vapi's OpenAPI document says number, an example of its
// documentation phoneNumber.
var destinationNeeds = map[string][]string{
	"number":    {"number", "phoneNumber"},
	"sip":       {"sipUri"},
	"assistant": {"assistantName", "assistantId", "assistant"},
	"squad":     {"squadId", "squad"},
	"dynamic":   {"server"},
}

// destination judges where a call is to go, one of types.
func (j *judgement) destination(v value, types ...string) {
	hint := destinationHint(v, types)
	if hint == "" {
		hint = j.template()
	}
	if !v.isObject() {
		j.fail(codeDestinationInvalid, "/destination", hint, "the destination is %s; Vapi takes an object with a type", jsonKind(v))
		return
	}
	kind := v.member("type")
	if !oneOf(kind.str(), types) {
		what := kind.phrase(detailLength)
		if !kind.isString() {
			what = jsonKind(kind)
		}
		j.fail(codeDestinationInvalid, "/destination/type", hint, "the type of the destination is %s; Vapi takes %s here", what, strings.Join(types, ", "))
		return
	}
	needs := destinationNeeds[kind.str()]
	for _, need := range v.pick(needs...) {
		if !need.empty() {
			j.destinationParts(v)
			j.serverURLs(v, "/destination")
			return
		}
	}
	j.fail(codeDestinationInvalid, "/destination/"+needs[0], hint, "the destination of type %s has no %s; Vapi does not know where the call goes", kind.str(), strings.Join(needs, " or "))
}

func oneOf(s string, list []string) bool {
	for _, known := range list {
		if s == known {
			return true
		}
	}
	return false
}

// destinationHint returns a reply with the destination that v seems to mean, ""
// where it does not show, or is none of types.
func destinationHint(v value, types []string) string {
	target := v
	if v.isObject() {
		target = firstFound(v.pick("number", "phoneNumber", "sipUri")...)
	}
	to := target.words(phraseLength)
	switch {
	case !target.isString() || to == "":
		return ""
	case oneOf("sip", types) && (strings.HasPrefix(to, "sip:") || strings.HasPrefix(to, "sips:")):
		return `{"destination":{"type":"sip","sipUri":` + string(jsonpath.Quote(to)) + `}}`
	case oneOf("number", types) && to[0] == '+':
		return `{"destination":{"type":"number","number":` + string(jsonpath.Quote(to)) + `}}`
	}
	return ""
}

// documents judges the reply to a knowledge-base-request.
func (j *judgement) documents(body value) {
	v := body.pick("documents", "message")
	switch {
	case v[0].isArray():
	case v[0].found():
		j.fail(codeDocumentsMissing, "/documents", j.template(), "documents is %s; Vapi takes an array of objects with content and similarity", jsonKind(v[0]))
	case !v[1].found():
		j.fail(codeDocumentsMissing, "", j.template(), "the reply has neither documents nor a message; the assistant gets no knowledge from it")
	}
}

// endpointing judges the reply to a call.endpointing.request.
func (j *judgement) endpointing(body value) {
	const longest = 15 // seconds, as Vapi's OpenAPI document says
	v := body.member("timeoutSeconds")
	seconds, ok := v.number()
	switch {
	case !v.found():
		j.fail(codeTimeoutMissing, "", j.template(), "the reply has no timeoutSeconds; Vapi does not know how long to wait for the caller to go on")
	case !v.isNumber() || !ok:
		j.fail(codeTimeoutMissing, "/timeoutSeconds", j.template(), "timeoutSeconds is %s; Vapi takes a number of seconds", jsonKind(v))
	case seconds < 0 || seconds > longest:
		j.fail(codeTimeoutMissing, "/timeoutSeconds", j.template(), "timeoutSeconds is %s; Vapi takes 0 to 15", v.words(detailLength))
	}
}

// eligible judges the reply to a campaign.predial.
func (j *judgement) eligible(body value) {
	v := body.member("eligible")
	switch v.words(detailLength) {
	case "true", "false":
		if !v.isString() {
			return
		}
	}
	if !v.found() {
		j.fail(codeEligibleMissing, "", j.template(), "the reply has no eligible; Vapi does not know whether to call the contact")
		return
	}
	hint := j.template()
	if s := v.words(detailLength); s == "false" || s == "0" {
		hint = `{"eligible":false}`
	}
	j.fail(codeEligibleMissing, "/eligible", hint, "eligible is %s; Vapi takes true or false", jsonKind(v))
}

// voice judges the reply to a voice-request.
func (j *judgement) voice() {
	if fault := audioFault(j.reply); fault != "" {
		j.fail(codeNotAudio, "", "send raw 16-bit PCM, one channel, at the sampleRate of the request, as application/octet-stream",
			"the reply is %s%s; Vapi plays raw PCM, so the caller hears nothing", fault, j.failureWords())
	}
}

// packagedAudio are the beginnings of files that hold audio, but not raw.
var packagedAudio = map[string]string{"ID3": "an MP3 file", "OggS": "an Ogg file", "fLaC": "a FLAC file", "\x1aE\xdf\xa3": "a WebM file"}

// audioFault says what the reply to a voice-request is when it is no audio; ""
// where it may be.
func audioFault(reply *Reply) string {
	body := bytes.TrimLeft(reply.Body, " \t\r\n")
	if len(reply.Body) == 0 {
		return "empty"
	}
	for begins, what := range packagedAudio {
		if bytes.HasPrefix(reply.Body, []byte(begins)) {
			return what
		}
	}
	sniffed := http.DetectContentType(reply.Body)
	contentType := reply.Header.Get("Content-Type")
	switch {
	case len(body) > 0 && body[0] == '{' && strings.HasPrefix(sniffed, "text/"):
		if isAudioFrame(root(body)) {
			return ""
		}
		return "JSON without audio"
	case strings.HasPrefix(sniffed, "text/html"):
		return "HTML"
	case strings.HasPrefix(sniffed, "text/") && (strings.HasPrefix(contentType, "text/") || isJSONType(contentType)):
		return "text"
	}
	return ""
}

// isAudioFrame reports whether an object may be a frame of audio with
// timestamps: audio beside something that says when it is. Vapi's OpenAPI
// document warns against an object of data alone.
func isAudioFrame(frame value) bool {
	audio, others := false, 0
	for c := frame.open(); c.next(); others++ {
		switch keyName(c.key()) {
		case "audio", "data", "chunk":
			audio = audio || c.value().isString()
		case "words", "timestamps", "timing", "alignment":
			return true
		}
	}
	return audio && others > 1
}

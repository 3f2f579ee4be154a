package vapi

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"vapitap/internal/jsonpath"
)

// Summarize says what an exchange was in one line of at most 200 characters,
// without control characters or line breaks. reply is nil while none came. It
// reads no more of the bodies than it must, and what the end of a truncated one
// leaves of it. The summary of an exchange that belongs to no call is empty,
// unless its body is broken.
func Summarize(id Identity, r Request, reply *Reply) string {
	switch id.Kind {
	case KindServer:
		return oneLine(joined(summarizeMessage(id.Type, r, reply), cutOff(r)), summaryLength)
	case KindLLM:
		return oneLine(joined(summarizeCompletion(r, reply), cutOff(r)), summaryLength)
	case KindMCP:
		return oneLine(joined(summarizeRPC(r, reply), cutOff(r)), summaryLength)
	}
	plain := summarizePlain(r, reply)
	if plain != "" && len(r.Body) == 0 { // an API request may say all in its query
		return oneLine(plain, summaryLength)
	}
	return oneLine(joined(plain, bodyFault(r)), summaryLength)
}

// A summarizer says what a message was. m is the message in its envelope.
type summarizer func(m value, r Request, reply *Reply) string

// summarizers holds one for each type of the catalogue.
var summarizers = map[string]summarizer{
	typeAssistantRequest:   summarizeAssistantRequest,
	typeToolCalls:          summarizeToolCalls,
	typeFunctionCall:       summarizeToolCalls,
	typeTransferRequest:    summarizeTransferRequest,
	typeHandoffRequest:     summarizeHandoffRequest,
	typeKnowledgeBase:      summarizeKnowledgeBase,
	typeVoiceRequest:       summarizeVoiceRequest,
	typeEndpointing:        summarizeEndpointing,
	typePredial:            summarizePredial,
	typeStatusUpdate:       ofMessage(summarizeStatus),
	typeTranscript:         ofMessage(summarizeTranscript),
	typeSpeechUpdate:       ofMessage(summarizeSpeech),
	typeSpeechStarted:      ofMessage(summarizeSpeechStarted),
	typeConversationUpdate: ofMessage(summarizeConversation),
	typeModelOutput:        ofMessage(summarizeModelOutput),
	typeUserInterrupted:    saying("user interrupted the assistant"),
	typeLanguageDetected:   ofMessage(summarizeLanguage),
	typeLanguageChanged:    ofMessage(summarizeLanguage),
	typeVoiceInput:         ofMessage(summarizeVoiceInput),
	typePhoneCallControl:   ofMessage(summarizeControl),
	typeTransferUpdate:     ofMessage(summarizeTransferUpdate),
	typeHang:               saying("the assistant did not answer in time"),
	typeEndOfCallReport:    ofMessage(summarizeReport),
	typeChatCreated:        ofMessage(summarizeChat),
	typeChatDeleted:        ofMessage(summarizeChat),
	typeSessionCreated:     ofMessage(summarizeSession),
	typeSessionUpdated:     ofMessage(summarizeSession),
	typeSessionDeleted:     ofMessage(summarizeSession),
	typeCallDeleted:        saying("call deleted"),
	typeCallDeleteFailed:   saying("call could not be deleted"),
	typeCallArtifactUpload: ofMessage(summarizeUpload),
	typeAssistantStarted:   ofMessage(summarizeAssistantStarted),
}

// ofMessage makes a summarizer of one that needs the message alone.
func ofMessage(f func(m value) string) summarizer {
	return func(m value, _ Request, _ *Reply) string { return f(m) }
}

func saying(words string) summarizer {
	return func(value, Request, *Reply) string { return words }
}

func summarizeMessage(name string, r Request, reply *Reply) string {
	m, ok := r.message()
	if !ok {
		return name
	}
	f := summarizers[name]
	if f == nil {
		if _, known := Lookup(name); !known {
			return summarizeUnknown(name, m)
		}
		f = summarizers[typeTranscript]
	}
	return f(m, r, reply)
}

// summarizeUnknown gives what a type that nobody knows has in plain words: its
// own name, and the first few scalars of the message.
func summarizeUnknown(name string, m value) string {
	const most = 3
	parts := []string{name}
	for c := m.open(); len(parts) <= most && c.next(); {
		v := c.value()
		switch v.first() {
		case '{', '[', 'n':
			continue
		}
		switch key := keyName(c.key()); key {
		case "type", "timestamp":
		default:
			parts = append(parts, key+": "+v.phrase(detailLength))
		}
	}
	return joined(parts...)
}

// keyName returns a key as it is to be shown.
func keyName(key []byte) string {
	return value{text: key}.words(detailLength)
}

// writeKeyName writes keyName to b.
func writeKeyName(b *strings.Builder, key []byte) {
	if plain := (value{text: key}).quoted(detailLength); plain != nil {
		b.Write(plain[1 : len(plain)-1])
		return
	}
	b.WriteString(keyName(key))
}

// validatedBytes is how large a body may be for all of it to be checked before
// it is summarized; for a larger one that would take longer than it is worth.
const validatedBytes = 256 << 10

// bodyFault says what is wrong with the body of a request that nothing is known
// of: it is empty where one belongs, or means to be JSON and is not. It is ""
// for everything else.
func bodyFault(r Request) string {
	if r.Truncated || len(r.Body) > validatedBytes {
		return ""
	}
	if len(r.Body) == 0 {
		switch r.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch:
			return "empty body"
		}
		return ""
	}
	if first := r.root().first(); first != '{' && first != '[' && !isJSONType(r.Header.Get("Content-Type")) {
		return ""
	}
	if jsonpath.Valid(r.Body) {
		return ""
	}
	return "not JSON: " + brokenAt(r.Body)
}

// cutOff says that a body is not JSON where its last byte shows it, and "" where
// it does not.
func cutOff(r Request) string {
	if r.Truncated {
		return ""
	}
	end := bytes.TrimRight(r.Body, " \t\r\n")
	if len(end) == 0 {
		return "empty body"
	}
	if last := end[len(end)-1]; last == '}' || last == ']' {
		return ""
	}
	return "not JSON: " + brokenAt(r.Body)
}

// isJSONType reports whether a Content-Type is application/json or one with a
// +json suffix.
func isJSONType(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	return t == "application/json" || strings.HasSuffix(t, "+json")
}

// noAnswer says why a reply holds no answer, "" where it may hold one.
func noAnswer(reply *Reply) string {
	switch {
	case reply.Status == 0:
		return "no answer"
	case reply.Status < 200 || reply.Status > 299:
		return "HTTP " + strconv.Itoa(reply.Status)
	}
	return ""
}

// withOutcome adds to what was asked what came of it. outcome reads the body of
// a reply that may hold an answer.
func withOutcome(asked string, reply *Reply, outcome func(body value) string) string {
	if reply == nil {
		return asked
	}
	answer := noAnswer(reply)
	if answer == "" {
		if answer = outcome(root(reply.Body)); answer == "" {
			answer = "nothing usable"
		}
	}
	return strings.TrimLeft(asked+" → "+answer, " ")
}

package vapi

import (
	"slices"
	"strings"
	"time"
)

// ReplyKind is what the reply to a type has to be.
type ReplyKind string

// The kinds of reply.
const (
	ReplyNone  ReplyKind = ""      // nobody reads it
	ReplyJSON  ReplyKind = "json"  // a JSON object
	ReplyAudio ReplyKind = "audio" // raw PCM, or JSON frames with timestamps
)

// Type is what is known of one message.type.
type Type struct {
	Name   string
	Reply  ReplyKind
	Budget time.Duration // how long Vapi waits where nothing else is configured; 0 where it wants no reply
}

// Vapi gives an assistant-request 7.5 s, whatever is configured; other messages
// that want a reply have the server's timeoutSeconds, 20 s by default.
const (
	assistantRequestBudget = 7500 * time.Millisecond
	defaultBudget          = 20 * time.Second
)

// The types that the code treats apart by name.
const (
	typeAssistantRequest    = "assistant-request"
	typeToolCalls           = "tool-calls"
	typeFunctionCall        = "function-call"
	typeTransferRequest     = "transfer-destination-request"
	typeHandoffRequest      = "handoff-destination-request"
	typeKnowledgeBase       = "knowledge-base-request"
	typeVoiceRequest        = "voice-request"
	typeEndpointing         = "call.endpointing.request"
	typePredial             = "campaign.predial"
	typeTranscript          = "transcript"
	typeTranscriptFinal     = `transcript[transcriptType="final"]`
	typeStatusUpdate        = "status-update"
	typeSpeechUpdate        = "speech-update"
	typeSpeechStarted       = "assistant.speechStarted"
	typeConversationUpdate  = "conversation-update"
	typeModelOutput         = "model-output"
	typeUserInterrupted     = "user-interrupted"
	typeLanguageDetected    = "language-change-detected"
	typeLanguageChanged     = "language-changed"
	typeVoiceInput          = "voice-input"
	typePhoneCallControl    = "phone-call-control"
	typeTransferUpdate      = "transfer-update"
	typeHang                = "hang"
	typeEndOfCallReport     = "end-of-call-report"
	typeAssistantStarted    = "assistant.started"
	typeChatCreated         = "chat.created"
	typeChatDeleted         = "chat.deleted"
	typeSessionCreated      = "session.created"
	typeSessionUpdated      = "session.updated"
	typeSessionDeleted      = "session.deleted"
	typeCallDeleted         = "call.deleted"
	typeCallDeleteFailed    = "call.delete.failed"
	typeCallArtifactUpload  = "call.artifact.upload"
	typeOfLLM               = "llm" // not a message.type: what a chat completion is called
	transcriptFamilyOpening = typeTranscript + "["
)

// catalogue holds the types of Vapi's OpenAPI document, those that want a reply
// first, and the older ones that serverMessages still lists.
var catalogue = []Type{
	{typeAssistantRequest, ReplyJSON, assistantRequestBudget},
	{typeToolCalls, ReplyJSON, defaultBudget},
	{typeTransferRequest, ReplyJSON, defaultBudget},
	{typeHandoffRequest, ReplyJSON, defaultBudget},
	{typeKnowledgeBase, ReplyJSON, defaultBudget},
	{typeVoiceRequest, ReplyAudio, defaultBudget},
	{typeEndpointing, ReplyJSON, defaultBudget},
	{typePredial, ReplyJSON, defaultBudget},
	{Name: typeStatusUpdate},
	{Name: typeTranscript},
	{Name: typeTranscriptFinal},
	{Name: typeSpeechUpdate},
	{Name: typeSpeechStarted},
	{Name: typeConversationUpdate},
	{Name: typeModelOutput},
	{Name: typeUserInterrupted},
	{Name: typeLanguageDetected},
	{Name: typeVoiceInput},
	{Name: typePhoneCallControl},
	{Name: typeTransferUpdate},
	{Name: typeHang},
	{Name: typeEndOfCallReport},
	{Name: typeChatCreated},
	{Name: typeChatDeleted},
	{Name: typeSessionCreated},
	{Name: typeSessionUpdated},
	{Name: typeSessionDeleted},
	{Name: typeCallDeleted},
	{Name: typeCallDeleteFailed},
	{Name: typeCallArtifactUpload},
	{Name: typeAssistantStarted},
	{Name: typeLanguageChanged},
	{Name: typeFunctionCall},
}

var byName = func() map[string]Type {
	m := make(map[string]Type, len(catalogue))
	for _, t := range catalogue {
		m[t.Name] = t
	}
	return m
}()

// Lookup returns what is known of the type called name, and false where nothing
// is. Any transcript with a condition in brackets, as serverMessages writes it,
// is known; it keeps its name.
func Lookup(name string) (Type, bool) {
	if t, ok := byName[name]; ok {
		return t, true
	}
	if strings.HasPrefix(name, transcriptFamilyOpening) && strings.HasSuffix(name, "]") {
		return Type{Name: name}, true
	}
	return Type{}, false
}

// WantsReply reports whether Vapi reads the reply to messages of this type.
// What is not in the catalogue, chat completions among it, wants none as far as
// is known.
func WantsReply(name string) bool { return byName[name].Reply != ReplyNone }

// Types returns the catalogue, types that want a reply first.
func Types() []Type { return slices.Clone(catalogue) }

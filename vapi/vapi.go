// Package vapi knows what Vapi's messages mean: the catalogue of types, what a
// request was in one line of words, tool calls paired with their results,
// end-of-call reports, the checks that say why Vapi would not use a reply, and
// the messages of a simulated call.
//
// Bytes in, values out: no I/O, no clock, no network, and no knowledge of how
// an exchange was recorded or is shown. Nothing here refuses what it does not
// know: an unknown type is named as it came, and what is no JSON is said to be
// none. Every function takes any bytes at all.
//
// Facts come from Vapi's public documentation (server URL events, custom tools
// and their troubleshooting, server authentication) and its OpenAPI document,
// read August 2026.
package vapi

import (
	"net/http"
	"time"
)

// SimulatorAgent begins the User-Agent of the messages that a simulated call
// sends, so that a recorder can tell them from Vapi's own.
const SimulatorAgent = "vapitap-simulate"

// Kind is which of the callers of a developer's server a request comes from.
type Kind string

// The kinds.
const (
	KindServer Kind = "vapi" // a server message: a JSON body with message.type
	KindLLM    Kind = "llm"  // an OpenAI-shaped chat completion, asked of a custom LLM
	KindMCP    Kind = "mcp"  // JSON-RPC with an X-Call-Id or X-Chat-Id
	KindHTTP   Kind = "http" // anything else, API-request tools among it
)

// Identity is what a request was. Type is the message's own type for a server
// message, and a name for the others where they have one; it may be a type
// that nobody knows. CallID is empty where the request tells none.
type Identity struct {
	Kind   Kind
	Type   string
	CallID string
}

// Request is what came in. Body may be cut short, which Truncated tells.
type Request struct {
	Method    string
	Path      string // as received, query included
	Header    http.Header
	Body      []byte
	Truncated bool

	// Here are hosts, with their ports where they have one, that lead to who took
	// the request, beside those that its Host and X-Forwarded-Host name: the
	// public address of a tunnel. Nil for none that are known.
	Here []string

	memory *memory // nil unless it is Indexed
}

// Reply is what went out. Body is the content with its Content-Encoding undone.
type Reply struct {
	Status    int // 0 where no answer came from the server
	Header    http.Header
	Body      []byte
	Truncated bool
	FirstByte time.Duration // from the request's arrival to the reply's first byte
	Duration  time.Duration // to its last
	Failure   string        // why no whole answer came; empty where one did
}

// Level is how much a Check matters.
type Level string

// The levels. An exchange with an error failed.
const (
	Error   Level = "error"   // Vapi will not use this reply, or documents that it will not
	Warning Level = "warning" // likely to bite, or sources disagree
	Info    Level = "info"
)

// Sign is the one character that stands before a check of the level.
func (l Level) Sign() string {
	switch l {
	case Error:
		return "✗"
	case Warning:
		return "!"
	}
	return "i"
}

// Check is one finding about a reply.
type Check struct {
	Level   Level  `json:"level"`
	Code    string `json:"code"`           // one of the documented codes, such as tool-result-missing
	Message string `json:"message"`        // what is wrong and why it matters, one sentence
	Path    string `json:"path,omitempty"` // JSON pointer into the reply's body
	Hint    string `json:"hint,omitempty"` // what to return instead: the corrected reply where it can be derived
}

// Auth is how a request authenticated itself, and what came of checking it.
type Auth struct {
	Scheme  string `json:"scheme"`  // secret, hmac, bearer, none
	Verdict string `json:"verdict"` // ok, bad, absent, unchecked
}

// ToolCall is one call of a tool in a request, with the answer that the reply
// gave to it.
type ToolCall struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Arguments RawJSON `json:"arguments,omitempty"` // the value, parsed where it came as a string of JSON
	Result    RawJSON `json:"result,omitempty"`
	Error     RawJSON `json:"error,omitempty"`
	Answered  bool    `json:"answered"`
	Async     bool    `json:"async,omitempty"`
	Mocked    bool    `json:"mocked,omitempty"`
	Recorded  RawJSON `json:"recorded,omitempty"` // what a later message of the call shows that Vapi took
	Warnings  RawJSON `json:"warnings,omitempty"` // what Vapi warned of when it recorded it: a list, as it came

	// Of the arguments, those that the model did not write, the static parameters
	// of the tool's definition, and those that Vapi encrypted. JSON pointers into
	// Arguments, such as /payment/cardNumber.
	Static    []string `json:"static,omitempty"`
	Encrypted []string `json:"encrypted,omitempty"`
}

// RawJSON is the text of one JSON value, or nil for none. Unlike
// json.RawMessage it is left out of an object when it is nil.
type RawJSON []byte

// MarshalJSON returns the text itself, null for nil.
func (r RawJSON) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	return r, nil
}

package vapi

import (
	"net/http"
	"strings"

	"vapitap/internal/jsonpath"
)

// Headers by which Vapi names the call or chat to MCP servers and API-request
// tools, which get no envelope.
const (
	callIDHeader = "X-Call-Id"
	chatIDHeader = "X-Chat-Id"
)

// nameBytes bounds what is kept of a type or call id: they are names, and what
// a body claims to be its name is stored and shown everywhere.
const nameBytes = 256

const completionsPath = "/chat/completions"

// Identify says who sent a request, what it is and which call it belongs to.
// Content types and paths do not matter to it, save that a path ending in
// /chat/completions makes a chat completion. It reads the body no further than
// it must, and one that was cut short as far as it goes. The Type is
// message.type, "llm" for a chat completion, the method for JSON-RPC, and empty
// for anything else.
func Identify(r Request) Identity {
	if id, ok := identifyServerMessage(&r); ok {
		return id
	}
	body := r.root()
	callID := clipName(r.Header.Get(callIDHeader))
	if callID != "" || r.Header.Get(chatIDHeader) != "" {
		if method, ok := rpcMethod(body); ok {
			return Identity{Kind: KindMCP, Type: clipName(method), CallID: callID}
		}
	}
	if isCompletionsPath(r) || looksLikeCompletion(body) {
		return Identity{Kind: KindLLM, Type: typeOfLLM, CallID: clipName(body.at("call", "id").str())}
	}
	return Identity{Kind: KindHTTP, CallID: callID}
}

// identifyServerMessage looks for message.type and message.call.id and stops
// when it has both.
func identifyServerMessage(r *Request) (Identity, bool) {
	m, ok := r.message()
	if !ok {
		return Identity{}, false
	}
	var kind string
	var call string
	hasCall := false
	names := [...]string{"type", "call"}
	for c := m.open(); (kind == "" || !hasCall) && c.next(); {
		switch at := c.among(names[:]); {
		case at == 0 && kind == "":
			kind = typeName(c.value())
		case at == 1 && !hasCall:
			call, hasCall = c.value().member("id").str(), true
		}
	}
	if kind == "" {
		return Identity{}, false
	}
	return Identity{Kind: KindServer, Type: clipName(kind), CallID: clipName(call)}, true
}

// typeName returns the string that v is, and allocates none for a type that is
// known.
func typeName(v value) string {
	if known, ok := byName[string(jsonpath.Plain(v.raw()))]; ok {
		return known.Name
	}
	return v.str()
}

// messageOf returns the message in Vapi's envelope.
func messageOf(body value) (value, bool) {
	m := body.member("message")
	return m, m.isObject()
}

// rpcMethod returns the method of a JSON-RPC request, or of the first of a
// batch. A response has none and is JSON-RPC all the same.
func rpcMethod(body value) (string, bool) {
	if body.isArray() {
		c := body.open()
		if !c.next() {
			return "", false
		}
		body = c.value()
	}
	v := body.pick("jsonrpc", "method")
	return v[1].str(), v[0].isString()
}

func isCompletionsPath(r Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return strings.HasSuffix(plainPath(r.Path), completionsPath)
}

// plainPath returns path without its query and without slashes at its end.
func plainPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return strings.TrimRight(path, "/")
}

// looksLikeCompletion reports whether body has the two members that every
// OpenAI-shaped chat completion has.
func looksLikeCompletion(body value) bool {
	v := body.pick("messages", "model")
	return v[0].isArray() && v[1].isString()
}

func clipName(s string) string {
	if len(s) <= nameBytes {
		return s
	}
	return strings.ToValidUTF8(s[:nameBytes], "") + "…"
}

package vapi

import (
	"bytes"
	"net/http"
	"strings"

	"vapitap/internal/jsonpath"
)

// Summaries of what comes to a developer's server without Vapi's envelope and
// belongs to a call by a header: JSON-RPC to an MCP server, and the requests of
// API-request tools.

// summarizeRPC says which method of an MCP server was called, of a tool its name
// and arguments, and what came of it.
func summarizeRPC(r Request, reply *Reply) string {
	first, others := firstOf(r.root())
	asked := rpcWords(first)
	if others > 0 {
		asked += " and " + plural(others, "other")
	}
	if reply == nil {
		return asked
	}
	answer := noAnswer(reply)
	if answer == "" {
		answer = rpcOutcome(first, rpcResponse(reply, first.member("id")))
	}
	if answer == "" {
		return asked
	}
	return asked + " → " + answer
}

// firstOf returns the first of a batch, and how many more it has; v itself where
// it is none.
func firstOf(v value) (first value, others int) {
	if !v.isArray() {
		return v, 0
	}
	c := v.open()
	if !c.next() {
		return value{}, 0
	}
	first = c.value()
	for c.next() {
		others++
	}
	return first, others
}

// rpcWords says what one message asks.
func rpcWords(message value) string {
	v := message.pick("method", "params", "id", "error")
	method := v[0].words(phraseLength)
	if method == "" {
		return joined("response "+v[2].words(detailLength), rpcError(v[3]))
	}
	p := v[1].pick("name", "arguments", "clientInfo", "uri")
	switch {
	case p[0].isString() && p[1].isObject():
		return method + " " + p[0].words(detailLength) + "(" + arguments(p[1]) + ")"
	case p[0].isString():
		return method + " " + p[0].words(detailLength)
	case p[2].isObject():
		return method + " by " + p[2].member("name").words(detailLength)
	case p[3].isString():
		return method + " " + p[3].words(phraseLength)
	}
	return method
}

// rpcResponse returns the response to the request with an id, out of a JSON
// reply or one of server-sent events, alone or in a batch; an absent value where
// there is none.
func rpcResponse(reply *Reply, id value) value {
	wanted := id.raw()
	if !isEventStream(reply) {
		return responseIn(root(reply.Body), wanted)
	}
	for data := range events(reply.Body) {
		if response := responseIn(root(data), wanted); response.text != nil {
			return response.copied()
		}
	}
	return value{}
}

// responseIn returns the response to the id in v, which may be a batch. An error
// that has no id answers a request that the server could not read.
func responseIn(v value, id []byte) value {
	if !v.isArray() {
		if m := v.pick("id", "result", "error"); m[2].isObject() && !m[0].found() ||
			id != nil && bytes.Equal(m[0].raw(), id) && (m[1].text != nil || m[2].text != nil) {
			return v
		}
		return value{}
	}
	for c := v.open(); c.next(); {
		if c.value().isObject() {
			if response := responseIn(c.value(), id); response.text != nil {
				return response
			}
		}
	}
	return value{}
}

// rpcOutcome says what a response says; "" for one that has nothing to tell, and
// for a notification, which gets none.
func rpcOutcome(request, response value) string {
	asked := request.pick("method", "id")
	if response.text == nil {
		if asked[1].text == nil || !asked[0].isString() {
			return ""
		}
		return "no response"
	}
	v := response.pick("result", "error")
	if failure := rpcError(v[1]); failure != "" {
		return failure
	}
	result := v[0].pick("tools", "content", "isError", "serverInfo", "structuredContent")
	switch {
	case result[0].isArray():
		return listWords("tool", result[0])
	case result[2].truth():
		return "error " + contentPhrase(result[1])
	case result[1].isArray() && !result[1].empty():
		return contentPhrase(result[1])
	case result[4].found():
		return result[4].phrase(phraseLength)
	case result[3].isObject():
		info := result[3].pick("name", "version")
		return strings.TrimSpace(info[0].words(detailLength) + " " + info[1].words(detailLength))
	case v[0].empty():
		return ""
	}
	return v[0].phrase(phraseLength)
}

// rpcError says what a JSON-RPC error says: error -32601 "Method not found".
func rpcError(v value) string {
	if !v.found() {
		return ""
	}
	e := v.pick("code", "message")
	if words := strings.TrimSpace(e[0].words(detailLength) + " " + e[1].phrase(phraseLength)); words != "" {
		return "error " + words
	}
	return errorWords(v)
}

// listWords counts the things in a list and names the first of them.
func listWords(noun string, list value) string {
	const most = 4
	n := 0
	var names []string
	for c := list.open(); c.next(); n++ {
		if n < most {
			names = append(names, c.value().member("name").words(detailLength))
		}
	}
	words := plural(n, noun)
	if n > most {
		names = append(names, "…")
	}
	if len(names) == 0 {
		return words
	}
	return words + ": " + strings.Join(names, ", ")
}

// Headers of MCP's streamable HTTP.
const sessionHeader = "Mcp-Session-Id"

// isMCPTransport reports whether a request asks an MCP server for its stream of
// events, or ends its session: neither has a body, and a server that has no such
// thing says so with status 405.
func isMCPTransport(r Request) bool {
	switch r.Method {
	case http.MethodGet:
		return strings.Contains(r.Header.Get("Accept"), "text/event-stream") && (ofCall(r) || r.Header.Get(sessionHeader) != "")
	case http.MethodDelete:
		return r.Header.Get(sessionHeader) != ""
	}
	return false
}

// ofCall reports whether a header says which call or chat a request belongs to.
func ofCall(r Request) bool {
	return r.Header.Get(callIDHeader) != "" || r.Header.Get(chatIDHeader) != ""
}

// summarizePlain says what a request without anything of Vapi's in its body was:
// that of an API-request tool where a header names its call; "" for one that is
// none of Vapi's.
func summarizePlain(r Request, reply *Reply) string {
	asked := ""
	switch {
	case isMCPTransport(r) && r.Method == http.MethodDelete:
		asked = "MCP session ends"
	case isMCPTransport(r):
		asked = "MCP event stream"
	case ofCall(r):
		return withPlainOutcome(joined("API request", plainArguments(r)), reply)
	}
	if asked == "" || reply == nil {
		return asked
	}
	switch missing := noAnswer(reply); {
	case reply.Status == http.StatusMethodNotAllowed:
		return asked + " → the server has none"
	case missing != "":
		return asked + " → " + missing
	}
	return asked
}

// plainArguments writes what an API request sends: the members of its JSON body,
// else its query.
func plainArguments(r Request) string {
	if body := r.root(); body.isObject() || body.isArray() {
		return arguments(body)
	}
	_, query, _ := strings.Cut(r.Path, "?")
	return oneLine(query, phraseLength)
}

// withPlainOutcome adds to what was asked what came back: JSON or text.
func withPlainOutcome(asked string, reply *Reply) string {
	if reply == nil {
		return asked
	}
	answer := noAnswer(reply)
	switch {
	case answer != "":
	case len(bytes.TrimSpace(reply.Body)) == 0:
		answer = "nothing"
	case strings.IndexByte(`{["`, reply.Body[jsonpath.SkipSpace(reply.Body, 0)]) >= 0:
		answer = root(reply.Body).phrase(phraseLength)
	default:
		answer = oneLine(string(reply.Body[:min(len(reply.Body), 8*phraseLength)]), phraseLength)
	}
	return asked + " → " + answer
}

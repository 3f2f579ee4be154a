package timeline

import (
	"bytes"
	"encoding/json"
	"slices"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// toolCalls returns the tool calls of an exchange whose bodies are loaded.
// Nothing of the result is part of a body.
func toolCalls(e *record.Exchange) []ToolCall {
	var list []vapi.ToolCall
	if e.Kind == vapi.KindMCP {
		list = mcpCalls(e)
	} else {
		list = e.ToolCalls()
	}
	calls := make([]ToolCall, len(list))
	for i, t := range list {
		for _, part := range []*vapi.RawJSON{&t.Arguments, &t.Result, &t.Error, &t.Recorded} {
			*part = slices.Clone(*part)
		}
		calls[i] = ToolCall{ToolCall: t, Exchange: e.ID, Duration: e.Duration, RedeliveryOf: e.RedeliveryOf}
	}
	return calls
}

// mcpCalls returns the call of a tool that an MCP request makes, which has no
// id that Vapi's messages know.
func mcpCalls(e *record.Exchange) []vapi.ToolCall {
	if len(e.ToolNames) == 0 {
		return nil
	}
	params := jsonpath.Member(e.Request.Decoded(), "params")
	answer := mcpAnswer(e.Response.Decoded())
	t := vapi.ToolCall{
		Name:      e.ToolNames[0],
		Arguments: checked(jsonpath.Member(params, "arguments")),
		Result:    checked(jsonpath.Member(answer, "result")),
		Error:     checked(jsonpath.Member(answer, "error")),
	}
	t.Answered = t.Result != nil || t.Error != nil
	return []vapi.ToolCall{t}
}

// checked returns text that somebody will print as JSON: as a string where it is
// none, nil for nil.
func checked(text []byte) vapi.RawJSON {
	if text == nil || json.Valid(text) {
		return text
	}
	return jsonpath.Quote(string(text))
}

// mcpAnswer returns the JSON-RPC response in a reply: the whole of it, or the
// first event of a stream.
func mcpAnswer(reply []byte) []byte {
	if text := bytes.TrimSpace(reply); bytes.HasPrefix(text, []byte("{")) {
		return text
	}
	for line := range bytes.Lines(reply) {
		if event, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			return bytes.TrimSpace(event)
		}
	}
	return nil
}

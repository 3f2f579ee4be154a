package intake

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vapitap/internal/jsonpath"
)

// spoken is one entry of a conversation in Vapi's own format.
type spoken struct {
	role    string
	text    string
	at      time.Time
	seconds float64 // from the start
	calls   []spokenCall
	callID  string
	name    string
	result  json.RawMessage
	raw     []byte
}

// spokenCall is one call of a tool.
type spokenCall struct {
	id, name  string
	arguments []byte // an object, or whatever stands there
}

func readSpoken(entry []byte) spoken {
	var e struct {
		Role      text            `json:"role"`
		Message   text            `json:"message"`
		Time      moment          `json:"time"`
		Seconds   json.RawMessage `json:"secondsFromStart"`
		ToolCalls entries         `json:"toolCalls"`
		CallID    text            `json:"toolCallId"`
		Name      text            `json:"name"`
		Result    json.RawMessage `json:"result"`
	}
	if json.Unmarshal(entry, &e) != nil {
		return spoken{raw: entry}
	}
	s := spoken{
		role: string(e.Role), text: string(e.Message), at: e.Time.Time, callID: string(e.CallID), name: string(e.Name),
		result: e.Result, raw: entry,
	}
	if json.Unmarshal(e.Seconds, &s.seconds) != nil {
		s.seconds = 0
	}
	for _, call := range e.ToolCalls {
		s.calls = append(s.calls, readSpokenCall(call))
	}
	return s
}

func readSpokenCall(call []byte) spokenCall {
	type named struct {
		Name       text            `json:"name"`
		Arguments  json.RawMessage `json:"arguments"`
		Parameters json.RawMessage `json:"parameters"`
	}
	var c struct {
		ID       text  `json:"id"`
		Function named `json:"function"`
		named
	}
	if json.Unmarshal(call, &c) != nil {
		return spokenCall{}
	}
	s := spokenCall{id: string(c.ID), name: string(c.Function.Name), arguments: []byte("{}")}
	if s.name == "" {
		s.name = string(c.Name)
	}
	for _, arguments := range []json.RawMessage{c.Function.Arguments, c.Arguments, c.Function.Parameters, c.Parameters} {
		if len(arguments) > 0 && string(arguments) != "null" {
			s.arguments = asObject(arguments)
			break
		}
	}
	return s
}

// asObject returns what a string of JSON holds, which is how Vapi's messages have
// arguments, and anything else as it is.
func asObject(arguments []byte) []byte {
	if inner, ok := jsonpath.Unquote(arguments); ok && strings.HasPrefix(strings.TrimSpace(inner), "{") && json.Valid([]byte(inner)) {
		return []byte(inner)
	}
	return arguments
}

// callTool is what the assistant of a call says of one of its tools.
type callTool struct {
	kind       string
	async      bool
	definition []byte
}

// toolsOf returns the tools that an assistant defines, by name.
func toolsOf(assistant []byte) map[string]callTool {
	var a struct {
		Model struct {
			Tools entries `json:"tools"`
		} `json:"model"`
	}
	if json.Unmarshal(assistant, &a) != nil {
		return nil
	}
	tools := map[string]callTool{}
	for _, definition := range a.Model.Tools {
		var t struct {
			Type     text `json:"type"`
			Async    bool `json:"async"`
			Function struct {
				Name text `json:"name"`
			} `json:"function"`
		}
		if json.Unmarshal(definition, &t) == nil && t.Function.Name != "" {
			tools[string(t.Function.Name)] = callTool{string(t.Type), t.Async, definition}
		}
	}
	return tools
}

// Vapi answers the calls of these tools itself, so that no server hears of them:
// the types of tools in Vapi's OpenAPI document that have no server, and the names
// that the model knows them by where it was told no other.
var (
	ownTypes = words("endCall transferCall handoff dtmf voicemail sms sipRequest output query apiRequest code bash computer textEditor mcp " +
		"google.calendar.event.create google.calendar.availability.check google.sheets.row.append slack.message.send " +
		"gohighlevel.calendar.event.create gohighlevel.calendar.availability.check gohighlevel.contact.create gohighlevel.contact.get")
	ownNames = words("endCall end_call end_call_tool endCallTool transferCall transfer_call transfer_call_tool transferCallTool " +
		"dtmf dtmf_tool dtmfTool voicemail voicemail_tool voicemailTool sms sms_tool smsTool leave_voicemail")
)

// answeredByVapi reports whether no server is asked about a tool.
func (c *apiCall) answeredByVapi(name string) bool {
	if tool, ok := c.tools[name]; ok && tool.kind != "" {
		return ownTypes[tool.kind]
	}
	return ownNames[name] || strings.HasPrefix(name, "handoff_to_")
}

// toolCalls gives the message that asks for tools, with the recorded results as
// reply.
func (t *telling) toolCalls(s spoken) {
	var calls []spokenCall
	for _, call := range s.calls {
		switch {
		case t.call.answeredByVapi(call.name):
			t.note(fmt.Sprintf("%s is no tool that a server gets tool-calls for; what was done with it is in the conversation alone", call.name))
		case call.id == "" || call.name == "":
		default:
			calls = append(calls, call)
		}
	}
	if len(calls) == 0 {
		return
	}
	var asked, flat, withTool [][]byte
	for _, call := range calls {
		function := members{{"name", quoted(call.name)}, {"arguments", call.arguments}}
		one := members{{"id", quoted(call.id)}, {"type", quoted("function")}, {"function", function.appendTo(nil)}}
		asked = append(asked, one.appendTo(nil))
		flat = append(flat, append(append(members{}, one...), function...).appendTo(nil))
		if tool, ok := t.call.tools[call.name]; ok {
			withTool = append(withTool, withCall(tool.definition, one.appendTo(nil)))
		}
	}
	own := members{{"toolCalls", array(asked)}, {"toolCallList", array(flat)}}
	if len(withTool) == len(calls) {
		own = append(own, member{"toolWithToolCallList", array(withTool)})
	}
	if reply := t.recordedReply(calls); reply != nil {
		t.give("tool-calls", own, reply, "the reply around the recorded result")
		return
	}
	t.give("tool-calls", own, nil)
}

// withCall returns a tool's definition with a call of it.
func withCall(definition, call []byte) []byte {
	var all members
	for key, value := range jsonpath.Members(definition) {
		if name, ok := jsonpath.Unquote(key); ok && name != "toolCall" {
			all = append(all, member{name, value})
		}
	}
	return append(all, member{"toolCall", call}).appendTo(nil)
}

// recordedReply returns the reply from which Vapi would have recorded what it did;
// nil where it recorded of one of the calls that it found nothing.
func (t *telling) recordedReply(calls []spokenCall) []byte {
	var results [][]byte
	for _, call := range calls {
		if t.call.tools[call.name].async {
			return nil // what is recorded of those is no answer
		}
		result := t.results[call.id]
		if result == nil {
			return nil
		}
		results = append(results, members{{"toolCallId", quoted(call.id)}, {"name", quoted(call.name)}, {"result", result}}.appendTo(nil))
	}
	return members{{"results", array(results)}}.appendTo(nil)
}

// resultsOf returns the recorded results of a conversation by the ids of their
// tool calls, of several the last. One that says that Vapi found none is none.
func resultsOf(all []spoken) map[string][]byte {
	results := map[string][]byte{}
	for _, s := range all {
		text, isString := jsonpath.Unquote(s.result)
		if s.role != "tool_call_result" || len(s.result) == 0 || string(s.result) == "null" || isString && isNothing(text) {
			continue
		}
		results[s.callID] = s.result
	}
	return results
}

// openAIFormat is a conversation as OpenAI's chat completions have it, which
// Vapi's messages repeat beside their own.
func openAIFormat(heard []spoken) []byte {
	var list [][]byte
	for _, s := range heard {
		switch s.role {
		case "system", "user":
			list = append(list, members{{"role", quoted(s.role)}, {"content", quoted(s.text)}}.appendTo(nil))
		case "bot", "assistant":
			list = append(list, members{{"role", quoted("assistant")}, {"content", quoted(s.text)}}.appendTo(nil))
		case "tool_calls":
			var calls [][]byte
			for _, call := range s.calls {
				function := members{{"name", quoted(call.name)}, {"arguments", quoted(string(call.arguments))}}
				calls = append(calls, members{{"id", quoted(call.id)}, {"type", quoted("function")}, {"function", function.appendTo(nil)}}.appendTo(nil))
			}
			list = append(list, members{{"role", quoted("assistant")}, {"tool_calls", array(calls)}}.appendTo(nil))
		case "tool_call_result":
			content := []byte(s.result)
			if _, isString := jsonpath.Unquote(content); !isString {
				content = quoted(string(content))
			}
			list = append(list, members{{"role", quoted("tool")}, {"tool_call_id", quoted(s.callID)}, {"content", content}}.appendTo(nil))
		}
	}
	return array(list)
}

package tui

import (
	"cmp"
	"fmt"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// modelRequest is what a chat completion asks.
type modelRequest struct {
	model    string
	messages int
	roles    string // how many of which role
	last     node   // the last message
	tools    []string
	streamed bool
	settings string
}

func readModelRequest(body node) modelRequest {
	r := modelRequest{
		model: body.at("model").str(), streamed: body.at("stream").str() == "true",
	}
	count := map[string]int{}
	var roles []string
	for _, m := range body.at("messages").elements() {
		role := m.at("role").str()
		if count[role]++; count[role] == 1 {
			roles = append(roles, role)
		}
		r.messages++
		r.last = m
	}
	for i, role := range roles {
		roles[i] = fmt.Sprintf("%d %s", count[role], cmp.Or(role, "without a role"))
	}
	r.roles = strings.Join(roles, ", ")
	for _, tool := range body.at("tools").elements() {
		r.tools = append(r.tools, cmp.Or(tool.at("function", "name").str(), tool.at("name").str(), tool.at("type").str()))
	}
	var settings []string
	for _, name := range []string{"temperature", "max_tokens", "tool_choice"} {
		if value := body.at(name).str(); value != "" {
			settings = append(settings, name+" "+value)
		}
	}
	r.settings = strings.Join(settings, ", ")
	return r
}

// readModel reads a chat completion and what was answered.
func readModel(e *record.Exchange, body []byte) aspect {
	request := readModelRequest(node(body))
	answer := vapi.ReadCompletion(vapi.Reply{Status: e.Status, Header: e.Response.Header, Body: e.Response.Decoded(), Truncated: e.Response.Truncated})
	return func(s *sheet, _ *aftermath) {
		s.Text(s.t.Muted, 0, "Vapi asks your model what to say next")
		s.field("model", request.model)
		s.field("messages", fmt.Sprintf("%d: %s", request.messages, request.roles))
		s.field("tools", strings.Join(request.tools, ", "))
		s.field("settings", request.settings)
		writeModelMessage(s, request.last)
		if noAnswer(s, e) {
			return
		}
		s.heading("your model answered")
		writeCompletion(s, e, &answer)
	}
}

// writeModelMessage writes the message that the model is to answer.
func writeModelMessage(s *sheet, m node) {
	if first(m) == nil {
		return
	}
	s.heading("the last message, " + cmp.Or(m.at("role").str(), "without a role"))
	content := m.at("content")
	if content.kind() == '"' {
		s.text(s.t.Text, clipRunes(content.str(), 800))
		return
	}
	s.value(indent, m, 12, wholeRequest)
}

// writeCompletion writes an answer put together from its chunks, and how fast it
// came.
func writeCompletion(s *sheet, e *record.Exchange, a *vapi.Completion) {
	if a.Text != "" {
		s.text(s.t.Strong, `"`+a.Text+`"`)
	}
	for _, call := range a.Calls {
		s.Line(func(l *paint.Line) {
			l.Add(s.t.Muted, "  calls ").Add(s.t.Strong, call.Name).Add(s.t.Faint, "  "+call.ID)
		})
		s.value(4, call.Arguments, 12, wholeResponse)
	}
	if a.Failure != "" {
		s.Text(s.t.Bad, indent, a.Failure)
	}
	if a.Text == "" && len(a.Calls) == 0 && a.Failure == "" {
		s.Text(s.t.Bad, indent, "nothing that can be spoken")
	}
	s.Gap()
	if a.Streamed {
		end := "ended with [DONE]"
		if !a.Done {
			end = "without [DONE] at the end"
		}
		s.field("stream", fmt.Sprintf("%d chunks, %s", a.Chunks, end))
		s.field("first token", "after "+plain.Duration(e.FirstByte)+", which is how long the caller heard nothing of it")
	} else {
		s.field("stream", "no, all at once")
	}
	s.field("all of it", "after "+plain.Duration(e.Duration))
	s.field("finished", a.Finish)
	if a.PromptTokens+a.CompletionTokens > 0 {
		s.field("tokens", fmt.Sprintf("%d asked, %d answered", a.PromptTokens, a.CompletionTokens))
	}
}

// readRPC reads a message to an MCP server.
func readRPC(e *record.Exchange, body []byte) aspect {
	reply := vapi.Reply{Status: e.Status, Header: e.Response.Header, Body: e.Response.Decoded()}
	call := vapi.ReadRPC(vapi.Request{Method: e.Method, Path: e.Path, Header: e.Request.Header, Body: body}, &reply)
	params := node(call.Params)
	return func(s *sheet, _ *aftermath) {
		what := cmp.Or(call.Method, e.Summary)
		if name := params.at("name").str(); name != "" {
			what += "  " + name
		}
		s.title(what, "MCP")
		switch arguments := params.at("arguments"); {
		case arguments.kind() == '{':
			s.members(arguments, 40, wholeRequest)
		case first(params) != nil:
			s.members(params, 40, wholeRequest)
		}
		if call.More > 0 {
			s.Text(s.t.Faint, indent, fmt.Sprintf("and %d more in the batch: Request (2)", call.More))
		}
		if !call.Wants && call.Method != "" {
			s.heading("a notification, which gets no answer")
			return
		}
		if noAnswer(s, e) {
			return
		}
		serverSaid(s, e, "said")
		writeRPCAnswer(s, e, &call)
	}
}

func writeRPCAnswer(s *sheet, e *record.Exchange, call *vapi.RPCCall) {
	const lines = 20
	switch content := node(call.Result).at("content").elements(); {
	case call.Error != nil:
		s.Text(s.t.Bad, indent, "an error:")
		s.value(indent, call.Error, lines, wholeResponse)
	case len(content) > 0:
		if node(call.Result).at("isError").str() == "true" {
			s.Text(s.t.Bad, indent, "an error of the tool:")
		}
		for _, part := range content[:min(len(content), lines)] {
			if text := part.at("text"); text.kind() == '"' {
				s.text(s.t.Text, clipRunes(text.str(), 800))
			} else {
				s.value(indent, part, lines, wholeResponse)
			}
		}
	case call.Result != nil:
		s.value(indent, call.Result, lines, wholeResponse)
	default:
		writeBody(s, e, &e.Response, e.Response.Decoded(), wholeResponse)
	}
}

// readPlain reads a request without anything of Vapi's in it.
func readPlain(e *record.Exchange, body []byte) aspect {
	reply := e.Response.Decoded()
	notJSON := notJSONWords(e, body)
	return func(s *sheet, _ *aftermath) {
		path, query, _ := strings.Cut(e.Path, "?")
		s.title(e.Method+" "+path, "")
		s.field("query", query)
		s.field("from", strings.TrimSpace(string(e.From)+" "+e.Remote))
		s.field("target", e.Target)
		s.heading("the request")
		if notJSON != "" {
			s.Hang(s.t.Warn, "  !", 4, notJSON)
		}
		writeBody(s, e, &e.Request, body, wholeRequest)
		if e.Status == 0 || e.Unreachable {
			return
		}
		s.heading(fmt.Sprintf("your server answered %d, after %s", e.Status, plain.Duration(e.Duration)))
		writeBody(s, e, &e.Response, reply, wholeResponse)
	}
}

// notJSONWords says what is wrong with a body that means to be JSON and is not;
// "" where that is not so.
func notJSONWords(e *record.Exchange, body []byte) string {
	if e.Request.Truncated || len(body) == 0 || !strings.Contains(e.Request.Header.Get("Content-Type"), "json") {
		return ""
	}
	if err := jsonpath.Validate(body); err != nil {
		return err.Error()
	}
	return ""
}

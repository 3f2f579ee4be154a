package record

import (
	"strings"

	"vapitap/vapi"
)

// Identify fills in what the request was, once its body is there: kind, type,
// call id, the tools it calls, and a summary that does not know the reply yet.
func (e *Exchange) Identify() {
	request := e.vapiRequest()
	e.Identity = vapi.Identify(request)
	e.ToolNames = vapi.ToolNames(request)
	e.Summary = vapi.Summarize(e.Identity, request, nil)
}

// Describe fills in what the whole exchange was: what Identify does, the
// summary with the reply, and the checks of the reply. It is called once,
// before the exchange is committed.
func (e *Exchange) Describe() {
	request, reply := e.vapiRequest(), e.vapiReply()
	e.Identity = vapi.Identify(request)
	e.ToolNames = vapi.ToolNames(request)
	e.Summary = vapi.Summarize(e.Identity, request, reply)
	if !e.Refused {
		e.Checks = vapi.Judge(e.Identity, request, reply)
	}
	if e.Kind == vapi.KindServer && e.CallID != "" {
		e.shows = vapi.ShowsResults(request)
		if e.Type == typeToolCalls {
			e.asked = vapi.ToolCallIDs(request)
		}
	}
	e.recognise()
}

// ToolCalls returns the tool calls of the exchange with their answers. The
// bodies must have been loaded.
func (e *Exchange) ToolCalls() []vapi.ToolCall {
	calls := vapi.ToolCalls(e.vapiRequest(), e.vapiReply())
	e.addRecorded(calls)
	return calls
}

func (e *Exchange) vapiRequest() vapi.Request {
	return vapi.Request{
		Method:    e.Method,
		Path:      e.Path,
		Header:    e.Request.Header,
		Body:      e.Request.Decoded(),
		Truncated: e.Request.Truncated,
		Here:      e.Here,
	}.Indexed()
}

func (e *Exchange) vapiReply() *vapi.Reply {
	reply := &vapi.Reply{
		Status:    e.Status,
		Header:    e.Response.Header,
		Body:      e.Response.Decoded(),
		Truncated: e.Response.Truncated,
		FirstByte: e.FirstByte,
		Duration:  e.Duration,
		Failure:   e.Error,
	}
	if e.Unreachable {
		reply.Status, reply.Body = 0, nil
	}
	return reply
}

// FromAgent returns where an exchange came from: FromSimulate where its
// User-Agent is the simulator's, otherwise what is given.
func FromAgent(userAgent string, otherwise From) From {
	if strings.HasPrefix(userAgent, vapi.SimulatorAgent) {
		return FromSimulate
	}
	return otherwise
}

package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// readToolCalls reads the tool calls of a message with their answers.
func readToolCalls(e *record.Exchange) aspect {
	calls := e.ToolCalls()
	reply := e.Response.Decoded()
	answered := slices.ContainsFunc(calls, func(c vapi.ToolCall) bool { return c.Answered || c.Async })
	return func(s *sheet, after *aftermath) {
		for i := range calls {
			writeToolCall(s, e, &calls[i], fmt.Sprintf("Tool call %d of %d", i+1, len(calls)), after)
		}
		if len(calls) == 0 {
			s.Text(s.t.Muted, 0, "a message without tool calls")
			s.Gap()
		}
		if !answered && e.Status != 0 && !e.Unreachable && len(reply) > 0 {
			s.heading(fmt.Sprintf("what it sent, with status %d", e.Status))
			writeBody(s, e, &e.Response, reply, wholeResponse)
			s.Gap()
		}
	}
}

// writeToolCall writes one call there and back.
func writeToolCall(s *sheet, e *record.Exchange, c *vapi.ToolCall, number string, after *aftermath) {
	s.Gap()
	s.Line(func(l *paint.Line) {
		room := s.Width() - paint.Width(number) - 2
		id := paint.Cut(plain.Text(c.ID), room)
		l.Add(s.t.Muted, number).To(s.Width()-paint.Width(id)).Add(s.t.Faint, id)
	})
	s.Gap()
	s.Line(func(l *paint.Line) {
		l.Add(s.t.Strong, c.Name)
		if c.Async {
			l.Add(s.t.Faint, "  async")
		}
	})
	writeArguments(s, c)
	if e.Status == 0 || e.Unreachable {
		s.heading("your server did not answer")
	} else {
		serverSaid(s, e, "said")
		writeAnswer(s, c)
	}
	if c.Recorded != nil {
		writeRecorded(s, c, after.tookAfter)
	}
	s.Gap()
}

// writeArguments writes the arguments as fields, with a word for those that the
// model did not write.
func writeArguments(s *sheet, c *vapi.ToolCall) {
	arguments := node(c.ReadableArguments())
	switch {
	case arguments.kind() == 0:
		s.Text(s.t.Faint, indent, "no arguments")
		return
	case arguments.kind() != '{':
		s.value(indent, arguments, 8, wholeRequest)
		return
	}
	const most = 40
	width, n := 0, 0
	for key := range jsonpath.Members(arguments) {
		width = max(width, paint.Width(plain.Text(keyText(key))))
		if n++; n > most {
			break
		}
	}
	at := min(width, s.Width()/3) + indent + 3
	n = 0
	for key, value := range jsonpath.Members(arguments) {
		if n++; n > most {
			s.Text(s.t.Faint, indent, "… "+wholeRequest)
			break
		}
		name := keyText(key)
		pointer := jsonpath.Path{jsonpath.Key(name)}.Pointer()
		mark := ""
		switch {
		case slices.Contains(c.Encrypted, pointer):
			value, mark = []byte(`"••••••"`), "encrypted"
		case slices.Contains(c.Static, pointer):
			mark = "static"
		case slices.ContainsFunc(c.Encrypted, func(p string) bool { return strings.HasPrefix(p, pointer+"/") }):
			mark = "partly encrypted"
		}
		s.member(at, name, value, mark)
	}
	if n == 0 {
		s.Text(s.t.Faint, indent, "no arguments")
	}
}

// writeAnswer writes what the server said to one call.
func writeAnswer(s *sheet, c *vapi.ToolCall) {
	const lines = 16
	switch {
	case c.Error != nil:
		s.Text(s.t.Warn, indent, "an error, for the model to deal with:")
		s.value(indent, c.Error, lines, wholeResponse)
	case c.Result != nil:
		s.value(indent, c.Result, lines, wholeResponse)
	case c.Async:
		s.Text(s.t.Muted, indent, "nothing; the tool is async, so nobody waits for an answer")
	default:
		s.Text(s.t.Bad, indent, "nothing that answers this call")
	}
}

// writeRecorded writes what Vapi took of the answer.
func writeRecorded(s *sheet, c *vapi.ToolCall, after map[string]time.Duration) {
	head := "Vapi recorded"
	if later, ok := after[c.ID]; ok {
		head += fmt.Sprintf(", %s later", plain.Duration(later))
	}
	s.Text(s.t.Muted, 0, head)
	switch took := c.TookReply(); {
	case took:
		s.Text(s.t.Good, indent, "✓ what your server said")
	default:
		s.Text(s.t.Bad, indent, cutText(string(c.Recorded)))
		if c.Answered && !c.Async {
			s.Text(s.t.Bad, indent, "✗ which is not what your server said")
		}
	}
	for _, warning := range c.WarningWords() {
		s.Hang(s.t.Warn, "  !", 4, warning)
	}
}

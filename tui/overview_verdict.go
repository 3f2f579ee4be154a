package tui

import (
	"encoding/json"
	"fmt"
	"strings"

	"vapitap/record"
	"vapitap/vapi"
)

// writeVerdict writes what Vapi makes of the reply.
func writeVerdict(s *sheet, e *record.Exchange) {
	s.Gap()
	if len(e.Checks) == 0 {
		if wantsReply(e) && e.Status != 0 {
			s.Hang(s.t.Good, "✓", indent, verdictWords(e))
		}
		return
	}
	said, notes := "", 0
	for i := range e.Checks {
		if c := &e.Checks[i]; c.Level == vapi.Info {
			notes++
		} else {
			s.Gap()
			said = writeCheck(s, c, said)
		}
	}
	if notes == len(e.Checks) {
		s.Hang(s.t.Good, "✓", indent, verdictWords(e))
	}
	switch {
	case notes == 1:
		s.Text(s.t.Faint, indent, "and a note, which changes nothing: Checks (5)")
	case notes > 1:
		s.Text(s.t.Faint, indent, fmt.Sprintf("and %d notes, which change nothing: Checks (5)", notes))
	}
	s.Gap()
}

// verdictWords says that nothing is wrong with a reply.
func verdictWords(e *record.Exchange) string {
	switch e.Kind {
	case vapi.KindLLM:
		return "Vapi can speak this answer"
	case vapi.KindMCP:
		return "nothing is wrong with this reply"
	}
	return "Vapi will take this reply"
}

// writeCheck writes one check and what to do about it, and returns the hint. One
// that was said just before is not repeated.
func writeCheck(s *sheet, c *vapi.Check, said string) string {
	style, sign := s.t.Muted, c.Level.Sign()
	switch c.Level {
	case vapi.Error:
		style = s.t.BadStrong
	case vapi.Warning:
		style = s.t.Warn
	}
	s.Hang(style, sign, indent, c.Message)
	if c.Path != "" {
		s.Text(s.t.Faint, indent, c.Path)
	}
	switch {
	case c.Hint == "":
		return said
	case c.Hint == said:
		s.Text(s.t.Muted, indent, "what to do: the same as above")
	default:
		writeHint(s, c.Hint)
	}
	return c.Hint
}

// writeHint writes what to return instead: a reply, be it JSON or the lines of a
// stream, or words.
func writeHint(s *sheet, hint string) {
	const lines = 40
	switch first := node(hint).kind(); {
	case first == '{' || first == '[':
		s.Text(s.t.Muted, indent, "Send this instead:")
		s.value(indent, []byte(hint), lines, "it goes on")
	case strings.Contains(hint, "\n"):
		s.Text(s.t.Muted, indent, "Send this instead:")
		s.Text(s.t.String, indent, cutText(hint))
	default:
		words, reply := splitHint(hint)
		s.Text(s.t.Text, indent, "→ "+words)
		if reply != "" {
			s.value(2*indent, []byte(reply), lines, "it goes on")
		}
	}
}

// splitHint takes the reply off the end of a hint that ends with one.
func splitHint(hint string) (words, reply string) {
	at := strings.Index(hint, ` {"`)
	if at < 0 || !json.Valid([]byte(hint[at:])) {
		return hint, ""
	}
	return hint[:at] + ":", hint[at+1:]
}

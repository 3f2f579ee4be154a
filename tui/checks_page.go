package tui

import (
	"fmt"
	"strings"

	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// writeChecks writes all that was found about a reply, each finding with its
// code, where it is, and what to do.
func writeChecks(t *paint.Theme, p *paint.Page, e *record.Exchange) {
	s := &sheet{Page: p, t: t}
	if len(e.Checks) == 0 {
		writeNoChecks(s, e)
		return
	}
	s.Text(t.Muted, 0, checkCount(e))
	said := ""
	for i := range e.Checks {
		c := &e.Checks[i]
		s.Gap()
		s.Line(func(l *paint.Line) {
			l.Add(t.Muted, string(c.Level)).Add(t.Faint, "  "+c.Code)
		})
		said = writeCheck(s, c, said)
	}
}

// checkCount says how many findings there are of each level.
func checkCount(e *record.Exchange) string {
	count := map[vapi.Level]int{}
	for _, c := range e.Checks {
		count[c.Level]++
	}
	var words []string
	for _, of := range []struct {
		level     vapi.Level
		one, many string
	}{{vapi.Error, "error", "errors"}, {vapi.Warning, "warning", "warnings"}, {vapi.Info, "note", "notes"}} {
		switch n := count[of.level]; n {
		case 0:
		case 1:
			words = append(words, "1 "+of.one)
		default:
			words = append(words, fmt.Sprintf("%d %s", n, of.many))
		}
	}
	return strings.Join(words, ", ")
}

// writeNoChecks says why there is nothing to say.
func writeNoChecks(s *sheet, e *record.Exchange) {
	switch {
	case strings.HasPrefix(e.Error, "not forwarded"):
		s.Text(s.t.Muted, 0, "The request was "+e.Error+". There is no reply of your server to check.")
	case e.Status == 0:
		s.Text(s.t.Muted, 0, "No reply went out.")
	case e.Kind == vapi.KindLLM:
		s.Hang(s.t.Good, "✓", indent, "Vapi can speak this answer: it is streamed, whole, and its tool calls add up.")
	case wantsReply(e):
		s.Hang(s.t.Good, "✓", indent, verdictWords(e)+": nothing is wrong with it.")
	case e.Kind == vapi.KindServer:
		s.Hang(s.t.Good, "✓", indent, "Nobody reads the reply to "+e.Type+": that your server took it, with a 2xx status, is all that counts.")
	default:
		s.Hang(s.t.Good, "✓", indent, "Nothing is known to be wanted of this reply; it has a 2xx status.")
	}
}

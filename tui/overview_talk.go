package tui

import (
	"fmt"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// mostSaid bounds how much of a conversation is drawn: the latest so many of
// what was said.
const mostSaid = 60

// talk is a conversation as a message repeats it, and what is new in it.
type talk struct {
	said    []vapi.Said
	partial bool // the last is still being said
	own     bool // the message itself says the last, so that is what is new
	notes   []string
}

// readTalk reads a transcript or a conversation-update.
func readTalk(e *record.Exchange, body []byte, message node) aspect {
	t := talk{said: vapi.Conversation(body)}
	if strings.HasPrefix(e.Type, "transcript") {
		t.readTranscript(body, message)
	}
	return t.write
}

// readTranscript adds what a transcript says to what was said before it, unless
// that has it already.
func (t *talk) readTranscript(body []byte, message node) {
	speech, ok := vapi.ReadSpeech(body)
	if !ok {
		return
	}
	t.own, t.partial = true, speech.Event == vapi.SpeechPartial
	if n := len(t.said); n == 0 || t.said[n-1].Role != speech.Role || !strings.Contains(t.said[n-1].Text, speech.Text) {
		t.said = append(t.said, vapi.Said{Role: speech.Role, Text: speech.Text, Offset: -1})
	}
	if message.at("isFiltered").str() == "true" {
		t.notes = append(t.notes, "filtered by the security filter")
	}
	if threats := message.at("detectedThreats").elements(); len(threats) > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%d threats were detected in it", len(threats)))
	}
}

// write writes the conversation, what is new in it last and marked.
func (t *talk) write(s *sheet, after *aftermath) {
	if len(t.said) == 0 {
		s.Text(s.t.Muted, 0, "nothing was said yet")
		return
	}
	from := max(len(t.said)-mostSaid, 0)
	if from > 0 {
		s.Text(s.t.Faint, 0, fmt.Sprintf("… %d before: Request (2)", from))
		s.Gap()
	}
	known := t.known(after)
	for i := from; i < len(t.said); i++ {
		if i == known && i > 0 {
			s.Gap()
			s.Line(func(l *paint.Line) {
				l.Add(s.t.Accent, "── new ").Rule(s.t.Rule, "─", s.Width())
			})
		}
		s.bubble(&t.said[i], i >= known, t.partial && i == len(t.said)-1)
	}
	for _, note := range t.notes {
		s.Gap()
		s.Hang(s.t.Warn, "!", indent, note)
	}
}

// known returns how many of what was said were known before this message.
func (t *talk) known(after *aftermath) int {
	switch {
	case t.own:
		return len(t.said) - 1
	case after.before >= 0 && after.before <= len(t.said):
		return after.before
	}
	return len(t.said)
}

// bubble draws what somebody said: the user at the left, everybody else at the
// right, as in any chat. A bar stands beside it on its side.
func (s *sheet) bubble(said *vapi.Said, isNew, unfinished bool) {
	s.Gap()
	if said.Text == "" {
		s.Line(func(l *paint.Line) {
			text := "calls a tool"
			if n := len(said.ToolCalls); n > 1 {
				text = fmt.Sprintf("calls %d tools", n)
			}
			l.To(s.Width()-paint.Width(text)-2).Add(s.t.Faint, text)
		})
		return
	}
	left, bar, style := said.Role == vapi.RoleUser, s.t.Report, s.t.Muted
	if !left {
		bar = s.t.Accent
	}
	if isNew {
		style = s.t.Text
	}
	text := cutText(said.Text)
	if unfinished {
		text += " …"
	}
	name := said.Role
	if said.Offset >= 0 {
		name += " " + plain.Offset(said.Offset)
	}
	lines := paint.Wrap(text, max(s.Width()*3/4-2, 20))
	width := paint.Width(name)
	for _, line := range lines {
		width = max(width, paint.Width(line))
	}
	at := s.Width() - width - 2
	if left {
		at = indent
	}
	s.Line(func(l *paint.Line) { l.To(at).Add(s.t.Faint, name) })
	for _, line := range lines {
		s.Line(func(l *paint.Line) {
			if left {
				l.Add(bar, "▎").To(at).Add(style, line)
			} else {
				l.To(at).Add(style, line).To(s.Width()-1).Add(bar, "▐")
			}
		})
	}
}

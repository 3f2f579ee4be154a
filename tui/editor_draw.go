package tui

import (
	"fmt"
	"strings"

	"vapitap/tui/edit"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// labelWidth is how wide the names of the fields are, with the bar before and
// the room behind them.
const labelWidth = 10

// box draws the editor over the whole screen.
func (ed *editor) box(m *Model, width, height int) ([]string, int, int) {
	s := editorSheet{editor: ed, m: m, t: m.theme, w: width}
	ed.at = [fieldCount]rect{}
	s.add(" " + m.drawHeader(width-2) + " ")
	s.title()
	s.field(fieldMethod, 1)
	s.field(fieldPath, 1)
	s.field(fieldHeaders, min(ed.text[fieldHeaders].Lines(), max(height/5, 2)))
	for _, note := range ed.notes() {
		s.line(func(l *paint.Line) { l.To(labelWidth).Add(s.t.Muted, note) })
	}
	s.bodyRule()
	s.bodyAndHints(height - len(s.lines) - 2)
	s.state()
	s.keys()
	return s.lines[:height], 0, 0
}

// cursor is where what is typed goes.
func (ed *editor) cursor() (x, y int, ok bool) {
	t, r := ed.text[ed.field], ed.at[ed.field]
	if t == nil || r.w == 0 {
		return 0, 0, false
	}
	x, y = t.Cursor()
	return r.x + x, r.y + y, true
}

// editorSheet is the editor while it is drawn.
type editorSheet struct {
	*editor
	m     *Model
	t     *paint.Theme
	w     int
	lines []string
	one   paint.Line
}

func (s *editorSheet) add(line string) { s.lines = append(s.lines, line) }

func (s *editorSheet) line(write func(*paint.Line)) {
	s.one.Reset(s.w)
	write(&s.one)
	s.add(s.one.String())
}

func (s *editorSheet) title() {
	what := s.e.Type
	if what == "" {
		what = s.e.Method
	}
	s.line(func(l *paint.Line) {
		l.Add(s.t.Rule, " ── ").Add(s.t.Strong, fmt.Sprintf("edit & resend #%d", s.e.ID)).Add(s.t.Muted, " "+what)
		if to := s.original.To; to != "" {
			l.Add(s.t.Muted, " → "+strings.TrimPrefix(to, "http://"))
		}
		l.Add(s.t.Rule, " ").Rule(s.t.Rule, "─", s.w-1)
	})
}

// label begins a line of a field.
func (s *editorSheet) label(l *paint.Line, f field, first bool) {
	name, style := f.String(), s.t.Muted
	if s.editor.field == f {
		l.Add(s.t.Accent, "▌")
		style = s.t.Strong
	} else {
		l.Add(s.t.Text, " ")
	}
	if !first {
		return
	}
	l.Add(style, name)
	if s.changed(f) {
		l.Add(s.t.Warn, "*")
	}
}

// field draws a field of so many lines beside its name.
func (s *editorSheet) field(f field, h int) {
	r := rect{labelWidth, len(s.lines), s.w - labelWidth - 1, h}
	s.at[f] = r
	head := paint.NewLine(labelWidth)
	for i, text := range s.text[f].Draw(s.t, r.w, h, edit.Look{Focused: s.editor.field == f, Bad: -1}) {
		head.Reset(labelWidth)
		s.label(head, f, i == 0)
		s.add(head.String() + text + " ")
	}
}

// notes are what to know before editing.
func (ed *editor) notes() []string {
	var list []string
	if r := &ed.e.Request; ed.body.truncated {
		list = append(list, fmt.Sprintf("! only %s of %s were recorded: it cannot be resent whole", size(int64(len(r.Body))), size(r.Bytes)))
	}
	if ed.body.unpacked {
		list = append(list, "the body came compressed; once changed it is sent as it stands here")
	}
	if ed.original.Note != "" {
		list = append(list, ed.original.Note)
	}
	return list
}

// bodyRule is the line above the body: what it is, and where in it one is.
func (s *editorSheet) bodyRule() {
	words := []string{"text"}
	switch {
	case s.body.json:
		words[0] = "JSON"
	case !s.inPlace() && !s.body.recorded.editable:
		words[0] = "binary"
	}
	if n, known := s.bodySize(); known {
		words = append(words, size(int64(n)))
	}
	if !s.changed(fieldBody) {
		words = append(words, "as it came")
	}
	at := ""
	if t := s.text[fieldBody]; t != nil && s.editor.field == fieldBody {
		line, column := t.At()
		at = fmt.Sprintf(" %d:%d ", line, column)
	}
	s.line(func(l *paint.Line) {
		s.label(l, fieldBody, true)
		l.Add(s.t.Muted, "  "+strings.Join(words, " · ")+" ").Rule(s.t.Rule, "─", s.w-1-len(at)-2).Add(s.t.Muted, at).Rule(s.t.Rule, "─", s.w-1)
	})
}

// bodySize is how long the body is that goes out. Of JSON that was changed it is
// not known: it goes out in another form than it stands here.
func (ed *editor) bodySize() (n int, known bool) {
	t := ed.text[fieldBody]
	switch {
	case !ed.changed(fieldBody):
		return len(ed.body.came), true
	case ed.body.json:
		return 0, false
	case t != nil:
		return t.Len(), true
	}
	return len(ed.away), true
}

// bodyAndHints draws the body, and beside or below it what Vapi wants of the
// server, where the reply was not that.
func (s *editorSheet) bodyAndHints(h int) {
	if s.w < wideWidth {
		hints := s.hints(s.w - 3)
		below := min(len(hints), h/3)
		if below < len(hints) {
			if below < 3 {
				below = 0 // too little to tell anything
			} else {
				line := paint.NewLine(s.w - 3)
				hints[below-1] = line.Add(s.t.Faint, "… the tab Checks has all of it").String()
			}
		}
		s.drawBody(s.w-2, h-below)
		for i := range below {
			s.add("  " + hints[i] + " ")
		}
		return
	}
	width := s.w * 2 / 5
	hints := s.hints(width - 4)
	if len(hints) == 0 {
		s.drawBody(s.w-2, h)
		return
	}
	start := len(s.lines)
	s.drawBody(s.w-width-1, h)
	for i := range h {
		hint := paint.Blank(width - 4)
		if i < len(hints) {
			hint = hints[i]
		}
		s.lines[start+i] += s.t.Rule.Wrap("│") + " " + hint + " "
	}
}

// drawBody draws lines of w cells and what stands around them.
func (s *editorSheet) drawBody(w, h int) {
	s.at[fieldBody] = rect{1, len(s.lines), w, h}
	t := s.text[fieldBody]
	if t == nil {
		s.drawAway(w, h)
		return
	}
	look := edit.Look{Numbers: true, JSON: s.body.json, Focused: s.editor.field == fieldBody, Bad: -1}
	if s.judged.broken != nil {
		look.Bad = s.judged.broken.Offset
	}
	for _, text := range t.Draw(s.t, w, h, look) {
		s.add(" " + text + " ")
	}
}

// drawAway says where a body is edited that is not edited here.
func (s *editorSheet) drawAway(w, h int) {
	page := paint.NewPage(w)
	page.Line(func(*paint.Line) {})
	switch {
	case s.busy:
		page.Text(s.t.Muted, 2, "It is open in your editor.")
	default:
		page.Text(s.t.Muted, 2, "It is too long to be edited here, or no text. ctrl+o opens it in your editor; ctrl+s sends it.")
	}
	for i := range h {
		text := paint.Blank(w)
		if i < len(page.Lines()) {
			text = page.Lines()[i]
		}
		s.add(" " + text + " ")
	}
}

// hints writes what Vapi wants of the server's reply: that is what has to change
// where a check says so, and no edited request mends it.
func (s *editorSheet) hints(width int) []string {
	page := paint.NewPage(width)
	sheet := &sheet{Page: page, t: s.t}
	const most = 30
	said := ""
	for i := range s.e.Checks {
		c := &s.e.Checks[i]
		if c.Hint == "" || c.Hint == said || c.Level == vapi.Info {
			continue
		}
		if said == "" {
			page.Text(s.t.Strong, 0, "Vapi wants of your server:")
		}
		said = c.Hint
		page.Hang(s.t.Bad, c.Level.Sign(), indent, c.Message)
		if first := node(c.Hint).kind(); first == '{' || first == '[' {
			sheet.value(indent, []byte(c.Hint), most, "it goes on")
		} else {
			page.Text(s.t.String, indent, cutText(c.Hint))
		}
	}
	return page.Lines()
}

// state says how it stands with what is edited, or what was just done.
func (s *editorSheet) state() {
	s.line(func(l *paint.Line) {
		l.Add(s.t.Text, " ")
		broken := s.judged.broken
		switch f := s.m.flash; {
		case f.text != "" && f.bad:
			l.Add(s.t.Warn, f.text)
		case s.insists:
			l.Add(s.t.BadStrong, "✗ broken JSON: ctrl+s again sends it as it is").Add(s.t.Bad, " ("+s.brokenWords()+")")
		case broken != nil:
			l.Add(s.t.Bad, "✗ "+s.brokenWords())
		case f.text != "":
			l.Add(s.t.Text, f.text)
		case s.body.json:
			l.Add(s.t.Good, "✓").Add(s.t.Muted, " JSON")
		}
	})
}

// brokenWords say where and why the body is no JSON.
func (ed *editor) brokenWords() string {
	b := ed.judged.broken
	if ed.judged.line == 0 {
		return b.Error()
	}
	return fmt.Sprintf("line %d, column %d: %s", ed.judged.line, ed.judged.column, b.Reason)
}

// keys is the line of keys.
func (s *editorSheet) keys() {
	list := [][2]string{{"ctrl+s", "send"}, {"esc", "keep as a draft"}, {"tab", "next field"}, {"ctrl+o", "your editor"}, {"ctrl+r", "as it came"}, {"ctrl+z", "undo"}}
	if !s.anyChanged() {
		list[1][1] = "close"
	}
	s.line(func(l *paint.Line) {
		l.Add(s.t.Text, " ")
		for _, k := range list {
			if l.Left() > paint.Width(k[0])+paint.Width(k[1])+2 {
				l.Add(s.t.Strong, k[0]).Add(s.t.Muted, " "+k[1]+"  ")
			}
		}
	})
}

package tui

import (
	tea "charm.land/bubbletea/v2"

	"vapitap/tui/paint"
)

// help shows all keys of a part, and what the signs mean.
type help struct {
	title string
	parts []helpPart
	top   int // the first line that is shown
	lines int // as it was drawn last
	room  int
}

// helpPart is one block of the help, in columns.
type helpPart struct {
	heading string
	list    []helpLine
}

type helpLine struct{ key, does string }

// openHelp opens the help of the part that has the focus.
func openHelp(m *Model) tea.Cmd {
	m.over = &help{title: "Help: " + m.where().String(), parts: []helpPart{
		{"", keysOf(m.where())},
		{"only in the menu, behind space", menuOf(m.where())},
		{"signs", signs},
		{"mouse", mouseHelp},
	}}
	return nil
}

// String names the place for the help.
func (p place) String() string {
	switch p {
	case inList:
		return "the list"
	case inPayload:
		return "a body"
	}
	return "the detail"
}

// keysOf returns the actions of a place that have keys.
func keysOf(at place) []helpLine {
	var list []helpLine
	for i := range actions {
		a := &actions[i]
		if a.in&at != 0 && len(a.keys) > 0 {
			list = append(list, helpLine{a.keyNames(), a.title})
		}
	}
	return append(list, helpLine{"ctrl+c", "quit without asking"})
}

// menuOf returns the actions of a place that only its menu has.
func menuOf(at place) []helpLine {
	var list []helpLine
	for i := range actions {
		if a := &actions[i]; a.in&at != 0 && len(a.keys) == 0 && a.menu != "" {
			list = append(list, helpLine{keyName(a.menu), a.title})
		}
	}
	return list
}

var signs = []helpLine{
	{"✗", "failed: Vapi will not use the reply"}, {"!", "something is likely to bite"},
	{"…", "in flight"}, {"↻", "a replay"}, {redeliverySign, "delivered again by Vapi"},
	{"●", "answered by a rule"}, {"✓", "saved as a fixture"}, {"◆", "marked"},
}

var mouseHelp = []helpLine{
	{"wheel", "scrolls what it is over"}, {"click", "selects; again on the same row opens"},
	{"drag", "on the divider resizes"}, {"shift", "leaves selecting to the terminal"},
}

func (h *help) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "?", "q", "enter", "space":
		m.over = nil
	case "j", "down":
		h.scroll(1)
	case "k", "up":
		h.scroll(-1)
	case "ctrl+d", "pgdown", "ctrl+f":
		h.scroll(h.room)
	case "ctrl+u", "pgup", "ctrl+b":
		h.scroll(-h.room)
	case "g", "home":
		h.top = 0
	case "G", "end":
		h.scroll(h.lines)
	}
	return nil
}

func (h *help) scroll(by int) { h.top = max(min(h.top+by, h.lines-h.room), 0) }

// The widths of a column: its keys, and all of it at the least.
const (
	helpKeyWidth    = 14
	helpColumnWidth = 48
)

func (h *help) box(m *Model, width, height int) ([]string, int, int) {
	inner := min(width-8, 3*helpColumnWidth)
	columns := max(min(inner/helpColumnWidth, 3), 1)
	var page []string
	for _, part := range h.parts {
		page = append(page, h.drawPart(m.theme, part, inner, columns)...)
	}
	h.lines, h.room = len(page), min(len(page), max(height-4, 1))
	h.scroll(0)
	title := h.title
	if h.lines > h.room {
		title += "  ↑↓ scrolls, esc closes"
	}
	box := framed(m.theme, title, inner, page[h.top:h.top+h.room], h.top > 0, h.top+h.room < h.lines)
	return box, (width - inner - 4) / 2, max((height-len(box))/3, 0)
}

// drawPart draws one block, its lines from top to bottom and then in the next
// column.
func (h *help) drawPart(t *paint.Theme, part helpPart, inner, columns int) []string {
	if len(part.list) == 0 {
		return nil
	}
	var lines []string
	if part.heading != "" {
		line := paint.NewLine(inner)
		line.Add(t.Muted, part.heading)
		lines = append(lines, paint.Blank(inner), line.String())
	}
	wide := inner / columns
	room := wide - helpKeyWidth - 3
	list := helpColumns(part.list, columns, room)
	for row := 0; ; row++ {
		line := paint.NewLine(inner)
		some := false
		for i, column := range list {
			if row < len(column) {
				some = true
				line.To(i * wide)
				line.ColRight(t.Strong, column[row].key, helpKeyWidth).Add(t.Text, "  ").Col(t.Text, column[row].does, room)
			}
		}
		if !some {
			return lines
		}
		lines = append(lines, line.String())
	}
}

// helpColumns spreads a list over columns, with what is longer than there is room
// broken into lines that stay together.
func helpColumns(list []helpLine, columns, room int) [][]helpLine {
	total := 0
	wrapped := make([][]string, len(list))
	for i, l := range list {
		wrapped[i] = paint.Wrap(l.does, room)
		total += len(wrapped[i])
	}
	rows := (total + columns - 1) / columns
	spread := [][]helpLine{nil}
	for i, l := range list {
		last := len(spread) - 1
		if len(spread[last]) >= rows {
			spread, last = append(spread, nil), last+1
		}
		for _, does := range wrapped[i] {
			spread[last] = append(spread[last], helpLine{l.key, does})
			l.key = "" // only before the first line
		}
	}
	return spread
}

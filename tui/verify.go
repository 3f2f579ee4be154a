package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vapitap/tui/paint"
)

func canVerify(m *Model) bool {
	_, ok := m.options.Sender.(Verifier)
	return ok && hasID(m)
}

// verify finds out how the exchange under the cursor authenticated itself, and
// shows it.
func verify(m *Model) tea.Cmd {
	id, store := m.here().id, m.options.Store
	verifier, ok := m.options.Sender.(Verifier)
	if !ok {
		return nil
	}
	m.say(fmt.Sprintf("trying the ways in which #%d may have been signed…", id))
	return func() tea.Msg {
		var lines []string
		e, err := store.Get(context.Background(), id)
		if err == nil {
			lines, err = verifier.Verify(e)
		}
		return actMsg(func(m *Model) tea.Cmd {
			m.flash = flash{}
			switch {
			case err != nil:
				m.complain(oneLine(err))
			case m.over == nil:
				m.over = &reading{title: fmt.Sprintf("How #%d was authenticated", id), text: lines}
			}
			return nil
		})
	}
}

// reading is a text that is read and put away.
type reading struct {
	title string
	text  []string
	top   int
	lines int // as it was drawn last
	room  int
}

func (r *reading) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "q", "enter", "space":
		m.over = nil
	case "j", "down":
		r.top++
	case "k", "up":
		r.top--
	case "ctrl+d", "pgdown":
		r.top += r.room
	case "ctrl+u", "pgup":
		r.top -= r.room
	}
	return nil
}

func (r *reading) box(m *Model, width, height int) ([]string, int, int) {
	inner := min(width-8, 100)
	page := r.page(m.theme, inner)
	r.lines, r.room = len(page), min(len(page), max(height-4, 1))
	r.top = max(min(r.top, r.lines-r.room), 0)
	title := r.title
	if r.lines > r.room {
		title += "  ↑↓ scrolls, esc closes"
	}
	box := framed(m.theme, title, inner, page[r.top:r.top+r.room], r.top > 0, r.top+r.room < r.lines)
	return box, (width - inner - 4) / 2, max((height-len(box))/3, 0)
}

// page lays the text out. A line that is longer than the page goes on below its
// own indentation.
func (r *reading) page(t *paint.Theme, width int) []string {
	page := paint.NewPage(width)
	for i, line := range r.text {
		style := t.Text
		switch {
		case i > 0:
		case strings.HasPrefix(line, "✓"):
			style = t.Good
		case strings.HasPrefix(line, "✗"):
			style = t.BadStrong
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		for n, part := range paint.Wrap(line[indent:], width-indent-2) {
			page.Line(func(l *paint.Line) {
				l.To(indent)
				if n > 0 {
					l.To(indent + 2)
				}
				l.Add(style, part)
			})
		}
	}
	return page.Lines()
}

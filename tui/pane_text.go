package tui

import (
	"vapitap/tui/paint"
)

// textPane is a tab that shows a page of text, written anew when its width
// changes.
type textPane struct {
	write func(m *Model, p *paint.Page)
	theme *paint.Theme // of what was written
	width int
	lines []string
	top   int
	h     int
}

func newTextPane(write func(*Model, *paint.Page)) *textPane { return &textPane{write: write} }

func (p *textPane) draw(m *Model, w, h int, _ bool) []string {
	if p.width != w || p.theme != m.theme {
		page := paint.NewPage(w)
		p.write(m, page)
		p.lines, p.width, p.theme = page.Lines(), w, m.theme
	}
	p.h = h
	p.move(0)
	lines := make([]string, h)
	for i := range lines {
		if at := p.top + i; at < len(p.lines) {
			lines[i] = p.lines[at]
		} else {
			lines[i] = paint.Blank(w)
		}
	}
	return lines
}

func (p *textPane) beyond() (above, below bool) { return p.top > 0, p.top+p.h < len(p.lines) }

func (p *textPane) move(by int) { p.top = max(min(p.top+by, len(p.lines)-p.h), 0) }

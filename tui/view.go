package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vapitap/tui/paint"
)

// View draws the screen.
func (m *Model) View() tea.View {
	lines, cursor := m.screen()
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = m.title()
	v.Cursor = cursor
	return v
}

// title is the window's: what failed is seen there too.
func (m *Model) title() string {
	if m.history.failed > 0 {
		return fmt.Sprintf("vapitap ✗%d", m.history.failed)
	}
	return "vapitap"
}

// screen returns the lines of the whole screen, each as wide as it is, and where
// the text cursor is.
func (m *Model) screen() ([]string, *tea.Cursor) {
	l := m.layout
	if l.width == 0 || l.height == 0 {
		return nil, nil
	}
	if l.small {
		return m.tooSmall(), nil
	}
	lines := make([]string, 0, l.height)
	lines = append(lines, " "+m.drawHeader(l.header.w)+" ", " "+m.drawTabs(l.tabs.w)+" ", m.rule("┬"))
	lines = append(lines, m.body()...)
	lines = append(lines, m.rule("┴"), " "+m.drawFooter(l.footer.w)+" ")
	if m.over == nil {
		return lines, nil
	}
	box, x, y := m.over.box(m, l.width, l.height)
	lines = overlaid(lines, l.width, box, x, y)
	if c, ok := m.over.(cursorer); ok {
		if cx, cy, shown := c.cursor(); shown {
			return lines, tea.NewCursor(x+cx, y+cy)
		}
	}
	return lines, nil
}

// body draws list and detail, side by side or one of them.
func (m *Model) body() []string {
	l, t := m.layout, m.theme
	showList, showDetail := l.wide || m.focus == focusList, l.wide || m.focus == focusDetail
	if m.history.end() == m.history.first {
		return m.emptyBody(l.width, l.list.h)
	}
	var left, right []string
	if showList {
		left = m.drawList(l.list.w, l.list.h)
	}
	if showDetail {
		right = m.detail.draw(m, l.detail.w, l.detail.h)
	}
	lines := make([]string, l.list.h)
	between := " " + t.Faint.Wrap("│") + " "
	for i := range lines {
		switch {
		case l.wide:
			lines[i] = left[i] + between + right[i] + " "
		case showList:
			lines[i] = left[i] + " "
		default:
			lines[i] = " " + right[i] + " "
		}
	}
	return lines
}

// drawList draws the list, or why there is nothing in it.
func (m *Model) drawList(w, h int) []string {
	if len(m.list.list) == 0 {
		return m.noMatch(w, h)
	}
	return m.list.draw(m.theme, w, h, m.options.Now(), m.options.Zone, m.focus == focusList)
}

// rule is the line above and below the body.
func (m *Model) rule(joint string) string {
	l := m.layout
	line := paint.NewLine(l.width)
	line.Add(m.theme.Faint, " ")
	if l.wide && m.history.end() > m.history.first {
		line.Rule(m.theme.Faint, "─", l.divider).Add(m.theme.Faint, joint)
	}
	return line.Rule(m.theme.Faint, "─", l.width-1).String()
}

// tooSmall says which size is needed.
func (m *Model) tooSmall() []string {
	lines := make([]string, m.layout.height)
	page := paint.NewPage(m.layout.width)
	page.Text(m.theme.Text, 0, fmt.Sprintf("vapitap needs %d×%d, this is %d×%d; it goes on recording", leastWidth, leastHeight, m.layout.width, m.layout.height))
	for i := range lines {
		lines[i] = paint.Blank(m.layout.width)
		if i < len(page.Lines()) {
			lines[i] = page.Lines()[i]
		}
	}
	return lines
}

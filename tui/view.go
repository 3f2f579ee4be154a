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
	lines = append(lines, " "+m.drawHeader(l.header.w)+" ", " "+m.drawTabs(l.tabs.w)+" ", "")
	lines = append(lines, m.body()...)
	top, bottom := m.rules()
	lines[l.header.h+l.tabs.h] = top
	lines = append(lines, bottom, " "+m.drawFooter(l.footer.w)+" ")
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
	between := " " + t.Rule.Wrap("│") + " "
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

// What stands in a line around something that goes on beyond it.
const moreAbove, moreBelow = "↑ more", "↓ more"

// more returns one of these where there is more.
func more(is bool, sign string) string {
	if is {
		return sign
	}
	return ""
}

// rules are the lines above and below the body, once that was drawn. They say of
// what is next to them whether it goes on.
func (m *Model) rules() (top, bottom string) {
	if m.history.end() == m.history.first {
		return m.rule("", "", ""), m.rule("", "", "")
	}
	up, down := m.list.beyond()
	_, further := m.detail.beyond()
	switch {
	case m.layout.wide:
		return m.rule("┬", more(up, moreAbove), ""), m.rule("┴", more(down, moreBelow), more(further, moreBelow))
	case m.focus == focusList:
		return m.rule("", "", more(up, moreAbove)), m.rule("", "", more(down, moreBelow))
	}
	return m.rule("", "", ""), m.rule("", "", more(further, moreBelow))
}

// rule is a line across the screen, with a word at the end of the part left of
// the joint, if it has one, and of that right of it.
func (m *Model) rule(joint, left, right string) string {
	l, t := m.layout, m.theme
	line := paint.NewLine(l.width)
	line.Add(t.Rule, " ")
	if joint != "" {
		ruled(line, t, t.Rule, l.divider, left)
		line.Add(t.Rule, joint)
	}
	ruled(line, t, t.Rule, l.width-1, right)
	return line.String()
}

// ruled draws a rule up to a cell, with a word near its end.
func ruled(line *paint.Line, t *paint.Theme, style paint.Style, end int, word string) {
	if word != "" {
		line.Rule(style, "─", end-paint.Width(word)-3).Add(t.Muted, " "+word+" ")
	}
	line.Rule(style, "─", end)
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

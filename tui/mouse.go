package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

// mouse gives a mouse message to what it is over.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	if m.over != nil {
		return m.mouseOver(msg, at)
	}
	l := m.layout
	if l.small {
		return nil
	}
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		by := wheelLines
		if msg.Button == tea.MouseWheelUp {
			by = -by
		}
		if m.overDetail(at.X, at.Y) {
			m.unsay()
			m.detail.move(by)
		} else if l.list.has(at.X, at.Y) {
			m.list.wheel(by)
		}
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return m.click(at.X, at.Y)
		}
	case tea.MouseMotionMsg:
		if m.drag {
			m.share = min(max((at.X*1000+l.width-1)/max(l.width, 1), 200), 800)
			m.resize(l.width, l.height)
		}
	case tea.MouseReleaseMsg:
		m.drag = false
	}
	return nil
}

// mouseOver gives the mouse to what is open over everything: a click outside
// closes it.
func (m *Model) mouseOver(msg tea.MouseMsg, at tea.Mouse) tea.Cmd {
	box, x, y := m.over.box(m, m.layout.width, m.layout.height)
	inside := len(box) > 0 && rect{x, y, ansi.StringWidth(box[0]), len(box)}.has(at.X, at.Y)
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		key := tea.KeyPressMsg{Code: tea.KeyDown}
		if msg.Button == tea.MouseWheelUp {
			key.Code = tea.KeyUp
		}
		return m.over.key(m, key)
	case tea.MouseClickMsg:
		if !inside {
			return m.over.key(m, tea.KeyPressMsg{Code: tea.KeyEscape})
		}
		if c, ok := m.over.(interface {
			click(m *Model, x, y int) tea.Cmd
		}); ok {
			return c.click(m, at.X-x, at.Y-y)
		}
	}
	return nil
}

// overDetail reports whether a cell is of the detail.
func (m *Model) overDetail(x, y int) bool {
	return m.layout.detail.has(x, y) && (m.layout.wide || m.focus == focusDetail)
}

// click selects what was clicked: a type, a row, a tab of the detail, a line of
// a body; on the divider it begins to drag.
func (m *Model) click(x, y int) tea.Cmd {
	l := m.layout
	switch {
	case l.tabs.has(x, y):
		_, at := m.layTabs(l.tabs.w)
		for _, tab := range at {
			if x-l.tabs.x >= tab.from && x-l.tabs.x < tab.to+1 {
				m.seeType(tab.typ, false)
			}
		}
	case l.wide && x == l.divider:
		m.drag = true
	case m.overDetail(x, y):
		m.focus = focusDetail
		m.clickDetail(x-l.detail.x, y-l.detail.y)
	case l.list.has(x, y):
		m.clickList(y - l.list.y)
	}
	return nil
}

func (m *Model) clickList(y int) {
	i := m.list.top + y
	if i >= len(m.list.list) || m.list.list[i].kind == dividerRow {
		return
	}
	again := i == m.list.cursor
	m.focus = focusList
	m.list.move(i - m.list.cursor)
	if again {
		m.enter()
	}
}

func (m *Model) clickDetail(x, y int) {
	if y == 1 {
		_, at := m.detail.layTabs(m, m.layout.detail.w)
		for _, tab := range at {
			if x >= tab.from && x < tab.to+1 {
				m.detail.show(tab.tab)
			}
		}
		return
	}
	if y < detailHead {
		return
	}
	if p := m.detail.payload(); p != nil {
		m.unsay()
		p.Click(y - detailHead)
	} else if p, ok := m.detail.pane(m).(*callPane); ok {
		p.click(m, y-detailHead)
	}
}

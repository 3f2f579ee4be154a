package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"
)

// moveActions are moving in whatever has the focus.
func moveActions() []action {
	half := func(m *Model) int { return max(m.layout.list.h/2, 1) }
	list := []action{
		{title: "down", keys: []string{"j", "down"}, in: anywhere, run: simple(func(m *Model) { m.move(1) })},
		{title: "up", keys: []string{"k", "up"}, in: anywhere, run: simple(func(m *Model) { m.move(-1) })},
		{title: "half a page down", keys: []string{"ctrl+d"}, in: anywhere, run: simple(func(m *Model) { m.move(half(m)) })},
		{title: "half a page up", keys: []string{"ctrl+u"}, in: anywhere, run: simple(func(m *Model) { m.move(-half(m)) })},
		{title: "a page down", keys: []string{"pgdown", "ctrl+f"}, in: anywhere, run: simple(func(m *Model) { m.move(m.layout.list.h - 1) })},
		{title: "a page up", keys: []string{"pgup", "ctrl+b"}, in: anywhere, run: simple(func(m *Model) { m.move(1 - m.layout.list.h) })},
		{title: "to the newest, and follow it", short: "", keys: []string{"f"}, menu: "f", in: inList, run: simple(func(m *Model) { m.list.toEnd() })},
		{title: "to the end", keys: []string{"G", "end"}, in: anywhere, run: simple((*Model).toEnd)},
		{title: "to the start", keys: []string{"g", "home"}, in: anywhere, run: simple((*Model).toStart)},
		{title: "open", short: "open", keys: []string{"enter"}, in: inList, run: simple((*Model).enter)},
		{title: "go to this exchange of the call", short: "go to it", keys: []string{"enter"}, in: inText, can: leadsOn, run: simple(goOn)},
		{title: "from list to detail and back", keys: []string{"tab"}, in: anywhere, run: simple((*Model).otherPart)},
		{title: "to the detail", keys: []string{"l", "right"}, in: inList, run: simple(func(m *Model) { m.focus = focusDetail })},
		{title: "to the list", keys: []string{"h"}, in: inDetail, run: simple(func(m *Model) { m.focus = focusList })},
		{title: "back", keys: []string{"esc"}, in: anywhere, run: (*Model).back},
		{title: "next exchange", keys: []string{"J"}, in: inDetail, run: simple(func(m *Model) { m.list.move(1) })},
		{title: "previous exchange", keys: []string{"K"}, in: inDetail, run: simple(func(m *Model) { m.list.move(-1) })},
	}
	for tab := range tabCount {
		list = append(list, action{
			title: "show " + tab.String(), keys: []string{strconv.Itoa(int(tab) + 1)}, in: anywhere,
			run: simple(func(m *Model) { m.showTab(tab) }),
		})
	}
	return list
}

func (m *Model) move(by int) {
	m.unsay()
	if m.focus == focusList {
		m.list.move(by)
	} else {
		m.detail.move(by)
	}
}

func (m *Model) toEnd() {
	m.unsay()
	if m.focus == focusList {
		m.list.toEnd()
	} else {
		m.detail.move(1 << 40)
	}
}

func (m *Model) toStart() {
	m.unsay()
	if m.focus == focusList {
		m.list.toStart()
	} else {
		m.detail.move(-1 << 40)
	}
}

// enter opens what the cursor of the list is at: a run of entries, else the
// detail.
func (m *Model) enter() {
	if !m.list.toggle() && m.list.cursor >= 0 {
		m.focus = focusDetail
	}
}

func (m *Model) otherPart() {
	if m.focus == focusList && m.list.cursor >= 0 {
		m.focus = focusDetail
	} else {
		m.focus = focusList
	}
}

// back goes one step out: from the detail to the list, and there from what
// narrows it, the last thing first.
func (m *Model) back() tea.Cmd {
	s := &m.list.sight
	switch {
	case m.stopRound():
	case m.focus == focusDetail && m.detail.endSearch():
	case m.focus == focusDetail:
		m.focus = focusList
	case s.filtered || m.filter.text != "":
		cmd, _ := m.setFilter("")
		return cmd
	case s.callID != "":
		s.callID = ""
		m.list.refresh()
	case s.typ != "" || s.wanted:
		s.typ, s.wanted = "", false
		m.list.refresh()
	case m.away != nil:
		return m.comeBack()
	}
	return nil
}

// showTab shows a tab of the detail; in a narrow layout it opens it.
func (m *Model) showTab(t tab) {
	m.detail.show(t)
	if !m.layout.wide && m.list.cursor >= 0 {
		m.focus = focusDetail
	}
}

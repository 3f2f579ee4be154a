package tui

import (
	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// toggleMark marks the exchange under the cursor, or takes the mark off. What is
// marked survives a clear, and is what a diff compares with.
func toggleMark(m *Model) tea.Cmd {
	e := m.here()
	id, mark := e.id, !e.is(marked)
	e.set(marked, mark) // at once; the store tells it again where it is watched
	if mark {
		m.say("marked: ' goes from mark to mark, d compares with it, a clear spares it")
	} else {
		m.say("the mark is off")
	}
	store := m.options.Store
	return func() tea.Msg {
		store.Amend(&record.Exchange{ID: id}, func(e *record.Exchange) { e.Marked = mark })
		return nil
	}
}

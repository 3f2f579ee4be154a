package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vapitap/tui/paint"
)

// viewActions change how things are shown.
func viewActions() []action {
	return []action{
		{title: "next type", keys: []string{"]"}, in: anywhere, run: simple(func(m *Model) { m.nextType(1) })},
		{title: "previous type", keys: []string{"["}, in: anywhere, run: simple(func(m *Model) { m.nextType(-1) })},
		{title: "show or mask secrets", keys: []string{"x"}, menu: "x", in: inDetail, run: simple((*Model).toggleSecrets)},
		{title: "pause the list, or go on", menu: "p", in: anywhere, run: togglePause},
		{title: "theme: dark or light", menu: "T", in: anywhere, run: simple((*Model).toggleTheme)},
	}
}

// listActions are of the list alone.
func listActions() []action {
	failed := func(e *entry) bool { return e.is(failed) }
	marks := func(e *entry) bool { return e.is(marked) }
	return []action{
		{title: "next failed exchange", keys: []string{"n"}, menu: "n", in: inList, run: jumpTo(1, "no failed exchange below", failed)},
		{title: "previous failed exchange", keys: []string{"N"}, in: inList, run: jumpTo(-1, "no failed exchange above", failed)},
		{title: "next marked exchange", keys: []string{"'"}, menu: "'", in: inList, run: jumpTo(1, "no marked exchange below", marks)},
	}
}

// jumpTo goes to the next entry that way, from the other end where there is none.
func jumpTo(way int, none string, is func(*entry) bool) func(*Model) tea.Cmd {
	return simple(func(m *Model) {
		if m.list.jump(way, is) {
			return
		}
		here := m.list.cursor
		if way > 0 {
			m.list.cursor = -1
		} else {
			m.list.cursor = len(m.list.list)
		}
		if !m.list.jump(way, is) {
			m.list.cursor = here
			m.list.scroll()
			m.say(none)
		}
	})
}

// nextType goes from tab to tab.
func (m *Model) nextType(by int) {
	tabs := m.typeTabs()
	at := 0 // All
	for i, t := range tabs {
		if t.typ == m.list.sight.typ {
			at = i + 1
		}
	}
	at = (at + by + len(tabs) + 1) % (len(tabs) + 1)
	typ := ""
	if at > 0 {
		typ = tabs[at-1].typ
	}
	m.seeType(typ, false)
}

func (m *Model) toggleSecrets() {
	m.detail.shows = !m.detail.shows
	m.detail.panes[tabHeaders] = nil
}

// toggleTheme goes from dark to light and back. Where it is not known what there
// is, colours that do for both were not enough on what is most likely light.
func (m *Model) toggleTheme() {
	if m.look.ground == paint.Light {
		m.look.ground = paint.Dark
	} else {
		m.look.ground = paint.Light
	}
	m.look.chosen = true
	m.restyle()
}

// togglePause stops showing what comes, or shows what came meanwhile.
func togglePause(m *Model) tea.Cmd {
	m.paused = !m.paused
	if m.paused {
		return nil
	}
	held := append(m.held, m.options.Store.InFlight()...)
	m.held = nil
	return m.takeIn(held)
}

func count(n, failed int) string {
	if failed > 0 {
		return fmt.Sprintf("%d ✗%d", n, failed)
	}
	return fmt.Sprint(n)
}

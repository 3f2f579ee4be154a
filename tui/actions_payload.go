package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vapitap/tui/payload"
)

// payloadActions are of a body that is shown.
func payloadActions() []action {
	on := func(do func(*payload.View)) func(*Model) tea.Cmd {
		return simple(func(m *Model) { do(m.detail.payload()) })
	}
	next := func(way int) func(*Model) tea.Cmd {
		return simple(func(m *Model) {
			if !m.detail.payload().Next(way) {
				m.say("nothing found")
			}
		})
	}
	return []action{
		{title: "search in the body", short: "search", keys: []string{"/"}, menu: "/", in: inPayload, run: askSearch},
		{title: "next match", keys: []string{"n"}, in: inPayload, run: next(1)},
		{title: "previous match", keys: []string{"N"}, in: inPayload, run: next(-1)},
		{title: "fold", short: "fold", keys: []string{"left"}, in: inPayload, run: on((*payload.View).Fold)},
		{title: "unfold", keys: []string{"right", "l"}, in: inPayload, run: on((*payload.View).Unfold)},
		{title: "fold or unfold", keys: []string{"enter"}, in: inPayload, run: on((*payload.View).Toggle)},
		{title: "fold or unfold all of this level", keys: []string{"z"}, menu: "z", in: inPayload, run: on((*payload.View).FoldLevel)},
		{title: "wrap long lines, or cut them", keys: []string{"w"}, menu: "w", in: inPayload, run: on((*payload.View).ToggleWrap)},
	}
}

// askSearch opens the line for what to search in the body.
func askSearch(m *Model) tea.Cmd {
	view := m.detail.payload()
	before, _, _ := view.Searched()
	p := newProposal("search", before, "capitals count only where there are some; n and N go from match to match, esc ends it")
	p.typed = func(m *Model, p *prompt) tea.Cmd {
		if n := view.Search(p.input.Value()); n == 0 && p.input.Value() != "" {
			p.note = "✗ not in here"
		} else {
			p.note = fmt.Sprintf("%d found", n)
		}
		return nil
	}
	p.gone = func(*Model) tea.Cmd {
		view.EndSearch()
		return nil
	}
	m.over = p
	return nil
}

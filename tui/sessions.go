package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// openSession lists the sessions that are recorded. The one that is chosen is
// shown instead of what is shown now.
func openSession(m *Model) tea.Cmd {
	store := m.options.Store
	return func() tea.Msg {
		ctx := context.Background()
		sessions, err := store.Sessions(ctx)
		var totals map[string]record.SessionTotals
		if err == nil {
			totals, err = store.SessionTotals(ctx)
		}
		return actMsg(func(m *Model) tea.Cmd {
			if err != nil {
				m.complain("the sessions cannot be read: " + oneLine(err))
				return nil
			}
			m.pickSession(sessions, totals)
			return nil
		})
	}
}

// pickSession opens the list of sessions, the newest first.
func (m *Model) pickSession(sessions []record.Session, totals map[string]record.SessionTotals) {
	var all []choice
	if m.away != nil {
		all = append(all, choice{title: "back to " + m.away.name(), do: (*Model).comeBack})
	}
	for _, s := range slices.Backward(sessions) {
		total := totals[s.ID]
		home := m.home()
		if s.ID == m.options.Session || s.ID == home || total.Exchanges == 0 {
			continue
		}
		title := fmt.Sprintf("%s  %s", s.Started.In(m.options.Zone).Format("2 Jan 15:04"), s.Command)
		if s.Target != "" {
			title += "  " + bareHost(s.Target)
		}
		all = append(all, choice{
			title: title,
			note:  fmt.Sprintf("%s · %s · %s", plural(total.Exchanges, "exchange"), plural(total.Calls, "call"), size(total.Bytes)),
			do:    func(m *Model) tea.Cmd { return m.showSession(s) },
		})
	}
	if len(all) == 0 {
		m.say("no other session is recorded yet")
		return
	}
	p := newPicker("Sessions", true, all)
	p.wide = 92
	m.over = p
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// away is what the interface showed before somebody opened an earlier session:
// it is kept as it was, with what came meanwhile.
type away struct {
	options Options
	history *history
	list    list
	filter  filter
	detail  detail
	place   Place
	server  serverState
	paused  bool
	came    []record.Exchange // meanwhile
}

// name is what is gone back to.
func (a *away) name() string {
	if !a.options.Recorded {
		return "what comes now"
	}
	return "session " + a.options.Session
}

// home is the session that is gone back to, or shown.
func (m *Model) home() string {
	if m.away != nil {
		return m.away.options.Session
	}
	return m.options.Session
}

// showSession shows a session that is over. What comes meanwhile is recorded,
// and seen when one comes back.
func (m *Model) showSession(s record.Session) tea.Cmd {
	if m.away == nil {
		m.away = &away{
			options: m.options, history: m.history, list: m.list, filter: m.filter, detail: m.detail,
			place: m.place, server: m.server, paused: m.paused, came: m.held,
		}
	}
	m.options.Session, m.options.Recorded, m.options.Concerns = s.ID, true, nil
	m.history = newHistory()
	m.list = newList(m.history)
	m.list.height = m.layout.list.h
	m.filter = filter{asked: m.filter.asked + 1} // the answers to earlier questions are none to this
	m.detail = detail{tab: m.detail.tab, shows: m.detail.shows, number: -1, key: detailKey{version: m.detail.key.version}}
	m.place, m.server, m.paused, m.held = Place{Target: s.Target}, serverState{}, false, nil
	m.focus = focusList
	m.say("a recorded session; esc goes back to " + m.away.name())
	return m.loadRecorded()
}

// comeBack shows again what was shown before, and what came since.
func (m *Model) comeBack() tea.Cmd {
	a := m.away
	if a == nil {
		return nil
	}
	asked := max(m.filter.asked, a.filter.asked)
	m.away = nil
	m.options, m.history, m.list, m.filter, m.detail = a.options, a.history, a.list, a.filter, a.detail
	m.place, m.server, m.paused, m.held = a.place, a.server, a.paused, nil
	m.filter.asked = asked
	m.list.height = m.layout.list.h
	m.detail.stale = true
	m.focus = focusList
	m.say("back at " + a.name())
	var cmds []tea.Cmd
	if m.paused {
		m.held = a.came
	} else {
		cmds = append(cmds, m.takeIn(a.came))
	}
	if m.filter.text != "" { // an answer may have come while nobody was there to take it
		if cmd, err := m.setFilter(m.filter.text); err == nil {
			cmds = append(cmds, cmd)
		}
	}
	m.list.scroll()
	return tea.Batch(cmds...)
}

// setPlace takes in how the ends are, which an earlier session does not show.
func (m *Model) setPlace(p Place) {
	if m.away != nil {
		m.away.place = p
	} else {
		m.place = p
	}
}

// keep holds what came while an earlier session is shown, the newest of it.
func (a *away) keep(list []record.Exchange) {
	a.came = append(a.came, list...)
	if over := len(a.came) - mostEntries; over > 0 {
		a.came = a.came[over:]
	}
}

// sessionActions are of the sessions.
func sessionActions() []action {
	return []action{
		{title: "back to the session that was shown before", menu: "b", in: anywhere, can: func(m *Model) bool { return m.away != nil }, run: (*Model).comeBack},
	}
}

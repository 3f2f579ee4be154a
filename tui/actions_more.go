package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// moreActions are what is done now and then: only the menu and the palette have
// them.
func moreActions() []action {
	return []action{
		{title: "replay the whole call", menu: "C", in: anywhere, can: func(m *Model) bool { return canSend(m) && callName(m) != "" }, run: replayCall},
		{title: "replay it several times…", menu: "R", in: anywhere, can: canSend, run: askTimes},
		{title: "replay it until the reply changes", menu: "u", in: anywhere, can: canSend, run: replayUntilChange},
		{title: "stop replaying", menu: ".", in: anywhere, can: isReplaying, run: simple(func(m *Model) { m.stopRound() })},
		{title: "watch: resend when the server is back", now: watchTitle, menu: "W", in: anywhere, can: canWatch, run: toggleWatch},
		{title: "save the whole call as fixtures", menu: "S", in: anywhere, can: func(m *Model) bool { return canSave(m) && m.here().call != nil }, run: saveCall},
		{title: "verify its signature or secret", menu: "v", in: anywhere, can: canVerify, run: verify},
		{title: "forget the draft of it", in: anywhere, can: hasDraft, run: dropDraft},
		{title: "delete it…", menu: "D", in: anywhere, can: hasID, run: askDelete},
		{title: "clear what is not marked…", menu: "X", in: anywhere, can: func(m *Model) bool { return len(m.history.entries) > 0 }, run: askClear},
		{title: "open a session…", menu: "o", in: anywhere, run: openSession},
	}
}

// confirm asks before something is done that cannot be undone.
func (m *Model) confirm(question, yes, no string, do func(*Model) tea.Cmd) tea.Cmd {
	m.over = newPicker(question, false, []choice{
		{letter: "n", title: no, do: func(*Model) tea.Cmd { return nil }},
		{letter: "y", title: yes, do: do},
	})
	return nil
}

// askDelete deletes the exchange under the cursor from the store.
func askDelete(m *Model) tea.Cmd {
	id := m.here().id
	return m.confirm(fmt.Sprintf("Delete #%d?", id), "yes, delete it from the store", "no, keep it", func(m *Model) tea.Cmd {
		return m.deleteIDs([]int64{id})
	})
}

// askClear deletes from the store all that is listed, shown or not, and is not
// marked.
func askClear(m *Model) tea.Cmd {
	var ids []int64
	kept := 0
	for i := range m.history.entries {
		switch e := &m.history.entries[i]; {
		case e.id == 0: // it is in flight
		case e.is(marked):
			kept++
		default:
			ids = append(ids, e.id)
		}
	}
	if len(ids) == 0 {
		m.say("there is nothing that is not marked")
		return nil
	}
	keeps := "no, keep all"
	yes := fmt.Sprintf("yes, delete %d from the store; %d are marked and stay", len(ids), kept)
	if kept == 1 {
		yes = fmt.Sprintf("yes, delete %d from the store; 1 is marked and stays", len(ids))
	}
	return m.confirm("Clear what is not marked?", yes, keeps, func(m *Model) tea.Cmd { return m.deleteIDs(ids) })
}

// deleteIDs deletes exchanges from the store and from the list.
func (m *Model) deleteIDs(ids []int64) tea.Cmd {
	store := m.options.Store
	return func() tea.Msg {
		n, err := store.Delete(ids)
		return actMsg(func(m *Model) tea.Cmd {
			if err != nil {
				m.complain(fmt.Sprintf("%d deleted, then: %s", n, oneLine(err)))
				return nil
			}
			m.dropEntries(ids)
			m.say(fmt.Sprintf("%d deleted", n))
			if len(ids) == 1 {
				m.say(fmt.Sprintf("#%d is deleted", ids[0]))
			}
			return nil
		})
	}
}

// dropEntries takes exchanges out of the list, and leaves the cursor where it
// was on the screen.
func (m *Model) dropEntries(ids []int64) {
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
		delete(m.drafts, id)
	}
	cursor := m.list.cursor
	m.held = slices.DeleteFunc(m.held, func(e record.Exchange) bool { return gone[e.ID] })
	m.history.remove(func(e *entry) bool { return gone[e.id] })
	m.list.rebuild()
	if m.list.following {
		m.list.toEnd()
		return
	}
	m.list.cursor = cursor
	m.list.settle(+1)
}

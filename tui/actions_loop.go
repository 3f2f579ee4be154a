package tui

import (
	tea "charm.land/bubbletea/v2"
)

// loopActions are what is done many times a minute: look, send again, keep.
func loopActions() []action {
	return []action{
		{title: "replay: send it again as it was", short: "replay", keys: []string{"r"}, menu: "r", in: anywhere, can: canSend, run: replayOne},
		{title: "edit and resend", short: "edit & resend", keys: []string{"e"}, menu: "e", in: anywhere, can: canSend, run: openEditor},
		{title: "save as a fixture", short: "save", keys: []string{"s"}, menu: "s", in: anywhere, can: canSave, run: saveOne},
		{title: "copy…", short: "copy", keys: []string{"y"}, menu: "y", in: anywhere, run: openCopyMenu},
		{title: "filter the list", short: "filter", keys: []string{"/"}, menu: "/", in: inList, run: askFilter},
		{title: "choose a type", short: "type", keys: []string{"t"}, menu: "t", in: inList, run: openTypes},
		{title: "only this call, or all", short: "call", keys: []string{"c"}, menu: "c", in: anywhere, can: hasCall, run: simple((*Model).toggleCall)},
		{title: "diff with what it replays, or with the marked one", keys: []string{"d"}, menu: "d", in: anywhere, run: simple(func(m *Model) { m.showTab(tabDiff) })},
		{title: "mark it, or take the mark off", keys: []string{"m"}, menu: "m", in: anywhere, can: hasID, run: toggleMark},
		{title: "more: all that can be done here", short: "more", keys: []string{"space"}, in: anywhere, run: openMenu},
		{title: "palette: everything by name", keys: []string{"ctrl+p", ":"}, in: anywhere, run: openPalette},
		{title: "help: all keys of this part", short: "help", keys: []string{"?"}, in: anywhere, run: openHelp},
		{title: "quit", keys: []string{"q"}, menu: "q", in: anywhere, run: askQuit},
	}
}

// here returns the entry under the cursor, nil where there is none.
func (m *Model) here() *entry {
	n, ok := m.list.selected()
	if !ok {
		return nil
	}
	return m.history.at(n)
}

func hasID(m *Model) bool { e := m.here(); return e != nil && e.id != 0 }
func hasCall(m *Model) bool {
	e := m.here()
	return m.list.sight.callID != "" || (e != nil && e.call != nil)
}
func canSend(m *Model) bool { return m.options.Sender != nil && hasID(m) }
func canSave(m *Model) bool { return m.options.Saver != nil && hasID(m) }

// toggleCall shows only the call of the entry under the cursor, or all again.
func (m *Model) toggleCall() {
	s := &m.list.sight
	if s.callID != "" {
		s.callID = ""
	} else {
		s.callID = m.here().call.id
	}
	m.list.refresh()
}

// openPalette lists everything that can be done, by name.
func openPalette(m *Model) tea.Cmd {
	at := m.where()
	var all []choice
	for i := range actions {
		a := &actions[i]
		if a.in&at == 0 {
			continue
		}
		all = append(all, choice{title: a.does(m), note: a.anyKeys(), faint: !a.possible(m), do: func(m *Model) tea.Cmd { return m.do(a) }})
	}
	m.over = newPicker("Do", true, all)
	return nil
}

// openMenu lists what can be done with the part that has the focus, each with a
// letter.
func openMenu(m *Model) tea.Cmd {
	at := m.where()
	var all []choice
	taken := map[string]bool{}
	for i := range actions {
		a := &actions[i]
		if a.menu == "" || a.in&at == 0 || taken[a.menu] {
			continue
		}
		taken[a.menu] = true
		all = append(all, choice{letter: a.menu, title: a.does(m), note: a.otherKeys(), faint: !a.possible(m), do: func(m *Model) tea.Cmd { return m.do(a) }})
	}
	m.over = newPicker("Here", false, all)
	return nil
}

// keyNames are the keys of an action, as they are written.
func (a *action) keyNames() string {
	names := ""
	for i, k := range a.keys {
		if i > 0 {
			names += " "
		}
		names += keyName(k)
	}
	return names
}

// anyKeys are the keys of an action, or those that lead to it through the menu.
func (a *action) anyKeys() string {
	if len(a.keys) == 0 && a.menu != "" {
		return "space " + a.menu
	}
	return a.keyNames()
}

// otherKeys are the keys that do the same without the menu.
func (a *action) otherKeys() string {
	if len(a.keys) == 1 && a.keys[0] == a.menu {
		return ""
	}
	return a.keyNames()
}

// openTypes lists the types that were seen, and the view of only what wants a
// reply.
func openTypes(m *Model) tea.Cmd {
	see := func(typ string, wanted bool) func(*Model) tea.Cmd {
		return simple(func(m *Model) { m.seeType(typ, wanted) })
	}
	all := []choice{
		{title: "All", note: count(m.history.size(), 0), do: see("", false)},
		{title: "only what wants a reply", do: see("", true)},
	}
	for _, t := range m.typeTabs() {
		all = append(all, choice{title: t.typ, note: count(t.count, t.failed), do: see(t.typ, false)})
	}
	m.over = newPicker("Type", true, all)
	return nil
}

// seeType shows only one type, all for "", or only what wants a reply.
func (m *Model) seeType(typ string, wanted bool) {
	m.list.sight.typ, m.list.sight.wanted = typ, wanted
	m.list.refresh()
}

package tui

import (
	tea "charm.land/bubbletea/v2"
)

// action is something that can be done. Keys, menus, the palette and the help
// are all made from the table of actions.
type action struct {
	title string              // what it does, as the palette and the help say it
	now   func(*Model) string // what it does as things are; nil, or an empty answer, is the title
	short string              // the same in a word or two, for the footer; empty keeps it out of there
	keys  []string            // as tea.KeyPressMsg.String names them
	menu  string              // its letter in the menu; empty keeps it out of there
	in    place
	run   func(*Model) tea.Cmd
	can   func(*Model) bool // nil is always
}

// place is where an action's keys work, as a set.
type place uint8

const (
	inList    place = 1 << iota
	inText          // the detail, while it shows text: overview, headers, checks, diff, call
	inPayload       // the detail, while it shows a body
	inDetail  = inText | inPayload
	anywhere  = inList | inDetail
)

// where returns the place that gets the keys.
func (m *Model) where() place {
	switch {
	case m.focus == focusList:
		return inList
	case m.detail.payload() != nil:
		return inPayload
	}
	return inText
}

// actions is the table, in the order in which the palette and the help have it.
var actions []action

func init() { // the actions open what shows the actions
	for _, some := range [][]action{loopActions(), moreActions(), listActions(), payloadActions(), viewActions(), sessionActions(), moveActions()} {
		actions = append(actions, some...)
	}
}

// possible reports whether the action can be done now.
func (a *action) possible(m *Model) bool { return a.can == nil || a.can(m) }

// does says what the action does as things are.
func (a *action) does(m *Model) string {
	if a.now != nil {
		if title := a.now(m); title != "" {
			return title
		}
	}
	return a.title
}

// actionFor returns the action of a key at a place.
func actionFor(m *Model, key string, at place) *action {
	var impossible *action
	for i := range actions {
		a := &actions[i]
		if a.in&at == 0 {
			continue
		}
		for _, k := range a.keys {
			if k != key {
				continue
			}
			if a.possible(m) {
				return a
			}
			impossible = a
		}
	}
	return impossible
}

// do runs an action, or says that it cannot be done now.
func (m *Model) do(a *action) tea.Cmd {
	if !a.possible(m) {
		m.complain("not now: " + a.title)
		return nil
	}
	return a.run(m)
}

// key gives a key to whoever gets it: what is open over everything, else the
// part that has the focus.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	if key == "ctrl+c" {
		return m.quit()
	}
	if m.over != nil {
		return m.over.key(m, msg)
	}
	if m.layout.small {
		if key == "q" {
			return m.quit()
		}
		return nil
	}
	if a := actionFor(m, key, m.where()); a != nil {
		return m.do(a)
	}
	return nil
}

// paste gives pasted text to what is open; elsewhere there is nothing to paste
// into.
func (m *Model) paste(text string) tea.Cmd {
	if p, ok := m.over.(interface {
		paste(*Model, string) tea.Cmd
	}); ok {
		return p.paste(m, text)
	}
	return nil
}

// quit ends the interface.
func (m *Model) quit() tea.Cmd {
	m.closing = true
	return tea.Quit
}

// simple makes the run of an action of something that needs no tea.Cmd.
func simple(do func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		do(m)
		return nil
	}
}

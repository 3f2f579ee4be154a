package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"
)

// key is for the editor, or else for the field that is edited.
func (ed *editor) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	if ed.busy {
		return nil
	}
	insists := ed.insists
	ed.insists = false
	switch key := msg.String(); key {
	case "esc":
		ed.close(m)
	case "ctrl+s":
		return ed.send(m, insists)
	case "ctrl+o":
		return ed.goAway(m)
	case "ctrl+r":
		ed.reset()
		m.say("as it came; ctrl+z brings back what you typed")
	case "tab":
		ed.field = (ed.field + 1) % fieldCount
	case "shift+tab":
		ed.field = (ed.field + fieldCount - 1) % fieldCount
	default:
		return ed.typed(m, msg, key)
	}
	return nil
}

// typed gives a key to the field. What means nothing in it goes from field to
// field.
func (ed *editor) typed(m *Model, msg tea.KeyPressMsg, key string) tea.Cmd {
	t := ed.text[ed.field]
	if t == nil {
		if key == "enter" {
			return ed.goAway(m)
		}
		if key == "up" {
			ed.field--
		}
		return nil
	}
	line, _ := t.At()
	switch {
	case key == "up" && line == 1 && ed.field != fieldBody:
		ed.field = max(ed.field-1, 0)
	case key == "down" && line == t.Lines() && ed.field != fieldBody:
		ed.field++
	case t.Key(msg):
		ed.judge()
	case key == "enter":
		ed.field++
	}
	return nil
}

// paste puts pasted text into the field.
func (ed *editor) paste(m *Model, text string) tea.Cmd {
	switch t := ed.text[ed.field]; {
	case ed.busy:
	case t == nil:
		m.complain("the body is edited in a program of its own: ctrl+o")
	case !t.Paste(text):
		m.complain("too long to be pasted here; ctrl+o opens the body in your editor")
	default:
		ed.insists = false
		ed.judge()
	}
	return nil
}

// click goes to the field that was clicked, and to where in it.
func (ed *editor) click(_ *Model, x, y int) tea.Cmd {
	for f, r := range ed.at {
		if !r.has(x, y) {
			continue
		}
		ed.field = field(f)
		if t := ed.text[f]; t != nil {
			t.Click(x-r.x, y-r.y)
		}
	}
	return nil
}

// send sends what was edited. Broken JSON is sent only when one insists.
func (ed *editor) send(m *Model, insists bool) tea.Cmd {
	d, err := ed.draft()
	var wrong *fieldError
	switch {
	case errors.As(err, &wrong):
		ed.field = wrong.field
		m.complain(wrong.Error())
		return nil
	case ed.judged.broken != nil && ed.changed(fieldBody) && !insists:
		ed.field, ed.insists = fieldBody, true
		m.flash = flash{} // what is wrong stands where that is said
		return nil
	}
	m.over = nil
	m.drafts[ed.e.ID] = ed // until it is sent
	return m.sendEdited(ed, d)
}

// stamp is another number after each change of what is edited.
func (ed *editor) stamp() int {
	n := len(ed.away)
	for _, t := range ed.text {
		if t != nil {
			n += t.Version()
		}
	}
	return n
}

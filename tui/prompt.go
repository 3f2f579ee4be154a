package tui

import (
	"errors"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
)

// prompt is a line to type into at the foot of the screen: the filter of the
// list, what to search for, how many times.
type prompt struct {
	label string
	input textinput.Model
	fresh bool   // what is typed first takes the place of the text, as if that were selected
	note  string // under the line: what it takes, or what is wrong with it
	bad   bool
	typed func(*Model, *prompt) tea.Cmd // after each change; may set note and bad
	done  func(*Model, string) tea.Cmd  // enter
	gone  func(*Model) tea.Cmd          // esc; nil does nothing
}

func newPrompt(label, text, note string) *prompt {
	return &prompt{label: label, input: newInput(text), note: note}
}

// newProposal returns a prompt with a text that enter takes, and that gives way
// to what is typed instead.
func newProposal(label, text, note string) *prompt {
	p := newPrompt(label, text, note)
	p.fresh = text != ""
	return p
}

func (p *prompt) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		m.over = nil
		if p.gone != nil {
			return p.gone(m)
		}
		return nil
	case "enter":
		if p.bad {
			return nil // it is said why
		}
		m.over = nil
		if p.done == nil {
			return nil
		}
		return p.done(m, p.input.Value())
	}
	before := p.input.Value()
	if p.fresh && (msg.Text != "" || msg.Code == tea.KeyBackspace || msg.Code == tea.KeyDelete) {
		p.input.SetValue("")
	}
	p.fresh = false
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	return tea.Batch(cmd, p.changed(m, before))
}

func (p *prompt) paste(m *Model, text string) tea.Cmd {
	before, kept := p.input.Value(), p.input.Value()
	if p.fresh {
		kept = ""
	}
	p.fresh = false
	p.input.SetValue(kept + plain.Text(text))
	p.input.CursorEnd()
	return p.changed(m, before)
}

func (p *prompt) changed(m *Model, before string) tea.Cmd {
	if p.input.Value() == before || p.typed == nil {
		return nil
	}
	return p.typed(m, p)
}

func (p *prompt) box(m *Model, width, height int) ([]string, int, int) {
	t := m.theme
	line := paint.NewLine(width)
	typed := t.Text
	if p.fresh {
		typed = t.Selected
	}
	line.Add(t.Accent, " "+p.label+" ").Add(typed, p.input.Value())
	style := t.Faint
	if p.bad {
		style = t.Warn
	}
	note := paint.NewLine(width)
	note.Add(style, paint.Blank(paint.Width(p.label)+2)).Add(style, p.note)
	return []string{line.String(), note.String()}, 0, height - 2
}

func (p *prompt) cursor() (x, y int, ok bool) {
	return paint.Width(p.label) + 2 + p.input.Position(), 0, true
}

// filterNote says what a filter takes.
const filterNote = "type:tool-calls  is:failed  tool:  call:  status:5xx  slow:>2s  body:  from:  or any word; ! negates"

// askFilter opens the line for the filter, which is applied as one types.
func askFilter(m *Model) tea.Cmd {
	before := m.filter.text
	p := newPrompt("/", before, filterNote)
	p.typed = func(m *Model, p *prompt) tea.Cmd {
		cmd, err := m.setFilter(p.input.Value())
		p.note, p.bad = filterNote, false
		var wrong *record.FilterError
		if errors.As(err, &wrong) {
			p.note, p.bad = "✗ "+wrong.Message+" "+wrong.Term, true
			if wrong.Nearest != "" {
				p.note += " — did you mean " + wrong.Nearest + "?"
			}
		}
		return cmd
	}
	p.gone = func(m *Model) tea.Cmd {
		cmd, _ := m.setFilter(before) // it was applied before
		return cmd
	}
	m.over = p
	return nil
}

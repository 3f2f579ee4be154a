package tui

import (
	"cmp"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"vapitap/tui/paint"
)

// picker is a list to choose from, narrowed by what is typed: the palette, the
// menu of a part, the types, the sessions.
type picker struct {
	title  string
	all    []choice
	input  textinput.Model
	typing bool // letters narrow the list; else they choose by the choice's letter
	wide   int  // how many cells a choice may take; 0 is what is usual
	shown  []int
	at     int // of shown
	top    int
}

// choice is something to choose.
type choice struct {
	letter string // chooses it at once, where letters do not narrow
	title  string
	note   string // at the right: a key, a count
	faint  bool   // it cannot be chosen now
	do     func(*Model) tea.Cmd
}

// usualChoice is how wide a choice is, in cells, where there is room.
const usualChoice = 64

func newPicker(title string, typing bool, all []choice) *picker {
	p := &picker{title: title, all: all, typing: typing, input: newInput("")}
	p.narrow()
	return p
}

// newInput returns a line to type into, without a prompt.
func newInput(text string) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return in
}

// narrow shows the choices in which all words that were typed occur.
func (p *picker) narrow() {
	words := strings.Fields(strings.ToLower(p.input.Value()))
	p.shown = p.shown[:0]
	for i, c := range p.all {
		if containsAll(strings.ToLower(c.title+" "+c.note), words) {
			p.shown = append(p.shown, i)
		}
	}
	p.at, p.top = 0, 0
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (p *picker) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	switch {
	case key == "esc", !p.typing && key == "q":
		m.over = nil
	case key == "enter":
		return p.choose(m)
	case key == "down", key == "ctrl+n", key == "tab", !p.typing && key == "j":
		p.move(1)
	case key == "up", key == "shift+tab", !p.typing && key == "k":
		p.move(-1)
	case key == "pgdown", key == "ctrl+d":
		p.move(10)
	case key == "pgup", key == "ctrl+u":
		p.move(-10)
	case !p.typing:
		for i, c := range p.all {
			if c.letter == key {
				p.at = i
				return p.choose(m)
			}
		}
	default:
		var cmd tea.Cmd
		before := p.input.Value()
		p.input, cmd = p.input.Update(msg)
		if p.input.Value() != before {
			p.narrow()
		}
		return cmd
	}
	return nil
}

func (p *picker) paste(_ *Model, text string) tea.Cmd {
	p.input.SetValue(p.input.Value() + text)
	p.narrow()
	return nil
}

func (p *picker) move(by int) { p.at = max(min(p.at+by, len(p.shown)-1), 0) }

func (p *picker) choose(m *Model) tea.Cmd {
	if p.at >= len(p.shown) {
		return nil
	}
	c := p.all[p.shown[p.at]]
	m.over = nil
	return c.do(m)
}

// click chooses the line that was clicked.
func (p *picker) click(m *Model, _, y int) tea.Cmd {
	if i := p.top + y - p.head(); y >= p.head() && i < len(p.shown) {
		p.at = i
		return p.choose(m)
	}
	return nil
}

// head is how many lines stand above the choices.
func (p *picker) head() int {
	if p.typing {
		return 3
	}
	return 1
}

func (p *picker) box(m *Model, width, height int) ([]string, int, int) {
	t := m.theme
	inner := min(width-8, cmp.Or(p.wide, usualChoice))
	room := max(min(len(p.all), height-p.head()-4), 1)
	p.top = max(min(p.top, p.at), p.at-room+1)
	var lines []string
	var line paint.Line
	if p.typing {
		line.Reset(inner)
		line.Add(t.Accent, "› ").Add(t.Text, p.input.Value())
		lines = append(lines, line.String())
		line.Reset(inner)
		lines = append(lines, line.Rule(t.Rule, "─", inner).String())
	}
	for i := p.top; i < p.top+room; i++ {
		line.Reset(inner)
		if i < len(p.shown) {
			p.drawChoice(&line, t, p.all[p.shown[i]], i == p.at)
		} else if i == 0 {
			line.Add(t.Muted, "nothing of that name")
		}
		lines = append(lines, line.String())
	}
	box := framed(t, p.title, inner, lines, p.top > 0, p.top+room < len(p.shown))
	return box, (width - inner - 4) / 2, max((height-len(box))/3, 0)
}

func (p *picker) drawChoice(line *paint.Line, t *paint.Theme, c choice, here bool) {
	title, sign, note := t.Text, "  ", c.note
	if here {
		sign = "▌ "
		line.Behind(t.CursorLine)
		title = t.Strong
	}
	if c.faint {
		title, note = t.Faint, strings.TrimSpace("not now  "+note)
	}
	line.Add(t.Accent, sign)
	if !p.typing {
		line.Col(t.Strong, keyName(c.letter), 3)
	}
	line.Col(title, c.title, line.Left()-paint.Width(note)-1).Add(t.Text, " ").Add(t.Faint, note)
}

// cursor is where what is typed goes on.
func (p *picker) cursor() (x, y int, ok bool) {
	return 4 + p.input.Position(), 1, p.typing
}

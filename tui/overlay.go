package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"vapitap/tui/paint"
)

// overlay is what opens over everything else and gets all keys until it closes.
// It closes itself by setting the model's over to nil, or to another.
type overlay interface {
	key(*Model, tea.KeyPressMsg) tea.Cmd
	// box returns what is drawn, all lines of the same width, and where on a screen
	// of this size: the cell of its upper left corner.
	box(m *Model, width, height int) (lines []string, x, y int)
}

// cursorer is an overlay with a text cursor, in cells from its upper left corner.
type cursorer interface{ cursor() (x, y int, ok bool) }

// place draws an overlay over the lines of a screen.
func overlaid(screen []string, width int, box []string, x, y int) []string {
	for i, line := range box {
		if y+i < 0 || y+i >= len(screen) {
			continue
		}
		under, end := screen[y+i], min(x+ansi.StringWidth(line), width)
		screen[y+i] = upTo(under, x) + line + from(under, end, width)
	}
	return screen
}

// upTo returns the first so many cells of a line. Half of a wide character is a
// space.
func upTo(line string, cells int) string {
	line = ansi.Truncate(line, cells, "")
	return line + paint.Blank(cells-ansi.StringWidth(line))
}

// from returns what is right of so many cells of a line that is width cells wide.
func from(line string, cells, width int) string {
	right := ansi.TruncateLeft(line, cells, "")
	if ansi.StringWidth(right) > width-cells { // it keeps a character of which only half is there
		right = ansi.TruncateLeft(line, cells+1, "")
	}
	return paint.Blank(width-cells-ansi.StringWidth(right)) + right
}

// framed draws a frame with a title around lines that are inner cells wide, and
// says whether there are more above and below them.
func framed(t *paint.Theme, title string, inner int, lines []string, above, below bool) []string {
	var l paint.Line
	l.Reset(inner + 4)
	l.Add(t.Muted, "╭─ ").Add(t.Strong, paint.Cut(title, inner-2)).Add(t.Muted, " ")
	ruled(&l, t, t.Muted, inner+3, more(above, moreAbove))
	l.Add(t.Muted, "╮")
	out := []string{l.String()}
	left, right := t.Muted.Wrap("│")+" ", " "+t.Muted.Wrap("│")
	for _, line := range lines {
		out = append(out, left+line+right)
	}
	l.Reset(inner + 4)
	l.Add(t.Muted, "╰")
	ruled(&l, t, t.Muted, inner+3, more(below, moreBelow))
	l.Add(t.Muted, "╯")
	return append(out, l.String())
}

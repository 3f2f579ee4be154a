package paint

import (
	"strings"
	"unicode/utf8"

	"vapitap/internal/plain"

	"github.com/charmbracelet/x/ansi"
)

// Line is a row of cells that is written from left to right and never wider than
// it may be: what does not fit ends in "…". The zero Line has no cells; Reset
// gives it some, and may be called again to use its memory anew.
type Line struct {
	b     []byte
	width int // in cells
	at    int // cells written
	back  Style
	full  bool // "…" was written, nothing more fits
}

// NewLine returns an empty line of so many cells.
func NewLine(width int) *Line {
	l := new(Line)
	l.Reset(width)
	return l
}

// Reset makes the line empty and so many cells wide.
func (l *Line) Reset(width int) {
	*l = Line{b: l.b[:0], width: max(width, 0)}
}

// Behind sets what is behind all that is added from here on, such as a theme's
// CursorLine.
func (l *Line) Behind(s Style) *Line {
	l.back = s
	return l
}

// At returns how many cells are written.
func (l *Line) At() int { return l.at }

// Left returns how many cells are free.
func (l *Line) Left() int {
	if l.full {
		return 0
	}
	return l.width - l.at
}

// Add writes text in a style, cut at the end of the line.
func (l *Line) Add(s Style, text string) *Line { return l.add(s, text, l.Left()) }

// Drawn appends what another Line or Page drew, cut where there is no room.
func (l *Line) Drawn(drawn string) *Line {
	w := ansi.StringWidth(drawn)
	if w > l.Left() {
		drawn = ansi.Truncate(drawn, l.Left(), "")
		w = ansi.StringWidth(drawn)
	}
	l.b = append(l.b, drawn...)
	l.at += w
	return l
}

// Col writes text as a column of so many cells: cut or filled up.
func (l *Line) Col(s Style, text string, cells int) *Line {
	cells = min(cells, l.Left())
	start := l.at
	l.add(s, text, cells)
	l.full = false
	return l.space(start + cells - l.at)
}

// ColRight is Col with the text at the right of its column.
func (l *Line) ColRight(s Style, text string, cells int) *Line {
	cells = min(cells, l.Left())
	if w := Width(text); w < cells {
		l.space(cells - w)
		return l.add(s, text, w)
	}
	return l.Col(s, text, cells)
}

// To fills with spaces up to a cell, and does nothing where the line is past it.
func (l *Line) To(cell int) *Line { return l.space(min(cell, l.width) - l.at) }

// Rule fills up to a cell with a character that is one cell wide.
func (l *Line) Rule(s Style, char string, cell int) *Line {
	if n := min(cell, l.width) - l.at; n > 0 && !l.full {
		l.write(s, strings.Repeat(char, n), n)
	}
	return l
}

// String returns the line, filled up with spaces.
func (l *Line) String() string {
	l.full = false
	l.space(l.width - l.at)
	return string(l.b)
}

func (l *Line) space(cells int) *Line {
	const blank = "                                                                "
	for cells > 0 {
		n := min(cells, len(blank))
		l.write(Style{}, blank[:n], n)
		cells -= n
	}
	return l
}

func (l *Line) add(s Style, text string, most int) *Line {
	if most <= 0 || text == "" || l.full {
		return l
	}
	text = plain.Text(text)
	if len(text) <= most && ascii(text) {
		l.write(s, text, len(text))
		return l
	}
	w := Width(text)
	if w > most {
		text = Cut(text, most)
		w = Width(text)
		l.full = l.at+w >= l.width
	}
	l.write(s, text, w)
	return l
}

// write appends clean text of so many cells.
func (l *Line) write(s Style, text string, cells int) {
	if s.on == "" && l.back.on == "" {
		l.b = append(l.b, text...)
	} else {
		l.b = append(append(append(append(l.b, l.back.on...), s.on...), text...), off...)
	}
	l.at += cells
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Width returns how many cells clean text takes, by graphemes.
func Width(text string) int {
	if ascii(text) {
		return len(text)
	}
	return ansi.StringWidth(text)
}

// Cut shortens clean text to so many cells; what is shortened ends in "…".
func Cut(text string, cells int) string {
	switch {
	case cells <= 0:
		return ""
	case len(text) <= cells:
		return text
	case ascii(text[:min(len(text), cells+1)]):
		return text[:cells-1] + "…"
	}
	if n := 16 * cells; len(text) > n { // a grapheme of more bytes than that is no text
		text = strings.ToValidUTF8(text[:n], "")
	}
	return ansi.Truncate(text, cells, "…")
}

// Blank returns so many spaces.
func Blank(cells int) string { return strings.Repeat(" ", max(cells, 0)) }

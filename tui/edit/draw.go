package edit

import (
	"fmt"
	"strconv"

	"vapitap/tui/glyph"
	"vapitap/tui/paint"
)

// Look is how a text is drawn.
type Look struct {
	Numbers bool // lines have numbers
	JSON    bool // it is coloured as JSON
	Focused bool // the line of the cursor is shown
	Bad     int  // the offset of a byte that is wrong, with the end of the text for one that is missing; -1 is none
}

// view is what was drawn last.
type view struct {
	w, h   int
	gutter int
}

// Draw returns h lines that are w cells wide: the part of the text in which the
// cursor is. A line that is longer is cut at the end with "…"; that of the
// cursor shows the part in which it is.
func (t *Text) Draw(theme *paint.Theme, w, h int, look Look) []string {
	t.seen = view{w: w, h: h}
	if look.Numbers {
		t.seen.gutter = max(len(strconv.Itoa(len(t.lines))), 2) + 1
	}
	t.scroll()
	bad := place{-1, 0}
	if look.Bad >= 0 {
		bad = t.placeOf(look.Bad)
	}
	lines := make([]string, 0, max(h, 0))
	line := paint.NewLine(w)
	for i := t.top; len(lines) < h; i++ {
		line.Reset(w)
		if i < len(t.lines) {
			t.drawLine(line, theme, i, look, bad)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// linesAround is how many lines are seen above and below that of the cursor.
const linesAround = 3

// scroll sees that the cursor is in what is drawn.
func (t *Text) scroll() {
	v := t.seen
	around := min(linesAround, max(v.h-1, 0)/2)
	t.top = max(min(t.top, t.at.line-around), t.at.line-v.h+1+around)
	t.top = max(min(t.top, len(t.lines)-v.h), 0)
	room := max(v.w-v.gutter, 1)
	col, margin := glyph.Width(t.line()[:t.at.byte], 0), min(8, room/4)
	switch {
	case col < room-1:
		t.left = 0
	case col > t.left+room-2:
		t.left = col - room + 2 + margin
	case col <= t.left+margin:
		t.left = max(col-margin-1, 0)
	}
}

// Cursor returns where the cursor stands in what was drawn last.
func (t *Text) Cursor() (x, y int) {
	return t.seen.gutter + glyph.Width(t.line()[:t.at.byte], 0) - t.left, t.at.line - t.top
}

// Click puts the cursor where something was clicked in what was drawn last.
func (t *Text) Click(x, y int) {
	i := min(max(t.top+y, 0), len(t.lines)-1)
	cell := max(x-t.seen.gutter, 0)
	if i == t.at.line {
		cell += t.left
	}
	t.moveTo(place{i, byteAt(t.lines[i], cell)})
}

func (t *Text) drawLine(line *paint.Line, theme *paint.Theme, i int, look Look, bad place) {
	here := look.Focused && i == t.at.line
	if gutter := t.seen.gutter; gutter > 0 {
		style := theme.Faint
		if here {
			style = theme.Muted
		}
		if i == bad.line {
			style = theme.BadStrong
		}
		line.ColRight(style, fmt.Sprint(i+1), gutter-1).Add(theme.Text, " ")
	}
	if here {
		line.Behind(theme.CursorLine)
	}
	p := pen{line: line, theme: theme, room: max(t.seen.w-t.seen.gutter, 1)}
	if i == t.at.line && t.left > 0 {
		p.left = t.left + 1
		p.room--
		line.Add(theme.Faint, "…")
	}
	text := t.lines[i]
	styled := func(s paint.Style, from, to int) bool {
		if i != bad.line || bad.byte < from || bad.byte >= to {
			return p.write(s, text[from:to])
		}
		next := min(bad.byte+glyph.First(text[bad.byte:], 0).Size, to)
		return p.write(s, text[from:bad.byte]) && p.write(theme.MatchHere, text[bad.byte:next]) && p.write(s, text[next:to])
	}
	if look.JSON {
		colour(theme, text, styled)
	} else {
		styled(theme.Text, 0, len(text))
	}
	if i == bad.line && bad.byte == len(text) {
		p.write(theme.MatchHere, " ")
	}
	p.end()
}

// pen writes the glyphs of a line of text into a line of cells.
type pen struct {
	line  *paint.Line
	theme *paint.Theme
	left  int // cells of the text that are not drawn
	room  int // cells that are
	at    int // the cell of the text that comes next
	full  bool

	held      string // what would fill the last cells: "…" stands there where more comes
	heldStyle paint.Style
}

// write adds text in a style and reports whether there is room for more.
func (p *pen) write(s paint.Style, text string) bool {
	for len(text) > 0 && !p.full {
		if p.held != "" {
			p.cut()
			break
		}
		n := glyph.PlainRun(text, len(text))
		switch last := p.left + p.room - 1; {
		case p.at < p.left && n > 0:
			n = min(n, p.left-p.at)
		case n > 0 && p.at < last:
			n = min(n, last-p.at)
			p.line.Add(s, text[:n])
		default:
			text = text[p.glyph(s, text):]
			continue
		}
		p.at, text = p.at+n, text[n:]
	}
	return !p.full
}

// glyph adds the glyph at the start of text and returns its size in bytes.
func (p *pen) glyph(s paint.Style, text string) int {
	g := glyph.First(text, p.at)
	from := p.at
	p.at += g.Cells
	if g.Odd {
		s = p.theme.Warn
	}
	switch last := p.left + p.room; {
	case p.at <= p.left:
	case from < p.left: // half of it is to be seen
		p.line.Add(s, paint.Blank(p.at-p.left))
	case p.at < last:
		p.line.Add(s, g.Show)
	case p.at == last:
		p.held, p.heldStyle = g.Show, s
	default:
		p.cut()
	}
	return g.Size
}

// cut ends the line where more would come.
func (p *pen) cut() {
	p.line.Add(p.theme.Faint, "…")
	p.full = true
}

// end ends the line.
func (p *pen) end() {
	if p.held != "" && !p.full {
		p.line.Add(p.heldStyle, p.held)
	}
}

package payload

import (
	"strconv"

	"vapitap/tui/paint"
)

// Cells beside the text.
const (
	barCells  = 1  // the cursor's bar
	signCells = 2  // the sign of what is folded, and a space
	numbered  = 30 // the least width that has line numbers
	guttered  = 8  // the least width that has anything beside the text
)

// gutter returns how many cells of a row of w cells are not of its text, and how
// many of those are the line number.
func (v *View) gutter(w int) (cells, number int) {
	if w < guttered || v.kind == Empty {
		return 0, 0
	}
	cells = barCells + signCells
	if v.body.tree == nil {
		cells--
	}
	if w >= numbered && v.kind != Binary {
		number = max(len(strconv.Itoa(v.body.count())), 2)
	}
	return cells + number, number
}

// Draw returns h lines of w cells: what is seen of the body around the cursor.
// The line of the cursor has a bar, which is bright where the view is focused.
func (v *View) Draw(t *paint.Theme, w, h int, focused bool) []string {
	w, h = max(w, 0), max(h, 0)
	lines := make([]string, 0, h)
	var line paint.Line
	if v.kind == Empty {
		line.Reset(w)
		line.Add(t.Muted, "no body")
		lines = append(lines, line.String())
	} else {
		v.fitInto(w)
		v.scroll(h)
		v.search.count(v.body.text)
		d := drawing{view: v, theme: t, line: &line, focused: focused}
		d.gutter, d.number = v.gutter(w)
		for _, row := range v.rows {
			line.Reset(w)
			d.row(row)
			lines = append(lines, line.String())
		}
	}
	for len(lines) < h {
		lines = append(lines, paint.Blank(w))
	}
	return lines[:h]
}

// fitInto sees to it that the rows are those of a width.
func (v *View) fitInto(w int) {
	gutter, _ := v.gutter(w)
	cells := max(w-gutter, 1)
	if cells == v.cells {
		return
	}
	if d, ok := v.body.shape.(*dump); ok {
		was := d.per
		d.per = perLine(cells)
		for _, at := range []*spot{&v.cursor, &v.top} {
			at.i = min(at.i*was/d.per, d.count()-1)
		}
	}
	v.cells = cells
	v.forget()
	v.cursor, v.top = v.rowOf(v.cursor.place, v.cursor.off), v.rowOf(v.top.place, v.top.off)
}

// scroll finds the h rows that are seen: those of the last time, moved as little
// as shows the cursor.
func (v *View) scroll(h int) {
	v.top = v.rowOf(v.top.place.seen(), v.top.off)
	if !v.lay(h) {
		before := h - 1
		switch {
		case v.leapt:
			before = h / 3
		case v.cursor.isAbove(v.top):
			before = 0
		}
		v.top = v.cursor
		for ok := true; ok && before > 0; before-- {
			v.top, ok = v.above(v.top)
		}
		v.lay(h)
	}
	v.leapt = false
	if missing := h - len(v.rows); missing > 0 {
		for ok := true; ok && missing > 0; missing-- {
			v.top, ok = v.above(v.top)
		}
		v.lay(h)
	}
}

// Beyond reports whether the body has more above and below what was drawn last.
func (v *View) Beyond() (above, below bool) {
	if len(v.rows) == 0 {
		return false, false
	}
	_, above = v.above(v.rows[0])
	_, below = v.below(v.rows[len(v.rows)-1])
	return above, below
}

// lay notes the rows from the top on, and reports whether the cursor is in one.
func (v *View) lay(h int) (found bool) {
	v.rows = v.rows[:0]
	at := v.top
	for ok := h > 0; ok && len(v.rows) < h; at, ok = v.below(at) {
		v.rows = append(v.rows, at)
		found = found || at == v.cursor
	}
	return found
}

// isAbove reports whether a row comes before another.
func (s spot) isAbove(other spot) bool {
	if s.place == other.place {
		return s.off < other.off
	}
	return s.precedes(other.place)
}

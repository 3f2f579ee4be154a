package payload

import (
	"strconv"

	"vapitap/tui/paint"
)

// drawing is one drawing of a view.
type drawing struct {
	view           *View
	theme          *paint.Theme
	line           *paint.Line
	focused        bool
	gutter, number int

	style paint.Style // of the run
	run   []byte      // what is drawn next
}

// row draws a row into the line.
func (d *drawing) row(at spot) {
	v, t, l := d.view, d.theme, d.line
	d.beside(at)
	l.To(d.gutter + v.indent(at.place, at.off))
	wraps := v.wraps(at.place)
	end := 0
	if wraps {
		end, _ = v.rowEnd(at)
	}
	s := v.streamOf(at.place)
	cut := false
	if !wraps {
		room := l.Left()
		end = s.fit(0, s.len(), room, false)
		if cut = end < s.len() && room > 0; cut {
			end = s.fit(0, s.len(), room-1, false)
			if room == 1 {
				end = 0
			}
		}
	}
	d.text(s, at.doc, at.off, end)
	if cut {
		l.Add(t.Muted, "…")
	}
}

// beside draws what stands beside the text: the bar of the cursor, the number of
// the line, a sign where there is more than is seen.
func (d *drawing) beside(at spot) {
	v, t, l := d.view, d.theme, d.line
	here := at == v.cursor
	if d.gutter == 0 {
		if here {
			l.Behind(t.CursorLine)
		}
		return
	}
	switch {
	case here && d.focused:
		l.Add(t.Accent, "▌").Behind(t.CursorLine)
	case here:
		l.Add(t.Muted, "▌").Behind(t.CursorLine)
	default:
		l.Add(t.Text, " ")
	}
	if d.number > 0 {
		number := ""
		if at.off == 0 && at.doc.outer == nil && !v.isTail(at.place) {
			number = strconv.Itoa(at.i + 1)
		}
		l.ColRight(t.Faint, number, d.number)
	}
	if tree := at.doc.tree; tree != nil && at.off == 0 && (tree.folded(at.i) || at.doc.inside[at.i] == nil && at.doc.mayHold(at.i)) {
		l.Add(t.Muted, "▸")
	}
	l.To(d.gutter)
}

// isTail reports whether a line only says that the body was cut off.
func (v *View) isTail(p place) bool {
	switch s := p.doc.shape.(type) {
	case *tree:
		return s.isCut(p.i)
	case *flat:
		return s.tail != "" && p.i == s.count()-1
	case *form:
		return p.i == len(s.fields)
	}
	return false
}

// text draws what a stream holds between two offsets.
func (d *drawing) text(s *stream, doc *document, from, to int) {
	col, room := 0, d.line.Left()
	for at := from; at < to && col < room; {
		rest, p := s.at(at)
		if p == nil {
			break
		}
		rest = rest[:min(len(rest), to-at)]
		at += len(rest)
		raw, size := p.raw, len(rest)
		switch {
		case p.byte:
			size = 1
		case raw >= 0:
			raw += at - len(rest) - d.startOf(s, p)
		}
		var marks []mark
		if raw >= 0 && d.view.search.text != "" {
			marks = d.view.search.found(doc.text, raw, raw+size)
		}
		for len(rest) > 0 && col < room {
			n, cells := d.step(rest, p, raw, room-col, col, doc, marks)
			rest, col = rest[n:], col+cells
			if raw >= 0 && !p.byte {
				raw += n
			}
		}
	}
	d.flush()
}

// startOf returns the offset in a stream that a piece of it starts at.
func (d *drawing) startOf(s *stream, p *piece) int {
	n := 0
	for i := range s.pieces {
		if &s.pieces[i] == p {
			break
		}
		n += len(s.pieces[i].text)
	}
	return n
}

// step draws what stands at the start of a piece and looks the same.
func (d *drawing) step(rest []byte, p *piece, raw, room, col int, doc *document, marks []mark) (n, cells int) {
	n, cells, isEscape, g := step(rest, p.look, room, col)
	style := p.look.style(d.theme)
	switch {
	case g.Odd:
		style = odd.style(d.theme)
	case isEscape:
		style = escape.style(d.theme)
	}
	for _, m := range marks {
		switch {
		case m.to <= raw:
			continue
		case m.from > raw:
			if g.Size == 0 && m.from < raw+n && !p.byte {
				n = m.from - raw
				cells = n
			}
		default:
			style = d.theme.Match
			if here := d.view.search.mark; here.doc == doc && here.from == m.from {
				style = d.theme.MatchHere
			}
			if g.Size == 0 && m.to < raw+n && !p.byte {
				n = m.to - raw
				cells = n
			}
		}
		break
	}
	if g.Size > 0 {
		d.put(style, g.Show)
	} else {
		d.put(style, string(rest[:n]))
	}
	return n, cells
}

// put draws text, together with what has the same style.
func (d *drawing) put(style paint.Style, text string) {
	if style != d.style {
		d.flush()
		d.style = style
	}
	d.run = append(d.run, text...)
}

func (d *drawing) flush() {
	if len(d.run) > 0 {
		d.line.Add(d.style, string(d.run))
		d.run = d.run[:0]
	}
}

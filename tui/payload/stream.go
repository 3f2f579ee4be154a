package payload

import "vapitap/tui/glyph"

// piece is a part of a line: bytes of the body, or what is put between them.
type piece struct {
	text []byte
	raw  int  // offset of the text in its document; -1 where it is not of it
	byte bool // all of the text stands for one byte
	look look
}

// stream is all that a line shows. An offset in it counts the bytes of its
// pieces.
type stream struct{ pieces []piece }

func (s *stream) add(p piece) {
	if len(p.text) > 0 {
		s.pieces = append(s.pieces, p)
	}
}

// put adds text that is not of the body.
func (s *stream) put(l look, text string) { s.add(piece{text: []byte(text), raw: -1, look: l}) }

// body adds the bytes of a document from one offset to another.
func (s *stream) body(l look, b []byte, from, to int) {
	if from < to {
		s.add(piece{text: b[from:to], raw: from, look: l})
	}
}

func (s *stream) len() int {
	n := 0
	for _, p := range s.pieces {
		n += len(p.text)
	}
	return n
}

// at returns what stands at an offset: the rest of its piece, and of which piece.
func (s *stream) at(offset int) (rest []byte, p *piece) {
	for i := range s.pieces {
		p := &s.pieces[i]
		if offset < len(p.text) {
			return p.text[offset:], p
		}
		offset -= len(p.text)
	}
	return nil, nil
}

// rawAt returns the offset in the document of what stands at an offset, or the
// next after it that is of the document; -1 where none is.
func (s *stream) rawAt(offset int) int {
	for _, p := range s.pieces {
		if p.raw >= 0 && offset < len(p.text) {
			return p.raw + max(offset, 0)
		}
		offset -= len(p.text)
	}
	return -1
}

// offsetOf returns where in the stream a byte of the document stands, or what
// comes next where the byte itself is not shown.
func (s *stream) offsetOf(raw int) int {
	n := 0
	for _, p := range s.pieces {
		if p.raw >= 0 && raw < p.raw+len(p.text) {
			return n + max(raw-p.raw, 0)
		}
		n += len(p.text)
	}
	return n
}

// step goes over as much as has the same style and stands side by side: plain
// characters, one glyph, or one escape. g is set where it is a glyph. room is how
// many cells there are at most, col how many stand before.
func step(rest []byte, l look, room, col int) (n, cells int, isEscape bool, g glyph.Glyph) {
	if l == str && rest[0] == '\\' {
		n = 2
		if len(rest) > 1 && rest[1] == 'u' {
			n = 6
		}
		n = min(n, len(rest))
		if plain := glyph.PlainRun(rest[:n], n); plain > 0 {
			return plain, plain, true, g
		}
	}
	if n = glyph.PlainRun(rest, max(room, 1)); n > 0 {
		if l == str {
			for i := 1; i < n; i++ {
				if rest[i] == '\\' {
					return i, i, false, g
				}
			}
		}
		return n, n, false, g
	}
	g = glyph.First(rest, col)
	return g.Size, g.Cells, false, g
}

// fit returns where a row of so many cells ends that starts at an offset and goes
// to another at most. Soft rows end between words where they can, and after the
// escape of a line break.
func (s *stream) fit(from, to, room int, soft bool) int {
	at, col, space, spaceCol := from, 0, 0, 0
	for at < to {
		rest, p := s.at(at)
		if p == nil {
			return at
		}
		rest = rest[:min(len(rest), to-at)]
		n, cells, isEscape, _ := step(rest, p.look, room-col, col)
		if col+cells > room {
			switch {
			case soft && spaceCol > room/3:
				return space
			case at == from:
				return at + n // wider than a row: better cut than not moving
			}
			return at
		}
		if soft && !isEscape {
			if i := lastSpace(rest[:n]); i >= 0 {
				space, spaceCol = at+i+1, col+i+1
			}
		}
		at, col = at+n, col+cells
		if soft && isEscape && n == 2 && rest[1] == 'n' && !(n < len(rest) && rest[n] == '"') {
			return at
		}
		if col == room {
			break
		}
	}
	switch {
	case !soft || at >= to:
	case s.spaceAt(at):
		return at + 1 // the space that divides is not drawn
	case spaceCol > room/3:
		return space
	}
	return at
}

// spaceAt reports whether a space stands at an offset.
func (s *stream) spaceAt(offset int) bool {
	rest, _ := s.at(offset)
	return len(rest) > 0 && rest[0] == ' '
}

func lastSpace(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] == ' ' {
			return i
		}
	}
	return -1
}

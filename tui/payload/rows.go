package payload

import "unicode/utf8"

// spot is a row of the screen: a line, and the offset in its stream that the row
// starts with. A line that is cut has one row, at 0.
type spot struct {
	place
	off int
}

// rowCache keeps where the rows of the lines start that were looked at last.
type rowCache map[chunkKey][]int

type chunkKey struct {
	place
	chunk int
}

const (
	// chunkSize is how many bytes of a line are wrapped at a time. A row ends where
	// a chunk does, so that any row can be found without wrapping all before it.
	chunkSize = 4096
	// cachedChunks is how many are kept.
	cachedChunks = 128
	// hang is how far the later rows of a line are indented, in cells.
	hang = 2
)

// wraps reports whether a line has as many rows as it needs.
func (v *View) wraps(p place) bool { return v.kind != Binary && (v.wrap || v.long[p]) }

// indent returns how many cells stand before a row.
func (v *View) indent(p place, off int) int {
	if p.doc.tree == nil {
		return 0
	}
	n := 2 * p.depth(v.cells/4)
	if off > 0 {
		n += hang
	}
	return n
}

// room returns how many cells a row has for its text.
func (v *View) room(p place, off int) int { return max(v.cells-v.indent(p, off), 1) }

// streamOf returns what a line shows, until the next call for another.
func (v *View) streamOf(p place) *stream {
	if v.shownOf != p {
		v.shown.pieces, v.shownOf = v.shown.pieces[:0], p
		p.doc.stream(&v.shown, p.i)
	}
	return &v.shown
}

// chunkStart returns where a chunk of a stream starts: between words, if one ends
// near, and never within an escape.
func chunkStart(s *stream, chunk int) int {
	from, end := chunk*chunkSize, s.len()
	if chunk == 0 || from >= end {
		return min(from, end)
	}
	const near, longestEscape = 64, 6
	var window [longestEscape + near]byte
	n := 0
	for n < len(window) && from-longestEscape+n < end {
		rest, _ := s.at(from - longestEscape + n)
		n += copy(window[n:], rest)
	}
	for i := longestEscape; i < n; i++ {
		if window[i-1] == ' ' && window[i] < utf8.RuneSelf {
			return from + i - longestEscape
		}
	}
	sinceEscape, start := 0, -1
	for i := 1; i < n; i++ {
		if sinceEscape++; window[i-1] == '\\' {
			sinceEscape = 1
		}
		switch {
		case i < longestEscape || !utf8.RuneStart(window[i]):
		case sinceEscape > longestEscape && window[i] < utf8.RuneSelf && window[i-1] < utf8.RuneSelf:
			return from + i - longestEscape
		case start < 0:
			start = from + i - longestEscape
		}
	}
	return max(start, from)
}

// chunkOf returns the chunk that an offset is in.
func chunkOf(s *stream, off int) int {
	chunk := off / chunkSize
	if chunk > 0 && chunkStart(s, chunk) > off {
		chunk--
	}
	return chunk
}

// starts returns where the rows of a chunk start, at least one.
func (v *View) starts(p place, chunk int) []int {
	key := chunkKey{p, chunk}
	if rows, ok := v.cache[key]; ok {
		return rows
	}
	if v.cache == nil || len(v.cache) >= cachedChunks {
		v.cache = rowCache{}
	}
	s := v.streamOf(p)
	at, end := chunkStart(s, chunk), chunkStart(s, chunk+1)
	first, later := v.room(p, 0), v.room(p, 1)
	rows := []int{at}
	for room := first; ; room = later {
		if at > 0 {
			room = later
		}
		if at = s.fit(at, end, room, true); at >= end {
			break
		}
		rows = append(rows, at)
	}
	v.cache[key] = rows
	return rows
}

// rowOf returns the row of a line that an offset in its stream is in.
func (v *View) rowOf(p place, off int) spot {
	if !v.wraps(p) {
		return spot{p, 0}
	}
	s := v.streamOf(p)
	rows := v.starts(p, chunkOf(s, min(off, max(s.len()-1, 0))))
	row := rows[0]
	for _, start := range rows {
		if start <= off {
			row = start
		}
	}
	return spot{p, row}
}

// rowEnd returns the offset after a row that wraps, and whether it is the last of
// its line.
func (v *View) rowEnd(at spot) (end int, last bool) {
	s := v.streamOf(at.place)
	chunk, length := chunkOf(s, at.off), s.len()
	after := chunkStart(s, chunk+1)
	for _, start := range v.starts(at.place, chunk) {
		if start > at.off {
			return start, false
		}
	}
	return after, after >= length
}

// below returns the next row.
func (v *View) below(at spot) (spot, bool) {
	if v.wraps(at.place) {
		if end, last := v.rowEnd(at); !last {
			return spot{at.place, end}, true
		}
	}
	p, ok := at.next()
	if !ok {
		return at, false
	}
	return spot{p, 0}, true
}

// above returns the row before.
func (v *View) above(at spot) (spot, bool) {
	if at.off > 0 {
		return v.rowOf(at.place, at.off-1), true
	}
	p, ok := at.previous()
	if !ok {
		return at, false
	}
	return v.lastRow(p), true
}

// lastRow returns the last row of a line.
func (v *View) lastRow(p place) spot {
	if !v.wraps(p) {
		return spot{p, 0}
	}
	return v.rowOf(p, max(v.streamOf(p).len()-1, 0))
}

// isCut reports whether a line has more than fits into a row.
func (v *View) isCut(p place) bool {
	s := v.streamOf(p)
	end := s.len()
	return s.fit(0, end, v.room(p, 0), false) < end
}

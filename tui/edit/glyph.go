package edit

import "vapitap/tui/glyph"

// byteAt returns the byte of a line at which the glyph begins that covers a cell,
// the line's end where none does.
func byteAt(line string, cell int) int {
	col, at := 0, 0
	for at < len(line) {
		g := glyph.First(line[at:], col)
		if col+g.Cells > cell {
			return at
		}
		col, at = col+g.Cells, at+g.Size
	}
	return at
}

// before returns where the glyph begins that ends at a byte of a line.
func before(line string, at int) int {
	col, i := 0, 0
	if at > 4*glyph.LongestCluster { // glyphs do not reach farther back than to one that is plain
		for i = at - 2*glyph.LongestCluster; i > 0 && !(isPlain(line[i]) && isPlain(line[i-1])); i-- {
		}
	}
	for i < at {
		g := glyph.First(line[i:], col)
		if i+g.Size >= at {
			return i
		}
		i += g.Size
	}
	return i
}

func isPlain(c byte) bool { return c >= ' ' && c < 0x7f }

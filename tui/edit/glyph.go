package edit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/plain"

	"github.com/charmbracelet/x/ansi"
)

// The bounds of what is taken for one character, in bytes, and how far apart
// tabs are, in cells.
const (
	longestCluster = 64
	tabWidth       = 4
)

// glyph is what is drawn of the character at the start of some text. It is what
// the cursor passes at once.
type glyph struct {
	show  string
	size  int  // bytes
	cells int  // at least one
	odd   bool // a sign for something that cannot be drawn
}

// firstGlyph returns the glyph at the start of text, which is not empty. col is
// how many cells stand before it in its line.
func firstGlyph(text string, col int) glyph {
	c := text[0]
	switch {
	case c == '\t':
		n := tabWidth - col%tabWidth
		return glyph{show: "    "[:n], size: 1, cells: n}
	case c < ' ':
		return glyph{show: string(rune(0x2400 + int(c))), size: 1, cells: 1, odd: true}
	case c == 0x7f:
		return glyph{show: "\u2421", size: 1, cells: 1, odd: true}
	case c < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf):
		return glyph{show: text[:1], size: 1, cells: 1}
	}
	r, size := utf8.DecodeRuneInString(text)
	cluster, _ := ansi.FirstGraphemeCluster(text[:min(len(text), longestCluster)], ansi.GraphemeWidth)
	if r == utf8.RuneError || len(cluster) < size || hidden(r) {
		return sign(r, size)
	}
	return drawn(cluster, size)
}

// drawn returns the glyph of a cluster whose first rune, of so many bytes, can
// be drawn: up to what in it cannot. Emoji that are joined to one are drawn side
// by side, as a terminal may not know the joint one.
func drawn(cluster string, first int) glyph {
	end := first
	for end < len(cluster) {
		r, size := utf8.DecodeRuneInString(cluster[end:])
		if r == utf8.RuneError || hidden(r) && (r != joiner || end+size == len(cluster)) {
			break
		}
		end += size
	}
	show := strings.ReplaceAll(cluster[:end], string(joiner), "")
	if cells := ansi.StringWidth(show); cells > 0 {
		return glyph{show: show, size: end, cells: cells}
	}
	r, _ := utf8.DecodeRuneInString(cluster)
	return sign(r, first)
}

// joiner makes one emoji of several, and is not seen itself.
const joiner = '\u200d'

// hidden reports whether r would not be seen or would be obeyed.
func hidden(r rune) bool { return plain.Control(r) || unicode.Is(unicode.Cf, r) }

func sign(r rune, size int) glyph {
	show := fmt.Sprintf("<U+%04X>", r)
	return glyph{show: show, size: size, cells: len(show), odd: true}
}

// width returns how many cells a piece of a line takes that begins at a cell.
func width(text string, col int) int {
	start := col
	for len(text) > 0 {
		if n := plainRun(text); n > 0 {
			col, text = col+n, text[n:]
			continue
		}
		g := firstGlyph(text, col)
		col, text = col+g.cells, text[g.size:]
	}
	return col - start
}

// plainRun returns how many bytes at the start of text are one cell each.
func plainRun(text string) int {
	n := 0
	for n < len(text) && text[n] >= ' ' && text[n] < 0x7f {
		n++
	}
	if n > 0 && n < len(text) && text[n] >= utf8.RuneSelf {
		n-- // what follows may be an accent on it
	}
	return n
}

// byteAt returns the byte of a line at which the glyph begins that covers a cell,
// the line's end where none does.
func byteAt(line string, cell int) int {
	col, at := 0, 0
	for at < len(line) {
		g := firstGlyph(line[at:], col)
		if col+g.cells > cell {
			return at
		}
		col, at = col+g.cells, at+g.size
	}
	return at
}

// before returns where the glyph begins that ends at a byte of a line.
func before(line string, at int) int {
	col, i := 0, 0
	if at > 4*longestCluster { // glyphs do not reach farther back than to one that is plain
		for i = at - 2*longestCluster; i > 0 && !(isPlain(line[i]) && isPlain(line[i-1])); i-- {
		}
	}
	for i < at {
		g := firstGlyph(line[i:], col)
		if i+g.size >= at {
			return i
		}
		i += g.size
	}
	return i
}

func isPlain(c byte) bool { return c >= ' ' && c < 0x7f }

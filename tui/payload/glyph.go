package payload

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/plain"

	"github.com/charmbracelet/x/ansi"
)

// Bounds of what is taken for one character, in bytes. A letter may carry any
// number of accents; that many have a meaning.
const (
	longestCluster = 64
	tabWidth       = 4 // cells
)

// plainRun returns how many bytes at the start of b are one cell each, as they
// are, up to a number.
func plainRun(b []byte, most int) int {
	n := 0
	for n < len(b) && n < most && b[n] >= ' ' && b[n] < 0x7f {
		n++
	}
	if n > 0 && n < len(b) && b[n] >= utf8.RuneSelf {
		n-- // what follows may be an accent on it
	}
	return n
}

// glyph is what is drawn of the bytes at the start of some text.
type glyph struct {
	show  string
	size  int  // bytes
	cells int  // at least one
	odd   bool // it is a sign for something that cannot be drawn
}

// firstGlyph returns the glyph at the start of b, which is not empty. col is how
// many cells stand before it in its row, for tabs.
func firstGlyph(b []byte, col int) glyph {
	c := b[0]
	switch {
	case c == '\t':
		n := tabWidth - col%tabWidth
		return glyph{show: "    "[:n], size: 1, cells: n}
	case c < ' ':
		return glyph{show: string(rune(0x2400 + int(c))), size: 1, cells: 1, odd: true}
	case c == 0x7f:
		return glyph{show: "\u2421", size: 1, cells: 1, odd: true}
	}
	r, size := utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		return sign(fmt.Sprintf("<%02X>", c), 1)
	}
	cluster, cells := ansi.FirstGraphemeCluster(b[:min(len(b), longestCluster)], ansi.GraphemeWidth)
	if hidden(r) || cells == 0 || len(cluster) < size {
		return sign(fmt.Sprintf("<U+%04X>", r), size)
	}
	return clusterGlyph(cluster, size)
}

func sign(show string, size int) glyph {
	return glyph{show: show, size: size, cells: len(show), odd: true}
}

// clusterGlyph returns the glyph of a cluster whose first rune can be drawn.
func clusterGlyph(cluster []byte, first int) glyph {
	end, joins := first, false
	for end < len(cluster) {
		r, size := utf8.DecodeRune(cluster[end:])
		if r == joiner && end+size < len(cluster) {
			joins = true // several emoji that make one; a terminal may know them, or not
		} else if hidden(r) || r == utf8.RuneError {
			break
		}
		end += size
	}
	show := cluster[:end]
	if joins {
		show = bytes.ReplaceAll(show, []byte(string(joiner)), nil)
	}
	cells := ansi.StringWidth(string(show))
	if cells == 0 {
		r, _ := utf8.DecodeRune(cluster)
		return sign(fmt.Sprintf("<U+%04X>", r), first)
	}
	return glyph{show: string(show), size: end, cells: cells}
}

// joiner makes one emoji of several, and else is not seen.
const joiner = '\u200d'

// hidden reports whether r would not be seen or would be obeyed.
func hidden(r rune) bool { return plain.Control(r) || unicode.Is(unicode.Cf, r) }

// visible returns text with a sign for each character that cannot be drawn.
func visible(b []byte) string {
	var out []byte
	for len(b) > 0 {
		n := plainRun(b, len(b))
		out = append(out, b[:n]...)
		if b = b[n:]; len(b) > 0 {
			g := firstGlyph(b, 0)
			out = append(out, g.show...)
			b = b[g.size:]
		}
	}
	return string(out)
}

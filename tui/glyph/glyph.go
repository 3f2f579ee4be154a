// Package glyph takes text apart into what is drawn of it, one character at a
// time: what is seen of a character, how many bytes it is and how many cells it
// takes. What cannot be drawn, or would be obeyed by a terminal, gets a sign.
//
// It knows nothing of lines, colours or JSON.
package glyph

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/plain"

	"github.com/charmbracelet/x/ansi"
)

// Text is what can be taken apart.
type Text interface{ string | []byte }

const (
	// LongestCluster is what is taken for one character at most, in bytes. A letter
	// may carry any number of accents; that many have a meaning.
	LongestCluster = 64
	tabWidth       = 4 // cells
)

// Glyph is what is drawn of the character at the start of some text.
type Glyph struct {
	Show  string
	Size  int  // bytes
	Cells int  // at least one
	Odd   bool // Show is a sign for something that cannot be drawn
}

// First returns the glyph at the start of text, which is not empty. col is how
// many cells stand before it in its line, for tabs.
func First[T Text](text T, col int) Glyph {
	c := text[0]
	switch {
	case c == '\t':
		n := tabWidth - col%tabWidth
		return Glyph{Show: "    "[:n], Size: 1, Cells: n}
	case c < ' ':
		return sign(string(rune(0x2400+int(c))), 1)
	case c == 0x7f:
		return sign("\u2421", 1)
	case c < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf):
		return Glyph{Show: string(text[:1]), Size: 1, Cells: 1}
	}
	begin := string(text[:min(len(text), LongestCluster)])
	r, size := utf8.DecodeRuneInString(begin)
	if r == utf8.RuneError && size == 1 {
		return sign(fmt.Sprintf("<%02X>", c), 1)
	}
	cluster, cells := ansi.FirstGraphemeCluster(begin, ansi.GraphemeWidth)
	if cells == 0 || len(cluster) < size || Hidden(r) {
		return codePoint(r, size)
	}
	return drawn(cluster, size)
}

// drawn returns the glyph of a cluster whose first rune, of so many bytes, can
// be drawn: up to what in it cannot. Emoji that are joined to one are drawn side
// by side, as a terminal may not know the joint one.
func drawn(cluster string, first int) Glyph {
	end := first
	for end < len(cluster) {
		r, size := utf8.DecodeRuneInString(cluster[end:])
		if r == utf8.RuneError || Hidden(r) && (r != joiner || end+size == len(cluster)) {
			break
		}
		end += size
	}
	show := strings.ReplaceAll(cluster[:end], string(joiner), "")
	if cells := ansi.StringWidth(show); cells > 0 {
		return Glyph{Show: show, Size: end, Cells: cells}
	}
	r, _ := utf8.DecodeRuneInString(cluster)
	return codePoint(r, first)
}

// joiner makes one emoji of several, and is not seen itself.
const joiner = '\u200d'

// Hidden reports whether r would not be seen or would be obeyed.
func Hidden(r rune) bool { return plain.Control(r) || unicode.Is(unicode.Cf, r) }

func codePoint(r rune, size int) Glyph { return sign(fmt.Sprintf("<U+%04X>", r), size) }

func sign(show string, size int) Glyph {
	return Glyph{Show: show, Size: size, Cells: utf8.RuneCountInString(show), Odd: true}
}

// PlainRun returns how many bytes at the start of text are one cell each, as they
// are, up to a number. What is left may begin with a plain one too.
func PlainRun[T Text](text T, most int) int {
	n := 0
	for n < len(text) && n < most && text[n] >= ' ' && text[n] < 0x7f {
		n++
	}
	if n > 0 && n < len(text) && text[n] >= utf8.RuneSelf {
		n-- // what follows may be an accent on it
	}
	return n
}

// Width returns how many cells a piece of a line takes that begins at a cell.
func Width[T Text](text T, col int) int {
	start := col
	for len(text) > 0 {
		if n := PlainRun(text, len(text)); n > 0 {
			col, text = col+n, text[n:]
			continue
		}
		g := First(text, col)
		col, text = col+g.Cells, text[g.Size:]
	}
	return col - start
}

// Visible returns text with a sign for each character that cannot be drawn.
func Visible[T Text](text T) string {
	var out []byte
	for len(text) > 0 {
		n := PlainRun(text, len(text))
		out = append(out, text[:n]...)
		if text = text[n:]; len(text) > 0 {
			g := First(text, 0)
			out = append(out, g.Show...)
			text = text[g.Size:]
		}
	}
	return string(out)
}

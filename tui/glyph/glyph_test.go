package glyph

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestFirst(t *testing.T) {
	for _, c := range []struct {
		name, text string
		col        int
		want       Glyph
	}{
		{"plain", "ab", 0, Glyph{Show: "a", Size: 1, Cells: 1}},
		{"a tab goes to its stop", "\tb", 3, Glyph{Show: " ", Size: 1, Cells: 1}},
		{"a whole tab", "\t", 4, Glyph{Show: "    ", Size: 1, Cells: 4}},
		{"escape", "\x1b[2J", 0, Glyph{Show: "␛", Size: 1, Cells: 1, Odd: true}},
		{"delete", "\x7f", 0, Glyph{Show: "␡", Size: 1, Cells: 1, Odd: true}},
		{"C1", "\u009b31m", 0, Glyph{Show: "<U+009B>", Size: 2, Cells: 8, Odd: true}},
		{"no UTF-8", "\xffa", 0, Glyph{Show: "<FF>", Size: 1, Cells: 4, Odd: true}},
		{"cut UTF-8", "\xe2\x82", 0, Glyph{Show: "<E2>", Size: 1, Cells: 4, Odd: true}},
		{"a replacement character that is one", "\ufffd", 0, Glyph{Show: "\ufffd", Size: 3, Cells: 1}},
		{"right to left override", "\u202eabc", 0, Glyph{Show: "<U+202E>", Size: 3, Cells: 8, Odd: true}},
		{"wide", "京都", 0, Glyph{Show: "京", Size: 3, Cells: 2}},
		{"an accent on a plain letter", "e\u0301x", 0, Glyph{Show: "e\u0301", Size: 3, Cells: 1}},
		{"joined emoji stand side by side", "👩\u200d🔬", 0, Glyph{Show: "👩🔬", Size: 11, Cells: 4}},
		{"a joiner that joins nothing", "👩\u200d", 0, Glyph{Show: "👩", Size: 4, Cells: 2}},
	} {
		if got := First(c.text, c.col); got != c.want {
			t.Errorf("%s: %q gives %+v, want %+v", c.name, c.text, got, c.want)
		}
		if got := First([]byte(c.text), c.col); got != c.want {
			t.Errorf("%s: the bytes of %q give %+v, want %+v", c.name, c.text, got, c.want)
		}
	}
}

func TestVisible(t *testing.T) {
	if got := Visible([]byte("a\x00b\u0301\r\n")); got != "a␀b\u0301␍␊" {
		t.Errorf("got %q", got)
	}
}

// FuzzFirst goes over any text: what is drawn holds nothing that a terminal would
// obey, takes as many cells as it says, and all of the text is gone over.
func FuzzFirst(f *testing.F) {
	for _, text := range []string{"", "a\tb", "\x1b]52;c;\x07", "e\u0301\u0302", "👩\u200d👩\u200d👧", "\xff\xfe", strings.Repeat("\u0301", 100)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		col, rest := 0, text
		for len(rest) > 0 {
			g := First(rest, col)
			if g.Size < 1 || g.Size > len(rest) || g.Cells < 1 {
				t.Fatalf("%q at cell %d: %+v", rest, col, g)
			}
			if cells := ansi.StringWidth(g.Show); cells != g.Cells || !utf8.ValidString(g.Show) {
				t.Fatalf("%q is drawn as %q, %d cells wide and not %d", rest, g.Show, cells, g.Cells)
			}
			for _, r := range g.Show {
				if Hidden(r) {
					t.Fatalf("%q is drawn as %q", rest, g.Show)
				}
			}
			col, rest = col+g.Cells, rest[g.Size:]
		}
		if got := Width(text, 0); got != col {
			t.Fatalf("%q is %d cells wide, drawn %d", text, got, col)
		}
	})
}

package jsondiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// Line is one line of a difference, without the mark of its kind. Nothing in
// Text moves a cursor or changes a colour: it can be shown on a terminal.
type Line struct {
	Kind Kind
	Text string
}

// String returns the line with its mark in front: ~ changed, + added,
// - removed, and a space for the others.
func (l Line) String() string { return l.Kind.Mark() + " " + l.Text }

// Mark returns the one character that stands before lines of this kind.
func (k Kind) Mark() string {
	switch k {
	case Added:
		return "+"
	case Removed:
		return "-"
	case Changed:
		return "~"
	default:
		return " "
	}
}

func omitted(n int) Line { return Line{Omitted, fmt.Sprintf("… %d lines the same", n)} }

// Lines returns one line for each change:
//
//	results[0].result: "12 degrees" → "8 degrees"
//	results[1]: {"toolCallId":"b"}
//
// Values are compact. One of more than width characters is cut to as many, with
// … where something is left out; of a changed value what differs is kept.
// Characters that do not print are then written as escapes. A width of 0 or less
// cuts nothing, one below 8 counts as 8.
func Lines(changes []Change, width int) []Line {
	if width > 0 {
		width = max(width, 8)
	}
	lines := make([]Line, len(changes))
	for i, c := range changes {
		lines[i] = Line{c.Kind, place(c.Path) + ": " + values(c, width)}
	}
	return lines
}

// maxKey is the most bytes of a key that a line shows. Keys that somebody has to
// read are shorter.
const maxKey = 200

// place returns p with its keys cut where they are too long to be shown.
func place(p jsonpath.Path) string {
	if slices.ContainsFunc(p, func(s jsonpath.Step) bool { return len(s.Key) > maxKey }) {
		p = slices.Clone(p)
		for i, s := range p {
			if len(s.Key) > maxKey {
				p[i].Key = strings.ToValidUTF8(s.Key[:maxKey], "") + "…"
			}
		}
	}
	return p.String()
}

// values returns what the line of c says after the path.
func values(c Change, width int) string {
	switch c.Kind {
	case Added:
		return excerpt(compact(c.New), 0, width)
	case Removed:
		return excerpt(compact(c.Old), 0, width)
	}
	before, after := compact(c.Old), compact(c.New)
	from := commonPrefix(before, after)
	return excerpt(before, from, width) + " → " + excerpt(after, from, width)
}

// compact returns JSON text without the white space between its values.
func compact(text []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return string(text)
	}
	return b.String()
}

// commonPrefix returns how many bytes a and b start with in common, without
// half of a character.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return n
}

// excerpt returns width characters of text around the byte at.
func excerpt(text string, at, width int) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return printable(text)
	}
	// Where the end is near, more of what stands before has room.
	start := min(back(text, at, width/2), back(text, len(text), width-1))
	head, tail := "", ""
	if start > 0 {
		head = "…"
		width--
	}
	end := forward(text, start, width)
	if end < len(text) {
		tail = "…"
		end = forward(text, start, width-1)
	}
	return head + printable(text[start:end]) + tail
}

// back returns the index in text of the character n characters before the byte
// at; 0 where there are fewer.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

// forward is to what follows what back is to what stands before.
func forward(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// printable returns text with the characters that do not print, tabs excepted,
// written as the escapes of JSON, and bytes that are not UTF-8 like \xff.
func printable(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, unprintable) < 0 {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unprintable(r):
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }

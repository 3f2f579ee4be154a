package edit

import (
	"strings"
	"unicode/utf8"
)

// Options say what a text is.
type Options struct {
	Single bool // it is one line; line breaks that are pasted become spaces
	Indent bool // a new line begins below the first letter of the one before it
	Limit  int  // bytes that it may hold; 0 is as many as there are
}

// Text is a text that is edited. New makes one.
type Text struct {
	options Options
	lines   []string // without their line breaks; at least one
	size    int      // bytes, line breaks included
	at      place    // the cursor
	goal    int      // the cell that the cursor wants to be in when it moves up or down; -1 is where it is
	version int

	done, undone steps

	top  int // the first line that is drawn
	left int // the first cell of the cursor's line that is drawn
	seen view
}

// place is between two characters: a line, and a byte in it.
type place struct{ line, byte int }

// New returns a text to be edited, the cursor at its beginning, or at the end of
// a single line.
func New(text string, o Options) *Text {
	t := &Text{options: o, goal: -1}
	t.set(text)
	if o.Single {
		t.at = t.end()
	}
	return t
}

func (t *Text) set(text string) {
	t.lines, t.size = strings.Split(text, "\n"), len(text)
}

// String returns the text.
func (t *Text) String() string { return strings.Join(t.lines, "\n") }

// Len returns how long it is, in bytes.
func (t *Text) Len() int { return t.size }

// Lines returns how many lines it has, at least 1.
func (t *Text) Lines() int { return len(t.lines) }

// Version is another number after each change of the text.
func (t *Text) Version() int { return t.version }

// Replace puts another text in the place of the whole, which can be undone, and
// the cursor where it was, or near. A text over the limit is taken too.
func (t *Text) Replace(text string) {
	if text == t.String() {
		return
	}
	was := t.at
	t.change(place{}, t.end(), text, alone)
	t.at = t.nearest(was)
}

// At returns the line and the character that the cursor stands before, counted
// from 1.
func (t *Text) At() (line, column int) { return t.numbers(t.at) }

// Position returns the line and the character of the byte at an offset into the
// text, counted from 1.
func (t *Text) Position(offset int) (line, column int) { return t.numbers(t.placeOf(offset)) }

func (t *Text) numbers(p place) (line, column int) {
	return p.line + 1, utf8.RuneCountInString(t.lines[p.line][:p.byte]) + 1
}

// GoTo puts the cursor before the byte at an offset into the text.
func (t *Text) GoTo(offset int) { t.moveTo(t.placeOf(offset)) }

// placeOf returns where an offset into the text is, the end where it is beyond.
func (t *Text) placeOf(offset int) place {
	for i, line := range t.lines {
		if offset <= len(line) {
			return t.nearest(place{i, max(offset, 0)})
		}
		offset -= len(line) + 1
	}
	return t.end()
}

// end is after the last character.
func (t *Text) end() place {
	last := len(t.lines) - 1
	return place{last, len(t.lines[last])}
}

// nearest returns the place at p or before it where a cursor may stand.
func (t *Text) nearest(p place) place {
	if p.line >= len(t.lines) {
		return t.end()
	}
	line := t.lines[p.line]
	p.byte = min(p.byte, len(line))
	for p.byte > 0 && p.byte < len(line) && !utf8.RuneStart(line[p.byte]) {
		p.byte--
	}
	return p
}

// between returns the text from one place to another.
func (t *Text) between(from, to place) string {
	if from.line == to.line {
		return t.lines[from.line][from.byte:to.byte]
	}
	var b strings.Builder
	b.WriteString(t.lines[from.line][from.byte:])
	for i := from.line + 1; i < to.line; i++ {
		b.WriteByte('\n')
		b.WriteString(t.lines[i])
	}
	b.WriteByte('\n')
	b.WriteString(t.lines[to.line][:to.byte])
	return b.String()
}

// splice puts text in the place of what is between two places, and returns where
// it ends.
func (t *Text) splice(from, to place, text string) (end place) {
	t.size += len(text) - len(t.between(from, to))
	t.version++
	added := strings.Split(text, "\n")
	last := len(added) - 1
	end = place{from.line + last, len(added[last])}
	if last == 0 {
		end.byte += from.byte
	}
	head, tail := t.lines[from.line][:from.byte], t.lines[to.line][to.byte:]
	added[0] = head + added[0]
	added[last] += tail
	if gone := to.line - from.line; gone == last {
		copy(t.lines[from.line:], added)
		return end
	}
	lines := make([]string, 0, len(t.lines)+last-(to.line-from.line))
	lines = append(lines, t.lines[:from.line]...)
	lines = append(lines, added...)
	t.lines = append(lines, t.lines[to.line+1:]...)
	return end
}

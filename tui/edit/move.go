package edit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vapitap/tui/glyph"
)

// moveTo puts the cursor somewhere.
func (t *Text) moveTo(p place) { t.at, t.goal = p, -1 }

func (t *Text) line() string { return t.lines[t.at.line] }

// previous returns the place one character before the cursor.
func (t *Text) previous() place {
	switch {
	case t.at.byte > 0:
		return place{t.at.line, before(t.line(), t.at.byte)}
	case t.at.line > 0:
		return place{t.at.line - 1, len(t.lines[t.at.line-1])}
	}
	return t.at
}

// next returns the place one character behind the cursor.
func (t *Text) next() place {
	switch rest := t.line()[t.at.byte:]; {
	case rest != "":
		return place{t.at.line, t.at.byte + glyph.First(rest, 0).Size}
	case t.at.line < len(t.lines)-1:
		return place{t.at.line + 1, 0}
	}
	return t.at
}

// previousWord returns where the word before the cursor begins.
func (t *Text) previousWord() place {
	line, i := t.line(), t.at.byte
	if i == 0 {
		return t.previous()
	}
	i -= len(line[:i]) - len(strings.TrimRightFunc(line[:i], func(r rune) bool { return !inWord(r) }))
	i -= len(line[:i]) - len(strings.TrimRightFunc(line[:i], inWord))
	return place{t.at.line, i}
}

// nextWord returns where the word behind the cursor ends.
func (t *Text) nextWord() place {
	rest := t.line()[t.at.byte:]
	if rest == "" {
		return t.next()
	}
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return !inWord(r) })
	rest = strings.TrimLeftFunc(rest, inWord)
	return place{t.at.line, len(t.line()) - len(rest)}
}

func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// vertical moves the cursor by lines and keeps it in the cell it was in.
func (t *Text) vertical(by int) {
	if t.goal < 0 {
		t.goal = glyph.Width(t.line()[:t.at.byte], 0)
	}
	to := min(max(t.at.line+by, 0), len(t.lines)-1)
	if to == t.at.line {
		return
	}
	t.at = place{to, byteAt(t.lines[to], t.goal)}
}

// lineStart is before the first letter of the line, and where the cursor is
// there already before its indentation.
func (t *Text) lineStart() place {
	first := len(indentation(t.line()))
	if t.at.byte == first {
		first = 0
	}
	return place{t.at.line, first}
}

func (t *Text) lineEnd() place { return place{t.at.line, len(t.line())} }

func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// Insert puts text in at the cursor, as one change. It reports false, and
// inserts nothing, where the text would hold more than it may.
func (t *Text) Insert(text string) bool { return t.insert(text, alone) }

func (t *Text) insert(text string, kind stepKind) bool {
	if t.options.Limit > 0 && t.size+len(text) > t.options.Limit {
		return false
	}
	t.change(t.at, t.at, text, kind)
	return true
}

// Paste puts in what was pasted: with line breaks as they are here, and without
// what is no text. It reports false, and inserts nothing, where the text would
// hold more than it may.
func (t *Text) Paste(text string) bool {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && t.options.Single:
			return ' '
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError || unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	if t.options.Single {
		text = strings.TrimRight(text, " ")
	}
	return t.Insert(text)
}

// breakLine begins a new line, indented as the one before it, and deeper behind
// an opening bracket.
func (t *Text) breakLine() {
	if !t.options.Indent {
		t.insert("\n", alone)
		return
	}
	head, tail := t.line()[:t.at.byte], t.line()[t.at.byte:]
	indent := indentation(head)
	opens := strings.HasSuffix(head, "{") || strings.HasSuffix(head, "[")
	if !opens {
		t.insert("\n"+indent, alone)
		return
	}
	inner := "\n" + indent + indentUnit
	if !strings.HasPrefix(tail, "}") && !strings.HasPrefix(tail, "]") {
		t.insert(inner, alone)
		return
	}
	if t.insert(inner+"\n"+indent, alone) {
		t.moveTo(place{t.at.line - 1, len(inner) - 1})
	}
}

// indentUnit is how much deeper the inside of brackets stands.
const indentUnit = "  "

// rubOut takes out the character before the cursor; in an indentation as much as
// one level.
func (t *Text) rubOut() {
	from := t.previous()
	head := t.line()[:t.at.byte]
	if t.options.Indent && strings.HasSuffix(head, indentUnit) && strings.TrimLeft(head, " ") == "" && len(head)%len(indentUnit) == 0 {
		from = place{t.at.line, len(head) - len(indentUnit)}
	}
	t.cut(from, t.at, rubbing)
}

func (t *Text) cut(from, to place, kind stepKind) { t.change(from, to, "", kind) }

package export

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bodies and words as people read them, without what cannot be seen.

// readable returns a body as it is best read, JSON laid out and what is no text as
// a dump of its first bytes, and the language that it is in.
func readable(body []byte) (text []byte, language string) {
	const dumped = 1 << 10
	switch {
	case !isText(body):
		return []byte(hex.Dump(body[:min(len(body), dumped)])), "text"
	case json.Valid(body):
		if b := layOut(body); b != nil {
			return b, "json"
		}
		return body, "json"
	}
	return body, "text"
}

// isText reports whether a body is UTF-8 that people read, as far as it goes: one
// that was cut short may end in half a character.
func isText(body []byte) bool {
	whole := wholeRunes(body)
	return utf8.Valid(whole) && len(body)-len(whole) < utf8.UTFMax && bytes.IndexByte(body, 0) < 0
}

// wholeRunes returns b without the beginning of a character that it may end in.
func wholeRunes(b []byte) []byte {
	for i := len(b) - 1; i >= 0 && i > len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

// deepest is how deep JSON may be to be laid out: each level takes room on every
// line below it.
const deepest = 100

// layOut lays JSON out over lines; nil where it is too deep for that.
func layOut(text []byte) []byte {
	var b bytes.Buffer
	if depth(text) > deepest || json.Indent(&b, bytes.TrimSpace(text), "", "  ") != nil {
		return nil
	}
	return b.Bytes()
}

// depth returns how many objects and arrays of JSON stand in one another.
func depth(text []byte) int {
	deep, most, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			deep++
			most = max(most, deep)
		case c == '}' || c == ']':
			deep--
		}
	}
	return most
}

// visible returns text with a mark in place of what cannot be seen, as control
// characters and those that turn the direction of writing. Where there may be
// several lines, line breaks and tabs stay; else they are spaces.
func visible(text string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return r
		case lines && r == '\r':
			return -1
		case r == '\n', r == '\t', r == '\r', r == 0x2028, r == 0x2029:
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != joiner:
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// joiner makes one emoji of several.
const joiner = 0x200d

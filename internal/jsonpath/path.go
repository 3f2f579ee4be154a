package jsonpath

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Path leads from the whole of a document to one value in it. The empty path
// is the whole.
type Path []Step

// Step is one step of a Path: the member called Key of an object, or where
// IsIndex the element Index of an array, a negative one counted from the end.
type Step struct {
	Key     string
	Index   int
	IsIndex bool
}

// Key returns the step to the member called name.
func Key(name string) Step { return Step{Key: name} }

// Index returns the step to the element i of an array; -1 is the last one.
func Index(i int) Step { return Step{Index: i, IsIndex: true} }

// String returns the shortest text that Parse and ParseAssignment turn back into
// p, with characters that do not print written as escapes. The whole document is $.
// Keys that are not UTF-8, which JSON does not have, lose the bytes that are not.
func (p Path) String() string {
	if len(p) == 0 {
		return "$"
	}
	var b strings.Builder
	for n, s := range p {
		switch {
		case s.IsIndex:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.Index))
			b.WriteByte(']')
		case !bare(s.Key) || n == 0 && (s.Key == "$" || s.Key[0] == '/'):
			b.WriteByte('[')
			b.WriteString(visible(s.Key))
			b.WriteByte(']')
		default:
			if n > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Key)
		}
	}
	return b.String()
}

// Pointer returns p as a JSON pointer (RFC 6901). A pointer cannot count from
// the end: a negative index appears as it is.
func (p Path) Pointer() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte('/')
		if s.IsIndex {
			b.WriteString(strconv.Itoa(s.Index))
		} else {
			pointerEscapes.WriteString(&b, s.Key)
		}
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// ofPointer returns the path that a JSON pointer is, of which a number is taken
// for an index.
func ofPointer(pointer string) Path {
	var p Path
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n, err := strconv.Atoi(token); err == nil && n >= 0 {
			p = append(p, Index(n))
		} else {
			p = append(p, Key(pointerUnescapes.Replace(token)))
		}
	}
	return p
}

var pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")

// bare reports whether key can stand in a path without brackets and quotes.
func bare(key string) bool {
	for _, r := range key {
		if !bareRune(r) {
			return false
		}
	}
	return key != ""
}

// bareRune reports whether r can stand in a key without quotes. An equals sign
// and a colon cannot, because they end the path in an assignment; an asterisk
// cannot, because people mean a wildcard by it, which there is none of.
func bareRune(r rune) bool {
	switch r {
	case ' ', '.', '[', ']', '"', '\'', '\\', '=', ':', '*':
		return false
	}
	return unicode.IsPrint(r)
}

// visible returns key as a JSON string literal in which everything prints: a
// key comes from a payload, and a path is shown on terminals.
func visible(key string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range key {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < ' ' && shortEscape[r] != 0:
			b.WriteByte('\\')
			b.WriteByte(shortEscape[r])
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				b.WriteString(`\u`)
				b.WriteString(strconv.FormatUint(0x10000|uint64(unit), 16)[1:])
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

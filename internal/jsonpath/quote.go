package jsonpath

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote returns the string that the JSON string literal b stands for, and
// false where b is not one. Like encoding/json it replaces invalid UTF-8 and
// lone surrogates by U+FFFD.
func Unquote(b []byte) (string, bool) {
	text, ok := UnquoteBytes(b)
	return string(text), ok
}

// UnquoteBytes is Unquote with a result that may alias b.
func UnquoteBytes(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return nil, false
	}
	if text := Plain(b); text != nil {
		return text, true
	}
	b = b[1 : len(b)-1]
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		r, size, ok := literalRune(b, i)
		if !ok {
			return nil, false
		}
		out = utf8.AppendRune(out, r)
		i += size
	}
	return out, true
}

// Quote returns s as a JSON string literal with no more escapes than
// JavaScript's JSON.stringify writes: quotes, backslashes and control
// characters. Bytes that are not UTF-8 stay as they are.
func Quote(s string) []byte {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	out = appendEscaped(out, []byte(s))
	return append(out, '"')
}

// AppendQuote appends s to dst as Quote would write it, but with U+FFFD for each
// byte that is not UTF-8, so that the result is JSON whatever s holds.
func AppendQuote(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			dst = appendEscaped(append(dst, s[start:i]...), []byte{c})
			start = i + 1
		}
	}
	return append(append(dst, s[start:]...), '"')
}

// appendEscaped appends to dst what stands for s between the quotes of a JSON
// string literal.
func appendEscaped(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case shortEscape[c] != 0:
			dst = append(dst, '\\', shortEscape[c])
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// shortEscape holds the letters of the control characters that have one.
var shortEscape = [' ']byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// Plain returns what stands between the quotes of the JSON string literal b where
// that is the very string, which has no escapes and is UTF-8, and nil where it is
// not, or b is no literal. The result aliases b.
func Plain(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return nil
	}
	b = b[1 : len(b)-1 : len(b)-1]
	ascii := true
	for _, c := range b {
		if special[c] {
			return nil
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if !ascii && !utf8.Valid(b) {
		return nil
	}
	return b
}

// special marks the bytes that do not stand for themselves in a string literal.
var special = func() (marks [256]bool) {
	for c := range ' ' {
		marks[c] = true
	}
	marks['"'], marks['\\'] = true, true
	return marks
}()

// literalRune returns the character that starts at b[i], where b is what stands
// between the quotes of a JSON string literal, and how many bytes it takes
// there; false where nothing valid starts there. A byte that is not UTF-8 and a
// lone surrogate count as U+FFFD.
func literalRune(b []byte, i int) (r rune, size int, ok bool) {
	switch c := b[i]; {
	case c < ' ' || c == '"':
		return 0, 0, false
	case c != '\\':
		r, size = utf8.DecodeRune(b[i:])
		return r, size, true
	case i+1 >= len(b):
		return 0, 0, false
	}
	switch e := b[i+1]; e {
	case '"', '\\', '/':
		return rune(e), 2, true
	case 'b':
		return '\b', 2, true
	case 'f':
		return '\f', 2, true
	case 'n':
		return '\n', 2, true
	case 'r':
		return '\r', 2, true
	case 't':
		return '\t', 2, true
	case 'u':
		return unicodeEscape(b, i)
	}
	return 0, 0, false
}

// unicodeEscape reads the escape of the form \u00e9 at b[i], together with the
// one after it where the two are a surrogate pair.
func unicodeEscape(b []byte, i int) (r rune, size int, ok bool) {
	r, ok = hex4(b, i+2)
	if !ok || !utf16.IsSurrogate(r) {
		return r, 6, ok
	}
	if i+7 < len(b) && b[i+6] == '\\' && b[i+7] == 'u' {
		low, ok := hex4(b, i+8)
		if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
			return pair, 12, true
		}
	}
	return utf8.RuneError, 6, true
}

// hex4 returns the number that the four hexadecimal digits at b[i:] stand for.
func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[i : i+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// literalIndex returns the index in the string literal b, quotes included, of
// the byte that is byte n of the string that b stands for; that of the closing
// quote where n is the string's length.
func literalIndex(b []byte, n int) int {
	content := b[1 : len(b)-1]
	i := 0
	for n > 0 && i < len(content) {
		r, size, ok := literalRune(content, i)
		if !ok {
			break
		}
		n -= utf8.RuneLen(r)
		i += size
	}
	return i + 1
}

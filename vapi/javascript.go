package vapi

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// How JavaScript reads and writes the text, the strings and the numbers of JSON:
// ECMA-262 (JSON.parse, JSON.stringify, Number::toString) and the WHATWG
// Encoding Standard.

// decodeUTF8 returns text as a web server decodes it: without a byte order mark
// at its beginning, and with U+FFFD for each maximal part of a character that is
// not UTF-8. It returns text itself, or the end of it, where that is enough.
func decodeUTF8(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if utf8.Valid(text) {
		return text
	}
	decoded := make([]byte, 0, len(text)+len(text)/8)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError {
			size = max(size, brokenLength(text))
		}
		decoded = utf8.AppendRune(decoded, r)
		text = text[size:]
	}
	return decoded
}

// brokenLength returns how many bytes at the beginning of text could have begun
// a character: its first byte, and what may follow that one.
func brokenLength(text []byte) int {
	follow, low, high := 0, byte(0x80), byte(0xBF)
	switch c := text[0]; {
	case 0xC2 <= c && c <= 0xDF:
		follow = 1
	case 0xE0 <= c && c <= 0xEF:
		follow = 2
	case 0xF0 <= c && c <= 0xF4:
		follow = 3
	}
	switch text[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for ; n <= follow && n < len(text) && low <= text[n] && text[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}

// plainInLiteral marks the bytes that stand for themselves in a string literal.
var plainInLiteral = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return plain
}()

// scanJSLiteral reads the string literal that begins at text[i], which is a
// quote. It returns the place after it, or where it is broken, and whether
// JSON.stringify would write it with just these bytes. text is UTF-8.
func scanJSLiteral(text []byte, i int) (end int, asWritten, ok bool) {
	asWritten = true
	for i++; i < len(text); {
		switch c := text[i]; {
		case plainInLiteral[c]:
			i++
		case c == '"':
			return i + 1, asWritten, true
		case c != '\\':
			return i, asWritten, false
		default:
			r, size := readEscape(text[i:])
			if size == 0 {
				return i, asWritten, false
			}
			var written [utf16EscapeLength]byte
			asWritten = asWritten && string(appendJSRune(written[:0], r)) == string(text[i:i+size])
			i += size
		}
	}
	return i, asWritten, false
}

// appendJSLiteral appends a string literal, which must be whole, as
// JSON.stringify writes it.
func appendJSLiteral(dst, literal []byte) []byte {
	for i := 0; i < len(literal); {
		if literal[i] != '\\' {
			dst = append(dst, literal[i])
			i++
			continue
		}
		r, size := readEscape(literal[i:])
		dst = appendJSRune(dst, r)
		i += size
	}
	return dst
}

// utf16EscapeLength is the length of an escape such as \ud83d.
const utf16EscapeLength = 6

// readEscape reads the escape that text begins with, a surrogate pair as one. A
// lone surrogate is returned as it is. size is 0 where there is no whole escape.
func readEscape(text []byte) (r rune, size int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch c := text[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := readUTF16(text)
	if !ok {
		return 0, 0
	}
	if low, ok := readUTF16(text[utf16EscapeLength:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 2 * utf16EscapeLength
		}
	}
	return r, utf16EscapeLength
}

// readUTF16 reads an escape such as \ud83d at the beginning of text.
func readUTF16(text []byte) (r rune, ok bool) {
	if len(text) < utf16EscapeLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:utf16EscapeLength]), 16, 16)
	return rune(n), err == nil
}

// appendJSRune appends what stands for r, which may be a lone surrogate, between
// the quotes of a string literal.
func appendJSRune(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if r >= ' ' && !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r)
	}
	return append(dst, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// appendJSNumberText appends the number that text is, as JavaScript writes it.
func appendJSNumberText(dst, text []byte) []byte {
	if isShortestInteger(text) {
		return append(dst, text...)
	}
	f, _ := strconv.ParseFloat(string(text), 64) // out of range it is an infinity
	return appendJSNumber(dst, f)
}

// appendJSNumber appends f as JSON.stringify writes it: the fewest digits that
// tell it from its neighbours, with an exponent below 1e-6 and from 1e21 on, no
// negative zero, and null for what JSON has no number for.
func appendJSNumber(dst []byte, f float64) []byte {
	switch size := math.Abs(f); {
	case f != f || size > math.MaxFloat64:
		return append(dst, "null"...)
	case size == 0:
		return append(dst, '0')
	case 1e-6 <= size && size < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' { // strconv writes 1e-07
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// numberLength returns how many bytes of text are a JSON number; 0 for none.
func numberLength(text []byte) int {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	switch whole := digits(text[i:]); {
	case whole == 0, whole > 1 && text[i] == '0':
		return 0
	default:
		i += whole
	}
	if i < len(text) && text[i] == '.' {
		fraction := digits(text[i+1:])
		if fraction == 0 {
			return 0
		}
		i += 1 + fraction
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		exponent := digits(text[i:])
		if exponent == 0 {
			return 0
		}
		i += exponent
	}
	return i
}

// digits returns how many digits text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// isShortestInteger reports whether text is a number that JavaScript writes just
// so, as far as that shows at once: an integer that any double tells exactly.
func isShortestInteger(text []byte) bool {
	const exact = 15 // digits that a double always holds
	n := digits(text)
	return n == len(text) && n <= exact || len(text) > 1 && text[0] == '-' && text[1] != '0' && digits(text[1:]) == len(text)-1 && len(text) <= exact+1
}

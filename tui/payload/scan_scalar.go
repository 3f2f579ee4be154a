package payload

import (
	"fmt"

	"vapitap/internal/jsonpath"
	"vapitap/tui/glyph"
)

// scalar scans a string, number or literal, or an empty container.
func (s *scanner) scalar() {
	switch c := s.next(); {
	case c == '"':
		s.str()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == '{' || c == '[':
		s.at = jsonpath.SkipSpace(s.text, s.at+1) + 1
	case c == 't':
		s.literal("true")
	case c == 'f':
		s.literal("false")
	case c == 'n':
		s.literal("null")
	default:
		s.fail("a value is expected, not " + s.found())
	}
}

func (s *scanner) literal(word string) {
	rest := s.text[s.at:]
	if s.cut && len(rest) < len(word) && word[:len(rest)] == string(rest) {
		s.at = len(s.text)
		s.fail("cut off")
		return
	}
	if len(rest) < len(word) || string(rest[:len(word)]) != word {
		s.fail("a value is expected, not " + s.found())
		return
	}
	s.at += len(word)
}

func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && s.text[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > start
}

func (s *scanner) number() {
	if s.next() == '-' {
		s.at++
	}
	switch {
	case s.next() == '0':
		s.at++
		if c := s.next(); c >= '0' && c <= '9' {
			s.fail("a number does not begin with 0")
		}
	case !s.digits():
		s.fail("a digit is expected, not " + s.found())
	}
	if s.next() == '.' {
		s.at++
		if !s.digits() {
			s.fail("a digit is expected after the point, not " + s.found())
		}
	}
	if c := s.next(); c == 'e' || c == 'E' {
		s.at++
		if c := s.next(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			s.fail("a digit is expected in the exponent, not " + s.found())
		}
	}
}

// special marks the bytes that a string cannot pass over without a look.
var special = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// str scans the string whose opening quote is here.
func (s *scanner) str() {
	s.at++
	for {
		text, i := s.text, s.at
		for i < len(text) && !special[text[i]] {
			i++
		}
		s.at = i
		switch {
		case i >= len(text):
			s.fail("the string does not end")
			return
		case text[i] == '"':
			s.at++
			return
		case text[i] != '\\':
			s.fail(fmt.Sprintf("a string cannot hold the byte %#04x as it is; it is written as an escape", text[i]))
			return
		}
		if !s.escape() {
			return
		}
	}
}

// escape goes over the escape that starts here.
func (s *scanner) escape() bool {
	n := 2
	if s.at+1 < len(s.text) {
		switch s.text[s.at+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			for n = 2; n < 6 && s.at+n < len(s.text) && hexDigit(s.text[s.at+n]); n++ {
			}
			if n < 6 && s.at+n < len(s.text) {
				s.fail(`\u wants four hexadecimal digits`)
				return false
			}
			n = 6
		default:
			s.fail(fmt.Sprintf(`\%s is no escape; a backslash is written \\`, glyph.Visible(s.text[s.at+1:min(s.at+2, len(s.text))])))
			return false
		}
	}
	if s.at += n; s.at > len(s.text) {
		s.at = len(s.text)
		s.fail("the string does not end")
		return false
	}
	return true
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

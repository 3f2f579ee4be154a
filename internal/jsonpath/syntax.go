package jsonpath

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
)

// Valid reports whether text is one JSON value, with white space around it or
// without. It agrees with json.Valid, which lets pass what is not UTF-8, and takes
// a fraction of its time.
func Valid(text []byte) bool {
	s := syntax{text: text}
	i, ok := s.value(SkipSpace(text, 0), 0)
	if s.tooDeep {
		return json.Valid(text)
	}
	return ok && SkipSpace(text, i) == len(text)
}

// syntax checks the parts of a text. Each method is given where its part begins,
// and returns the index after it, and false where there is no such part.
type syntax struct {
	text    []byte
	tooDeep bool // it gave up
}

// deepestChecked is how deep values are checked that stand within one another:
// each level is a call.
const deepestChecked = 200

func (s *syntax) value(i, depth int) (end int, ok bool) {
	if depth == deepestChecked {
		s.tooDeep = true
		return i, false
	}
	switch c := s.at(i); c {
	case '{':
		return s.object(i, depth)
	case '[':
		return s.array(i, depth)
	case '"':
		return s.string(i)
	case 't':
		return i + 4, bytes.HasPrefix(s.text[i:], []byte("true"))
	case 'f':
		return i + 5, bytes.HasPrefix(s.text[i:], []byte("false"))
	case 'n':
		return i + 4, bytes.HasPrefix(s.text[i:], []byte("null"))
	}
	return s.number(i)
}

// at returns the byte at i, 0 behind the end.
func (s *syntax) at(i int) byte {
	if i >= len(s.text) {
		return 0
	}
	return s.text[i]
}

func (s *syntax) object(i, depth int) (end int, ok bool) {
	if i = SkipSpace(s.text, i+1); s.at(i) == '}' {
		return i + 1, true
	}
	for {
		if s.at(i) != '"' {
			return i, false
		}
		if i, ok = s.string(i); !ok {
			return i, false
		}
		if i = SkipSpace(s.text, i); s.at(i) != ':' {
			return i, false
		}
		if i, ok = s.value(SkipSpace(s.text, i+1), depth+1); !ok {
			return i, false
		}
		switch i = SkipSpace(s.text, i); s.at(i) {
		case '}':
			return i + 1, true
		case ',':
			i = SkipSpace(s.text, i+1)
		default:
			return i, false
		}
	}
}

func (s *syntax) array(i, depth int) (end int, ok bool) {
	if i = SkipSpace(s.text, i+1); s.at(i) == ']' {
		return i + 1, true
	}
	for {
		if i, ok = s.value(i, depth+1); !ok {
			return i, false
		}
		switch i = SkipSpace(s.text, i); s.at(i) {
		case ']':
			return i + 1, true
		case ',':
			i = SkipSpace(s.text, i+1)
		default:
			return i, false
		}
	}
}

func (s *syntax) string(i int) (end int, ok bool) {
	for i++; i < len(s.text); {
		if i+8 <= len(s.text) {
			if word := binary.LittleEndian.Uint64(s.text[i : i+8]); plainASCII(word) && !controls(word) {
				if quotes := equal(word, '"'); quotes != 0 {
					return i + bits.TrailingZeros64(quotes)/8 + 1, true
				}
				i += 8
				continue
			}
		}
		switch c := s.text[i]; {
		case c == '"':
			return i + 1, true
		case c < ' ':
			return i, false
		case c != '\\':
			i++
		default:
			if i, ok = s.escape(i); !ok {
				return i, false
			}
		}
	}
	return i, false
}

func (s *syntax) escape(i int) (end int, ok bool) {
	switch s.at(i + 1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, true
	case 'u':
		_, ok = hex4(s.text, i+2)
		return i + 6, ok
	}
	return i, false
}

func (s *syntax) number(i int) (end int, ok bool) {
	if s.at(i) == '-' {
		i++
	}
	whole := i
	if i = s.digits(i); i == whole || s.text[whole] == '0' && i > whole+1 {
		return i, false
	}
	if s.at(i) == '.' {
		fraction := i + 1
		if i = s.digits(fraction); i == fraction {
			return i, false
		}
	}
	if c := s.at(i); c == 'e' || c == 'E' {
		exponent := i + 1
		if c := s.at(exponent); c == '+' || c == '-' {
			exponent++
		}
		if i = s.digits(exponent); i == exponent {
			return i, false
		}
	}
	return i, true
}

// digits returns the index after the digits at i, of which there may be none.
func (s *syntax) digits(i int) int {
	for digit(s.at(i)) {
		i++
	}
	return i
}

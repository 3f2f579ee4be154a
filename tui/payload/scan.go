package payload

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// breakage is where a text stops being JSON.
type breakage struct {
	at     int // offset of the byte that does not fit; the text's length where it ends too early
	reason string
}

// scanner makes the lines of JSON in one pass, and finds out whether it is JSON.
// What it is inside of it knows from the lines, so that depth costs no stack.
type scanner struct {
	text  []byte
	at    int
	lines []line
	open  uint32 // the line that starts what is scanned; noLine outside
	cut   bool   // the text may end anywhere
	fault *breakage
}

// scanJSON returns the tree of a text that is one JSON value, or where it breaks.
// A text that was cut off breaks nowhere for that: its tree ends in a line that
// says so.
func scanJSON(text []byte, cut bool) (*tree, *breakage) {
	text = text[:min(len(text), maxIndexed)]
	s := scanner{text: text, open: noLine, cut: cut, lines: make([]line, 0, expectedLines(text))}
	if bytes.HasPrefix(text, byteOrderMark) {
		s.at = len(byteOrderMark)
	}
	s.space()
	s.value(s.at)
	if s.fault == nil {
		s.space()
		if s.at < len(text) {
			s.fail("the document has ended, and then comes " + s.found())
		}
	}
	t := &tree{text: text, lines: s.lines}
	switch {
	case s.fault == nil:
	case cut && s.fault.at == len(text):
		s.close()
		t.lines, t.cut = s.lines, true
	default:
		return nil, s.fault
	}
	return t, nil
}

var byteOrderMark = []byte("\uFEFF")

// expectedLines is how many lines a text may have, so that they need not be moved
// as they become more. Commas within strings make it too many.
func expectedLines(text []byte) int {
	n := bytes.Count(text, []byte{','}) + 2*(bytes.Count(text, []byte{'{'})+bytes.Count(text, []byte{'['})) + 2
	return min(n, mostExpected)
}

const mostExpected = 8 << 20

// close ends what is still open at the end of a text that was cut off.
func (s *scanner) close() {
	if n := len(s.lines) - 1; n >= 0 && int(s.lines[n].start) >= len(s.text) {
		s.lines = s.lines[:n] // nothing of it is there
		if s.open != noLine {
			s.lines[s.open].match--
		}
	}
	end := uint32(len(s.lines))
	nth := uint32(0)
	if s.open != noLine {
		nth = s.lines[s.open].match // as long as it is open, the number of its children
	}
	s.lines = append(s.lines, line{start: uint32(len(s.text)), match: end, parent: s.open, nth: nth})
	for i := s.open; i != noLine; i = s.lines[i].parent {
		s.lines[i].match = end
	}
}

func (s *scanner) fail(reason string) {
	if s.fault == nil {
		s.fault = &breakage{at: s.at, reason: reason}
	}
}

// found names what stands where the scan is.
func (s *scanner) found() string {
	if s.at >= len(s.text) {
		return "the end"
	}
	rest := s.text[s.at:]
	n := 0
	for n < len(rest) && n < 20 && (rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	if n > 0 {
		return string(rest[:n])
	}
	r, _ := utf8.DecodeRune(rest)
	if r == utf8.RuneError || !unicode.IsPrint(r) {
		return fmt.Sprintf("the byte %#04x", rest[0])
	}
	return string(r)
}

func (s *scanner) space() { s.at = jsonpath.SkipSpace(s.text, s.at) }

// next returns the byte where the scan is, 0 at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// add appends a line that starts at an offset and is a child of what is open.
func (s *scanner) add(start int) uint32 {
	i := uint32(len(s.lines))
	nth := uint32(0)
	if s.open != noLine {
		nth = s.lines[s.open].match
		s.lines[s.open].match++
	}
	s.lines = append(s.lines, line{start: uint32(start), match: i, parent: s.open, nth: nth})
	return i
}

func (s *scanner) inObject() bool { return s.lines[s.open].nth&objectBit != 0 }

// value scans one value and all that is in it. Its line starts at an offset.
func (s *scanner) value(start int) {
	outside := s.open
	for s.fault == nil {
		if s.container() {
			start = s.child(start)
			continue
		}
		s.add(start)
		s.scalar()
		if s.ended(outside) {
			return
		}
		start = s.sibling()
	}
}

// container reports whether an object or array starts here that is not empty.
func (s *scanner) container() bool {
	c := s.next()
	if c != '{' && c != '[' {
		return false
	}
	i := jsonpath.SkipSpace(s.text, s.at+1)
	return i >= len(s.text) || s.text[i] != c+2 // } and ] come two after { and [
}

// child goes into the container that starts here, whose line starts at an offset,
// and returns where the line of its first child starts.
func (s *scanner) child(start int) int {
	i := s.add(start)
	object := s.text[s.at] == '{'
	if object {
		s.lines[i].nth |= objectBit
	}
	s.open = i
	s.lines[i].match = 0
	s.at++
	s.space()
	return s.member(object, "a key in double quotes is expected")
}

// sibling goes over the comma to the next child, and returns where its line
// starts.
func (s *scanner) sibling() int {
	if s.fault != nil {
		return s.at
	}
	s.at++
	s.space()
	if s.inObject() {
		return s.member(true, "a key in double quotes is expected after the comma")
	}
	if s.next() == ']' {
		s.fail("a value is expected after the comma, not ]")
	}
	return s.at
}

// member goes over the key of a member to its value, and returns where its line
// starts.
func (s *scanner) member(object bool, wanted string) int {
	start := s.at
	if !object {
		return start
	}
	if s.next() != '"' {
		s.fail(wanted + ", not " + s.found())
		return start
	}
	s.str()
	s.space()
	switch {
	case s.fault != nil:
	case s.next() != ':':
		s.fail("a colon is expected after the key, not " + s.found())
	default:
		s.at++
		s.space()
	}
	if s.fault != nil && s.cut {
		s.add(start)
	}
	return start
}

// ended closes what ends here, and reports whether the value that was to be
// scanned is complete or broken.
func (s *scanner) ended(outside uint32) bool {
	for s.fault == nil && s.open != outside {
		s.space()
		closing := byte(']')
		if s.inObject() {
			closing = '}'
		}
		switch s.next() {
		case ',':
			return false
		case closing:
			i := s.open
			s.open = s.lines[i].parent
			n := uint32(len(s.lines))
			s.lines = append(s.lines, line{start: uint32(s.at), match: i, parent: s.open, nth: s.lines[i].match})
			s.lines[i].match = n
			s.at++
		default:
			s.fail(fmt.Sprintf("a comma or %c is expected, not %s", closing, s.found()))
		}
	}
	return true
}

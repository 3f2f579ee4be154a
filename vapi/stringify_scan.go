package vapi

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"vapitap/internal/jsonpath"
)

// An openContainer is an array or object that scan is in.
type openContainer struct {
	start     int
	isObject  bool
	base      int            // the first of its members
	current   int            // the member that is being read
	byKey     map[string]int // its members, once there are many
	unordered bool           // it needs a plan
	named     bool           // it has a key that is not integer-like
	highest   uint64         // the last integer-like key
}

// deepest is how deep text may be nested: what encoding/json takes as well.
const deepest = 10_000

// scan reads the whole text and reports whether it is JSON. Where onlyJudge is
// set it stops, with true, at the first thing that is to be rewritten.
func (s *stringifier) scan() bool {
	for {
		if !s.scanOpening() {
			return false
		}
		if s.onlyJudge && s.rewrites {
			return true
		}
		for {
			if len(s.open) == 0 {
				s.skipSpace()
				return s.pos == len(s.text)
			}
			closed, ok := s.scanAfterValue()
			if !ok {
				return false
			}
			if !closed {
				break
			}
		}
	}
}

// scanOpening reads a value as far as it has no other value in it: a scalar, an
// empty container, or what stands before the first element or member's value.
func (s *stringifier) scanOpening() bool {
	for {
		s.skipSpace()
		switch c := s.peek(); c {
		case '{', '[':
			if len(s.open) == deepest {
				return false
			}
			s.open = append(s.open, openContainer{start: s.pos, isObject: c == '{', base: len(s.members)})
			s.pos++
			s.skipSpace()
			if s.peek() == c+2 { // the closing bracket: ] follows [ and } follows { at this distance
				s.pos++
				s.open = s.open[:len(s.open)-1]
				return true
			}
			if c == '{' && !s.scanKey() {
				return false
			}
		case '"':
			return s.scanString()
		default:
			return s.scanScalar()
		}
	}
}

// scanAfterValue reads what follows a value in a container: a comma, with the
// next key of an object, or the closing bracket.
func (s *stringifier) scanAfterValue() (closed, ok bool) {
	top := &s.open[len(s.open)-1]
	if top.isObject {
		s.members[top.current].end = s.pos
	}
	s.skipSpace()
	c := s.peek()
	s.pos++
	switch {
	case c == ',':
		return false, !top.isObject || s.scanKey()
	case top.isObject && c == '}':
		s.plan(top)
	case top.isObject || c != ']':
		return false, false
	}
	s.open = s.open[:len(s.open)-1]
	return true, true
}

// scanKey reads a key and its colon.
func (s *stringifier) scanKey() bool {
	s.skipSpace()
	start := s.pos
	if s.peek() != '"' {
		return false
	}
	end, asWritten, ok := scanJSLiteral(s.text, start)
	if !ok {
		return false
	}
	key := s.text[start:end:end]
	if !asWritten {
		key, s.rewrites = appendJSLiteral(nil, key), true
	}
	s.pos = end
	s.skipSpace()
	if s.peek() != ':' {
		return false
	}
	s.pos++
	s.skipSpace()
	s.addMember(key)
	return true
}

// addMember notes that a member with this key begins at the current place.
func (s *stringifier) addMember(key []byte) {
	top := &s.open[len(s.open)-1]
	if i, again := s.memberCalled(top, key); again {
		top.current, top.unordered = i, true
		s.members[i].start = s.pos
		return
	}
	top.current = len(s.members)
	if top.byKey != nil {
		top.byKey[string(key)] = top.current
	}
	m := placedMember{key: key, start: s.pos}
	s.members = append(s.members, m)
	switch n := m.index(); {
	case n == math.MaxUint32:
		top.named = true
	case top.named || n < top.highest:
		top.unordered = true
	default:
		top.highest = n
	}
}

// memberCalled returns the member of an open object that has this key already.
func (s *stringifier) memberCalled(top *openContainer, key []byte) (int, bool) {
	const few = 16 // members that are compared one by one
	if len(s.members)-top.base < few {
		for i := top.base; i < len(s.members); i++ {
			if bytes.Equal(s.members[i].key, key) {
				return i, true
			}
		}
		return 0, false
	}
	if top.byKey == nil {
		top.byKey = make(map[string]int, 2*few)
		for i := top.base; i < len(s.members); i++ {
			top.byKey[string(s.members[i].key)] = i
		}
	}
	i, ok := top.byKey[string(key)]
	return i, ok
}

// plan notes the order of the members of an object that ends here, where they do
// not stand in it already, and forgets them.
func (s *stringifier) plan(top *openContainer) {
	if top.unordered && !s.onlyJudge {
		if s.plans == nil {
			s.plans = map[int]memberPlan{}
		}
		first := len(s.ordered)
		s.ordered = append(s.ordered, s.members[top.base:]...)
		slices.SortStableFunc(s.ordered[first:], byArrayIndex)
		s.plans[top.start] = memberPlan{first, len(s.ordered), s.pos}
	}
	s.rewrites = s.rewrites || top.unordered
	s.members = s.members[:top.base]
}

func byArrayIndex(a, b placedMember) int {
	return cmp.Compare(a.index(), b.index())
}

// index returns the number that JavaScript takes the key for, as arrayIndex does.
func (m placedMember) index() uint64 {
	const longest = len(`"4294967295"`)
	if len(m.key) > longest || m.key[1] < '0' || m.key[1] > '9' {
		return math.MaxUint32
	}
	return arrayIndex(string(m.key[1 : len(m.key)-1]))
}

func (s *stringifier) peek() byte {
	if s.pos >= len(s.text) {
		return 0
	}
	return s.text[s.pos]
}

func (s *stringifier) skipSpace() {
	if end := jsonpath.SkipSpace(s.text, s.pos); end > s.pos {
		s.pos, s.rewrites = end, true
	}
}

// scanString reads the string literal at the current place.
func (s *stringifier) scanString() bool {
	end, asWritten, ok := scanJSLiteral(s.text, s.pos)
	s.pos = end
	s.rewrites = s.rewrites || !asWritten
	return ok
}

// scanScalar reads a number, true, false or null.
func (s *stringifier) scanScalar() bool {
	rest := s.text[s.pos:]
	for _, word := range [...]string{"true", "false", "null"} {
		if len(rest) >= len(word) && string(rest[:len(word)]) == word {
			s.pos += len(word)
			return true
		}
	}
	n := numberLength(rest)
	if n == 0 {
		return false
	}
	s.pos += n
	if !isShortestInteger(rest[:n]) && !bytes.Equal(appendJSNumberText(s.scratch[:0], rest[:n]), rest[:n]) {
		s.rewrites = true
	}
	return true
}

package payload

import (
	"fmt"

	"vapitap/internal/jsonpath"
)

// stream appends what a line of JSON shows: its key, its value or bracket, a
// comma; of what is folded how much that is.
func (t *tree) stream(s *stream, i int) {
	switch {
	case t.isCut(i):
		s.put(aside, t.tail)
		return
	case t.events && t.parent(i) < 0 && !t.closes(i):
		t.streamField(s, i)
		return
	}
	value, end := t.streamKey(s, i), t.tokenEnd(i)
	t.streamValue(s, i, value, end)
}

// streamKey appends the key of a line, if it has one, and returns the offset of
// the value.
func (t *tree) streamKey(s *stream, i int) (value int) {
	if !t.isMember(i) {
		return t.valueStart(i)
	}
	start := t.start(i)
	end := t.keyEnd(i)
	s.body(key, t.text, start, end)
	value = jsonpath.SkipSpace(t.text, end)
	if value < len(t.text) && t.text[value] == ':' {
		s.body(punct, t.text, value, value+1)
		s.put(punct, " ")
		value = jsonpath.SkipSpace(t.text, value+1)
	}
	return value
}

func (t *tree) streamValue(s *stream, i, value, end int) {
	if value >= len(t.text) {
		return
	}
	look := lookOf(t.text[value])
	if !t.folded(i) {
		t.streamToken(s, look, value, end)
		if !t.opens(i) && t.comma(i) {
			s.put(punct, ",")
		}
		return
	}
	s.body(look, t.text, value, end)
	s.put(punct, "…")
	last := t.end(i)
	if !t.isCut(last) {
		s.body(look, t.text, t.start(last), t.start(last)+1)
	}
	if t.comma(i) {
		s.put(punct, ",")
	}
	s.put(aside, " "+t.size(i))
}

// streamToken appends a value in one line; an empty object or array without the
// space that may be in it.
func (t *tree) streamToken(s *stream, l look, value, end int) {
	if l == punct && end > value+1 {
		s.body(l, t.text, value, value+1)
		value = end - 1
	}
	s.body(l, t.text, value, end)
}

// size tells how much is in what starts at a line.
func (t *tree) size(i int) string {
	n, all := t.children(i)
	unit := "item"
	if t.isObject(i) {
		unit = "key"
	}
	if n != 1 {
		unit += "s"
	}
	if !all {
		return fmt.Sprintf("%d %s so far", n, unit)
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// streamField appends a line of a stream of events: the name of a field and its
// value, which where it is folded JSON is shown as it came.
func (t *tree) streamField(s *stream, i int) {
	start, end := t.start(i), t.tokenEnd(i)
	if t.folded(i) {
		end = t.valueEnd(i)
	}
	name := start
	for name < end && t.text[name] != ':' {
		name++
	}
	if name == start { // a comment
		s.body(aside, t.text, start, end)
		return
	}
	s.body(key, t.text, start, name)
	value := name
	if name < end {
		value = min(jsonpath.SkipSpace(t.text, name+1), end)
		s.body(punct, t.text, name, name+1)
		s.put(punct, " ")
	}
	look := plainText
	if t.opens(i) && !t.folded(i) {
		look = punct
	}
	s.body(look, t.text, value, end)
}

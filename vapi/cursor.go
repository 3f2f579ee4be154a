package vapi

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"vapitap/internal/jsonpath"
)

// A value is a place in JSON text where a value starts. Where it ends is found
// only when somebody asks, so that passing by or reading into a large value
// costs nothing in advance, and so that a value whose end was cut off can still
// be read as far as it goes. The zero value is an absent one; null counts as
// absent too, for Vapi sends it for what is not there.
type value struct {
	text  []byte // the whole text that the value stands in
	start int
	end   int    // after the value; 0 while it is not known
	index *index // of its members; nil where it has none
}

// root returns the value that b holds.
func root(b []byte) value {
	i := jsonpath.SkipSpace(b, 0)
	if i >= len(b) {
		return value{}
	}
	return value{text: b, start: i}
}

// found reports whether there is a value, and it is not null.
func (v value) found() bool { return v.text != nil && v.text[v.start] != 'n' }

// first returns the byte that tells what kind of value it is, 0 for an absent one.
func (v value) first() byte {
	if v.text == nil {
		return 0
	}
	return v.text[v.start]
}

func (v value) isString() bool { return v.first() == '"' }
func (v value) isObject() bool { return v.first() == '{' }
func (v value) isArray() bool  { return v.first() == '[' }

func (v value) isNumber() bool {
	c := v.first()
	return c == '-' || '0' <= c && c <= '9'
}

// raw returns the text of the value, nil where it is absent or cut off.
func (v value) raw() []byte {
	if v.text == nil {
		return nil
	}
	if v.end == 0 {
		end, ok := jsonpath.Skip(v.text, v.start)
		if !ok {
			return nil
		}
		v.end = end
	}
	return v.text[v.start:v.end]
}

// str returns the string that the value is, "" where it is none.
func (v value) str() string {
	if !v.isString() {
		return ""
	}
	s, _ := jsonpath.Unquote(v.raw())
	return s
}

// is reports whether the value is a string, and that is s.
func (v value) is(s string) bool {
	if !v.isString() {
		return false
	}
	raw := v.raw()
	if text := jsonpath.Plain(raw); text != nil {
		return string(text) == s
	}
	return v.str() == s
}

// number returns the number that the value is, or that a string of it holds.
func (v value) number() (float64, bool) {
	text := v.raw()
	if v.isString() {
		text = []byte(v.str())
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil && f-f == 0 // neither infinite nor NaN, which no JSON can say
}

// truth reports whether the value is true.
func (v value) truth() bool { return v.first() == 't' && string(v.raw()) == "true" }

// moment returns the time that the value tells: RFC 3339, or milliseconds since
// 1970; the zero time where it tells none.
func (v value) moment() time.Time {
	if v.isString() {
		t, err := time.Parse(time.RFC3339, v.str())
		if err != nil {
			return time.Time{}
		}
		return t
	}
	if ms, ok := v.number(); ok && 0 < ms && ms < 1e14 {
		return time.UnixMilli(int64(ms))
	}
	return time.Time{}
}

// empty reports whether the value is absent, null, or an empty string, object
// or array.
func (v value) empty() bool {
	if !v.found() {
		return true
	}
	switch v.first() {
	case '"':
		return v.start+1 < len(v.text) && v.text[v.start+1] == '"'
	case '{', '[':
		c := v.open()
		return !c.next()
	}
	return false
}

// member returns the member of the object that is called name; an absent value
// where there is none, or v is no object. Of equal names the first counts.
func (v value) member(name string) value {
	var picked [1]value
	return v.pickInto(picked[:], name)[0]
}

// at follows the names from object to object.
func (v value) at(names ...string) value {
	for _, name := range names {
		v = v.member(name)
	}
	return v
}

// pick returns the members of the object that are called names, in the order of
// names. It reads no further than the last of them starts.
func (v value) pick(names ...string) []value {
	return v.pickInto(make([]value, len(names)), names...)
}

// pickInto is pick for who has room for the members already, so that nothing is
// allocated. What is in picked must be absent.
func (v value) pickInto(picked []value, names ...string) []value {
	if !v.isObject() {
		return picked
	}
	missing := len(names)
	for c := v.open(); missing > 0 && c.next(); {
		i := c.among(names)
		if i < 0 || picked[i].text != nil {
			continue
		}
		if picked[i] = c.value(); missing == 1 {
			return picked
		}
		missing--
		c.settle(&picked[i])
	}
	return picked
}

// firstFound returns the first of vs that is not empty.
func firstFound(vs ...value) value {
	for _, v := range vs {
		if !v.empty() {
			return v
		}
	}
	return value{}
}

// A cursor reads the members of an object, or the elements of an array, from
// left to right. A value is passed over only when the next one is asked for.
type cursor struct {
	text             []byte
	keyStart, keyEnd int // of the current member; 0 in an array
	start            int // of the current value
	end              int // after the current value; 0 while it is not known
	pos              int // where the text goes on after the opening bracket, or after the closing one
	closer           byte
	state            cursorState
	passed           int    // after the value that was passed over last
	index            *index // reads what is known before the text; nil where there is none
	at               int    // how many members of the index were read
}

type cursorState uint8

const (
	fresh  cursorState = iota // nothing read
	within                    // at a value
	closed                    // the closing bracket was read
	broken                    // the text ended, or was not JSON, before it
)

// open returns a cursor on the object or array that v is; one that has nothing
// to read where v is neither.
func (v value) open() cursor {
	switch v.first() {
	case '{':
		return cursor{text: v.text, pos: v.start + 1, closer: '}', index: v.index}
	case '[':
		return cursor{text: v.text, pos: v.start + 1, closer: ']'}
	}
	return cursor{state: broken}
}

// value returns the current value.
func (c *cursor) value() value { return value{text: c.text, start: c.start, end: c.end} }

// key returns the key of the current member as it is written, with its quotes;
// nil in an array.
func (c *cursor) key() []byte {
	if c.keyEnd == 0 {
		return nil
	}
	return c.text[c.keyStart:c.keyEnd]
}

// among returns which of names the current member has, -1 for none. Names have
// no backslash.
func (c *cursor) among(names []string) int {
	written := c.text[c.keyStart+1 : c.keyEnd-1]
	for i, name := range names {
		if string(written) == name {
			return i
		}
	}
	if bytes.IndexByte(written, '\\') < 0 { // which is so of all keys that anybody sends
		return -1
	}
	return slices.IndexFunc(names, func(name string) bool { return jsonpath.KeyIs(c.key(), name) })
}

// settle finds the end of the current value once for both the cursor and v,
// which is a copy of it.
func (c *cursor) settle(v *value) {
	if end, ok := jsonpath.Skip(c.text, c.start); ok {
		v.end = end
		c.ends(end)
	}
}

// ends notes where the current value ends.
func (c *cursor) ends(end int) {
	c.end = end
	if c.index != nil {
		c.index.members[c.at-1].end = int32(end)
	}
}

// next moves to the next value and reports whether there is one.
func (c *cursor) next() bool {
	if c.index != nil {
		return c.nextIndexed()
	}
	switch c.state {
	case closed, broken:
		return false
	case fresh:
		c.pos = jsonpath.SkipSpace(c.text, c.pos)
		if c.peek() == c.closer {
			return c.finish()
		}
		c.state = within
	case within:
		if !c.pass() {
			return false
		}
	}
	return c.enter()
}

// nextIndexed is next where the members may be known already.
func (c *cursor) nextIndexed() bool {
	m, ok := c.index.member(c.at)
	if !ok {
		c.pos, c.state = c.index.cursor.pos, c.index.cursor.state
		return false
	}
	c.at++
	c.keyStart, c.keyEnd = int(m.key), int(m.keyEnd)
	c.start, c.end, c.state = int(m.start), int(m.end), within
	return true
}

// pass goes past the current value and the comma behind it.
func (c *cursor) pass() bool {
	if c.end == 0 {
		end, ok := jsonpath.Skip(c.text, c.start)
		if !ok {
			return c.fail(end)
		}
		c.end = end
	}
	c.passed = c.end
	c.pos = jsonpath.SkipSpace(c.text, c.end)
	switch c.peek() {
	case ',':
		c.pos = jsonpath.SkipSpace(c.text, c.pos+1)
		return true
	case c.closer:
		return c.finish()
	}
	return c.fail(c.pos)
}

// enter reads what stands before a value and stops where it starts.
func (c *cursor) enter() bool {
	i := c.pos
	if c.closer == '}' {
		if c.peek() != '"' {
			return c.fail(i)
		}
		end, ok := jsonpath.Skip(c.text, i)
		if !ok {
			return c.fail(end)
		}
		c.keyStart, c.keyEnd = i, end
		i = jsonpath.SkipSpace(c.text, end)
		if i >= len(c.text) || c.text[i] != ':' {
			return c.fail(i)
		}
		i = jsonpath.SkipSpace(c.text, i+1)
	}
	if i >= len(c.text) {
		return c.fail(i)
	}
	switch c.text[i] {
	case ',', ':', '}', ']':
		return c.fail(i)
	}
	c.start, c.end = i, 0
	return true
}

func (c *cursor) peek() byte {
	if c.pos >= len(c.text) {
		return 0
	}
	return c.text[c.pos]
}

func (c *cursor) finish() bool {
	c.pos++
	c.state = closed
	return false
}

func (c *cursor) fail(at int) bool {
	c.pos = at
	c.state = broken
	return false
}

package jsonpath

import (
	"bytes"
	"fmt"
)

// Set returns doc with value, which is JSON text, at p; every byte that p does
// not name stays. The last key of p may be new in an object that exists: it
// becomes the last member. Anything else that is missing is an error, an index
// just after the end of an array too. A string that holds a JSON object or array
// is entered as Get does, and stays a string. Where a key stands more than once
// the last is set.
//
// The error is a *NotJSONError, with what it is about before it, where doc or
// value is not JSON, and a *NotFoundError where p leads nowhere. doc and value
// are not changed.
func Set(doc []byte, p Path, value []byte) ([]byte, error) {
	if err := Validate(value); err != nil {
		return nil, fmt.Errorf("the new value is %w", err)
	}
	c, err := newCursor(doc)
	if err != nil {
		return nil, err
	}
	value = trim(value)
	if len(p) == 0 {
		return c.replaced(c.start, c.end, value), nil
	}
	last := len(p) - 1
	if err := c.follow(p, 0, last); err != nil {
		return nil, err
	}
	c.enter()
	if c.take(p[last]) {
		return c.replaced(c.start, c.end, value), nil
	}
	if p[last].IsIndex || c.text[c.start] != '{' {
		return nil, c.notFound(p)
	}
	at, text := c.newMember(p[last].Key, value)
	return c.replaced(at, at, text), nil
}

// newMember returns the text of a further member for the object that the cursor
// stands at, spaced as its last one is, and where it belongs.
func (c *cursor) newMember(key string, value []byte) (at int, text []byte) {
	object := c.value()
	var last member
	count := 0
	members(object, func(m member) bool {
		last = m
		count++
		return true
	})
	if count == 0 {
		return c.start + 1, bytes.Join([][]byte{Quote(key), value}, []byte(":"))
	}
	lead, colon := object[last.lead:last.key], object[last.keyEnd:last.start]
	if count == 1 && len(lead) == 0 && len(colon) > 1 {
		lead = []byte(" ") // {"a": 1} tells how commas are written by its colon only
	}
	return c.start + last.end, bytes.Join([][]byte{[]byte(","), lead, Quote(key), colon, value}, nil)
}

package payload

import (
	"slices"
	"strings"

	"vapitap/internal/jsonpath"
)

// steps returns the path to a line, through the strings it is in; false where
// none leads there.
func (p place) steps() (jsonpath.Path, bool) {
	var path jsonpath.Path
	for d, i := p.doc, p.i; d != nil; d, i = d.outer, d.line {
		t := d.tree
		if t == nil {
			return nil, false
		}
		if t.closes(i) {
			i = t.end(i)
		}
		if t.isCut(i) {
			if i = t.parent(i); i < 0 {
				return nil, false
			}
		}
		if t.events && t.parent(i) < 0 && !t.opens(i) {
			return nil, false
		}
		for ; t.parent(i) >= 0; i = t.parent(i) {
			if t.isMember(i) {
				path = append(path, jsonpath.Key(t.key(i)))
			} else {
				path = append(path, jsonpath.Index(t.nth(i)))
			}
		}
	}
	slices.Reverse(path)
	return path, true
}

// key returns the key of a line, unquoted; "" where it has none.
func (t *tree) key(i int) string {
	if !t.isMember(i) {
		return ""
	}
	s, _ := jsonpath.Unquote(t.text[t.start(i):t.keyEnd(i)])
	return s
}

// here returns the path to the cursor, which is kept until it moves.
func (v *View) here() *pathCache {
	if c := &v.path; c.of != v.cursor.place {
		*c = pathCache{of: v.cursor.place}
		if c.path, c.ok = v.cursor.steps(); c.ok {
			c.text = c.path.String()
		}
	}
	return &v.path
}

// Path returns the path to what the cursor is on, as an assignment takes it; $ is
// the whole document. It is empty where the body is not JSON. In events it is the
// path within the event.
func (v *View) Path() string { return v.here().text }

// Pointer is Path as a JSON pointer (RFC 6901), where the whole document is "".
func (v *View) Pointer() string { return v.here().path.Pointer() }

// Key returns the key of what the cursor is on, or the name of a form's field; ""
// where it has none.
func (v *View) Key() string {
	p := v.cursor.place
	switch s := v.shapeHere().(type) {
	case *tree:
		if s.closes(p.i) {
			return s.key(s.end(p.i))
		}
		return s.key(p.i)
	case *form:
		if p.i < len(s.fields) {
			return string(s.text[s.fields[p.i].start:s.fields[p.i].name])
		}
	}
	return ""
}

// Value returns what the cursor is on as it came: a JSON value, all of it where
// it is an object or array; else a line, the decoded value of a form's field, or
// the bytes of a row. It may be part of the body, so it must not be changed.
func (v *View) Value() []byte {
	i := v.cursor.i
	switch s := v.shapeHere().(type) {
	case *tree:
		if s.closes(i) {
			i = s.end(i)
		}
		if s.isCut(i) {
			return nil
		}
		start := s.valueStart(i)
		return slices.Clip(s.text[start:max(s.valueEnd(i), start)])
	case *flat:
		start, end := s.bounds(i)
		return slices.Clip(s.text[start:end])
	case *form:
		if i < len(s.fields) {
			return slices.Clip(s.text[s.fields[i].name+1 : s.fields[i].end])
		}
	case *dump:
		return slices.Clip(s.bytes(i))
	}
	return nil
}

// Text is Value as one reads it: the string itself where it is a JSON string, and
// without the name of the field in a line of an event.
func (v *View) Text() string {
	value := v.Value()
	if t := v.tree(); t != nil && t.events && t.parent(v.cursor.i) < 0 && !t.opens(v.cursor.i) && !t.closes(v.cursor.i) {
		if _, after, ok := strings.Cut(string(value), ":"); ok {
			return strings.TrimPrefix(after, " ")
		}
	}
	if s, ok := jsonpath.Unquote(value); ok && v.tree() != nil {
		return s
	}
	return string(value)
}

// shapeHere returns the shape of the document that the cursor is in, nil where
// there is none.
func (v *View) shapeHere() shape {
	if v.cursor.doc == nil {
		return nil
	}
	return v.cursor.doc.shape
}

// parsePointer returns the keys of a JSON pointer.
func parsePointer(pointer string) ([]string, bool) {
	if pointer == "" {
		return nil, true
	}
	if pointer[0] != '/' {
		return nil, false
	}
	keys := strings.Split(pointer[1:], "/")
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
	}
	return keys, true
}

package jsonpath

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vapitap/internal/nearest"
)

// NotFoundError says where a path leads nowhere in a document.
type NotFoundError struct {
	Path   Path   // up to and with the step that could not be taken
	Reason string // what is there instead
	Meant  Path   // what the whole path was probably meant to be; nil where that is not known
}

// Error has a second line, a hint, where the path that was meant is known.
func (e *NotFoundError) Error() string {
	if e.Meant == nil {
		return e.Path.String() + ": " + e.Reason
	}
	return fmt.Sprintf("%s: %s\nhint: did you mean %s?", e.Path, e.Reason, e.Meant)
}

// notFound says why the last step of p could not be taken from the value that
// the cursor stands at.
func (c *cursor) notFound(p Path) error {
	parent, step := p[:len(p)-1], p[len(p)-1]
	kind := KindOf(c.text[c.start])
	name := "the document"
	if len(parent) > 0 {
		name = parent.String()
	}
	reason := ""
	switch {
	case step.IsIndex && kind == "an array":
		reason = c.lengthReason()
	case step.IsIndex:
		reason = fmt.Sprintf("%s is %s, not an array", name, kind)
	case kind == "an object":
		reason = c.keysReason(name, step.Key)
	default:
		reason = fmt.Sprintf("%s is %s, not an object", name, kind)
		if i, err := strconv.Atoi(step.Key); err == nil && kind == "an array" {
			reason += fmt.Sprintf("; write %s", append(slices.Clone(parent), Index(i)))
		}
	}
	return &NotFoundError{Path: p, Reason: reason}
}

// lengthReason tells which indexes the array has.
func (c *cursor) lengthReason() string {
	switch n := c.count(); n {
	case 0:
		return "the array is empty"
	case 1:
		return "the array has 1 element (index 0)"
	default:
		return fmt.Sprintf("the array has %d elements (indexes 0 to %d)", n, n-1)
	}
}

// What a message shows of the keys of an object, and how many are looked at for
// one like the key that was given.
const (
	keysShown    = 8
	keyShown     = 40 // characters
	keysCompared = 1000
)

// keysReason tells which keys the object has, and which one may be meant.
func (c *cursor) keysReason(name, wanted string) string {
	var keys []string
	for key := range Members(c.value()) {
		if s, ok := Unquote(key); ok {
			keys = append(keys, s)
		}
		if len(keys) == keysCompared {
			break
		}
	}
	if len(keys) == 0 {
		return fmt.Sprintf("no such key in %s; it is empty", name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "no such key in %s; it has ", name)
	for i, key := range keys[:min(len(keys), keysShown)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(shownKey(key))
	}
	between := "; "
	if len(keys) > keysShown {
		b.WriteString(" …")
		between = " "
	}
	if word := nearest.Word(wanted, keys); word != "" {
		fmt.Fprintf(&b, "%sdid you mean %s?", between, shownKey(word))
	}
	return b.String()
}

// shownKey returns key as it would stand in a path, cut where it is long.
func shownKey(key string) string {
	if utf8.RuneCountInString(key) > keyShown {
		key = string([]rune(key)[:keyShown]) + "…"
	}
	if bare(key) {
		return key
	}
	return visible(key)
}

// KindOf names the kind of the JSON value that starts with c, with its article.
func KindOf(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

package vapi

import (
	"bytes"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
)

// KeepInStep returns a body that was edited as text with the other shapes of the
// tool calls changed that were edited in one, as Set does it for a single value,
// and reports whether there were any. Where more than one shape was edited, that
// is what is meant, and all stays as it is; so does what is no JSON.
func KeepInStep(came, edited []byte) (body []byte, changed bool) {
	changes, err := jsondiff.Diff(came, edited)
	if err != nil || len(changes) == jsondiff.MaxChanges {
		return edited, false
	}
	shapes := map[string]bool{}
	for _, c := range changes {
		if shape := toolCallShape(c.Path); shape != "" {
			shapes[shape] = true
		}
	}
	if len(shapes) != 1 {
		return edited, false
	}
	body = edited
	for _, c := range changes {
		if toolCallShape(c.Path) == "" || c.New == nil {
			continue
		}
		if next, err := Set(body, c.Path, c.New); err == nil {
			body = next
		}
	}
	for _, c := range changes { // or one and the same was edited in two ways
		if now, err := jsonpath.Get(body, c.Path); c.New != nil && (err != nil || !bytes.Equal(now, c.New)) {
			return edited, false
		}
	}
	return body, !bytes.Equal(body, edited)
}

// toolCallShape returns which of the lists of tool calls a path leads into; empty
// for none.
func toolCallShape(p jsonpath.Path) string {
	if len(p) < 3 || p[0] != jsonpath.Key("message") || !p[2].IsIndex {
		return ""
	}
	switch name := p[1].Key; name {
	case callList, callsList, callWithToolList:
		return name
	}
	return ""
}

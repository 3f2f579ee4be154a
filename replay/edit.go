package replay

import (
	"bytes"
	"errors"

	"vapitap/internal/jsonpath"
	"vapitap/vapi"
)

// Edit returns body with the values set, one after the other, and every byte
// that is not named as it was. The shapes in which a message has one tool call
// are kept in step. A body that is as JSON.stringify writes it, which is how Vapi
// sends them, stays so: the values are written as it would. The body itself is
// not changed.
//
// The error, of the first assignment that cannot be made, is a
// *jsonpath.NotJSONError, or a *jsonpath.NotFoundError that says how far the
// path led and what is there, and what was meant where that can be told.
func Edit(body []byte, set []jsonpath.Assignment) ([]byte, error) {
	edited := body
	for _, a := range set {
		var err error
		before := edited
		if edited, err = vapi.Set(before, a.Path, a.Value); err != nil {
			return nil, vapi.WithMeantPath(err, before, a.Path)
		}
	}
	return AsWritten(body, edited), nil
}

// MoreTelling returns that of two errors of Edit, for the same path in two bodies,
// which tells more: the one that says what path was meant, of two that do the one
// with the shorter path, else the one of the body in which the path led further,
// and else the second. Either may be nil.
func MoreTelling(first, second error) error {
	var a, b *jsonpath.NotFoundError
	switch {
	case second == nil:
		return first
	case !errors.As(first, &a):
		return second
	case !errors.As(second, &b):
		return first
	case a.Meant != nil && (b.Meant == nil || len(b.Meant) >= len(a.Meant)):
		return first
	case a.Meant == nil && b.Meant == nil && len(a.Path) > len(b.Path):
		return first
	}
	return second
}

// AsWritten returns the edited form of a body as JSON.stringify writes it where
// the body itself was so written, so that servers which verify a signature over
// the bytes and those that verify it over JSON.stringify of the parsed body both
// agree with it. Otherwise, and where it is no JSON, it returns edited.
func AsWritten(body, edited []byte) []byte {
	if bytes.Equal(body, edited) || !vapi.IsStringified(body) {
		return edited
	}
	if text, err := vapi.Stringify(edited); err == nil {
		return text
	}
	return edited
}

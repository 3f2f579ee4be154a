package replay

import (
	"bytes"

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
// path led and what is there.
func Edit(body []byte, set []jsonpath.Assignment) ([]byte, error) {
	edited := body
	for _, a := range set {
		var err error
		if edited, err = vapi.Set(edited, a.Path, a.Value); err != nil {
			return nil, err
		}
	}
	return AsWritten(body, edited), nil
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

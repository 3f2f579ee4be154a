package replay

import (
	"vapitap/internal/jsonpath"
	"vapitap/vapi"
)

// Edit returns body with the values set, one after the other, and every byte
// that is not named as it was. The shapes in which a message has one tool call
// are kept in step. The body itself is not changed.
//
// The error, of the first assignment that cannot be made, is a
// *jsonpath.NotJSONError, or a *jsonpath.NotFoundError that says how far the
// path led and what is there.
func Edit(body []byte, set []jsonpath.Assignment) ([]byte, error) {
	for _, a := range set {
		var err error
		if body, err = vapi.Set(body, a.Path, a.Value); err != nil {
			return nil, err
		}
	}
	return body, nil
}

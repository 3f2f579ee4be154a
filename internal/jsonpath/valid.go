package jsonpath

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// NotJSONError says where a text stops being JSON.
type NotJSONError struct {
	Offset int    // index of the byte that does not fit; the text's length where it ends too early
	Reason string // what is wrong there
}

// Error counts bytes from 1.
func (e *NotJSONError) Error() string {
	return fmt.Sprintf("not JSON at byte %d: %s", e.Offset+1, e.Reason)
}

// Validate returns nil where text is one JSON value, and else a *NotJSONError.
// Text that is nested deeper than the 10,000 levels of encoding/json is refused.
func Validate(text []byte) error {
	if Valid(text) {
		return nil
	}
	if SkipSpace(text, 0) == len(text) {
		return &NotJSONError{Offset: 0, Reason: "it is empty"}
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); !errors.As(err, &syntax) {
		return &NotJSONError{Offset: 0, Reason: fmt.Sprint(err)}
	}
	switch reason := syntax.Error(); {
	case strings.Contains(reason, "max depth"):
		return &NotJSONError{Offset: int(syntax.Offset) - 1, Reason: "nested too deep, more than 10,000 levels"}
	case strings.HasPrefix(reason, "unexpected end"):
		return &NotJSONError{Offset: len(text), Reason: "it ends in the middle of a value"}
	default:
		return &NotJSONError{Offset: int(syntax.Offset) - 1, Reason: reason}
	}
}

// trim returns text without the white space around it.
func trim(text []byte) []byte { return bytes.Trim(text, " \t\r\n") }

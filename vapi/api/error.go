package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// Why the API did not do what it was asked: what errors.Is finds in an Error.
var (
	ErrKey         = errors.New("the key is not accepted")                       // 401 and 403
	ErrNotFound    = errors.New("there is no such object")                       // 404
	ErrInvalid     = errors.New("the request is refused")                        // any other 4xx
	ErrBusy        = errors.New("too many requests")                             // 429
	ErrFailed      = errors.New("the service failed")                            // 5xx, after the last of three tries
	ErrUnreachable = errors.New("no answer")                                     // no network, no server, or no end of the answer
	ErrStrange     = errors.New("the answer is none that Vapi's API would give") // a page of some proxy, or a moved API
)

// Error is why a request to the API came to nothing. Its text is a sentence for a
// person and, after a line break and "hint: ", what to do.
type Error struct {
	Method, Path string
	Host         string        // of the API
	Status       int           // 0 where no answer came
	Reason       error         // one of the above
	Said         string        // what the API said, or why no answer came: one line, which may be empty
	RetryAfter   time.Duration // how long the API wants to be left alone; 0 where it says nothing

	cause error
}

// Unwrap returns the reason and what caused it.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.cause}
}

// Uncertain reports whether err leaves open what became of a request: it went
// out, and no answer says that it was refused.
func Uncertain(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return err != nil // such as a context that ended
	}
	return e.Reason == ErrFailed || e.Reason == ErrUnreachable || e.Reason == ErrStrange
}

// Error tells it to a person.
func (e *Error) Error() string {
	said := ""
	if e.Said != "" {
		said = ": " + e.Said
	}
	path, _, _ := strings.Cut(e.Path, "?")
	what := e.Method + " " + path
	switch e.Reason {
	case ErrKey:
		return fmt.Sprintf("Vapi's API does not accept the key (%d)%s\nhint: %s wants the private key of the organisation, from dashboard.vapi.ai > API Keys", e.Status, said, KeyVariable)
	case ErrNotFound:
		return fmt.Sprintf("Vapi has nothing at %s (404)%s\nhint: it may have been deleted, or belong to another organisation than the key", path, said)
	case ErrInvalid:
		return fmt.Sprintf("Vapi refuses %s (%d)%s", what, e.Status, said)
	case ErrBusy:
		return fmt.Sprintf("Vapi's API has too many requests (429)%s\nhint: %s", said, e.tryAgain())
	case ErrFailed:
		return fmt.Sprintf("Vapi's API failed at %s (%d)%s\nhint: %s; status.vapi.ai tells of outages", what, e.Status, said, e.tryAgain())
	case ErrUnreachable:
		return fmt.Sprintf("Vapi's API cannot be reached at %s%s\nhint: is there a network, and does a proxy or firewall let %s through?", e.Host, said, e.Host)
	}
	return fmt.Sprintf("what answers %s at %s is not Vapi's API%s\nhint: look at %s, and for a proxy or a login page in between", what, e.Host, said, BaseURLVariable)
}

func (e *Error) tryAgain() string {
	if e.RetryAfter > 0 {
		return "try again in " + e.RetryAfter.String()
	}
	return "try again in a minute"
}

// reasonOf returns what a status says.
func reasonOf(status int) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ErrKey
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusTooManyRequests:
		return ErrBusy
	case status >= 500:
		return ErrFailed
	case status >= 400:
		return ErrInvalid
	}
	return ErrStrange
}

// saidBy returns what the body of an error says, "" where it is a page for
// people.
func saidBy(body []byte, location string) string {
	if location != "" {
		return oneLine("it leads to " + location)
	}
	var failure struct {
		Message json.RawMessage `json:"message"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &failure) != nil {
		return ""
	}
	if said := words(failure.Message); said != "" {
		return said
	}
	return words(failure.Error)
}

// words returns the strings that a message is made of.
func words(message []byte) string {
	var one string
	if json.Unmarshal(message, &one) == nil {
		return oneLine(one)
	}
	var several []string
	if json.Unmarshal(message, &several) == nil {
		return oneLine(strings.Join(several, "; "))
	}
	var nested struct{ Message string }
	if json.Unmarshal(message, &nested) == nil {
		return oneLine(nested.Message)
	}
	return ""
}

// longestSaid is how many characters are shown of what the API says.
const longestSaid = 600

// oneLine makes a line of text that can be shown on a terminal.
func oneLine(s string) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || !unicode.IsPrint(r):
			space = b.Len() > 0
			continue
		case n == longestSaid:
			b.WriteRune('…')
			return b.String()
		case space:
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

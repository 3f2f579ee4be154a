package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// deepest is in how many objects and arrays of a log's own a message is looked
// for, and mostElements how many elements of an array that is not the source
// itself.
const (
	deepest      = 4
	mostElements = 64
)

// value reads a JSON value and reports whether it is anything to be told of: an
// exchange, several, or one that is broken.
func (r *Reader) value(text []byte, line, depth int) bool {
	switch {
	case r.stopped || depth > deepest || len(text) == 0:
		return r.stopped
	case text[0] == '[':
		return r.elements(text, line, depth)
	case text[0] == '"':
		inner, ok := jsonpath.Unquote(text)
		body := bytes.TrimSpace([]byte(inner))
		return ok && len(body) > 0 && (body[0] == '{' || body[0] == '[') && json.Valid(body) && r.value(body, line, depth+1)
	case text[0] == '{':
		return r.object(text, line) || r.within(text, line, depth)
	}
	return false
}

// elements reads an array. What an array of the source's own holds beside
// exchanges is counted.
func (r *Reader) elements(text []byte, line, depth int) bool {
	found, others, at := false, 0, 0
	for i, element := range jsonpath.Elements(text) {
		if depth > 0 && i >= mostElements || r.stopped {
			break
		}
		if found := bytes.Index(text[at:], element); depth == 0 && found >= 0 { // only white space and a comma come before
			line += bytes.Count(text[at:at+found], newline)
			at += found
		}
		if r.value(element, line, depth+1) {
			found = true
		} else {
			others++
		}
		if depth == 0 {
			line += bytes.Count(element, newline)
			at += len(element)
		}
	}
	if found && depth == 0 {
		r.PassedOver += others
	}
	return found
}

// within looks for exchanges in the members of an object that is none.
func (r *Reader) within(text []byte, line, depth int) bool {
	for _, value := range jsonpath.Members(text) {
		if r.value(value, line, depth+1) {
			return true
		}
	}
	return false
}

// object reads an object in one of the forms that are known.
func (r *Reader) object(text []byte, line int) bool {
	f := readForm(text)
	switch id := vapi.Identify(vapi.Request{Method: http.MethodPost, Body: text}); {
	case id.Kind == vapi.KindServer:
		r.give(line, bodyExchange(text), "path", "headers")
	case f.Vapitap != nil && f.Request != nil:
		r.fixture(text, line)
	case f.Request != nil && (f.Method != "" || f.Path != "" || f.Response != nil):
		r.shown(text, line)
	case f.Log.Entries != nil:
		r.har(f.Log.Entries, text, line)
	case f.Session != "" && f.Kind != "" && f.RequestBytes != nil:
		r.fail(line, errors.New("it is an exchange as a list has it, without its request\nhint: vapitap export --format json writes all of it"))
	case f.isCall():
		r.call(text, line)
	case f.isMessage():
		r.give(line, bodyExchange(enveloped(text)), "envelope", "path", "headers")
	case id.Kind == vapi.KindLLM && f.Object == "":
		e := bodyExchange(text)
		e.Path = "/chat/completions"
		r.give(line, e, "path", "headers")
	default:
		return false
	}
	return true
}

// form is what tells one form of an object from another. Values of another type
// than is wanted are as if they were not there.
type form struct {
	Vapitap      json.RawMessage `json:"vapitap"`
	Request      json.RawMessage `json:"request"`
	Response     json.RawMessage `json:"response"`
	Method       text            `json:"method"`
	Path         text            `json:"path"`
	Log          logForm         `json:"log"`
	ID           text            `json:"id"`
	OrgID        text            `json:"orgId"`
	Type         text            `json:"type"`
	Object       text            `json:"object"`
	Kind         text            `json:"kind"`
	Session      text            `json:"session"`
	RequestBytes json.RawMessage `json:"requestBytes"`
	Messages     json.RawMessage `json:"messages"`
	Artifact     json.RawMessage `json:"artifact"`
	Call         json.RawMessage `json:"call"`
	Timestamp    json.RawMessage `json:"timestamp"`
}

type logForm struct{ Entries []json.RawMessage }

// UnmarshalJSON reads the log of a HAR file, and nothing of anything else.
func (l *logForm) UnmarshalJSON(value []byte) error {
	var log struct {
		Entries []json.RawMessage `json:"entries"`
	}
	if json.Unmarshal(value, &log) == nil {
		l.Entries = log.Entries
	}
	return nil
}

// text is a string; what is none is the empty one.
type text string

func (t *text) UnmarshalJSON(value []byte) error {
	var s string
	if json.Unmarshal(value, &s) == nil {
		*t = text(s)
	}
	return nil
}

func readForm(object []byte) form {
	var f form
	if json.Unmarshal(object, &f) != nil {
		return form{}
	}
	for _, part := range []*json.RawMessage{&f.Request, &f.Response, &f.Call, &f.Artifact} {
		if len(*part) == 0 || (*part)[0] != '{' {
			*part = nil
		}
	}
	return f
}

// isCall reports whether it is a call as Vapi's API has it.
func (f *form) isCall() bool {
	if f.ID == "" || f.Artifact == nil && len(f.Messages) == 0 {
		return false
	}
	switch f.Type {
	case "inboundPhoneCall", "outboundPhoneCall", "webCall", "vapi.websocketCall":
		return true
	}
	return f.Type == "" && f.OrgID != ""
}

// isMessage reports whether it is what stands in the envelope of a message.
func (f *form) isMessage() bool {
	if f.Type == "" {
		return false
	}
	if _, known := vapi.Lookup(string(f.Type)); known {
		return true
	}
	return f.Call != nil && len(f.Timestamp) > 0
}

func enveloped(message []byte) []byte {
	return append(append([]byte(`{"message":`), message...), '}')
}

// bodyExchange is a request of which only the body is known.
func bodyExchange(body []byte) *record.Exchange {
	return &record.Exchange{Request: record.Message{Header: jsonHeader(), Body: bytes.Clone(body)}}
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// messageTime returns when Vapi sent a message, by its own word; the zero time
// where it does not tell.
func messageTime(body []byte) time.Time {
	var m struct {
		Message struct {
			Timestamp moment `json:"timestamp"`
		} `json:"message"`
	}
	if json.Unmarshal(body, &m) != nil {
		return time.Time{}
	}
	return m.Message.Timestamp.Time
}

// moment is a time as Vapi writes it: milliseconds since 1970, or RFC 3339. What
// is neither is the zero time.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(value []byte) error {
	var ms float64
	if json.Unmarshal(value, &ms) == nil {
		if ms > 0 && ms < 1e14 { // year 5138
			whole, part := math.Modf(ms)
			m.Time = time.UnixMilli(int64(whole)).Add(time.Duration(part * float64(time.Millisecond))).UTC()
		}
		return nil
	}
	var s string
	if json.Unmarshal(value, &s) == nil {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			m.Time = t
		}
	}
	return nil
}

// elementError is an error of one element of a list.
func elementError(i int, err error) error { return fmt.Errorf("entry %d: %w", i+1, err) }

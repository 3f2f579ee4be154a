package tui

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"strings"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/vapi"
)

// bodyText is how the body of an exchange is shown to be edited, and how what
// was made of it goes out.
type bodyText struct {
	came      []byte // with its Content-Encoding undone
	unpacked  bool   // it had one
	shown     string // with line breaks, where it is JSON
	json      bool   // it is meant to be JSON
	truncated bool   // not all of it was recorded
	recorded  readBody
}

// readBody is a body as it is shown, and what is known of it.
type readBody struct {
	bytes    []byte
	editable bool                   // in place
	broken   *jsonpath.NotJSONError // why it is no JSON, where it is meant to be
}

func newBodyText(e *record.Exchange) bodyText {
	r := &e.Request
	b := bodyText{came: r.Decoded(), truncated: r.Truncated}
	b.unpacked = !bytes.Equal(b.came, r.Body)
	valid := json.Valid(b.came)
	b.json = valid || isJSONType(r.Header.Get("Content-Type"))
	b.shown = string(b.came)
	if valid {
		b.shown = string(jsonpath.LayOut(b.came))
	}
	b.recorded = b.read([]byte(b.shown))
	b.recorded.editable = b.recorded.editable && len(b.came) <= mostInPlace && !b.truncated
	return b
}

func isJSONType(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// read finds out what is to be known of a body as it is shown. One can be edited
// in place where it is text and not too long.
func (b *bodyText) read(body []byte) readBody {
	r := readBody{bytes: body, editable: len(body) <= mostShown && utf8.Valid(body) && bytes.IndexByte(body, 0) < 0}
	if b.json {
		errors.As(jsonpath.Validate(body), &r.broken)
	}
	return r
}

// written returns how a body that was edited goes out, and whether that differs
// from what was typed in more than its form: the shapes in which a message has
// one tool call are kept in step. JSON goes out as JSON.stringify writes it where
// it came so, so that servers which verify a signature over the one or the other
// agree with it; else as it was edited.
func (b *bodyText) written(edited []byte) (body []byte, inStep bool) {
	body, inStep = vapi.KeepInStep(b.came, edited)
	if vapi.IsStringified(b.came) {
		if text, err := vapi.Stringify(body); err == nil {
			body = text
		}
	}
	return body, inStep
}

// likely returns where in a body one most likely wants to change something: the
// first argument of a tool call; 0 where there is none.
func likely(shown string) int {
	const arguments = "\"arguments\": {\n"
	list := max(strings.Index(shown, "\"toolCallList\": ["), 0)
	at := strings.Index(shown[list:], arguments)
	if at < 0 {
		return 0
	}
	at += list + len(arguments)
	line, _, _ := strings.Cut(shown[at:], "\n")
	_, value, ok := strings.Cut(line, "\": ")
	if !ok {
		return 0
	}
	at += len(line) - len(value)
	if strings.HasPrefix(value, "\"") {
		at++
	}
	return at
}

// verdict is what is to be said of a body while it is edited.
type verdict struct {
	version int // of the text that it is about, from 1
	broken  *jsonpath.NotJSONError
	line    int // of what is broken, from 1; 0 where it is not edited in place
	column  int
}

// judge checks the body that is edited in place, if it has changed since.
func (ed *editor) judge() {
	t := ed.text[fieldBody]
	if t == nil || t.Version()+1 == ed.judged.version {
		return
	}
	ed.judged = verdict{version: t.Version() + 1}
	var broken *jsonpath.NotJSONError
	if ed.body.json && errors.As(jsonpath.Validate([]byte(t.String())), &broken) {
		ed.judged.broken = broken
		ed.judged.line, ed.judged.column = t.Position(broken.Offset)
	}
}

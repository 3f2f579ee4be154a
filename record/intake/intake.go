// Package intake reads exchanges from what other programs, and people, have of
// them: logs with Vapi's messages, fixtures, exported exchanges, HAR files, curl
// command lines, and a call as Vapi's API returns it.
//
// Text in, exchanges out. Which files those are, what fetches a call and where
// the exchanges go is for others to know. Nothing is executed and nothing sent:
// a command line is only read.
//
// What a source does not tell and an exchange cannot be without is made up, and
// said: the summary of such an exchange ends in MadeUp and what it was, as in
//
//	get_weather(city: "Oslo") · made up: path, headers
//
// An exchange that the source has no reply of has none, and no checks: nobody
// knows what was answered.
package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"vapitap/record"
)

// MadeUp stands in the summary of an exchange before what the source did not
// tell.
const MadeUp = " · made up: "

// Path is where a request is taken to have come in whose source does not say.
const Path = "/vapi/webhook"

// wholeLimit is up to how many bytes a source is looked at as a whole. What is
// longer is read line by line.
const wholeLimit = 256 << 20

// Found is what stands at one place of a source: an exchange, or why there is
// none.
type Found struct {
	Line     int // from 1
	Exchange *record.Exchange
	Err      error
}

// Reader reads sources. Its fields say how, and what it came across.
type Reader struct {
	// Now is the time of exchanges whose source tells none. Required.
	Now time.Time
	// ReadFile reads a file that a curl command names with @. Nil refuses those.
	ReadFile func(name string) ([]byte, error)

	// PassedOver counts what holds no exchange, and no sign of one that is broken:
	// lines of a log with other words, other JSON.
	PassedOver int
	// Masked counts exchanges with a header that was masked when it was written.
	Masked int
	// Notes are sentences on what a call had that makes no exchange, each once.
	Notes []string

	yield   func(Found) bool
	stopped bool
}

// Read reads one source to its end, and calls yield with what it finds, in
// order, until that returns false. Its error is that of reading from in, or why
// a source that is no text is not read: ErrStore for a store.
func (r *Reader) Read(in io.Reader, yield func(Found) bool) error {
	r.yield, r.stopped = yield, false
	text, err := io.ReadAll(io.LimitReader(in, wholeLimit+1))
	if err != nil {
		return err
	}
	if err := notText(text); err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if len(text) > wholeLimit {
		return r.lines(bufio.NewReaderSize(io.MultiReader(bytes.NewReader(text), in), lineBuffer))
	}
	body := bytes.TrimSpace(text)
	switch {
	case len(body) > 0 && (body[0] == '{' || body[0] == '[') && json.Valid(body):
		r.document(body, 1+bytes.Count(text[:bytes.Index(text, body[:1])], newline))
		return nil
	case beginsWithCommand(text):
		r.commands(string(text))
		return nil
	}
	return r.lines(bufio.NewReaderSize(bytes.NewReader(text), lineBuffer))
}

var newline = []byte("\n")

// document reads a source that is one JSON value.
func (r *Reader) document(text []byte, line int) {
	if !r.value(text, line, 0) {
		r.PassedOver++
	}
}

// give hands over an exchange whose fields are filled in as far as the source
// tells, with what was made up.
func (r *Reader) give(line int, e *record.Exchange, madeUp ...string) {
	if r.stopped {
		return
	}
	finish(e, r.Now, madeUp)
	if hasMasked(e.Request.Header) {
		r.Masked++
	}
	r.stopped = !r.yield(Found{Line: line, Exchange: e})
}

// fail tells why there is no exchange at a line.
func (r *Reader) fail(line int, err error) {
	if !r.stopped {
		r.stopped = !r.yield(Found{Line: line, Err: err})
	}
}

// note remembers a sentence.
func (r *Reader) note(sentence string) {
	for _, known := range r.Notes {
		if known == sentence {
			return
		}
	}
	r.Notes = append(r.Notes, sentence)
}

// finish fills in what follows from the rest.
func finish(e *record.Exchange, now time.Time, madeUp []string) {
	e.From = record.FromImport
	if e.Request.Header == nil {
		e.Request.Header = http.Header{}
	}
	if e.Method == "" {
		e.Method = http.MethodPost
	}
	if e.Path == "" {
		e.Path = Path
	}
	for _, m := range []*record.Message{&e.Request, &e.Response} {
		m.Bytes = max(m.Bytes, int64(len(m.Body)))
		m.Truncated = m.Bytes > int64(len(m.Body))
	}
	if e.Time.IsZero() {
		e.Time = messageTime(e.Request.Body)
	}
	if e.Time.IsZero() {
		e.Time = now
		madeUp = append(madeUp, "time")
	}
	e.Describe()
	if e.Status == 0 {
		e.Identify() // of a reply that nobody knows there is nothing to say
		e.Checks = nil
	}
	if len(madeUp) > 0 {
		e.Summary = strings.TrimSpace(e.Summary + MadeUp + strings.Join(madeUp, ", "))
	}
}

// masked is what record.MaskHeader puts in place of a secret.
const masked = "••••••"

func hasMasked(h http.Header) bool {
	for _, values := range h {
		for _, value := range values {
			if strings.Contains(value, masked) {
				return true
			}
		}
	}
	return false
}

// errCut is that of JSON which stops where the line or the source does.
var errCut = errors.New("the JSON is cut short: it ends in the middle of a value")

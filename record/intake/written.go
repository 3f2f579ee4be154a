package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vapitap/record"
	"vapitap/record/fixture"
)

// fixture reads a fixture.
func (r *Reader) fixture(text []byte, line int) {
	f, err := fixture.Parse(text)
	if err != nil {
		r.fail(line, err)
		return
	}
	e := &record.Exchange{
		Time: f.Recorded, Method: f.Request.Method, Path: f.Request.Path,
		Request: record.Message{Header: f.Request.Header, Trailer: f.Request.Trailer, Body: f.Request.Body},
	}
	if f.Response != nil {
		e.Status = f.Response.Status
		e.Response = record.Message{Header: f.Response.Header, Trailer: f.Response.Trailer, Body: f.Response.Body}
	}
	r.give(line, e)
}

// shownFile is an exchange as show --json and export --format json write it.
type shownFile struct {
	Time          moment    `json:"time"`
	Remote        text      `json:"remote"`
	Method        text      `json:"method"`
	Path          text      `json:"path"`
	Target        text      `json:"target"`
	Status        int       `json:"status"`
	DurationMs    float64   `json:"durationMs"`
	FirstByteMs   float64   `json:"firstByteMs"`
	RequestBytes  int64     `json:"requestBytes"`
	ResponseBytes int64     `json:"responseBytes"`
	Truncated     bool      `json:"truncated"`
	Marked        bool      `json:"marked"`
	Summary       text      `json:"summary"`
	Error         text      `json:"error"`
	Request       shownPart `json:"request"`
	Response      shownPart `json:"response"`
	Checks        []struct {
		Code text `json:"code"`
	} `json:"checks"`
}

// shownPart is the request or the response.
type shownPart struct {
	Headers    map[string]values `json:"headers"`
	Trailers   map[string]values `json:"trailers"`
	Body       json.RawMessage   `json:"body"`
	BodyText   string            `json:"bodyText"`
	BodyBase64 []byte            `json:"bodyBase64"`
}

// values are those of one header: a string, or several.
type values []string

func (v *values) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*v = values{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(v))
}

// shown reads an exchange in its documented form.
func (r *Reader) shown(text []byte, line int) {
	var f shownFile
	if err := json.Unmarshal(text, &f); err != nil {
		r.fail(line, fmt.Errorf("it does not have the form of an exchange: %w", plainJSONError(err)))
		return
	}
	e := &record.Exchange{
		Time: f.Time.Time, Remote: string(f.Remote), Method: string(f.Method), Path: string(f.Path), Target: string(f.Target),
		Status: f.Status, Duration: milliseconds(f.DurationMs), FirstByte: milliseconds(f.FirstByteMs),
		Marked: f.Marked, Error: string(f.Error),
	}
	for _, check := range f.Checks {
		e.Unreachable = e.Unreachable || check.Code == "target-unreachable"
	}
	e.Request, e.Response = f.Request.message(), f.Response.message()
	if f.Truncated {
		cutTo(&e.Request, f.RequestBytes)
		cutTo(&e.Response, f.ResponseBytes)
	}
	madeUp := f.madeUp()
	if e.Path == "" {
		madeUp = append(madeUp, "path")
	}
	r.give(line, e, madeUp...)
}

// madeUp returns what was made up when the exchange was imported that was then
// written.
func (f *shownFile) madeUp() []string {
	_, what, ok := strings.Cut(string(f.Summary), MadeUp)
	if !ok {
		return nil
	}
	return []string{what}
}

// message returns the message. Its body was written with its Content-Encoding
// undone.
func (p *shownPart) message() record.Message {
	m := record.Message{Header: headerOf(p.Headers), Trailer: headerOf(p.Trailers), Body: p.BodyBase64}
	switch {
	case p.Body != nil:
		m.Body = p.Body
	case p.BodyText != "":
		m.Body = []byte(p.BodyText)
	}
	unpacked(m.Header)
	return m
}

// unpacked takes away the headers that no longer fit a body whose
// Content-Encoding was undone.
func unpacked(h http.Header) {
	if h.Get("Content-Encoding") != "" {
		h.Del("Content-Encoding")
		h.Del("Content-Length")
	}
}

func headerOf(named map[string]values) http.Header {
	if len(named) == 0 {
		return nil
	}
	header := make(http.Header, len(named))
	for name, list := range named {
		header[http.CanonicalHeaderKey(name)] = list
	}
	return header
}

func milliseconds(ms float64) time.Duration {
	if ms <= 0 || ms > 1e10 {
		return 0
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// plainJSONError returns an error of encoding/json without Go's names in it.
func plainJSONError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s cannot be %s", strings.TrimPrefix(wrong.Field, "."), wrong.Value)
	}
	return err
}

// pathOf returns path and query of a URL as they stand in a request line.
func pathOf(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		var wrong *url.Error
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return "", fmt.Errorf("the URL %q cannot be read: %w", target, err)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%q is no http URL", target)
	}
	return u.RequestURI(), nil
}

// cutTo says how long the body was of which the source has the beginning.
func cutTo(m *record.Message, bytes int64) {
	if len(m.Body) > 0 || bytes > 0 {
		m.Bytes = max(bytes, int64(len(m.Body)))
	}
}

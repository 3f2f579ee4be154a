package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"vapitap/record"
)

// harEntry is an entry of a HAR file (HTTP Archive 1.2), with the members that
// vapitap's own export adds. Bodies stand there with their Content-Encoding
// undone.
type harEntry struct {
	StartedDateTime moment       `json:"startedDateTime"`
	Time            float64      `json:"time"`
	Request         *harRequest  `json:"request"`
	Response        *harResponse `json:"response"`
	Timings         struct {
		Wait float64 `json:"wait"`
	} `json:"timings"`
	Vapitap *shownFile `json:"_vapitap"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harRequest struct {
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Headers  []harPair `json:"headers"`
	Trailers []harPair `json:"_trailers"`
	PostData struct {
		MimeType text      `json:"mimeType"`
		Text     string    `json:"text"`
		Encoding text      `json:"_encoding"`
		Params   []harPair `json:"params"`
	} `json:"postData"`
}

type harResponse struct {
	Status   int       `json:"status"`
	Headers  []harPair `json:"headers"`
	Trailers []harPair `json:"_trailers"`
	Content  struct {
		Size     int64  `json:"size"`
		Text     string `json:"text"`
		Encoding text   `json:"encoding"`
	} `json:"content"`
}

// har reads the entries of a HAR file.
func (r *Reader) har(entries []json.RawMessage, file []byte, line int) {
	if len(entries) == 0 {
		r.fail(line, errors.New("the HAR file has no entries"))
	}
	at := 0
	for i, text := range entries {
		// Entries are copies of what stands in the file, one after the other.
		if found := bytes.Index(file[at:], text); found >= 0 {
			line += bytes.Count(file[at:at+found], newline)
			at += found
		}
		e, madeUp, err := harExchange(text)
		if err != nil {
			r.fail(line, elementError(i, err))
			continue
		}
		r.give(line, e, madeUp...)
	}
}

func harExchange(text []byte) (e *record.Exchange, madeUp []string, err error) {
	var entry harEntry
	if err := json.Unmarshal(text, &entry); err != nil {
		return nil, nil, fmt.Errorf("it does not have the form of HAR: %w", plainJSONError(err))
	}
	if entry.Request == nil {
		return nil, nil, errors.New("it has no request")
	}
	path, err := pathOf(entry.Request.URL)
	if err != nil {
		return nil, nil, err
	}
	e = &record.Exchange{
		Time: entry.StartedDateTime.Time, Method: entry.Request.Method, Path: path, Target: entry.Request.URL,
		Duration: milliseconds(entry.Time),
	}
	if wait := milliseconds(entry.Timings.Wait); 0 < wait && wait <= e.Duration {
		e.FirstByte = wait
	}
	if e.Request, err = entry.Request.message(); err != nil {
		return nil, nil, fmt.Errorf("the request: %w", err)
	}
	if entry.Response != nil && entry.Response.Status > 0 {
		e.Status = entry.Response.Status
		if e.Response, err = entry.Response.message(); err != nil {
			return nil, nil, fmt.Errorf("the response: %w", err)
		}
	}
	if own := entry.Vapitap; own != nil {
		own.complete(e)
		madeUp = own.madeUp()
	}
	return e, madeUp, nil
}

// complete fills in what a HAR has no place for, where vapitap wrote it.
func (f *shownFile) complete(e *record.Exchange) {
	e.Path, e.Target, e.Remote = string(f.Path), string(f.Target), string(f.Remote)
	e.FirstByte, e.Marked, e.Error = milliseconds(f.FirstByteMs), f.Marked, string(f.Error)
	for _, check := range f.Checks {
		e.Unreachable = e.Unreachable || check.Code == "target-unreachable"
	}
	if f.Truncated {
		cutTo(&e.Request, f.RequestBytes)
		cutTo(&e.Response, f.ResponseBytes)
	} else {
		e.Response.Bytes = 0 // its size in content is that of what was unpacked
	}
}

func (q *harRequest) message() (record.Message, error) {
	m := record.Message{Header: harHeader(q.Headers), Trailer: orNone(harHeader(q.Trailers))}
	body, err := harBody(q.PostData.Text, string(q.PostData.Encoding))
	if len(body) == 0 && len(q.PostData.Params) > 0 {
		form := url.Values{}
		for _, p := range q.PostData.Params {
			form.Add(p.Name, p.Value)
		}
		body = []byte(form.Encode())
	}
	m.Body = body
	if len(body) > 0 && m.Header.Get("Content-Type") == "" && q.PostData.MimeType != "" {
		m.Header.Set("Content-Type", string(q.PostData.MimeType))
	}
	unpacked(m.Header)
	return m, err
}

func (p *harResponse) message() (record.Message, error) {
	m := record.Message{Header: harHeader(p.Headers), Trailer: orNone(harHeader(p.Trailers))}
	body, err := harBody(p.Content.Text, string(p.Content.Encoding))
	m.Body = body
	if len(body) == 0 && p.Content.Size > 0 {
		m.Bytes = p.Content.Size // a HAR may leave bodies out
	}
	unpacked(m.Header)
	return m, err
}

func harBody(text, encoding string) ([]byte, error) {
	switch {
	case encoding == "base64":
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("its body is no base64: %w", err)
		}
		return body, nil
	case encoding != "":
		return nil, fmt.Errorf("its body is encoded as %q, which is not known", encoding)
	}
	return []byte(text), nil
}

// harHeader returns the headers but those that HTTP/2 has in place of a request
// line.
func harHeader(pairs []harPair) http.Header {
	header := http.Header{}
	for _, p := range pairs {
		if p.Name != "" && !strings.HasPrefix(p.Name, ":") {
			header.Add(p.Name, p.Value)
		}
	}
	return header
}

func orNone(h http.Header) http.Header {
	if len(h) == 0 {
		return nil
	}
	return h
}

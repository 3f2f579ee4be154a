package tui

import (
	"bytes"
	"fmt"
	"net/url"
	"unicode/utf8"

	"vapitap/internal/jsondiff"
	"vapitap/record"
)

// difference is how one side of two exchanges differs.
type difference struct {
	name string
	head []headDifference
	body []jsondiff.Change // where both bodies are JSON
	text []jsondiff.Line   // where they are other text
	note string            // how they differ where neither is told
}

// headDifference is something that has one value before and another after; an
// empty one is none.
type headDifference struct{ name, before, after string }

func (d *difference) same() bool {
	return len(d.head) == 0 && len(d.body) == 0 && len(d.text) == 0 && d.note == ""
}

// compareExchanges tells two exchanges apart by what is read of them: of the
// request method, path, type and body, of the reply status, type and body. What
// was answered in the server's place is no reply.
func compareExchanges(before, after *record.Exchange) []difference {
	request := difference{name: tabRequest.String()}
	request.add("method", before.Method, after.Method)
	request.add("path", serverPath(before), serverPath(after))
	request.bodies(&before.Request, &after.Request)
	reply := difference{name: tabResponse.String()}
	reply.add("status", statusWords(before), statusWords(after))
	reply.bodies(replyOf(before), replyOf(after))
	return []difference{reply, request} // what one looks at first, first
}

// serverPath is the path on the server: what came in at / was forwarded to the
// path of the target, and is sent again to that.
func serverPath(e *record.Exchange) string {
	if u, err := url.Parse(e.Target); err == nil && u.Host != "" {
		return u.RequestURI()
	}
	return e.Path
}

func statusWords(e *record.Exchange) string {
	if e.Unreachable || e.Status == 0 {
		return ""
	}
	return fmt.Sprint(e.Status)
}

func replyOf(e *record.Exchange) *record.Message {
	if e.Unreachable {
		return &record.Message{}
	}
	return &e.Response
}

func (d *difference) add(name, before, after string) {
	if before != after {
		d.head = append(d.head, headDifference{name, before, after})
	}
}

// bodies compares two bodies with their Content-Encoding undone.
func (d *difference) bodies(before, after *record.Message) {
	d.add("content-type", before.Header.Get("Content-Type"), after.Header.Get("Content-Type"))
	a, b := before.Decoded(), after.Decoded()
	switch {
	case before.Truncated || after.Truncated:
		if before.Bytes != after.Bytes || !bytes.Equal(a, b) {
			d.note = fmt.Sprintf("the bodies differ: %d bytes before, %d after; not all of them was recorded", before.Bytes, after.Bytes)
		}
		return
	case bytes.Equal(a, b):
		return
	}
	changes, err := jsondiff.Diff(a, b)
	switch {
	case err == nil:
		d.body = changes
	case utf8.Valid(a) && utf8.Valid(b):
		d.text = jsondiff.Text(a, b)
	default:
		d.note = fmt.Sprintf("the bodies differ: %d bytes before, %d after; they are not text", before.Bytes, after.Bytes)
	}
}

package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
	"vapitap/record"
)

// Comparison is how two replies differ in what Vapi reads of them: the status,
// the Content-Type and the body.
type Comparison struct {
	status, contentType values
	body                bodies
}

// values are the JSON texts of something before and after; nil where there was
// none.
type values struct{ before, after []byte }

// bodies are two bodies that may differ.
type bodies struct {
	differ  bool
	changes []jsondiff.Change // where both are JSON
	lines   []jsondiff.Line   // else
	values                    // where they are not JSON but text; nil otherwise
}

// Compare returns how the reply of after differs from that of before. Bodies
// are compared with their Content-Encoding undone: JSON by its values, anything
// else line by line. Of bodies of which not all was recorded the lengths are
// compared and what both have. An exchange that the server did not answer has
// no reply.
func Compare(before, after *record.Exchange) *Comparison {
	return &Comparison{
		status:      values{statusOf(before), statusOf(after)},
		contentType: values{contentTypeOf(before), contentTypeOf(after)},
		body:        compareBodies(replyOf(before), replyOf(after)),
	}
}

// Same reports whether the replies do not differ.
func (c *Comparison) Same() bool {
	return c.status.same() && c.contentType.same() && !c.body.differ
}

// Lines returns the differences as lines of text, those of JSON as
// jsondiff.Lines writes them for this width.
func (c *Comparison) Lines(width int) []jsondiff.Line {
	var lines []jsondiff.Line
	for _, head := range []struct {
		name string
		values
	}{{"status", c.status}, {"Content-Type", c.contentType}} {
		if head.same() {
			continue
		}
		change := jsondiff.Change{Path: jsonpath.Path{jsonpath.Key(head.name)}, Kind: head.kind(), Old: head.before, New: head.after}
		lines = append(lines, jsondiff.Lines([]jsondiff.Change{change}, width)...)
	}
	lines = append(lines, jsondiff.Lines(c.body.changes, width)...)
	return append(lines, c.body.lines...)
}

// differenceJSON is one difference for programs. Path is a path into the body,
// the name of a header, or status. Old and New are left out where there is none
// and where a body is no text.
type differenceJSON struct {
	In   string          `json:"in"` // status, header or body
	Path string          `json:"path"`
	Kind jsondiff.Kind   `json:"kind"`
	Old  json.RawMessage `json:"old,omitempty"`
	New  json.RawMessage `json:"new,omitempty"`
}

// MarshalJSON returns the differences as an array, an empty one where there is
// none.
func (c *Comparison) MarshalJSON() ([]byte, error) {
	list := []differenceJSON{}
	if !c.status.same() {
		list = append(list, c.status.json("status", "status"))
	}
	if !c.contentType.same() {
		list = append(list, c.contentType.json("header", "Content-Type"))
	}
	for _, change := range c.body.changes {
		list = append(list, differenceJSON{"body", change.Path.String(), change.Kind, change.Old, change.New})
	}
	if c.body.differ && len(c.body.changes) == 0 {
		list = append(list, c.body.json("body", "$"))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(list); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

func (v values) same() bool { return bytes.Equal(v.before, v.after) }

func (v values) kind() jsondiff.Kind {
	switch {
	case v.before == nil && v.after != nil:
		return jsondiff.Added
	case v.before != nil && v.after == nil:
		return jsondiff.Removed
	}
	return jsondiff.Changed
}

func (v values) json(in, path string) differenceJSON {
	return differenceJSON{In: in, Path: path, Kind: v.kind(), Old: v.before, New: v.after}
}

func statusOf(e *record.Exchange) []byte {
	if e.Unreachable || e.Status == 0 {
		return nil
	}
	return strconv.AppendInt(nil, int64(e.Status), 10)
}

func contentTypeOf(e *record.Exchange) []byte {
	if list := replyOf(e).Header["Content-Type"]; len(list) > 0 {
		return jsonpath.Quote(list[0])
	}
	return nil
}

// replyOf returns what the server answered, without what was answered in its
// place.
func replyOf(e *record.Exchange) *record.Message {
	if e.Unreachable {
		return &record.Message{}
	}
	return &e.Response
}

func compareBodies(before, after *record.Message) bodies {
	if before.Truncated || after.Truncated {
		return compareInPart(before, after)
	}
	a, b := before.Decoded(), after.Decoded()
	if bytes.Equal(a, b) {
		return bodies{}
	}
	if changes, err := jsondiff.Diff(a, b); err == nil {
		return bodies{differ: len(changes) > 0, changes: changes}
	}
	if !utf8.Valid(a) || !utf8.Valid(b) {
		return bodies{differ: true, lines: []jsondiff.Line{lengths(before, after, "not text")}}
	}
	return bodies{differ: true, lines: jsondiff.Text(a, b), values: values{textValue(a), textValue(b)}}
}

// compareInPart compares what was recorded of both.
func compareInPart(before, after *record.Message) bodies {
	n := min(len(before.Body), len(after.Body))
	if before.Bytes == after.Bytes && bytes.Equal(before.Body[:n], after.Body[:n]) {
		return bodies{}
	}
	return bodies{differ: true, lines: []jsondiff.Line{lengths(before, after, "not all of it recorded")}}
}

// lengths is a line for bodies of which no more is shown.
func lengths(before, after *record.Message, why string) jsondiff.Line {
	return jsondiff.Line{Kind: jsondiff.Changed, Text: fmt.Sprintf("body: %d bytes → %d bytes (%s)", before.Bytes, after.Bytes, why)}
}

// textValue returns a body as JSON: itself where it is, else as a string.
func textValue(body []byte) []byte {
	switch {
	case len(body) == 0:
		return nil
	case json.Valid(body):
		return body
	}
	return jsonpath.Quote(string(body))
}

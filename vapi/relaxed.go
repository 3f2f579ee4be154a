package vapi

import (
	"bytes"
	"encoding/json"
	"strings"

	"vapitap/internal/jsonpath"
)

// relaxed returns the JSON that text would be if it were written as JSON: with
// double quotes where Python's print and JavaScript have single ones or none,
// true, false and null for True, False, None and undefined, and without a byte
// order mark and commas that nothing follows. It is nil where that is still no
// JSON, or nothing had to be changed.
func relaxed(text []byte) []byte {
	r := relaxer{text: bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\xEF\xBB\xBF"))}
	for r.pos < len(r.text) {
		r.token()
	}
	if out := r.out.Bytes(); json.Valid(out) && !json.Valid(text) {
		return out
	}
	return nil
}

// A relaxer goes through text that was meant to be JSON.
type relaxer struct {
	text []byte
	pos  int
	out  bytes.Buffer
}

// constants are the words of Python and JavaScript for those of JSON, which
// stand for themselves.
var constants = map[string]string{
	"true": "true", "false": "false", "null": "null",
	"True": "true", "False": "false", "None": "null", "undefined": "null", "NaN": "null",
}

func (r *relaxer) token() {
	switch c := r.text[r.pos]; {
	case c == '"', c == '\'':
		r.quoted(c)
	case c == ',':
		if r.pos++; !r.closes() {
			r.out.WriteByte(',')
		}
	case isWordByte(c) && !('0' <= c && c <= '9'):
		r.word()
	default:
		r.out.WriteByte(c)
		r.pos++
	}
}

// quoted writes a string with the quotes of JSON. A JSON escape stays; that of
// a quote is undone where JSON needs none.
func (r *relaxer) quoted(quote byte) {
	end := r.pos + 1
	for end < len(r.text) && r.text[end] != quote {
		if r.text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.text) { // cut off, which nothing mends
		r.out.Write(r.text[r.pos:])
		r.pos = len(r.text)
		return
	}
	inner := r.text[r.pos+1 : end]
	r.pos = end + 1
	r.out.WriteByte('"')
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '\\' && i+1 < len(inner) && inner[i+1] == '\'':
		case c == '\\' && i+1 < len(inner):
			r.out.Write(inner[i : i+2])
			i++
		case c == '"':
			r.out.WriteString(`\"`)
		case c < ' ':
			escaped := jsonpath.Quote(string(c))
			r.out.Write(escaped[1 : len(escaped)-1])
		default:
			r.out.WriteByte(c)
		}
	}
	r.out.WriteByte('"')
}

// closes reports whether a closing bracket comes next.
func (r *relaxer) closes() bool {
	i := jsonpath.SkipSpace(r.text, r.pos)
	return i < len(r.text) && strings.IndexByte("}]", r.text[i]) >= 0
}

// word writes a constant as JSON has it, and a key without quotes with them.
func (r *relaxer) word() {
	start := r.pos
	for r.pos < len(r.text) && isWordByte(r.text[r.pos]) {
		r.pos++
	}
	word := string(r.text[start:r.pos])
	next := jsonpath.SkipSpace(r.text, r.pos)
	switch constant := constants[word]; {
	case next < len(r.text) && r.text[next] == ':':
		r.out.WriteString(`"` + word + `"`)
	case constant != "":
		r.out.WriteString(constant)
	default: // no JSON, or the e of a number
		r.out.WriteString(word)
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

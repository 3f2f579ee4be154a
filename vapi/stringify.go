package vapi

import (
	"bytes"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// Stringify returns what JavaScript's JSON.stringify(JSON.parse(text)) gives:
// the bytes over which a server that signs the parsed body computes its HMAC,
// and those that Vapi itself sends.
//
// Keys keep their order, except that integer-like ones (0 to 4294967294, without
// leading zeros) come first and ascend; of equal keys the last value stands in
// the place of the first. Numbers are doubles in their shortest form, those out
// of range null. Strings have no escapes but of quotes, backslashes, control
// characters and lone surrogates.
//
// text is decoded as a web server does it before it parses: a byte order mark at
// its beginning is dropped, and U+FFFD stands for each maximal part of a
// character that is not UTF-8 (WHATWG Encoding, "UTF-8 decode").
//
// Where text is no JSON the error is a *jsonpath.NotJSONError. Text that is
// nested deeper than 10,000 levels counts as none; Node gives up at about 4,000.
// The result is the caller's own; time and memory grow with the length of text.
func Stringify(text []byte) ([]byte, error) {
	decoded := decodeUTF8(text)
	s := stringifier{text: decoded}
	if !s.scan() {
		return nil, notJSON(decoded)
	}
	if !s.rewrites {
		return bytes.Clone(decoded), nil
	}
	return s.write(), nil
}

// IsStringified reports whether text is JSON exactly as JSON.stringify writes it:
// whether Stringify would return it as it is. It does not make the result.
func IsStringified(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	s := stringifier{text: text, onlyJudge: true}
	return s.scan() && !s.rewrites
}

// notJSON returns why text, which scan refused, is no JSON.
func notJSON(text []byte) error {
	if err := jsonpath.Validate(text); err != nil {
		return err
	}
	return &jsonpath.NotJSONError{Reason: "it cannot be read"}
}

// A stringifier rewrites one JSON text. It reads it twice: scan sees whether it
// is JSON, whether it has to change at all, and which objects have their members
// in another order than JavaScript would; write writes each value once, from
// where it stands. So no object is moved again for each one that it stands in.
type stringifier struct {
	text      []byte
	pos       int
	rewrites  bool // the result differs from text
	onlyJudge bool // stop where that is known

	open    []openContainer
	members []placedMember     // of the objects that are open
	ordered []placedMember     // of the objects in plans, as they are to be written
	plans   map[int]memberPlan // by where the object starts
	scratch [32]byte           // for the number that is looked at
}

// A placedMember is one member of an object.
type placedMember struct {
	key        []byte // the literal as it is to be written
	start, end int    // of the value, in the text
}

// A memberPlan is how an object is written whose members do not stand as
// JavaScript has them.
type memberPlan struct {
	first, last int // its members are ordered[first:last]
	end         int // after its closing brace, in the text
}

// A jsWriter writes the text that a stringifier has scanned.
type jsWriter struct {
	*stringifier
	out  []byte
	open []writtenObject
}

// A writtenObject is an object with a plan that is being written.
type writtenObject struct {
	memberPlan
	next int // the first of its members that is not begun
}

// write returns the result. scan must have found JSON.
func (s *stringifier) write() []byte {
	w := jsWriter{stringifier: s, out: make([]byte, 0, len(s.text))}
	for i := 0; i < len(s.text); {
		next, ok := w.nextMember(i)
		if !ok {
			next = w.token(i)
		}
		i = next
	}
	return w.out
}

// nextMember goes on to the next member of an object with a plan, or past its
// end, where the current place i is before its first or after one. It returns
// where to go on, and false where i is somewhere else.
func (w *jsWriter) nextMember(i int) (next int, ok bool) {
	if len(w.open) == 0 {
		return 0, false
	}
	top := &w.open[len(w.open)-1]
	first := top.next == top.first
	if !first && i != w.ordered[top.next-1].end {
		return 0, false
	}
	if top.next == top.last {
		w.out = append(w.out, '}')
		w.open = w.open[:len(w.open)-1]
		return top.end, true
	}
	if !first {
		w.out = append(w.out, ',')
	}
	m := w.ordered[top.next]
	top.next++
	w.out = append(append(w.out, m.key...), ':')
	return m.start, true
}

// token writes the token at i and returns where the next one is.
func (w *jsWriter) token(i int) (next int) {
	switch c := w.text[i]; c {
	case ' ', '\t', '\n', '\r':
		return jsonpath.SkipSpace(w.text, i)
	case '"':
		end, asWritten, _ := scanJSLiteral(w.text, i)
		if asWritten {
			w.out = append(w.out, w.text[i:end]...)
		} else {
			w.out = appendJSLiteral(w.out, w.text[i:end])
		}
		return end
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n := numberLength(w.text[i:])
		w.out = appendJSNumberText(w.out, w.text[i:i+n])
		return i + n
	case '{':
		if plan, ok := w.plans[i]; ok {
			w.open = append(w.open, writtenObject{plan, plan.first})
		}
		fallthrough
	default: // brackets, commas, colons, and the letters of true, false and null
		w.out = append(w.out, w.text[i])
		return i + 1
	}
}

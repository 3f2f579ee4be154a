package payload

import (
	"bytes"
	"sort"
)

// form is the fields of a form as they are meant: one a line, its name and its
// value decoded. Its text is theirs.
type form struct {
	text   []byte
	fields []field
	tail   string // what a last line says where the form was cut off; "" where it was not
}

// field is where a field stands in the text.
type field struct{ start, name, end uint32 }

// newForm returns the fields of a form that was sent as
// application/x-www-form-urlencoded.
func newForm(body []byte) *form {
	body = body[:min(len(body), maxIndexed)]
	f := &form{text: make([]byte, 0, len(body)+16)}
	for pair := range bytes.SplitSeq(body, []byte{'&'}) {
		if len(pair) == 0 {
			continue
		}
		name, value, _ := bytes.Cut(pair, []byte{'='})
		at := field{start: uint32(len(f.text))}
		f.text = appendDecoded(f.text, name)
		at.name = uint32(len(f.text))
		f.text = appendDecoded(append(f.text, '='), value)
		at.end = uint32(len(f.text))
		f.text = append(f.text, '\n')
		f.fields = append(f.fields, at)
	}
	return f
}

// appendDecoded appends what part of a form stands for. A percent sign that
// begins no escape stays.
func appendDecoded(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '+':
			dst = append(dst, ' ')
		case b[i] == '%' && i+2 < len(b) && hexDigit(b[i+1]) && hexDigit(b[i+2]):
			dst = append(dst, nibble(b[i+1])<<4|nibble(b[i+2]))
			i += 2
		default:
			dst = append(dst, b[i])
		}
	}
	return dst
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func (f *form) count() int {
	if f.tail != "" {
		return len(f.fields) + 1
	}
	return len(f.fields)
}

func (f *form) start(i int) int {
	if i >= len(f.fields) {
		return len(f.text)
	}
	return int(f.fields[i].start)
}

func (f *form) at(offset int) int {
	return max(sort.Search(f.count(), func(i int) bool { return f.start(i) > offset })-1, 0)
}

func (f *form) stream(s *stream, i int) {
	if i >= len(f.fields) {
		s.put(aside, f.tail)
		return
	}
	at := f.fields[i]
	s.body(key, f.text, int(at.start), int(at.name))
	s.put(punct, " ")
	s.body(punct, f.text, int(at.name), int(at.name)+1)
	s.put(punct, " ")
	s.body(plainText, f.text, int(at.name)+1, int(at.end))
}

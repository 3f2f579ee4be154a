package payload

import (
	"bytes"
	"sort"
)

// flat is text as it came, line by line.
type flat struct {
	text   []byte
	starts []uint32
	broken int    // where JSON breaks in it; -1 where that is not to be marked
	tail   string // what a last line says where the text was cut off; "" where it was not
}

func newFlat(text []byte) *flat {
	text = text[:min(len(text), maxIndexed)]
	f := &flat{text: text, broken: -1, starts: make([]uint32, 0, bytes.Count(text, []byte{'\n'})+2)}
	for at := 0; at < len(text); {
		f.starts = append(f.starts, uint32(at))
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return f
}

// end adds a line that says how the text was cut off.
func (f *flat) end(tail string) {
	f.tail = tail
	f.starts = append(f.starts, uint32(len(f.text)))
}

func (f *flat) count() int      { return len(f.starts) }
func (f *flat) start(i int) int { return int(f.starts[i]) }

func (f *flat) at(offset int) int {
	return max(sort.Search(len(f.starts), func(i int) bool { return int(f.starts[i]) > offset })-1, 0)
}

func (f *flat) stream(s *stream, i int) {
	if f.tail != "" && i == len(f.starts)-1 {
		s.put(aside, f.tail)
		return
	}
	start, end := f.bounds(i)
	if f.broken < 0 || f.at(f.broken) != i {
		s.body(plainText, f.text, start, end)
		return
	}
	at := min(f.broken, end)
	s.body(plainText, f.text, start, at)
	s.put(fault, breakSign)
	s.body(faulty, f.text, at, end)
}

// breakSign stands where JSON breaks.
const breakSign = "✗"

// bounds returns where a line starts and ends, without its line break.
func (f *flat) bounds(i int) (start, end int) {
	start, end = f.start(i), len(f.text)
	if i+1 < len(f.starts) {
		end = f.start(i + 1)
	}
	if end > start && f.text[end-1] == '\n' {
		end--
		if end > start && f.text[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

// maxIndexed is how much of a body is looked at, in bytes: what is shown of a
// longer one ends there.
const maxIndexed = 16 << 20

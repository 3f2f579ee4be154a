package payload

import (
	"sort"
	"strconv"

	"vapitap/internal/jsonpath"
)

// line is one line that JSON takes when it is laid out: a value with its key, the
// start or the end of an object or array that is not empty, or, at the top of a
// stream of events, text.
type line struct {
	start  uint32 // offset of its first byte: of the key, the value or the closing bracket
	match  uint32 // of a start: the line of the end; of an end: that of the start; else itself
	parent uint32 // the line that starts what this is in; noLine at the top
	nth    uint32 // which child of its parent, from 0; with objectBit for the start of an object
}

const (
	noLine    = 1<<32 - 1
	objectBit = 1 << 31
)

// tree is JSON, or events with JSON in them, as lines that fold.
type tree struct {
	text   []byte
	lines  []line
	bits   []uint64 // which starts are folded, made when the first one is
	cut    bool     // the last line says that the text was cut off there
	events bool     // lines at the top begin with the name of a field
	tail   string   // what the last line says where the text was cut off

	longKeys map[int]int // where long keys end, by line, once that was asked
}

func (t *tree) count() int      { return len(t.lines) }
func (t *tree) start(i int) int { return int(t.lines[i].start) }

// at returns the line that a byte is in.
func (t *tree) at(offset int) int {
	return max(sort.Search(len(t.lines), func(i int) bool { return int(t.lines[i].start) > offset })-1, 0)
}

func (t *tree) opens(i int) bool  { return int(t.lines[i].match) > i }
func (t *tree) closes(i int) bool { return int(t.lines[i].match) < i }
func (t *tree) end(i int) int     { return int(t.lines[i].match) }
func (t *tree) isCut(i int) bool  { return t.cut && i == len(t.lines)-1 }

// parent returns the line that starts what line i is in; -1 at the top.
func (t *tree) parent(i int) int {
	if p := t.lines[i].parent; p != noLine {
		return int(p)
	}
	return -1
}

// isMember reports whether line i begins with a key.
func (t *tree) isMember(i int) bool {
	p := t.parent(i)
	return p >= 0 && t.lines[p].nth&objectBit != 0 && !t.closes(i) && !t.isCut(i)
}

func (t *tree) isObject(i int) bool { return t.opens(i) && t.lines[i].nth&objectBit != 0 }
func (t *tree) nth(i int) int       { return int(t.lines[i].nth &^ objectBit) }

// children returns how many keys or items are in what starts at line i, and
// whether that is all of them.
func (t *tree) children(i int) (n int, all bool) {
	end := t.end(i)
	if !t.isCut(end) {
		return t.nth(end), true
	}
	for child := end; child >= 0; child = t.parent(child) {
		if t.parent(child) == i {
			if child == end {
				return t.nth(child), false
			}
			return t.nth(child) + 1, false
		}
	}
	return 0, false
}

func (t *tree) folded(i int) bool { return t.bits != nil && t.bits[i/64]&(1<<(i%64)) != 0 }

func (t *tree) fold(i int, folded bool) {
	if t.bits == nil {
		if !folded {
			return
		}
		t.bits = make([]uint64, len(t.lines)/64+1)
	}
	if folded {
		t.bits[i/64] |= 1 << (i % 64)
	} else {
		t.bits[i/64] &^= 1 << (i % 64)
	}
}

// after returns the line that is seen below line i, which is seen itself; count
// where there is none.
func (t *tree) after(i int) int {
	if t.folded(i) {
		return t.end(i) + 1
	}
	return i + 1
}

// before returns the line that is seen above line i, which is seen itself; -1
// where there is none.
func (t *tree) before(i int) int {
	i--
	if i >= 0 && t.closes(i) && t.folded(t.end(i)) {
		return t.end(i)
	}
	return i
}

// seen returns line i, or where that is hidden the folded line that hides it.
func (t *tree) seen(i int) int {
	for p := t.parent(i); p >= 0; p = t.parent(p) {
		if t.folded(p) {
			i = p
		}
	}
	if t.closes(i) && t.folded(t.end(i)) {
		i = t.end(i)
	}
	return i
}

// reveal unfolds what hides line i.
func (t *tree) reveal(i int) {
	for p := t.parent(i); p >= 0; p = t.parent(p) {
		t.fold(p, false)
	}
	if t.closes(i) {
		t.fold(t.end(i), false)
	}
}

// depth returns how many lines start what line i is in, counted up to a bound.
func (t *tree) depth(i, most int) int {
	n := 0
	for p := t.parent(i); p >= 0 && n < most; p = t.parent(p) {
		n++
	}
	return n
}

// holder returns what line i starts or ends, or what it is in; -1 at the top.
func (t *tree) holder(i int) int {
	switch {
	case t.opens(i):
		return i
	case t.closes(i):
		return t.end(i)
	}
	return t.parent(i)
}

// foldLevel folds all that starts as deep as line i, or unfolds all of it where
// it is folded.
func (t *tree) foldLevel(i int) {
	level := 0
	if h := t.holder(i); h >= 0 {
		level = t.depth(h, len(t.lines))
	}
	var open []int
	any := false
	depth := 0
	for n := 0; n < len(t.lines); n++ {
		switch {
		case t.closes(n):
			depth--
		case t.opens(n) && depth == level:
			open = append(open, n)
			any = any || !t.folded(n)
			n = t.end(n)
		case t.opens(n):
			depth++
		}
	}
	for _, n := range open {
		t.fold(n, any)
	}
}

// keyEnd returns the offset after the key of line i, its start where it has
// none.
func (t *tree) keyEnd(i int) int {
	start := t.start(i)
	if !t.isMember(i) {
		return start
	}
	if end, ok := t.longKeys[i]; ok {
		return end
	}
	end, _ := jsonpath.Skip(t.text, start)
	if end-start > longKey {
		if t.longKeys == nil {
			t.longKeys = map[int]int{}
		}
		t.longKeys[i] = end
	}
	return end
}

// longKey is from how many bytes on it is worth remembering where a key ends.
const longKey = 512

// valueStart returns the offset of the value of line i, of what it starts or of
// the bracket it ends with.
func (t *tree) valueStart(i int) int {
	end := t.keyEnd(i)
	switch {
	case t.isMember(i):
		end = jsonpath.SkipSpace(t.text, end)
		if end < len(t.text) && t.text[end] == ':' {
			end = jsonpath.SkipSpace(t.text, end+1)
		}
	case t.events && t.parent(i) < 0 && t.opens(i):
		for end < len(t.text) && t.text[end] != '{' && t.text[end] != '[' {
			end++
		}
	}
	return end
}

// tokenEnd returns the offset after what line i shows: after its value, the
// bracket that it starts or ends with, or its text.
func (t *tree) tokenEnd(i int) int {
	switch {
	case t.isCut(i):
		return len(t.text)
	case t.opens(i):
		return min(t.valueStart(i)+1, len(t.text))
	case t.closes(i):
		return t.start(i) + 1
	}
	end := len(t.text)
	if i+1 < len(t.lines) {
		end = t.start(i + 1)
	}
	end = trimSpace(t.text, end)
	start := t.start(i)
	if t.parent(i) >= 0 && end > start && t.text[end-1] == ',' {
		end = trimSpace(t.text, end-1)
	}
	return max(end, start)
}

// valueEnd returns the offset after the whole value of line i.
func (t *tree) valueEnd(i int) int {
	if t.opens(i) {
		return t.tokenEnd(t.end(i))
	}
	return t.tokenEnd(i)
}

// comma reports whether a comma follows the value of line i.
func (t *tree) comma(i int) bool {
	next := i + 1
	if t.opens(i) {
		next = t.end(i) + 1
	}
	return next < len(t.lines) && t.parent(i) >= 0 && !t.closes(next) && !t.isCut(next)
}

// trimSpace returns the end of b[:end] without the white space before it.
func trimSpace(b []byte, end int) int {
	for end > 0 && (b[end-1] == ' ' || b[end-1] == '\n' || b[end-1] == '\r' || b[end-1] == '\t') {
		end--
	}
	return end
}

// child returns the last member of what starts at line i that is called key, or
// the element that key is the number of; -1 where there is none.
func (t *tree) child(i int, key string) int {
	found := -1
	if !t.opens(i) {
		return found
	}
	index, err := strconv.ParseUint(key, 10, 31)
	object := t.isObject(i)
	for c := i + 1; c < t.end(i); c = t.end(c) + 1 {
		switch {
		case !object && err == nil && t.nth(c) == int(index):
			return c
		case object && jsonpath.KeyIs(t.text[t.start(c):t.keyEnd(c)], key):
			found = c
		}
	}
	return found
}

package payload

import "vapitap/internal/jsonpath"

// shape is how a document is laid out in lines.
type shape interface {
	count() int              // how many lines
	start(i int) int         // the offset of the first byte of a line
	at(offset int) int       // the line that a byte is in
	stream(s *stream, i int) // appends what a line shows
}

// document is a text with its lines: the body, or what a string in it holds.
type document struct {
	shape
	text   []byte
	tree   *tree             // where the shape is one, else nil
	inside map[int]*document // what strings hold that are open, by line
	known  map[int]*document // what strings hold that were open once
	outer  *document         // what it is a string of; nil for the body
	line   int               // the line of that string
}

// place is a line of a document. What a string holds begins with the line that
// the string is in: line 0 of an inner document is never a place.
type place struct {
	doc *document
	i   int
}

// next returns the line that is seen below.
func (p place) next() (place, bool) {
	if in := p.doc.inside[p.i]; in != nil {
		return place{in, 1}, true
	}
	for d, i := p.doc, p.i; d != nil; d, i = d.outer, d.line {
		if j := d.after(i); j < d.count() {
			return place{d, j}, true
		}
	}
	return p, false
}

// previous returns the line that is seen above.
func (p place) previous() (place, bool) {
	j := p.doc.before(p.i)
	switch {
	case j < 0:
		return p, false
	case j == 0 && p.doc.outer != nil:
		return place{p.doc.outer, p.doc.line}, true
	}
	return place{p.doc, j}.deepest(), true
}

// deepest returns the last line of what the string in this line holds, where
// that is open, else the line itself.
func (p place) deepest() place {
	for {
		in := p.doc.inside[p.i]
		if in == nil {
			return p
		}
		p = place{in, in.tree.seen(in.count() - 1)}
	}
}

func (d *document) after(i int) int {
	if d.tree != nil {
		return d.tree.after(i)
	}
	return i + 1
}

func (d *document) before(i int) int {
	if d.tree != nil {
		return d.tree.before(i)
	}
	return i - 1
}

// first and last return the outermost lines that are seen.
func (d *document) first() place { return place{d, 0} }

func (d *document) last() place {
	i := max(d.count()-1, 0)
	if d.tree != nil && d.count() > 0 {
		i = d.tree.seen(i)
	}
	return place{d, i}.deepest()
}

// precedes reports whether p comes before q.
func (p place) precedes(q place) bool {
	a, b := p.chain(), q.chain()
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return len(a) < len(b)
}

// chain returns the lines that lead to p: that of the body, then that of each
// string.
func (p place) chain() []int {
	chain := []int{p.i}
	for d := p.doc; d.outer != nil; d = d.outer {
		chain = append([]int{d.line}, chain...)
	}
	return chain
}

// deepestInside is how many strings inside of one another are opened: as many
// as a path leads into.
const deepestInside = 8

// holds returns what the string in a line holds, where that is JSON that has
// something in it; else nil. It is kept for the next time.
func (d *document) holds(i int) *document {
	in, ok := d.known[i]
	if ok || !d.mayHold(i) {
		return in
	}
	if s, ok := jsonpath.Unquote(d.text[d.tree.valueStart(i):d.tree.tokenEnd(i)]); ok {
		if t, _ := scanJSON([]byte(s), false); t != nil && len(t.lines) > 1 {
			in = &document{shape: t, tree: t, text: t.text, outer: d, line: i}
		}
	}
	if d.known == nil {
		d.known = map[int]*document{}
	}
	d.known[i] = in
	return in
}

// mayHold reports whether the value in a line is a string that looks as if it
// held JSON.
func (d *document) mayHold(i int) bool {
	if d.tree == nil || d.tree.opens(i) || d.tree.closes(i) || d.tree.isCut(i) {
		return false
	}
	depth := 0
	for o := d.outer; o != nil; o = o.outer {
		depth++
	}
	t := d.tree
	start, end := t.valueStart(i), t.tokenEnd(i)
	if depth >= deepestInside || end-start < 6 || t.text[start] != '"' || t.events && t.parent(i) < 0 {
		return false
	}
	first, last := jsonpath.SkipSpace(t.text, start+1), t.text[end-2]
	return t.text[first] == '{' && last == '}' || t.text[first] == '[' && last == ']'
}

// open shows what the string in a line holds, and reports whether there is
// anything.
func (d *document) open(i int) bool {
	in := d.holds(i)
	if in == nil {
		return false
	}
	if d.inside == nil {
		d.inside = map[int]*document{}
	}
	d.inside[i] = in
	return true
}

// shut hides what the string in a line holds, and reports whether it was shown.
func (d *document) shut(i int) bool {
	was := d.inside[i] != nil
	delete(d.inside, i)
	return was
}

// depth returns how far a line is indented, counted up to a bound.
func (p place) depth(most int) int {
	n := 0
	for d, i := p.doc, p.i; d != nil && n < most; d, i = d.outer, d.line {
		if d.tree == nil {
			break
		}
		n += d.tree.depth(i, most-n)
	}
	return n
}

// reveal unfolds what hides a line.
func (p place) reveal() {
	for d, i := p.doc, p.i; d != nil; d, i = d.outer, d.line {
		if d.tree != nil {
			d.tree.reveal(i)
		}
		if d.outer != nil {
			d.outer.open(d.line)
		}
	}
}

// seen returns p, or what hides it.
func (p place) seen() place {
	for d, i := p.doc, p.i; d != nil; d, i = d.outer, d.line {
		if d.tree != nil {
			if j := d.tree.seen(i); j != i {
				p = place{d, j}
			}
		}
		if d.outer != nil && d.outer.inside[d.line] != d {
			p = place{d.outer, d.line}
		}
	}
	return p
}

// stream appends what a line shows. Where what a string holds is open, the
// string begins in its own line and ends in the last of what it holds.
func (d *document) stream(s *stream, i int) {
	if in := d.inside[i]; in != nil {
		d.tree.streamKey(s, i)
		s.put(str, `"`)
		s.put(punct, string(in.text[in.tree.valueStart(0)]))
		return
	}
	d.shape.stream(s, i)
	if d.outer != nil && i == d.count()-1 {
		s.put(str, `"`)
		if d.outer.tree.comma(d.line) {
			s.put(punct, ",")
		}
	}
}

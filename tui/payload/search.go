package payload

import (
	"slices"

	"vapitap/internal/jsonpath"
)

// search is what is searched in a body, and how often it is there.
type search struct {
	text   string
	ways   []pattern
	counts []int // of each block that was counted
	total  int   // of those
	origin *spot // where the cursor was when the search began, nil when it is over

	hit  int   // offset in the body of the one that the cursor is at; -1 where it is at none
	spot place // the line the cursor was put into for it
	mark mark  // where it is seen
	long place // the line that was wrapped to show it
}

// mark is where something found stands in a document.
type mark struct {
	doc      *document
	from, to int
}

const (
	// blockSize is how much of a body is counted at a time, in bytes.
	blockSize = 64 << 10
	// looksAtATime bounds how long counting takes: about that many hits.
	looksAtATime = 300_000
	// sampleSize is how much of a body tells which bytes are rare in it.
	sampleSize = 8 << 10
)

// Search looks for text in the body as it came, what is folded included, and
// returns how often it is there. The cursor goes to the first match from where it
// was when the search began. Case matters where text has capitals. What is found
// is seen until EndSearch. The empty text finds nothing and brings the cursor
// back.
//
// Where matches are very many, as one letter may be in 5 MB, some are counted by
// the calls of Draw that follow.
func (v *View) Search(text string) (matches int) {
	if v.kind == Empty {
		return 0
	}
	origin := v.search.origin
	if origin == nil {
		at := v.cursor
		origin = &at
	}
	v.search = search{text: text, origin: origin, hit: -1, long: v.search.long}
	if text == "" {
		delete(v.long, v.search.long)
		v.search.long, v.leapt = place{}, true
		v.goTo(origin.place.seen(), origin.off)
		return 0
	}
	v.search.ways = patterns(text, sampleOf(v.body.text))
	v.search.count(v.body.text)
	if v.search.total == 0 && v.search.counted(v.body.text) {
		return 0
	}
	from := v.rawOf(*origin)
	if hit := v.search.after(v.body.text, from, len(v.body.text)); hit >= 0 {
		v.land(hit)
	} else if hit := v.search.after(v.body.text, 0, from); hit >= 0 {
		v.land(hit)
	}
	return v.search.total
}

// sampleOf returns some of a text, from all over it.
func sampleOf(text []byte) []byte {
	if len(text) <= sampleSize {
		return text
	}
	const parts = 8
	sample := make([]byte, 0, sampleSize)
	for i := range parts {
		at := (len(text) - sampleSize/parts) / (parts - 1) * i
		sample = append(sample, text[at:at+sampleSize/parts]...)
	}
	return sample
}

// Next goes to the next match, or with a negative way to the previous one, from
// the end on to the start again. It reports whether there is one.
func (v *View) Next(way int) bool {
	if v.search.text == "" || v.kind == Empty {
		return false
	}
	v.search.origin = nil
	text, s := v.body.text, &v.search
	from := v.rawOf(v.cursor)
	atHit := s.hit >= 0 && v.cursor.place == s.spot
	if atHit {
		from = s.hit
	}
	hit := -1
	if way >= 0 {
		if atHit {
			from++
		}
		if hit = s.after(text, from, len(text)); hit < 0 {
			hit = s.after(text, 0, from)
		}
	} else if hit = s.before(text, from, 0); hit < 0 {
		hit = s.before(text, len(text), from)
	}
	if hit < 0 {
		return false
	}
	v.land(hit)
	return true
}

// EndSearch forgets what is searched, and reports whether there was anything.
func (v *View) EndSearch() bool {
	was := v.search.text != ""
	v.search = search{hit: -1}
	return was
}

// Searched returns what is searched, the number of the match that the cursor is
// at, counted from 1, or 0 where it is at none, and how many there are.
func (v *View) Searched() (text string, at, count int) {
	s := &v.search
	if s.text != "" && s.hit >= 0 && v.cursor.place == s.spot {
		at = s.number(v.body.text)
	}
	return s.text, at, s.total
}

// after returns the first match that starts from one offset on and before
// another; -1 where there is none.
func (s *search) after(text []byte, from, to int) int {
	first := -1
	for i := range s.ways {
		s.ways[i].each(text, from, to, func(at int) bool {
			first, to = at, at
			return false
		})
	}
	return first
}

// before returns the last match that starts before one offset and from another
// on; -1 where there is none.
func (s *search) before(text []byte, before, from int) int {
	for block := (before - 1) / blockSize; before > from; block-- {
		if block >= len(s.counts) || s.counts[block] > 0 {
			last := -1
			for i := range s.ways {
				s.ways[i].each(text, max(block*blockSize, from), before, func(at int) bool {
					last = max(last, at)
					return true
				})
			}
			if last >= 0 {
				return last
			}
		}
		before = block * blockSize
	}
	return -1
}

// count goes on counting, for as long as it may take.
func (s *search) count(text []byte) {
	if s.text == "" {
		return
	}
	for looks := 0; looks < looksAtATime && !s.counted(text); {
		from, n := len(s.counts)*blockSize, 0
		to := min(from+blockSize, len(text))
		for i := range s.ways {
			found, looked := s.ways[i].count(text, from, to)
			n, looks = n+found, looks+looked
		}
		s.counts = append(s.counts, n)
		s.total += n
	}
}

// counted reports whether all of a text was.
func (s *search) counted(text []byte) bool { return len(s.counts)*blockSize >= len(text) }

// number returns which match the cursor is at; 0 where that is not counted yet.
func (s *search) number(text []byte) int {
	block, n := s.hit/blockSize, 1
	if block > len(s.counts) {
		return 0
	}
	for _, count := range s.counts[:block] {
		n += count
	}
	for i := range s.ways {
		found, _ := s.ways[i].count(text, block*blockSize, s.hit)
		n += found
	}
	return n
}

// rawOf returns the offset in the body of what a row begins with.
func (v *View) rawOf(at spot) int {
	if at.doc.outer == nil {
		if at.off > 0 {
			if raw := v.streamOf(at.place).rawAt(at.off); raw >= 0 {
				return raw
			}
		}
		return at.doc.start(at.i)
	}
	p := at.place
	for p.doc.outer != nil {
		p = place{p.doc.outer, p.doc.line}
	}
	return p.doc.start(p.i)
}

// land puts the cursor on a match and shows it.
func (v *View) land(hit int) {
	s := &v.search
	if s.long.doc != nil {
		delete(v.long, s.long)
		s.long = place{}
	}
	size := 0
	for i := range s.ways {
		if s.ways[i].matches(v.body.text, hit) {
			size = s.ways[i].len()
		}
	}
	p := place{v.body, v.body.at(hit)}
	s.hit, s.mark = hit, mark{v.body, hit, hit + size}
	for in := p.doc.inside[p.i]; in != nil; in = p.doc.inside[p.i] {
		m, ok := s.within(in, s.mark.from)
		if !ok {
			break
		}
		s.mark, p = m, place{in, in.at(m.from)}
	}
	p.reveal()
	s.spot, v.leapt = p, true
	v.forget()
	off := v.streamOf(p).offsetOf(s.mark.from)
	if !v.wraps(p) && v.kind != Binary && !v.shows(p, off+size) {
		if v.long == nil {
			v.long = map[place]bool{}
		}
		v.long[p], s.long = true, p
	}
	v.goTo(p, off)
}

// shows reports whether a line that is cut shows as much of its stream.
func (v *View) shows(p place, to int) bool {
	s := v.streamOf(p)
	end := s.len()
	room := v.room(p, 0)
	if s.fit(0, end, room, false) == end {
		return true
	}
	return s.fit(0, end, room-1, false) >= to
}

// within returns where a match is in what a string holds, which stands in the
// outer document at an offset; false where it is not there.
func (s *search) within(in *document, offset int) (mark, bool) {
	t := in.outer.tree
	start := t.valueStart(in.line)
	if offset < start {
		return mark{}, false
	}
	literal := append(slices.Clone(in.outer.text[start:offset]), '"')
	for n := len(literal) - 1; n > 0; n-- {
		literal[n] = '"'
		before, ok := jsonpath.Unquote(literal[:n+1])
		if !ok {
			continue // it ends within an escape
		}
		for i := range s.ways {
			for _, at := range []int{len(before), len(before) + 1} {
				if s.ways[i].matches(in.text, at) && in.at(at) > 0 {
					return mark{in, at, at + s.ways[i].len()}, true
				}
			}
		}
		break
	}
	return mark{}, false
}

// found returns where matches are that stand between two offsets of a document,
// wholly or in part, in order.
func (s *search) found(text []byte, from, to int) []mark {
	var marks []mark
	for i := range s.ways {
		size := s.ways[i].len()
		s.ways[i].each(text, max(from-size+1, 0), to, func(at int) bool {
			marks = append(marks, mark{from: at, to: at + size})
			return true
		})
	}
	slices.SortFunc(marks, func(a, b mark) int { return a.from - b.from })
	return marks
}

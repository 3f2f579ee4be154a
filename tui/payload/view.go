package payload

import (
	"vapitap/internal/jsonpath"
)

// View is a body that is looked at: what is folded, where the cursor is, what is
// searched. New makes one. It is not safe for use by several at a time.
type View struct {
	kind Kind
	note string
	body *document
	wrap bool
	long map[place]bool // lines that are wrapped though others are cut

	cursor, top spot
	leapt       bool // the cursor has not moved by lines, so that what is around it is to be seen
	rows        []spot
	cells       int // of text in a row, as last drawn
	cache       rowCache
	shown       stream // what a line shows that was asked for last
	shownOf     place
	search      search
	path        pathCache
}

// unseenCells is how wide a row is taken to be before one was drawn.
const unseenCells = 80

// farMove is a move that means the start or the end.
const farMove = 1 << 20

// Move moves the cursor by rows, up where by is negative; it stays within the
// body.
func (v *View) Move(by int) {
	if v.kind == Empty {
		return
	}
	v.search.origin = nil
	switch {
	case by >= farMove:
		v.cursor = v.lastRow(v.body.last())
	case by <= -farMove:
		v.cursor = spot{v.body.first(), 0}
	}
	for ok := true; ok && by > 0 && by < farMove; by-- {
		v.cursor, ok = v.below(v.cursor)
	}
	for ok := true; ok && by < 0 && by > -farMove; by++ {
		v.cursor, ok = v.above(v.cursor)
	}
}

// Click puts the cursor into a row of what was drawn last, counted from 0; where
// it is there already it folds or unfolds.
func (v *View) Click(y int) {
	if y < 0 || y >= len(v.rows) {
		return
	}
	v.search.origin = nil
	if v.rows[y] == v.cursor {
		v.Toggle()
		return
	}
	v.cursor = v.rows[y]
}

// Fold folds what the cursor's line starts or ends. Where it does neither, or is
// folded, the cursor goes to what it is in.
func (v *View) Fold() {
	p := v.cursor.place
	switch t := v.tree(); {
	case v.long[p]:
		delete(v.long, p)
		v.goTo(p, 0)
	case t == nil:
	case p.doc.shut(p.i):
		v.goTo(p, 0)
	case t.opens(p.i) && !t.folded(p.i):
		t.fold(p.i, true)
		v.goTo(p, 0)
	case t.closes(p.i) && t.end(p.i) == 0 && p.doc.outer != nil:
		p.doc.outer.shut(p.doc.line)
		v.goTo(place{p.doc.outer, p.doc.line}, 0)
	case t.closes(p.i):
		t.fold(t.end(p.i), true)
		v.goTo(place{p.doc, t.end(p.i)}, 0)
	default:
		v.goTo(p.parent(), 0)
	}
}

// Unfold unfolds what is folded at the cursor: an object or array, a string that
// holds JSON, a line that is cut. Where nothing is, the cursor goes into what its
// line starts.
func (v *View) Unfold() {
	p := v.cursor.place
	switch t := v.tree(); {
	case v.kind == Empty:
	case t != nil && t.opens(p.i) && t.folded(p.i):
		t.fold(p.i, false)
	case t != nil && (t.opens(p.i) || p.doc.inside[p.i] != nil):
		v.Move(1)
	default:
		v.expand(p)
	}
	v.forget()
}

// Toggle folds what the cursor's line starts or ends, or unfolds it where it is
// folded.
func (v *View) Toggle() {
	p := v.cursor.place
	switch t := v.tree(); {
	case v.kind == Empty:
	case t != nil && t.opens(p.i):
		t.fold(p.i, !t.folded(p.i))
		v.goTo(p, 0)
	case t != nil && (t.closes(p.i) || p.doc.inside[p.i] != nil), v.long[p]:
		v.Fold()
	default:
		v.expand(p)
	}
	v.forget()
}

// expand opens the string in a line, or wraps the line where it is cut.
func (v *View) expand(p place) {
	if p.doc.open(p.i) || v.wraps(p) || v.kind == Binary || !v.isCut(p) {
		return
	}
	if v.long == nil {
		v.long = map[place]bool{}
	}
	v.long[p] = true
	v.forget()
}

// FoldLevel folds all that starts as deep in the document as what the cursor is
// in, or unfolds all of it where all of it is folded.
func (v *View) FoldLevel() {
	t := v.tree()
	if t == nil {
		return
	}
	p := v.cursor.place
	if t.holder(p.i) == 0 && p.doc.outer != nil {
		p = place{p.doc.outer, p.doc.line}
		p.doc.shut(p.i)
	} else {
		t.foldLevel(p.i)
	}
	v.goTo(p.seen(), 0)
}

// ToggleWrap wraps lines that are too long for a row, or cuts them.
func (v *View) ToggleWrap() {
	v.wrap = !v.wrap
	v.long = nil
	v.forget()
	if v.kind != Empty {
		v.goTo(v.cursor.place, v.cursor.off)
	}
}

// Wrapped reports whether lines are wrapped.
func (v *View) Wrapped() bool { return v.wrap }

// forget drops what is known of rows, because lines show something else now.
func (v *View) forget() { v.cache, v.shownOf = nil, place{} }

// tree returns the tree that the cursor is in; nil where it is in none.
func (v *View) tree() *tree {
	if v.cursor.doc == nil {
		return nil
	}
	return v.cursor.doc.tree
}

// goTo puts the cursor into a line, where an offset in its stream is.
func (v *View) goTo(p place, off int) {
	v.forget()
	v.cursor = v.rowOf(p, off)
}

// parent returns the line that starts what p is in; p itself at the top.
func (p place) parent() place {
	i := p.doc.tree.parent(p.i)
	switch {
	case i > 0 || i == 0 && p.doc.outer == nil:
		return place{p.doc, i}
	case p.doc.outer != nil:
		return place{p.doc.outer, p.doc.line}
	}
	return p
}

// GoTo puts the cursor on what a JSON pointer (RFC 6901) leads to and unfolds
// what hides it. It enters strings that hold JSON. Where the pointer leads
// nowhere the cursor goes as far as it leads, and GoTo returns false.
func (v *View) GoTo(pointer string) bool {
	keys, ok := parsePointer(pointer)
	if !ok || v.kind != JSON && v.kind != Events {
		return false
	}
	p, found := place{v.body, 0}, false
	for i := 0; !found && i < v.body.count(); i = v.body.tree.end(i) + 1 {
		if v.kind == JSON || v.body.tree.opens(i) {
			p, found = place{v.body, i}.follow(keys)
		}
	}
	if !found && v.kind == Events {
		return false
	}
	p.reveal()
	v.search.origin, v.leapt = nil, true
	v.goTo(p, 0)
	return found
}

// follow goes from a value to one in it, as far as there is one.
func (p place) follow(keys []string) (place, bool) {
	for _, key := range keys {
		if p.doc.tree.opens(p.i) {
			i := p.doc.tree.child(p.i, key)
			if i < 0 {
				return p, false
			}
			p.i = i
			continue
		}
		in := p.doc.holds(p.i)
		if in == nil {
			return p, false
		}
		i := in.tree.child(0, key)
		if i < 0 {
			return p, false
		}
		p = place{in, i}
	}
	return p, true
}

// pathCache is the path to where the cursor was last.
type pathCache struct {
	of   place
	path jsonpath.Path
	text string
	ok   bool
}

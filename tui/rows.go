package tui

// row is one line of the list: an entry, a run of entries that is folded into
// one, or the divider above a call.
type row struct {
	kind        rowKind
	first, last int // numbers of entries, the same but for a run; of a divider the entry below
	count       int // entries that are shown by it
}

type rowKind uint8

const (
	entryRow rowKind = iota
	runRow
	dividerRow
)

// sight is what of the history is to be seen.
type sight struct {
	typ      string       // only this type; empty is all
	wanted   bool         // only what wants a reply
	filtered bool         // only what the filter picked
	callID   string       // only this call
	unfolded map[int]bool // runs, by their first entry, that are shown entry by entry
}

func (s *sight) sees(e *entry) bool {
	switch {
	case e.is(gone),
		s.typ != "" && e.typ != s.typ,
		s.wanted && !e.is(wanted),
		s.filtered && !e.is(picked),
		s.callID != "" && (e.call == nil || e.call.id != s.callID):
		return false
	}
	return true
}

// rows are the lines of the list. They are added to as entries come, and made
// anew when what is to be seen changes.
type rows struct {
	history *history
	sight   sight
	list    []row
	next    int   // the number of the first entry that was not looked at
	last    *call // of the last row
	open    bool  // the run that the last row is part of is unfolded
	count   int   // entries that are shown
}

// rebuild makes the rows anew.
func (r *rows) rebuild() {
	r.list, r.next, r.last, r.count = r.list[:0], r.history.first, nil, 0
	r.extend()
}

// redo makes those rows anew that entry n and later ones are in.
func (r *rows) redo(n int) {
	i := r.nearest(n)
	for i > 0 && r.partOfRun(i) {
		i--
	}
	for i > 0 && r.list[i-1].kind == dividerRow {
		i--
	}
	r.next, r.last = n, nil
	if i < len(r.list) {
		r.next = min(n, r.list[i].first)
	}
	for _, row := range r.list[i:] {
		r.count -= row.count
	}
	r.list = r.list[:i]
	if i > 0 {
		if e := r.history.at(r.list[i-1].last); e != nil {
			r.last = e.call
		}
	}
	r.extend()
}

// partOfRun reports whether row i may go on with what the row before it shows,
// or with what would be there if row i began otherwise.
func (r *rows) partOfRun(i int) bool {
	e := r.history.at(r.list[i-1].last)
	return r.list[i-1].kind != dividerRow && e != nil && e.is(partial)
}

// nearest returns the first row that shows entry n or a later one, the number of
// rows where none does.
func (r *rows) nearest(n int) int {
	low, high := 0, len(r.list)
	for low < high {
		if middle := (low + high) / 2; r.list[middle].last < n {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// extend adds the entries that came.
func (r *rows) extend() {
	for ; r.next < r.history.end(); r.next++ {
		if e := r.history.at(r.next); r.sight.sees(e) {
			r.add(r.next, e)
		}
	}
}

func (r *rows) add(n int, e *entry) {
	r.count++
	if e.call != r.last || len(r.list) == 0 {
		if e.call != nil || r.last != nil {
			r.list = append(r.list, row{kind: dividerRow, first: n, last: n})
		}
		r.last = e.call
	}
	if !r.goesOn(e) {
		r.open = r.sight.unfolded[n]
	} else if !r.open {
		run := &r.list[len(r.list)-1]
		run.kind, run.last = runRow, n
		run.count++
		return
	}
	r.list = append(r.list, row{first: n, last: n, count: 1})
}

// goesOn reports whether e is one more of the run that the last row shows.
func (r *rows) goesOn(e *entry) bool {
	if len(r.list) == 0 || !e.is(partial) {
		return false
	}
	last := &r.list[len(r.list)-1]
	before := r.history.at(last.last)
	return last.kind != dividerRow && before != nil && before.is(partial) && before.typ == e.typ
}

// of returns the row that shows entry n, -1 where none does.
func (r *rows) of(n int) int {
	low, high := 0, len(r.list)
	for low < high { // rows are in the order of their entries
		middle := (low + high) / 2
		if r.list[middle].last < n || (r.list[middle].kind == dividerRow && r.list[middle].last == n) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(r.list) && r.list[low].first <= n && r.list[low].kind != dividerRow {
		return low
	}
	return -1
}

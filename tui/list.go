package tui

// list is the list of exchanges: which rows there are, which of them is on the
// screen, and which one is selected.
type list struct {
	rows
	cursor    int  // a row, never a divider where there is another; -1 where there is none
	top       int  // the row at the top of the screen
	height    int  // of the screen, in rows
	following bool // the cursor stays with the newest
	below     int  // entries that came since the cursor left the newest
}

func newList(h *history) list {
	return list{rows: rows{history: h, sight: sight{unfolded: map[int]bool{}}}, cursor: -1, following: true}
}

// selected returns the number of the entry under the cursor: the last of a run.
func (l *list) selected() (n int, ok bool) {
	if l.cursor < 0 || l.cursor >= len(l.list) {
		return 0, false
	}
	return l.list[l.cursor].last, true
}

// grow takes in what came, and keeps the cursor where it is or with the newest.
func (l *list) grow() {
	before := l.count
	if len(l.list) > 0 && l.list[0].first < l.history.first {
		l.refresh() // the oldest went
	} else {
		l.extend()
	}
	if l.following {
		l.toEnd()
	} else {
		l.below += max(l.count-before, 0)
		l.settle(+1)
	}
}

// reshape is grow after entry n, and perhaps later ones, turned out to be
// something else than what they are shown as.
func (l *list) reshape(n int) {
	if len(l.list) > 0 && l.list[0].first < l.history.first {
		l.grow()
		return
	}
	before, offset := l.count, l.cursor-l.top
	at, ok := l.selected()
	l.redo(n)
	if l.following || !ok {
		l.toEnd()
		return
	}
	l.below += max(l.count-before, 0)
	l.goTo(at)
	l.top = l.cursor - offset
	l.scroll()
}

// refresh makes the rows anew and stays at the entry where the cursor was, or
// near it.
func (l *list) refresh() {
	n, ok := l.selected()
	offset := l.cursor - l.top
	l.rebuild()
	if l.following || !ok {
		l.toEnd()
		return
	}
	l.goTo(n)
	l.top = l.cursor - offset
	l.scroll()
}

// goTo puts the cursor on entry n, or on the nearest that is shown.
func (l *list) goTo(n int) {
	if at := l.of(n); at >= 0 {
		l.cursor = at
	} else {
		l.cursor = min(l.nearest(n), len(l.list)-1)
	}
	l.settle(+1)
}

// move moves the cursor by so many rows, and stops following when it leaves the
// newest.
func (l *list) move(by int) {
	if len(l.list) == 0 {
		return
	}
	l.cursor = min(max(l.cursor+by, 0), len(l.list)-1)
	way := 1
	if by < 0 {
		way = -1
	}
	l.settle(way)
	l.following = l.following && l.cursor == len(l.list)-1 && by >= 0
	if l.cursor == len(l.list)-1 {
		l.below = 0
	}
}

// toEnd goes to the newest and follows it.
func (l *list) toEnd() {
	l.following, l.below = true, 0
	l.cursor = len(l.list) - 1
	l.scroll()
}

// toStart goes to the oldest.
func (l *list) toStart() { l.move(-len(l.list)) }

// beyond reports whether there are rows above and below those on the screen.
func (l *list) beyond() (above, below bool) { return l.top > 0, l.top+l.height < len(l.list) }

// settle moves a cursor that stands on a divider one row that way, or the other
// where there is nothing, and scrolls to it.
func (l *list) settle(way int) {
	if len(l.list) == 0 {
		l.cursor = -1
		l.scroll()
		return
	}
	l.cursor = min(max(l.cursor, 0), len(l.list)-1)
	if l.list[l.cursor].kind == dividerRow {
		if next := l.cursor + way; next >= 0 && next < len(l.list) {
			l.cursor = next
		} else {
			l.cursor -= way
		}
		l.cursor = min(max(l.cursor, 0), len(l.list)-1)
	}
	l.scroll()
}

// scroll keeps the cursor on the screen, with the divider above it where there
// is one.
func (l *list) scroll() {
	top := l.cursor
	if top > 0 && l.list[top-1].kind == dividerRow {
		top--
	}
	l.top = min(l.top, top)
	l.top = max(l.top, l.cursor-l.height+1)
	l.top = max(min(l.top, len(l.list)-l.height), 0)
}

// wheel scrolls the screen and takes the cursor along.
func (l *list) wheel(by int) {
	l.top = max(min(l.top+by, len(l.list)-l.height), 0)
	switch {
	case l.cursor < l.top:
		l.move(l.top - l.cursor)
	case l.cursor >= l.top+l.height:
		l.move(l.top + l.height - 1 - l.cursor)
	}
}

// toggle unfolds the run under the cursor, or folds the one that the cursor is
// in, and reports whether there was one.
func (l *list) toggle() bool {
	if l.cursor < 0 || l.cursor >= len(l.list) {
		return false
	}
	at := l.list[l.cursor]
	if at.kind == runRow {
		l.sight.unfolded[at.first] = true
		l.following = false
		l.refreshAt(at.first)
		return true
	}
	if first, ok := l.unfoldedRun(); ok {
		delete(l.sight.unfolded, first)
		l.refreshAt(first)
		return true
	}
	return false
}

// unfoldedRun returns the first entry of the unfolded run that the cursor is in.
func (l *list) unfoldedRun() (first int, ok bool) {
	for i := l.cursor; i >= 0 && l.list[i].kind == entryRow; i-- {
		if l.sight.unfolded[l.list[i].first] {
			return l.list[i].first, true
		}
		if e := l.history.at(l.list[i].first); e == nil || !e.is(partial) {
			break
		}
	}
	return 0, false
}

func (l *list) refreshAt(n int) {
	offset := l.cursor - l.top
	l.rebuild()
	l.goTo(n)
	l.top = l.cursor - offset
	l.scroll()
}

// jump goes to the next entry that way for which is is true, and reports whether
// there was one.
func (l *list) jump(way int, is func(*entry) bool) bool {
	for i := l.cursor + way; i >= 0 && i < len(l.list); i += way {
		if l.list[i].kind != entryRow {
			continue
		}
		if e := l.history.at(l.list[i].first); e != nil && is(e) {
			l.move(i - l.cursor)
			return true
		}
	}
	return false
}

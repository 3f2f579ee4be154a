package tui

// rect is a part of the screen, in cells.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool {
	return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

// The sizes at which the layout changes.
const (
	leastWidth, leastHeight = 60, 15 // below, only the size that is needed is shown
	wideWidth               = 110    // from here on list and detail stand side by side
	sideBySideWidth         = 160    // and request and reply too
	leastListWidth          = 40     // of the two while the divider is dragged
	defaultShare            = 520    // thousandths of the width that the list takes
)

// layout is where everything is. It is computed when the terminal's size
// changes, or what is open.
type layout struct {
	width, height int
	small         bool // the terminal is too small to show anything
	wide          bool // list and detail stand side by side
	header, tabs  rect
	list, detail  rect // in a narrow layout both take the whole, one at a time
	footer        rect
	divider       int // the column between list and detail; 0 in a narrow layout
}

// layOut divides a terminal of this size; the list gets share thousandths
// of a wide one.
func layOut(width, height, share int) layout {
	l := layout{width: width, height: height, small: width < leastWidth || height < leastHeight}
	if l.small {
		return l
	}
	l.header = rect{1, 0, width - 2, 1}
	l.tabs = rect{1, 1, width - 2, 1}
	l.footer = rect{1, height - 1, width - 2, 1}
	body := rect{0, 3, width, height - 5} // a rule above, a rule below
	l.list, l.detail = body, body
	l.list.w--
	l.detail.x, l.detail.w = 1, width-2
	if l.wide = width >= wideWidth; l.wide {
		l.divider = min(max(width*share/1000, leastListWidth), width-leastListWidth)
		l.list = rect{0, body.y, l.divider - 1, body.h}
		l.detail = rect{l.divider + 2, body.y, width - l.divider - 3, body.h}
	}
	return l
}

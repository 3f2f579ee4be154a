package tui

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/tui/paint"
)

// callPane shows the whole call that an exchange belongs to: what happened when,
// as a waterfall, and how long each turn took.
type callPane struct {
	e      *record.Exchange
	made   int // of the account that the rows are of
	w      int // that they are made for
	rows   []callRow
	cursor int
	top    int
	h      int
}

// callRow is one line of the pane.
type callRow struct {
	draw func(l *paint.Line, t *paint.Theme)
	text bool    // it has no column for the cursor's bar
	at   bool    // the cursor can stand on it
	ids  []int64 // of the exchanges that it shows
	says string  // in the footer, while the cursor is on it
}

func newCallPane(e *record.Exchange) pane { return &callPane{e: e, cursor: -1} }

// load sees that the account of the call is read.
func (p *callPane) load(m *Model) tea.Cmd { return m.detail.account.load(m, p.e.CallID) }

func (p *callPane) draw(m *Model, w, h int, focused bool) []string {
	if said := p.waiting(m); said != "" {
		line := paint.NewLine(w)
		line.Add(m.theme.Muted, said)
		return append([]string{line.String()}, blank(w, h-1)...)[:h]
	}
	p.take(&m.detail.account, w)
	p.h = max(h-1, 1) // the last line says what the cursor is at
	p.move(0)
	lines := make([]string, 0, h)
	var line paint.Line
	for i := p.top; len(lines) < p.h; i++ {
		line.Reset(w)
		if i < len(p.rows) {
			p.drawRow(&line, m.theme, i, focused)
		}
		lines = append(lines, line.String())
	}
	line.Reset(w)
	if p.cursor >= 0 && p.rows[p.cursor].says != "" {
		line.Add(m.theme.Text, p.rows[p.cursor].says)
	}
	return append(lines, line.String())[:h]
}

func (p *callPane) beyond() (above, below bool) { return p.top > 0, p.top+p.h < len(p.rows) }

func (p *callPane) drawRow(l *paint.Line, t *paint.Theme, i int, focused bool) {
	switch {
	case p.rows[i].text:
	case i != p.cursor:
		l.Add(t.Text, " ")
	case focused:
		l.Add(t.Accent, "▌").Behind(t.CursorLine)
	default:
		l.Add(t.Muted, "▌").Behind(t.CursorLine)
	}
	p.rows[i].draw(l, t)
}

// waiting says why there is nothing to show yet; "" where there is.
func (p *callPane) waiting(m *Model) string {
	a := &m.detail.account
	switch {
	case p.e.CallID == "":
		return "This exchange belongs to no call, as far as its request tells."
	case a.id != p.e.CallID || a.call == nil && a.err == nil:
		return "reading the call…"
	case errors.Is(a.err, record.ErrNoExchange) || a.err == nil && len(a.call.Exchanges) == 0:
		return "Of this call only what was sent again is recorded."
	case a.err != nil:
		return "✗ the call could not be read: " + a.err.Error()
	}
	return ""
}

// take makes the rows of a new account, and keeps the cursor where it is.
func (p *callPane) take(a *callAccount, w int) {
	if p.made == a.made && p.w == w {
		return
	}
	here := cmp.Or(p.e.ReplayOf, p.e.ID)
	if p.cursor >= 0 && len(p.rows[p.cursor].ids) > 0 {
		here = p.rows[p.cursor].ids[0]
	}
	p.made, p.w, p.rows = a.made, w, callRows(a.call, w)
	p.cursor = p.rowOf(here)
}

// rowOf returns the row that shows an exchange, or the first one that the cursor
// can stand on.
func (p *callPane) rowOf(id int64) int {
	firstAt := -1
	for i := range p.rows {
		r := &p.rows[i]
		if slices.Contains(r.ids, id) {
			return i
		}
		if r.at && firstAt < 0 {
			firstAt = i
		}
	}
	return firstAt
}

// move moves the cursor by so many rows that it can stand on.
func (p *callPane) move(by int) {
	if p.cursor < 0 {
		return
	}
	way := 1
	if by < 0 {
		way = -1
	}
	for n, i := 0, p.cursor+way; n != by && i >= 0 && i < len(p.rows); i += way {
		if p.rows[i].at {
			p.cursor = i
			n += way
		}
	}
	p.scroll()
}

// scroll keeps the cursor on the screen, and what stands before the first row
// and behind the last where the cursor is at one of them.
func (p *callPane) scroll() {
	from, to := p.cursor, p.cursor
	for from > 0 && !p.rows[from-1].at {
		from--
	}
	for to+1 < len(p.rows) && !p.rows[to+1].at {
		to++
	}
	p.top = max(p.top, min(to-p.h+1, p.cursor))
	p.top = min(p.top, max(from, p.cursor-p.h+1))
	p.top = max(min(p.top, len(p.rows)-p.h), 0)
}

// click puts the cursor on a line of the pane.
func (p *callPane) click(m *Model, y int) {
	i := p.top + y
	if y >= p.h || i >= len(p.rows) || !p.rows[i].at {
		return
	}
	if i == p.cursor {
		p.enter(m)
		return
	}
	p.cursor = i
}

// leads reports whether there is an exchange under the cursor.
func (p *callPane) leads() bool { return p.cursor >= 0 && len(p.rows[p.cursor].ids) > 0 }

// enter goes to the exchange under the cursor.
func (p *callPane) enter(m *Model) {
	if !p.leads() {
		return
	}
	ids := p.rows[p.cursor].ids
	id := ids[len(ids)-1]
	n, ok := m.history.ids[id]
	if !ok || m.list.of(n) < 0 {
		m.complain(fmt.Sprintf("#%d is not in the list as it is filtered now", id))
		return
	}
	m.list.following = false
	m.list.goTo(n)
	m.detail.show(tabOverview)
}

// leadsOn reports whether the detail is at a line that leads to an exchange.
func leadsOn(m *Model) bool {
	p, ok := m.detail.panes[m.detail.tab].(*callPane)
	return ok && p.leads()
}

// goOn goes to that exchange.
func goOn(m *Model) { m.detail.panes[m.detail.tab].(*callPane).enter(m) }

package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// tab is one of the views of an exchange.
type tab int

const (
	tabOverview tab = iota
	tabRequest
	tabResponse
	tabHeaders
	tabChecks
	tabDiff
	tabCall
	tabCount
)

func (t tab) String() string {
	return [...]string{"Overview", "Request", "Response", "Headers", "Checks", "Diff", "Call"}[t]
}

// detail shows one exchange: the one under the cursor of the list. Its bodies
// are read from the store when it is selected.
type detail struct {
	tab    tab
	number int              // of the entry that is shown
	key    detailKey        // what was asked of the store
	e      *record.Exchange // nil until it is there
	err    error
	stale  bool           // the entry changed since
	panes  [tabCount]pane // made when they are first shown
	shows  bool           // secrets

	about   *overview   // what there is to say of e at a glance; there when e is
	account callAccount // of the call that was looked at last
}

// detailKey is what decides whether what is shown is still right.
type detailKey struct {
	id, key int64
	version int // tells one question to the store from the next
}

// pane is one tab's view of the exchange.
type pane interface {
	// draw returns h lines that are w cells wide.
	draw(m *Model, w, h int, focused bool) []string
	// move goes by so many lines.
	move(by int)
	// beyond reports whether there is more above and below what was drawn last.
	beyond() (above, below bool)
}

// loader is a pane that needs more than the exchange itself.
type loader interface {
	// load asks for what is missing; nil where nothing is. It is called after every
	// message while the pane is shown, so it must be quick.
	load(m *Model) tea.Cmd
}

// loadedMsg brings the exchange that was asked for.
type loadedMsg struct {
	key   detailKey
	e     *record.Exchange
	about *overview
	err   error
}

// follow sees that the detail shows what the cursor of the list is at, and all
// there is to show of it. It is called after every message.
func (m *Model) follow() tea.Cmd {
	read := m.readSelected()
	return tea.Batch(read, m.detail.load(m))
}

// readSelected reads the exchange under the cursor, unless it is there.
func (m *Model) readSelected() tea.Cmd {
	d := &m.detail
	n, ok := m.list.selected()
	e := m.history.at(n)
	if !ok || e == nil {
		*d = detail{tab: d.tab, shows: d.shows}
		if !m.layout.wide {
			m.focus = focusList
		}
		return nil
	}
	if n == d.number && e.id == d.key.id && e.key == d.key.key && !d.stale {
		return nil
	}
	key := detailKey{id: e.id, key: e.key, version: d.key.version + 1}
	if n != d.number {
		d.e, d.err = nil, nil
		d.panes = [tabCount]pane{}
	}
	d.number, d.key, d.stale = n, key, false
	if e.id == 0 {
		d.e = nil
		return nil // it has no bodies yet
	}
	store := m.options.Store
	return func() tea.Msg {
		e, err := store.Get(context.Background(), key.id)
		if err != nil {
			return loadedMsg{key: key, err: err}
		}
		return loadedMsg{key: key, e: e, about: readOverview(e)}
	}
}

// load asks for what the tab that is seen needs besides the exchange.
func (d *detail) load(m *Model) tea.Cmd {
	if d.e == nil || m.layout.small || (!m.layout.wide && m.focus != focusDetail) {
		return nil
	}
	if p, ok := d.pane(m).(loader); ok {
		return p.load(m)
	}
	return nil
}

// changed notes that an entry changed, so that it is read again where it is the
// one that is shown.
func (d *detail) changed(e *entry) {
	if (e.id != 0 && e.id == d.key.id) || (e.key != 0 && e.key == d.key.key) {
		d.stale = true
	}
}

// loaded takes in the exchange, unless another is shown meanwhile.
func (d *detail) loaded(msg loadedMsg) {
	if msg.key != d.key {
		return
	}
	before, panes := d.e, d.panes
	d.e, d.about, d.err = msg.e, msg.about, msg.err
	d.panes = [tabCount]pane{}
	if before != nil && msg.e != nil && before.ID == msg.e.ID {
		d.keep(panes) // something was learnt of it: bodies do not change
	}
}

// keep takes over the panes that stay right when more is learnt of an exchange,
// so that nothing moves under whoever reads them.
func (d *detail) keep(panes [tabCount]pane) {
	for tab, p := range panes {
		switch p := p.(type) {
		case *payloadPane, *callPane, *diffPane:
			d.panes[tab] = p
		case *overviewPane:
			p.renew(d.about)
			d.panes[tab] = p
		}
	}
}

// show changes the tab.
func (d *detail) show(t tab) { d.tab = t }

// pane returns the view of the tab, nil while there is nothing to view.
func (d *detail) pane(m *Model) pane {
	if d.e == nil {
		return nil
	}
	if d.panes[d.tab] == nil {
		d.panes[d.tab] = newPane(m, d.tab, d.e)
	}
	return d.panes[d.tab]
}

// beyond reports whether there is more above and below what is seen of the tab.
func (d *detail) beyond() (above, below bool) {
	if p := d.panes[d.tab]; p != nil {
		return p.beyond()
	}
	return false, false
}

func (d *detail) move(by int) {
	if p := d.panes[d.tab]; p != nil {
		p.move(by)
	}
}

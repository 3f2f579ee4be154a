package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// filter is the filter of the list: what was typed, and what it picks. Which of
// the recorded exchanges that are is asked of the store, in the background; what
// comes is judged as it comes.
type filter struct {
	text   string
	parsed *record.Filter // nil for none
	asked  int            // counts the questions, so that old answers are told apart
	busy   bool
	stop   func()       // ends the question that is asked, nil where none was
	late   map[int]bool // what was judged while the store was asked
}

// setFilter applies a text as it is typed. It returns the error of a text that
// is no filter, and leaves the list as it is then.
func (m *Model) setFilter(text string) (tea.Cmd, error) {
	parsed, err := record.ParseFilter(text)
	if err != nil {
		return nil, err
	}
	f := &m.filter
	f.text = strings.TrimSpace(text)
	f.asked++
	if f.stop != nil {
		f.stop()
	}
	if f.text == "" {
		f.parsed, f.busy = nil, false
		m.list.sight.filtered = false
		m.list.refresh()
		return nil, nil
	}
	f.parsed, f.busy, f.late = parsed, true, map[int]bool{}
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	if parsed.NamesLast() {
		return m.findLast(ctx), nil
	}
	return m.askStore(ctx), nil
}

// findLast finds what is the last that the filter names, and then asks what that
// picks.
func (m *Model) findLast(ctx context.Context) tea.Cmd {
	store, parsed, asked := m.options.Store, m.filter.parsed, m.filter.asked
	return func() tea.Msg {
		resolved, err := store.ResolveLast(ctx, parsed)
		return actMsg(func(m *Model) tea.Cmd {
			switch {
			case asked != m.filter.asked:
				return nil
			case err != nil:
				m.picked(pickedMsg{asked: asked, err: err})
				return nil
			}
			m.filter.parsed = resolved
			clear(m.filter.late) // the store has them by now
			return m.askStore(ctx)
		})
	}
}

// askStore asks the store what the filter picks, until ctx ends.
func (m *Model) askStore(ctx context.Context) tea.Cmd {
	f := &m.filter
	store, session, parsed, asked, stop := m.options.Store, m.options.Session, f.parsed, f.asked, f.stop
	if m.options.Concerns != nil {
		session = "" // what is not listed is not picked
	}
	return func() tea.Msg {
		defer stop()
		var ids []int64
		err := store.Each(ctx, record.Query{Filter: parsed, Session: session, Limit: mostEntries}, func(e *record.Exchange) error {
			ids = append(ids, e.ID)
			return nil
		})
		return pickedMsg{asked: asked, ids: ids, err: err}
	}
}

// pickedMsg says which exchanges a filter picks.
type pickedMsg struct {
	asked int
	ids   []int64
	add   bool // to those that are picked already
	err   error
}

// picked shows what a filter picked.
func (m *Model) picked(msg pickedMsg) {
	if msg.asked != m.filter.asked {
		return
	}
	if msg.err != nil {
		m.complain("filter: " + msg.err.Error())
	}
	if !msg.add {
		m.filter.busy = false
		for i := range m.history.entries {
			m.history.entries[i].flags &^= picked
		}
		m.list.sight.filtered = true
	}
	for _, id := range msg.ids {
		if n, ok := m.history.ids[id]; ok {
			m.history.at(n).flags |= picked
		}
	}
	for n, is := range m.filter.late {
		if at := m.history.at(n); at != nil && !msg.add {
			at.set(picked, is)
		}
	}
	m.list.refresh()
}

// judge decides whether entry n, which came or changed, is picked. Where that
// takes a look into its bodies, the command does it.
func (f *filter) judge(m *Model, n int, e *record.Exchange) tea.Cmd {
	if f.parsed == nil {
		return nil
	}
	is := f.parsed.Candidate(e) && !f.parsed.NeedsPayload()
	m.history.at(n).set(picked, is)
	if f.busy {
		f.late[n] = is
	}
	if is || e.ID == 0 || !f.parsed.Candidate(e) {
		return nil
	}
	store, parsed, asked, id := m.options.Store, f.parsed, f.asked, e.ID
	return func() tea.Msg {
		e, err := store.Get(context.Background(), id)
		if err != nil || !parsed.Match(e) {
			return nil
		}
		return pickedMsg{asked: asked, ids: []int64{id}, add: true}
	}
}

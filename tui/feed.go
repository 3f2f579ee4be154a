package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/vapi"
)

// arrivedMsg brings exchanges that began or changed.
type arrivedMsg struct {
	list []record.Exchange
	err  error
	more bool // it comes from the watcher, which is asked again
}

// arrivalPause is the least time between two looks at what came, so that ten
// thousand a second are a few dozen messages.
const arrivalPause = 30 * time.Millisecond

// loadRecorded reads what the session holds already.
func (m *Model) loadRecorded() tea.Cmd {
	store, session := m.options.Store, m.options.Session
	return func() tea.Msg {
		list, err := store.List(context.Background(), record.Query{Session: session, Limit: mostEntries})
		return arrivedMsg{list: list, err: err}
	}
}

// nextArrivals waits for what comes.
func (m *Model) nextArrivals() tea.Cmd {
	w := m.watcher
	if w == nil {
		return nil
	}
	return func() tea.Msg {
		if _, ok := <-w.C(); !ok {
			return nil // the store closed
		}
		list, err := w.Read()
		return arrivedMsg{list: list, err: err, more: true}
	}
}

// arrived takes in what came and asks for what comes next.
func (m *Model) arrived(msg arrivedMsg) tea.Cmd {
	var cmds []tea.Cmd
	if msg.more {
		next := m.nextArrivals()
		cmds = append(cmds, tea.Tick(arrivalPause, func(time.Time) tea.Msg { return next() }))
	}
	if msg.err != nil {
		m.complain(msg.err.Error())
	}
	if m.away != nil && msg.more {
		m.away.keep(msg.list)
		return tea.Batch(cmds...)
	}
	if m.paused {
		for i := range msg.list {
			if e := &msg.list[i]; !e.Pending() { // what is in flight is asked for when it goes on
				m.held = append(m.held, *e)
			}
		}
		if over := len(m.held) - mostEntries; over > 0 {
			m.held = m.held[over:]
		}
		return tea.Batch(cmds...)
	}
	return tea.Batch(append(cmds, m.takeIn(msg.list))...)
}

// takeIn puts exchanges into the list.
func (m *Model) takeIn(list []record.Exchange) tea.Cmd {
	var cmds []tea.Cmd
	changed := -1 // the first entry that turned out to be something else
	hidden := m.history.hidden
	for i := range list {
		e := &list[i]
		if !m.concerns(e) {
			continue
		}
		before := m.history.shapeOf(e)
		n, isNew := m.history.put(e)
		at := m.history.at(n)
		if at == nil || (e.ID == 0 && at.id != 0) {
			continue // it is gone, or how it began is told late
		}
		if cmd := m.filter.judge(m, n, e); cmd != nil {
			cmds = append(cmds, cmd)
		}
		if !isNew && at.shape() != before && (changed < 0 || n < changed) {
			changed = n
		}
		m.server.learn(e)
		m.detail.changed(at)
		if cmd := m.learnParties(at, e); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	if m.history.hidden > hidden {
		changed = m.history.first
	}
	if changed >= 0 {
		m.list.reshape(changed)
	} else {
		m.list.grow()
	}
	return tea.Batch(cmds...)
}

// concerns reports whether an exchange is shown: one of the session, or what was
// sent again of one that is.
func (m *Model) concerns(e *record.Exchange) bool {
	if m.options.Session == "" || e.Session == m.options.Session || (m.options.Concerns != nil && m.options.Concerns(e)) {
		return true
	}
	_, shown := m.history.ids[e.ReplayOf]
	return shown
}

// mostReadForParties bounds how many exchanges of a call are read to find out
// who called whom: the first few tell it.
const mostReadForParties = 4

type factsMsg struct {
	call  *call
	facts vapi.CallFacts
}

// learnParties reads an exchange of a call about which it is not yet known who
// called whom.
func (m *Model) learnParties(at *entry, e *record.Exchange) tea.Cmd {
	c := at.call
	if c == nil || e.ID == 0 || c.read >= mostReadForParties || (c.facts.Customer != "" && c.facts.Assistant != "") {
		return nil
	}
	c.read++
	store, id := m.options.Store, e.ID
	return func() tea.Msg {
		e, err := store.Get(context.Background(), id)
		if err != nil {
			return nil
		}
		return factsMsg{call: c, facts: vapi.ReadCallFacts(e.Request.Decoded())}
	}
}

type placeMsg Place

// nextPlace waits for what the other end is like next.
func (m *Model) nextPlace() tea.Cmd {
	places := m.options.Places
	if places == nil {
		return nil
	}
	return func() tea.Msg {
		if p, ok := <-places; ok {
			return placeMsg(p)
		}
		return nil
	}
}

type noticeMsg string

// nextNotice waits for the next sentence.
func (m *Model) nextNotice() tea.Cmd {
	notices := m.options.Notice
	if notices == nil {
		return nil
	}
	return func() tea.Msg {
		if sentence, ok := <-notices; ok {
			return noticeMsg(sentence)
		}
		return nil
	}
}

// serverState is what the exchanges tell of the server.
type serverState struct {
	state Light
	since time.Time // it is Bad
	last  string    // what it answered last, or why it did not
}

// went takes in that connections to the server are no longer taken, and came that
// they are again.
func (s *serverState) went(now time.Time) {
	if s.state != Bad {
		s.since = now
	}
	s.state, s.last = Bad, "it takes no connections"
}

func (s *serverState) came() { s.state, s.last = Good, "" }

// learn takes in what an exchange tells.
func (s *serverState) learn(e *record.Exchange) {
	switch {
	case e.Pending() || (e.Status == 0 && !e.Unreachable):
		return
	case e.Unreachable:
		if s.state != Bad {
			s.since = e.Time
		}
		s.state, s.last = Bad, e.Error
	default:
		s.state, s.last = Good, ""
	}
}

package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/tui/paint"
)

// watching is an exchange that is sent again each time the server comes back
// after it was away.
type watching struct {
	id     int64
	draft  Draft
	ctx    context.Context
	cancel context.CancelFunc
	turns  <-chan bool // false: it went; true: it is back
	gone   bool
	before string // how it went, as a sign, the time before; empty before it was sent
	now    string // and the last time
	last   int64  // the exchange that came of it last; 0 where none did
}

// toggleWatch begins to watch with the exchange under the cursor, or ends the
// watching.
func toggleWatch(m *Model) tea.Cmd {
	if w := m.sending.watch; w != nil {
		w.cancel()
		m.sending.watch = nil
		m.say(fmt.Sprintf("no longer watching #%d", w.id))
		return nil
	}
	ctx, cancel := context.WithCancel(m.sending.life)
	sender := m.options.Sender
	return m.draftOf(m.here().id, func(e *record.Exchange, d Draft) actMsg {
		turns, err := sender.Watch(ctx, d)
		return func(m *Model) tea.Cmd {
			if err != nil || m.sending.watch != nil {
				cancel()
				if err != nil {
					m.complain(oneLine(err))
				}
				return nil
			}
			w := &watching{id: e.ID, draft: d, ctx: ctx, cancel: cancel, turns: turns, now: outcomeSign(e)}
			m.sending.watch = w
			m.say(fmt.Sprintf("watching: #%d goes out again each time your server comes back; space W ends it", w.id))
			return w.next()
		}
	})
}

// watchTitle says what toggleWatch does.
func watchTitle(m *Model) string {
	if w := m.sending.watch; w != nil {
		return fmt.Sprintf("no longer watch #%d", w.id)
	}
	return ""
}

func canWatch(m *Model) bool { return m.sending.watch != nil || canSend(m) }

// next waits until the server goes or is back.
func (w *watching) next() tea.Cmd {
	return func() tea.Msg {
		up, ok := <-w.turns
		if !ok {
			return nil // it ended
		}
		return actMsg(func(m *Model) tea.Cmd {
			switch {
			case m.sending.watch != w:
				return nil
			case !up:
				w.gone = true
				m.server.went(m.options.Now())
				m.say(fmt.Sprintf("your server is gone; #%d goes out again when it is back", w.id))
				return w.next()
			}
			w.gone = false
			m.server.came()
			return w.send(m)
		})
	}
}

// send sends the exchange again.
func (w *watching) send(m *Model) tea.Cmd {
	sender := m.options.Sender
	return func() tea.Msg {
		e, err := sender.Send(w.ctx, w.draft)
		return actMsg(func(m *Model) tea.Cmd {
			if m.sending.watch != w {
				return nil
			}
			return tea.Batch(w.took(m, e, err), w.next())
		})
	}
}

// took says how it went this time, and shows the exchange that came of it where
// the one before it was looked at.
func (w *watching) took(m *Model, e *record.Exchange, err error) tea.Cmd {
	if err != nil {
		m.complain(fmt.Sprintf("watching #%d: %s", w.id, oneLine(err)))
		return nil
	}
	at := m.here()
	looking := at != nil && at.id != 0 && (at.id == w.id || at.id == w.last)
	cmd := m.takeIn([]record.Exchange{*e})
	w.before, w.now, w.last = w.now, outcomeSign(e), e.ID
	if looking && m.over == nil {
		m.showSent(e, false)
	}
	m.say(fmt.Sprintf("watching #%d: %s → %s, as #%d", w.id, w.before, outcomeWords(e), e.ID))
	return cmd
}

// pieces say in the header what is being sent by itself, and how it goes.
func (s *sending) pieces(t *paint.Theme, short bool) []piece {
	var list []piece
	if s.round != nil {
		list = append(list, piece{t.Report, s.round.short(), true})
	}
	if w := s.watch; w != nil {
		name := fmt.Sprintf("watching #%d", w.id)
		if short {
			name = fmt.Sprintf("↻ #%d", w.id)
		}
		list = append(list, piece{t.Report, name, true})
		switch {
		case w.gone:
			list = append(list, piece{t.Warn, " …", false})
		case w.before != "":
			list = append(list, piece{t.Muted, " " + w.before + " →", false}, piece{signStyle(t, w.now), " " + w.now, false})
		}
	}
	return list
}

func signStyle(t *paint.Theme, sign string) paint.Style {
	switch sign {
	case "✗":
		return t.BadStrong
	case "!":
		return t.Warn
	}
	return t.Good
}

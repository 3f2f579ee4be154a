package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"vapitap/record/timeline"
)

// callAccount is the account of the call that the detail is about. Reading one
// takes a while, so it is kept from exchange to exchange of the call, and read
// again not too often while the call goes on.
type callAccount struct {
	id   string
	call *timeline.Call // nil while it is not there
	err  error
	made int // counts the readings, so that who draws it sees a new one

	next    int // the number of the entry that was not looked at yet
	known   int // settled entries of the call before that
	read    int // how many of them there were when it was read
	reading bool
	waiting bool // for the pause to be over
}

// leastPause is the least time between two readings of one call.
const leastPause = time.Second

// load sees that the account of a call is there and has all that came.
func (a *callAccount) load(m *Model, id string) tea.Cmd {
	if a.reading || id == "" {
		return nil
	}
	if a.id != id || a.next > m.history.end() {
		*a = callAccount{id: id, made: a.made, next: m.history.first, read: -1}
	}
	n := a.settled(m.history)
	if a.waiting || n == a.read {
		return nil
	}
	a.read, a.reading = n, true
	store := m.options.Store
	return func() tea.Msg {
		began := time.Now()
		call, err := timeline.Read(context.Background(), store, id)
		pause := max(leastPause, 3*time.Since(began))
		return actMsg(func(m *Model) tea.Cmd { return m.detail.account.take(id, call, err, pause) })
	}
}

// take takes in an account, after which there is a pause.
func (a *callAccount) take(id string, call *timeline.Call, err error, pause time.Duration) tea.Cmd {
	a.reading = false
	if a.id != id {
		return nil
	}
	a.call, a.err, a.waiting = call, err, true
	a.made++
	return tea.Tick(pause, func(time.Time) tea.Msg {
		return actMsg(func(m *Model) tea.Cmd {
			m.detail.account.waiting = false
			return nil
		})
	})
}

// settled returns how many entries of the call have their reply, each of which
// is looked at once.
func (a *callAccount) settled(h *history) int {
	of := func(n int) int {
		if e := h.at(n); e.call != nil && e.call.id == a.id && !e.is(pending) {
			return 1
		}
		return 0
	}
	a.next = max(a.next, h.first)
	for ; a.next < h.end() && !h.at(a.next).is(pending); a.next++ {
		a.known += of(a.next)
	}
	known := a.known
	for n := a.next; n < h.end(); n++ {
		known += of(n)
	}
	return known
}

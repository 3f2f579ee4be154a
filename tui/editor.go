package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/tui/edit"
)

// editor is an exchange that is edited to be sent again: its method, path,
// headers and body. It opens over everything. Closed, it is the draft with which
// editing goes on.
type editor struct {
	e        *record.Exchange
	original Draft
	first    [fieldCount]string     // as the fields were shown at first
	text     [fieldCount]*edit.Text // of the body only where it is edited in place
	field    field
	body     bodyText
	away     []byte // the body, as it is shown, where it is edited in a program of its own
	judged   verdict
	busy     bool             // a program of its own has the body
	insists  bool             // the next ctrl+s sends the body as it is, though it is broken
	at       [fieldCount]rect // where the fields were drawn last
}

// field is one of what is edited.
type field int

const (
	fieldMethod field = iota
	fieldPath
	fieldHeaders
	fieldBody
	fieldCount
)

func (f field) String() string {
	return [...]string{"method", "path", "headers", "body"}[f]
}

// drafts are the exchanges that somebody began to edit, by their ids.
type drafts map[int64]*editor

// How large a body may be that is edited in place, in bytes: as it came, as it is
// shown, and with what is pasted into it. Larger ones are edited in a program of
// its own.
const (
	mostInPlace = 64 << 10
	mostShown   = 256 << 10
	mostPasted  = 1 << 20
)

// openEditor opens the exchange under the cursor to be edited, or its draft.
func openEditor(m *Model) tea.Cmd {
	id := m.here().id
	if ed := m.drafts[id]; ed != nil {
		m.over = ed
		m.say("the draft goes on where it was")
		return nil
	}
	secrets := m.detail.shows
	return m.draftOf(id, func(e *record.Exchange, d Draft) actMsg {
		ed := newEditor(e, d, secrets)
		return func(m *Model) tea.Cmd {
			if m.over != nil {
				return nil // something else was opened meanwhile
			}
			m.flash = flash{}
			m.over = ed
			if !ed.inPlace() {
				return ed.goAway(m)
			}
			return nil
		}
	})
}

// draftOf reads an exchange and what it is sent again as. What then makes of both
// is made in the background too, and done with the model.
func (m *Model) draftOf(id int64, then func(*record.Exchange, Draft) actMsg) tea.Cmd {
	store, sender := m.options.Store, m.options.Sender
	return func() tea.Msg {
		e, err := store.Get(context.Background(), id)
		var d Draft
		if err == nil {
			d, err = sender.Draft(context.Background(), e)
		}
		if err == nil {
			return then(e, d)
		}
		return actMsg(func(m *Model) tea.Cmd {
			m.complain(fmt.Sprintf("#%d cannot be sent again: %s", id, oneLine(err)))
			return nil
		})
	}
}

// newEditor returns the editor of an exchange. It takes long where the body is
// large.
func newEditor(e *record.Exchange, d Draft, secrets bool) *editor {
	ed := &editor{e: e, original: d, body: newBodyText(e), field: fieldBody}
	ed.first = [fieldCount]string{d.Method, d.Path, headerText(d.Header, secrets), ed.body.shown}
	for f := range fieldBody {
		ed.text[f] = edit.New(ed.first[f], edit.Options{Single: f != fieldHeaders, Limit: mostInPlace})
	}
	ed.setBody(ed.body.recorded)
	if ed.inPlace() {
		ed.text[fieldBody].GoTo(likely(ed.body.shown))
	}
	return ed
}

// inPlace reports whether the body is edited here.
func (ed *editor) inPlace() bool { return ed.text[fieldBody] != nil }

// setBody shows a body: in place where it can be edited there.
func (ed *editor) setBody(b readBody) {
	switch {
	case !b.editable:
		ed.away, ed.text[fieldBody] = b.bytes, nil
		ed.judged = verdict{broken: b.broken}
		return
	case !ed.inPlace():
		ed.away = nil
		ed.text[fieldBody] = edit.New(string(b.bytes), edit.Options{Indent: true, Limit: mostPasted})
	default:
		ed.text[fieldBody].Replace(string(b.bytes))
	}
	ed.judge()
}

// bodyBytes returns the body as it is shown.
func (ed *editor) bodyBytes() []byte {
	if t := ed.text[fieldBody]; t != nil {
		return []byte(t.String())
	}
	return ed.away
}

// changed reports whether a field is not as it was at first.
func (ed *editor) changed(f field) bool {
	if t := ed.text[f]; t != nil {
		return t.Len() != len(ed.first[f]) || t.String() != ed.first[f]
	}
	return string(ed.away) != ed.first[f]
}

func (ed *editor) anyChanged() bool {
	for f := range fieldCount {
		if ed.changed(f) {
			return true
		}
	}
	return false
}

// reset makes all as it was at first; ctrl+z brings back what was typed.
func (ed *editor) reset() {
	for f := range fieldBody {
		ed.text[f].Replace(ed.first[f])
	}
	ed.setBody(ed.body.recorded)
}

// close closes the editor, and keeps what was changed as a draft.
func (ed *editor) close(m *Model) {
	m.over = nil
	if !ed.anyChanged() {
		delete(m.drafts, ed.e.ID)
		m.flash = flash{}
		return
	}
	m.drafts[ed.e.ID] = ed
	m.say(fmt.Sprintf("draft of #%d kept, e goes on with it", ed.e.ID))
}

// dropDraft forgets what was edited of the exchange under the cursor.
func dropDraft(m *Model) tea.Cmd {
	id := m.here().id
	delete(m.drafts, id)
	m.say(fmt.Sprintf("the draft of #%d is gone, e begins anew", id))
	return nil
}

func hasDraft(m *Model) bool { e := m.here(); return e != nil && m.drafts[e.id] != nil }

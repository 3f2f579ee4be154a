package tui

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// sending is what is under way to the server besides single requests.
type sending struct {
	life  context.Context // ends with the model, and all that is being sent with it
	end   context.CancelFunc
	watch *watching // nil where nothing is watched
	round *round    // nil where nothing is replayed more than once
}

func newSending() sending {
	life, end := context.WithCancel(context.Background())
	return sending{life: life, end: end}
}

// sentMsg brings what came of sending a draft.
type sentMsg struct {
	draft Draft
	e     *record.Exchange
	err   error

	edited *editor // what the draft was made in, nil for a replay
	stamp  int     // of the editor when it was sent
	inStep bool    // more shapes of a tool call were changed than the one that was edited
}

// replayOne sends the exchange under the cursor again, as it was.
func replayOne(m *Model) tea.Cmd {
	id := m.here().id
	m.say(fmt.Sprintf("sending #%d again…", id))
	sender, life := m.options.Sender, m.sending.life
	return m.draftOf(id, func(_ *record.Exchange, d Draft) actMsg {
		e, err := sender.Send(life, d)
		return func(m *Model) tea.Cmd { return m.sent(sentMsg{draft: d, e: e, err: err}) }
	})
}

// sendEdited sends what was made of an exchange.
func (m *Model) sendEdited(ed *editor, d Draft) tea.Cmd {
	m.say(fmt.Sprintf("sending #%d as it was edited…", d.Of))
	sender, life, stamp, changed := m.options.Sender, m.sending.life, ed.stamp(), ed.changed(fieldBody)
	return func() tea.Msg {
		inStep := false
		if changed {
			d.Body, inStep = ed.body.written(d.Body)
		}
		d.Edited = d.Edited && !sameRequest(d, ed.original)
		e, err := sender.Send(life, d)
		return sentMsg{draft: d, e: e, err: err, edited: ed, stamp: stamp, inStep: inStep}
	}
}

// sameRequest reports whether two drafts send the same.
func sameRequest(a, b Draft) bool {
	return a.Method == b.Method && a.Path == b.Path && bytes.Equal(a.Body, b.Body) && headerText(a.Header, true) == headerText(b.Header, true)
}

// sent shows what came of sending: the new exchange, and how its reply differs.
func (m *Model) sent(msg sentMsg) tea.Cmd {
	kept := ""
	if msg.edited != nil {
		kept = "; the draft is kept, e goes on with it"
	}
	if msg.err != nil {
		m.complain(fmt.Sprintf("#%d was not sent: %s%s", msg.draft.Of, oneLine(msg.err), kept))
		return nil
	}
	if !msg.e.Unreachable {
		kept = ""
		m.forgetDraft(msg)
	}
	cmd := m.takeIn([]record.Exchange{*msg.e})
	also := ""
	if msg.inStep {
		also = "; all shapes of the call were changed"
	}
	if !m.showSent(msg.e, msg.edited != nil) {
		also += "; it is not among those that are shown, esc shows all"
	}
	words := fmt.Sprintf("#%d again as #%d: %s", msg.draft.Of, msg.e.ID, outcomeWords(msg.e))
	if msg.e.Unreachable {
		m.complain(words + also + kept)
	} else {
		m.say(words + "; " + onlyServer + also + kept)
	}
	return cmd
}

// forgetDraft drops the draft that was sent, unless it was changed meanwhile.
func (m *Model) forgetDraft(msg sentMsg) {
	ed := msg.edited
	if ed != nil && m.drafts[msg.draft.Of] == ed && m.over != overlay(ed) && ed.stamp() == msg.stamp {
		delete(m.drafts, msg.draft.Of)
	}
}

// showSent goes to an exchange that was sent and shows its diff; with open in a
// narrow layout too. It reports false where the list does not show it.
func (m *Model) showSent(e *record.Exchange, open bool) bool {
	n, ok := m.history.find(e)
	if !ok || m.list.of(n) < 0 {
		return false
	}
	m.list.following = false
	m.list.goTo(n)
	if m.list.cursor == len(m.list.list)-1 {
		m.list.below = 0
	}
	m.detail.show(tabDiff)
	if open && !m.layout.wide {
		m.focus = focusDetail
	}
	return true
}

// onlyServer says who saw what was sent again, and answered.
const onlyServer = "only your server saw it"

// outcome says in a few words how an exchange went.
func outcome(e *record.Exchange) string {
	if e.Unreachable || e.Status == 0 {
		return "✗ no reply"
	}
	return fmt.Sprintf("%s %d", outcomeSign(e), e.Status)
}

// outcomeWords is outcome with why there is no reply.
func outcomeWords(e *record.Exchange) string {
	if e.Unreachable && e.Error != "" {
		return "✗ " + e.Error
	}
	return outcome(e)
}

// outcomeSign is one sign for how an exchange went.
func outcomeSign(e *record.Exchange) string {
	switch {
	case e.Failed() || e.Unreachable || e.Status == 0:
		return "✗"
	case e.Warned():
		return "!"
	}
	return "✓"
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

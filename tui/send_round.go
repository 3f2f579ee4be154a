package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// round is several exchanges that are sent again, one after the other: those of
// a call, or one of them many times.
type round struct {
	what   string  // such as: call 4f2a
	ids    []int64 // in the order in which they are sent
	at     int     // the one that is sent next, or is being sent
	ctx    context.Context
	cancel context.CancelFunc

	untilChange bool
	before      *record.Exchange // whose reply the next is compared with

	good, bad int
	refused   int // could not be sent
	why       string
	last      *record.Exchange
}

// Bounds of how often one exchange is sent.
const (
	mostTimes     = 1000
	defaultTimes  = 10
	mostTries     = 1000
	firstTryPause = 20 * time.Millisecond // before the second try for another reply; it grows by as much
	lastTryPause  = time.Second           // and to this
)

// replayCall sends all that came of the call of the entry under the cursor again,
// in the order in which it came.
func replayCall(m *Model) tea.Cmd {
	store, c := m.options.Store, m.here().call
	return func() tea.Msg {
		list, err := store.List(context.Background(), record.Query{CallID: c.id})
		ids := liveIDs(list)
		return actMsg(func(m *Model) tea.Cmd {
			switch {
			case err != nil:
				m.complain(err.Error())
			case len(ids) == 0:
				m.complain("nothing of call " + c.short() + " came from Vapi itself, so there is nothing to replay")
			default:
				return m.startRound(&round{what: "call " + c.short(), ids: ids})
			}
			return nil
		})
	}
}

// liveIDs returns the ids of what came, without what was sent again or as a test,
// in the order in which it began.
func liveIDs(list []record.Exchange) []int64 {
	list = slices.DeleteFunc(list, func(e record.Exchange) bool {
		return e.From == record.FromReplay || e.From == record.FromTest || e.ReplayOf != 0
	})
	slices.SortStableFunc(list, func(a, b record.Exchange) int { return a.Time.Compare(b.Time) })
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids
}

// askTimes asks how often the exchange under the cursor is to be sent.
func askTimes(m *Model) tea.Cmd {
	id := m.here().id
	note := fmt.Sprintf("one after the other, %d at most", mostTimes)
	p := newProposal(fmt.Sprintf("replay #%d how many times?", id), strconv.Itoa(defaultTimes), note)
	p.typed = func(_ *Model, p *prompt) tea.Cmd {
		p.note, p.bad = note, false
		if n, err := strconv.Atoi(strings.TrimSpace(p.input.Value())); err != nil || n < 1 || n > mostTimes {
			p.note, p.bad = fmt.Sprintf("✗ a number from 1 to %d", mostTimes), true
		}
		return nil
	}
	p.done = func(m *Model, text string) tea.Cmd {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil
		}
		return m.startRound(&round{what: fmt.Sprintf("#%d", id), ids: slices.Repeat([]int64{id}, n)})
	}
	m.over = p
	return nil
}

// replayUntilChange sends the exchange under the cursor until its reply is another
// than the one before.
func replayUntilChange(m *Model) tea.Cmd {
	id := m.here().id
	return m.startRound(&round{what: fmt.Sprintf("#%d", id), ids: slices.Repeat([]int64{id}, mostTries), untilChange: true})
}

// startRound begins to send, in place of what is being replayed.
func (m *Model) startRound(r *round) tea.Cmd {
	m.stopRound()
	r.ctx, r.cancel = context.WithCancel(m.sending.life)
	m.sending.round = r
	m.say(r.progress())
	return r.next(m.options)
}

// stopRound ends what is being replayed and reports whether there was anything.
func (m *Model) stopRound() bool {
	r := m.sending.round
	if r == nil {
		return false
	}
	r.cancel()
	m.sending.round = nil
	m.say("stopped: " + r.sum())
	return true
}

func isReplaying(m *Model) bool { return m.sending.round != nil }

// next sends the next one.
func (r *round) next(o Options) tea.Cmd {
	id, first := r.ids[r.at], r.untilChange && r.at == 0
	pause := time.Duration(0)
	if r.untilChange {
		pause = min(time.Duration(r.at)*firstTryPause, lastTryPause)
	}
	return func() tea.Msg {
		if !sleep(r.ctx, pause) {
			return nil
		}
		recorded, err := o.Store.Get(r.ctx, id)
		var d Draft
		if err == nil {
			d, err = o.Sender.Draft(r.ctx, recorded)
		}
		var e *record.Exchange
		if err == nil {
			e, err = o.Sender.Send(r.ctx, d)
		}
		return actMsg(func(m *Model) tea.Cmd {
			if m.sending.round != r {
				return nil // it was stopped
			}
			if first && err == nil && recorded.Status != 0 && !recorded.Unreachable {
				r.before = recorded
			}
			return r.took(m, e, err)
		})
	}
}

// sleep waits, and reports false where ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// took takes in what came of one, and goes on to the next where there is reason
// to.
func (r *round) took(m *Model, e *record.Exchange, err error) tea.Cmd {
	r.at++
	if err != nil {
		r.refused++
		r.why = oneLine(err)
		if r.allTheSame() || errors.Is(err, context.Canceled) {
			return r.finish(m)
		}
		return r.goOn(m, nil)
	}
	cmd := m.takeIn([]record.Exchange{*e})
	r.last = e
	if outcomeSign(e) == "✗" {
		r.bad++
	} else {
		r.good++
	}
	if e.Unreachable {
		r.why = e.Error
		return tea.Batch(cmd, r.finish(m))
	}
	if r.untilChange {
		if r.before != nil && !sameReply(r.before, e) {
			return tea.Batch(cmd, r.found(m, e))
		}
		r.before = e
	}
	return r.goOn(m, cmd)
}

// allTheSame reports whether it is one exchange that is sent again and again.
func (r *round) allTheSame() bool { return len(r.ids) > 1 && r.ids[0] == r.ids[1] || len(r.ids) == 1 }

func (r *round) goOn(m *Model, cmd tea.Cmd) tea.Cmd {
	if r.at == len(r.ids) {
		return tea.Batch(cmd, r.finish(m))
	}
	m.say(r.progress())
	return tea.Batch(cmd, r.next(m.options))
}

// found ends a round with the reply that it was waiting for.
func (r *round) found(m *Model, e *record.Exchange) tea.Cmd {
	r.cancel()
	m.sending.round = nil
	m.showSent(e, true)
	m.say(fmt.Sprintf("the reply to %s changed at try %d: %s → %s, as #%d", r.what, r.at, outcome(r.before), outcome(e), e.ID))
	return nil
}

// finish ends a round and says what came of it.
func (r *round) finish(m *Model) tea.Cmd {
	r.cancel()
	m.sending.round = nil
	if r.last != nil && r.allTheSame() {
		m.showSent(r.last, false)
	}
	switch {
	case r.why != "":
		m.complain(r.sum() + ": " + r.why)
	case r.untilChange:
		m.say(r.sum() + "; the reply stayed the same")
	default:
		m.say(r.sum() + "; " + onlyServer)
	}
	return nil
}

// progress says how far it is.
func (r *round) progress() string {
	of := fmt.Sprintf(" of %d", len(r.ids))
	if r.untilChange {
		of = ", until the reply changes"
	}
	bad := ""
	if r.bad > 0 {
		bad = fmt.Sprintf(", ✗ %d", r.bad)
	}
	return fmt.Sprintf("replaying %s: %d%s%s; esc stops", r.what, r.at+1, of, bad)
}

// sum says what came of it.
func (r *round) sum() string {
	words := []string{fmt.Sprintf("%s again: %d of %d sent", r.what, r.good+r.bad, len(r.ids))}
	if r.good+r.bad == len(r.ids) || r.untilChange {
		words[0] = fmt.Sprintf("%s again, %d times", r.what, r.good+r.bad)
		if !r.allTheSame() {
			words[0] = fmt.Sprintf("%s again: %d sent", r.what, r.good+r.bad)
		}
	}
	for _, n := range []struct {
		sign  string
		count int
	}{{"✓", r.good}, {"✗", r.bad}} {
		if n.count > 0 {
			words = append(words, fmt.Sprintf("%s %d", n.sign, n.count))
		}
	}
	if r.refused > 0 {
		words = append(words, fmt.Sprintf("%d could not be sent", r.refused))
	}
	return strings.Join(words, ", ")
}

// short says how far it is, for the header.
func (r *round) short() string {
	if r.untilChange {
		return fmt.Sprintf("↻ try %d", r.at+1)
	}
	return fmt.Sprintf("↻ %d/%d", min(r.at+1, len(r.ids)), len(r.ids))
}

// sameReply reports whether two replies are the same in what Vapi reads of them.
func sameReply(a, b *record.Exchange) bool {
	d := difference{}
	d.add("status", statusWords(a), statusWords(b))
	d.bodies(replyOf(a), replyOf(b))
	return d.same()
}

// callName is the call of the entry under the cursor; empty where there is none.
func callName(m *Model) string {
	if e := m.here(); e != nil && e.call != nil {
		return e.call.short()
	}
	return ""
}

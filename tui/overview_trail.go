package tui

import (
	"slices"
	"strings"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// trail is what the list holds around one exchange: what happened next in its
// call, what was sent again, and which bodies tell more. It is looked for among
// the entries as they come, each of which is looked at once.
type trail struct {
	e     *record.Exchange
	call  *call
	next  int // the number of the entry that was not looked at yet
	begun bool

	after   []moment // what happened next, up to what the assistant said
	update  *moment  // the next conversation-update, where no transcripts come
	replays []int64  // ids of the newest replays of it
	sent    int      // how many there are
	bodies  []int64  // ids of the messages that follow
	before  int64    // the id of the last message of its type before it
	life    []moment // the status-updates of its call
}

// moment is something that happened in the call, as the list has it.
type moment struct {
	id      int64
	offset  time.Duration
	typ     string
	summary string
	failed  bool
}

// How much is remembered of what follows.
const (
	mostAfter   = 3
	mostReplays = 5
	mostBodies  = 12
	mostLife    = 12
)

// look takes in the entries that came since, and returns what is known. Those
// in flight count once they have a reply.
func (t *trail) look(h *history, number int) trail {
	if !t.begun {
		t.begun, t.next = true, number+1
		if here := h.at(number); here != nil {
			t.call = here.call
		}
		if t.e.Type == "status-update" || t.e.Type == "conversation-update" {
			t.next = h.first // what came before counts too
		}
	}
	t.next = max(t.next, h.first)
	for ; t.next < h.end() && !h.at(t.next).is(pending); t.next++ {
		t.take(h.at(t.next), t.next, number)
	}
	known := t.clone()
	for n := known.next; n < h.end(); n++ {
		if e := h.at(n); !e.is(pending) {
			known.take(e, n, number)
		}
	}
	return known
}

func (t *trail) clone() trail {
	c := *t
	c.after, c.replays, c.bodies, c.life = slices.Clip(t.after), slices.Clone(t.replays), slices.Clip(t.bodies), slices.Clip(t.life)
	return c
}

// take takes in one entry, the number of which tells whether it stands before
// the exchange itself or after.
func (t *trail) take(e *entry, n, number int) {
	if e.replayOf != 0 {
		if e.replayOf == t.e.ID {
			t.sent++
			t.replays = append(t.replays, e.id)
			t.replays = t.replays[max(len(t.replays)-mostReplays, 0):]
		}
		return
	}
	if e.call == nil || e.call != t.call {
		return
	}
	m := moment{e.id, e.at.Sub(e.call.started), e.typ, e.summary, e.is(failed)}
	if e.typ == "status-update" && len(t.life) < mostLife && t.e.Type == e.typ {
		t.life = append(t.life, m)
	}
	switch {
	case n < number && e.typ == t.e.Type:
		t.before = e.id
	case n > number:
		t.takeNext(e, m)
	}
}

func (t *trail) takeNext(e *entry, m moment) {
	if len(t.bodies) < mostBodies && e.kind == vapi.KindServer && !e.is(partial) {
		t.bodies = append(t.bodies, e.id)
	}
	if t.update == nil && e.typ == "conversation-update" {
		t.update = &m
	}
	if len(t.after) == mostAfter || !tells(e) || t.answered() {
		return
	}
	t.after = append(t.after, m)
}

// answered reports whether what is known ends with what the assistant said.
func (t *trail) answered() bool {
	n := len(t.after)
	return n > 0 && strings.HasPrefix(t.after[n-1].typ, "transcript") && strings.HasPrefix(t.after[n-1].summary, "bot")
}

// tells reports whether an entry tells what became of the call.
func tells(e *entry) bool {
	switch e.typ {
	case "hang", "end-of-call-report", "transfer-update":
		return true
	case "status-update":
		return strings.HasPrefix(e.summary, "ended") || strings.HasPrefix(e.summary, "forwarding")
	}
	return e.is(wanted) || strings.HasPrefix(e.typ, "transcript") && !e.is(partial)
}

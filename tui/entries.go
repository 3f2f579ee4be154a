package tui

import (
	"strings"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// entry is an exchange as the list has it: as little as a row needs, because
// there can be a hundred thousand.
type entry struct {
	id, key  int64 // as in record.Exchange; id is 0 while it is in flight
	at       time.Time
	call     *call // nil for what belongs to none
	kind     vapi.Kind
	typ      string // the type, or the method where there is none
	summary  string
	replayOf int64
	duration time.Duration
	status   int
	flags    flags
}

// shape is what of an entry decides how the list shows it: in a row of its own
// or with others, under which divider, or not at all.
type shape struct {
	call  *call
	typ   string
	flags flags
}

func (e *entry) shape() shape {
	return shape{call: e.call, typ: e.typ, flags: e.flags & (wanted | partial | picked | gone)}
}

// flags are what an entry is, besides.
type flags uint16

const (
	failed flags = 1 << iota
	warned
	redelivery
	saved
	mocked
	marked
	pending
	wanted  // of a type that wants a reply
	partial // a word or two on the way to what counts
	picked  // by the filter
	gone    // it turned out to be another entry's beginning
)

func (e *entry) is(f flags) bool { return e.flags&f != 0 }

func (e *entry) set(f flags, yes bool) {
	e.flags &^= f
	if yes {
		e.flags |= f
	}
}

// tally is how many entries of a type there are.
type tally struct {
	typ    string
	kind   vapi.Kind
	wanted bool
	count  int
	failed int // but for replays
}

// mostEntries bounds what the list holds; beyond it the oldest go, which the
// store still has.
const mostEntries = 100_000

// history holds the entries in the order in which they began. An entry keeps its
// number for good, also when older ones go.
type history struct {
	first   int // the number of entries[0]
	entries []entry
	ids     map[int64]int // by id
	keys    map[int64]int // by key, where they have one
	calls   map[string]*call
	names   map[string]string // types, each held once
	tallies map[string]*tally
	flying  int
	failed  int // but for replays
	hidden  int // entries that are gone
}

func newHistory() *history {
	return &history{ids: map[int64]int{}, keys: map[int64]int{}, calls: map[string]*call{}, names: map[string]string{}, tallies: map[string]*tally{}}
}

// size is how many exchanges there are.
func (h *history) size() int { return len(h.entries) - h.hidden }

// end is the number that the next entry gets.
func (h *history) end() int { return h.first + len(h.entries) }

// at returns entry n, nil where it is gone.
func (h *history) at(n int) *entry {
	if n < h.first || n >= h.end() {
		return nil
	}
	return &h.entries[n-h.first]
}

// find returns the number of the exchange's entry.
func (h *history) find(e *record.Exchange) (n int, ok bool) {
	if e.ID != 0 {
		if n, ok = h.ids[e.ID]; ok {
			return n, true
		}
	}
	if e.Key() != 0 {
		n, ok = h.keys[e.Key()]
	}
	return n, ok
}

// shapeOf returns the shape of the exchange's entry, as it is.
func (h *history) shapeOf(e *record.Exchange) shape {
	if n, ok := h.find(e); ok {
		if at := h.at(n); at != nil {
			return at.shape()
		}
	}
	return shape{}
}

// put adds an exchange or brings its entry up to date, and returns its number
// and whether it is new.
func (h *history) put(e *record.Exchange) (n int, isNew bool) {
	n, known := h.find(e)
	if !known {
		h.dropOldest()
		n = h.end()
		h.entries = append(h.entries, entry{})
	}
	at := h.at(n)
	if at == nil {
		return n, false // it changed after it went
	}
	if known && e.ID == 0 && at.id != 0 {
		return n, false // how it began, told late
	}
	if known {
		h.count(at, -1)
	}
	keep, key, was := at.flags&picked, at.key, at.call
	h.fill(at, e)
	at.flags |= keep
	at.key = max(at.key, key) // what is read from the store has none
	h.count(at, +1)
	if at.call != was {
		was.leave(h)
		at.call.join()
	}
	if e.ID != 0 {
		h.hideBeginning(e, n)
		h.ids[e.ID] = n
	}
	if at.key != 0 {
		h.keys[at.key] = n
	}
	return n, !known
}

// hideBeginning hides what was taken for another exchange while this one, entry
// n, was in flight: it was read from the store before its beginning was told.
func (h *history) hideBeginning(e *record.Exchange, n int) {
	if begun, ok := h.keys[e.Key()]; ok && begun != n && e.Key() != 0 {
		if at := h.at(begun); at != nil {
			h.count(at, -1)
			at.call.leave(h)
			*at = entry{at: at.at, flags: gone}
			h.hidden++
		}
	}
}

func (h *history) fill(at *entry, e *record.Exchange) {
	before := at.summary
	typ := e.Type
	if typ == "" {
		typ = e.Method
	}
	*at = entry{
		id: e.ID, key: e.Key(), at: e.Time, kind: e.Kind, typ: h.name(typ), summary: e.Summary,
		replayOf: e.ReplayOf, duration: e.Duration, status: e.Status, call: h.callOf(e),
	}
	if at.summary == "" {
		at.summary = e.Path
	}
	if at.call != nil && e.Type == "conversation-update" {
		at.summary = at.call.whatIsNew(at.summary, before)
	}
	at.set(failed, e.Failed())
	at.set(warned, e.Warned() || e.Error != "")
	at.set(redelivery, e.RedeliveryOf != 0)
	at.set(saved, e.Saved)
	at.set(mocked, e.Mocked)
	at.set(marked, e.Marked)
	at.set(pending, e.Pending())
	at.set(wanted, wantsReply(e))
	at.set(partial, isPartial(e))
}

// wantsReply reports whether somebody waits for what the server answers.
func wantsReply(e *record.Exchange) bool {
	return vapi.WantsReply(e.Type) || e.Kind == vapi.KindLLM || e.Kind == vapi.KindMCP
}

// isPartial reports whether an exchange is one of a run in which only the last
// counts: words as they are being said.
func isPartial(e *record.Exchange) bool {
	switch {
	case e.Failed() || e.Marked || e.ReplayOf != 0:
		return false
	case strings.HasPrefix(e.Type, "transcript"):
		return strings.HasSuffix(e.Summary, "(partial)")
	}
	switch e.Type {
	case "speech-update", "model-output", "voice-input", "assistant.speechStarted":
		return true
	}
	return false
}

func (h *history) name(s string) string {
	if known, ok := h.names[s]; ok {
		return known
	}
	if len(h.names) < 10_000 { // types come from outside
		h.names[s] = s
	}
	return s
}

// count adds an entry to the tallies, or takes it out.
func (h *history) count(e *entry, by int) {
	t, ok := h.tallies[e.typ]
	if !ok {
		t = &tally{typ: e.typ, kind: e.kind, wanted: e.is(wanted)}
		h.tallies[e.typ] = t
	}
	t.count += by
	if e.is(failed) && e.replayOf == 0 { // what one tries is no failure of a call
		t.failed += by
		h.failed += by
	}
	if e.is(pending) {
		h.flying += by
	}
	if t.count == 0 {
		delete(h.tallies, e.typ)
	}
}

// dropOldest makes room, a good part at once so that it is rare.
func (h *history) dropOldest() {
	if len(h.entries) < mostEntries {
		return
	}
	for n := range mostEntries / 10 {
		h.forget(&h.entries[n])
	}
	h.first += mostEntries / 10
	h.entries = append(h.entries[:0], h.entries[mostEntries/10:]...)
}

func (h *history) forget(e *entry) {
	if e.is(gone) {
		h.hidden--
		return
	}
	h.count(e, -1)
	delete(h.ids, e.id)
	delete(h.keys, e.key)
	e.call.leave(h)
}

// remove takes out the entries for which gone is true. It numbers the rest anew.
func (h *history) remove(gone func(*entry) bool) {
	kept := h.entries[:0]
	for i := range h.entries {
		if e := h.entries[i]; gone(&e) {
			h.forget(&e)
		} else {
			kept = append(kept, e)
		}
	}
	clear(h.entries[len(kept):])
	h.first, h.entries = h.end(), kept
	for i := range h.entries {
		if e := &h.entries[i]; e.id != 0 {
			h.ids[e.id] = h.first + i
		}
		if e := &h.entries[i]; e.key != 0 {
			h.keys[e.key] = h.first + i
		}
	}
}

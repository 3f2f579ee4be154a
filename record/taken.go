package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"vapitap/vapi"
)

const typeToolCalls = "tool-calls"

// pairing pairs the tool calls of a call with the later message of it that shows
// what Vapi recorded as their results, and amends the exchange that answered
// them. It works on what was committed, in a goroutine of its own from Open to
// Close, so that no reply waits for it; what another process recorded of the
// call, or this one before it was started anew, it finds in the store.
type pairing struct {
	store  *Store
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}

	mu     sync.Mutex
	work   sync.Cond // there is something in the queue, or it ends
	queue  []note
	ending bool
	calls  map[callKey]*pairedCall
	order  []callKey // of calls, oldest first
	open   int       // the tool calls of all of calls that wait for their result
}

const (
	// mostPairedCalls bounds the calls that are remembered, and mostOpen the tool
	// calls of all of them. What is forgotten is read from the store again.
	mostPairedCalls = 1024
	mostOpen        = 16 << 10
	// mostDeliveries bounds how many deliveries of one tool call are remembered.
	mostDeliveries = 16
	// mostNotes bounds the queue. What does not fit is found with the next message,
	// as each repeats the conversation so far.
	mostNotes = 4096
	// pairingDrain is how long Close waits for what is in the queue.
	pairingDrain = 2 * time.Second
)

// callKey names a call. One that is simulated or imported may be that of a
// recorded call and is another all the same; so is one that is imported again.
type callKey struct {
	id      string
	origin  From   // FromSimulate or FromImport; empty for what Vapi itself sent
	session string // of what is imported
}

func keyOf(e *Exchange) callKey {
	switch e.From {
	case FromSimulate:
		return callKey{id: e.CallID, origin: FromSimulate}
	case FromImport:
		return callKey{id: e.CallID, origin: FromImport, session: e.Session}
	}
	return callKey{id: e.CallID}
}

// note is an exchange that was committed and is to be looked at.
type note struct {
	exchange int64
	call     *pairedCall
	asks     bool     // it calls tools
	asked    []string // their ids
	shows    bool     // it may show results
}

// pairedCall is what is known of one call.
type pairedCall struct {
	key callKey

	// Guarded by the pairing's lock.
	known  bool         // waiting has all that the store has
	open   int          // how many are in waiting
	queued int          // how many notes of it are in the queue
	shown  int          // how many of those may show results
	fresh  []freshCalls // tool calls that are not in waiting yet

	// waiting has for each tool call without a result the exchanges that made it:
	// several where it was delivered again. Only the pairing's goroutine uses it.
	waiting map[string][]int64
}

// freshCalls are the tool calls that an exchange made. They are put down by who
// committed it: nothing is looked for until a later message may show a result.
type freshCalls struct {
	exchange int64
	ids      []string
}

// mostFresh bounds fresh; beyond it the goroutine takes them in.
const mostFresh = 256

func startPairing(s *Store) *pairing {
	p := &pairing{store: s, calls: make(map[callKey]*pairedCall), ended: make(chan struct{})}
	p.work.L = &p.mu
	p.ctx, p.cancel = context.WithCancel(context.Background())
	go func() {
		defer close(p.ended)
		for n, ok := p.next(); ok; n, ok = p.next() {
			p.look(n)
		}
	}()
	return p
}

// end looks at what is in the queue, for a little while, and ends the goroutine.
// The store must still take amendments.
func (p *pairing) end() {
	p.mu.Lock()
	p.ending = true
	p.work.Signal()
	p.mu.Unlock()
	giveUp := time.AfterFunc(pairingDrain, p.cancel)
	defer giveUp.Stop()
	<-p.ended
	p.cancel()
}

// notice is told of each exchange that was committed, by the goroutine that
// writes. It waits for nothing, and takes up only what belongs to a call of
// which tool calls are open, or may be.
func (p *pairing) notice(e *Exchange) {
	if e.Kind != vapi.KindServer || e.CallID == "" || !e.live() && e.From != FromSimulate && e.From != FromImport {
		return
	}
	key := keyOf(e)
	asks := e.Type == typeToolCalls
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.calls[key]
	if e.pending == 0 { // of another process, which looks at it itself
		if c != nil && asks {
			c.known = false
		}
		return
	}
	if c == nil {
		c = p.remember(key)
	}
	if c.known && !asks && (!e.shows || c.open == 0 && c.queued == 0 && len(c.fresh) == 0) {
		return
	}
	if c.known && asks && !e.shows && len(c.fresh) < mostFresh {
		c.fresh = append(c.fresh, freshCalls{e.ID, e.asked})
		return
	}
	if len(p.queue) == mostNotes {
		c.known = c.known && !asks
		return
	}
	c.queued++
	if e.shows {
		c.shown++
	}
	p.queue = append(p.queue, note{e.ID, c, asks, e.asked, e.shows})
	p.work.Signal()
}

// remember adds a call and forgets the oldest beyond what may be remembered. The
// caller holds the lock.
func (p *pairing) remember(key callKey) *pairedCall {
	c := &pairedCall{key: key}
	p.calls[key] = c
	p.order = append(p.order, key)
	p.forgetOldest()
	return c
}

func (p *pairing) forgetOldest() {
	for len(p.order) > 1 && (len(p.order) > mostPairedCalls || p.open > mostOpen) {
		oldest := p.calls[p.order[0]]
		delete(p.calls, p.order[0])
		p.order = p.order[1:]
		p.open -= oldest.open
	}
}

// next waits for the next note, and returns false when there will be none.
func (p *pairing) next() (note, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 {
		if p.ending {
			return note{}, false
		}
		p.work.Wait()
	}
	n := p.queue[0]
	p.queue = p.queue[1:]
	if len(p.queue) == 0 {
		p.queue = nil // lets go of the array that grew
	}
	return n, true
}

// look looks at one exchange: for results of tool calls that were made before,
// and for tool calls that it makes. Where a later message of the call that
// may show results waits in the queue, that one is read instead: it repeats what
// this one shows.
func (p *pairing) look(n note) {
	c := n.call
	p.mu.Lock()
	known, later := c.known, c.shown > 1
	c.known = true // unless another process calls a tool meanwhile
	fresh := c.fresh
	c.fresh = nil
	p.mu.Unlock()
	if known {
		for _, calls := range fresh {
			c.await(calls.exchange, calls.ids)
		}
	}
	err := p.ctx.Err()
	if err == nil && !known {
		err = p.catchUp(c)
	}
	if err == nil && len(c.waiting) > 0 && n.shows && !later {
		err = p.read(n)
	}
	if err == nil && known {
		c.await(n.exchange, n.asked)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		c.known = false // it is tried again with the next message
	}
	c.queued--
	if n.shows {
		c.shown--
	}
	if p.calls[c.key] == c {
		p.open += len(c.waiting) - c.open
	}
	c.open = len(c.waiting)
	p.forgetOldest()
}

// catchUp finds what the store has of a call: the tool calls whose results were
// not seen yet.
func (p *pairing) catchUp(c *pairedCall) error {
	ids, err := p.store.toolCallsOf(p.ctx, c.key.id)
	if err != nil {
		return err
	}
	c.waiting = nil
	for _, id := range ids {
		e, err := p.store.Get(p.ctx, id)
		switch {
		case errors.Is(err, ErrNoExchange): // deleted meanwhile
		case err != nil:
			return err
		case e.Type == typeToolCalls && e.pairs(c.key):
			c.wait(e)
		}
	}
	return nil
}

// pairs reports whether e is of the call, and not of one that imitates it.
func (e *Exchange) pairs(key callKey) bool {
	return e.Kind == vapi.KindServer && keyOf(e) == key && (key.origin != "" || e.live())
}

// live reports whether it came from Vapi itself, or from whoever calls the
// address that is for Vapi.
func (e *Exchange) live() bool { return e.From == FromTunnel || e.From == FromLocal }

// wait adds the tool calls of e whose results were not seen yet.
func (c *pairedCall) wait(e *Exchange) {
	seen := make(map[string]bool, len(e.recorded))
	for _, r := range e.recorded {
		seen[r.ToolCallID] = true
	}
	var unseen []string
	for _, call := range e.ToolCalls() {
		if call.ID != "" && !seen[call.ID] {
			unseen = append(unseen, call.ID)
		}
	}
	c.await(e.ID, unseen)
}

// await adds tool calls that an exchange made.
func (c *pairedCall) await(exchange int64, toolCalls []string) {
	for _, id := range toolCalls {
		deliveries := c.waiting[id]
		switch {
		case deliveries == nil && len(c.waiting) >= mostOpen:
			continue
		case c.waiting == nil:
			c.waiting = make(map[string][]int64)
		case len(deliveries) == mostDeliveries: // of those in between nobody wants to know
			deliveries = append(deliveries[:1], deliveries[2:]...)
		}
		c.waiting[id] = append(deliveries, exchange)
	}
}

// read reads an exchange that was noted, for the results that it shows.
func (p *pairing) read(n note) error {
	e, err := p.store.Get(p.ctx, n.exchange)
	if errors.Is(err, ErrNoExchange) {
		return nil
	}
	if err != nil {
		return err
	}
	c := n.call
	return p.settle(c, vapi.RecordedResults(e.vapiRequest(), func(id string) bool { return len(c.waiting[id]) > 0 }), e.ID)
}

// settle amends the exchanges whose tool calls have a result now, which the
// exchange shown shows.
func (p *pairing) settle(c *pairedCall, results []vapi.RecordedResult, shown int64) error {
	of := make(map[int64][]vapi.RecordedResult)
	for _, r := range results {
		for _, id := range c.waiting[r.ToolCallID] {
			of[id] = append(of[id], r)
		}
	}
	took := make(map[string]bool) // tool calls whose result is what an earlier delivery was answered
	for _, id := range slices.Sorted(maps.Keys(of)) {
		e, err := p.store.Get(p.ctx, id)
		if err != nil && !errors.Is(err, ErrNoExchange) {
			return err
		}
		if err == nil {
			p.amend(e, of[id], c.judged(e, of[id], took), shown)
		}
	}
	for _, r := range results {
		delete(c.waiting, r.ToolCallID)
	}
	return nil
}

// judged returns those of the results that e answers for: of a tool call that
// was delivered several times the last delivery does, unless Vapi took what an
// earlier one was answered.
func (c *pairedCall) judged(e *Exchange, results []vapi.RecordedResult, took map[string]bool) []vapi.RecordedResult {
	if e.From == FromSimulate {
		return nil // who plays the call says so itself
	}
	e.recorded = results
	for _, call := range e.ToolCalls() {
		if call.TookReply() {
			took[call.ID] = true
		}
	}
	var last []vapi.RecordedResult
	for _, r := range results {
		deliveries := c.waiting[r.ToolCallID]
		if deliveries[len(deliveries)-1] == e.ID && !took[r.ToolCallID] {
			last = append(last, r)
		}
	}
	return last
}

// amend adds to an exchange what Vapi recorded of its tool calls, and what is
// wrong with it.
func (p *pairing) amend(e *Exchange, results, judged []vapi.RecordedResult, shown int64) {
	checks := vapi.NotTaken(e.vapiRequest(), e.vapiReply(), e.Checks, judged)
	for i := range checks {
		checks[i].Message += fmt.Sprintf("; exchange %d shows it", shown)
	}
	p.store.Amend(&Exchange{ID: e.ID}, func(e *Exchange) {
		e.recorded = results
		for _, c := range checks {
			e.addCheck(c)
		}
	})
}

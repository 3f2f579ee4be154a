package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"sync"
	"time"

	"vapitap/vapi"
)

const codeRedelivery = "redelivery"

const (
	// repeatWindow is within which time the same bytes are the same message.
	repeatWindow = 10 * time.Minute
	// mostBodies bounds the bodies that are remembered, about 130 bytes each.
	mostBodies = 1 << 16
	// Of what was recorded before, so many exchanges are looked at and so many
	// bytes of bodies read: the newest.
	mostReadBack      = 2048
	mostReadBackBytes = 16 << 20
	// repeatPatience is how long a commit waits to know what it repeats, where it
	// may wait as long as it takes.
	repeatPatience = 250 * time.Millisecond
)

// repeats knows the bodies of recent messages of Vapi and so recognises one that
// is delivered again. It knows those that this process committed, and what the
// store had when the first message came: Vapi tries again while a developer
// starts vapitap anew.
type repeats struct {
	seed   maphash.Seed
	begin  sync.Once
	filled chan struct{} // closed when what the store had is known

	mu      sync.Mutex
	known   map[fingerprint]deliveries
	order   []fingerprint      // of known, oldest first
	awaited map[int64]*awaited // ids that somebody waits for, by the key of the exchange
}

// awaited is the id of an exchange that is being committed.
type awaited struct {
	known chan struct{} // closed when the id is
	id    int64
}

// fingerprint tells bodies apart within one process. The zero value is of none.
type fingerprint struct {
	hash uint64
	size int
}

// deliveries are the first and the last delivery of one message.
type deliveries struct{ first, last delivery }

// delivery is one time that a message came.
type delivery struct {
	key    int64 // of the exchange while it has no id
	id     int64 // 0 until it is committed
	at     int64 // Unix time in microseconds
	status int   // of the reply; 0 where none went out
}

func newRepeats() *repeats {
	return &repeats{seed: maphash.MakeSeed(), filled: make(chan struct{}), known: make(map[fingerprint]deliveries), awaited: make(map[int64]*awaited)}
}

func (r *repeats) fingerprint(body []byte) fingerprint {
	return fingerprint{maphash.Bytes(r.seed, body), len(body)}
}

func near(a, b int64) bool { return max(a-b, b-a) <= repeatWindow.Microseconds() }

// recogniseRepeat says of an exchange that is about to be committed whether the
// same message was committed before: of two that are in flight at the same time
// the one that is answered later is the redelivery. It waits, within patience,
// where that is about to be known, and returns how much of patience is left.
func (s *Store) recogniseRepeat(e *Exchange, patience time.Duration) (left time.Duration) {
	if s.options.ReadOnly || e.pending == 0 || !e.repeatable() {
		return patience
	}
	start := time.Now()
	s.readBack(start)
	limit := patience
	if limit <= 0 {
		limit = repeatPatience
	}
	if s.Stopped() != nil {
		limit = 0 // no id will be known soon
	}
	if !ready(s.repeats.filled) {
		waitFor(s.repeats.filled, limit)
	}
	e.fingerprint = s.repeats.fingerprint(e.Request.Body)
	me := delivery{key: e.pending, at: micros(e.Time), status: e.Status}
	other, wait := s.repeats.add(e.fingerprint, me, true)
	if wait != nil {
		waitFor(wait.known, limit-time.Since(start))
		other.id = s.repeats.idOf(other.key, wait)
	}
	if patience > 0 {
		patience = max(patience-time.Since(start), time.Millisecond)
	}
	if other.at != 0 {
		e.RedeliveryOf = other.id
		e.addCheck(redelivered(other, me))
	}
	return patience
}

// recogniseFiled is recogniseRepeat for an exchange that was answered a while ago
// and is being filed from the spool; numbered has the ids, by key, of those that
// are filed with it. It may be called again with the same exchange, where filing
// it failed.
func (s *Store) recogniseFiled(e *Exchange, numbered map[int64]int64) {
	if !e.repeatable() {
		return
	}
	e.fingerprint = s.repeats.fingerprint(e.Request.Body)
	me := delivery{key: e.pending, at: micros(e.Time), status: e.Status}
	other, _ := s.repeats.add(e.fingerprint, me, false)
	if other.at == 0 {
		return
	}
	if other.id == 0 {
		other.id = numbered[other.key]
	}
	e.RedeliveryOf = other.id
	e.addCheck(redelivered(other, me))
}

// awaitReadBack waits until what the store had of the minutes before a time is
// known, within repeatPatience.
func (s *Store) awaitReadBack(at time.Time) {
	s.readBack(at)
	waitFor(s.repeats.filled, repeatPatience)
}

// repeatable reports whether a redelivery of e would be noticed.
func (e *Exchange) repeatable() bool {
	return e.RedeliveryOf == 0 && e.live() && e.Kind == vapi.KindServer && !e.Request.Truncated && len(e.Request.Body) > 0
}

// redelivered is the check of an exchange that repeats an earlier one.
func redelivered(first, again delivery) vapi.Check {
	which := "one that is being recorded"
	if first.id != 0 {
		which = fmt.Sprintf("exchange %d", first.id)
	}
	ago := time.Duration(again.at-first.at) * time.Microsecond
	when := inSeconds(ago) + " before"
	if ago < 0 {
		when = inSeconds(-ago) + " later, while this one waited for its answer"
	}
	message := fmt.Sprintf("the same message as %s, %s", which, when)
	switch {
	case first.status == 0:
		message += ", to which no reply went out; Vapi sends a message again where its server has a backoffPlan"
	case first.status < 200 || first.status >= 300:
		message += fmt.Sprintf(", which was answered %d %s; Vapi sends a message again where its server has a backoffPlan",
			first.status, http.StatusText(first.status))
	default:
		message += fmt.Sprintf(", which was answered %d; a handler that does not notice does its work twice", first.status)
	}
	return vapi.Check{Level: vapi.Info, Code: codeRedelivery, Message: message,
		Hint: "make the handler idempotent: the second time do nothing, and give the same answer"}
}

func inSeconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d m %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

// add remembers a delivery and returns the other one that it repeats: the first
// within the window, else the last; none where there is neither, or where it is
// remembered as the first already. Where its id is not known yet, it can be waited
// for.
func (r *repeats) add(of fingerprint, me delivery, await bool) (other delivery, wait *awaited) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(me.at)
	d, known := r.known[of]
	switch {
	case !known:
		r.order = append(r.order, of)
		r.known[of] = deliveries{me, me}
		return delivery{}, nil
	case me.key != 0 && d.first.key == me.key:
		return delivery{}, nil
	case near(d.first.at, me.at):
		other = d.first
	case near(d.last.at, me.at):
		other = d.last
		d.first = d.last
	default:
		r.known[of] = deliveries{me, me}
		return delivery{}, nil
	}
	d.last = me
	r.known[of] = d
	if other.id != 0 || !await {
		return other, nil
	}
	wait = r.awaited[other.key]
	if wait == nil {
		wait = &awaited{known: make(chan struct{})}
		r.awaited[other.key] = wait
	}
	return other, wait
}

// idOf returns the id that was waited for, 0 where it did not come in time.
func (r *repeats) idOf(key int64, wait *awaited) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait.id == 0 && r.awaited[key] == wait {
		delete(r.awaited, key)
	}
	return wait.id
}

// forget gives up what is too old or too much. The caller holds the lock.
func (r *repeats) forget(now int64) {
	const steps = 2 // more than are added
	for range steps {
		if len(r.order) == 0 {
			return
		}
		oldest := r.order[0]
		if at := r.known[oldest].last.at; len(r.order) < mostBodies && (at > now || near(at, now)) {
			return
		}
		delete(r.known, oldest)
		r.order = r.order[1:]
	}
}

// committed is told of each exchange of this process that was committed, by the
// goroutine that writes.
func (r *repeats) committed(e *Exchange) {
	if e.fingerprint == (fingerprint{}) || e.pending == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, ok := r.known[e.fingerprint]; ok {
		for _, one := range []*delivery{&d.first, &d.last} {
			if one.key == e.pending {
				one.id = e.ID
			}
		}
		r.known[e.fingerprint] = d
	}
	if wait := r.awaited[e.pending]; wait != nil {
		wait.id = e.ID
		close(wait.known)
		delete(r.awaited, e.pending)
	}
}

// readBack begins, once, to read what the store has of the minutes before a time.
func (s *Store) readBack(at time.Time) {
	s.repeats.begin.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closing {
			close(s.repeats.filled)
			return
		}
		s.ended.Add(1)
		go func() {
			defer s.ended.Done()
			defer close(s.repeats.filled)
			s.readRecent(context.Background(), at) // what cannot be read is not recognised
		}()
	})
}

// errEnough ends the reading back.
var errEnough = errors.New("enough")

// readRecent remembers the bodies of the newest exchanges within the window.
func (s *Store) readRecent(ctx context.Context, now time.Time) error {
	var recent []delivery
	var bodies []fingerprint
	looked, size := 0, 0
	err := s.each(ctx, Query{}, func(e *Exchange) error {
		looked++
		if looked > mostReadBack || size > mostReadBackBytes || now.Sub(e.Time) > repeatWindow {
			return errEnough
		}
		if !e.live() || e.Kind != vapi.KindServer || e.Request.Truncated || e.Request.Bytes == 0 {
			return nil
		}
		var body []byte
		err := s.readers.Load().QueryRowContext(ctx, "SELECT request_body FROM payload WHERE exchange = ?", e.ID).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		size += len(body)
		recent = append(recent, delivery{id: e.ID, at: micros(e.Time), status: e.Status})
		bodies = append(bodies, s.repeats.fingerprint(body))
		return nil
	})
	for i := len(recent) - 1; i >= 0; i-- { // oldest first
		s.repeats.add(bodies[i], recent[i], false)
	}
	return err
}

func ready(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// waitFor waits until c is closed, and no longer than limit.
func waitFor(c <-chan struct{}, limit time.Duration) {
	if limit <= 0 {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-c:
	case <-timer.C:
	}
}

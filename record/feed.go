package record

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// feedSize is how many of the newest changes a feed holds for its watchers. One
// that is further behind reads the store instead.
const feedSize = 4096

// feed tells the watchers of this process what changed, without ever waiting
// for one of them: changes are numbered and kept in a ring, and each watcher
// reads from where it is.
type feed struct {
	mu       sync.Mutex
	ring     []Exchange // change n is at n % feedSize; nil until the first watcher
	next     int64      // the number of the next change
	begun    int64      // how many exchanges were ever begun
	inFlight map[int64]*Exchange
	watchers map[*Watcher]struct{}
	live     int         // how many watchers want to see what is in flight
	watched  atomic.Bool // live is not 0
	closed   bool

	// committed is called with each exchange that was committed just now, in this
	// process or in another, before the watchers see it; nil where nobody asks.
	committed func(*Exchange)
}

func newFeed() *feed {
	return &feed{inFlight: make(map[int64]*Exchange), watchers: make(map[*Watcher]struct{})}
}

// begin makes e one of those in flight.
func (f *feed) begin(e *Exchange) {
	f.mu.Lock()
	f.begun++
	e.pending = f.begun
	f.mu.Unlock()
	f.publish(e)
}

// publish tells the watchers what e is now. An exchange that has a final state
// is given up as in flight.
func (f *feed) publish(e *Exchange) {
	if f.committed != nil && e.change == 0 && !e.Pending() {
		f.committed(e)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.pending != 0 {
		if e.settled {
			delete(f.inFlight, e.pending)
		} else {
			listed := e.listed()
			f.inFlight[e.pending] = &listed
		}
	}
	if f.live == 0 && (len(f.watchers) == 0 || e.Pending()) {
		return
	}
	f.tell(e.listed())
}

// reserve returns the first of n keys that no exchange of this process gets.
func (f *feed) reserve(n int) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.begun + 1
	f.begun += int64(n)
	return first
}

// land gives e up as in flight. Watchers that have seen it begin see it so until
// it is published as what it became.
func (f *feed) land(e *Exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.settled = true
	delete(f.inFlight, e.pending)
}

// giveUp makes e one that is not in flight and never will be in the store. The
// watchers see it end as that, with why for its error. E itself stays as it is, as
// whoever handed it over may still read it.
func (f *feed) giveUp(e *Exchange, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.inFlight, e.pending)
	if len(f.watchers) == 0 {
		return
	}
	end := e.listed()
	end.line = "" // which it has where it was tried to commit it
	end.settled, end.Error = true, why
	f.tell(end)
}

// tell puts what changed into the ring and wakes who wants to know; the caller
// holds the lock, and there is a watcher.
func (f *feed) tell(e Exchange) {
	f.ring[f.next%feedSize] = e
	f.next++
	for w := range f.watchers {
		if w.live || !e.Pending() {
			w.signal()
		}
	}
}

// flying returns how many exchanges are in flight.
func (f *feed) flying() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.inFlight)
}

// restart tells the watchers that ids and amendments go on from these numbers.
func (f *feed) restart(last, change int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		w.last, w.change, w.anew = last, change, f.next
	}
}

// listed returns what a list shows of e: all but headers, trailers and bodies.
func (e *Exchange) listed() Exchange {
	l := *e
	l.Request = Message{Bytes: e.Request.Bytes, Truncated: e.Request.Truncated}
	l.Response = Message{Bytes: e.Response.Bytes, Truncated: e.Response.Truncated}
	return l
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for w := range f.watchers {
		f.remove(w)
	}
}

// remove ends what w is told; the caller holds the lock.
func (f *feed) remove(w *Watcher) {
	if _, ok := f.watchers[w]; ok {
		delete(f.watchers, w)
		if w.live {
			f.live--
			f.watched.Store(f.live > 0)
		}
		close(w.wake)
	}
}

// Watcher reads what changes in a store: exchanges that are committed or amended,
// in this process and in others, and those that begin in this one where it
// asked for them. It belongs to
// one goroutine. Reading late costs those who write nothing.
type Watcher struct {
	store  *Store
	wake   chan struct{}
	live   bool  // it wants to see what is in flight
	cursor int64 // the number of the next change to read
	last   int64 // the highest id that was read
	change int64 // the highest number of an amendment that was read
	anew   int64 // the number of the change with which ids and amendments began anew
}

// Watch returns a watcher of what is committed or amended from now on, and with
// live of what is in flight too.
func (s *Store) Watch(live bool) *Watcher {
	w := &Watcher{store: s, live: live, wake: make(chan struct{}, 1)}
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(w.wake)
		return w
	}
	if f.ring == nil {
		f.ring = make([]Exchange, feedSize)
	}
	w.cursor = f.next
	f.watchers[w] = struct{}{}
	if live {
		f.live++
		f.watched.Store(true)
	}
	return w
}

// C wakes: it holds a value when there is something to read, and is closed when
// the store is.
func (w *Watcher) C() <-chan struct{} { return w.wake }

// Close ends the watching.
func (w *Watcher) Close() {
	f := w.store.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(w)
}

// signal wakes the watcher, if it is not closed; the caller holds the feed's
// lock.
func (w *Watcher) signal() {
	if _, ok := w.store.feed.watchers[w]; !ok {
		return
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Read returns the exchanges that changed since the last call, in order, as a
// list shows them (no headers, no bodies): nil where nothing did. An exchange
// comes again each time it changes. At most about a thousand are returned at
// once; the watcher stays awake while there is more.
func (w *Watcher) Read() ([]Exchange, error) {
	const most = 1024
	f := w.store.feed
	f.mu.Lock()
	if f.next-w.cursor > feedSize {
		next, inFlight := f.next, []Exchange(nil)
		if w.live {
			inFlight = f.flightList()
		}
		f.mu.Unlock()
		return w.readStore(next, inFlight, most)
	}
	n := min(f.next-w.cursor, most)
	if n == 0 {
		f.mu.Unlock()
		return nil, nil
	}
	changed := make([]Exchange, 0, n)
	for ; n > 0; n-- {
		e := f.ring[w.cursor%feedSize]
		before := w.cursor < w.anew
		w.cursor++
		if e.Pending() && !w.live {
			continue
		}
		if before || e.ID == 0 || e.ID > w.last || e.change > w.change { // else it was read from the store already
			changed = append(changed, e)
		}
		if !before {
			w.passed(&e)
		}
	}
	if w.cursor < f.next {
		w.signal()
	}
	f.mu.Unlock()
	return changed, nil
}

// passed notes that e was read; the caller holds the feed's lock. What is new may
// have been amended later than what is not read yet.
func (w *Watcher) passed(e *Exchange) {
	if e.ID > w.last {
		w.last = e.ID
	} else {
		w.change = max(w.change, e.change)
	}
}

// readStore catches up from the store after the ring has gone past the watcher.
// next is the number of the change that had not come yet when it began.
func (w *Watcher) readStore(next int64, inFlight []Exchange, most int) ([]Exchange, error) {
	changed, err := w.store.changedSince(w.last, w.change, most)
	if err != nil {
		return nil, err
	}
	if len(changed) < most {
		w.cursor = next
		changed = append(changed, inFlight...)
	}
	w.store.feed.mu.Lock()
	defer w.store.feed.mu.Unlock()
	for i := range changed {
		w.passed(&changed[i])
	}
	w.signal()
	return changed, nil
}

// InFlight returns the exchanges of this process that have no whole reply yet,
// oldest first.
func (s *Store) InFlight() []Exchange {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.feed.flightList()
}

// flightList returns what is in flight, oldest first; the caller holds the lock.
func (f *feed) flightList() []Exchange {
	list := make([]Exchange, 0, len(f.inFlight))
	for _, begun := range slices.Sorted(maps.Keys(f.inFlight)) {
		list = append(list, *f.inFlight[begun])
	}
	return list
}

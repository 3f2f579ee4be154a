package record

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"vapitap/record/spool"
)

// spooling is how exchanges are recorded while more of them come than can be
// committed as they come, so that recording is not what replies wait for: each is
// appended to a file of its own beside the store, by the goroutine that has it,
// and filed in the store by the one that writes, when fewer come again. What a
// killed process leaves in its spool is filed by the next one that opens the
// store.
type spooling struct {
	on   atomic.Bool
	busy atomic.Bool  // more comes than can be filed
	came atomic.Int64 // how many exchanges were to be spooled, also those that found no room

	// gate is held for reading while an exchange is appended, and for writing
	// where on, over or file changes.
	gate sync.RWMutex
	over bool        // the store closes: it may not go on any more
	file *spool.File // nil until it is needed

	mu sync.Mutex
	// open has the exchanges whose goroutines may still learn something of them, by
	// their key: their ids once they are filed, 0 before. learnt has what they
	// learnt before that.
	open    map[int64]int64
	learnt  map[int64][]func(*Exchange)
	waiting []*settling
}

// settling is somebody who waits for what was spooled before a position.
type settling struct {
	upto int64
	done chan struct{}
}

const (
	// spoolLimit is how large the spool may become, in bytes, spoolTimes how many
	// times as large as the store may, and spoolShare the part of the disk that is
	// free when it is made.
	spoolLimit = 4 << 30
	spoolTimes = 4
	spoolShare = 4
	// settlePatience is how long a reader waits for what is being filed.
	settlePatience = 5 * time.Second
	// closePatience is how long Close does. The rest stays in its file for who opens
	// the store next.
	closePatience = 3 * time.Second
)

// spoolPrefix is how the names of the spools of a store begin: with its real
// name, under which all find them.
func spoolPrefix(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path + ".spool-"
}

// largestSpool returns how large the spool of a store may become, in bytes.
func largestSpool(path string, keep Keep) int64 {
	limit := int64(spoolLimit)
	if keep.Size > 0 {
		limit = min(limit, spoolTimes*keep.Size)
	}
	if free, ok := spool.Free(filepath.Dir(path)); ok {
		limit = min(limit, free/spoolShare)
	}
	return limit
}

// spoolBuffers are what records are put together in, as *[]byte.
var spoolBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// largestSpoolBuffer is the largest that is used again, in bytes.
const largestSpoolBuffer = 1 << 20

// Spool is Commit for an exchange that came in where exchanges come faster than
// they can be committed: it is on disk when Spool returns true, and is described,
// given its id and told to watchers later. It need not be described before; where
// it was authenticated it must be. Its caller owes a call of Done. False says that
// nothing was done, because there is no need or no room, and Commit is what to
// call.
//
// Unlike Commit it has no patience: the write is the caller's own, into the
// system's cache, and takes as long as that takes.
func (s *Store) Spool(e *Exchange, release func()) bool {
	sp := &s.spooling
	if !sp.on.Load() {
		return false
	}
	sp.gate.RLock()
	defer sp.gate.RUnlock()
	if !sp.on.Load() {
		return false
	}
	sp.came.Add(1)
	buf := spoolBuffers.Get().(*[]byte)
	*buf = appendSpooled((*buf)[:spool.Reserved], e)
	sp.expect(e.pending)
	err := sp.file.Append(*buf)
	if cap(*buf) <= largestSpoolBuffer {
		spoolBuffers.Put(buf)
	}
	if err != nil { // it is full, or the disk is
		sp.forget(e.pending)
		return false
	}
	e.spooled = true
	s.feed.land(e)
	if release != nil {
		release()
	}
	return true
}

// Done says that nothing more will be learnt of an exchange: Amend is not called
// with it any more.
func (s *Store) Done(e *Exchange) {
	if e.spooled {
		s.spooling.forget(e.pending)
	}
}

// expect says that something may still be learnt of the exchange with this key,
// and forget that nothing will be.
func (sp *spooling) expect(key int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.open == nil {
		sp.open, sp.learnt = make(map[int64]int64), make(map[int64][]func(*Exchange))
	}
	sp.open[key] = 0
}

func (sp *spooling) forget(key int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	delete(sp.open, key)
}

// learn keeps what was learnt of a spooled exchange until that is filed. Where it
// is already, it returns its id.
func (sp *spooling) learn(key int64, change func(*Exchange)) (id int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if id := sp.open[key]; id != 0 {
		return id
	}
	sp.learnt[key] = append(sp.learnt[key], change)
	return 0
}

// filed notes the id of an exchange that was filed, and returns what was learnt
// of it before.
func (sp *spooling) filed(e *Exchange) []func(*Exchange) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if _, ok := sp.open[e.pending]; ok {
		sp.open[e.pending] = e.ID
	}
	changes := sp.learnt[e.pending]
	delete(sp.learnt, e.pending)
	return changes
}

// settle waits until what was spooled before, by this process or another, is
// filed, within settlePatience, so that who reads the store finds every exchange
// that was answered. It may not be called by the goroutine that writes.
func (s *Store) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	if s.spooling.on.Load() && s.Stopped() == nil {
		s.settleOwn(ctx)
	}
	s.settleOthers(ctx)
}

// settleOwn waits until what this process has spooled by now is filed.
func (s *Store) settleOwn(ctx context.Context) {
	sp := &s.spooling
	sp.gate.RLock()
	file := sp.file
	sp.gate.RUnlock()
	if file == nil {
		return
	}
	me := &settling{upto: file.End(), done: make(chan struct{})}
	sp.mu.Lock()
	if file.First() >= me.upto {
		sp.mu.Unlock()
		return
	}
	sp.waiting = append(sp.waiting, me)
	sp.mu.Unlock()
	select {
	case <-me.done:
	case <-ctx.Done():
		sp.leave(me)
	case <-s.quit:
	}
}

// settled lets go of who waits for what was spooled before a position.
func (sp *spooling) settled(upto int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	still := sp.waiting[:0]
	for _, w := range sp.waiting {
		if w.upto <= upto {
			close(w.done)
		} else {
			still = append(still, w)
		}
	}
	clear(sp.waiting[len(still):])
	sp.waiting = still
}

// leave is for who waits no longer.
func (sp *spooling) leave(me *settling) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	for i, w := range sp.waiting {
		if w == me {
			sp.waiting = append(sp.waiting[:i], sp.waiting[i+1:]...)
			return
		}
	}
}

// awaited reports whether somebody of this process waits for what is spooled.
func (sp *spooling) awaited() bool {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	return len(sp.waiting) > 0
}

// settleOthers waits until the other processes have filed what they spooled, and
// asks them to.
func (s *Store) settleOthers(ctx context.Context) {
	asked := make(map[string]bool)
	defer func() {
		for path := range asked {
			spool.Unwant(path)
		}
	}()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		busy, err := s.busySpools(ctx)
		if err != nil || len(busy) == 0 {
			return
		}
		for _, path := range busy {
			asked[path] = true
			spool.Want(path)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		case <-s.quit:
			return
		}
	}
}

// Settle waits until everything that was recorded is in the store and told to
// watchers, three seconds at most. It is for who closes the store next and still
// wants to hear of it.
func (s *Store) Settle() {
	if s.Stopped() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	s.settleOwn(ctx)
}

// stopSpooling has no more spooled, and waits until what was is filed.
func (s *Store) stopSpooling() {
	sp := &s.spooling
	sp.gate.Lock()
	sp.over = true
	sp.on.Store(false)
	sp.gate.Unlock()
	s.Settle()
}

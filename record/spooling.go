package record

import (
	"context"
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
	came atomic.Int64 // how many exchanges were to be spooled, also those that found no room

	// gate is held for reading while an exchange is appended, and for writing
	// where on or file changes.
	gate sync.RWMutex
	file *spool.File // nil until it is needed

	mu       sync.Mutex
	learnt   map[int64][]func(*Exchange) // amendments of exchanges that are not filed yet, by their key
	filed    map[int64]int64             // the ids of those that were filed last, by their key
	filedKey []int64                     // of filed, oldest first
	waiting  []settling
}

// settling is somebody who waits for what was spooled before a position.
type settling struct {
	upto int64
	done chan struct{}
}

const (
	// spoolLimit is how large the spool may become, in bytes, where the store may.
	spoolLimit = 1 << 30
	// mostFiled is how many filed exchanges are remembered. What is learnt of an
	// exchange after its commit comes at once.
	mostFiled = 4096
	// settlePatience is how long a reader waits for what is being filed.
	settlePatience = 5 * time.Second
)

// spoolPrefix is how the names of the spools of a store begin.
func spoolPrefix(path string) string { return path + ".spool-" }

// spoolBuffers are what records are put together in, as *[]byte.
var spoolBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// largestSpoolBuffer is the largest that is used again, in bytes.
const largestSpoolBuffer = 1 << 20

// Spool is Commit for an exchange that came in where exchanges come faster than
// they can be committed: it is on disk when Spool returns true, and is described,
// given its id and told to watchers later. It need not be described before; where
// it was authenticated it must be. False says that nothing was done, because
// there is no need or no room, and Commit is what to call.
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
	err := sp.file.Append(*buf)
	if cap(*buf) <= largestSpoolBuffer {
		spoolBuffers.Put(buf)
	}
	if err != nil { // it is full, or the disk is
		return false
	}
	e.spooled = true
	s.feed.land(e)
	if release != nil {
		release()
	}
	return true
}

// learn keeps an amendment of a spooled exchange until that is filed. Where it
// is already, it returns its id.
func (sp *spooling) learn(key int64, change func(*Exchange)) (id int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if id, ok := sp.filed[key]; ok {
		return id
	}
	if sp.learnt == nil {
		sp.learnt = make(map[int64][]func(*Exchange))
	}
	sp.learnt[key] = append(sp.learnt[key], change)
	return 0
}

// remember notes the id of an exchange that was filed, and returns what was
// learnt of it meanwhile.
func (sp *spooling) remember(e *Exchange) []func(*Exchange) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.filed == nil {
		sp.filed = make(map[int64]int64)
	}
	sp.filed[e.pending] = e.ID
	sp.filedKey = append(sp.filedKey, e.pending)
	if len(sp.filedKey) > mostFiled {
		delete(sp.filed, sp.filedKey[0])
		sp.filedKey = sp.filedKey[1:]
	}
	changes := sp.learnt[e.pending]
	delete(sp.learnt, e.pending)
	return changes
}

// settle waits until what was spooled before is filed, within settlePatience, so
// that who reads the store finds every exchange that was answered. It may not be
// called by the goroutine that writes.
func (s *Store) settle(ctx context.Context) {
	sp := &s.spooling
	if !sp.on.Load() || s.Stopped() != nil {
		return
	}
	sp.gate.RLock()
	if !sp.on.Load() {
		sp.gate.RUnlock()
		return
	}
	me := settling{upto: sp.file.End(), done: make(chan struct{})}
	sp.mu.Lock()
	sp.waiting = append(sp.waiting, me)
	sp.mu.Unlock()
	sp.gate.RUnlock()
	s.signal()
	patience := time.NewTimer(settlePatience)
	defer patience.Stop()
	select {
	case <-me.done:
	case <-patience.C:
	case <-ctx.Done():
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
	sp.waiting = still
}

// awaited reports whether somebody waits for what is spooled.
func (sp *spooling) awaited() bool {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	return len(sp.waiting) > 0
}

// waitForOthers waits while another process files what it has spooled, within
// settlePatience.
func (s *Store) waitForOthers(ctx context.Context) {
	const again = 20 * time.Millisecond
	tick := time.NewTicker(again)
	defer tick.Stop()
	for range settlePatience / again {
		busy, err := spoolsPending(ctx, s.readers.Load(), s.path)
		if err != nil || !busy {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// job is one thing for the writer to do: an exchange to insert, an amendment of
// one that was inserted, or anything else that is done in a transaction.
type job struct {
	exchange *Exchange
	release  func() // called once the exchange's bodies are no longer needed

	amend  *Exchange
	change func(*Exchange)

	do func(context.Context, *sql.Conn) error

	done chan error // of size one; nil where nobody waits
}

func (j *job) finish(err error) {
	if j.done != nil {
		select {
		case j.done <- err:
		default: // it was told already that recording stopped
		}
	}
	if err == nil && j.release != nil {
		j.release()
		j.release = nil
	}
}

// bytes is what the job holds in memory until it is done.
func (j *job) bytes() int64 {
	if j.exchange == nil {
		return 0
	}
	return int64(len(j.exchange.Request.Body) + len(j.exchange.Response.Body))
}

const (
	// maxBatch bounds one transaction, so that a commit stays short.
	maxBatch      = 256
	maxBatchBytes = 16 << 20
	// maxHeld and maxWaiting bound what waits in memory while recording is
	// stopped. Beyond them the oldest exchanges are given up.
	maxHeld    = 32 << 20
	maxWaiting = 10_000
	// retryEvery is how often it is tried to go on after recording stopped, and
	// how often an idle writer looks after the file.
	retryEvery = 500 * time.Millisecond
)

// enqueue hands a job to the writer. It returns why recording has stopped where
// it has; an exchange and its amendments wait in the queue all the same.
func (s *Store) enqueue(j *job) error {
	s.mu.Lock()
	if s.options.ReadOnly {
		s.mu.Unlock()
		return errors.New("the store is open only for reading")
	}
	if s.closing || (s.stopped != nil && j.do != nil) {
		err := s.stopped
		s.mu.Unlock()
		if err == nil {
			err = errors.New("the store is closed")
		}
		return err
	}
	s.queue = append(s.queue, j)
	s.held += j.bytes()
	stopped := s.stopped
	if stopped != nil {
		s.giveUpOldest()
	}
	s.mu.Unlock()
	if stopped == nil {
		s.signal()
	}
	return stopped
}

// giveUpOldest drops the oldest of what waits beyond the bounds, while
// recording is stopped. The caller holds the lock.
func (s *Store) giveUpOldest() {
	for len(s.queue) > 1 && (s.held > maxHeld || len(s.queue) > maxWaiting) {
		j := s.queue[0]
		s.queue = s.queue[1:]
		s.held -= j.bytes()
		s.lost++
		if j.release != nil {
			j.release()
		}
	}
}

func (s *Store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// gather lets goroutines that are about to commit go first, where more is in
// flight than in the queue, so that one commit serves them too. It waits for
// nothing: where no goroutine can run it returns at once.
func (s *Store) gather() {
	for range 8 {
		s.mu.Lock()
		waiting := len(s.queue)
		s.mu.Unlock()
		if waiting == 0 || waiting >= s.feed.flying() {
			return
		}
		runtime.Gosched()
	}
}

// take removes the next batch from the queue.
func (s *Store) take() []*job {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, size := 0, int64(0)
	for n < len(s.queue) && n < maxBatch && size < maxBatchBytes {
		size += s.queue[n].bytes()
		n++
	}
	batch := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) == 0 {
		s.queue = nil // lets go of the array that grew
	}
	s.held -= size
	return batch
}

// putBack returns a batch that could not be committed to the head of the queue,
// and tells those who wait why. Jobs that are no exchanges are given up.
func (s *Store) putBack(batch []*job, err error) {
	s.mu.Lock()
	var again []*job
	for _, j := range append(batch, s.queue...) {
		j.finish(err)
		if j.do == nil {
			again = append(again, j)
		}
	}
	s.queue, s.held = again, 0
	for _, j := range again {
		s.held += j.bytes()
	}
	first := s.stopped == nil
	s.stopped = err
	s.giveUpOldest()
	s.mu.Unlock()
	if first {
		s.notify(fmt.Sprintf("recording stopped: %v; forwarding goes on, and so will recording once it can", err))
	}
}

// goOn is called after a commit that worked.
func (s *Store) goOn() {
	s.mu.Lock()
	was, lost := s.stopped, s.lost
	s.stopped, s.lost = nil, 0
	s.mu.Unlock()
	switch {
	case was != nil && lost > 0:
		s.notify(fmt.Sprintf("recording goes on; %d exchanges of the meantime did not fit in memory and are lost", lost))
	case was != nil:
		s.notify("recording goes on; nothing was lost")
	}
}

// notifyStall says once a minute at most that the disk is slow.
func (s *Store) notifyStall() {
	now := time.Now().Unix()
	if last := s.stalled.Load(); now-last >= 60 && s.stalled.CompareAndSwap(last, now) {
		s.notify("the disk is slow: a reply was let go before its exchange was on disk")
	}
}

func (s *Store) notify(sentence string) {
	if s.options.Notify != nil {
		s.notifying.Lock()
		defer s.notifying.Unlock()
		s.options.Notify(sentence)
	}
}

// writer is the goroutine that writes and what only it uses.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn
	file  os.FileInfo // the file as it was opened, to notice when it is removed
	tail  tail
	keep  retention

	next     int64 // the id of the next exchange; 0 where others may have taken it
	inserter *inserter
}

// open opens the file and prepares what every commit uses.
func (w *writer) open(ctx context.Context) error {
	path := w.store.path
	db, conn, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	w.db, w.conn = db, conn
	w.tail = tail{feed: w.store.feed, last: w.tail.last, change: w.tail.change}
	w.inserter, err = newInserter(ctx, conn)
	if err == nil {
		err = w.tail.start(ctx, conn)
	}
	if err == nil {
		w.next, err = nextID(ctx, conn)
	}
	if err == nil {
		w.file, err = os.Stat(path)
	}
	if session := w.store.session.Load(); err == nil && session != nil {
		err = insertSession(ctx, conn, session) // the file may be another one than before
	}
	if err == nil {
		// Replies do not wait as long as this: see Commit.
		_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 2000")
	}
	if err != nil {
		w.close()
		return explain(path, err)
	}
	w.keep = retention{limit: w.store.options.Keep, wrote: func(bytes int64) { w.store.unspent.Add(bytes) }}
	return nil
}

func (w *writer) close() {
	if w.db != nil {
		if w.inserter != nil {
			w.inserter.close()
			w.inserter = nil
		}
		w.conn.Close()
		w.db.Close()
		w.db = nil
	}
}

// run commits what comes until the store closes and nothing is left.
func (w *writer) run(ctx context.Context) {
	defer w.close()
	s := w.store
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.wake:
		case <-tick.C:
			w.lookAfter(ctx)
		case <-s.quit:
			w.drain(ctx)
			return
		}
		for s.Stopped() == nil {
			s.gather()
			batch := s.take()
			if len(batch) == 0 {
				break
			}
			if !w.commitOrStop(ctx, batch) {
				break
			}
			if err := w.keep.step(ctx, w.conn); err != nil {
				break // a commit will tell if the file fails
			}
		}
	}
}

// drain commits what is left at the end, as far as it can be committed.
func (w *writer) drain(ctx context.Context) {
	for w.db != nil { // else the file could not be opened again
		batch := w.store.take()
		if len(batch) == 0 || !w.commitOrStop(ctx, batch) {
			return
		}
	}
}

// lookAfter is what is done now and then: trying again after recording stopped,
// noticing a file that was removed and the commits of other processes, and
// keeping the store in its bounds.
func (w *writer) lookAfter(ctx context.Context) {
	s := w.store
	if s.Stopped() == nil {
		if st, err := os.Stat(s.path); err != nil || !os.SameFile(st, w.file) {
			s.putBack(nil, explain(s.path, errRemoved))
		}
	}
	if s.Stopped() != nil {
		w.tryAgain(ctx)
		return
	}
	if moved, _ := w.tail.catchUp(ctx, w.conn); moved {
		w.next = 0
	}
	w.keep.look(ctx, w.conn, len(s.wake) == 0)
}

// tryAgain opens the file anew and commits what waits.
func (w *writer) tryAgain(ctx context.Context) {
	if w.db == nil || resultCode(w.store.Stopped()) != sqlite3.SQLITE_BUSY {
		w.close()
		err := w.open(ctx)
		if err == nil {
			err = w.store.openReaders(url.Values{})
		}
		if err != nil {
			w.store.putBack(nil, err)
			return
		}
	}
	batch := w.store.take()
	if !w.commitOrStop(ctx, batch) {
		return
	}
	w.store.goOn()
	w.store.signal()
}

// commitOrStop commits a batch and tells those who wait. Where that fails,
// recording stops, and it returns false.
func (w *writer) commitOrStop(ctx context.Context, batch []*job) bool {
	inserted, err := w.commitBatch(ctx, batch)
	if err != nil {
		w.conn.ExecContext(ctx, "ROLLBACK") // fails where SQLite did so itself
		w.store.putBack(batch, explain(w.store.path, err))
		return false
	}
	for _, e := range inserted {
		e.settled = true
		w.store.feed.publish(e)
	}
	size := int64(0)
	for _, j := range batch {
		size += j.bytes()
		j.finish(nil)
	}
	w.store.unspent.Add(size + size/8 + int64(len(batch))*1536 + 2*pageSize) // about what it took in the log
	w.keep.added(size)
	return true
}

// commitBatch commits a batch in one transaction and returns the exchanges that
// it inserted or amended, with their ids.
func (w *writer) commitBatch(ctx context.Context, batch []*job) ([]*Exchange, error) {
	version, err := w.inserter.start(ctx)
	if err != nil {
		return nil, err
	}
	if version != w.tail.version { // somebody else committed
		w.next = 0
		if _, err := w.tail.catchUp(ctx, w.conn); err != nil {
			return nil, err
		}
	}
	if w.next == 0 {
		if w.next, err = nextID(ctx, w.conn); err != nil {
			return nil, err
		}
	}
	if err := w.inserter.insert(ctx, batch, w.next, w.refused); err != nil {
		return nil, err
	}
	changed := make([]*Exchange, 0, len(batch))
	next := w.next
	for _, j := range batch {
		switch {
		case j.exchange != nil:
			next = max(next, j.exchange.ID+1)
			changed = append(changed, j.exchange)
		case j.amend != nil:
			e, err := w.tail.amend(ctx, w.conn, j.amend.ID, j.change)
			if err != nil {
				return nil, err
			}
			if e != nil {
				e.pending, e.settled = j.amend.pending, true
				changed = append(changed, e)
			}
		default:
			if err := j.do(ctx, w.conn); err != nil {
				return nil, err
			}
		}
	}
	if err := w.inserter.finish(ctx); err != nil {
		return nil, err
	}
	w.next, w.tail.last = next, max(w.tail.last, next-1)
	return changed, nil
}

// refused says that an exchange is not recorded because SQLite cannot hold it.
func (w *writer) refused(e *Exchange, err error) {
	w.store.notify(fmt.Sprintf("an exchange was not recorded: %v", err))
	e.Error = "not recorded: " + err.Error()
}

// notNil keeps an empty body from being stored as NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// tooBig reports whether err is about one row and not about the file.
func tooBig(err error) bool { return resultCode(err) == sqlite3.SQLITE_TOOBIG }

package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// job is one thing for the writer to do: an exchange to insert, an amendment of
// one that was inserted, or anything else that is done in a transaction.
type job struct {
	exchange *Exchange
	release  func()          // called once the exchange's bodies are no longer needed
	hurried  bool            // a reply waits for it, and not for long
	numbered func(*Exchange) // called when the exchange has its id, before it is written; nil for nothing

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

// bytes is how large the bodies are that the job brings into the file.
func (j *job) bytes() int64 {
	if j.exchange == nil {
		return 0
	}
	return int64(len(j.exchange.Request.Body) + len(j.exchange.Response.Body))
}

// memory is what those bodies hold until the job is done: the buffers that they
// were captured in may be twice as large as they are, and whoever captures needs
// the buffers back.
func (j *job) memory() int64 {
	if j.exchange == nil {
		return 0
	}
	return int64(cap(j.exchange.Request.Body) + cap(j.exchange.Response.Body))
}

const (
	// maxBatch and maxBatchMemory bound one transaction, so that a commit stays
	// short.
	maxBatch       = 256
	maxBatchMemory = 16 << 20
	// maxHeld and maxWaiting bound what waits in memory while recording is
	// stopped. Beyond them the oldest exchanges are given up. maxHeld and a batch
	// that is being tried are less than all captures may hold together, so that
	// what comes later still finds room.
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
	s.held += j.memory()
	stopped := s.stopped
	var beyond []*job
	if stopped != nil {
		beyond = s.takeBeyond()
	}
	s.mu.Unlock()
	s.giveUp(beyond)
	if stopped == nil {
		s.signal()
	}
	return stopped
}

// takeBeyond removes from the queue the oldest of what waits beyond the bounds,
// while recording is stopped, for giveUp. The caller holds the lock.
func (s *Store) takeBeyond() []*job {
	n := 0
	for n < len(s.queue)-1 && (s.held > maxHeld || len(s.queue)-n > maxWaiting) {
		s.held -= s.queue[n].memory()
		n++
	}
	beyond := s.queue[:n:n]
	s.queue = s.queue[n:]
	s.lost += exchanges(beyond)
	return beyond
}

// giveUp lets go of jobs that are not done: their exchanges are no longer in
// flight, and those who watch are told that they are not recorded. The caller does
// not hold the lock.
func (s *Store) giveUp(jobs []*job) {
	for _, j := range jobs {
		if j.exchange != nil {
			s.feed.giveUp(j.exchange, "not recorded: recording had stopped, and more came than is kept in memory meanwhile")
		}
		if j.release != nil {
			j.release()
		}
	}
}

// exchanges returns how many of the jobs are to insert an exchange.
func exchanges(jobs []*job) int {
	n := 0
	for _, j := range jobs {
		if j.exchange != nil {
			n++
		}
	}
	return n
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
	for n < len(s.queue) && n < maxBatch && size < maxBatchMemory {
		size += s.queue[n].memory()
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
		if j.exchange != nil {
			j.exchange.ID = 0 // it gets another, or none
		}
		j.finish(err)
		if j.do == nil {
			again = append(again, j)
		}
	}
	s.queue, s.held = again, 0
	for _, j := range again {
		s.held += j.memory()
	}
	first := s.stopped == nil
	s.stopped = err
	beyond := s.takeBeyond()
	s.mu.Unlock()
	s.giveUp(beyond)
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

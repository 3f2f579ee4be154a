package record

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// writer is the goroutine that writes and what only it uses, until it has ended.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn
	file  os.FileInfo // the file as it was opened, to notice when it is removed
	tail  tail
	keep  retention

	next     int64 // the id of the next exchange; 0 where others may have taken it
	inserter *inserter
	filing   filing
}

// open opens the file and prepares what every commit uses.
func (w *writer) open(ctx context.Context) error {
	path := w.store.path
	db, conn, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	w.db, w.conn = db, conn
	w.inserter, err = newInserter(ctx, conn)
	if err == nil {
		err = w.goOn(ctx)
	}
	if err == nil {
		err = w.tail.start(ctx, conn)
	}
	if err == nil {
		w.next, err = nextID(ctx, conn)
	}
	if session := w.store.session.Load(); err == nil && session != nil {
		err = insertSession(ctx, conn, session)
	}
	if file := w.store.spooling.file; err == nil && file != nil {
		err = noteSpool(ctx, conn, file, w.filing.tick != nil)
	}
	if err == nil {
		// Replies do not wait as long as this: see Commit.
		_, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 2000")
	}
	if err != nil {
		w.close()
		return explain(path, err)
	}
	w.keep = w.keep.of(ctx, w)
	return nil
}

// goOn notes which file is open. Where it is another one than before, ids and
// amendments go on in it from those of the one before: whoever knows an exchange of
// that by its id does not take another one for it.
func (w *writer) goOn(ctx context.Context) error {
	before, known := w.file, w.tail
	file, err := os.Stat(w.store.path)
	if err != nil {
		return err
	}
	w.file, w.tail = file, tail{feed: w.store.feed}
	if before == nil || os.SameFile(before, file) {
		w.tail.last, w.tail.change = known.last, known.change
		return nil
	}
	_, err = w.conn.ExecContext(ctx, "UPDATE counter SET n = max(n, CASE name WHEN 'id' THEN ? ELSE ? END) WHERE name IN ('id', 'change')",
		max(known.last, w.next-1), known.change)
	return err
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

// run commits what comes until the store closes and nothing is left. The file
// stays open.
func (w *writer) run(ctx context.Context) {
	s := w.store
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.wake:
		case <-tick.C:
			w.lookAfter(ctx)
		case <-w.filing.C():
			if s.Stopped() == nil {
				w.lookAfterSpool(ctx)
			}
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
			w.feel(ctx, batch)
			if err := w.keep.step(ctx, w.conn); err != nil {
				break // a commit will tell if the file fails
			}
		}
	}
}

// drain commits what is left at the end, as far as it can be committed.
func (w *writer) drain(ctx context.Context) {
	w.fileAtClose(ctx)
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
	w.lookAfterQuietSpool(ctx)
	if s.Stopped() != nil {
		return
	}
	if moved, _ := w.tail.catchUp(ctx, w.conn); moved {
		w.next = 0
	}
	w.keep.look(ctx, w.conn, func() bool { return len(s.wake) == 0 })
}

// tryAgain opens the file anew and commits what waits.
func (w *writer) tryAgain(ctx context.Context) {
	if w.db == nil || resultCode(w.store.Stopped()) != sqlite3.SQLITE_BUSY {
		w.close()
		if err := w.openAnew(ctx); err != nil {
			w.store.putBack(nil, err)
			return
		}
	}
	batch := w.store.take()
	if !w.commitOrStop(ctx, batch) {
		return
	}
	if file := w.store.spooling.file; file != nil {
		if _, err := w.fileOwn(ctx, fileMost, fileBytes); err != nil {
			return // there is room for nothing, although there was for less
		}
	}
	w.store.goOn()
	w.store.signal()
}

// openAnew opens the file after recording stopped. It may be another one than
// before: then all connections to that have to be closed first. Those to the one
// and to the other use the same shared memory, and closing one drops the locks
// that this process has on it, so that others take it for unused and empty it.
func (w *writer) openAnew(ctx context.Context) error {
	s := w.store
	s.opening.Lock()
	defer s.opening.Unlock()
	if err := makeFile(s.path); err != nil {
		return explain(s.path, err)
	}
	if st, err := os.Stat(s.path); err != nil || !os.SameFile(st, w.file) {
		if err := s.closeReaders(); err != nil {
			return explain(s.path, err)
		}
	}
	if err := w.open(ctx); err != nil {
		return err
	}
	return s.openReaders("rw")
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
	w.committed(batch, inserted)
	return true
}

// committed tells of a batch that was committed.
func (w *writer) committed(batch []*job, changed []*Exchange) {
	for _, e := range changed {
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
	if err := countTunnelled(ctx, w.conn, batch); err != nil {
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

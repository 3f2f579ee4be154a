package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"vapitap/record/spool"
)

// filing is what the goroutine that writes knows of the spool.
type filing struct {
	tick *time.Ticker // when it is looked after; nil while nothing is spooled
	// Since pressure was looked at last: how many exchanges whose replies wait were
	// committed, and in how many commits.
	exchanges, commits int

	came   int64  // how many had come when it was last looked after
	buffer []byte // what records are read into
}

const (
	// Where replies wait for commits together, so many each on average over so many
	// exchanges, recording is what they wait for: the rest is spooled.
	pressure       = 3
	pressureSample = 128

	fileEvery = 20 * time.Millisecond
	// calm is how many exchanges between two looks are few. While more come, only a
	// little is filed at each look, and otherwise all that there is.
	calm            = 20
	fileLittle      = 8
	fileLittleBytes = 128 << 10
	fileMost        = 256
	fileBytes       = 4 << 20
	// closeFiling is for how long Close files what is spooled. The rest stays in its
	// file for who opens the store next.
	closeFiling = 3 * time.Second
)

// C is where the filing wants to be looked after.
func (f *filing) C() <-chan time.Time {
	if f.tick == nil {
		return nil
	}
	return f.tick.C
}

// feel notes a batch that was committed, and begins to spool where replies wait
// too long for recording.
func (w *writer) feel(ctx context.Context, batch []*job) {
	f := &w.filing
	if f.tick != nil {
		return
	}
	for _, j := range batch {
		if j.hurried {
			f.exchanges++
		}
	}
	f.commits++
	if f.exchanges < pressureSample {
		return
	}
	pressed := f.exchanges >= pressure*f.commits
	f.exchanges, f.commits = 0, 0
	if pressed {
		w.beginSpooling(ctx)
	}
}

// beginSpooling opens the spool, if it can be: else all goes on as before.
func (w *writer) beginSpooling(ctx context.Context) {
	sp := &w.store.spooling
	sp.gate.RLock()
	file := sp.file
	sp.gate.RUnlock()
	if file == nil {
		limit := int64(spoolLimit)
		if size := w.store.options.Keep.Size; size > 0 {
			limit = min(limit, size)
		}
		made, err := spool.Create(spoolPrefix(w.store.path), limit)
		if err != nil {
			return
		}
		file = made
	}
	// Nobody may append before the store says from where on it is not filed.
	err := noteSpool(ctx, w.conn, file.Path(), file.First(), true)
	sp.gate.Lock()
	defer sp.gate.Unlock()
	sp.file = file
	if err == nil {
		sp.on.Store(true)
		w.filing.tick = time.NewTicker(fileEvery)
		w.filing.came = sp.came.Load()
	}
}

// noteSpool writes down how far a spool is filed.
func noteSpool(ctx context.Context, q execer, path string, upto int64, pending bool) error {
	_, err := q.ExecContext(ctx, "REPLACE INTO spool (file, upto, pending) VALUES (?, ?, ?)", filepath.Base(path), upto, pending)
	return err
}

// lookAfterSpool files what is spooled: little while much comes, else as much as
// can be until the next look. When nothing is left the spooling ends.
func (w *writer) lookAfterSpool(ctx context.Context) {
	sp := &w.store.spooling
	file := sp.file // only this goroutine changes it
	came := sp.came.Load() - w.filing.came
	w.filing.came += came
	all, most, bytes := came < calm || sp.awaited(), fileLittle, int64(fileLittleBytes)
	if all {
		most, bytes = fileMost, fileBytes
	}
	for until := time.Now().Add(fileEvery); ; {
		filed, err := w.fileNext(ctx, file, most, bytes, false)
		if err != nil {
			return
		}
		if !filed {
			w.endSpooling(ctx)
			return
		}
		if !all || len(w.store.wake) > 0 || time.Now().After(until) {
			return
		}
	}
}

// endSpooling goes back to committing what comes, where nothing is spooled.
func (w *writer) endSpooling(ctx context.Context) {
	sp := &w.store.spooling
	if sp.file.Len() > 0 { // who is just writing must not hold up all the others
		return
	}
	sp.gate.Lock()
	if sp.file.Len() > 0 {
		sp.gate.Unlock()
		return
	}
	sp.on.Store(false)
	sp.file.Rewind() // an error leaves the file as large as it is
	sp.gate.Unlock()
	w.filing.tick.Stop()
	w.filing.tick = nil
	w.filing.buffer = nil
	sp.settled(sp.file.End())
	noteSpool(ctx, w.conn, sp.file.Path(), sp.file.First(), false) // it is tried again with the next
}

// fileNext moves the oldest exchanges of a spool to the store, at most so many and of so
// many bytes, and returns false where there was none. Left is whether another process spooled
// them. With an error, recording has stopped.
func (w *writer) fileNext(ctx context.Context, f *spool.File, most int, bytes int64, left bool) (filed bool, err error) {
	refs, upto := f.Next(most, bytes)
	if upto == f.First() {
		return false, nil
	}
	batch := w.readSpool(f, refs, left)
	batch = append(batch, &job{do: func(ctx context.Context, conn *sql.Conn) error {
		return noteSpool(ctx, conn, f.Path(), upto, !left)
	}})
	changed, err := w.commitBatch(ctx, batch)
	if err != nil {
		w.conn.ExecContext(ctx, "ROLLBACK") // fails where SQLite did so itself
		err = explain(w.store.path, err)
		w.store.putBack(nil, err)
		return false, err
	}
	f.Drop(upto)
	w.committed(batch, changed)
	if !left {
		w.amendFiled(ctx, changed)
	}
	w.store.spooling.settled(upto)
	return true, w.keep.step(ctx, w.conn)
}

// amendFiled amends what was filed just now by what was learnt of it since it
// was spooled.
func (w *writer) amendFiled(ctx context.Context, filed []*Exchange) {
	var batch []*job
	for _, e := range filed {
		for _, change := range w.store.spooling.remember(e) {
			batch = append(batch, &job{amend: e, change: change})
		}
	}
	if len(batch) > 0 {
		w.commitOrStop(ctx, batch)
	}
}

// readSpool reads records of a spool, as jobs for one commit. Until it is called
// again they use the same memory.
func (w *writer) readSpool(f *spool.File, refs []spool.Ref, left bool) []*job {
	size := 0
	for _, r := range refs {
		size += spool.Reserved + int(r.Size)
	}
	if cap(w.filing.buffer) < size {
		w.filing.buffer = make([]byte, size)
	}
	rest := w.filing.buffer[:cap(w.filing.buffer)]
	batch := make([]*job, 0, len(refs)+1)
	for _, r := range refs {
		n := spool.Reserved + int(r.Size)
		record, err := f.Read(r, rest[:n:n])
		rest = rest[n:]
		var e *Exchange
		if err == nil {
			e, err = readSpooled(record)
		}
		if err != nil {
			w.store.notify(fmt.Sprintf("an exchange in the spool cannot be read and is lost: %v", err))
			continue
		}
		e.describeSpooled()
		if left {
			e.pending = 0 // it counts those of its own process
		}
		batch = append(batch, &job{exchange: e, numbered: w.store.recogniseFiled})
	}
	return batch
}

// fileAtClose files what is spooled when the store closes, for a while, and lets
// go of the spool.
func (w *writer) fileAtClose(ctx context.Context) {
	sp := &w.store.spooling
	sp.gate.Lock()
	sp.on.Store(false)
	file := sp.file
	sp.gate.Unlock()
	if file == nil {
		return
	}
	if w.filing.tick != nil {
		w.filing.tick.Stop()
		w.filing.tick = nil
	}
	for until := time.Now().Add(closeFiling); w.db != nil && time.Now().Before(until); {
		if filed, err := w.fileNext(ctx, file, fileMost, fileBytes, false); !filed || err != nil {
			break
		}
	}
	if n := file.Len(); n > 0 {
		w.store.notify(fmt.Sprintf("%d exchanges are still in %s; the next vapitap that opens the store files them", n, file.Path()))
		file.Close()
		return
	}
	if file.Remove() == nil && w.db != nil {
		forgetSpool(ctx, w.conn, file.Path()) // else it is forgotten with the next one
	}
}

func forgetSpool(ctx context.Context, q execer, path string) error {
	_, err := q.ExecContext(ctx, "DELETE FROM spool WHERE file = ?", filepath.Base(path))
	return err
}

// fileLeft files what processes that were killed have left in their spools.
func (w *writer) fileLeft(ctx context.Context) error {
	paths, err := spool.Files(spoolPrefix(w.store.path))
	for _, path := range paths {
		err = errors.Join(err, w.fileOne(ctx, path))
	}
	w.filing.buffer = nil
	return err
}

// fileOne files what is left in one spool, and removes it.
func (w *writer) fileOne(ctx context.Context, path string) error {
	var after int64
	err := w.conn.QueryRowContext(ctx, "SELECT upto FROM spool WHERE file = ?", filepath.Base(path)).Scan(&after)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	f, err := spool.Open(path, after)
	if errors.Is(err, spool.ErrInUse) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	n := f.Len()
	for filed := true; filed; {
		if filed, err = w.fileNext(ctx, f, fileMost, fileBytes, true); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if n > 0 {
		w.store.notify(fmt.Sprintf("%d exchanges that an earlier run could not put away are in the store now", n))
	}
	if err := f.Remove(); err != nil {
		return err
	}
	return forgetSpool(ctx, w.conn, path)
}

// spoolsPending reports whether another process has spooled what it has not
// filed yet, or may have.
func spoolsPending(ctx context.Context, q querier, store string) (bool, error) {
	paths, err := spool.Files(spoolPrefix(store))
	for _, path := range paths {
		var pending bool
		err := q.QueryRowContext(ctx, "SELECT pending FROM spool WHERE file = ?", filepath.Base(path)).Scan(&pending)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
		if pending && spool.InUse(path) {
			return true, nil
		}
	}
	return false, err
}

// spoolLeft reports whether a process that was killed has left a spool behind.
func spoolLeft(store string) bool {
	paths, err := spool.Files(spoolPrefix(store))
	for _, path := range paths {
		if !spool.InUse(path) {
			return true
		}
	}
	return err != nil
}

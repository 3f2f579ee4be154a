package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"vapitap/record/spool"
)

// filing is what the goroutine that writes knows of the spool.
type filing struct {
	tick *time.Ticker // when it is looked after; nil while nothing is spooled
	// Since pressure was looked at last: how many exchanges whose replies wait were
	// committed, and in how many commits.
	exchanges, commits int

	looked   time.Time       // when it was looked after last
	came     int64           // how many had come by then
	most     int             // how many are filed at a time: fewer after a failure
	unnoted  bool            // the store does not say yet that nothing is spooled
	buffer   []byte          // what records are read into
	numbered map[int64]int64 // the ids of the batch that is being filed, by key
}

const (
	// Where replies wait for commits together, so many each on average over so many
	// exchanges, recording is what they wait for: the rest is spooled.
	pressure       = 3
	pressureSample = 128

	fileEvery = 20 * time.Millisecond
	// calm is how many exchanges in fileEvery are few. While more come, only a
	// little is filed at each look, and otherwise all that there is.
	calm            = 20
	fileLittle      = 8
	fileLittleBytes = 128 << 10
	fileMost        = 256
	fileBytes       = 4 << 20
)

// C is where the filing wants to be looked after.
func (f *filing) C() <-chan time.Time {
	if f.tick == nil {
		return nil
	}
	return f.tick.C
}

// begin and end are called when the spooling does.
func (f *filing) begin(came int64) {
	f.tick = time.NewTicker(fileEvery)
	f.looked, f.came, f.most = time.Now(), came, fileMost
}

func (f *filing) end() {
	if f.tick != nil {
		f.tick.Stop()
	}
	f.tick, f.buffer, f.numbered = nil, nil, nil
}

// feel notes a batch that was committed, and begins to spool where replies wait
// too long for recording.
func (w *writer) feel(ctx context.Context, batch []*job) {
	f := &w.filing
	for _, j := range batch {
		if j.hurried {
			f.exchanges++
		}
	}
	f.commits++
	if f.tick == nil && f.exchanges >= pressureSample && f.pressed() {
		w.beginSpooling(ctx)
	}
}

// pressed reports whether replies waited for commits together since it was called
// last.
func (f *filing) pressed() bool {
	pressed := f.exchanges > 0 && f.exchanges >= pressure*f.commits
	f.exchanges, f.commits = 0, 0
	return pressed
}

// beginSpooling opens the spool, if it can be: else all goes on as before.
func (w *writer) beginSpooling(ctx context.Context) {
	sp := &w.store.spooling
	w.letGoneSpoolGo(ctx)
	file := sp.file // only this goroutine changes it
	if file == nil {
		made, err := spool.Create(spoolPrefix(w.store.path), largestSpool(w.store.path, w.keep.limit))
		if err != nil {
			return
		}
		file = made
	}
	// Nobody may append before the store says from where on it is not filed.
	err := noteSpool(ctx, w.conn, file, true)
	sp.gate.Lock()
	defer sp.gate.Unlock()
	sp.file = file
	if err == nil && !sp.over {
		w.filing.begin(sp.came.Load())
		sp.on.Store(true)
	}
}

// lookAfterSpool files what is spooled: little while much comes, else as much as
// can be until the next look. When nothing is left the spooling ends.
func (w *writer) lookAfterSpool(ctx context.Context) {
	sp, f := &w.store.spooling, &w.filing
	now, came, pressed := time.Now(), sp.came.Load(), f.pressed()
	// Where the spool is full, what comes is few because it waits.
	few := (came-f.came)*int64(fileEvery) < calm*int64(now.Sub(f.looked)) && !pressed
	f.looked, f.came = now, came
	all, most, bytes := few || sp.awaited() || sp.file.Wanted(), fileLittle, int64(fileLittleBytes)
	if all {
		most, bytes = fileMost, fileBytes
	}
	sp.busy.Store(!all)
	for {
		filed, err := w.fileOwn(ctx, most, bytes)
		if err != nil {
			return
		}
		if !filed {
			w.endSpooling(ctx)
			return
		}
		if !all || len(w.store.wake) > 0 || time.Since(now) > fileEvery {
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
	sp.busy.Store(false)
	sp.file.Rewind() // an error leaves the file as large as it is
	sp.gate.Unlock()
	w.filing.end()
	sp.settled(sp.file.End())
	w.noteEmpty(ctx)
}

// noteEmpty has the store say that nothing is spooled. Where it fails it is
// called again.
func (w *writer) noteEmpty(ctx context.Context) {
	w.filing.unnoted = noteSpool(ctx, w.conn, w.store.spooling.file, false) != nil
}

// lookAfterQuietSpool is called now and then.
func (w *writer) lookAfterQuietSpool(ctx context.Context) {
	w.letGoneSpoolGo(ctx)
	if w.filing.unnoted && w.filing.tick == nil && w.store.spooling.file != nil {
		w.noteEmpty(ctx)
	}
}

// letGoneSpoolGo gives up a spool whose file was removed, once what it holds is
// filed: nobody would find it after this process.
func (w *writer) letGoneSpoolGo(ctx context.Context) {
	sp := &w.store.spooling
	file := sp.file
	if file == nil || !file.Gone() {
		return
	}
	sp.gate.Lock()
	sp.on.Store(false)
	sp.gate.Unlock()
	for filed := true; filed; {
		var err error
		if filed, err = w.fileOwn(ctx, fileMost, fileBytes); err != nil {
			return // it is tried again
		}
	}
	w.filing.end()
	sp.busy.Store(false)
	sp.settled(file.End())
	sp.gate.Lock()
	sp.file = nil
	sp.gate.Unlock()
	file.Close()
	forgetSpool(ctx, w.conn, file.Path()) // else it is forgotten when the store is opened next
}

// fileOwn files the oldest exchanges of the spool of this process, at most so many
// and of so many bytes, and returns false where there was none. With an error,
// recording has stopped.
func (w *writer) fileOwn(ctx context.Context, most int, bytes int64) (filed bool, err error) {
	sp := &w.store.spooling
	changed, upto, err := w.fileBatch(ctx, sp.file, most, bytes, 0)
	if err != nil || upto == 0 {
		return false, err
	}
	var amendments []*job
	for _, e := range changed {
		for _, change := range sp.filed(e) {
			amendments = append(amendments, &job{amend: e, change: change})
		}
	}
	if len(amendments) > 0 {
		w.commitOrStop(ctx, amendments)
	}
	sp.settled(upto)
	return true, nil
}

// fileBatch moves the oldest exchanges of a spool to the store in one commit, and
// returns them and up to where the spool is filed now, 0 where it held nothing.
// Where another process spooled them, firstKey is the key that the first of the
// file gets in this one. With an error recording has stopped, unless another
// version of vapitap wrote the spool.
func (w *writer) fileBatch(ctx context.Context, f *spool.File, most int, bytes, firstKey int64) (changed []*Exchange, upto int64, err error) {
	refs, upto := f.Next(min(most, max(w.filing.most, 1)), bytes)
	if upto == f.First() {
		return nil, 0, nil
	}
	batch, err := w.readSpool(f, refs, firstKey)
	if err != nil {
		return nil, 0, err
	}
	batch = append(batch, &job{do: func(ctx context.Context, conn *sql.Conn) error {
		return noteUpto(ctx, conn, f, upto, true)
	}})
	if changed, err = w.commitBatch(ctx, batch); err != nil {
		w.conn.ExecContext(ctx, "ROLLBACK") // fails where SQLite did so itself
		err = explain(w.store.path, err)
		w.store.putBack(nil, err)
		w.filing.most = 1 // perhaps there is room for little
		return nil, 0, err
	}
	f.Drop(upto)
	w.filing.most = min(2*max(w.filing.most, 1), fileMost)
	w.committed(batch, changed)
	for range 1 + len(batch)/stepRows {
		if w.keep.step(ctx, w.conn) != nil || !w.keep.over {
			break // a commit will tell if the file fails
		}
	}
	return changed, upto, nil
}

// readSpool reads records of a spool, as jobs for one commit. Until it is called
// again they use the same memory.
func (w *writer) readSpool(f *spool.File, refs []spool.Ref, firstKey int64) ([]*job, error) {
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
		if errors.Is(err, errSpooled) {
			return nil, fmt.Errorf("%s: %w", f.Path(), err)
		}
		if err != nil {
			w.store.notify(fmt.Sprintf("an exchange in the spool cannot be read and is lost: %v", err))
			continue
		}
		e.describeSpooled()
		if firstKey > 0 {
			e.pending = firstKey + r.Number
		}
		batch = append(batch, &job{exchange: e, numbered: w.numberFiled})
	}
	if len(batch) > 0 {
		w.store.awaitReadBack(batch[0].exchange.Time)
	}
	w.filing.numbered = make(map[int64]int64, len(batch))
	return batch, nil
}

// numberFiled is told of each exchange of a batch as soon as its id is known.
func (w *writer) numberFiled(e *Exchange) {
	w.filing.numbered[e.pending] = e.ID
	w.store.recogniseFiled(e, w.filing.numbered)
}

// fileAtClose files what is still spooled when the store closes, for a while, and
// lets go of the spool.
func (w *writer) fileAtClose(ctx context.Context) {
	file := w.store.spooling.file
	if file == nil {
		return
	}
	for until := time.Now().Add(closePatience); w.db != nil && time.Now().Before(until); {
		if filed, err := w.fileOwn(ctx, fileMost, fileBytes); !filed || err != nil {
			break
		}
	}
	w.filing.end()
	if n := file.Len(); n > 0 {
		w.store.notify(fmt.Sprintf("%d exchanges are still in %s; the next vapitap that opens the store files them", n, file.Path()))
		file.Close()
		return
	}
	if file.Remove() == nil && w.db != nil {
		forgetSpool(ctx, w.conn, file.Path()) // else it is forgotten when the store is opened next
	}
}

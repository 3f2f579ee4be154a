package record

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"time"
)

// follower tells the watchers of a store that is only read what other processes
// commit to it, and goes over to another file where that takes its place. It
// belongs to one goroutine.
type follower struct {
	store *Store
	tail  tail
	conn  *sql.Conn   // nil while there is no file that can be read
	file  os.FileInfo // what conn is to
}

// open opens the file that is there now.
func (f *follower) open(ctx context.Context) error {
	s := f.store
	file, err := os.Stat(s.path)
	if err != nil {
		return explain(s.path, err)
	}
	if err := s.openReaders("ro"); err != nil {
		return err
	}
	readers := s.readers.Load()
	version, err := schemaVersion(ctx, readers)
	switch {
	case err == nil && version == 0:
		err = fs.ErrNotExist // it is just being made
	case err == nil && version != schemaNow():
		err = errOlder
	}
	var conn *sql.Conn
	if err == nil {
		conn, err = readers.Conn(ctx)
	}
	if err == nil {
		if err = f.tail.start(ctx, conn); err != nil {
			conn.Close()
		}
	}
	if err != nil {
		readers.Close()
		return explain(s.path, err)
	}
	f.conn, f.file = conn, file
	return nil
}

// run catches up again and again until the store closes.
func (f *follower) run(ctx context.Context) {
	defer f.close()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			f.look(ctx) // what fails is tried again soon
		case <-f.store.quit:
			return
		}
	}
}

// look tells what is new, of another file where that has come in place of the
// one that was followed.
func (f *follower) look(ctx context.Context) error {
	if now, err := os.Stat(f.store.path); err == nil && (f.conn == nil || !os.SameFile(now, f.file)) {
		f.close()
		if err := f.store.closeReaders(); err != nil { // see writer.openAnew
			return err
		}
		last := f.tail.last
		if err := f.open(ctx); err != nil {
			return err
		}
		if f.tail.last < last { // its ids do not go on: all that it has is new to who watches
			f.tail.fromTheStart()
		}
	}
	if f.conn == nil {
		return nil
	}
	_, err := f.tail.catchUp(ctx, f.conn)
	return err
}

func (f *follower) close() {
	if f.conn != nil {
		f.conn.Close()
		f.conn = nil
	}
}

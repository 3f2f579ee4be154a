package record

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Store keeps exchanges in one SQLite file, which several processes may have
// open at once. Its methods may be called by any goroutine.
//
// One goroutine, started by Open and ended by Close, does all the writing to it:
// what arrives while it commits is committed together next. Where more arrives
// than that is enough for, Spool writes it to a file beside the store, from which
// the same goroutine files it later. Reading has connections of its own; it waits
// for the filing, within reason, and never for commits.
type Store struct {
	path    string
	options Options
	readers atomic.Pointer[sql.DB] // another one after the file was replaced
	opening sync.Mutex             // held while another file is opened, and by what opens the file beside the others
	feed    *feed
	writer  *writer  // nil where the store is only read
	pairing *pairing // likewise
	repeats *repeats
	session atomic.Pointer[Session]

	spooling spooling

	mu      sync.Mutex
	queue   []*job
	stopped error // why recording stopped; nil while it works
	held    int64 // what the bodies of the exchanges in queue hold in memory, in bytes
	lost    int   // exchanges given up since recording stopped
	closing bool

	wake      chan struct{} // of size one: something was queued
	quit      chan struct{} // closed when the store closes
	ended     sync.WaitGroup
	unspent   atomic.Int64 // bytes committed since the log was last worked off
	stalled   atomic.Int64 // Unix time of the last word about a slow disk
	notifying sync.Mutex
}

// Options say how a store is used. The zero value reads and writes and deletes
// nothing.
type Options struct {
	// ReadOnly opens an existing store only to read it; nothing is created or
	// brought up to date. Where a killed process left exchanges beside it that are
	// not in it yet, they are put in first, if that can be.
	ReadOnly bool
	// Keep, if not nil, is set in the store as what it may hold, for all who use it,
	// until another is set there. The oldest exchanges are deleted beyond it.
	Keep *Keep
	// KeepAsSet says that the oldest exchanges are deleted beyond what was set in the
	// store as what it may hold, or DefaultKeep where none ever was. Keep implies it.
	KeepAsSet bool
	// Notify is called with a sentence for the person who runs the program when
	// recording stops and when it goes on. It is called by one goroutine at a time
	// and must not block. Nil is allowed.
	Notify func(sentence string)
}

// Session is one run of a command that records.
type Session struct {
	ID        string // such as 20261123T140200-4f2a: the local start and four random digits
	Started   time.Time
	Target    string // where it forwarded to
	Command   string // run, demo, replay, ...
	Exchanges int    // how many the store has of it
}

// Open opens the store at path, creating it and its folder where there is none.
// What is wrong with the file is told by a *StoreError.
func Open(path string, options Options) (*Store, error) {
	s := &Store{
		path:    path,
		options: options,
		feed:    newFeed(),
		repeats: newRepeats(),
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
	}
	ctx := context.Background()
	if options.ReadOnly {
		return s, s.openReadOnly(ctx)
	}
	w := &writer{store: s}
	s.writer = w
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	if err := s.openReaders("rw"); err != nil {
		w.close()
		return nil, err
	}
	s.pairing = startPairing(s)
	s.feed.committed = func(e *Exchange) { s.repeats.committed(e); s.pairing.notice(e) }
	s.sayNotFiled(w.fileLeft(ctx))
	s.ended.Add(2)
	go func() { defer s.ended.Done(); w.run(ctx) }()
	go func() { defer s.ended.Done(); s.checkpointWhenQuiet(ctx) }()
	return s, nil
}

// openReadOnly opens the file for reading and follows what other processes
// commit to it.
func (s *Store) openReadOnly(ctx context.Context) error {
	if _, err := os.Stat(s.path); err != nil {
		return explain(s.path, err)
	}
	s.fileLeft()
	f := follower{store: s, tail: tail{feed: s.feed}}
	if err := f.open(ctx); err != nil {
		return err
	}
	s.ended.Add(1)
	go func() { defer s.ended.Done(); f.run(ctx) }()
	return nil
}

// fileLeft has what killed processes left in their spools filed by a store that
// may write. Where there can be none, what is left stays where it is.
func (s *Store) fileLeft() {
	if !spoolLeft(s.path) {
		return
	}
	writing, err := Open(s.path, Options{Notify: s.options.Notify})
	if err == nil {
		err = writing.Close()
	}
	s.sayNotFiled(err)
}

// sayNotFiled says why what was left is not in the store, where there is a reason.
func (s *Store) sayNotFiled(err error) {
	if err != nil {
		s.notify(fmt.Sprintf("what an earlier run left in its spool could not be recorded: %v", err))
	}
}

// openReaders opens the connections that read, instead of those there are, and
// sees that they work. Mode is SQLite's: rw or ro.
func (s *Store) openReaders(mode string) error {
	db, err := openFile(s.path, url.Values{
		"mode":    {mode},
		"_pragma": {"busy_timeout(5000)", "query_only(1)", "mmap_size(268435456)"},
	})
	if err != nil {
		return explain(s.path, err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(2)
	if err := db.Ping(); err != nil {
		db.Close()
		return explain(s.path, err)
	}
	if old := s.readers.Swap(db); old != nil {
		old.Close()
	}
	return nil
}

// errReading is why the store cannot be opened anew yet.
var errReading = errors.New("something still reads the file that was there before")

// closeReaders closes the connections that read and waits, for a little while,
// until those have ended that are in use. They can be opened again.
func (s *Store) closeReaders() error {
	const patience, look = 2 * time.Second, 5 * time.Millisecond
	db := s.readers.Load()
	db.Close()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for over := time.Now().Add(patience); db.Stats().OpenConnections > 0; <-tick.C {
		if time.Now().After(over) {
			return errReading
		}
	}
	return nil
}

// Path is the store's file.
func (s *Store) Path() string { return s.path }

// Stopped returns why recording has stopped, nil while it works.
func (s *Store) Stopped() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// Close commits what is queued, ends what the store started and closes the
// file. Calling it again does nothing. Where recording has stopped, what could
// not be committed is lost and told as an error.
func (s *Store) Close() error {
	if s.pairing != nil {
		s.stopSpooling() // what is filed is still to be paired
		s.pairing.end()  // what it learns is still to be committed
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil
	}
	s.closing = true
	s.mu.Unlock()
	close(s.quit)
	s.signal()
	s.ended.Wait()
	// What writes is closed last, as only such a connection can put the log away.
	err := s.readers.Load().Close()
	if s.writer != nil {
		s.writer.close()
	}
	s.feed.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.lost + exchanges(s.queue); n > 0 {
		return fmt.Errorf("%d exchanges were not recorded: %w", n, s.stopped)
	}
	if n := len(s.queue); n > 0 {
		return fmt.Errorf("what was learnt late of exchanges (%d times) was not recorded: %w", n, s.stopped)
	}
	return err
}

// StartSession begins a session, to which the exchanges belong that are begun
// from then on and name none.
func (s *Store) StartSession(command, target string) (Session, error) {
	now := time.Now()
	var random [2]byte
	if _, err := rand.Read(random[:]); err != nil {
		return Session{}, err
	}
	session := Session{
		ID:      now.Format("20060102T150405") + "-" + hex.EncodeToString(random[:]),
		Started: now,
		Target:  target,
		Command: command,
	}
	s.session.Store(&session)
	return session, s.write(func(ctx context.Context, conn *sql.Conn) error {
		return insertSession(ctx, conn, &session)
	})
}

func insertSession(ctx context.Context, conn *sql.Conn, session *Session) error {
	_, err := conn.ExecContext(ctx, "INSERT OR REPLACE INTO session (id, started, target, command) VALUES (?, ?, ?, ?)",
		session.ID, micros(session.Started), session.Target, session.Command)
	return err
}

// Begin shows an exchange as in flight to the watchers of this process, and
// gives it to the current session where it names none.
func (s *Store) Begin(e *Exchange) {
	if session := s.session.Load(); session != nil && e.Session == "" {
		e.Session = session.ID
	}
	if e.live() && s.pairing != nil {
		s.readBack(time.Now()) // so that it is done when this one is committed
	}
	s.feed.begin(e)
}

// errStalled is what Commit returns when its patience ended first.
var errStalled = errors.New("the disk is slow; the exchange is committed later")

// Commit hands an exchange over to be recorded, and returns when it is on disk.
// It returns an error, and the exchange is committed later if it can be, when
// that takes longer than patience or recording has stopped; a patience of 0
// waits as long as it takes. From the call on the exchange belongs to the
// store: its caller may no longer change it, and release, if not nil, is called
// once its bodies are no longer needed. Before that it is recognised as a
// redelivery where it is one.
func (s *Store) Commit(e *Exchange, patience time.Duration, release func()) error {
	patience = s.recogniseRepeat(e, patience)
	j := &job{exchange: e, release: release, hurried: patience > 0, done: make(chan error, 1)}
	if err := s.enqueue(j); err != nil {
		return err
	}
	if patience <= 0 {
		return <-j.done
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-j.done:
		return err
	case <-timer.C:
		s.notifyStall()
		return errStalled
	}
}

// Amend changes what was learnt too late about an exchange that was handed to
// Commit or Spool before, and returns at once; change is called once it is
// committed, by the goroutine that writes.
func (s *Store) Amend(e *Exchange, change func(*Exchange)) {
	if e.spooled {
		id := s.spooling.learn(e.pending, change)
		if id == 0 {
			return
		}
		e = &Exchange{ID: id, pending: e.pending}
	}
	s.enqueue(&job{amend: e, change: change})
}

// write runs do in a transaction of the writer and waits for its commit.
func (s *Store) write(do func(context.Context, *sql.Conn) error) error {
	j := &job{do: do, done: make(chan error, 1)}
	if err := s.enqueue(j); err != nil {
		return err
	}
	return <-j.done
}

// schemaNow is the number of the newest migration.
func schemaNow() int {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0 // the folder is embedded
	}
	return len(files)
}

package record

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The migrations, numbered from 1 without gaps: file N brings a store from
// schema N-1 to N. A file that was released is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as vapitap's ("vtap").
const applicationID = 0x76746170

// pageSize was measured. Under load pages of 16 KiB give a tenth more exchanges of
// 64 KB a second than pages of 4 KiB, and as many of 4 KB; but an exchange that
// is committed alone writes its last pages whole, and so three times as much.
const pageSize = 8 << 10

// openFile opens the SQLite file for one connection or a pool of them. Options
// are SQLite URI parameters and the driver's _pragma.
func openFile(path string, options url.Values) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode(), OmitHost: true}
	return sql.Open("sqlite", u.String())
}

// makeFile sees that there is a file, which only its owner can read where it is
// new or empty.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// Only a new file is opened here: closing one that is in use would drop the
	// locks that this process has on it.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if st, wrong := os.Stat(path); wrong == nil && st.Mode().IsRegular() && st.Size() == 0 {
		return os.Chmod(path, 0o600)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// openWriter returns the one connection that writes, on a file that has the
// current schema. It creates the file, readable by its owner alone.
func openWriter(ctx context.Context, path string) (*sql.DB, *sql.Conn, error) {
	if err := makeFile(path); err != nil {
		return nil, nil, explain(path, err)
	}
	db, err := openFile(path, url.Values{"mode": {"rw"}})
	if err != nil {
		return nil, nil, explain(path, err)
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err == nil {
		err = prepareFile(ctx, conn)
	}
	if err != nil {
		db.Close()
		return nil, nil, explain(path, err)
	}
	return db, conn, nil
}

// prepareFile sets what a connection that writes needs and brings the schema up
// to date.
func prepareFile(ctx context.Context, conn *sql.Conn) error {
	for _, pragma := range []string{
		"PRAGMA busy_timeout = 5000",
		fmt.Sprintf("PRAGMA page_size = %d", pageSize), // these two hold only for a file that is still empty
		"PRAGMA auto_vacuum = INCREMENTAL",
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = NORMAL",
		"PRAGMA wal_autocheckpoint = 0", // done when it is quiet
		"PRAGMA journal_size_limit = 805306368",
		"PRAGMA foreign_keys = OFF",
	} {
		if _, err := conn.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	return migrate(ctx, conn)
}

// migrate brings the schema up to date, all of it or nothing.
func migrate(ctx context.Context, conn *sql.Conn) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if version, err := schemaVersion(ctx, conn); err != nil || version == len(files) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, "ROLLBACK") // no transaction is left after COMMIT
	version, err := schemaVersion(ctx, conn)
	if err != nil {
		return err
	}
	for ; version < len(files); version++ {
		script, err := fs.ReadFile(migrations, files[version])
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("migration %s: %w", files[version], err)
		}
	}
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", version),
		"COMMIT",
	} {
		if _, err := conn.ExecContext(ctx, pragma); err != nil {
			return err
		}
	}
	return nil
}

// schemaVersion returns the number of the last migration the file has had, 0
// for an empty file, and an error for a file that is not vapitap's or is newer
// than this program.
func schemaVersion(ctx context.Context, q querier) (int, error) {
	var app, version, tables int
	for _, read := range []struct {
		query string
		into  *int
	}{
		{"PRAGMA application_id", &app},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		if err := q.QueryRowContext(ctx, read.query).Scan(read.into); err != nil {
			return 0, err
		}
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	switch {
	case err != nil:
		return 0, err
	case tables == 0:
		return 0, nil
	case app != applicationID:
		return 0, errForeign
	case version > len(files):
		return 0, fmt.Errorf("%w (its schema is %d, this program knows up to %d)", errNewer, version, len(files))
	}
	return version, nil
}

// querier is what *sql.DB and *sql.Conn have in common for reading.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

var (
	errForeign = errors.New("it is a SQLite database, but not one of vapitap's")
	errNewer   = errors.New("it was written by a newer vapitap")
	errOlder   = errors.New("it was written by an older vapitap and cannot be brought up to date without writing")
	errRemoved = errors.New("the file was removed or replaced")
)

// errClosed is how database/sql says that connections were closed, for which it
// has no value.
const errClosed = "sql: database is closed"

// StoreError says why a store cannot be used, in words for the person who runs
// the program.
type StoreError struct {
	File   string
	Reason string // what is wrong
	Advice string // what to do
	Err    error
}

func (e *StoreError) Error() string {
	s := "store " + e.File + ": " + e.Reason
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

func (e *StoreError) Unwrap() error { return e.Err }

// explain turns what the system or SQLite says about the store into a
// StoreError. It leaves nil and a StoreError as they are.
func explain(path string, err error) error {
	var done *StoreError
	if err == nil || errors.As(err, &done) {
		return err
	}
	e := &StoreError{File: path, Reason: err.Error(), Err: err}
	const another = "name another file with --db"
	switch code := resultCode(err); {
	case errors.Is(err, errNewer):
		e.Advice = "update vapitap, or " + another
	case errors.Is(err, errOlder):
		e.Advice = "run a vapitap that may write there once, or copy the file"
	case errors.Is(err, errForeign):
		e.Advice = another
	case errors.Is(err, fs.ErrNotExist):
		e.Reason, e.Advice = "there is nothing recorded yet", "record something first: vapitap, or vapitap demo"
	case strings.HasSuffix(err.Error(), errClosed):
		e.Reason, e.Advice = "it is being opened anew", "try again"
	case isDirectory(path):
		e.Reason, e.Advice = "it is a directory", "name a file in it: --db "+filepath.Join(path, "vapitap.db")
	case errors.Is(err, fs.ErrPermission):
		e.Reason, e.Advice = "permission denied", "make it writable, or "+another
	case code == sqlite3.SQLITE_NOTADB:
		e.Reason, e.Advice = "it is not a SQLite database", another
	case code == sqlite3.SQLITE_CORRUPT:
		e.Reason, e.Advice = "it is damaged", "keep a copy of it, and "+another
	case code == sqlite3.SQLITE_READONLY:
		e.Reason, e.Advice = "it is read-only", "make the file and its folder writable, or "+another
	case code == sqlite3.SQLITE_FULL:
		e.Reason, e.Advice = "the disk is full", "make room on it, keep less (--keep), or "+another
	case code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED:
		e.Reason, e.Advice = "another program holds it locked", "end what writes to it (a sqlite3 shell, a backup?)"
	case code == sqlite3.SQLITE_CANTOPEN:
		e.Reason, e.Advice = "it cannot be opened", "see that its folder exists and is writable, or "+another
	case code == sqlite3.SQLITE_IOERR:
		e.Reason, e.Advice = "the disk fails: "+strings.TrimSpace(err.Error()), "check the disk, or "+another
	}
	return e
}

// resultCode returns SQLite's primary result code in err, 0 where there is none.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func isDirectory(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// micros and fromMicros turn a time into what the store keeps, and back. The
// zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

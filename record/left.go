package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"vapitap/record/spool"
)

// noteSpool writes down how far a spool is filed, and whether it may hold what is
// not.
func noteSpool(ctx context.Context, q execer, f *spool.File, pending bool) error {
	return noteUpto(ctx, q, f, f.First(), pending)
}

func noteUpto(ctx context.Context, q execer, f *spool.File, upto int64, pending bool) error {
	_, err := q.ExecContext(ctx, "REPLACE INTO spool (file, upto, pending) VALUES (?, ?, ?)", filepath.Base(f.Path()), upto, pending)
	return err
}

func forgetSpool(ctx context.Context, q execer, path string) error {
	_, err := q.ExecContext(ctx, "DELETE FROM spool WHERE file = ?", filepath.Base(path))
	return err
}

// fileLeft files what processes that were killed have left in their spools.
func (w *writer) fileLeft(ctx context.Context) error {
	noted, err := notedSpools(ctx, w.conn) // before it is looked which there are
	if err != nil {
		return err
	}
	paths, err := spool.Files(spoolPrefix(w.store.path))
	for _, path := range paths {
		err = errors.Join(err, w.fileOne(ctx, path))
	}
	for _, name := range noted {
		if !slices.ContainsFunc(paths, func(path string) bool { return filepath.Base(path) == name }) {
			err = errors.Join(err, forgetSpool(ctx, w.conn, name))
		}
	}
	w.filing.end()
	return err
}

// notedSpools returns the names of the spools that the store knows of.
func notedSpools(ctx context.Context, q querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, "SELECT file FROM spool")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// fileOne files what is left in one spool, and removes it.
func (w *writer) fileOne(ctx context.Context, path string) error {
	f, err := spool.Open(path)
	if errors.Is(err, spool.ErrInUse) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var upto int64 // nobody else can change it now
	err = w.conn.QueryRowContext(ctx, "SELECT upto FROM spool WHERE file = ?", filepath.Base(path)).Scan(&upto)
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		err = f.Find(upto)
	}
	if n := f.Len(); n > 0 {
		w.store.notify(fmt.Sprintf("recording %d exchanges that an earlier run could not put away", n))
	}
	firstKey := w.store.feed.reserve(f.Len())
	for filed := true; err == nil && filed; {
		var upto int64
		_, upto, err = w.fileBatch(ctx, f, fileMost, fileBytes, firstKey)
		filed = upto > 0
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Remove(); err != nil {
		return err
	}
	return forgetSpool(ctx, w.conn, path)
}

// busySpools returns the spools of other processes that may hold what is not
// filed.
func (s *Store) busySpools(ctx context.Context) ([]string, error) {
	paths, err := spool.Files(spoolPrefix(s.path))
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	s.spooling.gate.RLock()
	own := s.spooling.file
	s.spooling.gate.RUnlock()
	var busy []string
	for _, path := range paths {
		if own != nil && filepath.Base(own.Path()) == filepath.Base(path) {
			continue
		}
		var pending bool
		err := s.readers.Load().QueryRowContext(ctx, "SELECT pending FROM spool WHERE file = ?", filepath.Base(path)).Scan(&pending)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if pending && spool.InUse(path) {
			busy = append(busy, path)
		}
	}
	return busy, nil
}

// spoolLeft reports whether a process that was killed has left a spool behind.
func spoolLeft(store string) bool {
	paths, _ := spool.Files(spoolPrefix(store)) // of a folder that cannot be read nothing is known
	return slices.ContainsFunc(paths, func(path string) bool { return !spool.InUse(path) })
}

package record

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"net/url"
	"os"
	"time"
)

// retention keeps the store within what it may hold, in steps that are short
// enough to stand between two commits. It belongs to the writer.
type retention struct {
	file    os.FileInfo // that it is of
	set     *Keep       // what is still to be set there as what it may hold; nil for nothing
	deletes bool        // else it may hold everything
	limit   Keep        // what it may hold, as of the last look
	over    bool        // the last look found more than that
	before  int64       // only what came earlier than this has to go
	upto    int64       // and is not of a later time than this
	grown   int64       // body bytes committed since the last look

	wrote func(bytes int64) // told what was written to the log, about
}

// of returns the retention of a store whose file was opened; r is that of the
// file that was open before. In the same one the limit is not set again, because
// another process may have set it since.
func (r retention) of(ctx context.Context, w *writer) retention {
	s := w.store
	set := r.set
	if r.file == nil || !os.SameFile(r.file, w.file) {
		set = s.options.Keep
	}
	r = retention{
		file: w.file, set: set, deletes: s.options.Keep != nil || s.options.KeepAsSet,
		wrote: func(bytes int64) { s.unspent.Add(bytes) },
	}
	r.learnLimit(ctx, w.conn) // where it cannot, the first look does
	return r
}

const (
	// A step deletes this much at most, and no more than an eighth of the limit.
	stepRows  = 64
	stepBytes = 8 << 20
	// lookAgain is after how many body bytes the size is looked at again.
	lookAgain = 16 << 20
	// quietDeleting is for how long a quiet store is cleared at a time.
	quietDeleting = 50 * time.Millisecond
	// A quiet store gives this many free pages back to the file system at a time,
	// and keeps so many for what comes next.
	vacuumPages = 4096
	sparePages  = 512
)

func (r *retention) added(bytes int64) { r.grown += bytes }

// step deletes a little where there is too much. It is called after each
// commit, when the replies of that commit have been let go.
func (r *retention) step(ctx context.Context, conn *sql.Conn) error {
	if r.grown <= lookAgain && !r.over {
		return nil
	}
	return r.lower(ctx, conn)
}

// look is called now and then, between commits. As long as it is quiet it goes
// on for a while, and gives free pages back to the file system too.
func (r *retention) look(ctx context.Context, conn *sql.Conn, quiet func() bool) error {
	for began := time.Now(); ; {
		if err := r.lower(ctx, conn); err != nil {
			return err
		}
		if !r.over {
			break
		}
		if !quiet() || time.Since(began) > quietDeleting {
			return nil
		}
	}
	if !quiet() {
		return nil
	}
	var free int
	if err := conn.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil || free < sparePages {
		return err
	}
	r.wrote(vacuumPages * 64) // of each page that is given back little is written
	return incrementalVacuum(ctx, conn, vacuumPages)
}

// incrementalVacuum gives back up to so many pages. The pragma does one page a
// step, so its rows must be read to their end.
func incrementalVacuum(ctx context.Context, q querier, pages int) error {
	rows, err := q.QueryContext(ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pages))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// lower looks whether there is too much, and deletes a little then.
func (r *retention) lower(ctx context.Context, conn *sql.Conn) error {
	if err := r.measure(ctx, conn); err != nil || !r.over {
		return err
	}
	return r.deleteOldest(ctx, conn)
}

// learnLimit finds what the store may hold, which another process may have
// changed since the last look, after setting it where that is still to be done.
func (r *retention) learnLimit(ctx context.Context, conn *sql.Conn) (err error) {
	if r.set != nil {
		if err := r.set.write(ctx, conn); err != nil {
			return err
		}
		r.set = nil
	}
	if r.deletes {
		r.limit, err = readKeep(ctx, conn)
	}
	return err
}

// came is when an exchange came into the store, as SQL. What is imported is older
// than the session that it came in.
const came = "max(time, coalesce((SELECT started FROM session WHERE session.id = exchange.session), 0))"

// oldest are the exchanges that a step may delete, as SQL: the first by their ids,
// which is nearly as they came, but for those of a later time than its parameter:
// a clock that is wrong must not keep all that came after. To look for those that came first, the whole table
// would have to be read.
var oldest = fmt.Sprintf(`(SELECT id, request_bytes + response_bytes AS bytes, %s AS came
	FROM exchange WHERE marked = 0 AND time <= ? ORDER BY id LIMIT %d)`, came, stepRows)

// measure finds whether the store holds more than it may.
func (r *retention) measure(ctx context.Context, conn *sql.Conn) error {
	r.grown, r.over, r.before, r.upto = 0, false, math.MaxInt64, math.MaxInt64
	if err := r.learnLimit(ctx, conn); err != nil {
		return err
	}
	if r.limit.Size > 0 {
		var used int64
		err := conn.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size
			FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&used)
		if err != nil {
			return err
		}
		r.over = used > r.limit.Size
	}
	if r.over || r.limit.Age <= 0 {
		return nil
	}
	now := time.Now()
	r.before, r.upto = micros(now.Add(-r.limit.Age)), micros(now)
	return conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+oldest+" WHERE came < ?)", r.upto, r.before).Scan(&r.over)
}

// deleteOldest deletes a step's worth of the oldest exchanges that nobody
// marked.
func (r *retention) deleteOldest(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	var last sql.NullInt64
	err = tx.QueryRowContext(ctx, `SELECT max(id) FROM (
		SELECT id, sum(bytes) OVER (ORDER BY id) AS upto, row_number() OVER (ORDER BY id) AS n
		FROM `+oldest+` WHERE came < ?
	) WHERE n = 1 OR upto <= ?`, r.upto, r.before, r.stepBytes()).Scan(&last)
	if err != nil {
		return err
	}
	if !last.Valid {
		r.over = false // all that is left is marked
		return nil
	}
	if _, err := deleteWhere(ctx, tx, "marked = 0 AND id <= ? AND "+came+" < ?", last.Int64, r.before); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	r.wrote(stepRows * pageSize)
	return nil
}

func (r *retention) stepBytes() int64 {
	if r.limit.Size > 0 {
		return min(stepBytes, r.limit.Size/8)
	}
	return stepBytes
}

// deleteWhere deletes the exchanges that match a condition and returns how many
// there were. Their ids are not given again.
func deleteWhere(ctx context.Context, tx execer, condition string, args ...any) (int64, error) {
	_, err := tx.ExecContext(ctx, "UPDATE counter SET n = max(n, (SELECT coalesce(max(id), 0) FROM exchange)) WHERE name = 'id'")
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"payload", "recorded"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE exchange IN (SELECT id FROM exchange WHERE "+condition+")", args...); err != nil {
			return 0, err
		}
	}
	result, err := tx.ExecContext(ctx, "DELETE FROM exchange WHERE "+condition, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execer is what *sql.Conn and *sql.Tx have in common for writing.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Delete deletes the exchanges with these ids and returns how many there were.
func (s *Store) Delete(ids []int64) (int64, error) {
	var deleted int64
	for len(ids) > 0 {
		step := ids[:min(len(ids), stepRows)]
		ids = ids[len(step):]
		err := s.write(func(ctx context.Context, conn *sql.Conn) error {
			for _, id := range step {
				n, err := deleteWhere(ctx, conn, "id = ?", id)
				if err != nil {
					return err
				}
				deleted += n
			}
			return nil
		})
		if err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

const (
	// quietCheck is how often it is looked whether commits have paused.
	quietCheck = 250 * time.Millisecond
	// longLog is how large the write-ahead log may grow, in bytes, under a heavy
	// load before it is worked off beside it. Under one of less than calmLoad bytes
	// a check it is worked off from calmLog on.
	longLog  = 768 << 20
	calmLog  = 64 << 20
	calmLoad = 2 << 20
	// Of the log this much may be left that is worked off while commits wait: little
	// where they come calmly, more where they would never let it end.
	calmRemainder = 256 << 10
	longRemainder = 4 << 20
)

// checkpointWhenQuiet moves what was committed from the write-ahead log into
// the database file, when commits have paused or the log has grown long. It has
// a connection of its own, so that no commit waits for the disk.
func (s *Store) checkpointWhenQuiet(ctx context.Context) {
	tick := time.NewTicker(quietCheck)
	defer tick.Stop()
	var before int64
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
		}
		now := s.unspent.Load()
		quiet, calm := now == before, now-before < calmLoad
		before = now
		if now == 0 || !(quiet || calm && now > calmLog || now > longLog) {
			continue
		}
		if s.spooling.busy.Load() || s.spooling.on.Load() && now <= longLog {
			continue // few commits, but no quiet: what comes is spooled
		}
		s.workOffLog(ctx, !calm) // what it could not do now it tries again
		before = s.unspent.Load()
	}
}

// workOffLog moves what it can without waiting for anybody. Where little is left
// then, that is moved while commits wait, and the log begins anew. Under a heavy
// load it goes on until there is little. It opens the file each time, because it
// may be another one than before.
func (s *Store) workOffLog(ctx context.Context, heavy bool) error {
	remainder := int64(calmRemainder)
	if heavy {
		remainder = longRemainder
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	db, err := openFile(s.path, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(100)", "synchronous(NORMAL)", "wal_autocheckpoint(0)"}})
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	busy, left, err := checkpoint(ctx, db, "PASSIVE")
	for before := int64(math.MaxInt64); heavy && err == nil && !busy && left*pageSize > remainder; {
		if left > before/2 {
			return nil // more is coming than can be worked off
		}
		before = left
		busy, left, err = checkpoint(ctx, db, "PASSIVE")
	}
	if err != nil || busy || left*pageSize > remainder {
		return err
	}
	spent := s.unspent.Load()
	busy, _, err = checkpoint(ctx, db, "RESTART")
	if err == nil && !busy {
		s.unspent.Add(-spent)
	}
	return err
}

// checkpoint returns whether it could not do all it was asked for, and how many
// pages of the log are left.
func checkpoint(ctx context.Context, q querier, mode string) (busy bool, left int64, err error) {
	var log, done int64
	if err := q.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &log, &done); err != nil {
		return false, 0, err
	}
	return busy, log - done, nil
}

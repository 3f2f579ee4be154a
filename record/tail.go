package record

import (
	"context"
	"database/sql"
	"errors"
)

// tail notices what others commit to the file and tells the feed. It belongs to
// the one goroutine that uses its connection.
type tail struct {
	feed    *feed
	version int64 // PRAGMA data_version: it moves when another connection commits
	last    int64 // the highest id that the feed knows
	change  int64 // the highest number of an amendment that the feed knows
}

// start makes what is there now the beginning. A tail that has one goes on from
// it, unless the file turns out to be another one.
func (t *tail) start(ctx context.Context, conn *sql.Conn) error {
	var last, change int64
	if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&t.version); err != nil {
		return err
	}
	err := conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0), (SELECT n FROM counter WHERE name = 'change') FROM exchange").
		Scan(&last, &change)
	switch {
	case err != nil:
		return err
	case t.last == 0 || last < t.last || change < t.change:
		t.last, t.change = last, change
		t.feed.restart(last, change)
	default:
		t.version = -1 // what was committed meanwhile is still to be told
	}
	return nil
}

// fromTheStart has all told that the file holds.
func (t *tail) fromTheStart() {
	t.version, t.last, t.change = -1, 0, 0
	t.feed.restart(0, 0)
}

// catchUp tells the feed what other connections committed since the last call,
// and returns whether they committed anything.
func (t *tail) catchUp(ctx context.Context, conn *sql.Conn) (moved bool, err error) {
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil || version == t.version {
		return false, err
	}
	const most = 1024
	for {
		changed, err := readChanged(ctx, conn, t.last, t.change, most)
		if err != nil {
			return true, err
		}
		for i := range changed {
			if e := &changed[i]; e.ID > t.last {
				t.last = e.ID // amendments made before that of e may still have to be read
			} else {
				t.change = max(t.change, e.change)
			}
			t.feed.publish(&changed[i])
		}
		if len(changed) < most {
			t.version = version
			return true, nil
		}
	}
}

// amend changes the exchange with this id in the writer's transaction. It
// returns nil where there is no such exchange any more.
func (t *tail) amend(ctx context.Context, conn *sql.Conn, id int64, change func(*Exchange)) (*Exchange, error) {
	e, err := scanRow(conn.QueryRowContext(ctx, selectExchange+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	change(e)
	e.ID = id
	if err := conn.QueryRowContext(ctx, "UPDATE counter SET n = n + 1 WHERE name = 'change' RETURNING n").Scan(&e.change); err != nil {
		return nil, err
	}
	t.change = e.change
	args := ordinals(columnCount)
	fillRow(args, e)
	values := make([]any, columnCount)
	for i := range args {
		values[i] = args[i].Value
	}
	if _, err = conn.ExecContext(ctx, updateExchange, values...); err != nil {
		return nil, err
	}
	return e, writeRecorded(ctx, conn, e)
}

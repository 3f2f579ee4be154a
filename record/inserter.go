package record

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// inserter has the statements that every commit uses. It calls the driver
// itself: what database/sql does around each statement was a tenth of what a
// commit cost. It belongs to the goroutine that uses its connection.
type inserter struct {
	conn *sql.Conn

	begin, end, exchange, payload driver.StmtExecContext
	version                       driver.StmtQueryContext

	exchangeArgs, payloadArgs []driver.NamedValue // used anew for each exchange

	statements []driver.Stmt // all of them, to be closed
}

// newInserter prepares the statements.
func newInserter(ctx context.Context, conn *sql.Conn) (*inserter, error) {
	in := &inserter{conn: conn, exchangeArgs: ordinals(columnCount), payloadArgs: ordinals(5)}
	err := conn.Raw(func(c any) error {
		preparer, ok := c.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("the SQLite driver's %T cannot prepare statements", c)
		}
		for _, p := range []struct {
			query string
			exec  *driver.StmtExecContext
			read  *driver.StmtQueryContext
		}{
			{query: "BEGIN IMMEDIATE", exec: &in.begin},
			{query: "COMMIT", exec: &in.end},
			{query: insertExchange, exec: &in.exchange},
			{query: insertPayload, exec: &in.payload},
			{query: "PRAGMA data_version", read: &in.version},
		} {
			stmt, err := preparer.PrepareContext(ctx, p.query)
			if err != nil {
				return err
			}
			in.statements = append(in.statements, stmt)
			if p.exec != nil {
				*p.exec, ok = stmt.(driver.StmtExecContext)
			} else {
				*p.read, ok = stmt.(driver.StmtQueryContext)
			}
			if !ok {
				return fmt.Errorf("the SQLite driver's %T takes no context", stmt)
			}
		}
		return nil
	})
	return in, err
}

// close closes the statements, without which SQLite does not really close the
// file.
func (in *inserter) close() {
	in.conn.Raw(func(any) error {
		for _, stmt := range in.statements {
			stmt.Close()
		}
		return nil
	})
}

func ordinals(n int) []driver.NamedValue {
	args := make([]driver.NamedValue, n)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return args
}

// start begins a transaction that may write, and returns the file's
// data_version.
func (in *inserter) start(ctx context.Context) (version int64, err error) {
	err = in.conn.Raw(func(any) error {
		if _, err := in.begin.ExecContext(ctx, nil); err != nil {
			return err
		}
		rows, err := in.version.QueryContext(ctx, nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		value := make([]driver.Value, 1)
		if err := rows.Next(value); err != nil {
			return err
		}
		version, _ = value[0].(int64)
		return nil
	})
	return version, err
}

// finish commits the transaction.
func (in *inserter) finish(ctx context.Context) error {
	return in.conn.Raw(func(any) error {
		_, err := in.end.ExecContext(ctx, nil)
		return err
	})
}

// insert adds the exchanges of a batch, with ids from next on. One that SQLite
// cannot hold gets no id; refused is called with it.
func (in *inserter) insert(ctx context.Context, batch []*job, next int64, refused func(*Exchange, error)) error {
	return in.conn.Raw(func(any) error {
		for _, j := range batch {
			e := j.exchange
			if e == nil {
				continue
			}
			e.ID = next
			if j.numbered != nil {
				j.numbered(e)
			}
			err := in.insertOne(ctx, e)
			switch {
			case tooBig(err):
				e.ID = 0
				refused(e, err)
			case err != nil:
				return err
			default:
				next++
			}
		}
		return nil
	})
}

// insertOne adds the rows of one exchange. Its bodies come first: they are what
// can be too big.
func (in *inserter) insertOne(ctx context.Context, e *Exchange) error {
	p := in.payloadArgs
	p[0].Value = e.ID
	p[1].Value, p[2].Value = headerText(e.Request.Header, e.Request.Trailer), headerText(e.Response.Header, e.Response.Trailer)
	p[3].Value, p[4].Value = notNil(e.Request.Body), notNil(e.Response.Body)
	_, err := in.payload.ExecContext(ctx, p)
	clearValues(p) // what is bound may be large
	if err != nil {
		return err
	}
	fillRow(in.exchangeArgs, e)
	_, err = in.exchange.ExecContext(ctx, in.exchangeArgs)
	return err
}

func clearValues(args []driver.NamedValue) {
	for i := range args {
		args[i].Value = nil
	}
}

// errNoID is what reading the next id returns where the file has no counter: it
// is not a store.
var errNoID = errors.New("the counter of ids is missing")

// nextID returns the id that the next exchange gets.
func nextID(ctx context.Context, q querier) (int64, error) {
	var next sql.NullInt64
	err := q.QueryRowContext(ctx, "SELECT max(n, (SELECT coalesce(max(id), 0) FROM exchange)) + 1 FROM counter WHERE name = 'id'").Scan(&next)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && !next.Valid) {
		return 0, errNoID
	}
	return next.Int64, err
}

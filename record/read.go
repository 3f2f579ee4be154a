package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// ErrNoExchange is what is returned where an id does not exist.
var ErrNoExchange = errors.New("no such exchange")

// Get returns one exchange with its headers and bodies, or an error that
// wraps ErrNoExchange.
func (s *Store) Get(ctx context.Context, id int64) (*Exchange, error) {
	tx, err := s.readers.Load().BeginTx(ctx, nil) // so that what is read of it belongs together
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer tx.Rollback()
	e, err := scanRow(tx.QueryRowContext(ctx, selectExchange+" WHERE id = ?", id))
	if err == nil {
		err = readPayload(ctx, tx, e)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: %d", ErrNoExchange, id)
	}
	return e, explain(s.path, err)
}

// Load reads the headers and bodies of an exchange that was listed without.
func (s *Store) Load(ctx context.Context, e *Exchange) error {
	err := readPayload(ctx, s.readers.Load(), e)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: %d", ErrNoExchange, e.ID)
	}
	return explain(s.path, err)
}

func readPayload(ctx context.Context, q querier, e *Exchange) error {
	var request, response []byte
	err := q.QueryRowContext(ctx, "SELECT request_header, response_header, request_body, response_body FROM payload WHERE exchange = ?", e.ID).
		Scan(&request, &response, &e.Request.Body, &e.Response.Body)
	if err != nil {
		return err
	}
	e.Request.Header, e.Request.Trailer = parseHeaders(request)
	e.Response.Header, e.Response.Trailer = parseHeaders(response)
	if len(e.ToolNames) > 0 {
		return readRecorded(ctx, q, e)
	}
	return nil
}

// Query picks exchanges. The zero value picks all.
type Query struct {
	Filter  *Filter // nil picks all
	Session string  // empty: all sessions of the store
	CallID  string  // empty: of any call, or none
	Limit   int     // the newest so many of what is picked; 0: all
}

// List returns what q picks, oldest first, as a list shows it: without headers
// and bodies.
func (s *Store) List(ctx context.Context, q Query) ([]Exchange, error) {
	var list []Exchange
	err := s.Each(ctx, q, func(e *Exchange) error {
		list = append(list, e.listed())
		return nil
	})
	slices.Reverse(list)
	return list, err
}

// Each calls yield for what q picks, newest first, until it returns an error,
// which Each returns. The exchange has headers and bodies only where the filter
// needed them.
//
// Yield may itself use the store, and take its time. What is recorded meanwhile
// does not come; what is deleted meanwhile may, or may not.
func (s *Store) Each(ctx context.Context, q Query, yield func(*Exchange) error) error {
	s.settle(ctx)
	return s.each(ctx, q, yield)
}

// each is Each of what is committed by now.
func (s *Store) each(ctx context.Context, q Query, yield func(*Exchange) error) error {
	found := 0
	for pages := s.pages(q); pages.more; {
		most := 0
		if q.Limit > 0 && q.Filter == nil {
			most = q.Limit - found
		}
		page, err := pages.next(ctx, most)
		if err != nil {
			return explain(s.path, err)
		}
		for i, e := range page {
			page[i] = nil // else the bodies of the whole page would be held
			picked, err := s.picks(ctx, q.Filter, e)
			if err != nil {
				return err
			}
			if !picked {
				continue
			}
			if err := yield(e); err != nil {
				return err
			}
			if found++; found == q.Limit {
				return nil
			}
		}
	}
	return nil
}

// picks reports whether a filter picks e, and reads headers and bodies where the
// filter needs them.
func (s *Store) picks(ctx context.Context, f *Filter, e *Exchange) (bool, error) {
	if !f.Candidate(e) {
		return false, nil
	}
	if f.NeedsPayload() {
		err := s.Load(ctx, e)
		if errors.Is(err, ErrNoExchange) {
			return false, nil // deleted meanwhile
		}
		if err != nil {
			return false, err
		}
	}
	return f.Match(e), nil
}

// changedSince returns, oldest first, exchanges committed after the id last and
// earlier ones amended after the amendment with the number change.
func (s *Store) changedSince(last, change int64, most int) ([]Exchange, error) {
	changed, err := readChanged(context.Background(), s.readers.Load(), last, change, most)
	return changed, explain(s.path, err)
}

func readChanged(ctx context.Context, q querier, last, change int64, most int) ([]Exchange, error) {
	var changed []Exchange
	for _, read := range []struct {
		where string
		args  []any
	}{
		{" WHERE id > ? ORDER BY id LIMIT ?", []any{last, most}},
		{" WHERE change > ? AND change > 0 AND id <= ? ORDER BY change LIMIT ?", []any{change, last, most}},
	} {
		rows, err := q.QueryContext(ctx, selectExchange+read.where, read.args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			e, err := scanRow(rows)
			if err != nil {
				rows.Close()
				return nil, err
			}
			changed = append(changed, *e)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// Sessions returns the sessions that the store knows, oldest first.
func (s *Store) Sessions(ctx context.Context) ([]Session, error) {
	s.settle(ctx)
	rows, err := s.readers.Load().QueryContext(ctx, `SELECT id, started, target, command,
		(SELECT count(*) FROM exchange WHERE exchange.session = session.id) FROM session ORDER BY started, id`)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	var list []Session
	for rows.Next() {
		var one Session
		var started int64
		if err := rows.Scan(&one.ID, &started, &one.Target, &one.Command, &one.Exchanges); err != nil {
			return nil, explain(s.path, err)
		}
		one.Started = fromMicros(started)
		list = append(list, one)
	}
	return list, explain(s.path, rows.Err())
}

// SessionTotals is what the store has of one session.
type SessionTotals struct {
	Exchanges int
	Calls     int   // how many calls they belong to
	Bytes     int64 // of their bodies
}

// SessionTotals returns what the store has of each session of which it has any
// exchange, by the session's id.
func (s *Store) SessionTotals(ctx context.Context) (map[string]SessionTotals, error) {
	s.settle(ctx)
	rows, err := s.readers.Load().QueryContext(ctx, `SELECT session, count(*), count(DISTINCT nullif(call_id, '')),
		sum(request_bytes + response_bytes) FROM exchange GROUP BY session`)
	if err != nil {
		return nil, explain(s.path, err)
	}
	defer rows.Close()
	totals := make(map[string]SessionTotals)
	for rows.Next() {
		var id string
		var t SessionTotals
		if err := rows.Scan(&id, &t.Exchanges, &t.Calls, &t.Bytes); err != nil {
			return nil, explain(s.path, err)
		}
		totals[id] = t
	}
	return totals, explain(s.path, rows.Err())
}

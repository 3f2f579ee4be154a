package record

import (
	"context"
	"database/sql"
	"math"
	"os"
)

const (
	// firstPage is how many exchanges are read at first, as some callers want few,
	// and mostPage how many at once in the end, which take about 3 MB.
	firstPage = 32
	mostPage  = 512
)

// pages reads the exchanges of the session and call of a query, newest first, page
// by page, and holds no connection in between: there are few, and who holds one
// and waits for another may wait for ever.
type pages struct {
	store  *Store
	query  Query
	before int64 // ids that are read next are below; those that are given meanwhile are not
	size   int   // of the next page
	more   bool  // there may be one

	db   *sql.DB
	file os.FileInfo // what db is to; nil where there is none
}

func (s *Store) pages(q Query) *pages {
	p := &pages{store: s, query: q, before: math.MaxInt64, size: firstPage, more: true, db: s.readers.Load()}
	p.file, _ = os.Stat(s.path)
	return p
}

// next reads the next page. It has at most so many exchanges, where most is not 0.
func (p *pages) next(ctx context.Context, most int) ([]*Exchange, error) {
	if err := p.look(); err != nil {
		return nil, err
	}
	size := p.size
	if most > 0 {
		size = min(size, most)
	}
	page, err := p.read(ctx, size)
	if err != nil {
		return nil, err
	}
	p.more, p.size = len(page) == size, min(2*p.size, mostPage)
	if p.more {
		p.before = page[size-1].ID
	}
	return page, nil
}

// look sees that the file is the same as before: ids of another one are of other
// exchanges.
func (p *pages) look() error {
	db := p.store.readers.Load()
	if db == p.db {
		return nil
	}
	if now, err := os.Stat(p.store.path); err != nil || !os.SameFile(now, p.file) {
		return errRemoved
	}
	p.db = db
	return nil
}

func (p *pages) read(ctx context.Context, size int) ([]*Exchange, error) {
	query, args := selectExchange+" WHERE id < ?", []any{p.before}
	if p.query.Session != "" {
		query, args = query+" AND session = ?", append(args, p.query.Session)
	}
	if p.query.CallID != "" {
		query, args = query+" AND call_id <> '' AND call_id = ?", append(args, p.query.CallID)
	}
	rows, err := p.db.QueryContext(ctx, query+" ORDER BY id DESC LIMIT ?", append(args, size)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	page := make([]*Exchange, 0, size)
	for rows.Next() {
		e, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, e)
	}
	return page, rows.Err()
}

package record

import (
	"context"
	"database/sql"
)

// Span returns the ids of the oldest and the newest exchange, 0 and 0 where the
// store has none. Ids between them may be missing.
func (s *Store) Span(ctx context.Context) (oldest, newest int64, err error) {
	var low, high sql.NullInt64
	err = s.readers.Load().QueryRowContext(ctx, "SELECT (SELECT min(id) FROM exchange), (SELECT max(id) FROM exchange)").Scan(&low, &high)
	return low.Int64, high.Int64, explain(s.path, err)
}

package record

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"vapitap/vapi"
)

// Traffic is what came through the tunnel in a month, of all sessions of the
// store, also of those whose exchanges are deleted.
type Traffic struct {
	Requests, Bytes int64 // bytes of both directions, headers among them
	Types           []TypeTraffic
}

// TypeTraffic is the part of it that was of one type. Type is empty for all that
// was no server message of a known type.
type TypeTraffic struct {
	Type            string
	Requests, Bytes int64
}

// TunnelMonth returns what came through the tunnel in the month of a time, of
// UTC, the most frequent type first.
func (s *Store) TunnelMonth(ctx context.Context, at time.Time) (Traffic, error) {
	s.settle(ctx)
	var t Traffic
	rows, err := s.readers.Load().QueryContext(ctx,
		"SELECT type, requests, bytes FROM tunnel_month WHERE month = ? ORDER BY requests DESC, type", monthOf(at))
	if err != nil {
		return t, explain(s.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var one TypeTraffic
		if err := rows.Scan(&one.Type, &one.Requests, &one.Bytes); err != nil {
			return t, explain(s.path, err)
		}
		t.Types = append(t.Types, one)
		t.Requests += one.Requests
		t.Bytes += one.Bytes
	}
	return t, explain(s.path, rows.Err())
}

func monthOf(at time.Time) string { return at.UTC().Format("2006-01") }

// monthKey is the row of an exchange.
type monthKey struct{ month, typ string }

// countTunnelled adds to the months what of a batch came through the tunnel, in
// the writer's transaction.
func countTunnelled(ctx context.Context, conn *sql.Conn, batch []*job) error {
	var sums map[monthKey]TypeTraffic
	for _, j := range batch {
		e := j.exchange
		if e == nil || !e.Tunnelled {
			continue
		}
		if sums == nil {
			sums = map[monthKey]TypeTraffic{}
		}
		key := monthKey{monthOf(e.Time), countedType(e)}
		sum := sums[key]
		sum.Requests++
		sum.Bytes += e.Request.size() + e.Response.size()
		sums[key] = sum
	}
	for key, sum := range sums {
		_, err := conn.ExecContext(ctx, `INSERT INTO tunnel_month (month, type, requests, bytes) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, bytes = bytes + excluded.bytes`,
			key.month, key.typ, sum.Requests, sum.Bytes)
		if err != nil {
			return err
		}
	}
	return nil
}

// countedType is the type under which an exchange is counted: only those that
// there are, as anybody could think up any number of others.
func countedType(e *Exchange) string {
	name, _, _ := strings.Cut(e.Type, "[") // a transcript may say of which kind
	if _, known := vapi.Lookup(name); known && e.Kind == vapi.KindServer {
		return name
	}
	return ""
}

// size is about how many bytes a message was on the wire.
func (m *Message) size() int64 {
	n := m.Bytes + firstLine
	for name, values := range m.Header {
		for _, value := range values {
			n += int64(len(name)+len(value)) + 4 // a colon, a space and the line break
		}
	}
	return n
}

// firstLine is about how long the first line of a message is.
const firstLine = 32
